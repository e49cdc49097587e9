package reconcile_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/platform/postgres"
	"awil/internal/reconcile"
)

// A morning's statement: a transfer of the right sum with its reference written as people write, one of another sum, one
// for an order that is paid already, and money nobody knows.
func TestTransfersAreBookedFromTheStatement(t *testing.T) {
	p := newProgramme(t)
	one, two, three := p.transfer(1), p.transfer(2), p.transfer(3)
	if _, err := p.checkout.BankReceived(t.Context(), finance, three.ID, three.Total()); err != nil {
		t.Fatal(err)
	}
	spaced := one.Reference[:4] + " " + one.Reference[5:]
	m := p.bank(
		fmt.Sprintf("20.11.2026;1;GULNARA;%s;zakaz %s", sum(one.Total()), spaced),
		fmt.Sprintf("20.11.2026;2;AZIZA;100000.00;%s", two.Reference),
		fmt.Sprintf("20.11.2026;3;LOLA;%s;%s", sum(three.Total()), three.Reference),
		fmt.Sprintf("20.11.2026;4;LOLA;%s;%s", sum(three.Total()), three.Reference),
		"20.11.2026;5;X;12345.67;hello",
		"20.11.2026;6;BANK;-500.00;fee")
	if m.Lines != 6 || m.Open != 5 || m.Known != 0 {
		t.Errorf("%+v", m)
	}
	after := fmt.Sprintf("amount 100000.00 UZS, twice %v, unknown 12345.67 UZS, unknown -500.00 UZS", three.Total())
	p.wantQueue(fmt.Sprintf("order %v, %s", one.Total(), after))
	booked, err := p.reconcile.BookExact(t.Context(), finance)
	if err != nil || booked != 1 {
		t.Errorf("booked %d, %v", booked, err)
	}
	if status := p.text(`select status from orders where id = $1`, one.ID); status != string(orders.Paid) {
		t.Errorf("the order is %s", status)
	}
	p.wantQueue(after)
	p.wantBalance(ledger.ClearingOf(ledger.TillBank, money.UZS), one.TotalMinor+three.TotalMinor)
	if booked, err := p.reconcile.BookExact(t.Context(), finance); err != nil || booked != 0 {
		t.Errorf("booked %d more, %v", booked, err)
	}
}

func TestTheSameFileComesOnceAndOverlapsAreKnown(t *testing.T) {
	p := newProgramme(t)
	first := p.bank("20.11.2026;1;A;1.50;x", "20.11.2026;1;A;1.50;x")
	_, err := p.reconcile.Import(t.Context(), finance, reconcile.Upload{Till: ledger.TillBank, Name: "again", Data: statement("20.11.2026;1;A;1.50;x", "20.11.2026;1;A;1.50;x"), Currency: money.UZS})
	var seen *reconcile.SeenError
	if !errors.As(err, &seen) || seen.ImportID != first.ID || errs.KindOf(err) != errs.Conflict {
		t.Errorf("the same file: %v", err)
	}
	second := p.bank("20.11.2026;1;A;1.50;x", "20.11.2026;1;A;1.50;x", "21.11.2026;2;A;2.50;x")
	if second.Known != 2 || second.Lines != 1 {
		t.Errorf("an overlap: %+v", second)
	}
	if n := p.number(`select count(*) from import_lines`); n != 3 {
		t.Errorf("%d lines", n)
	}
}

// A provider that tells another sum of the same transaction: nobody knows which is right, so nothing is taken.
func TestALineThatChangedIsNotTaken(t *testing.T) {
	p := newProgramme(t)
	send := func(gross string) error {
		_, err := p.reconcile.Import(t.Context(), finance, reconcile.Upload{Till: ledger.TillStripe, Name: "s", Data: []byte(
			"balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category\ntxn_1,2026-11-20 10:00:00,usd," + gross + ",0.00," + gross + ",charge\n")})
		return err
	}
	p.ok(send("10.00"))
	var file *reconcile.FileError
	if err := send("11.00"); !errors.As(err, &file) || file.Problems[0].Key != "closing.bad.changed" {
		t.Errorf("got %v", err)
	}
	if n := p.number(`select count(*) from imports`); n != 1 {
		t.Errorf("%d imports", n)
	}
}

