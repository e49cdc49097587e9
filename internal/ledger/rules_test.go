package ledger_test

import (
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
)

// home is sold in soʻm by two producers: one sends her parcel herself, the
// other's goes with the programme.
func home() ledger.Sale {
	uzs := func(minor int64) money.Amount { return money.New(minor, money.UZS) }
	return ledger.Sale{
		OrderID: 7, Currency: money.UZS,
		Lines: []ledger.SaleLine{
			{ID: 11, ParcelID: 21, ProducerID: 1, Quantity: 3, Unit: uzs(4_500_100), Base: uzs(4_500_003), CommissionBP: 1000},
			{ID: 12, ParcelID: 22, ProducerID: 2, Quantity: 1, Unit: uzs(9_000_000), Base: uzs(9_000_000), CommissionBP: 0},
		},
		Parcels: []ledger.SaleParcel{
			{ID: 21, ProducerID: 1, Shipping: uzs(2_500_000), ToProducer: true},
			{ID: 22, ProducerID: 2, Shipping: uzs(3_000_000)},
		},
	}
}

// abroad is sold in yen by two producers who price in soʻm and in som.
func abroad(t testing.TB) ledger.Sale {
	yen := func(minor int64) money.Amount { return money.New(minor, money.JPY) }
	return ledger.Sale{
		OrderID: 8, Currency: money.JPY,
		Lines: []ledger.SaleLine{
			{ID: 13, ParcelID: 23, ProducerID: 1, Quantity: 3, Unit: yen(560), Base: money.New(4_500_000, money.UZS), Rate: rate(t, "0.0123"), CommissionBP: 1250},
			{ID: 14, ParcelID: 24, ProducerID: 3, Quantity: 1, Unit: yen(1790), Base: money.New(99_995, money.KGS), Rate: rate(t, "1.79"), CommissionBP: 1000},
		},
		Parcels: []ledger.SaleParcel{
			{ID: 23, ProducerID: 1, Shipping: yen(1450), ToProducer: true},
			{ID: 24, ProducerID: 3, Shipping: yen(700)},
		},
	}
}

func refundLines(s ledger.Sale, released bool, beforeNow ...[2]int) []ledger.RefundLine {
	var lines []ledger.RefundLine
	for i, l := range s.Lines {
		lines = append(lines, ledger.RefundLine{SaleLine: l, Before: beforeNow[i][0], Now: beforeNow[i][1], Released: released})
	}
	return lines
}

func refundParcels(s ledger.Sale, released bool, beforeNow ...[2]int64) []ledger.RefundParcel {
	var parcels []ledger.RefundParcel
	for i, p := range s.Parcels {
		parcels = append(parcels, ledger.RefundParcel{SaleParcel: p, Released: released,
			Before: money.New(beforeNow[i][0], s.Currency), Now: money.New(beforeNow[i][1], s.Currency)})
	}
	return parcels
}

