package checkout_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
)

// someone is a form as another person fills it in.
func someone(n int, in checkout.PlaceInput) checkout.PlaceInput {
	in.Email = fmt.Sprintf("someone%d@example.com", n)
	in.Address.Phone = fmt.Sprintf("+99891%07d", n)
	in.Address.Line1 = fmt.Sprintf("Qaraqum %d", n)
	return in
}

// Who orders without paying cannot keep everybody's goods: under one e-mail, telephone number or address five orders may
// wait for cash or a transfer, until one is paid, cancelled or has expired. Paying at once is always possible.
func TestUnpaidOrdersHaveAnEnd(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	form := func(method markets.Method) checkout.PlaceInput {
		return s.input(s.fill("uz", want{jam, 1}), "uz", method)
	}
	try := func(in checkout.PlaceInput) (checkout.Placed, error) { return s.checkout.Place(t.Context(), in) }
	must := func(in checkout.PlaceInput) checkout.Placed {
		t.Helper()
		placed, err := try(in)
		if err != nil {
			t.Fatal(err)
		}
		return placed
	}
	first := form(markets.COD)
	placed := must(first)
	for range 2 {
		must(form(markets.COD))
		must(form(markets.Bank))
	}
	refused := func(in checkout.PlaceInput, who string) {
		t.Helper()
		before := s.stock(jam)
		_, err := try(in)
		var bad *errs.Fields
		if !errors.As(err, &bad) || bad.All()[0].Name != "payment" || bad.All()[0].Key != "checkout.errors.unpaid" {
			t.Errorf("%s: %v", who, err)
		}
		if s.stock(jam) != before {
			t.Errorf("%s: goods were taken", who)
		}
	}
	refused(form(markets.COD), "the same buyer")
	refused(form(markets.Bank), "the same buyer, by transfer")
	stranger := func(change func(*checkout.PlaceInput)) checkout.PlaceInput {
		in := someone(1, form(markets.COD))
		change(&in)
		return in
	}
	refused(stranger(func(in *checkout.PlaceInput) { in.Email = first.Email }), "the same e-mail")
	refused(stranger(func(in *checkout.PlaceInput) { in.Address.Phone = first.Address.Phone }), "the same number")
	refused(stranger(func(in *checkout.PlaceInput) { in.Address.Line1 = first.Address.Line1 }), "the same address")
	if again, err := try(first); err != nil || again.OrderID != placed.OrderID {
		t.Errorf("the same form again: %+v, %v", again, err)
	}
	must(someone(2, form(markets.COD)))

	if err := s.checkout.CancelByBuyer(t.Context(), placed.Token); err != nil {
		t.Fatal(err)
	}
	must(form(markets.COD))
	refused(form(markets.COD), "five again")
	s.clock.pass(8 * 24 * time.Hour) // the transfers never came; whether a worker runs does not matter
	must(form(markets.COD))
	for _, lang := range i18n.Langs() {
		if l := i18n.For(lang); !l.Has("checkout.errors.unpaid") {
			t.Errorf("not said in %s", lang)
		}
	}
}
