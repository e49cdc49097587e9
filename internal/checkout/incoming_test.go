package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	paymestandin "awil/internal/platform/payme/standin"
	"awil/internal/platform/paystand"
)

// beginning is a transaction for all an order comes to.
func (s *localShop) beginning(ref string, placed checkout.Placed) payments.Beginning {
	s.t.Helper()
	o := s.order(placed.Token)
	return payments.Beginning{Ref: ref, Reference: o.Reference, Amount: o.Total(), ProviderTime: s.clock.Now(),
		ExpiresAt: s.clock.Now().Add(12 * time.Hour)}
}

func (s *localShop) begin(ref string, placed checkout.Placed) payments.Transaction {
	s.t.Helper()
	t, err := s.checkout.Begin(s.t.Context(), payments.ProviderPayme, s.beginning(ref, placed))
	s.ok(err)
	return t
}

// atOnce does several things at the same time and returns their errors.
func atOnce(all ...func() error) []error {
	failed := make([]error, len(all))
	var work sync.WaitGroup
	start := make(chan struct{})
	for i, f := range all {
		work.Go(func() {
			<-start
			failed[i] = f()
		})
	}
	close(start)
	work.Wait()
	return failed
}

// TestTheStandInsPay: an order is paid once, whatever the line between the
// provider and us does.
func TestTheStandInsPay(t *testing.T) {
	t.Parallel()
	lost, unheard, twice := paystand.Fault{Drop: true}, paystand.Fault{LoseAnswer: true}, paystand.Fault{Copies: 2}
	none := paystand.Fault{}
	for name, faults := range map[string][]paystand.Fault{
		"quiet": nil, "every call lost once": {lost, none, lost, none, lost},
		"every answer lost once": {unheard, none, unheard, none, unheard}, "every call three times": {twice, twice, twice},
		"the last answer never comes": {none, none, unheard, unheard, unheard, unheard},
	} {
		for provider, method := range map[string]markets.Method{"payme": markets.Payme, "click": markets.Click} {
			t.Run(provider+", "+name, func(t *testing.T) {
				t.Parallel()
				s := newLocalShop(t)
				placed := s.place("uz", method, want{jam, 2})
				pay, disturb := s.payme.Pay, s.payme.Disturb
				if method == markets.Click {
					pay, disturb = s.click.Pay, s.click.Disturb
				}
				disturb(faults...)
				if _, err := pay(t.Context(), placed.PayURL); err != nil && !errors.Is(err, paystand.ErrNoAnswer) {
					t.Fatal(err)
				}
				s.work()
				s.settled(placed)
				if s.stock(jam) != 8 {
					t.Errorf("%d in stock", s.stock(jam))
				}
			})
		}
	}
}

// TestADeclinedCardIsTold: the order's page says that nothing was paid, and the
// same link serves for the next card.
func TestADeclinedCardIsTold(t *testing.T) {
	t.Parallel()
	for _, method := range []markets.Method{markets.Payme, markets.Click} {
		s := newLocalShop(t)
		placed := s.place("uz", method, want{jam, 1})
		decline, pay := s.payme.Decline, s.payme.Pay
		if method == markets.Click {
			decline, pay = s.click.Decline, s.click.Pay
		}
		_, err := decline(t.Context(), placed.PayURL)
		s.ok(err)
		if o := s.order(placed.Token); o.Failure != payments.FailureUnfinished || o.BeingPaid || !o.CanPay {
			t.Errorf("%s: failure %q, being paid %v, can pay %v", method, o.Failure, o.BeingPaid, o.CanPay)
		}
		again, err := s.checkout.Pay(t.Context(), placed.Token)
		if s.ok(err); again != placed.PayURL {
			t.Errorf("the link was %s, is %s", placed.PayURL, again)
		}
		_, err = pay(t.Context(), again)
		s.ok(err)
		s.settled(placed)
	}
}

// TestOneTransactionAtATime: of several that begin at once, for one order, one
// does.
func TestOneTransactionAtATime(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	for round := range 5 {
		placed := s.place("uz", markets.Payme, want{tea, 1})
		var begin []func() error
		for i := range 4 {
			b := s.beginning(fmt.Sprintf("round-%d-%d", round, i), placed)
			begin = append(begin, func() error {
				_, err := s.checkout.Begin(t.Context(), payments.ProviderPayme, b)
				return err
			})
		}
		begun := 0
		for _, err := range atOnce(begin...) {
			if err == nil {
				begun++
			} else if !errors.Is(err, payments.ErrOrderBusy) {
				t.Error(err)
			}
		}
		if n := number[int](s.shop, `select count(*) from provider_transactions where order_id = $1`, placed.OrderID); begun != 1 || n != 1 {
			t.Errorf("%d begun, %d written", begun, n)
		}
		s.ok(s.checkoutDrop(placed))
		s.ok(s.checkout.CancelByBuyer(t.Context(), placed.Token))
	}
}

