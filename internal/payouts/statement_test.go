package payouts_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/payouts"
)

// cashKept books an order whose cash the producer took and kept.
func (w *world) cashKept(producer, unit int64, quantity int) *sold {
	w.t.Helper()
	s := w.order(producer, unit, quantity, 0, 1000)
	w.post(ledger.CashCollected(s.parcel, ledger.CollectorProducer, s.sale, w.now, anna))
	s.released = true
	return &s
}

// TestStatementIsReplay: over random histories every statement, stored or of a
// month, is what the ledger says, and they follow each other without a gap.
func TestStatementIsReplay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		w.card(melon)
		w.bank(felt)
		w.bank(honey)
		var orders []*sold
		var batches []int64
		r.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) {},
			"sale": func(r *rapid.T) {
				s := w.order(rapid.Int64Range(1, 3).Draw(r, "producer"), rapid.Int64Range(1, 9999999).Draw(r, "unit"),
					rapid.IntRange(1, 4).Draw(r, "quantity"), rapid.Int64Range(0, 2).Draw(r, "shipping")*12345, rapid.SampledFrom([]int{0, 1000, 1333}).Draw(r, "commission"))
				w.paid(&s)
				orders = append(orders, &s)
			},
			"cash": func(r *rapid.T) {
				orders = append(orders, w.cashKept(rapid.Int64Range(1, 3).Draw(r, "producer"), rapid.Int64Range(1, 9999999).Draw(r, "unit"), rapid.IntRange(1, 4).Draw(r, "quantity")))
			},
			"release": func(r *rapid.T) {
				for _, s := range orders {
					if !s.released && rapid.Bool().Draw(r, "this") {
						w.release(s)
					}
				}
			},
			"refund": func(r *rapid.T) {
				if len(orders) == 0 {
					return
				}
				s := rapid.SampledFrom(orders).Draw(r, "order")
				if left := s.sale.Lines[0].Quantity - s.refunded; left > 0 {
					w.refund(s, rapid.IntRange(1, left).Draw(r, "pieces"))
				}
			},
			"payout": func(r *rapid.T) {
				id, err := w.Propose(t.Context(), anna, rapid.SampledFrom([]money.Currency{money.UZS, money.KGS}).Draw(r, "currency"))
				if errs.KindOf(err) == errs.Conflict {
					return
				}
				w.ok(err)
				_, err = w.Approve(t.Context(), berik, id)
				w.ok(err)
				batches = append(batches, id)
			},
			"settle": func(r *rapid.T) {
				if len(batches) == 0 {
					return
				}
				for _, p := range w.list(rapid.SampledFrom(batches).Draw(r, "batch")) {
					switch how := rapid.IntRange(0, 2).Draw(r, "how"); {
					case p.Status == payouts.Approved && how == 1:
						w.ok(w.MarkPaid(t.Context(), anna, p.ID, "x"))
					case (p.Status == payouts.Approved || p.Status == payouts.Paid) && how == 2:
						w.back(p.ID, "x")
					}
				}
			},
			"time": func(r *rapid.T) {
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 500).Draw(r, "hours")) * time.Hour)
			},
		})
		w.proves()
		for _, producer := range []int64{melon, felt, honey} {
			w.follows(producer)
		}
	})
}

// follows checks that a producer's statements go on from each other, and end
// where the ledger stands.
func (w *world) follows(producer int64) {
	w.t.Helper()
	ctx, cur := w.t.Context(), currencyOf(producer)
	list, err := w.OfProducer(ctx, producer, currencyOf(producer), 1000)
	w.ok(err)
	var last int64
	for i := len(list) - 1; i >= 0; i-- {
		st, err := w.Statement(ctx, producer, cur, payouts.OfPayout(list[i].ID))
		w.ok(err)
		if st.Opening.Whole().Minor != last {
			w.t.Errorf("payout %d opens with %v, the one before closed with %d", list[i].ID, st.Opening, last)
		}
		last = w.adds(st)
	}
	st, err := w.Statement(ctx, producer, cur, payouts.Since)
	w.ok(err)
	if st.Opening.Whole().Minor != last {
		w.t.Errorf("the open statement opens with %v, not %d", st.Opening, last)
	}
	w.adds(st)
	stands, err := w.books.OfProducer(ctx, producer)
	w.ok(err)
	for _, b := range stands {
		if st.Closing.Payable != b.Payable || st.Closing.Held != b.Reserve {
			w.t.Errorf("closes with %+v, the books say %+v", st.Closing, b)
		}
	}
	last = 0
	for month := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC); month.Before(w.now); month = month.AddDate(0, 1, 0) {
		m, err := w.Statement(ctx, producer, cur, payouts.Month(month))
		w.ok(err)
		if m.Opening.Whole().Minor != last {
			w.t.Errorf("%s opens with %v, not %d", m.Period.Name(), m.Opening, last)
		}
		last = w.adds(m)
	}
	if last != st.Closing.Whole().Minor {
		w.t.Errorf("the months end at %d, the books at %v", last, st.Closing)
	}
}

