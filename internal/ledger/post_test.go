package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

func post(t *testing.T, db postgres.DB, p ledger.Posting, err error) bool {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	posted, err := ledger.New(db).Post(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return posted
}

func count(t *testing.T, pool *pgxpool.Pool, sql string) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What is posted stands in the books to the letter.
func TestPostKeepsEverything(t *testing.T) {
	pool := books(t)
	sale, err := ledger.OrderPaid(6, ledger.TillStripe, abroad(t), noon)
	if !post(t, pool, sale, err) {
		t.Fatal("not posted")
	}
	refund, err := ledger.Refund(32, 8, money.JPY, refundLines(abroad(t), true, [2]int{2, 1}, [2]int{0, 1}),
		refundParcels(abroad(t), true, [2]int64{450, 500}, [2]int64{0, 700}), noon, 9)
	refund.Turn, refund.Memo = 2, "second box"
	post(t, pool, refund, err)

	booked, err := ledger.New(pool).OfOrder(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []ledger.Posting{sale, refund} {
		got := ledger.Posting{}
		for _, b := range booked {
			if b.Rule == want.Rule {
				got = ledger.Posting{Rule: b.Rule, Subject: b.Subject, SubjectID: b.SubjectID, Turn: b.Turn, OrderID: b.OrderID,
					Entries: append(got.Entries, b.Entry), By: b.By, Memo: b.Memo, At: b.At}
			}
		}
		if show(got) != show(want) || got.Turn != want.Turn || !got.At.Equal(want.At) {
			t.Errorf("%d: got\n%s\nwant\n%s", i, show(got), show(want))
		}
	}
}

func TestPostTwiceBooksOnce(t *testing.T) {
	pool := books(t)
	p, err := ledger.OrderPaid(5, ledger.TillStripe, home(), noon)
	if !post(t, pool, p, err) {
		t.Error("first: not posted")
	}
	if post(t, pool, p, err) {
		t.Error("second: posted")
	}
	p.Turn = 1
	if !post(t, pool, p, err) {
		t.Error("next turn: not posted")
	}
	if n := count(t, pool, `select count(*) from ledger_transactions`); n != 2 {
		t.Errorf("%d transactions", n)
	}
	if n := count(t, pool, `select count(*) from ledger_accounts`); n != 6 {
		t.Errorf("%d accounts", n)
	}
	empty, err := ledger.EarningsReleased(21, 7, 1, nil, noon)
	if post(t, pool, empty, err) {
		t.Error("nothing: posted")
	}
}

// Many who book the same events at once, each making the accounts, book each
// event once.
func TestPostTogether(t *testing.T) {
	pool := books(t)
	const events, clerks = 6, 8
	var posted atomic.Int64
	var group sync.WaitGroup
	for clerk := range clerks {
		group.Go(func() {
			for n := range events {
				id := int64((n+clerk)%events + 1)
				err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
					var done bool
					b := &pgx.Batch{}
					p, err := ledger.OrderPaid(id, ledger.TillStripe, abroad(t), noon)
					if err != nil {
						return err
					}
					ledger.QueuePost(b, p, &done)
					if err := tx.SendBatch(t.Context(), b).Close(); err != nil {
						return err
					}
					if done {
						posted.Add(1)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := posted.Load(); n != events {
		t.Errorf("%d said they posted, want %d", n, events)
	}
	if n := count(t, pool, `select count(*) from ledger_transactions`); n != events {
		t.Errorf("%d transactions", n)
	}
	if n := count(t, pool, `select count(*) from ledger_accounts`); n != 10 {
		t.Errorf("%d accounts, want each once", n)
	}
}

// A posting rolled back with its transaction can be posted again.
func TestPostRollsBack(t *testing.T) {
	pool := books(t)
	p, err := ledger.OrderPaid(5, ledger.TillStripe, home(), noon)
	stop := errors.New("stop")
	got := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		post(t, tx, p, err)
		return stop
	})
	if !errors.Is(got, stop) || !post(t, pool, p, err) {
		t.Error("not posted after the first was rolled back")
	}
}

// What does not balance never reaches the books: neither by Post nor by hand.
func TestUnbalancedIsRefused(t *testing.T) {
	pool := books(t)
	p, err := ledger.OrderPaid(5, ledger.TillStripe, home(), noon)
	if err != nil {
		t.Fatal(err)
	}
	p.Entries[0].Minor++
	if _, err := ledger.New(pool).Post(t.Context(), p); errs.KindOf(err) != errs.Invalid {
		t.Errorf("Post: %v", err)
	}
	var done bool
	b := &pgx.Batch{}
	ledger.QueuePost(b, p, &done)
	if err := pool.SendBatch(t.Context(), b).Close(); !code(err, "23514") || done {
		t.Errorf("queued: %v", err)
	}
	if n := count(t, pool, `select count(*) from ledger_transactions`); n != 0 {
		t.Errorf("%d transactions", n)
	}
}

func code(err error, want string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == want
}

// Whoever reaches past the program finds the database in the way.
func TestTheBooksAreClosed(t *testing.T) {
	pool := books(t)
	p, err := ledger.OrderPaid(5, ledger.TillStripe, home(), noon)
	post(t, pool, p, err)
	const entries = `insert into ledger_entries (transaction_id, account_id, currency, amount_minor)
		select %s, id, currency, v from ledger_accounts, unnest(array[%s]::bigint[]) v where kind = 'clearing'`
	const transaction = `insert into ledger_transactions (rule, subject, subject_id, at) values ('payout', 'payout', %d, now());`
	own := `currval('ledger_transactions_id_seq')`
	tests := map[string]struct{ sql, code string }{
		"later entries":               {fmt.Sprintf(entries, "1", "5, -5"), "23001"},
		"entries that do not balance": {fmt.Sprintf(transaction, 1) + fmt.Sprintf(entries, own, "5, -4"), "23514"},
		"no entries":                  {fmt.Sprintf(transaction, 2), "23514"},
		"entries of nothing":          {fmt.Sprintf(transaction, 3) + fmt.Sprintf(entries, own, "0, 0"), "23514"},
		"another currency":            {fmt.Sprintf(transaction, 4) + strings.Replace(fmt.Sprintf(entries, own, "5, -5"), "id, currency, v", "id, 'JPY', v", 1), "23503"},
		"a rule nobody knows":         {`insert into ledger_transactions (rule, subject, subject_id, at) values ('gift', 'payout', 1, now())`, "23514"},
		"account of nobody":           {`insert into ledger_accounts (kind, currency) values ('producer_payable', 'UZS')`, "23514"},
		"the same account":            {`insert into ledger_accounts (kind, currency) values ('commission', 'UZS')`, "23505"},
		"change entries":              {`update ledger_entries set amount_minor = amount_minor`, "23001"},
		"delete entries":              {`delete from ledger_entries`, "23001"},
		"truncate entries":            {`truncate ledger_entries cascade`, "23001"},
		"change transactions":         {`update ledger_transactions set memo = 'x'`, "23001"},
		"delete transactions":         {`delete from ledger_transactions`, "23001"},
		"truncate transactions":       {`truncate ledger_transactions cascade`, "23001"},
		"change accounts":             {`update ledger_accounts set currency = currency`, "23001"},
		"delete accounts":             {`delete from ledger_accounts`, "23001"},
		"truncate accounts":           {`truncate ledger_accounts cascade`, "23001"},
		"a correction of nothing":     {`insert into ledger_transactions (rule, subject, subject_id, at) values ('correction', 'transaction', 1, now())`, "23514"},
		"a correction that is not the opposite": {`insert into ledger_transactions (rule, subject, subject_id, reverses, at)
			values ('correction', 'transaction', 1, 1, now());` + fmt.Sprintf(entries, own, "5, -5"), "23514"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
				_, err := tx.Conn().PgConn().Exec(t.Context(), tt.sql).ReadAll()
				return err
			})
			if !code(err, tt.code) {
				t.Errorf("%v, want %s", err, tt.code)
			}
		})
	}
	if n := count(t, pool, `select count(*) from ledger_entries`); n != len(p.Entries) {
		t.Errorf("%d entries, want %d", n, len(p.Entries))
	}
}

func TestCorrect(t *testing.T) {
	pool := books(t)
	s := ledger.New(pool)
	p, err := ledger.OrderPaid(6, ledger.TillStripe, abroad(t), noon)
	post(t, pool, p, err)
	booked, err := s.OfOrder(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	id := booked[0].TransactionID
	correct := func(ctx context.Context) error { return s.Correct(ctx, id, 9, "wrong till", noon) }
	if err := correct(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := correct(t.Context()); errs.KindOf(err) != errs.Conflict {
		t.Errorf("twice: %v", err)
	}
	for name, err := range map[string]error{
		"of nothing":      s.Correct(t.Context(), 99, 9, "why", noon),
		"of a correction": s.Correct(t.Context(), id+1, 9, "why", noon),
	} {
		if errs.KindOf(err) != errs.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Correct(t.Context(), id, 9, " ", noon); errs.KindOf(err) != errs.Invalid {
		t.Errorf("without a reason: %v", err)
	}

	booked, err = s.OfOrder(t.Context(), 8)
	if err != nil || len(booked) != 2*len(p.Entries) {
		t.Fatalf("%d entries, %v", len(booked), err)
	}
	for i := range p.Entries {
		was, now := booked[i], booked[len(p.Entries)+i]
		undone := was.Entry
		undone.Minor = -undone.Minor
		if showEntry(undone) != showEntry(now.Entry) || now.Reverses != id || was.CorrectedBy != now.TransactionID || now.By != 9 || now.Memo != "wrong till" {
			t.Errorf("%+v is undone by %+v", was, now)
		}
	}
	p.Turn = 1
	if !post(t, pool, p, nil) {
		t.Error("not booked again after the correction")
	}
}

func TestCorrectTogether(t *testing.T) {
	pool := books(t)
	p, err := ledger.OrderPaid(6, ledger.TillStripe, abroad(t), noon)
	post(t, pool, p, err)
	var done, late atomic.Int64
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			switch err := ledger.New(pool).Correct(t.Context(), 1, 9, "wrong", noon); {
			case err == nil:
				done.Add(1)
			case errs.KindOf(err) == errs.Conflict:
				late.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if done.Load() != 1 || late.Load() != 5 {
		t.Errorf("%d corrected, %d came late", done.Load(), late.Load())
	}
}
