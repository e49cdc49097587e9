package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"awil/internal/platform/stripe"
)

// stripeHook is where Stripe's webhooks are taken, below AWIL_BASE_URL.
const stripeHook = "/webhooks/stripe"

// stripeCommand sees to the webhook endpoint at Stripe. It needs the secret key and the address of the shop; the
// webhook secret is what it brings.
func stripeCommand(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "setup" {
		return errors.New("say: awil stripe setup [--check]")
	}
	flags := flag.NewFlagSet("stripe setup", flag.ContinueOnError)
	check := flags.Bool("check", false, "only say what differs")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("awil stripe setup takes no %q", flags.Arg(0))
	}
	c, err := parseConfig()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return stripeSetup(ctx, c, *check, os.Stdout)
}

func stripeSetup(ctx context.Context, c Config, check bool, out io.Writer) error {
	var missing []string
	if c.StripeKey == "" {
		missing = append(missing, "STRIPE_SECRET_KEY to the account's secret key")
	}
	if c.BaseURL == "" {
		missing = append(missing, "AWIL_BASE_URL to the address at which Stripe reaches the shop")
	}
	switch {
	case len(missing) > 0:
		return errors.New("set " + strings.Join(missing, ", and "))
	case c.StripeAPIBase == "" && !strings.HasPrefix(c.BaseURL, "https://") && strings.HasPrefix(c.StripeKey, "sk_live_"):
		return fmt.Errorf("AWIL_BASE_URL is %s, and live webhooks go to https:// only", c.BaseURL)
	case c.StripeAPIBase == "" && privateURL(c.BaseURL):
		return fmt.Errorf("AWIL_BASE_URL is %s, where Stripe cannot reach us; for a shop on this machine, stripe listen --forward-to passes webhooks on", c.BaseURL)
	}
	endpoints, err := stripe.NewEndpoints(stripe.Config{SecretKey: c.StripeKey, APIBase: c.StripeAPIBase, MaxRetries: 2})
	if err != nil {
		return err
	}
	if check {
		return checkEndpoint(ctx, endpoints, c.BaseURL+stripeHook, out)
	}
	done, err := endpoints.SetUp(ctx, c.BaseURL+stripeHook)
	// A secret is shown once in its life: first it, then what went wrong after it.
	tellSetup(out, done)
	return err
}

func checkEndpoint(ctx context.Context, endpoints *stripe.Endpoints, url string, out io.Writer) error {
	found, faults, err := endpoints.Check(ctx, url)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		fmt.Fprintf(out, "%s calls %s as it should: API version %s, %d kinds of events.\n", found.ID, found.URL, found.APIVersion, len(found.Events))
		return nil
	}
	if found.ID != "" {
		fmt.Fprintf(out, "%s calls %s, but:\n", found.ID, found.URL)
	}
	for _, fault := range faults {
		fmt.Fprintf(out, "  %s\n", fault)
	}
	return errors.New("webhooks will not come as they should; awil stripe setup mends it")
}

func tellSetup(out io.Writer, done stripe.Setup) {
	e := done.Endpoint
	switch {
	case done.Secret != "":
		fmt.Fprintf(out, "%s is new and calls %s. Set this, for it is not shown again:\n\nSTRIPE_WEBHOOK_SECRET=%s\n\n", e.ID, e.URL, done.Secret)
	case len(done.Mended) > 0:
		fmt.Fprintf(out, "%s is mended and keeps its secret. What was wrong:\n  %s\n", e.ID, strings.Join(done.Mended, "\n  "))
	case e.ID != "":
		fmt.Fprintf(out, "%s calls %s as it should: API version %s, %d kinds of events.\n", e.ID, e.URL, e.APIVersion, len(e.Events))
	}
	for _, id := range done.Disabled {
		fmt.Fprintf(out, "%s called the same address and is disabled now.\n", id)
	}
}