// Whatever finance says of a line is booked by its rule, matched, and can be undone.
func TestLinesAreResolvedAndUndone(t *testing.T) {
	p := newProgramme(t)
	p.exec(`insert into accounts (email, password_hash, name, lang) values ('x@demo.awil', '$argon2id$x', 'X', 'en')`)
	p.bank("20.11.2026;1;COURIER;300000.00;cash", "20.11.2026;2;MELON;50000.00;debt", "20.11.2026;3;?;777.00;?", "20.11.2026;4;SELF;-1270000.00;usd", "20.11.2026;5;BANK;-10.00;fee")
	usd, err := p.reconcile.Import(t.Context(), finance, reconcile.Upload{Till: ledger.TillBank, Name: "usd.csv", Data: statement("20.11.2026;9;SELF;100.00;from soum"), Currency: money.USD})
	p.ok(err)
	if usd.Lines != 1 {
		t.Fatalf("%+v", usd)
	}
	resolve := func(n int, r reconcile.Resolution) {
		t.Helper()
		p.ok(p.reconcile.Resolve(t.Context(), finance, p.line(n), r))
	}
	p.owes(5000000)
	resolve(1, reconcile.Resolution{As: reconcile.AsCash, Till: ledger.TillCourier})
	resolve(2, reconcile.Resolution{As: reconcile.AsDebt, ProducerID: 1})
	resolve(3, reconcile.Resolution{As: reconcile.AsUnexplained, Memo: "asked the bank"})
	resolve(4, reconcile.Resolution{As: reconcile.AsExchange, OtherID: p.line(6)})
	resolve(5, reconcile.Resolution{As: reconcile.AsIgnored, Memo: "booked elsewhere"})
	p.wantQueue("")
	bank := ledger.ClearingOf(ledger.TillBank, money.UZS)
	p.wantBalance(bank, 30000000+5000000+77700-127000000)
	p.wantBalance(ledger.ClearingOf(ledger.TillBank, money.USD), 10000)
	p.wantBalance(ledger.ClearingOf(ledger.TillCourier, money.UZS), -30000000)
	p.wantBalance(ledger.PayableTo(1, money.UZS), 0)
	p.wantBalance(ledger.Of(ledger.Suspense, money.UZS), -77700)

	err = p.reconcile.Resolve(t.Context(), finance, p.line(3), reconcile.Resolution{As: reconcile.AsIgnored, Memo: "x"})
	if errs.KindOf(err) != errs.Conflict {
		t.Errorf("resolved twice: %v", err)
	}
	p.ok(p.reconcile.Undo(t.Context(), finance, p.line(3), "it is Lola's"))
	p.wantBalance(ledger.Of(ledger.Suspense, money.UZS), 0)
	p.wantQueue("unknown 777.00 UZS")
	resolve(3, reconcile.Resolution{As: reconcile.AsUnexplained, Memo: "after all"})
	p.wantBalance(ledger.Of(ledger.Suspense, money.UZS), -77700)
	p.ok(p.reconcile.Undo(t.Context(), finance, p.line(6), "another rate"))
	p.wantQueue("unknown -1270000.00 UZS, unknown 100.00 USD")
	p.wantBalance(ledger.ClearingOf(ledger.TillBank, money.USD), 0)
	if n := p.number(`select count(*) from audit_events where subject_kind = 'import_line'`); n != 8 {
		t.Errorf("%d audited", n)
	}
}

