package reconcile_test

import (
	"testing"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// lines takes in so many transfers that nobody can name, of sums from 1 up in minor units, and returns the first id.
func (p *programme) lines(n int) int64 {
	p.t.Helper()
	p.exec(`insert into imports (till, name, hash, known, account_id, at) values ('bank', 'x', sha256('x'), 0, $1, $2)`, finance, p.now)
	p.exec(`insert into import_lines (import_id, number, till, external_id, kind, amount_minor, currency, refs, at)
select 1, n, 'bank', 'line ' || n, 'transfer', n, 'UZS', '{}', $1 from generate_series(1, $2::int) n`, p.now, n)
	return p.line(1)
}

// handedIn books cash that reached the bank, about a line.
func (p *programme) handedIn(line, minor int64) {
	p.t.Helper()
	entry := p.number(`insert into manual_entries (kind, line_id, till, amount_minor, currency, account_id, at)
values ('cash_handed_in', $1, 'courier', $2, 'UZS', $3, $4) returning id`, line, minor, finance, p.now)
	posting, err := ledger.CashHandedIn(int64(entry), ledger.TillCourier, money.New(minor, money.UZS), p.now, finance)
	p.ok(err)
	_, err = p.ledger.Post(p.t.Context(), posting)
	p.ok(err)
}

// Two lines of one sum are a choice, however many lie between them.
func TestSumsAreComparedAmongAllLines(t *testing.T) {
	p := newProgramme(t)
	first := p.lines(1200)
	p.exec(`insert into import_lines (import_id, number, till, external_id, kind, amount_minor, currency, refs, at)
values (1, 1201, 'bank', 'again', 'transfer', 3, 'UZS', '{}', $1)`, p.now)
	for _, minor := range []int64{3, 5, 1150} {
		p.handedIn(first, minor)
	}
	if n, err := p.reconcile.Match(t.Context()); n != 2 || err != nil {
		t.Errorf("matched %d, %v, want the two without a choice", n, err)
	}
	if left := p.text(`select string_agg(e.amount_minor::text, ' ') from open_entries o join ledger_entries e on e.id = o.entry_id`); left != "3" {
		t.Errorf("open entries %s", left)
	}
}

// What is open is kept beside what it follows from: the history of matches.
func TestWhatIsOpenIsWhatHasNoMatch(t *testing.T) {
	p := newProgramme(t)
	agree := func(lines, entries int) {
		t.Helper()
		if n := p.number(`select count(*) from open_lines full join (select id from import_lines l
where not exists (select from match_items i where i.line_id = l.id and i.live)) l on l.id = line_id where (line_id = id) is not true`); n != 0 {
			t.Errorf("%d lines differ", n)
		}
		if n := p.number(`select count(*) from open_entries full join (select e.id from ledger_entries e join ledger_accounts a on a.id = e.account_id
where a.kind = 'clearing' and a.provider not in ('cash', 'courier') and not exists (select from match_items i where i.entry_id = e.id and i.live)) e
on e.id = entry_id where (entry_id = id) is not true`); n != 0 {
			t.Errorf("%d entries differ", n)
		}
		o, err := p.reconcile.Open(t.Context())
		if err != nil || o.Lines != lines || o.Entries != entries {
			t.Errorf("open %+v, %v, want %d and %d", o, err, lines, entries)
		}
	}
	first := p.lines(3)
	p.handedIn(first, 2)
	agree(3, 1)
	p.now = p.now.Add(6 * 24 * time.Hour)
	agree(3, 1)
	_, err := p.reconcile.Match(t.Context())
	p.ok(err)
	agree(2, 0)
	p.ok(p.reconcile.Undo(t.Context(), finance, first+1, "not that"))
	agree(3, 1)
	_, err = p.reconcile.Match(t.Context())
	p.ok(err)
	agree(3, 1)
}
