package checkout_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"awil/internal/cart"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/orders"
)

func TestCashOnDeliveryStandsAtOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 2}, want{felt, 1})
	o := s.order(placed.Token)
	if o.Number == nil || o.ExpiresAt != nil || o.PaidAt != nil || o.Status != orders.Placed {
		t.Errorf("order %+v", o.Order)
	}
	// Two parcels: jam 1400 g pays one more kilogram, felt 400 g the base.
	if o.Goods() != uzs(18_000_000) || o.Shipping() != uzs(5_500_000) || o.Total() != uzs(23_500_000) {
		t.Errorf("comes to %v + %v = %v", o.Goods(), o.Shipping(), o.Total())
	}
	s.is(placed.Token, orders.Placed, orders.ParcelToPack)
	if s.stock(jam) != 8 || s.stock(felt) != 9 || s.stock(tea) != 10 {
		t.Error("stock is wrong")
	}
	if n, _ := s.cart.Count(t.Context(), s.fill("uz", want{tea, 1})); n != 1 {
		t.Errorf("a new cart holds %d", n)
	}
	s.work()
	if got, want := s.letters(), "confirmed to buyer in en, confirmed to producer in kaa"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestYenHaveNoDecimals(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 2}, want{felt, 1})
	o := s.order(placed.Token)
	// 2 × ¥900 + ¥1,800, one box of 1,800 g: ¥1,450 + ¥700, shared by weight.
	if o.Total().String() != "5750 JPY" || o.Goods().String() != "3600 JPY" {
		t.Errorf("comes to %v of %v", o.Total(), o.Goods())
	}
	var parts int64
	for _, p := range o.Parcels {
		parts += p.ShippingMinor
	}
	if parts != o.ShippingMinor || o.Lines[0].Name != "メロンジャム" {
		t.Errorf("parcels pay %d of %d, first line %q", parts, o.ShippingMinor, o.Lines[0].Name)
	}
	if placed.PayURL == "" || o.Number != nil || !o.CanPay {
		t.Errorf("a card order waits for its payment: %+v", placed)
	}
}

// TestLastJars: fifty buyers want the last ten jars at once.
func TestLastJars(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	const buyers, jars = 50, 10
	inputs := make([]checkout.PlaceInput, buyers)
	for i := range inputs {
		inputs[i] = someone(i, s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD))
	}
	errors := make([]error, buyers)
	var wg sync.WaitGroup
	for i, in := range inputs {
		wg.Go(func() { _, errors[i] = s.checkout.Place(t.Context(), in) })
	}
	wg.Wait()
	placed := 0
	for _, err := range errors {
		switch short := asShort(err); {
		case err == nil:
			placed++
		case short == nil:
			t.Errorf("a buyer was told %v", err)
		case len(short.Lines) != 1 || short.Lines[0].VariantID != jam || short.Lines[0].Available != 0 || short.Lines[0].Name != "Melon jam":
			t.Errorf("a buyer was told %+v", short.Lines)
		}
	}
	if placed != jars || s.stock(jam) != 0 {
		t.Errorf("%d orders, %d jars left", placed, s.stock(jam))
	}
	if n := number[int](s, `select count(*) from orders where number is not null and goods_minor = 4500000`); n != jars {
		t.Errorf("%d orders in the books", n)
	}
	if n := number[int](s, `select sum(quantity) from reservations where state = 'sold'`); n != jars {
		t.Errorf("%d jars sold", n)
	}
}

func asShort(err error) *checkout.ShortError {
	var short *checkout.ShortError
	if errors.As(err, &short) {
		return short
	}
	return nil
}

func TestSameFormTwiceIsOneOrder(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	const times = 8
	tokens := make([]string, times)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() {
			placed, err := s.checkout.Place(t.Context(), in)
			if err != nil {
				t.Error(err)
			}
			tokens[i] = placed.Token
		})
	}
	wg.Wait()
	for _, token := range tokens {
		if token == "" || token != tokens[0] {
			t.Errorf("tokens differ: %q and %q", token, tokens[0])
		}
	}
	if n := number[int](s, `select count(*) from orders`); n != 1 || s.stock(jam) != 9 {
		t.Errorf("%d orders, stock %d", n, s.stock(jam))
	}
}

