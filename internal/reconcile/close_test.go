package reconcile_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/reconcile"
)

var (
	nineteenth = time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	twentieth  = nineteenth.AddDate(0, 0, 1)
)

func (p *programme) close(date time.Time) reconcile.Close {
	p.t.Helper()
	c, err := p.reconcile.CloseDay(p.t.Context(), finance, date)
	p.ok(err)
	return c
}

// A day with a sale: it waits for the statement, then differs, then everything is matched; each look is kept.
func TestADayIsClosed(t *testing.T) {
	p := newProgramme(t)
	if _, err := p.reconcile.CloseDay(t.Context(), finance, twentieth); !errors.As(err, new(*errs.Fields)) {
		t.Errorf("closed before it was over: %v", err)
	}
	if c := p.close(nineteenth); c.Verdict != reconcile.AllMatched || len(c.Tills) != 0 {
		t.Errorf("an empty day: %+v", c)
	}
	o := p.transfer(1)
	_, err := p.checkout.BankReceived(t.Context(), finance, o.ID, o.Total())
	p.ok(err)
	p.now = p.now.Add(20 * time.Hour)
	c := p.close(twentieth)
	if c.Verdict != reconcile.OnlyWaiting || c.Findings != 1 || c.List[0].Kind != reconcile.Waiting {
		t.Errorf("without a statement: %+v", c)
	}
	want := reconcile.Till{Till: ledger.TillBank, Currency: money.UZS, InMinor: o.TotalMinor, ClosingMinor: o.TotalMinor, OpenEntries: 1}
	if len(c.Tills) != 1 || c.Tills[0] != want {
		t.Errorf("tills %+v, want %+v", c.Tills, want)
	}
	p.bank("20.11.2026;1;A;"+sum(o.Total())+";"+o.Reference, "20.11.2026;2;B;5.00;who")
	if c = p.close(twentieth); c.Verdict != reconcile.Different || c.Findings != 1 || c.List[0].Kind != reconcile.Unknown || c.List[0].LineID == 0 {
		t.Errorf("with money unknown: %+v", c)
	}
	p.ok(p.reconcile.Resolve(t.Context(), finance, p.line(2), reconcile.Resolution{As: reconcile.AsUnexplained, Memo: "asked"}))
	p.faults = []string{"order 1 does not replay"}
	if c = p.close(twentieth); c.Verdict != reconcile.Different || c.Findings != 0 || len(c.Books) != 1 {
		t.Errorf("with books that do not hold: %+v", c)
	}
	p.faults = nil
	if c = p.close(twentieth); c.Verdict != reconcile.AllMatched || c.Tills[0].Lines != 2 || c.Tills[0].LinesInMinor != o.TotalMinor+500 || c.Tills[0].ClosingMinor != o.TotalMinor+500 {
		t.Errorf("at last: %+v", c)
	}
	all, err := p.reconcile.DaysCloses(t.Context(), twentieth)
	if err != nil || len(all) != 4 || all[0].Verdict != reconcile.AllMatched || all[0].Since != 0 || len(all[0].Tills) != 1 {
		t.Errorf("looks at the day: %+v, %v", all, err)
	}
	p.ok(p.reconcile.Undo(t.Context(), finance, p.line(2), "x"))
	p.ok(p.reconcile.Resolve(t.Context(), finance, p.line(2), reconcile.Resolution{As: reconcile.AsUnexplained, Memo: "again"}))
	if all, err = p.reconcile.DaysCloses(t.Context(), twentieth); err != nil || all[0].Since != 1 {
		t.Errorf("booked since: %+v, %v", all[0], err)
	}
	list, next, err := p.reconcile.Closes(t.Context(), paging.Page{Limit: 1})
	if err != nil || len(list) != 1 || !list[0].Day.Equal(twentieth) || next == "" {
		t.Errorf("history %+v %q %v", list, next, err)
	}
	if list, _, err = p.reconcile.Closes(t.Context(), paging.Page{Limit: 1, After: next}); err != nil || len(list) != 1 || !list[0].Day.Equal(nineteenth) {
		t.Errorf("history goes on %+v %v", list, err)
	}
}

func TestTheClockClosesWhatIsDue(t *testing.T) {
	p := newProgramme(t)
	due := func(want int) {
		t.Helper()
		if n, err := p.reconcile.CloseDue(t.Context()); n != want || err != nil {
			t.Errorf("closed %d, %v, want %d", n, err, want)
		}
	}
	due(1) // at noon: yesterday
	due(0)
	p.now = p.now.Add(13 * time.Hour) // one in the morning in Tashkent
	due(0)
	p.now = p.now.Add(3 * time.Hour)
	due(1)
	p.now = p.now.AddDate(0, 0, 4)
	due(4)
	p.now = p.now.AddDate(1, 0, 0)
	due(31)
	if _, err := p.reconcile.DaysCloses(t.Context(), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)); errs.KindOf(err) != errs.NotFound {
		t.Errorf("a day nobody closed: %v", err)
	}
}

// A day that people looked at says nothing of the days before it.
func TestTheClockMakesUpForDaysBeforeOneClosedByHand(t *testing.T) {
	p := newProgramme(t)
	_, err := p.reconcile.CloseDue(t.Context())
	p.ok(err)
	p.now = p.now.AddDate(0, 0, 5)
	p.close(twentieth.AddDate(0, 0, 4))
	proofs := 0
	p.reconcile.Books = func(context.Context) ([]string, error) {
		proofs++
		return []string{"order 1 does not replay"}, nil
	}
	if n, err := p.reconcile.CloseDue(t.Context()); n != 4 || err != nil || proofs != 1 {
		t.Errorf("made up for %d days with %d proofs, %v", n, proofs, err)
	}
	if all, err := p.reconcile.DaysCloses(t.Context(), twentieth.AddDate(0, 0, 3)); err != nil || len(all) != 1 || len(all[0].Books) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
}

// With more findings than a close lists, what is wrong may be the last of them.
func TestAVerdictIsOfAllFindings(t *testing.T) {
	p := newProgramme(t)
	p.exec(`insert into imports (till, name, hash, known, account_id, at) values ('stripe', 'x', sha256('x'), 0, $1, $2)`, finance, p.now)
	p.exec(`insert into import_lines (import_id, number, till, external_id, kind, amount_minor, currency, refs, at)
select 1, n, 'stripe', 'line ' || n, case when n > 600 then 'other' else 'payout' end, -n, 'USD', '{}', $1 from generate_series(1, 601) n`, p.now)
	p.now = p.now.Add(24 * time.Hour)
	c := p.close(twentieth)
	if c.Verdict != reconcile.Different || c.Findings != 601 || len(c.List) != 500 {
		t.Errorf("%s, %d findings, %d listed", c.Verdict, c.Findings, len(c.List))
	}
}
