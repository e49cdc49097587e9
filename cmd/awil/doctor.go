package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"awil/internal/errs"
	"awil/internal/platform/blob"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres"
	"awil/internal/platform/stripe"
)

// doctor looks at everything the program needs, says what it found, and fails when something would not work.
func doctor(ctx context.Context, _ []string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c, err := readConfig()
	if err != nil {
		return err
	}
	failed := 0
	for _, check := range []struct {
		name string
		run  func(context.Context, Config) (string, error)
	}{
		{"configuration", doctorConfig}, {"database", doctorDatabase}, {"photos", doctorPhotos},
		{"cards", doctorCards}, {"mail", doctorMail},
	} {
		found, err := check.run(ctx, c)
		if err != nil {
			failed++
			fmt.Printf("  no   %-14s %v\n", check.name, err)
			continue
		}
		fmt.Printf("  ok   %-14s %s\n", check.name, found)
	}
	if failed > 0 {
		return fmt.Errorf("%d of these need looking after", failed)
	}
	return nil
}

func doctorConfig(_ context.Context, c Config) (string, error) {
	if _, err := prefixes(c.TrustedProxies); err != nil {
		return "", err
	}
	if !loopback(c.Addr) && c.Secret == "" {
		return "", errors.New("reachable from outside without AWIL_SECRET: two nodes would not know each other's sessions")
	}
	return fmt.Sprintf("listens on %s, seen as %s, keeps its own things in %s", c.Addr, c.BaseURL, c.DataDir), nil
}

func doctorDatabase(ctx context.Context, c Config) (found string, err error) {
	if c.DatabaseURL == "" {
		return "a private Postgres, started with the program", nil
	}
	pool, err := postgres.Open(ctx, c.DatabaseURL, postgres.Options{ApplicationName: "awil-doctor", MaxConns: 1})
	if err != nil {
		return "", err
	}
	defer pool.Close()
	status, err := postgres.Status(ctx, pool)
	if err != nil {
		return "", err
	}
	if !status.Current() {
		return "", fmt.Errorf("at schema %d of %d: run awil migrate", status.Applied, status.Known)
	}
	return fmt.Sprintf("answers, schema %d", status.Applied), nil
}

// doctorPhotos writes, reads and deletes a few bytes.
func doctorPhotos(ctx context.Context, c Config) (string, error) {
	store, err := blob.Open(ctx, c.PhotosURL)
	if err != nil {
		return "", err
	}
	const key = "doctor/check"
	sent := []byte("written by awil doctor")
	if err := store.Put(ctx, key, bytes.NewReader(sent), int64(len(sent)), "text/plain"); err != nil {
		return "", err
	}
	r, _, err := store.Get(ctx, key)
	if err != nil {
		return "", err
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close(), store.Delete(ctx, key)); err != nil {
		return "", err
	}
	if !bytes.Equal(got, sent) {
		return "", errors.New("what was read is not what was written")
	}
	return "can be written, read and deleted", nil
}

// doctorCards asks Stripe about a session that cannot exist: only a good key is told so.
func doctorCards(ctx context.Context, c Config) (string, error) {
	if c.StripeKey == "" {
		return "no Stripe keys: cards are not offered, except by the stand-in of --demo", nil
	}
	gateway, err := stripe.New(stripe.Config{SecretKey: c.StripeKey, WebhookSecret: c.StripeWebhookSecret, APIBase: c.StripeAPIBase, Now: time.Now})
	if err != nil {
		return "", err
	}
	_, err = gateway.Lookup(ctx, "cs_doctor_check")
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return "", err
	}
	return "Stripe knows the key", nil
}

func doctorMail(_ context.Context, c Config) (string, error) {
	if c.SMTPURL == "" {
		return "no SMTP_URL: mail is logged and kept in the outbox", nil
	}
	if _, err := mail.NewSMTP(c.SMTPURL, time.Now); err != nil {
		return "", err
	}
	return "SMTP_URL can be read; no mail was sent", nil
}
