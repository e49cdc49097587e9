package bench

import (
	"context"
	"fmt"
	"slices"
)

// money measures what orders with their money cost: placing and paying them,
// proving the books of very many, telling a producer how she stands.
func (r *run) money(ctx context.Context) error {
	// What was measured before may have stopped the shop.
	if err := r.restart(ctx); err != nil {
		return err
	}
	if err := r.paidOrders(ctx); err != nil {
		return err
	}
	return r.books(ctx)
}

// paidOrders measures orders that are placed and paid: what a buyer does, as
// for cash on delivery, and then the two calls that Payme makes when she pays.
// In the end the books must be right.
func (r *run) paidOrders(ctx context.Context) error {
	b, err := newBuyers(ctx, r.site, slices.Max(atOnce))
	if err != nil {
		return err
	}
	defer b.close()
	p := newPayer(r.site, b.transport)
	err = r.orders(ctx, b, ordering{
		name: "orders placed and paid", requests: "the five requests",
		buy: func(ctx context.Context) error { return p.buyAndPay(ctx, b) },
		held: `/* bench.paid */
select count(*) from orders o where o.payment_method = 'payme' and o.status = 'paid' and o.paid_at is not null
  and exists (select from ledger_transactions t where t.order_id = o.id and t.rule = 'order_paid')`,
	})
	if err != nil {
		return err
	}
	_, err = r.checkLedger(ctx)
	return err
}

// producerLogin is the demo's producer whose statement is measured.
const producerLogin = "melon@demo.awil"

// crowd is how many entries the ledger is filled to, and how many of them are
// of one producer.
type crowd struct{ entries, hers int }

// books measures what is asked of very many entries: the proof of all, and one
// producer's statement. The shop stands still while all are proven.
func (r *run) books(ctx context.Context) error {
	var producer int64
	err := r.db.QueryRow(ctx, `/* bench.producer */
select m.producer_id from producer_members m join accounts a on a.id = m.account_id where a.email = $1`, producerLogin).Scan(&producer)
	if err != nil {
		return fmt.Errorf("find the producer of %s: %w", producerLogin, err)
	}
	r.say("waiting until the letters about the orders are written")
	if err := r.drain(ctx); err != nil {
		return err
	}
	if err := r.site.stop(); err != nil {
		return err
	}
	if err := r.fill(ctx, producer, r.plan.crowd.hers, r.plan.crowd.entries); err != nil {
		return err
	}
	if err := r.ledgerChecks(ctx); err != nil {
		return err
	}
	if err := r.startSite(ctx); err != nil {
		return err
	}
	return r.statements(ctx, producer)
}