// Each rule, entry by entry.
func TestRules(t *testing.T) {
	yen, uzs := money.New(5000, money.JPY), money.New(12_345_600, money.UZS)
	parcel := func(s ledger.Sale, n int) ledger.Sale {
		s.Lines, s.Parcels = s.Lines[n:n+1], s.Parcels[n:n+1]
		return s
	}
	tests := []struct {
		name string
		make func() (ledger.Posting, error)
		want string
	}{
		{"order paid at home", func() (ledger.Posting, error) { return ledger.OrderPaid(5, ledger.TillPayme, home(), noon) }, `
			order_paid payment 5 order 7 by 0
			Dr clearing payme 280003.00 UZS
			Cr producer_reserve 1 121500.08 UZS line 11 parcel 21
			Cr commission 13500.01 UZS line 11 parcel 21
			Cr margin 2.91 UZS line 11 parcel 21
			Cr producer_reserve 2 90000.00 UZS line 12 parcel 22
			Cr producer_reserve 1 25000.00 UZS parcel 21
			Cr shipping 30000.00 UZS parcel 22`},
		{"order paid abroad", func() (ledger.Posting, error) { return ledger.OrderPaid(6, ledger.TillStripe, abroad(t), noon) }, `
			order_paid payment 6 order 8 by 0
			Dr clearing stripe 5620 JPY
			Cr producer_reserve 1 118125.00 UZS line 13 parcel 23
			Cr commission 16875.00 UZS line 13 parcel 23
			Dr fx 135000.00 UZS line 13 parcel 23 at 0.0123 JPY
			Cr fx 1660 JPY line 13 parcel 23
			Cr margin 20 JPY line 13 parcel 23
			Cr producer_reserve 3 899.95 KGS line 14 parcel 24
			Cr commission 100.00 KGS line 14 parcel 24
			Dr fx 999.95 KGS line 14 parcel 24 at 1.79 JPY
			Cr fx 1789 JPY line 14 parcel 24
			Cr margin 1 JPY line 14 parcel 24
			Cr producer_reserve 1 117886.17 UZS parcel 23
			Dr fx 117886.17 UZS parcel 23 at 0.0123 JPY
			Cr fx 1450 JPY parcel 23
			Cr shipping 700 JPY parcel 24`},
		{"cash kept by the producer", func() (ledger.Posting, error) {
			return ledger.CashCollected(21, ledger.CollectorProducer, parcel(home(), 0), noon, 9)
		}, `
			cash_collected parcel 21 order 7 by 9
			Dr producer_payable 1 160003.00 UZS parcel 21
			Cr producer_payable 1 121500.08 UZS line 11 parcel 21
			Cr commission 13500.01 UZS line 11 parcel 21
			Cr margin 2.91 UZS line 11 parcel 21
			Cr producer_payable 1 25000.00 UZS parcel 21`},
		{"cash taken by a courier", func() (ledger.Posting, error) {
			return ledger.CashCollected(22, ledger.CollectorCourier, parcel(home(), 1), noon, 9)
		}, `
			cash_collected parcel 22 order 7 by 9
			Dr clearing courier 120000.00 UZS parcel 22
			Cr producer_reserve 2 90000.00 UZS line 12 parcel 22
			Cr shipping 30000.00 UZS parcel 22`},
		{"cash taken by the programme", func() (ledger.Posting, error) {
			return ledger.CashCollected(22, ledger.CollectorProgramme, parcel(home(), 1), noon, 9)
		}, `
			cash_collected parcel 22 order 7 by 9
			Dr clearing cash 120000.00 UZS parcel 22
			Cr producer_reserve 2 90000.00 UZS line 12 parcel 22
			Cr shipping 30000.00 UZS parcel 22`},
		{"money for no order", func() (ledger.Posting, error) { return ledger.Unexpected(5, 7, ledger.TillBank, uzs, noon) }, `
			money_unexpected payment 5 order 7 by 0
			Dr clearing bank 123456.00 UZS
			Cr buyer 123456.00 UZS`},
		{"part of a refund at home, kept in reserve", func() (ledger.Posting, error) {
			return ledger.Refund(31, 7, money.UZS, refundLines(home(), false, [2]int{1, 1}, [2]int{0, 0}),
				refundParcels(home(), false, [2]int64{0, 0}, [2]int64{0, 1_000_000}), noon, 9)
		}, `
			refund refund 31 order 7 by 9
			Dr producer_reserve 1 40500.02 UZS line 11 parcel 21
			Dr commission 4500.01 UZS line 11 parcel 21
			Dr margin 0.97 UZS line 11 parcel 21
			Dr shipping 10000.00 UZS parcel 22
			Cr buyer 55001.00 UZS`},
		{"part of a refund abroad, payable already", func() (ledger.Posting, error) {
			return ledger.Refund(32, 8, money.JPY, refundLines(abroad(t), true, [2]int{2, 1}, [2]int{0, 1}),
				refundParcels(abroad(t), true, [2]int64{450, 500}, [2]int64{0, 700}), noon, 9)
		}, `
			refund refund 32 order 8 by 9
			Dr producer_payable 1 39375.00 UZS line 13 parcel 23
			Dr commission 5625.00 UZS line 13 parcel 23
			Cr fx 45000.00 UZS line 13 parcel 23 at 0.0123 JPY
			Dr fx 553 JPY line 13 parcel 23
			Dr margin 7 JPY line 13 parcel 23
			Dr producer_payable 3 899.95 KGS line 14 parcel 24
			Dr commission 100.00 KGS line 14 parcel 24
			Cr fx 999.95 KGS line 14 parcel 24 at 1.79 JPY
			Dr fx 1789 JPY line 14 parcel 24
			Dr margin 1 JPY line 14 parcel 24
			Dr producer_payable 1 40650.41 UZS parcel 23
			Cr fx 40650.41 UZS parcel 23 at 0.0123 JPY
			Dr fx 500 JPY parcel 23
			Dr shipping 700 JPY parcel 24
			Cr buyer 3550 JPY`},
		{"refund sent", func() (ledger.Posting, error) { return ledger.RefundSent(31, 7, ledger.TillStripe, yen, noon, 9) }, `
			refund_sent refund 31 order 7 by 9
			Dr buyer 5000 JPY
			Cr clearing stripe 5000 JPY`},
		{"refund came back", func() (ledger.Posting, error) { return ledger.RefundFailed(31, 7, ledger.TillStripe, yen, noon, 9) }, `
			refund_failed refund 31 order 7 by 9
			Dr clearing stripe 5000 JPY
			Cr buyer 5000 JPY`},
		{"dispute opened", func() (ledger.Posting, error) { return ledger.DisputeOpened(41, 8, ledger.TillStripe, yen, noon) }, `
			dispute_opened dispute 41 order 8 by 0
			Dr disputed 5000 JPY
			Cr clearing stripe 5000 JPY`},
		{"dispute won", func() (ledger.Posting, error) { return ledger.DisputeWon(41, 8, ledger.TillStripe, yen, noon) }, `
			dispute_won dispute 41 order 8 by 0
			Dr clearing stripe 5000 JPY
			Cr disputed 5000 JPY`},
		{"dispute lost", func() (ledger.Posting, error) { return ledger.DisputeLost(41, 8, ledger.TillStripe, yen, noon) }, `
			dispute_lost dispute 41 order 8 by 0
			Dr losses 5000 JPY
			Cr disputed 5000 JPY`},
		{"fee", func() (ledger.Posting, error) {
			return ledger.ProviderFee(51, 8, ledger.TillStripe, money.New(180, money.JPY), noon)
		}, `
			provider_fee charge 51 order 8 by 0
			Dr fees 180 JPY
			Cr clearing stripe 180 JPY`},
		{"fee given back", func() (ledger.Posting, error) {
			return ledger.ProviderFee(51, 8, ledger.TillStripe, money.New(-180, money.JPY), noon)
		}, `
			provider_fee charge 51 order 8 by 0
			Cr fees 180 JPY
			Dr clearing stripe 180 JPY`},
		{"no fee", func() (ledger.Posting, error) {
			return ledger.ProviderFee(51, 8, ledger.TillStripe, money.Zero(money.JPY), noon)
		}, `
			provider_fee charge 51 order 8 by 0`},
		{"fee kept of a payout", func() (ledger.Posting, error) {
			return ledger.FeeKept(84, ledger.TillPayme, money.New(250_000, money.UZS), noon, 9)
		}, `
			provider_fee entry 84 order 0 by 9
			Dr fees 2500.00 UZS
			Cr clearing payme 2500.00 UZS`},
		{"settled in another currency", func() (ledger.Posting, error) {
			return ledger.ProviderExchange(51, 8, ledger.TillStripe, yen, money.New(3214, money.USD), rate(t, "0.006428"), noon)
		}, `
			provider_exchange charge 51 order 8 by 0
			Cr clearing stripe 5000 JPY
			Dr fx 5000 JPY at 0.006428 USD
			Cr fx 32.14 USD
			Dr clearing stripe 32.14 USD`},
		{"a refund settled in another currency", func() (ledger.Posting, error) {
			return ledger.ProviderExchange(52, 8, ledger.TillStripe, money.New(-5000, money.JPY), money.New(-3214, money.USD), rate(t, "0.006428"), noon)
		}, `
			provider_exchange charge 52 order 8 by 0
			Dr clearing stripe 5000 JPY
			Cr fx 5000 JPY at 0.006428 USD
			Dr fx 32.14 USD
			Cr clearing stripe 32.14 USD`},
		{"settled in its own currency", func() (ledger.Posting, error) {
			return ledger.ProviderExchange(51, 8, ledger.TillStripe, yen, yen, money.Rate{}, noon)
		}, `
			provider_exchange charge 51 order 8 by 0`},
		{"provider paid out", func() (ledger.Posting, error) { return ledger.ProviderPaidOut(61, ledger.TillStripe, yen, noon) }, `
			provider_paid_out import_line 61 order 0 by 0
			Dr clearing bank 5000 JPY
			Cr clearing stripe 5000 JPY`},
		{"earnings released", func() (ledger.Posting, error) {
			return ledger.EarningsReleased(21, 7, 1, []money.Amount{uzs, yen}, noon)
		}, `
			earnings_released parcel 21 order 7 by 0
			Dr producer_reserve 1 123456.00 UZS parcel 21
			Cr producer_payable 1 123456.00 UZS parcel 21
			Dr producer_reserve 1 5000 JPY parcel 21
			Cr producer_payable 1 5000 JPY parcel 21`},
		{"nothing to release", func() (ledger.Posting, error) { return ledger.EarningsReleased(21, 7, 1, nil, noon) }, `
			earnings_released parcel 21 order 7 by 0`},
		{"payout", func() (ledger.Posting, error) { return ledger.Payout(71, 1, uzs, noon, 9) }, `
			payout payout 71 order 0 by 9
			Dr producer_payable 1 123456.00 UZS
			Cr transit 123456.00 UZS`},
		{"payout paid", func() (ledger.Posting, error) { return ledger.PayoutPaid(71, ledger.TillBank, uzs, noon, 9) }, `
			payout_paid payout 71 order 0 by 9
			Dr transit 123456.00 UZS
			Cr clearing bank 123456.00 UZS`},
		{"payout returned", func() (ledger.Posting, error) { return ledger.PayoutReturned(71, 1, ledger.TillBank, uzs, noon, 9) }, `
			payout_returned payout 71 order 0 by 9
			Dr clearing bank 123456.00 UZS
			Cr producer_payable 1 123456.00 UZS`},
		{"payout never paid", func() (ledger.Posting, error) { return ledger.PayoutReturned(71, 1, "", uzs, noon, 9) }, `
			payout_returned payout 71 order 0 by 9
			Dr transit 123456.00 UZS
			Cr producer_payable 1 123456.00 UZS`},
		{"cash handed in", func() (ledger.Posting, error) { return ledger.CashHandedIn(81, ledger.TillCourier, uzs, noon, 9) }, `
			cash_handed_in entry 81 order 0 by 9
			Dr clearing bank 123456.00 UZS
			Cr clearing courier 123456.00 UZS`},
		{"debt paid", func() (ledger.Posting, error) { return ledger.DebtPaid(82, 1, ledger.TillCash, uzs, noon, 9) }, `
			debt_paid entry 82 order 0 by 9
			Dr clearing cash 123456.00 UZS
			Cr producer_payable 1 123456.00 UZS`},
		{"exchange", func() (ledger.Posting, error) {
			return ledger.Exchange(83, ledger.TillBank, money.New(3214, money.USD), money.New(40_657_100, money.UZS), rate(t, "12650"), noon, 9)
		}, `
			exchange entry 83 order 0 by 9
			Cr clearing bank 32.14 USD
			Dr fx 32.14 USD at 12650 UZS
			Cr fx 406571.00 UZS
			Dr clearing bank 406571.00 UZS`},
		{"unexplained", func() (ledger.Posting, error) {
			return ledger.Unexplained(62, ledger.TillBank, money.New(-5000, money.JPY), noon, 9, "who is this")
		}, `
			unexplained import_line 62 order 0 by 9 (who is this)
			Cr clearing bank 5000 JPY
			Dr suspense 5000 JPY`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.make()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := show(p), table(tt.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if !p.At.Equal(noon) || p.Turn != 0 || p.Reverses != 0 {
				t.Errorf("at %v, turn %d, reverses %d", p.At, p.Turn, p.Reverses)
			}
			if !balanced(p) {
				t.Error("out of balance")
			}
		})
	}
}

