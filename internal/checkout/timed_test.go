package checkout_test

import (
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
)

const day = 24 * time.Hour

// paid is a delivered card order from the village, and its parcels.
func (s *shop) paid(wants ...want) (checkout.Placed, []orders.Parcel) {
	s.t.Helper()
	placed := s.place("uz", markets.Card, wants...)
	s.pay(placed.PayURL)
	s.work()
	parcels := s.send(placed.Token)
	s.arrive(parcels...)
	return placed, parcels
}

func (s *shop) released(want int) {
	s.t.Helper()
	if n, err := s.checkout.ReleaseEarnings(s.t.Context()); n != want || err != nil {
		s.t.Errorf("%d released, want %d; %v", n, want, err)
	}
}

// TestDeliveredOrdersComplete: by the clock alone for whoever reads, by a job
// for the books.
func TestDeliveredOrdersComplete(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, _ := s.paid(want{jam, 1})
	unpaid := s.place("uz", markets.COD, want{tea, 1})
	s.arrive(s.send(unpaid.Token)...)
	complete := func(want int) {
		t.Helper()
		if n, err := s.checkout.Complete(t.Context()); n != want || err != nil {
			t.Errorf("%d completed, want %d; %v", n, want, err)
		}
	}
	s.clock.pass(14*day - time.Second)
	s.is(placed.Token, orders.Delivered, orders.ParcelDelivered)
	complete(0)
	s.clock.pass(time.Second)
	s.is(placed.Token, orders.Completed, orders.ParcelDelivered)
	s.is(unpaid.Token, orders.Delivered, orders.ParcelDelivered)
	if got, _, err := s.orders.Desk(t.Context(), orders.Filter{Statuses: []orders.Status{orders.Completed}}, all); err != nil || len(got) != 1 || got[0].Status != orders.Completed {
		t.Errorf("%+v, %v", got, err)
	}
	if counts, err := s.orders.Counts(t.Context()); err != nil || len(counts) != 0 {
		t.Errorf("%v, %v", counts, err)
	}
	complete(1)
	complete(0)
	if stored := number[orders.Status](s, `select status from orders where id = $1`, placed.OrderID); stored != orders.Completed {
		t.Errorf("written down as %s", stored)
	}
	s.collect(checkout.ResultPaid, s.order(unpaid.Token).Parcels[0], ledger.CollectorCourier)
	s.is(unpaid.Token, orders.Completed, orders.ParcelDelivered)
	complete(1)
}

// TestOverdueOrdersReadAsExpired: wherever somebody looks, whether or not a
// worker has come by.
func TestOverdueOrdersReadAsExpired(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("uz", want{jam, 1}), "uz", markets.Bank)
	in.AccountID = 2
	placed, err := s.checkout.Place(t.Context(), in)
	s.ok(err)
	s.clock.pass(3*day + time.Second)
	o := s.order(placed.Token)
	if o.Status != orders.Expired || o.Parcels[0].Status != orders.ParcelCancelled || o.CanPay || o.CanCancel || o.BankDetails != "" {
		t.Errorf("her page: %+v", o)
	}
	if staff, err := s.checkout.ByID(t.Context(), placed.OrderID, i18n.EN); err != nil || staff.Status != orders.Expired {
		t.Errorf("the desk's page: %s, %v", staff.Status, err)
	}
	mine, _, err := s.orders.OfAccount(t.Context(), 2, all)
	if err != nil || len(mine) != 1 || mine[0].Status != orders.Expired {
		t.Errorf("her list: %+v, %v", mine, err)
	}
	if waiting, _, err := s.orders.Desk(t.Context(), orders.Filter{Statuses: []orders.Status{orders.Placed}}, all); err != nil || len(waiting) != 0 {
		t.Errorf("the desk's list: %+v, %v", waiting, err)
	}
	if care, err := s.orders.Care(t.Context()); err != nil || care.Transfers != 0 {
		t.Errorf("to look after: %+v, %v", care, err)
	}
	// A transfer that comes all the same finds the goods still there.
	if result, err := s.checkout.BankReceived(t.Context(), 2, placed.OrderID, o.Total()); result != checkout.ResultPaid || err != nil {
		t.Errorf("%s, %v", result, err)
	}
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.audited()
}

func TestEarningsAreReleasedInTime(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, parcels := s.paid(want{jam, 1}, want{felt, 1})
	// Jam: 45 000 soʻm less a tenth, and 25 000 for sending.
	const hers = 4_050_000 + 2_500_000
	s.stands(ledger.ReserveOf(1, money.UZS), -hers)
	s.released(0)
	s.clock.pass(7*day - time.Second)
	s.released(0)
	s.clock.pass(time.Second)
	s.released(2)
	s.released(0)
	s.stands(ledger.ReserveOf(1, money.UZS), 0)
	s.stands(ledger.PayableTo(1, money.UZS), -hers)
	s.audited()
	s.refused("is fixed", `update parcels set released_at = now() + interval '1 day' where id = $1`, parcels[0].ID)
	s.refused("is fixed", `update parcels set released_at = null where id = $1`, parcels[0].ID)
}

// TestEarningsWait while the buyer or her bank wants money back, and while the
// cash has not come.
func TestEarningsWait(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	asked, _ := s.paid(want{jam, 1})
	disputed, _ := s.paid(want{tea, 1})
	cash := s.place("uz", markets.COD, want{felt, 1})
	s.arrive(s.send(cash.Token)...)
	s.exec(`insert into refund_requests (order_id, reason, asked_at, lapses_at) values ($1, 'damaged', $2, $3)`,
		asked.OrderID, s.clock.Now(), s.clock.Now().Add(30*day))
	s.exec(`insert into disputes (payment_id, order_id, provider, provider_ref, amount_minor, currency, opened_at)
		select id, order_id, provider, 'dp_1', amount_minor, currency, now() from payments where order_id = $1`, disputed.OrderID)
	s.clock.pass(8 * day)
	s.released(0)
	s.exec(`update disputes set status = 'won', closed_at = now()`)
	s.released(1)
	s.collect(checkout.ResultPaid, s.order(cash.Token).Parcels[0], ledger.CollectorCourier)
	s.released(1)
	s.clock.pass(22 * day) // nobody answered, and nobody has written that down
	s.released(1)
	s.audited()
}

// TestHersInHerOwnCurrency: what sending costs is hers at the rate of her goods.
func TestHersInHerOwnCurrency(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.exec(`update shipping_methods set kind = 'parcel' where market = 'jp'`)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.pay(placed.PayURL)
	s.work()
	job, err := s.orders.Job(t.Context(), 1, s.order(placed.Token).Parcels[0].ID)
	s.ok(err)
	sending, err := job.ForSending()
	if err != nil || sending.Currency != money.UZS || sending.IsZero() {
		t.Errorf("for sending %v, %v", sending, err)
	}
	earned, err := job.Earned()
	s.ok(err)
	s.stands(ledger.ReserveOf(1, money.UZS), -earned.Minor)
	if _, known, err := job.Share(); known || err != nil {
		t.Errorf("a share in two currencies: %v, %v", known, err)
	}
	if _, err := s.checkout.CashCollectedByProducer(t.Context(), 1, 1, job.ParcelID); errs.KindOf(err) != errs.Invalid {
		t.Errorf("cash for what was paid by card: %v", err)
	}
	s.audited()
}
