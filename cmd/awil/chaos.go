package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"awil/internal/chaos"
)

// chaosCommand plays the shop under faults, on a database of its own.
func chaosCommand(ctx context.Context, args []string) error {
	cfg := chaos.Config{Out: os.Stdout, Progress: os.Stderr}
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.IntVar(&cfg.Schedules, "schedules", 1000, "how many schedules to play")
	flags.Int64Var(&cfg.Seed, "seed", 1, "seed of the first; the next ones follow")
	flags.BoolVar(&cfg.Verbose, "v", false, "print every step")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || cfg.Schedules < 1 {
		return fmt.Errorf("chaos takes flags only, and at least one schedule")
	}
	return chaos.Run(ctx, cfg)
}
