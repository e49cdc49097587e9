package ledger_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"awil/internal/ledger"
	"awil/internal/money"
)

// kwd has three decimals, jpy none, the rest two.
const kwd money.Currency = "KWD"

var currencies = []money.Currency{money.JPY, money.USD, money.EUR, money.UZS, money.KGS, kwd}

// drawSale makes a sale of a few parcels and lines, at prices that cover what
// the producers ask.
func drawSale(t *rapid.T) ledger.Sale {
	cur := rapid.SampledFrom(currencies).Draw(t, "currency")
	s := ledger.Sale{OrderID: 1, Currency: cur}
	for i := range rapid.IntRange(1, 3).Draw(t, "parcels") {
		parcel := ledger.SaleParcel{
			ID: int64(100 + i), ProducerID: int64(10 + i), ToProducer: rapid.Bool().Draw(t, "hers"),
			Shipping: money.New(rapid.Int64Range(0, 500_000).Draw(t, "shipping"), cur),
		}
		base := rapid.SampledFrom(currencies).Draw(t, "base")
		s.Parcels = append(s.Parcels, parcel)
		for j := range rapid.IntRange(1, 3).Draw(t, "lines") {
			s.Lines = append(s.Lines, drawLine(t, int64(1000+10*i+j), parcel, cur, base))
		}
	}
	return s
}

func drawLine(t *rapid.T, id int64, parcel ledger.SaleParcel, cur, base money.Currency) ledger.SaleLine {
	l := ledger.SaleLine{
		ID: id, ParcelID: parcel.ID, ProducerID: parcel.ProducerID,
		Quantity:     rapid.IntRange(1, 12).Draw(t, "quantity"),
		Base:         money.New(rapid.Int64Range(1, 1_000_000_000).Draw(t, "price"), base),
		CommissionBP: rapid.IntRange(0, 10_000).Draw(t, "commission"),
		Rate:         drawRate(t),
	}
	worth := l.Base
	if base != cur {
		var err error
		if worth, err = l.Base.Convert(l.Rate, cur, money.Down); err != nil {
			t.Fatal(err)
		}
	}
	// Nothing is sold for nothing: the database has no line without a price.
	l.Unit = money.New(max(worth.Minor, 1)+rapid.Int64Range(0, 1000).Draw(t, "margin"), cur)
	return l
}

func drawRate(t *rapid.T) money.Rate {
	text := fmt.Sprintf("%d.%06d", rapid.IntRange(0, 14_000).Draw(t, "rate"), rapid.IntRange(1, 999_999).Draw(t, "decimals"))
	r, err := money.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sum adds up, debit positive, the entries that match.
func sum(entries []ledger.Entry, cur money.Currency, match func(ledger.Entry) bool) int64 {
	var total int64
	for _, e := range entries {
		if e.Account.Currency == cur && match(e) {
			total += e.Minor
		}
	}
	return total
}

func ofKind(kinds ...ledger.Kind) func(ledger.Entry) bool {
	return func(e ledger.Entry) bool {
		for _, k := range kinds {
			if e.Account.Kind == k {
				return true
			}
		}
		return false
	}
}

func paid(t *rapid.T, s ledger.Sale) ledger.Posting {
	p, err := ledger.OrderPaid(1, ledger.TillStripe, s, noon)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A sale balances; the buyer's money comes in whole; of each line the
// producer's part and the commission are her price, and each is rounded by less
// than one unit.
func TestSaleConserves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSale(t)
		p := paid(t, s)
		if !balanced(p) {
			t.Fatalf("out of balance:\n%s", show(p))
		}
		total, err := s.Total()
		if err != nil {
			t.Fatal(err)
		}
		if came := sum(p.Entries, s.Currency, ofKind(ledger.Clearing)); came != total.Minor {
			t.Fatalf("%d came of %v", came, total)
		}
		for _, l := range s.Lines {
			ofLine := func(kinds ...ledger.Kind) func(ledger.Entry) bool {
				return func(e ledger.Entry) bool { return e.LineID == l.ID && e.ParcelID == l.ParcelID && ofKind(kinds...)(e) }
			}
			base := l.Base.Minor * int64(l.Quantity)
			if got := -sum(p.Entries, l.Base.Currency, ofLine(ledger.ProducerReserve, ledger.Commission)); got != base {
				t.Fatalf("line %d: producer and commission have %d of %d\n%s", l.ID, got, base, show(p))
			}
			commission := -sum(p.Entries, l.Base.Currency, ofLine(ledger.Commission))
			if off := commission*10_000 - base*int64(l.CommissionBP); off < -5_000 || off > 5_000 {
				t.Fatalf("line %d: commission %d of %d at %d", l.ID, commission, base, l.CommissionBP)
			}
			if m := -sum(p.Entries, s.Currency, ofLine(ledger.Margin)); m < -int64(l.Quantity) || m > int64(l.Quantity)*1001 {
				t.Fatalf("line %d: margin %d", l.ID, m)
			}
		}
	})
}

