package checkout_test

import (
	"errors"
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/stripe/standin"
)

func TestCardIsPaidAndPacked(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	if o := s.order(placed.Token); o.Number != nil || o.Status != orders.Placed {
		t.Errorf("not paid yet: %+v", o.Order)
	}
	s.pay(placed.PayURL)
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	o := s.order(placed.Token)
	if o.Number == nil || o.PaidAt == nil || o.CanPay || o.CanCancel {
		t.Errorf("paid: %+v", o)
	}
	s.once(placed.OrderID)
	if got, want := s.letters(), "confirmed to buyer in ja, confirmed to producer in kaa"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
	if n := number[int](s, `select count(*) from webhook_events where handled_at is null`); n != 0 {
		t.Errorf("%d messages unhandled", n)
	}
}

// TestReturnBeforeWebhook: the page she comes back to only reads, so that it
// matters to nothing whether it is looked at before or after the message.
func TestReturnBeforeWebhook(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.standin.Hold()
	s.pay(placed.PayURL)
	s.is(placed.Token, orders.Placed, orders.ParcelWaiting)
	s.standin.Release()
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
}

func TestReplaysAndReorderingsChangeNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	one := s.place("jp", markets.Card, want{jam, 1})
	two := s.place("jp", markets.Card, want{tea, 1})
	s.standin.Hold()
	if err := s.standin.Pay(session(one.PayURL), standin.CardDeclined); !errors.Is(err, standin.ErrDeclined) {
		t.Fatal(err)
	}
	s.pay(one.PayURL)
	s.pay(two.PayURL)
	s.standin.Reorder(rand.New(rand.NewSource(7)).Perm)
	s.standin.TamperNext(standin.Tamper{Copies: 4}, standin.Tamper{Copies: 2})
	s.standin.Release()
	s.work()
	for range 3 {
		for _, e := range s.standin.Notices() {
			s.standin.Redeliver(e.ID)
		}
		s.work()
	}
	for _, placed := range []checkout.Placed{one, two} {
		s.is(placed.Token, orders.Paid, orders.ParcelToPack)
		s.once(placed.OrderID)
	}
	if n, events := number[int](s, `select count(*) from webhook_events`), len(s.standin.Notices()); n != events {
		t.Errorf("%d messages kept of %d", n, events)
	}
	if s.stock(jam) != 9 || s.stock(tea) != 9 {
		t.Error("stock moved")
	}
	if n := strings.Count(s.letters(), "confirmed to buyer"); n != 2 {
		t.Errorf("%d confirmations written", n)
	}
}

func TestConcurrentConfirmations(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.pay(placed.PayURL)
	results := make(chan checkout.Result, 16)
	var wg sync.WaitGroup
	for range cap(results) {
		wg.Go(func() {
			result, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, session(placed.PayURL))
			if err != nil {
				t.Error(err)
			}
			results <- result
		})
	}
	wg.Wait()
	close(results)
	paid := 0
	for r := range results {
		if r == checkout.ResultPaid {
			paid++
		} else if r != checkout.ResultAlready {
			t.Errorf("result %s", r)
		}
	}
	if paid != 1 {
		t.Errorf("paid %d times", paid)
	}
	s.work()
	s.once(placed.OrderID)
}

func TestDeclinedThenPaid(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	if err := s.standin.Pay(session(placed.PayURL), standin.CardNoFunds); !errors.Is(err, standin.ErrDeclined) {
		t.Fatal(err)
	}
	s.work()
	if _, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, session(placed.PayURL)); err != nil {
		t.Fatal(err)
	}
	if o := s.order(placed.Token); o.Failure != "errors.payment.insufficient_funds" || !o.CanPay || o.Status != orders.Placed {
		t.Errorf("declined: %q, %s", o.Failure, o.Status)
	}
	again, err := s.checkout.Pay(t.Context(), placed.Token)
	if err != nil || again != placed.PayURL {
		t.Fatalf("she goes back to %q, %v", again, err)
	}
	s.pay(again)
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	if o := s.order(placed.Token); o.Failure != "" {
		t.Errorf("paid, yet %q", o.Failure)
	}
}

