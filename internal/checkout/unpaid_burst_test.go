package checkout_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"awil/internal/checkout"
	"awil/internal/markets"
)

// TestUnpaidOrdersCountedInABurst: thirty forms sent at once get no more than thirty sent one by one, whether they share
// the e-mail address, the number or the address; whoever shares only some of them waits for nobody for ever.
func TestUnpaidOrdersCountedInABurst(t *testing.T) {
	t.Parallel()
	for name, share := range map[string]func(n int, in *checkout.PlaceInput){
		"all":    func(int, *checkout.PlaceInput) {},
		"e-mail": func(n int, in *checkout.PlaceInput) { email := in.Email; *in = someone(n, *in); in.Email = email },
		"number": func(n int, in *checkout.PlaceInput) {
			phone := in.Address.Phone
			*in = someone(n, *in)
			in.Address.Phone = phone
		},
		"address": func(n int, in *checkout.PlaceInput) {
			line := in.Address.Line1
			*in = someone(n, *in)
			in.Address.Line1 = line
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.setStock(jam, 100)
			if placed := s.burst(30, share); placed != 5 {
				t.Errorf("%d orders of one buyer", placed)
			}
			if s.stock(jam) != 95 {
				t.Errorf("stock %d", s.stock(jam))
			}
		})
	}
}

// burst sends so many forms at once and counts the orders that come of them.
func (s *shop) burst(forms int, change func(n int, in *checkout.PlaceInput)) int {
	s.t.Helper()
	all := make([]checkout.PlaceInput, forms)
	for n := range all {
		all[n] = s.input(s.fill("uz", want{jam, 1}), "uz", []markets.Method{markets.COD, markets.Bank}[n%2])
		change(n, &all[n])
	}
	var placed atomic.Int32
	var wg sync.WaitGroup
	for _, in := range all {
		wg.Go(func() {
			if _, err := s.checkout.Place(s.t.Context(), in); err == nil {
				placed.Add(1)
			} else if !strings.Contains(err.Error(), "payment") {
				s.t.Error(err)
			}
		})
	}
	wg.Wait()
	return int(placed.Load())
}

// TestNeighboursWithoutStreetNames: who lives by the school is many people; the landmark says which of them.
func TestNeighboursWithoutStreetNames(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.setStock(jam, 100)
	try := func(n int, landmark string) error {
		in := someone(n, s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD))
		in.Address.Line1, in.Address.Landmark = "Mektep qasında", landmark
		_, err := s.checkout.Place(t.Context(), in)
		return err
	}
	for n := range 6 {
		if err := try(n, fmt.Sprintf("house %d from the well", n)); err != nil {
			t.Errorf("neighbour %d: %v", n, err)
		}
	}
	for n := range 4 {
		if err := try(10+n, "house 1 from the well"); err != nil {
			t.Errorf("the household's order %d: %v", n+2, err)
		}
	}
	if err := try(20, "house 1 from the well"); err == nil {
		t.Error("a sixth order of one household")
	}
}

// TestUnpaidOrdersOfOneMailbox: an address is the same however its letters are written.
func TestUnpaidOrdersOfOneMailbox(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.setStock(jam, 100)
	for n, email := range []string{"ayjan@example.com", "Ayjan@example.com", "AYJAN@example.com", "ayjan@Example.com", "aYjan@example.com", "ayJan@example.com"} {
		in := someone(n, s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD))
		in.Email = email
		if _, err := s.checkout.Place(t.Context(), in); (err == nil) != (n < 5) {
			t.Errorf("order %d: %v", n+1, err)
		}
	}
}