func TestAnswersThatDoNotFit(t *testing.T) {
	p := newProgramme(t)
	o := p.transfer(1)
	p.bank("20.11.2026;1;A;10.00;x", "20.11.2026;2;A;-10.00;x")
	for name, tt := range map[string]struct {
		line  int
		r     reconcile.Resolution
		field string
	}{
		"no answer":              {1, reconcile.Resolution{}, "as"},
		"no order":               {1, reconcile.Resolution{As: reconcile.AsTransfer}, "order"},
		"an order of nobody":     {1, reconcile.Resolution{As: reconcile.AsTransfer, OrderID: 99}, "order"},
		"an order's other sum":   {1, reconcile.Resolution{As: reconcile.AsTransfer, OrderID: o.ID}, "order"},
		"a transfer that left":   {2, reconcile.Resolution{As: reconcile.AsTransfer, OrderID: o.ID}, "as"},
		"cash that left":         {2, reconcile.Resolution{As: reconcile.AsCash, Till: ledger.TillCash}, "as"},
		"cash from nowhere":      {1, reconcile.Resolution{As: reconcile.AsCash, Till: ledger.TillBank}, "from"},
		"a debt of nobody":       {1, reconcile.Resolution{As: reconcile.AsDebt, ProducerID: 99}, "producer"},
		"a payout of the bank":   {1, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillBank}, "till"},
		"kept by Stripe":         {1, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillStripe, Kept: money.New(5, money.UZS)}, "kept"},
		"kept in dollars":        {1, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillPayme, Kept: money.New(5, money.USD)}, "kept"},
		"less than nothing kept": {1, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillPayme, Kept: money.New(-5, money.UZS)}, "kept"},
		"kept of what left":      {2, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillPayme, Kept: money.New(5, money.UZS)}, "kept"},
		"another line as payout": {1, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillStripe, OtherID: p.line(2)}, "other"},
		"changed into itself":    {1, reconcile.Resolution{As: reconcile.AsExchange, OtherID: p.line(2)}, "other"},
		"no reason":              {1, reconcile.Resolution{As: reconcile.AsIgnored}, "memo"},
		"unexplained unsaid":     {1, reconcile.Resolution{As: reconcile.AsUnexplained}, "memo"},
		"entries of nobody":      {1, reconcile.Resolution{As: reconcile.AsEntry, EntryIDs: []int64{99}}, "entries"},
	} {
		var fields *errs.Fields
		err := p.reconcile.Resolve(t.Context(), finance, p.line(tt.line), tt.r)
		if !errors.As(err, &fields) || !fields.Has(tt.field) {
			t.Errorf("%s: %v, want a problem of %s", name, err, tt.field)
		}
	}
	if n := p.number(`select count(*) from ledger_transactions`) + p.number(`select count(*) from matches`); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	if err := p.reconcile.Resolve(t.Context(), finance, 999, reconcile.Resolution{}); errs.KindOf(err) != errs.NotFound {
		t.Errorf("a line of nothing: %v", err)
	}
}

// What the program matched and people took apart stays apart.
func TestWhatIsTakenApartStaysApart(t *testing.T) {
	p := newProgramme(t)
	o := p.transfer(1)
	_, err := p.checkout.BankReceived(t.Context(), finance, o.ID, o.Total())
	p.ok(err)
	p.bank("20.11.2026;1;A;" + sum(o.Total()) + ";" + o.Reference)
	p.ok(p.reconcile.Undo(t.Context(), finance, p.line(1), "it is another's"))
	for range 2 {
		if n, err := p.reconcile.Match(t.Context()); n != 0 || err != nil {
			t.Errorf("matched %d again, %v", n, err)
		}
	}
	entry := int64(p.number(`select e.id from ledger_entries e join ledger_accounts a on a.id = e.account_id where a.kind = 'clearing'`))
	p.ok(p.reconcile.Resolve(t.Context(), finance, p.line(1), reconcile.Resolution{As: reconcile.AsEntry, EntryIDs: []int64{entry}}))
	p.wantQueue("")
}