// TestTimeOutAfterSuccess: Stripe did the work but its answer was lost. The
// order stands, and asking again is the same attempt.
func TestTimeOutAfterSuccess(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.FailNext(standin.LostAnswer)
	placed, err := s.checkout.Place(t.Context(), s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card))
	if err != nil || placed.Token == "" || placed.PayURL != "" || errs.KindOf(placed.PayError) != errs.Unavailable {
		t.Fatalf("%+v, %v", placed, err)
	}
	if o := s.order(placed.Token); !o.CanPay || s.stock(jam) != 9 {
		t.Errorf("the order should be payable: %+v", o.Order)
	}
	url, err := s.checkout.Pay(t.Context(), placed.Token)
	if err != nil {
		t.Fatal(err)
	}
	s.pay(url)
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	if n := number[int](s, `select count(*) from payments`); n != 1 {
		t.Errorf("%d attempts", n)
	}
}

// TestPaidThoughTheAnswerWasLost: the message alone leads back to the attempt,
// whose reference we had never learnt.
func TestPaidThoughTheAnswerWasLost(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.FailNext(standin.LostAnswer)
	placed, err := s.checkout.Place(t.Context(), s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card))
	if err != nil {
		t.Fatal(err)
	}
	sessions := s.sessions()
	if len(sessions) != 1 {
		t.Fatalf("%d sessions", len(sessions))
	}
	if err := s.standin.Pay(sessions[0], standin.CardGood); err != nil {
		t.Fatal(err)
	}
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
}

// TestStickyServerError: a provider remembers its own failure under our key,
// so that the key is given up in the end.
func TestStickyServerError(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.standin.FailNext(standin.ServerError)
	placed, err := s.checkout.Place(t.Context(), s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card))
	if err != nil || errs.KindOf(placed.PayError) != errs.Unavailable {
		t.Fatalf("%+v, %v", placed, err)
	}
	if _, err := s.checkout.Pay(t.Context(), placed.Token); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("the failure should stick to the key: %v", err)
	}
	s.clock.pass(3 * time.Minute)
	url, err := s.checkout.Pay(t.Context(), placed.Token)
	if err != nil {
		t.Fatal(err)
	}
	s.pay(url)
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
}

// TestAnotherAttemptKeepsTheGoods: when the attempt has ended at the provider
// the buyer gets another, and the goods for as long as it lasts.
func TestAnotherAttemptKeepsTheGoods(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.clock.pass(32 * time.Minute) // the attempt is over, the order nearly
	url, err := s.checkout.Pay(t.Context(), placed.Token)
	if err != nil || url == placed.PayURL {
		t.Fatalf("got %q, %v", url, err)
	}
	s.clock.pass(20 * time.Minute)
	if n, err := s.checkout.Expire(t.Context()); n != 0 || err != nil {
		t.Errorf("%d orders expired, %v", n, err)
	}
	s.pay(url)
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
}

func TestAnotherSumIsNotTaken(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	gateway := &fakeGateway{outcome: payments.Outcome{Status: payments.StatusSucceeded, Amount: money.New(1, money.JPY)}}
	s.checkout.Gateways = payments.NewGateways(gateway)
	for _, want := range []checkout.Result{checkout.ResultRefundDue, checkout.ResultAlready} {
		result, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, session(placed.PayURL))
		if result != want || err != nil {
			t.Errorf("a yen for %v: %s, %v", s.order(placed.Token).Total(), result, err)
		}
	}
	s.is(placed.Token, orders.Placed, orders.ParcelWaiting)
	o := s.order(placed.Token)
	if p := o.Payments[0]; p.Status != payments.Failed || !p.RefundDue || p.Received() != money.New(1, money.JPY) || p.Amount() != o.Total() || o.Failure == "" {
		t.Errorf("%+v", p)
	}
	if n := number[int](s, `select count(*) from refunds where kind = 'unexpected'`); n != 1 {
		t.Errorf("%d refunds of it", n)
	}
	if err := jobs.Drain(t.Context(), s.pool, s.workers()); err != nil {
		t.Fatal(err)
	}
	if got := s.letters(); got != "refunded to buyer in ja, refund_due to staff in en" || s.written[1].Refund.Received() != money.New(1, money.JPY) {
		t.Errorf("wrote %q", got)
	}
	// The order goes on as if nothing had come: it expires, or is paid as it should be.
	s.checkout.Gateways = payments.NewGateways(s.stripe)
	url, err := s.checkout.Pay(t.Context(), placed.Token)
	if err != nil || url == placed.PayURL {
		t.Fatalf("%q, %v", url, err)
	}
	s.pay(url)
	s.work()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
}

