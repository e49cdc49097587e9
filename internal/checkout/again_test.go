package checkout_test

import (
	"errors"
	"testing"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
)

// TestAFormServesOnePurchase: sent twice it gives the same order; sent for
// another purchase, or by somebody else, it gives none.
func TestAFormServesOnePurchase(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	token := s.fill("uz", want{jam, 1})
	in := s.input(token, "uz", markets.COD)
	first, err := s.checkout.Place(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := s.checkout.Place(ctx, in); err != nil || twice.OrderID != first.OrderID {
		t.Errorf("sent twice: %+v, %v", twice, err)
	}
	stale := func(what string, in checkout.PlaceInput) {
		t.Helper()
		if placed, err := s.checkout.Place(ctx, in); !errors.Is(err, checkout.ErrStale) || placed.Token != "" {
			t.Errorf("%s: %+v, %v", what, placed, err)
		}
	}
	other := in
	other.Shown.Minor++
	stale("another sum", other)
	other = in
	other.CartToken = "somebody else's"
	stale("another cart", other)
	other.AccountID = 2
	stale("another cart, signed in", other)
	if _, err := s.cart.Add(ctx, token, "uz", tea, 2); err != nil {
		t.Fatal(err)
	}
	stale("something else in the cart", in)
	fresh := s.input(token, "uz", markets.COD)
	if next, err := s.checkout.Place(ctx, fresh); err != nil || next.OrderID == first.OrderID {
		t.Errorf("with a form of its own: %+v, %v", next, err)
	}

	mine := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	mine.AccountID = 2
	first, err = s.checkout.Place(ctx, mine)
	if err != nil {
		t.Fatal(err)
	}
	mine.CartToken = "of another browser"
	if twice, err := s.checkout.Place(ctx, mine); err != nil || twice.OrderID != first.OrderID {
		t.Errorf("the same person: %+v, %v", twice, err)
	}
}

// TestCashNeedsAParcel: where the hub sends one box for all, nobody takes cash
// at the door.
func TestCashNeedsAParcel(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.exec(`insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days)
		values ('uz', 'hub', 'box', 'UZS', 2500000, 500000, 20000, 2, 5)`)
	s.exec(`insert into shipping_method_texts (method_id, lang, name) values (3, 'en', 'From the hub')`)
	cartToken := s.fill("uz", want{jam, 1})
	offers := func() (cash bool) {
		form, err := s.checkout.Form(t.Context(), cartToken, "uz", "en")
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range form.Ways {
			cash = cash || w.Method == markets.COD
		}
		return cash
	}
	if !offers() {
		t.Error("cash is not offered where parcels go")
	}
	in := s.input(cartToken, "uz", markets.COD)
	in.ShippingID = 3
	var bad *errs.Fields
	if _, err := s.checkout.Place(t.Context(), in); !errors.As(err, &bad) || !bad.Has("payment") {
		t.Errorf("cash for a box: %v", err)
	}
	s.exec(`update shipping_methods set active = false where id = 1`)
	if offers() {
		t.Error("cash is offered where only boxes go")
	}
	in.Method = markets.Bank
	if _, err := s.checkout.Place(t.Context(), in); err != nil {
		t.Errorf("a box paid by transfer: %v", err)
	}
	if c, err := s.cart.Get(t.Context(), cartToken, "uz", "en"); err != nil || len(c.Lines) != 0 {
		t.Errorf("left in the cart: %+v, %v", c.Lines, err)
	}
}