func TestTheDatabaseKeepsMatchesHonest(t *testing.T) {
	p := newProgramme(t)
	o := p.transfer(1)
	_, err := p.checkout.BankReceived(t.Context(), finance, o.ID, o.Total())
	p.ok(err)
	p.bank("20.11.2026;1;A;"+sum(o.Total())+";"+o.Reference, "20.11.2026;2;A;1.50;x")
	refused := func(reason, sql string) {
		t.Helper()
		_, err := p.pool.Exec(t.Context(), sql)
		if err == nil || !postgres.Violates(err, reason) && !containsText(err, reason) {
			t.Errorf("%s: got %v, want %s", sql, err, reason)
		}
	}
	refused("is out by", `with m as (insert into matches (how, at) values ('hand', now()) returning id) insert into match_items (match_id, line_id) select id, 2 from m`)
	refused("not of one account", `insert into matches (how, at) values ('hand', now())`)
	refused("has 1 lines", `with m as (insert into matches (how, transaction_id, at) values ('elsewhere', 1, now()) returning id) insert into match_items (match_id, line_id) select id, 2 from m`)
	refused("matches_check", `insert into matches (how, at) values ('elsewhere', now())`)
	refused("manual_entries_check", `insert into manual_entries (kind, line_id, till, amount_minor, currency, account_id, at) values ('provider_fee', 1, 'cash', 5, 'UZS', 1, now())`)
	refused("manual_entries_check", `insert into manual_entries (kind, line_id, till, amount_minor, currency, account_id, at) values ('cash_handed_in', 1, 'payme', 5, 'UZS', 1, now())`)
	refused("match_items_line_once", `with m as (insert into matches (how, memo, at) values ('ignored', 'x', now()) returning id) insert into match_items (match_id, line_id) select id, 1 from m`)
	refused("made at once", `insert into match_items (match_id, line_id) values (1, 2)`)
	for _, table := range []string{"imports", "import_lines", "matches", "match_items"} {
		refused("", "delete from "+table)
	}
	refused("", `update import_lines set amount_minor = 1`)
	refused("", `update matches set how = 'hand'`)
	refused("", `update match_items set line_id = 2 where line_id = 1`)
}

// Two people send the same and overlapping files at once; the program matches all the while.
func TestImportsAtTheSameTime(t *testing.T) {
	p := newProgramme(t)
	var rows []string
	for i := range 20 {
		o := p.transfer(1)
		_, err := p.checkout.BankReceived(t.Context(), finance, o.ID, o.Total())
		p.ok(err)
		rows = append(rows, fmt.Sprintf("20.11.2026;%d;A;%s;%s", i, sum(o.Total()), o.Reference))
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	kinds := map[errs.Kind]int{}
	for i := range 4 {
		all.Go(func() {
			_, err := p.reconcile.Import(t.Context(), finance, reconcile.Upload{Till: ledger.TillBank, Name: "x", Data: statement(rows[:10+5*(i%2)]...), Currency: money.UZS})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				kinds[errs.Gone]++ // taken
			} else {
				kinds[errs.KindOf(err)]++
			}
		})
		all.Go(func() {
			if _, err := p.reconcile.Match(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if kinds[errs.Gone] != 2 || kinds[errs.Conflict] != 2 {
		t.Errorf("outcomes %v, want two taken and two refused", kinds)
	}
	if lines, items := p.number(`select count(*) from import_lines`), p.number(`select count(*) from match_items where live`); lines != 15 || items != 30 {
		t.Errorf("%d lines, %d items", lines, items)
	}
	open, err := p.reconcile.Open(t.Context())
	if err != nil || open.Lines != 0 {
		t.Errorf("%+v %v", open, err)
	}
	p.now = p.now.Add(10 * 24 * time.Hour)
	if open, err = p.reconcile.Open(t.Context()); err != nil || open.Entries != 5 {
		t.Errorf("%+v %v", open, err)
	}
}