// Any refunds, in any portions, balance, never exceed what was paid, and when
// all has gone back have reversed every account to nothing.
func TestRefundsReverseExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSale(t)
		all := paid(t, s).Entries
		total, _ := s.Total()
		lines, parcels := refundLinesOf(s), refundParcelsOf(s)
		last := rapid.IntRange(0, 5).Draw(t, "refunds")
		back := int64(0)
		for n := range last + 1 {
			for i := range lines {
				l := &lines[i]
				l.Now = l.Quantity - l.Before
				if n < last {
					l.Now = rapid.IntRange(0, l.Now).Draw(t, "pieces")
				}
			}
			for i := range parcels {
				p := &parcels[i]
				p.Now.Minor = p.Shipping.Minor - p.Before.Minor
				if n < last {
					p.Now.Minor = rapid.Int64Range(0, p.Now.Minor).Draw(t, "shipping back")
				}
			}
			p, err := ledger.Refund(1, s.OrderID, s.Currency, lines, parcels, noon, 0)
			if worth := refunded(lines, parcels); worth == 0 {
				if err == nil {
					t.Fatal("a refund of nothing")
				}
				continue
			} else if err != nil {
				t.Fatal(err)
			} else if !balanced(p) || -sum(p.Entries, s.Currency, ofKind(ledger.Buyer)) != worth {
				t.Fatalf("refund of %d:\n%s", worth, show(p))
			}
			if back -= sum(p.Entries, s.Currency, ofKind(ledger.Buyer)); back > total.Minor {
				t.Fatalf("%d went back of %v", back, total)
			}
			all = append(all, p.Entries...)
			for i := range lines {
				lines[i].Before += lines[i].Now
			}
			for i := range parcels {
				parcels[i].Before.Minor += parcels[i].Now.Minor
			}
		}
		left := map[ledger.Account]int64{}
		byLine := map[[2]any]int64{}
		for _, e := range all {
			left[e.Account] += e.Minor
			if e.ParcelID != 0 {
				byLine[[2]any{e.Account, e.LineID}] += e.Minor
			}
		}
		delete(left, ledger.ClearingOf(ledger.TillStripe, s.Currency))
		if owed := left[ledger.Of(ledger.Buyer, s.Currency)]; owed != -total.Minor {
			t.Fatalf("the buyer is owed %d of %v", -owed, total)
		}
		delete(left, ledger.Of(ledger.Buyer, s.Currency))
		for a, minor := range left {
			if minor != 0 {
				t.Fatalf("%d left on %v", minor, a)
			}
		}
		for what, minor := range byLine {
			if minor != 0 {
				t.Fatalf("%d left of line on %v", minor, what)
			}
		}
	})
}

func refundLinesOf(s ledger.Sale) (lines []ledger.RefundLine) {
	for _, l := range s.Lines {
		lines = append(lines, ledger.RefundLine{SaleLine: l})
	}
	return lines
}

func refundParcelsOf(s ledger.Sale) (parcels []ledger.RefundParcel) {
	for _, p := range s.Parcels {
		parcels = append(parcels, ledger.RefundParcel{SaleParcel: p, Before: money.Zero(s.Currency), Now: money.Zero(s.Currency)})
	}
	return parcels
}

func refunded(lines []ledger.RefundLine, parcels []ledger.RefundParcel) (worth int64) {
	for _, l := range lines {
		worth += l.Unit.Minor * int64(l.Now)
	}
	for _, p := range parcels {
		worth += p.Now.Minor
	}
	return worth
}

// Cash taken parcel by parcel books the same earnings as the whole order paid
// at once, whoever took it.
func TestCashIsASaleOfItsParcel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSale(t)
		whole := paid(t, s)
		earned := map[ledger.Account]int64{}
		for _, e := range whole.Entries {
			earned[e.Account] += e.Minor
		}
		for _, parcel := range s.Parcels {
			one := ledger.Sale{OrderID: s.OrderID, Currency: s.Currency, Parcels: []ledger.SaleParcel{parcel}}
			for _, l := range s.Lines {
				if l.ParcelID == parcel.ID {
					one.Lines = append(one.Lines, l)
				}
			}
			c := rapid.SampledFrom([]ledger.Collector{ledger.CollectorProducer, ledger.CollectorCourier, ledger.CollectorProgramme}).Draw(t, "collector")
			p, err := ledger.CashCollected(parcel.ID, c, one, noon, 0)
			if err != nil {
				t.Fatal(err)
			}
			if !balanced(p) {
				t.Fatalf("out of balance:\n%s", show(p))
			}
			for i, e := range p.Entries {
				a := e.Account
				if i == 0 { // the money itself
					a = ledger.ClearingOf(ledger.TillStripe, s.Currency)
				} else if a.Kind == ledger.ProducerPayable {
					a.Kind = ledger.ProducerReserve
				}
				earned[a] -= e.Minor
			}
		}
		for a, minor := range earned {
			if minor != 0 {
				t.Fatalf("%d of %v is booked otherwise", minor, a)
			}
		}
	})
}

// What a provider sent and what it kept are all that lay with it.
func TestPayoutAndFeeEmptyTheTill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cur := rapid.SampledFrom(currencies).Draw(t, "currency")
		till := rapid.SampledFrom([]ledger.Till{ledger.TillPayme, ledger.TillClick, ledger.TillStripe}).Draw(t, "till")
		lay := rapid.Int64Range(2, 1<<50).Draw(t, "lay with it")
		kept := rapid.Int64Range(1, lay-1).Draw(t, "kept")
		out, err := ledger.ProviderPaidOut(1, till, money.New(lay-kept, cur), noon)
		if err != nil {
			t.Fatal(err)
		}
		fee, err := ledger.FeeKept(1, till, money.New(kept, cur), noon, 9)
		if err != nil || !balanced(out) || !balanced(fee) {
			t.Fatalf("balanced %v and %v, %v", balanced(out), balanced(fee), err)
		}
		of := func(a ledger.Account) int64 {
			return sum(append(out.Entries, fee.Entries...), cur, func(e ledger.Entry) bool { return e.Account == a })
		}
		for a, want := range map[ledger.Account]int64{ledger.ClearingOf(till, cur): -lay, ledger.ClearingOf(ledger.TillBank, cur): lay - kept, ledger.Of(ledger.Fees, cur): kept} {
			if got := of(a); got != want {
				t.Errorf("%s %s stands at %d, want %d", a.Kind, a.Till, got, want)
			}
		}
	})
}
