package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/riverqueue/river"

	"awil/internal/demo"
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

// loadDemo fills an empty database with the demo programme, to its last picture.
func loadDemo(ctx context.Context, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("awil demo takes no %q", args[0])
	}
	return withServices(ctx, func(c Config, s *services) error {
		if err := demo.Load(ctx, s.demo(c, true)); err != nil {
			return err
		}
		workers := river.NewWorkers()
		photos.Workers(workers, s.photos)
		return jobs.Drain(ctx, s.pool, workers)
	})
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
