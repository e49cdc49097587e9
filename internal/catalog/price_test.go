package catalog_test

import (
	"errors"
	"testing"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// offer returns what a market asks for a variant, what its producer asks, and whether the price was set by hand.
func (w *world) offer(market string, variant int64) (price, base int64, byHand bool) {
	w.t.Helper()
	w.ok(w.pool.QueryRow(w.t.Context(), `select price_minor, base_minor, by_hand from offers where market = $1 and variant_id = $2`,
		market, variant).Scan(&price, &base, &byHand))
	return price, base, byHand
}

func (w *world) lapsed(product int64) bool {
	w.t.Helper()
	u, err := w.catalog.ForReview(w.t.Context(), product)
	w.ok(err)
	if len(u.HandPrices) != 1 {
		w.t.Fatalf("%d prices set by hand", len(u.HandPrices))
	}
	return u.HandPrices[0].Lapsed
}

// A price set by hand answers to what the producer asked then: it outlives a lower price of hers, not a higher one.
func TestHandPriceHoldsAgainstItsBase(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	w.ok(w.catalog.SetHandPrice(ctx, w.staff, id, variant, "jp", 1000))
	expect := func(what string, wantPrice, wantBase int64, wantHand bool) {
		t.Helper()
		price, base, byHand := w.offer("jp", variant)
		if price != wantPrice || base != wantBase || byHand != wantHand || w.lapsed(id) == wantHand {
			t.Errorf("%s: %d for %d, by hand %t, lapsed %t", what, price, base, byHand, w.lapsed(id))
		}
	}
	expect("set", 1000, 4500000, true)
	w.ok(w.setPrice(w.maker, id, variant, 4000000))
	expect("she asks less", 1000, 4000000, true)
	w.ok(w.setPrice(w.maker, id, variant, 4500001))
	expect("she asks more", 680, 4500001, false)
	w.ok(w.catalog.SetHandPrice(ctx, w.staff, id, variant, "jp", 1000))
	expect("set again", 1000, 4500001, true)
	w.setRate("0.03", 20)
	_, err := w.catalog.RefreshAll(ctx)
	w.ok(err)
	expect("it no longer brings in what she asks", 2030, 4500001, false)

	var f *errs.Fields
	if err := w.catalog.SetHandPrice(ctx, w.staff, id, variant, "jp", 1349); !errors.As(err, &f) || !f.Has("price") {
		t.Errorf("a price below the producer's own: %v", err)
	}
	w.ok(w.catalog.SetHandPrice(ctx, w.staff, id, variant, "jp", 1350))
	expect("exactly what she asks, but for less than a yen", 1350, 4500001, true)
}

// What buyers see does not become many times as dear, or cheap, by a slip of the thumb.
func TestPriceJumps(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.draft(w.maker, "Qawın")
	w.ok(w.setPrice(w.maker, id, variant, 45))
	w.ok(w.setPrice(w.maker, id, variant, 3000000))
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	w.ok(w.catalog.SetMarkets(ctx, w.staff, id, []string{"uz", "jp"}))
	w.ok(w.catalog.Approve(ctx, w.staff, id))
	for _, minor := range []int64{9000001, 1_000_000_000_000, 999999, 1} {
		edit := jar(variant)
		edit.PriceMinor, edit.Seen = minor, w.seen(id, variant)
		_, saved := w.catalog.SaveVariant(ctx, w.maker, id, edit)
		for _, err := range []error{saved, w.setPrice(w.maker, id, variant, minor)} {
			var f *errs.Fields
			if !errors.As(err, &f) {
				t.Fatalf("%d: %v", minor, err)
			}
			if got := f.All()[0]; got.Key != "errors.price_jump" {
				t.Errorf("%d: %+v", minor, got)
			}
		}
	}
	if _, base, _ := w.offer("jp", variant); base != 3000000 {
		t.Errorf("base %d", base)
	}
	w.ok(w.setPrice(w.maker, id, variant, 9000000))
	w.ok(w.setPrice(w.maker, id, variant, 3000000))
	w.ok(w.catalog.Withdraw(ctx, w.maker, id))
	w.ok(w.setPrice(w.maker, id, variant, 300000)) // nobody sees it, and the programme looks before anybody does
	w.ok(w.catalog.Restore(ctx, w.maker, id))
	w.mustBe(id, catalog.Submitted)
}

// The database knows as many decimals of each currency as we do, and means the same by a price that covers.
func TestCoversIsTheDatabases(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var codes []string
	var minors []int64
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				if cur := money.Currency([]rune{a, b, c}); cur.Known() {
					codes, minors = append(codes, string(cur)), append(minors, cur.MinorPerMajor())
				}
			}
		}
	}
	if n := w.id(`select count(*) from unnest($1::text[], $2::bigint[]) as c (code, minor) where minor_per_major(code) <> minor`, codes, minors); n != 0 {
		t.Errorf("%d of %d currencies have other decimals in the database", n, len(codes))
	}
	for _, tt := range []struct {
		price, base money.Amount
		rate        string
	}{
		{money.New(449, money.JPY), money.New(4500000, money.UZS), "0.01"},
		{money.New(450, money.JPY), money.New(4500000, money.UZS), "0.01"},
		{money.New(450, money.JPY), money.New(4509999, money.UZS), "0.01"},
		{money.New(450, money.JPY), money.New(4510000, money.UZS), "0.01"},
		{money.New(999, money.USD), money.New(999, "KWD"), "3.25"},
		{money.New(100, money.UZS), money.New(101, money.UZS), "1"},
		{money.New(1000, money.JPY), money.New(1_000_000_000_000, money.UZS), "0.0123"},
	} {
		rate, err := money.ParseRate(tt.rate)
		w.ok(err)
		want, err := markets.Covers(tt.price, tt.base, rate)
		w.ok(err)
		var got bool
		w.ok(w.pool.QueryRow(ctx, `select covers($1, $2, $3, $4, $5::text::numeric)`, tt.price.Minor, tt.price.Currency, tt.base.Minor,
			tt.base.Currency, tt.rate).Scan(&got))
		if got != want {
			t.Errorf("%v for %v at %s: database %t, Go %t", tt.price, tt.base, tt.rate, got, want)
		}
	}
	_, variant := w.selling(w.maker, "Qawın")
	_, err := w.pool.Exec(ctx, `update offers set base_minor = 1000000000000 where variant_id = $1`, variant)
	if !postgres.Violates(err, "offers_cover_the_base") {
		t.Errorf("an offer that owes more than it brings in: %v", err)
	}
}
