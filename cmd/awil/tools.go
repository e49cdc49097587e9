package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/demo"
	"awil/internal/demo/fill"
	"awil/internal/photos"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// withServices runs a tool on all use cases.
func withServices(ctx context.Context, run func(c Config, s *services) error) error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	return withPool(ctx, c, func(pool *postgres.Pool) error {
		s, err := newServices(ctx, c, pool, nil, nil, log)
		if err != nil {
			return err
		}
		return run(c, s)
	})
}

// loadDemo fills an empty database with the demo programme, to its last picture, and adds generated goods to it if asked.
func loadDemo(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	products := flags.Int("products", 0, "how many generated products there are to be besides the programme's own")
	seed := flags.Uint64("seed", 1, "what they are generated from")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || *products < 0 {
		return fmt.Errorf("awil demo takes no %q", args)
	}
	return withServices(ctx, func(c Config, s *services) error {
		if err := demo.Load(ctx, s.demo(c, true)); err != nil {
			return err
		}
		workers := river.NewWorkers()
		photos.Workers(workers, s.photos)
		if err := jobs.Drain(ctx, s.pool, workers); err != nil {
			return err
		}
		return fillDemo(ctx, s, *products, *seed)
	})
}

// fillDemo adds generated goods until there are so many, and says how far it is.
func fillDemo(ctx context.Context, s *services, products int, seed uint64) error {
	if products == 0 {
		return nil
	}
	started := time.Now()
	result, err := fill.Goods(ctx, fill.Config{DB: s.pool, Clock: s.clock, Seed: seed, Progress: func(p fill.Progress) {
		fmt.Fprintf(os.Stderr, "\r\033[K%s: %d of %d", p.Doing, p.Done, p.Of)
	}}, products)
	fmt.Fprint(os.Stderr, "\r\033[K")
	switch {
	case err != nil:
		return err
	case result.There > products:
		fmt.Printf("There are %d generated products already; none is taken away.\n", result.There)
	case result.Added == 0:
		fmt.Printf("There are %d generated products already.\n", result.There)
	default:
		fmt.Printf("Added %d generated products in %s; there are %d.\n", result.Added, time.Since(started).Round(time.Second), result.There)
	}
	return nil
}

// photosCommand makes the sizes of every picture anew from its original.
func photosCommand(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != "rebuild" {
		return errors.New("say: awil photos rebuild")
	}
	return withServices(ctx, func(_ Config, s *services) error {
		err := s.photos.Rebuild(ctx, func(done, total int) {
			fmt.Fprintf(os.Stderr, "\r%d of %d pictures", done, total)
		})
		fmt.Fprintln(os.Stderr)
		return err
	})
}
