package chaos

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// check looks at everything once all has come to rest.
func (s *schedule) check(ctx context.Context) error {
	for _, c := range []func(context.Context) error{s.checkStock, s.checkEnds, s.checkMoney, s.checkRefunds, s.checkCalls, s.checkBooks, s.checkDeadlocks} {
		if err := c(ctx); err != nil {
			return err
		}
	}
	return nil
}

// checkDeadlocks: whoever changes an order locks it first, so that nobody waits
// in a circle.
func (s *schedule) checkDeadlocks(ctx context.Context) error {
	n, err := s.lab.deadlocks(ctx)
	if n > 0 {
		s.report(fmt.Errorf("the database had to break %d deadlocks", n))
	}
	return err
}

// none reports every row of a query that must have none; a row is one text.
func (s *schedule) none(ctx context.Context, sql string, args ...any) error {
	rows, err := s.lab.look.Query(ctx, sql, args...)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return fmt.Errorf("check: %w", err)
		}
		s.report(errors.New(text))
	}
	return rows.Err()
}

const sqlStock = `/* chaos.check_stock */
select format('variant %s: %s in stock, %s with buyers, began with %s', v.id, v.stock, coalesce(r.out, 0), b.stock)
from variants v
join unnest($1::int[]) with ordinality as b(stock, id) on b.id = v.id
left join (select variant_id, sum(quantity - returned) as out from reservations where state <> 'released' group by 1) r on r.variant_id = v.id
where v.stock <> b.stock - coalesce(r.out, 0) or v.stock < 0`

// checkStock: what is not in stock is with somebody, and no more of it than
// there was.
func (s *schedule) checkStock(ctx context.Context) error {
	return s.none(ctx, sqlStock, s.stock[1:])
}

// sqlGoods: goods of what was never sold are given back with the order. Of what
// was, those of a parcel that was left out come back with it; what becomes of
// those that came back, or are refunded, staff say.
const sqlGoods = `/* chaos.check_goods */
select format('order %s is %s, parcel %s %s, its goods are %s and %s of %s back', o.id, o.status, p.id, p.status, r.state, r.returned, r.quantity)
from reservations r join orders o on o.id = r.order_id
join order_lines l on l.order_id = r.order_id and l.variant_id = r.variant_id join parcels p on p.id = l.parcel_id
where case
    when o.status = 'expired' then r.state <> 'released'
    when r.state = 'released' then o.status <> 'cancelled'
    when o.status = 'cancelled' and p.status <> 'returned' or p.status = 'cancelled'
    then r.returned < r.quantity and not exists (select from refund_lines f where f.line_id = l.id)
    else false end`

// checkEnds: nothing is left waiting.
func (s *schedule) checkEnds(ctx context.Context) error {
	return s.none(ctx, strings.Join([]string{
		`/* chaos.check_open */ select format('payment %s is open for ever', id) from payments where status = 'open' and provider not in ('cod', 'bank')`,
		`/* chaos.check_held */ select format('order %s holds goods for ever', order_id) from reservations where state = 'held'`,
		`/* chaos.check_placed */ select format('order %s waits for money for ever', id) from orders where status = 'placed' and expires_at is not null`,
		`/* chaos.check_inbox */ select format('message %s was never looked at', event_id) from webhook_events where handled_at is null`,
		`/* chaos.check_jobs */ select format('job %s %s was given up', kind, args) from river_job where state = 'discarded'`,
		`/* chaos.check_paid_once */ select format('order %s was paid %s times', order_id, count(*)) from order_events
where parcel_id is null and to_status = 'paid' and from_status is distinct from 'paid' group by order_id having count(*) > 1`,
		`/* chaos.check_complete */ select format('order %s is delivered and paid, and never completed', id) from orders where status = 'delivered' and paid_at is not null`,
		`/* chaos.check_requests */ select format('request %s is open for ever', id) from refund_requests where status = 'open'`,
		`/* chaos.check_refunds */ select format('refund %s is %s for ever', id, status) from refunds where method = 'provider' and status in ('due', 'pending')`,
		`/* chaos.check_released */ select format('the earnings of parcel %s are never released', p.id) from parcels p join orders o on o.id = p.order_id
where p.status = 'delivered' and p.released_at is null
  and case o.payment_method when 'cod' then exists (select from cash_collections c where c.parcel_id = p.id) else o.paid_at is not null end`,
		sqlGoods,
	}, "\nunion all "))
}
