package checkout_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/stripe/standin"
)

// afterHold is when an order of the jp market is overdue.
const afterHold = 34 * time.Minute

func (s *shop) expire(want int) {
	s.t.Helper()
	if n, err := s.checkout.Expire(s.t.Context()); n != want || err != nil {
		s.t.Errorf("%d orders expired, want %d; %v", n, want, err)
	}
}

func TestUnpaidOrdersExpireOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 2}, want{felt, 1})
	cod := s.place("uz", markets.COD, want{tea, 1})
	s.expire(0)
	s.clock.pass(afterHold)
	s.expire(1)
	s.expire(0)
	s.is(placed.Token, orders.Expired, orders.ParcelCancelled)
	s.is(cod.Token, orders.Placed, orders.ParcelToPack)
	if s.stock(jam) != 10 || s.stock(felt) != 10 || s.stock(tea) != 9 {
		t.Error("stock was not given back once")
	}
	o := s.order(placed.Token)
	if o.Payments[0].Status != payments.Expired || o.CanPay || o.CanCancel {
		t.Errorf("%+v", o)
	}
	if _, err := s.checkout.Pay(t.Context(), placed.Token); !errors.Is(err, checkout.ErrOver) {
		t.Errorf("paying now: %v", err)
	}
	if err := s.standin.Pay(session(placed.PayURL), standin.CardGood); !errors.Is(err, standin.ErrNotOpen) {
		t.Errorf("paying at the provider now: %v", err)
	}
	if err := s.checkout.CancelByBuyer(t.Context(), placed.Token); !errors.Is(err, checkout.ErrOver) {
		t.Errorf("cancelling now: %v", err)
	}
}

// TestPaidMeanwhile: the message is late, but whoever expires the order asks
// first and finds it paid.
func TestPaidMeanwhile(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 2})
	s.standin.Hold()
	s.pay(placed.PayURL)
	s.clock.pass(afterHold)
	s.expire(0)
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.standin.Release()
	s.work()
	s.once(placed.OrderID)
	if s.stock(jam) != 8 {
		t.Errorf("stock %d", s.stock(jam))
	}
}

// late makes an order that expired, because the provider was not to be reached
// when it should, and was paid before that.
func (s *shop) late() checkout.Placed {
	s.t.Helper()
	placed := s.place("jp", markets.Card, want{jam, 2})
	s.standin.Hold()
	s.pay(placed.PayURL)
	s.clock.pass(afterHold + 15*time.Minute)
	s.standin.FailNext(standin.LostRequest)
	s.expire(1)
	s.is(placed.Token, orders.Expired, orders.ParcelCancelled)
	return placed
}

func TestPaidAfterExpiryWithGoodsThere(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.late()
	s.standin.Release()
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
	if s.stock(jam) != 8 || s.order(placed.Token).RefundDue {
		t.Errorf("stock %d", s.stock(jam))
	}
}

func TestPaidAfterExpiryWithGoodsGone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.late()
	s.setStock(jam, 1)
	s.standin.Release()
	s.work()
	for _, e := range s.standin.Notices() {
		s.standin.Redeliver(e.ID)
	}
	s.work()
	s.is(placed.Token, orders.Expired, orders.ParcelCancelled)
	o := s.order(placed.Token)
	if !o.Payments[0].RefundDue || o.Payments[0].Status != payments.Succeeded || s.stock(jam) != 1 || o.Number != nil {
		t.Errorf("stock %d, %+v", s.stock(jam), o)
	}
	// The money went back by itself.
	if n := number[int](s, `select count(*) from refunds where status = 'sent' and kind = 'unexpected'`); n != 1 || o.RefundDue {
		t.Errorf("%d refunds sent, still due: %v", n, o.RefundDue)
	}
	s.audited()
	if got, want := s.letters(), "expired to buyer in ja, refunded to buyer in ja, refund_due to staff in en"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
	if n := number[int](s, `select count(*) from refunds where kind = 'unexpected'`); n != 1 {
		t.Errorf("%d refunds of it", n)
	}
}

// TestProviderAwayMeansWait: an order just overdue is not given up while the
// provider cannot say whether it was paid.
func TestProviderAwayMeansWait(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 2})
	s.clock.pass(afterHold)
	s.standin.FailNext(standin.LostRequest)
	if n, err := s.checkout.Expire(t.Context()); n != 0 || errs.KindOf(err) != errs.Unavailable {
		t.Errorf("%d, %v", n, err)
	}
	// It reads as over, and yet money that came in time still finds its goods.
	s.is(placed.Token, orders.Expired, orders.ParcelCancelled)
	if stored := number[orders.Status](s, `select status from orders`); stored != orders.Placed || s.stock(jam) != 8 {
		t.Errorf("written down as %s, stock %d", stored, s.stock(jam))
	}
	s.expire(1)
}

