package chaos

import (
	"context"
	"strings"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/platform/postgres/pgtest"
)

// TestMoneyIsFoundUnheard lets one thing go wrong at each place on the way to
// the provider's page, and then has every session paid that there is, without a
// message of it: money is in the books or on its way back all the same.
func TestMoneyIsFoundUnheard(t *testing.T) {
	t.Parallel()
	l, err := openLab(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	tried, nameless := 0, 0
	for _, again := range []bool{false, true} {
		for _, at := range []place{atBegin, atCommit, atLone, atCall, atAnswer} {
			for _, f := range mayGoWrong(at) {
				for nth := 0; !testing.Short() || nth < 2; nth++ {
					met, wrong := unheard(t, l, single{at: at, nth: nth, fault: f}, again, Breakage{})
					if met <= nth {
						break
					}
					tried++
					for _, w := range wrong {
						t.Errorf("%v at %v %d, paying again %v: %v", f, at, nth, again, w)
					}
				}
			}
		}
	}
	// The name is lost with the answer, or when it is about to be written down.
	for _, only := range []single{{at: atCall, fault: lostAnswer}, {at: atCall, fault: killedAfter}, {at: atAnswer, fault: killed}} {
		_, wrong := unheard(t, l, only, false, Breakage{Unlisted: true})
		for _, w := range wrong {
			if strings.Contains(w.Error(), "nobody knows of it") {
				nameless++
			}
		}
	}
	if tried < 30 || nameless != 3 {
		t.Errorf("%d places; at a provider that finds nothing, money of %d attempts was missed", tried, nameless)
	}
}

// unheard lets somebody buy, and perhaps come again to pay, while one thing
// goes wrong; it returns how many such places there were, and what did not hold.
func unheard(t *testing.T, l *lab, only single, again bool, broken Breakage) (met int, wrong []error) {
	t.Helper()
	ctx := t.Context()
	s := newSchedule(l, 1, broken)
	s.plan = plan{theme: themes[0], most: plenty, together: 1, only: &only}
	err := s.begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, p := &buyer{name: "buyer", market: "jp", number: 1}, s.processes[0]
	var token string
	act := func(name string, do func(context.Context) error) {
		if err == nil {
			s.enter(ctx, p, name, do)
			err = s.alone()
		}
	}
	act("she buys", func(ctx context.Context) error {
		if err := s.put(ctx, p, b, 1, 1); err != nil {
			return err
		}
		var in checkout.PlaceInput
		if in, err = s.fill(ctx, p, b, markets.Card); err != nil {
			return err
		}
		placed, err := p.checkout.Place(ctx, in)
		token = placed.Token
		return err
	})
	if again && token != "" {
		s.pass(keyGivenUp)
		act("she goes to pay", func(ctx context.Context) error { _, err := p.checkout.Pay(ctx, token); return err })
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, s.story())
	}
	open, _ := s.provider.payable()
	for _, ref := range open {
		s.provider.pay(ref, payGood)
	}
	for _, n := range s.provider.notices() {
		n.lost = true
	}
	if err := s.rest(ctx); err != nil {
		t.Fatalf("%v\n%s", err, s.story())
	}
	if err := s.check(ctx); err != nil {
		t.Fatal(err)
	}
	if len(s.wrong) > 0 && broken == (Breakage{}) {
		t.Log(s.story())
	}
	return only.met, s.wrong
}

// keyGivenUp is when a call that was not answered is not repeated under its key
// any more.
const keyGivenUp = 3 * time.Minute