func TestAnotherSumDoesNotKeepAnOrder(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.checkout.Gateways = payments.NewGateways(&fakeGateway{
		outcome: payments.Outcome{Status: payments.StatusSucceeded, Amount: money.New(s.order(placed.Token).TotalMinor, money.USD)},
		err:     nil,
	})
	if result, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, session(placed.PayURL)); result != checkout.ResultRefundDue || err != nil {
		t.Errorf("dollars for yen: %s, %v", result, err)
	}
	s.clock.pass(afterHold)
	s.expire(1)
	s.is(placed.Token, orders.Expired, orders.ParcelCancelled)
	if o := s.order(placed.Token); !o.RefundDue || s.stock(jam) != 10 {
		t.Errorf("%+v, stock %d", o, s.stock(jam))
	}
}

// TestSomebodyElsesSession: an attempt of another shop on the same account,
// with a number that we have too.
func TestSomebodyElsesSession(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	o := s.order(placed.Token)
	gateway := &fakeGateway{outcome: payments.Outcome{
		Status: payments.StatusSucceeded, Amount: o.Total(), PaymentID: 1, Reference: o.Reference,
	}}
	s.checkout.Gateways = payments.NewGateways(gateway)
	result, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, "cs_of_another_shop")
	if err != nil || result != checkout.ResultUnknown {
		t.Errorf("an attempt that has a name: %s, %v", result, err)
	}
	s.exec(`update payments set provider_ref = null, redirect_url = ''`) // the answer to our call was lost
	for _, reference := range []string{"", "AAAA-AAAA"} {
		gateway.outcome.Reference = reference
		result, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, "cs_of_another_shop")
		if err != nil || result != checkout.ResultUnknown {
			t.Errorf("an order called %q: %s, %v", reference, result, err)
		}
	}
	s.is(placed.Token, orders.Placed, orders.ParcelWaiting)
	gateway.outcome.Reference = o.Reference
	if result, err := s.checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, "cs_ours"); err != nil || result != checkout.ResultPaid {
		t.Errorf("ours: %s, %v", result, err)
	}
}

func TestWrongSignatureAndVersion(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.standin.TamperNext(
		standin.Tamper{WrongSignature: true}, standin.Tamper{APIVersion: "2026-07-29.dahlia"},
	)
	s.pay(placed.PayURL)
	if err := s.standin.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, d := range s.standin.Deliveries() {
		if d.Status != 400 {
			t.Errorf("%s was answered %d", d.Type, d.Status)
		}
	}
	if n := number[int](s, `select count(*) from webhook_events`); n != 0 {
		t.Errorf("%d messages kept", n)
	}
	// No message ever comes through; we ask, and find the money.
	s.clock.pass(3 * time.Minute)
	if err := s.checkout.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
}

func TestBankTransfer(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.Bank, want{jam, 1})
	o := s.order(placed.Token)
	if o.BankDetails != "IBAN 1" || o.Reference == "" || o.Number != nil || o.CanPay || !o.CanCancel {
		t.Errorf("%+v", o)
	}
	var results []checkout.Result
	for range 2 {
		result, err := s.checkout.BankReceived(t.Context(), 2, o.ID, o.Total())
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, result)
	}
	if results[0] != checkout.ResultPaid || results[1] != checkout.ResultAlready {
		t.Errorf("results %v", results)
	}
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
	if n := number[int](s, `select count(*) from audit_events where action = 'order.bank_received' and account_id = 2`); n != 1 {
		t.Errorf("%d lines in the audit trail", n)
	}
	s.work()
	if got, want := s.letters(), "placed to buyer in en, confirmed to buyer in en, confirmed to producer in kaa"; got != want {
		t.Errorf("wrote %q", got)
	}
	cod := s.place("uz", markets.COD, want{jam, 1})
	if _, err := s.checkout.BankReceived(t.Context(), 2, cod.OrderID, s.order(cod.Token).Total()); errs.KindOf(err) != errs.Invalid {
		t.Errorf("no transfer was asked for: %v", err)
	}
}

// TestSettleJobIsDoneWithAnotherSum: it is for people, not for trying again.
func TestSettleJobIsDoneWithAnotherSum(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("jp", markets.Card, want{jam, 1})
	s.pay(placed.PayURL)
	if err := s.standin.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.checkout.Gateways = payments.NewGateways(&fakeGateway{outcome: payments.Outcome{Status: payments.StatusSucceeded, Amount: money.New(1, money.JPY)}})
	s.work()
	if n := number[int](s, `select count(*) from webhook_events where outcome in ('refund_due', 'already')`); n == 0 || n != number[int](s, `select count(*) from webhook_events`) {
		t.Errorf("%d messages acted on", n)
	}
}