// checkoutDrop cancels whatever pays an order.
func (s *localShop) checkoutDrop(placed checkout.Placed) error {
	ref := number[string](s.shop, `select ref from provider_transactions where order_id = $1 and state = 'created'`, placed.OrderID)
	_, err := s.checkout.Drop(s.t.Context(), payments.ProviderPayme, ref, 3)
	return err
}

// TestTheSameTransactionAtOnce: one that is begun several times at once is one,
// and performed several times at once it is paid once.
func TestTheSameTransactionAtOnce(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed := s.place("uz", markets.Payme, want{jam, 1})
	b := s.beginning("one", placed)
	seen := make([]payments.Transaction, 4)
	var begin, perform []func() error
	for i := range seen {
		begin = append(begin, func() (err error) {
			seen[i], err = s.checkout.Begin(t.Context(), payments.ProviderPayme, b)
			return err
		})
		perform = append(perform, func() (err error) {
			seen[i], err = s.checkout.Perform(t.Context(), payments.ProviderPayme, "one")
			return err
		})
	}
	for _, calls := range [][]func() error{begin, perform} {
		for i, err := range atOnce(calls...) {
			if err != nil || seen[i].ID != seen[0].ID || seen[i].State != seen[0].State || !seen[i].CreatedAt.Equal(seen[0].CreatedAt) {
				t.Errorf("got %+v, want %+v; %v", seen[i], seen[0], err)
			}
		}
	}
	s.work()
	s.settled(placed)
}

// TestPerformedOrOver: money that is taken while the order ends, is cancelled,
// or the transaction itself is dropped, either makes it stand or is not taken.
func TestPerformedOrOver(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	against := map[string]func(ctx context.Context, placed checkout.Placed, ref string) error{
		"expiry": func(ctx context.Context, _ checkout.Placed, _ string) error {
			_, err := s.checkout.Expire(ctx)
			return err
		},
		"the buyer cancels": func(ctx context.Context, placed checkout.Placed, _ string) error {
			return s.checkout.CancelByBuyer(ctx, placed.Token)
		},
		"the provider cancels": func(ctx context.Context, _ checkout.Placed, ref string) error {
			_, err := s.checkout.Drop(ctx, payments.ProviderPayme, ref, 3)
			return err
		},
		"reconciliation": func(ctx context.Context, _ checkout.Placed, _ string) error { return s.checkout.Reconcile(ctx) },
	}
	for name, other := range against {
		for round := range 3 {
			ref := fmt.Sprintf("%s-%d", name, round)
			placed := s.place("uz", markets.Payme, want{tea, 1})
			s.begin(ref, placed)
			if name == "expiry" { // however long it was kept, it is over now
				s.exec(`update orders set expires_at = $2 where id = $1`, placed.OrderID, s.clock.Now().Add(-11*time.Minute))
			}
			var performed payments.Transaction
			failed := atOnce(
				func() (err error) {
					performed, err = s.checkout.Perform(t.Context(), payments.ProviderPayme, ref)
					return err
				},
				func() error { return other(t.Context(), placed, ref) },
			)
			s.work()
			o := s.order(placed.Token)
			switch {
			case failed[0] == nil && performed.State == payments.TransactionPerformed && o.Status == orders.Paid:
			case errors.Is(failed[0], payments.ErrTransactionOver) && performed.State == payments.TransactionCancelled && o.Status != orders.Paid:
			default:
				t.Errorf("%s: performed %s (%v), order %s (%v)", name, performed.State, failed[0], o.Status, failed[1])
			}
			s.audited()
			s.setStock(tea, 10)
		}
	}
}

