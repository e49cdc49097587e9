package checkout_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
)

// silentGateway answers about one attempt; about the others it says nothing, until the time of whoever asks is over.
type silentGateway struct {
	fakeGateway
	answers string
	asked   []string
}

func (g *silentGateway) Lookup(ctx context.Context, ref string) (payments.Outcome, error) {
	g.asked = append(g.asked, ref)
	if ref == g.answers {
		return payments.Outcome{Status: payments.StatusOpen}, nil
	}
	<-ctx.Done()
	return payments.Outcome{}, errs.E(errs.Unavailable, "no answer", ctx.Err())
}

// TestSilenceKeepsNobodyWaiting: of attempts nobody answers about, each is asked about in its turn, and after those that
// are answered.
func TestSilenceKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	refs := make([]string, 3)
	for i := range refs {
		refs[i] = s.order(s.place("jp", markets.Card, want{jam, 1}).Token).Payments[0].Ref()
	}
	s.clock.pass(5 * time.Minute)
	silent := &silentGateway{answers: refs[0]}
	s.checkout.Gateways = payments.NewGateways(silent)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := s.checkout.Reconcile(ctx); err == nil {
			t.Error("silence is no answer")
		}
		cancel()
		s.clock.pass(2 * time.Minute)
	}
	// The latest first; then, round by round, whoever was not asked yet; those without an answer come last.
	if want := []string{refs[2], refs[1], refs[0], refs[2]}; !slices.Equal(silent.asked, want) {
		t.Errorf("asked %q, want %q", silent.asked, want)
	}
}

// TestSilenceForDays: who has not answered for days is asked every hour and not every round, staff read of it once a
// day, and an answer still counts.
func TestSilenceForDays(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.standin.Hold()
	s.pay(placed.PayURL)
	s.clock.pass(8 * 24 * time.Hour)
	card := s.checkout.Gateways
	var told bytes.Buffer
	s.checkout.Log = slog.New(slog.NewTextHandler(&told, nil))
	s.checkout.Gateways = payments.NewGateways(&fakeGateway{err: errs.E(errs.Unavailable, "no answer")})
	failed := 0
	for range 48 * 30 { // two days of rounds
		if err := s.checkout.Reconcile(t.Context()); err != nil {
			failed++
		}
		s.clock.pass(2 * time.Minute)
	}
	if failed < 40 || failed > 55 {
		t.Errorf("asked %d times in two days", failed)
	}
	if lines := strings.Count(told.String(), "does not answer"); lines != 2 {
		t.Errorf("staff were told %d times in two days: %s", lines, told.String())
	}
	s.checkout.Gateways = card
	s.clock.pass(time.Hour)
	s.ok(s.checkout.Reconcile(t.Context()))
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
}
