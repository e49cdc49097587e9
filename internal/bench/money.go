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
	return r.paidOrders(ctx)
}

// paidOrders measures orders that are placed and paid: what a buyer does, as
// for cash on delivery, and then the two calls that Payme makes when she pays.
// In the end the books must be right.
func (r *run) paidOrders(ctx context.Context) error {
	b, err := newBuyers(ctx, r.site, slices.Max(atOnce))
	if err != nil {
		return err
	}
	defer b.transport.CloseIdleConnections()
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

// checkLedger lets the program prove the books. That they are not right is an
// error.
func (r *run) checkLedger(ctx context.Context) (proof, error) {
	p, err := proveLedger(ctx, r.cfg.Program, append(foreign(r.cfg.Env), "AWIL_DATABASE_URL="+r.pg.URL()), r.dir)
	if err != nil {
		return proof{}, fmt.Errorf("awil ledger check: %w", err)
	}
	return p, nil
}
