package ledger_test

import (
	"slices"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/paging"
)

func TestBalances(t *testing.T) {
	pool := books(t)
	s := ledger.New(pool)
	p, err := ledger.OrderPaid(5, ledger.TillPayme, home(), noon)
	post(t, pool, p, err)
	p, err = ledger.OrderPaid(6, ledger.TillStripe, abroad(t), noon)
	post(t, pool, p, err)
	left, err := s.ReserveOfParcel(t.Context(), 23)
	if err != nil || !slices.Equal(left, []money.Amount{money.New(11_812_500+11_788_617, money.UZS)}) {
		t.Fatalf("reserve %v, %v", left, err)
	}
	p, err = ledger.EarningsReleased(23, 8, 1, left, noon)
	post(t, pool, p, err)
	p, err = ledger.Payout(71, 1, money.New(20_000_000, money.UZS), noon, 9)
	post(t, pool, p, err)
	p, err = ledger.Refund(31, 7, money.UZS, refundLines(home(), true, [2]int{0, 3}, [2]int{0, 0}), nil, noon, 9)
	post(t, pool, p, err)

	if left, err := s.ReserveOfParcel(t.Context(), 23); err != nil || len(left) > 0 {
		t.Errorf("reserve after release: %v, %v", left, err)
	}
	mine, err := s.OfProducer(t.Context(), 1)
	want := ledger.ProducerBalance{
		Currency: money.UZS,
		Payable:  money.New(11_812_500+11_788_617-20_000_000-12_150_008, money.UZS),
		Reserve:  money.New(12_150_008+2_500_000, money.UZS),
	}
	if err != nil || !slices.Equal(mine, []ledger.ProducerBalance{want}) {
		t.Errorf("producer: %v, %v; want %v", mine, err, want)
	}
	for a, want := range map[ledger.Account]int64{
		ledger.ClearingOf(ledger.TillPayme, money.UZS):  28_000_300,
		ledger.ClearingOf(ledger.TillStripe, money.JPY): 5620,
		ledger.ClearingOf(ledger.TillStripe, money.UZS): 0,
		ledger.PayableTo(1, money.UZS):                  -want.Payable.Minor,
		ledger.ReserveOf(2, money.UZS):                  -9_000_000,
		ledger.Of(ledger.Transit, money.UZS):            -20_000_000,
		ledger.Of(ledger.FX, money.JPY):                 -1660 - 1789 - 1450,
	} {
		if got, err := s.Balance(t.Context(), a); err != nil || got != money.New(want, a.Currency) {
			t.Errorf("%v stands at %v, %v; want %d", a, got, err, want)
		}
	}
	trial, err := s.TrialBalance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sums := map[money.Currency]int64{}
	entries := int64(0)
	for _, b := range trial {
		sums[b.Currency] += b.Minor
		entries += b.Entries
	}
	for cur, sum := range sums {
		if sum != 0 {
			t.Errorf("trial balance is out by %d %s", sum, cur)
		}
	}
	if n := count(t, pool, `select count(*) from ledger_entries`); int64(n) != entries || len(sums) != 3 {
		t.Errorf("%d of %d entries, %d currencies", entries, n, len(sums))
	}
}

// An account's page shows each entry once, newest first, with what it stood at.
func TestOfAccount(t *testing.T) {
	pool := books(t)
	s := ledger.New(pool)
	a := ledger.PayableTo(1, money.UZS)
	var stood []int64
	for n := range int64(7) {
		p, err := ledger.DebtPaid(100+n, 1, ledger.TillCash, money.New(10+n, money.UZS), noon.Add(time.Duration(n)*time.Hour), 9)
		post(t, pool, p, err)
		before := int64(0)
		if n > 0 {
			before = stood[0]
		}
		stood = append([]int64{before - 10 - n}, stood...)
	}
	for _, limit := range []int{1, 3, 7, 10} {
		var got []int64
		page := paging.Page{Limit: limit}
		for {
			rows, next, err := s.OfAccount(t.Context(), a, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				got = append(got, r.Balance.Minor)
			}
			if next == "" {
				break
			}
			page.After = next
		}
		if !slices.Equal(got, stood) {
			t.Errorf("by %d: %v, want %v", limit, got, stood)
		}
	}
	if rows, _, err := s.OfAccount(t.Context(), ledger.PayableTo(2, money.UZS), paging.Page{Limit: 5}); err != nil || len(rows) > 0 {
		t.Errorf("an account without entries: %v, %v", rows, err)
	}
	if _, _, err := s.OfAccount(t.Context(), a, paging.Page{After: "x", Limit: 5}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("bad cursor: %v", err)
	}

	if one, err := s.OfSubject(t.Context(), ledger.SubjectEntry, 103); err != nil || len(one) != 2 {
		t.Errorf("of one entry: %v, %v", one, err)
	} else if same, err := s.Transaction(t.Context(), one[0].TransactionID); err != nil || len(same) != 2 || same[0].EntryID != one[0].EntryID {
		t.Errorf("of its transaction: %v, %v", same, err)
	}
}
