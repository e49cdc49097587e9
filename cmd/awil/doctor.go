package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	"awil/internal/errs"
	"awil/internal/platform/blob"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/localpg"
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
		{"cards", doctorCards}, {"payme", doctorPayme}, {"click", doctorClick}, {"mail", doctorMail},
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
	seen := c.BaseURL
	if seen == "" {
		seen = "http://" + visibleAddr(c.Addr)
	}
	return fmt.Sprintf("listens on %s, seen as %s, keeps its own things in %s", c.Addr, seen, c.DataDir), nil
}

// doctorDatabase says which database it looked at. The private one is looked at where it runs, and not started for that.
func doctorDatabase(ctx context.Context, c Config) (string, error) {
	address, of := c.DatabaseURL, "AWIL_DATABASE_URL"
	if address == "" {
		of = "the program's own Postgres in " + c.privateDatabase()
		local, err := localpg.Join(ctx, c.privateDatabase())
		if errors.Is(err, localpg.ErrNotRunning) {
			return of + ", which does not run now; awil serve starts it", nil
		}
		if err != nil {
			return "", err
		}
		address = local.URL()
	}
	where, err := postgres.Where(address)
	if err != nil {
		return "", err
	}
	of += ": " + where
	pool, err := postgres.Open(ctx, address, postgres.Options{ApplicationName: "awil-doctor", MaxConns: 1})
	if err != nil {
		return "", fmt.Errorf("%s: %w", of, err)
	}
	defer pool.Close()
	status, err := postgres.Status(ctx, pool)
	if err != nil {
		return "", fmt.Errorf("%s: %w", of, err)
	}
	if !status.Current() {
		return "", fmt.Errorf("%s: %s: run awil migrate", of, status)
	}
	return fmt.Sprintf("%s answers, schema %d", of, status.Applied), nil
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

func doctorPayme(_ context.Context, c Config) (string, error) {
	if _, err := prefixes(c.PaymeAddresses); err != nil {
		return "", fmt.Errorf("PAYME_ADDRESSES: %w", err)
	}
	if c.PaymeKey == "" {
		return "no PAYME_MERCHANT_ID and PAYME_KEY: Payme is not offered, except by the stand-in of --demo", nil
	}
	where := "calls are taken from anywhere"
	if len(c.PaymeAddresses) > 0 {
		where = "calls are taken from PAYME_ADDRESSES only"
	}
	return fmt.Sprintf("register %s, buyers pay at %s, %s; Payme was not asked", c.PaymeMerchantID, c.PaymeCheckoutURL, where), nil
}

func doctorClick(_ context.Context, c Config) (string, error) {
	if c.ClickSecretKey == "" {
		return "no CLICK_SERVICE_ID, CLICK_MERCHANT_ID and CLICK_SECRET_KEY: Click is not offered, except by the stand-in of --demo", nil
	}
	return fmt.Sprintf("service %s, buyers pay at %s; Click was not asked", c.ClickServiceID, c.ClickPayURL), nil
}

// doctorMail also says whose name letters carry: SMTP_URL brings its own.
func doctorMail(_ context.Context, c Config) (string, error) {
	if c.SMTPURL == "" {
		return fmt.Sprintf("no SMTP_URL: mail is logged and kept in the outbox, from %s", c.MailFrom), nil
	}
	if _, err := mail.NewSMTP(c.SMTPURL, time.Now); err != nil {
		return "", err
	}
	u, err := url.Parse(c.SMTPURL)
	if err != nil {
		return "", errors.New("SMTP_URL cannot be read") // the error itself may quote a password
	}
	from, err := netmail.ParseAddress(u.Query().Get("from"))
	if err != nil {
		return "", fmt.Errorf("the sender in SMTP_URL: %w", err)
	}
	if strings.HasSuffix(from.Address, "@localhost") {
		return "", fmt.Errorf("SMTP_URL sends mail from %s, which nobody can answer", from.Address)
	}
	return fmt.Sprintf("by %s, from %s; no mail was sent", u.Host, from.Address), nil
}
