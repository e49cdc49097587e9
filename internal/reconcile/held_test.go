package reconcile_test

import (
	"testing"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/reconcile"
)

// Every sample can be taken in as it is.
func TestSamplesCanBeRead(t *testing.T) {
	t.Parallel()
	for _, till := range reconcile.Tills {
		data, err := reconcile.Sample(till)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := reconcile.Read(reconcile.Upload{Till: till, Name: "sample.csv", Data: data}, time.UTC)
		if err != nil || len(lines) < 2 {
			t.Errorf("%s: %d lines, %v", till, len(lines), err)
		}
	}
	if _, err := reconcile.Sample(ledger.TillCash); err == nil {
		t.Error("a sample of cash")
	}
}

// Cash that lies with couriers or in the box for more than a week is a finding of every close, with the day it came,
// until it is handed in; what came later is not old yet, and what leaves is what came first.
func TestCashThatStandsIsNotForgotten(t *testing.T) {
	p := newProgramme(t)
	p.exec(`alter table ledger_transactions disable trigger ledger_subject`)
	moved := func(subject int64, till ledger.Till, minor int64, at time.Time) {
		t.Helper()
		posting := ledger.Posting{Rule: ledger.RuleCashCollected, Subject: ledger.SubjectParcel, SubjectID: subject, At: at, Entries: []ledger.Entry{
			{Account: ledger.Account{Kind: ledger.Clearing, Till: till, Currency: money.UZS}, Minor: minor},
			{Account: ledger.Account{Kind: ledger.Margin, Currency: money.UZS}, Minor: -minor},
		}}
		_, err := ledger.New(p.pool).Post(t.Context(), posting)
		p.ok(err)
	}
	began := p.now
	moved(1, ledger.TillCourier, 1000, began)
	moved(2, ledger.TillCourier, 500, began.AddDate(0, 0, 3))
	moved(3, ledger.TillCash, 70, began.AddDate(0, 0, 9))
	on := func(days int) reconcile.Close {
		t.Helper()
		p.now = began.AddDate(0, 0, days+1)
		return p.close(twentieth.AddDate(0, 0, days))
	}
	if c := on(6); c.Verdict != reconcile.AllMatched || len(c.List) != 0 {
		t.Errorf("within a week: %s, %+v", c.Verdict, c.List)
	}
	held := func(c reconcile.Close, want ...reconcile.Finding) {
		t.Helper()
		if c.Verdict != reconcile.Different || len(c.List) != len(want) {
			t.Fatalf("%s, %+v", c.Verdict, c.List)
		}
		for i, f := range c.List {
			if f.EntryID == 0 || f.Kind != reconcile.Held || f.Till != want[i].Till || f.AmountMinor != want[i].AmountMinor || !f.At.Equal(want[i].At) {
				t.Errorf("%+v, want %+v", f, want[i])
			}
		}
	}
	c := on(8)
	held(c, reconcile.Finding{Till: ledger.TillCourier, AmountMinor: 1000, At: began})
	if n := c.List[0].Days(twentieth.AddDate(0, 0, 9)); n != 8 {
		t.Errorf("%d days", n)
	}
	all, err := p.reconcile.DaysCloses(t.Context(), twentieth.AddDate(0, 0, 8))
	if err != nil || len(all[0].List) != 1 || all[0].List[0].Kind != reconcile.Held {
		t.Errorf("kept as %+v, %v", all, err)
	}
	moved(4, ledger.TillCourier, -1200, began.AddDate(0, 0, 9))
	held(on(11), reconcile.Finding{Till: ledger.TillCourier, AmountMinor: 300, At: began.AddDate(0, 0, 3)})
	moved(5, ledger.TillCourier, -300, began.AddDate(0, 0, 12))
	held(on(17), reconcile.Finding{Till: ledger.TillCash, AmountMinor: 70, At: began.AddDate(0, 0, 9)})
}

// What is said to leave the box and is taken back, as a refund or by a correction, leaves the cash in it as old as it is.
func TestOutAndBackMakesNoCashYoung(t *testing.T) {
	p := newProgramme(t)
	p.exec(`alter table ledger_transactions disable trigger ledger_subject, disable trigger ledger_facts`)
	began := p.now
	moved := func(rule ledger.Rule, subject ledger.SubjectKind, minor int64, days int) {
		t.Helper()
		_, err := p.ledger.Post(t.Context(), ledger.Posting{Rule: rule, Subject: subject, SubjectID: 1, At: began.AddDate(0, 0, days), Entries: []ledger.Entry{
			{Account: ledger.ClearingOf(ledger.TillCash, money.UZS), Minor: minor},
			{Account: ledger.Of(ledger.Buyer, money.UZS), Minor: -minor},
		}})
		p.ok(err)
	}
	moved(ledger.RuleCashCollected, ledger.SubjectParcel, 1000, 0)
	moved(ledger.RuleRefundSent, ledger.SubjectRefund, -1000, 9)
	moved(ledger.RuleRefundFailed, ledger.SubjectRefund, 1000, 9)
	moved(ledger.RuleUnexpected, ledger.SubjectPayment, -600, 9)
	wrong := int64(p.number(`select max(id) from ledger_transactions`))
	p.ok(p.ledger.Correct(t.Context(), wrong, finance, "it was nobody", began.AddDate(0, 0, 10)))
	p.now = began.AddDate(0, 0, 12)
	c := p.close(twentieth.AddDate(0, 0, 11))
	if c.Verdict != reconcile.Different || len(c.List) != 1 || c.List[0].Kind != reconcile.Held || c.List[0].AmountMinor != 1000 || !c.List[0].At.Equal(began) {
		t.Errorf("%s, %+v", c.Verdict, c.List)
	}
}