// TestWhoIsPayingCannotCancel: while the provider takes the money the order
// cannot be cancelled; what was withdrawn cannot be begun.
func TestWhoIsPayingCannotCancel(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed := s.place("uz", markets.Payme, want{jam, 1})
	s.begin("paying", placed)
	if err := s.checkout.CancelByBuyer(t.Context(), placed.Token); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("cancelled while being paid: %v", err)
	}
	if o := s.order(placed.Token); !o.BeingPaid {
		t.Error("the order's page does not know")
	}
	s.ok(s.checkoutDrop(placed))
	s.ok(s.checkout.CancelByBuyer(t.Context(), placed.Token))
	_, err := s.checkout.Begin(t.Context(), payments.ProviderPayme, s.beginning("late", placed))
	if !errors.Is(err, payments.ErrOrderOver) {
		t.Errorf("begun for a cancelled order: %v", err)
	}
	if _, err := s.payme.Pay(t.Context(), placed.PayURL); !refusedWith(err, -31053) {
		t.Errorf("paid by the old link: %v", err)
	}
	s.is(placed.Token, orders.Cancelled, orders.ParcelCancelled)
}

func refusedWith(err error, code int) bool {
	var r *paymestandin.Refusal
	return errors.As(err, &r) && r.Code == code
}

// TestGoodsAreNotKeptForEver: neither by a transaction nor by many, one after
// the other.
func TestGoodsAreNotKeptForEver(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed := s.place("uz", markets.Payme, want{jam, 1})
	begun := 0
	for i := range 40 {
		ref := fmt.Sprintf("try-%d", i)
		_, err := s.checkout.Begin(t.Context(), payments.ProviderPayme, s.beginning(ref, placed))
		if err != nil {
			if !errors.Is(err, payments.ErrOrderOver) {
				t.Fatal(err)
			}
			break
		}
		begun++
		s.clock.pass(11 * time.Hour)
		_, err = s.checkout.Undo(t.Context(), payments.ProviderPayme, ref, 2)
		s.ok(err)
	}
	if begun < 3 || begun > 12 {
		t.Errorf("begun %d times", begun)
	}
	o := s.order(placed.Token)
	if kept := o.ExpiresAt.Sub(o.PlacedAt); kept > 73*time.Hour {
		t.Errorf("kept for %v", kept)
	}
	s.clock.pass(24 * time.Hour)
	s.expire(1)
	if s.stock(jam) != 10 {
		t.Errorf("%d in stock", s.stock(jam))
	}
}

// TestManyCardsAreTried: a buyer may try several, but not without end.
func TestManyCardsAreTried(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed := s.place("uz", markets.Payme, want{jam, 1})
	for i := range 12 {
		ref := fmt.Sprintf("card-%d", i)
		s.begin(ref, placed)
		_, err := s.checkout.Undo(t.Context(), payments.ProviderPayme, ref, 2)
		s.ok(err)
	}
	if _, err := s.checkout.Begin(t.Context(), payments.ProviderPayme, s.beginning("one more", placed)); !errors.Is(err, payments.ErrOrderOver) {
		t.Errorf("begun once more: %v", err)
	}
	if n := number[int](s.shop, `select count(*) from payments where order_id = $1`, placed.OrderID); n != 1 {
		t.Errorf("%d attempts for cards of one", n)
	}
}

// TestFoundInTheProvidersApp: a buyer without our link pays an order whose
// attempt was never started, or has ended.
func TestFoundInTheProvidersApp(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed := s.place("uz", markets.Payme, want{jam, 1})
	s.exec(`update payments set provider_ref = null, redirect_url = '' where order_id = $1`, placed.OrderID)
	s.begin("never started", placed)
	_, err := s.checkout.Undo(t.Context(), payments.ProviderPayme, "never started", 2)
	s.ok(err)
	s.exec(`update payments set status = 'expired' where order_id = $1`, placed.OrderID)
	s.begin("ended", placed)
	if n := number[int](s.shop, `select count(*) from payments where order_id = $1`, placed.OrderID); n != 2 {
		t.Errorf("%d attempts", n)
	}
	_, err = s.checkout.Perform(t.Context(), payments.ProviderPayme, "ended")
	s.ok(err)
	s.settled(placed)
}