// adds checks that what moved is what lies between opening and closing, in the
// totals and in the lines, and returns the closing.
func (w *world) adds(st payouts.Statement) int64 {
	w.t.Helper()
	sum, lines := st.Opening.Whole().Minor, st.Opening.Whole().Minor
	for _, total := range st.Totals {
		sum += total.Minor
	}
	n := int64(0)
	_, err := w.EachLine(w.t.Context(), st.ProducerID, st.Currency, st.Period, 1_000_000, func(l payouts.Line) error {
		lines += l.Minor
		n++
		return nil
	})
	w.ok(err)
	if closing := st.Closing.Whole().Minor; sum != closing || lines != closing || n != st.Lines() {
		w.t.Errorf("statement %s: totals end at %d, %d of %d lines at %d, closing %d", st.Period.Name(), sum, n, st.Lines(), lines, closing)
	}
	return st.Closing.Whole().Minor
}

func TestAnothersStatementIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.earned(melon, 5000000, 2)
	w.card(melon)
	id, _ := w.approved(money.UZS)
	p := payouts.OfPayout(w.list(id)[0].ID)
	if _, err := w.Statement(t.Context(), felt, money.UZS, p); errs.KindOf(err) != errs.NotFound {
		t.Errorf("statement: %v", err)
	}
	if _, _, err := w.Lines(t.Context(), felt, money.UZS, p, paging.Page{Limit: 5}); errs.KindOf(err) != errs.NotFound {
		t.Errorf("lines: %v", err)
	}
	if _, err := w.EachLine(t.Context(), felt, money.UZS, p, 5, func(payouts.Line) error { return nil }); errs.KindOf(err) != errs.NotFound {
		t.Errorf("file: %v", err)
	}
}

func TestLinesArePaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 5 {
		w.earned(melon, 5000000, 2)
	}
	page, seen := paging.Page{Limit: 2}, map[int64]bool{}
	for {
		lines, next, err := w.Lines(t.Context(), melon, money.UZS, payouts.Since, page)
		w.ok(err)
		for _, l := range lines {
			seen[l.ID] = true
			if l.Kind != payouts.EntrySale || l.Product != "Qawın varenyesi" || l.Quantity == nil || *l.Quantity != 2 || l.Price().Minor != 10000000 || *l.CommissionBP != 1000 {
				t.Errorf("%+v", l)
			}
		}
		if next == "" {
			break
		}
		page.After = next
	}
	if len(seen) != 5 {
		t.Errorf("%d lines", len(seen))
	}
}

// TestAStatementSeesWhatWasBookedMeanwhile: an entry whose transaction was open
// while a payout was approved is of the next statement, though its number is
// lower than those the payout's statement has.
func TestAStatementSeesWhatWasBookedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.card(melon)
	w.earned(melon, 5000000, 1)
	late := w.order(melon, 4000000, 1, 0, 0)
	tx, err := w.db.Begin(ctx)
	w.ok(err)
	var first, second int64 // the numbers, taken before the account is locked
	w.ok(tx.QueryRow(ctx, `
select nextval(pg_get_serial_sequence('ledger_entries', 'id')), nextval(pg_get_serial_sequence('ledger_entries', 'id')), pg_current_xact_id()::text`).
		Scan(&first, &second, new(string)))
	w.earned(melon, 5000000, 1)
	batch, _ := w.approved(money.UZS)
	_, err = tx.Exec(ctx, `
with t as (
    insert into ledger_transactions (rule, subject, subject_id, order_id, at) values ('order_paid', 'payment', $1, $1, now()) returning id
)
insert into ledger_entries (id, transaction_id, account_id, currency, amount_minor, line_id, parcel_id) overriding system value
select e.n, t.id, a.id, 'UZS', e.minor, $2, $3 from t, (values ($4::bigint, 4000000, 'clearing'), ($5::bigint, -4000000, 'producer_reserve')) e (n, minor, kind)
join ledger_accounts a on a.kind = e.kind and a.currency = 'UZS' and coalesce(a.producer_id, 1) = 1 and a.provider in ('', 'bank')`,
		late.order, late.line, late.parcel, first, second)
	w.ok(err)
	w.ok(tx.Commit(ctx))
	w.proves()
	st, err := w.Statement(ctx, melon, money.UZS, payouts.OfPayout(w.list(batch)[0].ID))
	w.ok(err)
	if st.Total(payouts.EntrySale).Entries != 2 {
		t.Errorf("%+v", st.Totals)
	}
	w.follows(melon)
}