// Nothing is made of what cannot be.
func TestRulesRefuse(t *testing.T) {
	yen, none := money.New(5000, money.JPY), money.Zero(money.JPY)
	minus := money.New(-1, money.JPY)
	foreign := home()
	foreign.Lines[0].ProducerID = 2
	mixed := home()
	mixed.Lines[0].Unit.Currency = money.JPY
	lost := home()
	lost.Lines[0].ParcelID = 99
	rateless := abroad(t)
	rateless.Lines[0].Rate = money.Rate{}
	huge := home()
	huge.Lines[0].Unit.Minor = 1 << 62
	refund := func(lines []ledger.RefundLine, parcels []ledger.RefundParcel) error {
		_, err := ledger.Refund(31, 8, money.JPY, lines, parcels, noon, 9)
		return err
	}
	s := abroad(t)
	nothing, noShipping := refundLines(s, false, [2]int{}, [2]int{}), refundParcels(s, false, [2]int64{}, [2]int64{})
	tests := map[string]func() error{
		"no subject":          func() error { return second(ledger.OrderPaid(0, ledger.TillStripe, home(), noon)) },
		"no moment":           func() error { return second(ledger.OrderPaid(5, ledger.TillStripe, home(), time.Time{})) },
		"no such till":        func() error { return second(ledger.OrderPaid(5, "pocket", home(), noon)) },
		"no till":             func() error { return second(ledger.OrderPaid(5, "", home(), noon)) },
		"another's parcel":    func() error { return second(ledger.OrderPaid(5, ledger.TillStripe, foreign, noon)) },
		"another currency":    func() error { return second(ledger.OrderPaid(5, ledger.TillStripe, mixed, noon)) },
		"no such parcel":      func() error { return second(ledger.OrderPaid(5, ledger.TillStripe, lost, noon)) },
		"no rate":             func() error { return second(ledger.OrderPaid(5, ledger.TillStripe, rateless, noon)) },
		"more than fits":      func() error { return second(ledger.OrderPaid(5, ledger.TillStripe, huge, noon)) },
		"cash of two parcels": func() error { return second(ledger.CashCollected(21, ledger.CollectorCourier, home(), noon, 9)) },
		"cash nobody took": func() error {
			one := home()
			one.Lines, one.Parcels = one.Lines[:1], one.Parcels[:1]
			return second(ledger.CashCollected(21, "neighbour", one, noon, 9))
		},
		"nothing unexpected":    func() error { return second(ledger.Unexpected(5, 7, ledger.TillBank, none, noon)) },
		"empty refund":          func() error { return refund(nothing, noShipping) },
		"refund too many":       func() error { return refund(refundLines(s, false, [2]int{2, 2}, [2]int{}), noShipping) },
		"refund less than none": func() error { return refund(refundLines(s, false, [2]int{2, -1}, [2]int{0, 1}), noShipping) },
		"refund before none":    func() error { return refund(refundLines(s, false, [2]int{-1, 2}, [2]int{0, 1}), noShipping) },
		"too much shipping":     func() error { return refund(nothing, refundParcels(s, false, [2]int64{1000, 451}, [2]int64{})) },
		"negative shipping": func() error {
			return refund(refundLines(s, false, [2]int{0, 1}, [2]int{}), refundParcels(s, false, [2]int64{1000, -1}, [2]int64{}))
		},
		"shipping before none": func() error { return refund(nothing, refundParcels(s, false, [2]int64{-1, 2}, [2]int64{})) },
		"shipping, no lines":   func() error { return refund(nil, refundParcels(s, false, [2]int64{0, 500}, [2]int64{})) },
		"negative refund sent": func() error { return second(ledger.RefundSent(31, 7, ledger.TillStripe, minus, noon, 9)) },
		"nothing came back":    func() error { return second(ledger.RefundFailed(31, 7, ledger.TillStripe, none, noon, 9)) },
		"dispute of nothing":   func() error { return second(ledger.DisputeOpened(41, 8, ledger.TillStripe, none, noon)) },
		"release backwards":    func() error { return second(ledger.EarningsReleased(21, 7, 1, []money.Amount{minus}, noon)) },
		"payout of a debt":     func() error { return second(ledger.Payout(71, 1, minus, noon, 9)) },
		"payout to nobody":     func() error { return second(ledger.Payout(71, 0, yen, noon, 9)) },
		"bank to bank":         func() error { return second(ledger.ProviderPaidOut(61, ledger.TillBank, yen, noon)) },
		"paid out nothing":     func() error { return second(ledger.ProviderPaidOut(61, ledger.TillStripe, none, noon)) },
		"fee of the bank":      func() error { return second(ledger.FeeKept(84, ledger.TillBank, yen, noon, 9)) },
		"fee of cash":          func() error { return second(ledger.FeeKept(84, ledger.TillCash, yen, noon, 9)) },
		"fee of a courier":     func() error { return second(ledger.FeeKept(84, ledger.TillCourier, yen, noon, 9)) },
		"kept nothing":         func() error { return second(ledger.FeeKept(84, ledger.TillPayme, none, noon, 9)) },
		"kept less than none":  func() error { return second(ledger.FeeKept(84, ledger.TillPayme, minus, noon, 9)) },
		"handed in by bank":    func() error { return second(ledger.CashHandedIn(81, ledger.TillBank, yen, noon, 9)) },
		"explained":            func() error { return second(ledger.Unexplained(62, ledger.TillBank, none, noon, 9, "")) },
		"exchange of one":      func() error { return second(ledger.Exchange(83, ledger.TillBank, yen, yen, rate(t, "1"), noon, 9)) },
		"exchange for less": func() error {
			return second(ledger.Exchange(83, ledger.TillBank, yen, money.New(-1, money.USD), rate(t, "1"), noon, 9))
		},
		"gives for what it takes": func() error {
			return second(ledger.ProviderExchange(51, 8, ledger.TillStripe, yen, money.New(-1, money.USD), rate(t, "1"), noon))
		},
	}
	for name, make := range tests {
		if err := make(); errs.KindOf(err) != errs.Invalid && errs.KindOf(err) != errs.Internal || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ ledger.Posting, err error) error { return err }

func balanced(p ledger.Posting) bool {
	sums := map[money.Currency]int64{}
	for _, e := range p.Entries {
		sums[e.Account.Currency] += e.Minor
		if e.Minor == 0 {
			return false
		}
	}
	for _, sum := range sums {
		if sum != 0 {
			return false
		}
	}
	return true
}
