package chaos

import (
	"context"
	"errors"
	"fmt"

	"awil/internal/books"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payments"
)

type sentRow struct {
	ID          int64
	Method      payments.RefundMethod
	Status      payments.RefundState
	Till        string
	Ref         string
	AmountMinor int64
	Currency    string
	PaymentRef  string
}

const sqlSent = `/* chaos.sent */
select r.id, r.method, r.status, r.till, coalesce(r.provider_ref, '') as ref, r.amount_minor, r.currency::text as currency,
       coalesce(p.provider_ref, '') as payment_ref
from refunds r left join payments p on p.id = r.payment_id order by r.id`

// checkRefunds: what the provider sent back is what was decided, each once.
func (s *schedule) checkRefunds(ctx context.Context) error {
	rows, err := rowsOf[sentRow](ctx, s.lab, sqlSent)
	if err != nil {
		return err
	}
	byRef := map[string]sentRow{}
	for _, r := range rows {
		if r.Ref != "" {
			byRef[r.Ref] = r
		}
	}
	of := map[int64]int{}
	for _, sent := range s.provider.sentBack() {
		r, known := byRef[sent.ref]
		delete(byRef, sent.ref)
		switch {
		case !known:
			s.report(fmt.Errorf("%v went back as %s for refund %d, which does not know of it", sent.amount, sent.ref, sent.refundID))
		case r.AmountMinor != sent.amount.Minor || r.Currency != string(sent.amount.Currency) || r.PaymentRef != sent.session:
			s.report(fmt.Errorf("%v went back as %s, refund %d is of %d %s", sent.amount, sent.ref, r.ID, r.AmountMinor, r.Currency))
		case sent.status == payments.RefundArrived && (r.Status != payments.RefundSent || r.Till != string(ledger.TillStripe)):
			s.report(fmt.Errorf("%v went back as %s, refund %d is %s from %q", sent.amount, sent.ref, r.ID, r.Status, r.Till))
		case sent.status == payments.RefundRefused && r.Status == payments.RefundSent && r.Till == string(ledger.TillStripe):
			s.report(fmt.Errorf("%s came back, refund %d is sent", sent.ref, r.ID))
		}
		if of[sent.refundID]++; of[sent.refundID] > 1 {
			s.report(fmt.Errorf("refund %d went back %d times", sent.refundID, of[sent.refundID]))
		}
	}
	for _, r := range rows {
		if _, claimed := byRef[r.Ref]; r.Ref != "" && claimed {
			s.report(fmt.Errorf("refund %d is called %s, which its provider does not know", r.ID, r.Ref))
		}
		if r.Ref == "" && r.Status == payments.RefundSent && r.Till == string(ledger.TillStripe) {
			s.report(fmt.Errorf("refund %d is sent, nothing left the provider", r.ID))
		}
	}
	return s.none(ctx, `/* chaos.check_unexpected */ select format('the money of payment %s pays for nothing and is not going back', p.id)
from payments p left join refunds r on r.payment_id = p.id and r.kind = 'unexpected'
where p.refund_due and r.id is null and coalesce(p.received_minor, p.amount_minor) > 0`)
}

// sentBack lists all refunds of the provider, in the order they were made.
func (p *provider) sentBack() []refund {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]refund, len(p.refunds))
	for i, r := range p.refunds {
		list[i] = *r
	}
	return list
}

// checkBooks: the ledger proves itself, and what it says lies at the provider
// is what lies there.
func (s *schedule) checkBooks(ctx context.Context) error {
	report, err := books.Check(ctx, s.lab.look, nil)
	if err != nil {
		return err
	}
	for _, d := range report.Differences {
		s.report(errors.New("ledger: " + d.String()))
	}
	for till, has := range map[ledger.Till]map[money.Currency]int64{ledger.TillStripe: s.provider.takings(), ledger.TillPayme: s.taken()} {
		for _, cur := range []money.Currency{money.UZS, money.JPY, money.USD} {
			booked, err := ledger.New(s.lab.look).Balance(ctx, ledger.ClearingOf(till, cur))
			if err != nil {
				return err
			}
			if booked.Minor != has[cur] {
				s.report(fmt.Errorf("%d %s lie at %s, the books say %d", has[cur], cur, till, booked.Minor))
			}
		}
	}
	return nil
}

// taken is what the provider that calls us has of ours.
func (s *schedule) taken() map[money.Currency]int64 {
	sums := map[money.Currency]int64{}
	for _, c := range s.calls {
		if c.state == payments.TransactionPerformed {
			sums[c.begin.Amount.Currency] += c.begin.Amount.Minor
		}
	}
	return sums
}