// TestOverdueHoldsDoNotBlockBuyers: with no worker running, the last goods of
// an overdue order go to whoever wants them now.
func TestOverdueHoldsDoNotBlockBuyers(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	unpaid := s.place("jp", markets.Card, want{jam, 10})
	if _, err := s.cart.Add(t.Context(), "", "uz", jam, 1); err == nil {
		t.Error("held goods were offered")
	}
	shown := func(want int) {
		t.Helper()
		p, err := s.checkout.Catalog.ProductByID(t.Context(), "uz", i18n.EN, 1)
		s.ok(err)
		if i := slices.IndexFunc(p.Variants, func(v catalog.PricedVariant) bool { return v.ID == jam }); p.Variants[i].Stock != want {
			t.Errorf("the page shows %d, want %d", p.Variants[i].Stock, want)
		}
	}
	shown(0)
	s.clock.pass(afterHold)
	shown(10)
	placed := s.place("uz", markets.COD, want{jam, 4})
	s.is(unpaid.Token, orders.Expired, orders.ParcelCancelled)
	s.is(placed.Token, orders.Placed, orders.ParcelToPack)
	if s.stock(jam) != 6 {
		t.Errorf("stock %d", s.stock(jam))
	}
	shown(6)
}

// TestExpireAgainstPay: an overdue order is expired, confirmed and asked to be
// paid by many at once; in the end the goods are either sold or free.
func TestExpireAgainstPay(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for round := range 6 {
		placed := s.place("jp", markets.Card, want{jam, 1})
		before := s.stock(jam)
		if round%2 == 0 {
			s.pay(placed.PayURL)
		}
		s.clock.pass(afterHold)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { _, _ = s.checkout.Expire(t.Context()) })
			wg.Go(func() {
				_, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, session(placed.PayURL))
				if err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() { _, _ = s.checkout.Pay(t.Context(), placed.Token) })
			wg.Go(func() { _ = s.checkout.CancelByBuyer(t.Context(), placed.Token) })
		}
		wg.Wait()
		s.work()
		o := s.order(placed.Token)
		switch {
		case round%2 == 0 && (o.Status != orders.Paid || s.stock(jam) != before):
			t.Errorf("paid in time, yet %s, stock %d after %d", o.Status, s.stock(jam), before)
		case round%2 == 1 && (o.Status == orders.Paid || s.stock(jam) != before+1):
			t.Errorf("never paid, yet %s, stock %d after %d", o.Status, s.stock(jam), before)
		}
		if round%2 == 0 {
			s.once(placed.OrderID)
		}
	}
}

func TestBuyerCancels(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	card := s.place("jp", markets.Card, want{jam, 1})
	for range 2 {
		if err := s.checkout.CancelByBuyer(t.Context(), card.Token); err != nil {
			t.Fatal(err)
		}
	}
	s.is(card.Token, orders.Cancelled, orders.ParcelCancelled)
	if err := s.standin.Pay(session(card.PayURL), standin.CardGood); !errors.Is(err, standin.ErrNotOpen) {
		t.Errorf("a cancelled order can be paid: %v", err)
	}
	cod := s.place("uz", markets.COD, want{jam, 1}, want{felt, 1})
	if err := s.checkout.CancelByBuyer(t.Context(), cod.Token); err != nil {
		t.Fatal(err)
	}
	s.is(cod.Token, orders.Cancelled, orders.ParcelCancelled)
	if s.stock(jam) != 10 || s.stock(felt) != 10 {
		t.Error("stock was not given back")
	}
	s.work()
	if got, want := s.letters(), "cancelled to buyer in ja"; got[:len(want)] != want {
		t.Errorf("wrote %q", got)
	}
}

func TestWhatCannotBeCancelled(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	paid := s.place("jp", markets.Card, want{jam, 1})
	s.standin.Hold()
	s.pay(paid.PayURL)
	if err := s.checkout.CancelByBuyer(t.Context(), paid.Token); !errors.Is(err, checkout.ErrPaid) {
		t.Errorf("paid a moment ago: %v", err)
	}
	s.is(paid.Token, orders.Paid, orders.ParcelToPack)
	packed := s.place("uz", markets.COD, want{jam, 1})
	p := s.order(packed.Token).Parcels[0]
	if err := s.orders.MarkPacked(t.Context(), p.ProducerID, 1, p.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.checkout.CancelByBuyer(t.Context(), packed.Token); !errors.Is(err, checkout.ErrPacked) {
		t.Errorf("packed: %v", err)
	}
	other := s.place("jp", markets.Card, want{jam, 1})
	s.standin.FailNext(standin.LostRequest)
	if err := s.checkout.CancelByBuyer(t.Context(), other.Token); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("provider away: %v", err)
	}
	s.is(other.Token, orders.Placed, orders.ParcelWaiting)
}

