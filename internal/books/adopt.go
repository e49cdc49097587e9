package books

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/postgres"
)

// adoptAtOnce is how many orders' numbers are gone through in one transaction.
const adoptAtOnce = 500

// Adopted is how far Adopt is.
type Adopted struct {
	Events, Of int // booked now, and to be booked when it began
}

// earlier is money that came before there were books.
type earlier struct {
	Rule      ledger.Rule
	SubjectID int64
	OrderID   int64
	By        int64
	At        time.Time
}

const sqlUnbooked = `
from earlier_money e where not exists (
    select from ledger_transactions t where t.rule = e.rule and t.subject_id = e.subject_id
    and t.subject = case e.rule when 'cash_collected' then 'parcel' else 'payment' end)
`

const (
	sqlUnbookedCount = `/* books.unbooked_count */ select count(*)` + sqlUnbooked
	sqlUnbookedNext  = `/* books.unbooked_next */ select coalesce(min(order_id), 0)` + sqlUnbooked + `and e.order_id > $1`
	sqlUnbookedList  = `/* books.unbooked */
select e.rule, e.subject_id, e.order_id, coalesce(e.account_id, 0) as by, e.at` + sqlUnbooked +
		`and e.order_id > $1 and e.order_id <= $2 order by e.order_id, e.rule, e.subject_id`
	sqlLockBetween = `/* books.lock_between */
select id from orders where id > $1 and id <= $2 and id in (select order_id from earlier_money) order by id for no key update`
)

// Adopt books the money that came before the database had books, each event
// once and by the rules of today, at the moment it came; what pays for no order
// is owed to its buyer from then on, for people to send or to say that they
// have. Which events these are was written down when the books were made:
// nothing that came later is ever booked here. It returns how many it booked.
// Stopped half way, or run by several at once, it goes on where there is
// something left. progress may be nil.
func Adopt(ctx context.Context, db postgres.DB, clock func() time.Time, progress func(Adopted)) (int, error) {
	if progress == nil {
		progress = func(Adopted) {}
	}
	var at Adopted
	if err := db.QueryRow(ctx, sqlUnbookedCount).Scan(&at.Of); err != nil {
		return 0, fmt.Errorf("money from before the books: %w", postgres.Err(err))
	}
	for from := int64(0); at.Of > 0; {
		var first int64
		if err := db.QueryRow(ctx, sqlUnbookedNext, from).Scan(&first); err != nil || first == 0 {
			return at.Events, postgres.Err(err)
		}
		from = first - 1
		booked := 0
		err := postgres.InTx(ctx, db, func(tx pgx.Tx) (err error) {
			booked, err = adoptBetween(ctx, tx, clock, from, from+adoptAtOnce)
			return err
		})
		if err != nil {
			return at.Events, fmt.Errorf("book the money of orders from %d on: %w", first, err)
		}
		at.Events += booked
		progress(at)
		from += adoptAtOnce
	}
	return at.Events, nil
}

// adoptBetween books what there is of the orders after from, until one.
func adoptBetween(ctx context.Context, tx pgx.Tx, clock func() time.Time, from, until int64) (int, error) {
	if _, err := tx.Exec(ctx, sqlLockBetween, from, until); err != nil {
		return 0, postgres.Err(err)
	}
	rows, err := tx.Query(ctx, sqlUnbookedList, from, until)
	if err != nil {
		return 0, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[earlier])
	if err != nil {
		return 0, postgres.Err(err)
	}
	c := checker{tx: tx, rates: map[string]money.Rate{}}
	b := &bundle{byID: map[int64]*order{}}
	batch := &pgx.Batch{}
	queue(batch, b, from, until, reading{sqlOrders, readOrders}, reading{sqlParcels, readParcels}, reading{sqlLines, c.readLines},
		reading{sqlPayments, readPayments})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return 0, postgres.Err(err)
	}
	booked := 0
	for _, e := range list {
		one, err := adopt(ctx, tx, clock, b.byID[e.OrderID], e)
		if err != nil {
			return 0, fmt.Errorf("%s of %d: %w", e.Rule, e.SubjectID, err)
		}
		if one {
			booked++
		}
	}
	return booked, nil
}

// adopt books one event. What today's rules know nothing of is left for a check
// to tell.
func adopt(ctx context.Context, tx pgx.Tx, clock func() time.Time, o *order, e earlier) (bool, error) {
	r := replay{order: o}
	p, known, err := r.want(transaction{rule: e.Rule, subjectID: e.SubjectID})
	if err != nil || !known {
		return false, err
	}
	p.At, p.By = e.At, e.By
	booked, err := ledger.New(tx).Post(ctx, p)
	if err != nil || e.Rule != ledger.RuleUnexpected {
		return booked, err
	}
	return booked, owe(ctx, tx, clock, o, e.SubjectID)
}

// owe writes down that money which pays for nothing goes back. Whether somebody
// has sent it by other ways no record tells, so no provider is asked to send
// it: people look, and send it or say what proves that it went.
func owe(ctx context.Context, tx pgx.Tx, clock func() time.Time, o *order, paymentID int64) error {
	for _, y := range o.payments {
		if y.id != paymentID {
			continue
		}
		_, err := payments.New(tx, nil, clock).AddRefund(ctx, payments.NewRefund{
			OrderID: o.id, PaymentID: y.id, Kind: payments.RefundUnexpected, Method: payments.ByHand, Amount: y.came, Reason: payments.ReasonUnexpected,
		})
		return err
	}
	return nil
}
