package checkout_test

import (
	"testing"

	"awil/internal/errs"
	"awil/internal/markets"
)

// TestNothingIsSoldBelowWhatItOwes: an offer that would owe its producer more
// than the buyer pays is not sold, however it came about, and the database
// takes no such line.
func TestNothingIsSoldBelowWhatItOwes(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card)
	s.exec(`alter table offers drop constraint offers_cover_the_base`)
	s.exec(`update offers set base_minor = 1000000000000, by_hand = true where market = 'jp' and variant_id = $1`, jam)
	if _, err := s.checkout.Place(t.Context(), in); errs.KindOf(err) != errs.Internal {
		t.Errorf("sold: %v", err)
	}
	if n := number[int](s, `select count(*) from orders`); n != 0 || s.stock(jam) != 10 {
		t.Errorf("%d orders, stock %d", n, s.stock(jam))
	}
	s.exec(`update offers set base_minor = 4500000 where market = 'jp' and variant_id = $1`, jam)
	if _, err := s.checkout.Place(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	s.refused("order_lines_cover_the_base", `insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name,
		quantity, currency, unit_minor, line_minor, base_minor, base, rate, commission_bp, net_unit, weight_grams)
		select order_id, parcel_id, 2, 2, producer_id, name, 1, currency, 1000, 1000, 1000000000000, base, rate, commission_bp, net_unit, weight_grams
		from order_lines`)
}
