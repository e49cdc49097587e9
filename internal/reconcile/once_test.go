package reconcile_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/reconcile"
)

// refusedWith fails unless err is a problem of a field with a message.
func (p *programme) refusedWith(err error, field, key string) {
	p.t.Helper()
	var f *errs.Fields
	if !errors.As(err, &f) || !f.Has(field) || !strings.Contains(fmt.Sprint(f), key) {
		p.t.Errorf("got %v, want %s: %s", err, field, key)
	}
}

// TestALinePaysOneOrder: of two who say at once which order a line paid, one is
// too late, and a line once used up does not come free.
func TestALinePaysOneOrder(t *testing.T) {
	p := newProgramme(t)
	a, b := p.transfer(1), p.transfer(1)
	p.bank("20.11.2026;1;A;" + sum(a.Total()) + ";x")
	line := p.line(1)
	var all sync.WaitGroup
	errors := make([]error, 2)
	for i, order := range []int64{a.ID, b.ID} {
		all.Go(func() {
			errors[i] = p.reconcile.Resolve(t.Context(), finance, line, reconcile.Resolution{As: reconcile.AsTransfer, OrderID: order})
		})
	}
	all.Wait()
	if (errors[0] == nil) == (errors[1] == nil) || errs.KindOf(errors[0]) != errs.Conflict && errs.KindOf(errors[1]) != errs.Conflict {
		t.Errorf("at once: %v, %v", errors[0], errors[1])
	}
	if n := p.number(`select count(*) from orders where paid_at is not null`); n != 1 {
		t.Errorf("%d orders are paid", n)
	}
	p.refusedWith(p.reconcile.Undo(t.Context(), finance, line, "wrong order"), "memo", "paid_order")
	for _, sql := range []string{`update match_items set live = false`, `delete from import_lines_paid`,
		fmt.Sprintf(`insert into import_lines_paid (line_id, order_id, at) values (%d, %d, now())`, line, max(a.ID, b.ID)),
	} {
		if _, err := p.pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("may: %s", sql)
		}
	}
	p.wantQueue("")
}

// TestADebtIsPaidAsFarAsThereIsOne: a line does not make money for a producer
// who owes nothing, or less.
func TestADebtIsPaidAsFarAsThereIsOne(t *testing.T) {
	p := newProgramme(t)
	p.bank("20.11.2026;1;M;100.00;x", "20.11.2026;2;M;60.00;x")
	debt := func(n int) error {
		return p.reconcile.Resolve(t.Context(), finance, p.line(n), reconcile.Resolution{As: reconcile.AsDebt, ProducerID: 1})
	}
	p.refusedWith(debt(1), "producer", "closing.wrong.debt")
	p.owes(10000)
	p.ok(debt(2))
	p.refusedWith(debt(1), "producer", "closing.wrong.debt")
	p.wantBalance(ledger.PayableTo(1, money.UZS), 4000)
	if n := p.number(`select count(*) from manual_entries`); n != 1 {
		t.Errorf("%d entries by hand", n)
	}
}

// TestSumsThatNoAccountMoves: what would break the totals of a day is refused,
// by the reader and by the database.
func TestSumsThatNoAccountMoves(t *testing.T) {
	t.Parallel()
	read := func(text string) ([]reconcile.Line, error) {
		return reconcile.Read(reconcile.Upload{Till: ledger.TillBank, Data: []byte(text), Currency: money.UZS}, tashkent)
	}
	for _, amount := range []string{"92233720368547758.07", "-10000000000000.01", "10000000000000.01"} {
		if _, err := read(string(statement("20.11.2026;1;A;" + amount + ";x"))); !containsText(err, "closing.bad.huge") {
			t.Errorf("%s: %v", amount, err)
		}
	}
	if _, err := read(string(statement("20.11.2026;1;A;10000000000000.00;x"))); err != nil {
		t.Error(err)
	}
}

// TestManyOfTheLargestSums: a day with more than an account can stand at still
// closes.
func TestManyOfTheLargestSums(t *testing.T) {
	p := newProgramme(t)
	rows := make([]string, 9500)
	for i := range rows {
		rows[i] = fmt.Sprintf("20.11.2026;%d;A;10000000000000.00;x", i)
	}
	p.bank(rows...)
	p.now = p.now.Add(48 * time.Hour)
	c, err := p.reconcile.CloseDay(t.Context(), finance, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil || c.Verdict != reconcile.Different || c.Tills[0].LinesInMinor <= 0 {
		t.Errorf("%v %+v", err, c.Tills)
	}
	if _, err := p.pool.Exec(t.Context(), `insert into import_lines (import_id, number, till, external_id, kind, amount_minor, currency, refs, at)
		values (1, 1, 'bank', 'z', 'other', 1000000000000001, 'UZS', '{}', now())`); err == nil {
		t.Error("the database takes any sum")
	}
}

// TestTwoTransfersWithoutADocument: of one day, payer and sum, their purposes
// tell them apart, in one file as in two.
func TestTwoTransfersWithoutADocument(t *testing.T) {
	p := newProgramme(t)
	p.bank("20.11.2026;;A;44.00;first")
	if m := p.bank("20.11.2026;;A;44.00;second", "20.11.2026;;A;44.00;first"); m.Known != 1 || m.Lines != 1 {
		t.Errorf("%+v", m)
	}
}

// TestTablesOfNothing: files that are all separators are refused before they
// are taken apart.
func TestTablesOfNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"one line": strings.Repeat(";", reconcile.MaxBytes-1), "quoted": strings.Repeat(`;"`, reconcile.MaxBytes/2-1),
		"lines": strings.Repeat(strings.Repeat(";", 60000)+"\n", 60),
	} {
		began := time.Now()
		if _, err := reconcile.Read(reconcile.Upload{Till: ledger.TillBank, Data: []byte(text), Currency: money.UZS}, tashkent); !containsText(err, "closing.bad") {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}
