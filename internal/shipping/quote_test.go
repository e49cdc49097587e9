package shipping_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"awil/internal/money"
	"awil/internal/shipping"
)

func over(minor int64) *int64 { return &minor }

func TestQuote(t *testing.T) {
	parcel := shipping.Method{
		Code: "post", Kind: shipping.Parcel, Currency: money.UZS, BaseMinor: 2_500_000, PerKgMinor: 500_000, MaxGrams: 20_000,
		FreeOverMinor: over(50_000_000),
	}
	box := shipping.Method{
		Code: "ems", Kind: shipping.Box, Currency: money.JPY, BaseMinor: 1450, PerKgMinor: 700, MaxGrams: 30_000,
	}
	tests := []struct {
		name    string
		method  shipping.Method
		grams   []int64
		goods   int64
		want    []int64
		tooBig  bool
		inMoney money.Currency
	}{
		{name: "each parcel pays", method: parcel, grams: []int64{400, 1000, 1001, 3000}, goods: 1,
			want: []int64{2_500_000, 2_500_000, 3_000_000, 3_500_000}},
		{name: "free from the sum on", method: parcel, grams: []int64{400, 5000}, goods: 50_000_000, want: []int64{0, 0}},
		{name: "not free just below", method: parcel, grams: []int64{400}, goods: 49_999_999, want: []int64{2_500_000}},
		{name: "one parcel too heavy", method: parcel, grams: []int64{400, 20_001}, goods: 1, tooBig: true},
		{name: "box pays once", method: box, grams: []int64{500, 980}, goods: 5700, want: []int64{726, 1424}},
		{name: "box weighs all together", method: box, grams: []int64{20_000, 10_001}, goods: 1, tooBig: true},
		{name: "one maker alone", method: box, grams: []int64{900}, goods: 1, want: []int64{1450}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parcels := make([]shipping.ParcelWeight, len(tt.grams))
			for i, g := range tt.grams {
				parcels[i] = shipping.ParcelWeight{ProducerID: int64(i + 1), Grams: g}
			}
			q, err := shipping.Quote(tt.method, parcels, money.New(tt.goods, tt.method.Currency))
			if tt.tooBig {
				if !errors.Is(err, shipping.ErrTooHeavy) {
					t.Fatalf("want too heavy, got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range q.Parcels {
				if p.ProducerID != int64(i+1) || p.Price.Minor != tt.want[i] {
					t.Errorf("parcel %d: %v, want %d", p.ProducerID, p.Price, tt.want[i])
				}
			}
		})
	}
}

func TestQuoteRefusesAnotherCurrency(t *testing.T) {
	m := shipping.Method{Currency: money.JPY, MaxGrams: 1000}
	if _, err := shipping.Quote(m, nil, money.New(1, money.UZS)); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("got %v", err)
	}
}

// TestQuoteConserves: whatever the method and the weights, the parcels add up
// to the total, and a box never costs more for being shared.
func TestQuoteConserves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := shipping.Method{
			Kind:       rapid.SampledFrom([]shipping.Kind{shipping.Parcel, shipping.Box}).Draw(t, "kind"),
			Currency:   money.JPY,
			BaseMinor:  rapid.Int64Range(0, 1_000_000).Draw(t, "base"),
			PerKgMinor: rapid.Int64Range(0, 100_000).Draw(t, "per kg"),
			MaxGrams:   30_000 * 20,
		}
		weights := rapid.SliceOfN(rapid.Int64Range(1, 30_000), 1, 20).Draw(t, "grams")
		parcels := make([]shipping.ParcelWeight, len(weights))
		var all int64
		for i, g := range weights {
			parcels[i] = shipping.ParcelWeight{ProducerID: int64(i), Grams: g}
			all += g
		}
		q, err := shipping.Quote(m, parcels, money.New(1, money.JPY))
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, p := range q.Parcels {
			if p.Price.Minor < 0 {
				t.Fatalf("negative part %v", p)
			}
			sum += p.Price.Minor
		}
		if sum != q.Total.Minor {
			t.Fatalf("parcels add up to %d, total is %v", sum, q.Total)
		}
		if m.Kind == shipping.Box && q.Total.Minor != m.BaseMinor+m.PerKgMinor*((all+999)/1000-1) {
			t.Fatalf("box of %d g costs %v", all, q.Total)
		}
	})
}

func TestQuotesLeaveOutWhatIsTooHeavy(t *testing.T) {
	small := shipping.Method{Code: "small", Currency: money.JPY, MaxGrams: 2000}
	large := shipping.Method{Code: "large", Currency: money.JPY, MaxGrams: 30_000}
	got, err := shipping.Quotes([]shipping.Method{small, large}, []shipping.ParcelWeight{{ProducerID: 1, Grams: 2500}}, money.New(1, money.JPY))
	if err != nil || len(got) != 1 || got[0].Method.Code != "large" {
		t.Errorf("got %v, %v", got, err)
	}
}
