package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"awil/internal/bench"
)

// benchDocument is where a run of all areas is written down, from the folder of
// the sources.
const benchDocument = "docs/benchmarks.md"

// benchCommand measures this very program beside its yardsticks.
func benchCommand(ctx context.Context, args []string) error {
	cfg, err := parseBench(args)
	if err != nil {
		return err
	}
	if cfg.Program, err = os.Executable(); err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	// Elsewhere than in the sources nobody wants the document.
	if _, err := os.Stat("go.mod"); err == nil {
		cfg.Document = benchDocument
	}
	return bench.Run(ctx, cfg)
}

// parseBench reads the arguments; the area may stand before the flags or after.
func parseBench(args []string) (bench.Config, error) {
	cfg := bench.Config{Env: os.Environ(), Out: os.Stdout, Progress: os.Stderr}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.BoolVar(&cfg.Quick, "quick", false, "short rounds: some five minutes, figures less firm")
	flags.BoolVar(&cfg.JSON, "json", false, "print one line a figure instead of a table")
	for {
		if err := flags.Parse(args); err != nil {
			return cfg, err
		}
		if flags.NArg() == 0 {
			return cfg, nil
		}
		if cfg.Area != "" {
			return cfg, fmt.Errorf("one area, or all: %q is too much", flags.Arg(0))
		}
		var err error
		if cfg.Area, err = bench.ParseArea(flags.Arg(0)); err != nil {
			return cfg, err
		}
		args = flags.Args()[1:]
	}
}