// TestReplayFindsWhatIsWrong: a statement that was tampered with is named.
func TestReplayFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.earned(melon, 5000000, 1)
	w.card(melon)
	w.approved(money.UZS)
	for _, sql := range []string{
		`update statements set closing_payable = closing_payable + 1`, `update statement_totals set amount_minor = amount_minor + 1 where kind = 'sale'`,
		`update statement_totals set commission_minor = 0 where kind = 'sale'`,
	} {
		tx, err := w.db.Begin(t.Context())
		w.ok(err)
		_, err = tx.Exec(t.Context(), `set local session_replication_role = replica`)
		w.ok(err)
		_, err = tx.Exec(t.Context(), sql)
		w.ok(err)
		differences, err := payouts.ReplayStatements(t.Context(), tx, melon)
		w.ok(err)
		if len(differences) != 1 {
			t.Errorf("%s: %v", sql, differences)
		}
		w.ok(tx.Rollback(t.Context()))
	}
}

// TestManyLinesAreSummed: the summary and a page of a long history.
func TestManyLinesAreSummed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.order(melon, 100, 1, 0, 1000)
	w.paid(&s)
	w.many(s, 5000)
	st, err := w.Statement(t.Context(), melon, money.UZS, payouts.Since)
	w.ok(err)
	sales := st.Total(payouts.EntrySale)
	if st.Lines() != 5001 || sales.Minor != 5001*90 || sales.CommissionMinor != 5001*10 {
		t.Errorf("%d lines, %+v", st.Lines(), sales)
	}
	lines, _, err := w.Lines(t.Context(), melon, money.UZS, payouts.Since, paging.Page{Limit: 50})
	w.ok(err)
	if len(lines) != 50 {
		t.Errorf("a page of %d", len(lines))
	}
}

// TestPayoutsAreListedByCurrency: a short list of one currency is not filled with another's.
func TestPayoutsAreListedByCurrency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.earned(melon, 5000000, 1)
	w.card(melon)
	w.approved(money.UZS)
	for cur, want := range map[money.Currency]int{money.UZS: 1, money.KGS: 0} {
		if list, err := w.OfProducer(t.Context(), melon, cur, 1); err != nil || len(list) != want {
			t.Errorf("%s: %d payouts, %v", cur, len(list), err)
		}
	}
}

// many books the sale so many times more, as of other payments.
func (w *world) many(s sold, n int) {
	w.t.Helper()
	const atOnce = 1000
	for done := 0; done < n; done += atOnce {
		_, err := w.db.Exec(w.t.Context(), `
with t as (
    insert into ledger_transactions (rule, subject, subject_id, order_id, at)
    select 'order_paid', 'payment', 1000000 + n, $1, now() from generate_series($2::int + 1, $3::int) n returning id
)
insert into ledger_entries (transaction_id, account_id, currency, amount_minor, line_id, parcel_id)
select t.id, e.account_id, e.currency, e.amount_minor, e.line_id, e.parcel_id
from t, ledger_entries e join ledger_transactions x on x.id = e.transaction_id where x.order_id = $1 and x.subject_id = $1`,
			s.order, done, min(done+atOnce, n))
		w.ok(err)
	}
	_, err := w.db.Exec(w.t.Context(), `analyze ledger_entries, ledger_transactions`)
	w.ok(err)
}
