package checkout_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/checkout"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payments"
)

// charge is a movement of a provider's balance as it was written down.
type charge struct {
	Kind        payments.ChargeKind
	AmountMinor int64
	FeeMinor    int64
	Currency    money.Currency
	Rate        money.Rate
	SourceMinor *int64
}

func (s *shop) charges(paymentID int64) []charge {
	s.t.Helper()
	rows, err := s.pool.Query(s.t.Context(),
		`select kind, amount_minor, fee_minor, currency, rate, source_minor from provider_charges where payment_id = $1 order by at, id`, paymentID)
	s.ok(err)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[charge])
	s.ok(err)
	return list
}

// inTill fails the test unless the books have in a provider's till what the
// movements of its balance add up to.
func (s *shop) inTill(cur money.Currency) {
	s.t.Helper()
	s.stands(ledger.ClearingOf(ledger.TillStripe, cur), number[int64](s,
		`select coalesce(sum(amount_minor - fee_minor), 0) from provider_charges where currency = $1`, cur))
}

// TestFeesComeLater: asked for until they are known, booked once.
func TestFeesComeLater(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.HoldFees()
	_, o := s.bought("uz", want{jam, 2})
	payment := o.Payments[0].ID
	s.ok(s.checkout.Follow(t.Context()))
	if n := len(s.charges(payment)); n != 0 {
		t.Errorf("%d movements before they are worked out", n)
	}
	s.standin.ReleaseFees()
	s.work()
	s.ok(s.checkout.Follow(t.Context()))
	if got, err := s.checkout.ReadFees(t.Context(), payment); got != checkout.ResultAlready || err != nil {
		t.Errorf("read once more: %s, %v", got, err)
	}
	list := s.charges(payment)
	if len(list) != 1 || money.New(list[0].AmountMinor, list[0].Currency) != o.Total() || list[0].FeeMinor <= 0 || list[0].SourceMinor != nil {
		t.Errorf("%+v", list)
	}
	s.stands(ledger.Of(ledger.Fees, money.UZS), list[0].FeeMinor)
	s.inTill(money.UZS)
}

// TestYenSettledInDollars: what is in the provider's balance is dollars, and
// so it is in the books; of the yen nothing is left there, whatever goes back.
func TestYenSettledInDollars(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.ok(s.standin.SettleIn("jpy", "usd", "0.006412"))
	placed, o := s.bought("jp", want{jam, 3}, want{felt, 1})
	s.decide(s.pieces(o, want{jam, 1}))
	s.work()
	s.ok(s.checkout.Follow(t.Context()))
	if list := s.charges(o.Payments[0].ID); len(list) != 2 || list[1].Kind != payments.ChargeRefund || *list[1].SourceMinor != -900 || list[1].Rate.String() != "0.006412" {
		t.Errorf("%+v", list)
	}
	s.stands(ledger.ClearingOf(ledger.TillStripe, money.JPY), 0)
	s.inTill(money.USD)
	ref, err := s.standin.OpenDispute(session(placed.PayURL), "general")
	s.ok(err)
	s.work()
	s.ok(s.standin.CloseDispute(ref, true))
	s.work()
	s.ok(s.checkout.Follow(t.Context()))
	if n := len(s.charges(o.Payments[0].ID)); n != 4 {
		t.Errorf("%d movements", n)
	}
	s.stands(ledger.ClearingOf(ledger.TillStripe, money.JPY), 0)
	s.inTill(money.USD)
	s.audited()
	if n := number[int](s, `select count(*) from ledger_transactions where rule = 'provider_exchange'`); n != 4 {
		t.Errorf("%d exchanges", n)
	}
}

// TestOnlyWhatMovedIsAskedAbout: a payment whose movements are all known costs
// the provider no question.
func TestOnlyWhatMovedIsAskedAbout(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 2})
	in := payments.New(s.pool, s.queue, s.clock.Now)
	due := func(want int) {
		t.Helper()
		ids, err := in.Uncharged(t.Context(), []payments.Provider{payments.ProviderStripe}, s.clock.Now().Add(-day), 0, 10)
		if err != nil || len(ids) != want {
			t.Errorf("%v to ask about, want %d; %v", ids, want, err)
		}
	}
	s.ok(s.checkout.Follow(t.Context()))
	due(0)
	s.standin.SlowRefunds(true)
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.ok(s.checkout.SendRefund(t.Context(), r.ID))
	s.ok(s.standin.FinishRefund(s.refundOf(r.ID).Ref()))
	s.ok(s.checkout.SendRefund(t.Context(), r.ID))
	due(1)
	s.ok(s.checkout.Follow(t.Context()))
	due(0)
	s.clock.pass(2 * day)
	due(0)
	_ = placed
}
