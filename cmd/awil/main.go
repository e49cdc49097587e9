// Command awil is the whole program: the shop, the studio, the desk, and the tools around them. It reads the
// environment, wires the packages together, and shuts down in order; everything else lives in internal.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one of the program's verbs.
type command struct {
	name string
	args string
	does string
	run  func(ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "[--role=web|worker] [--demo] [--demo-public] [--dev]", "web and background work", serve},
		{"migrate", "", "bring the database to this version", migrate},
		{"demo", "[--products=N]", "fill an empty database with the demo programme, and add N generated goods", loadDemo},
		{"staff", "add --login=… --name=… [--role=admin]", "open an account for staff; the password is read from standard input", staff},
		{"photos", "rebuild", "make every picture's sizes anew", photosCommand},
		{"ledger", "check", "prove the books; fails on any difference", ledgerCommand},
		{"stripe", "setup [--check]", "make, mend or check the webhook endpoint at Stripe", stripeCommand},
		{"doctor", "", "check configuration, database, storage and keys", doctor},
		{"bench", "[--quick] [--json]", "measure this build beside its yardsticks", benchCommand},
		{"chaos", "[--schedules=N] [--seed=S] [-v]", "play the shop under faults, and check its money and stock", chaosCommand},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "awil:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		usage(os.Stderr)
		return errors.New("say what to do")
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:])
		}
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(os.Stdout)
		return nil
	}
	usage(os.Stderr)
	return fmt.Errorf("no command %q", args[0])
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "Awıl: a marketplace for One Village One Product programmes.")
	fmt.Fprintln(w)
	for _, c := range commands() {
		fmt.Fprintf(w, "  awil %-8s %-52s %s\n", c.name, c.args, c.does)
	}
}