// TestStaffsWordsStayWords: what somebody writes is never taken for a fact.
func TestStaffsWordsStayWords(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for _, words := range []string{"buyer", "refused at the door", "by_buyer"} {
		placed := s.place("uz", markets.Bank, want{jam, 1})
		s.ok(s.checkout.CancelByStaff(t.Context(), 2, placed.OrderID, words))
		o := s.order(placed.Token)
		if last := o.Events[len(o.Events)-1]; o.WhyCancelled(i18n.For(i18n.EN)) != words {
			t.Errorf("%q reads %q, %+v", words, o.WhyCancelled(i18n.For(i18n.EN)), last)
		}
		for _, e := range o.Events {
			if e.Fact != nil {
				t.Errorf("%q became the fact %+v", words, e.Fact)
			}
		}
	}
	placed := s.place("uz", markets.Bank, want{jam, 1})
	s.ok(s.checkout.CancelByBuyer(t.Context(), placed.Token))
	if o := s.order(placed.Token); o.CancelledAs != orders.FactByBuyer || o.CancelReason != "" {
		t.Errorf("her own: %q, %q", o.CancelledAs, o.CancelReason)
	}
}

func TestStaffCancelWithAReason(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.Bank, want{jam, 1})
	if err := s.checkout.CancelByStaff(t.Context(), 2, placed.OrderID, "asked by telephone"); err != nil {
		t.Fatal(err)
	}
	if o := s.order(placed.Token); o.Status != orders.Cancelled || o.CancelReason != "asked by telephone" {
		t.Errorf("%+v", o.Order)
	}
	if n := number[int](s, `select count(*) from audit_events where action = 'order.cancelled' and account_id = 2`); n != 1 {
		t.Errorf("%d lines in the audit trail", n)
	}
}

// TestSecondPaymentGoesBack: two attempts of one order are both paid.
func TestSecondPaymentGoesBack(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.Card, want{jam, 1})
	s.exec(`update payments set status = 'failed'`) // so that another is opened beside one that can still be paid
	again, err := s.checkout.Pay(t.Context(), placed.Token)
	if err != nil || again == placed.PayURL {
		t.Fatalf("%q, %v", again, err)
	}
	s.pay(again)
	s.pay(placed.PayURL)
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
	if n := number[int](s, `select count(*) from payments where refund_due`); n != 1 {
		t.Errorf("%d payments go back", n)
	}
}

// TestReconcileEndsWhatIsNotWanted: an attempt left open when its order was
// paid otherwise is ended at the provider.
func TestReconcileEndsWhatIsNotWanted(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.Card, want{jam, 1})
	s.exec(`update orders set status = 'cancelled'`)
	s.clock.pass(3 * time.Minute)
	if err := s.checkout.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.standin.Pay(session(placed.PayURL), standin.CardGood); !errors.Is(err, standin.ErrNotOpen) {
		t.Errorf("still open: %v", err)
	}
	if o := s.order(placed.Token); o.Payments[0].Status != payments.Cancelled {
		t.Errorf("%+v", o.Payments)
	}
}

// TestALateAnswerIsAskedFor: an order given up while its provider was away goes
// on being asked about, so that money that had come is found without a message.
func TestALateAnswerIsAskedFor(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.late()
	if o := s.order(placed.Token); o.Payments[0].Status != payments.Open || o.CanPay {
		t.Errorf("the provider has not said how it ended: %+v", o.Payments)
	}
	s.setStock(jam, 1) // the goods went to somebody else
	if err := s.checkout.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.is(placed.Token, orders.Expired, orders.ParcelCancelled)
	if o := s.order(placed.Token); !o.RefundDue || o.Payments[0].Status != payments.Succeeded {
		t.Errorf("the money goes back: %+v", o.Payments)
	}
}

// TestAskingEnds: a provider that answers and never says how an attempt ended
// is not asked for ever.
func TestAskingEnds(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.late()
	s.checkout.Gateways = payments.NewGateways(&fakeGateway{err: errs.E(errs.NotFound, "no such session")})
	for _, wait := range []time.Duration{time.Hour, 60 * time.Hour} {
		s.clock.pass(wait)
		_ = s.checkout.Reconcile(t.Context())
		if o := s.order(placed.Token); o.Payments[0].Status != payments.Open {
			t.Errorf("given up: %+v", o.Payments)
		}
	}
	s.clock.pass(24 * time.Hour)
	if err := s.checkout.Reconcile(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
	if o := s.order(placed.Token); o.Payments[0].Status != payments.Expired {
		t.Errorf("still asked about: %+v", o.Payments)
	}
}