// TestSameFormOtherCart: if the same form token comes with two carts at once
// there is one order, and only its cart is told of it.
func TestSameFormOtherCart(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	one := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	two := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	two.CheckoutToken = one.CheckoutToken
	var wg sync.WaitGroup
	var placed, stale atomic.Int32
	for _, in := range []checkout.PlaceInput{one, two} {
		wg.Go(func() {
			_, err := s.checkout.Place(t.Context(), in)
			switch {
			case err == nil:
				placed.Add(1)
			case errors.Is(err, checkout.ErrStale):
				stale.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if placed.Load() != 1 || stale.Load() != 1 {
		t.Errorf("%d placed, %d told to look again", placed.Load(), stale.Load())
	}
	if n := number[int](s, `select count(*) from orders`); n != 1 || s.stock(jam) != 9 {
		t.Errorf("%d orders, stock %d", n, s.stock(jam))
	}
}

func TestChangedPriceIsSaidAndNothingHappens(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	token := s.fill("uz", want{jam, 1})
	in := s.input(token, "uz", markets.Card)
	s.exec(`update offers set price_minor = 5000000 where market = 'uz' and variant_id = 1`)
	_, err := s.checkout.Place(t.Context(), in)
	var changed *checkout.PriceChangedError
	if !errors.As(err, &changed) || changed.Total != uzs(7_500_000) || changed.Shown != uzs(7_000_000) || errs.KindOf(err) != errs.Conflict {
		t.Fatalf("got %v", err)
	}
	if n := number[int](s, `select count(*) from orders`); n != 0 || s.stock(jam) != 10 {
		t.Errorf("%d orders, stock %d", n, s.stock(jam))
	}
	c, err := s.cart.Get(t.Context(), token, "uz", i18n.EN)
	if err != nil || c.Count() != 1 || !c.Lines[0].PriceChanged() {
		t.Errorf("cart %+v, %v", c, err)
	}
	in.Shown = changed.Total
	if _, err := s.checkout.Place(t.Context(), in); err != nil {
		t.Errorf("agreed to the new price, and %v", err)
	}
}

func TestShortLinesAreAllNamed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("uz", want{jam, 5}, want{tea, 5}, want{felt, 5}), "uz", markets.COD)
	s.setStock(jam, 2)
	s.setStock(felt, 0)
	_, err := s.checkout.Place(t.Context(), in)
	short := asShort(err)
	if short == nil || len(short.Lines) != 2 {
		t.Fatalf("got %v", err)
	}
	if short.Lines[0].Available != 2 || short.Lines[0].Wanted != 5 || short.Lines[1].Available != 0 {
		t.Errorf("got %+v", short.Lines)
	}
	if s.stock(tea) != 10 {
		t.Error("tea was taken all the same")
	}
}

func TestFormComplaints(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	in.Email, in.Address.Country, in.Address.Phone, in.ShippingID, in.Method = "nobody", "JP", "1", 0, "cheque"
	in.Note = strings.Repeat("я", 1001)
	_, err := s.checkout.Place(t.Context(), in)
	var bad *errs.Fields
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	for _, field := range []string{"email", "country", "phone", "shipping", "payment", "note"} {
		if !bad.Has(field) {
			t.Errorf("nothing about %s", field)
		}
	}
	in = s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	in.ShippingID = 2 // of Japan
	if _, err := s.checkout.Place(t.Context(), in); !errors.As(err, &bad) || !bad.Has("shipping") {
		t.Errorf("another market's shipping: %v", err)
	}
	in.CheckoutToken = "x"
	if _, err := s.checkout.Place(t.Context(), in); errs.KindOf(err) != errs.Invalid {
		t.Errorf("malformed token: %v", err)
	}
}

func TestTooHeavyAndEmpty(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	token := s.fill("uz", want{jam, 10})
	in := s.input(token, "uz", markets.COD)
	s.exec(`update shipping_methods set max_grams = 5000 where id = 1`)
	var bad *errs.Fields
	if _, err := s.checkout.Place(t.Context(), in); !errors.As(err, &bad) || !bad.Has("shipping") {
		t.Errorf("too heavy: %v", err)
	}
	if form, err := s.checkout.Form(t.Context(), token, "uz", i18n.EN); err != nil || len(form.Quotes) != 0 {
		t.Errorf("offered %v, %v", form.Quotes, err)
	}
	in.CartToken = "nobody's"
	if _, err := s.checkout.Place(t.Context(), in); !errors.Is(err, checkout.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
}

// TestWhatIsNotSoldHereStaysInTheCart: a line of another market is neither
// bought nor lost.
func TestWhatIsNotSoldHereStaysInTheCart(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	token := s.fill("uz", want{jam, 1}, want{felt, 1})
	s.exec(`delete from listings where market = 'jp' and product_id = 3`)
	in := s.input(token, "jp", markets.Card)
	placed, err := s.checkout.Place(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if o := s.order(placed.Token); len(o.Lines) != 1 || o.Lines[0].VariantID != jam {
		t.Errorf("bought %+v", o.Lines)
	}
	c, err := s.cart.Get(t.Context(), token, "jp", i18n.JA)
	if err != nil || len(c.Lines) != 1 || c.Lines[0].State() != cart.NotHere || c.Lines[0].SoldIn[0] != "uz" {
		t.Errorf("left in the cart: %+v, %v", c.Lines, err)
	}
}

func TestCardBelowTheMinimumIsNotOffered(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.exec(`update offers set price_minor = 10, base_minor = 1000 where market = 'jp'; update shipping_methods set base_minor = 0 where id = 2`)
	token := s.fill("jp", want{jam, 1})
	form, err := s.checkout.Form(t.Context(), token, "jp", i18n.JA)
	if err != nil || len(form.Ways) != 0 {
		t.Errorf("offered %v, %v", form.Ways, err)
	}
	var bad *errs.Fields
	if _, err := s.checkout.Place(t.Context(), s.input(token, "jp", markets.Card)); !errors.As(err, &bad) || !bad.Has("payment") {
		t.Errorf("got %v", err)
	}
}