// TestCallsAreKept: what was asked and answered can be read later, the same
// once, without secrets.
func TestCallsAreKept(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed := s.place("uz", markets.Payme, want{jam, 1})
	id, err := s.payme.Pay(t.Context(), placed.PayURL)
	s.ok(err)
	for range 3 {
		s.ok(s.payme.Perform(t.Context(), id))
	}
	_ = s.payme.Call(t.Context(), "ChangePassword", map[string]string{"password": "a secret"}, nil) // refused
	other := s.place("uz", markets.Click, want{jam, 1})
	_, err = s.click.Pay(t.Context(), other.PayURL)
	s.ok(err)
	for what, want := range map[string]int{
		`select count(*) from provider_calls where provider = 'payme'`:                                        4,
		`select times from provider_calls where method = 'PerformTransaction'`:                                4,
		`select count(*) from provider_calls where ref <> '' and provider = 'payme'`:                          2,
		`select count(*) from provider_calls where provider = 'click' and code = 0`:                           2,
		`select count(*) from provider_calls where request::text ~ 'secret|sign_string'`:                      0,
		`select count(*) from provider_calls where method = 'ChangePassword' and code = -32504`:               1,
		`select count(*) from provider_calls where method = 'CreateTransaction' and request->>'id' <> 'none'`: 1,
	} {
		if n := number[int](s.shop, what); n != want {
			t.Errorf("%s: %d, want %d", what, n, want)
		}
	}
	s.refused("provider_calls", `update provider_calls set code = 0, times = times + 1`)
	s.refused("provider_calls", `delete from provider_calls`)
}

// TestTheDatabaseKeepsTransactions: even by hand none is taken back, changed,
// or performed without its money.
func TestTheDatabaseKeepsTransactions(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	placed := s.place("uz", markets.Payme, want{jam, 1})
	s.refused("provider_transactions_of_the_attempt", `
		insert into provider_transactions (provider, ref, payment_id, order_id, amount_minor, currency, provider_time, created_at, expires_at)
		select provider, 'another sum', id, order_id, amount_minor + 1, currency, now(), now(), now() from payments`)
	s.begin("kept", placed)
	s.refused("is performed, its payment", `update provider_transactions set state = 'performed', performed_at = now()`)
	s.refused("cannot go from created to reversed", `update provider_transactions set state = 'reversed', performed_at = now(), cancelled_at = now()`)
	s.refused("is fixed", `update provider_transactions set amount_minor = amount_minor + 1`)
	s.refused("is fixed", `update provider_transactions set ref = 'another'`)
	s.refused("provider_transactions_performed", `update provider_transactions set state = 'performed'`)
	s.refused("provider_transactions", `delete from provider_transactions`)
	s.refused("provider_transactions", `truncate provider_transactions`)
	s.refused("provider_transactions_one_live", `
		insert into provider_transactions (provider, ref, payment_id, order_id, amount_minor, currency, provider_time, created_at, expires_at)
		select provider, 'second', payment_id, order_id, amount_minor, currency, now(), now(), now() from provider_transactions`)
	_, err := s.checkout.Perform(t.Context(), payments.ProviderPayme, "kept")
	s.ok(err)
	s.refused("cannot go from performed to cancelled", `update provider_transactions set state = 'cancelled', cancelled_at = now()`)
	s.refused("is fixed", `update provider_transactions set performed_at = performed_at + interval '1 s'`)
}

// TestFiscalCodes: staff enter them with where they were found.
func TestFiscalCodes(t *testing.T) {
	t.Parallel()
	s := newLocalShop(t)
	good := checkout.FiscalCode{ProductID: 1, Code: "02007001001000001", PackageCode: "1500001", VATPercent: 12, Source: "tasnif.soliq.uz"}
	for field, bad := range map[string]func(*checkout.FiscalCode){
		"ikpu": func(c *checkout.FiscalCode) { c.Code = "0200700100100000" }, "package": func(c *checkout.FiscalCode) { c.PackageCode = "a box" },
		"vat": func(c *checkout.FiscalCode) { c.VATPercent = 15 }, "source": func(c *checkout.FiscalCode) { c.Source = " " },
	} {
		c := good
		bad(&c)
		var fields *errs.Fields
		if err := s.checkout.SetFiscalCode(t.Context(), 2, c); !errors.As(err, &fields) {
			t.Errorf("%s: %v", field, err)
		}
	}
	s.ok(s.checkout.SetFiscalCode(t.Context(), 2, good))
	good.VATPercent = 0
	s.ok(s.checkout.SetFiscalCode(t.Context(), 2, good))
	if c, err := s.checkout.FiscalCode(t.Context(), 1); err != nil || c.VATPercent != 0 || c.AccountID != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := s.checkout.FiscalCode(t.Context(), 2); errs.KindOf(err) != errs.NotFound {
		t.Error(err)
	}
}
