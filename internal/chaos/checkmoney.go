package chaos

import (
	"context"
	"fmt"

	"awil/internal/orders"
	"awil/internal/payments"
)

type paymentRow struct {
	ID          int64
	OrderID     int64
	Status      payments.State
	RefundDue   bool
	Ref         string
	AmountMinor int64
	Currency    string
	OrderStatus orders.Status
	Reference   string
	Paid        bool
}

const sqlPayments = `/* chaos.payments */
select p.id, p.order_id, p.status, p.refund_due, coalesce(p.provider_ref, '') as ref, p.amount_minor, p.currency::text as currency,
       o.status as order_status, o.reference, o.paid_at is not null as paid
from payments p join orders o on o.id = p.order_id where p.provider = 'stripe' order by p.id`

// checkMoney: what came at the provider is what we booked, each once, and pays
// for an order or goes back.
func (s *schedule) checkMoney(ctx context.Context) error {
	rows, err := rowsOf[paymentRow](ctx, s.lab, sqlPayments)
	if err != nil {
		return err
	}
	booked := map[string]paymentRow{}
	for _, r := range rows {
		if r.Ref != "" {
			booked[r.Ref] = r
		}
	}
	for _, came := range s.provider.paid() {
		r, known := booked[came.ref]
		delete(booked, came.ref)
		switch {
		case !known:
			s.report(fmt.Errorf("%v came at %s for payment %d, and nobody knows of it", came.amount, came.ref, came.paymentID))
		case r.Status != payments.Succeeded:
			s.report(fmt.Errorf("%v came at %s, payment %d is %s", came.amount, came.ref, r.ID, r.Status))
		case r.AmountMinor != came.amount.Minor || r.Currency != string(came.amount.Currency) || r.Reference != came.reference:
			s.report(fmt.Errorf("%v came at %s for %s, payment %d is of %d %s for %s", came.amount, came.ref, came.reference,
				r.ID, r.AmountMinor, r.Currency, r.Reference))
		case !r.RefundDue && !r.Paid:
			s.report(fmt.Errorf("payment %d is kept, order %d is not paid", r.ID, r.OrderID))
		}
	}
	for ref, r := range booked {
		if r.Status == payments.Succeeded {
			s.report(fmt.Errorf("payment %d is booked, at %s nothing came", r.ID, ref))
		}
	}
	return nil
}
