package checkout_test

import (
	"errors"
	"sync"
	"testing"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
)

// pieces is a decision about some pieces of each line of an order, by variant,
// all of them going into stock again.
func (s *shop) pieces(o checkout.Overview, wants ...want) checkout.RefundInput {
	s.t.Helper()
	in := checkout.RefundInput{OrderID: o.ID, FormToken: checkout.NewFormToken(), Reason: "One came broken"}
	for _, w := range wants {
		for _, l := range o.Lines {
			if l.VariantID == w.variant {
				in.Lines = append(in.Lines, checkout.RefundPiece{LineID: l.ID, Quantity: w.quantity, Restock: w.quantity})
			}
		}
	}
	return in
}

// decide sends back what is decided and must succeed.
func (s *shop) decide(in checkout.RefundInput) payments.Refund {
	s.t.Helper()
	id, err := s.checkout.DecideRefund(s.t.Context(), 2, in)
	s.ok(err)
	return s.refundOf(id)
}

func (s *shop) refundOf(id int64) payments.Refund {
	s.t.Helper()
	r, err := payments.New(s.pool, s.queue, s.clock.Now).RefundByID(s.t.Context(), id)
	s.ok(err)
	return r
}

// bought is an order paid by card and not yet packed.
func (s *shop) bought(market string, wants ...want) (checkout.Placed, checkout.Overview) {
	s.t.Helper()
	placed := s.place(market, markets.Card, wants...)
	s.pay(placed.PayURL)
	s.work()
	return placed, s.order(placed.Token)
}

// at fails the test unless a refund stands so.
func (s *shop) at(id int64, status payments.RefundState, method payments.RefundMethod) payments.Refund {
	s.t.Helper()
	r := s.refundOf(id)
	if r.Status != status || r.Method != method {
		s.t.Errorf("refund is %s by %s, want %s by %s (%s)", r.Status, r.Method, status, method, r.Failure)
	}
	return r
}

// TestOneOfTwoProducersLinesGoesBackInYen: exactly what it brought is taken
// from exactly those who had it, and nothing of the other's.
func TestOneOfTwoProducersLinesGoesBackInYen(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("jp", want{jam, 3}, want{felt, 1})
	before := s.stock(jam)
	felts := ledger.ReserveOf(2, money.UZS)
	other, err := ledger.New(s.pool).Balance(t.Context(), felts)
	s.ok(err)

	r := s.decide(s.pieces(o, want{jam, 1}))
	if r.Amount() != money.New(900, money.JPY) || r.Method != payments.ByProvider || r.Status != payments.RefundDue {
		t.Errorf("decided %+v", r)
	}
	s.work()
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
	if got := s.standin.RefundsOf(session(placed.PayURL)); len(got) != 1 || got[0].Amount != 900 {
		t.Errorf("Stripe has %+v", got)
	}
	if got := s.stock(jam); got != before+1 {
		t.Errorf("%d jars in stock, want %d", got, before+1)
	}
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.stands(ledger.ReserveOf(1, money.UZS), -2*4_500_000*9/10)
	s.stands(felts, other.Minor)
	s.stands(ledger.Of(ledger.Buyer, money.JPY), 0)
	fees, err := ledger.New(s.pool).Balance(t.Context(), ledger.Of(ledger.Fees, money.JPY))
	s.ok(err)
	s.stands(ledger.ClearingOf(ledger.TillStripe, money.JPY), o.TotalMinor-900-fees.Minor)
	s.audited()

	// The rest of her jars: her parcel is not sent any more, the other's is.
	s.decide(s.pieces(s.order(placed.Token), want{jam, 2}))
	s.work()
	s.stands(ledger.ReserveOf(1, money.UZS), 0)
	after := s.order(placed.Token)
	if after.Parcels[0].Status != orders.ParcelCancelled || after.Parcels[1].Status != orders.ParcelToPack || after.Status != orders.Paid {
		t.Errorf("%s: %+v", after.Status, after.Parcels)
	}
	s.decide(s.pieces(after, want{felt, 1}))
	s.work()
	s.is(placed.Token, orders.Refunded, orders.ParcelCancelled)
	s.audited()
	if s.stock(jam) != 10 || s.stock(felt) != 10 {
		t.Errorf("stock %d and %d", s.stock(jam), s.stock(felt))
	}
	if got := s.letters(); got[len(got)-len("refunded to buyer in ja"):] != "refunded to buyer in ja" {
		t.Errorf("letters: %s", got) // the felt family has nobody with an address
	}
}

// TestADecisionIsMadeOnce: the same form sent twice, or ten times at once, is
// one refund; another form with the same token is none.
func TestADecisionIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 3})
	in := s.pieces(o, want{jam, 1})
	first := s.decide(in)
	ids := make([]int64, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() { ids[i], _ = s.checkout.DecideRefund(t.Context(), 2, in) })
	}
	wg.Wait()
	for _, id := range ids {
		if id != first.ID {
			t.Errorf("the same form made refund %d beside %d", id, first.ID)
		}
	}
	other := in
	other.Lines = []checkout.RefundPiece{{LineID: in.Lines[0].LineID, Quantity: 2}}
	if _, err := s.checkout.DecideRefund(t.Context(), 2, other); !errors.Is(err, checkout.ErrStale) {
		t.Errorf("another decision with a used form: %v", err)
	}
	other.FormToken = ""
	if _, err := s.checkout.DecideRefund(t.Context(), 2, other); errs.KindOf(err) != errs.Invalid {
		t.Errorf("without a form: %v", err)
	}
	s.work()
	if got := s.standin.RefundsOf(session(placed.PayURL)); len(got) != 1 {
		t.Errorf("Stripe has %+v", got)
	}
	s.audited()
}

// TestDecisionsAtOnceNeverExceed: many people who each want two of three jars
// back get one decision through.
func TestDecisionsAtOnceNeverExceed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed, o := s.bought("uz", want{jam, 3}, want{felt, 1})
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range 6 {
		in := s.pieces(o, want{jam, 2})
		in.Shipping = []checkout.RefundShipping{{ParcelID: o.Parcels[0].ID, Amount: uzs(o.Parcels[0].ShippingMinor)}}
		wg.Go(func() {
			_, err := s.checkout.DecideRefund(t.Context(), 2, in)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			} else if errs.KindOf(err) != errs.Invalid {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done != 1 {
		t.Errorf("%d decisions went through", done)
	}
	s.work()
	if got := s.stock(jam); got != 9 {
		t.Errorf("%d jars in stock", got)
	}
	if got := s.standin.RefundsOf(session(placed.PayURL)); len(got) != 1 {
		t.Errorf("Stripe has %+v", got)
	}
	s.audited()
}

// TestWhatCannotGoBack is refused with a word at the right place.
func TestWhatCannotGoBack(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, o := s.bought("uz", want{jam, 2})
	_, other := s.bought("uz", want{tea, 1})
	for name, tt := range map[string]struct {
		field  string
		change func(in *checkout.RefundInput)
	}{
		"nothing":              {"lines", func(in *checkout.RefundInput) { in.Lines = nil }},
		"more than was bought": {"lines", func(in *checkout.RefundInput) { in.Lines[0].Quantity = 3 }},
		"less than nothing":    {"lines", func(in *checkout.RefundInput) { in.Lines[0].Quantity = -1 }},
		"more into stock":      {"lines", func(in *checkout.RefundInput) { in.Lines[0].Restock = 2 }},
		"into stock for no": {"lines", func(in *checkout.RefundInput) {
			in.Lines[0] = checkout.RefundPiece{LineID: in.Lines[0].LineID, Restock: 1}
		}},
		"a line twice":         {"lines", func(in *checkout.RefundInput) { in.Lines = append(in.Lines, in.Lines[0]) }},
		"another order's line": {"lines", func(in *checkout.RefundInput) { in.Lines[0].LineID = other.Lines[0].ID }},
		"no reason":            {"reason", func(in *checkout.RefundInput) { in.Reason = " " }},
		"more than the postage": {"shipping", func(in *checkout.RefundInput) {
			in.Shipping = []checkout.RefundShipping{{o.Parcels[0].ID, uzs(o.ShippingMinor + 1)}}
		}},
		"another currency": {"shipping", func(in *checkout.RefundInput) {
			in.Shipping = []checkout.RefundShipping{{o.Parcels[0].ID, money.New(1, money.JPY)}}
		}},
		"another's postage": {"shipping", func(in *checkout.RefundInput) { in.Shipping = []checkout.RefundShipping{{other.Parcels[0].ID, uzs(1)}} }},
	} {
		in := s.pieces(o, want{jam, 1})
		tt.change(&in)
		var bad *errs.Fields
		if _, err := s.checkout.DecideRefund(t.Context(), 2, in); !errors.As(err, &bad) || !bad.Has(tt.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	unpaid := s.place("uz", markets.Bank, want{tea, 1})
	if _, err := s.checkout.DecideRefund(t.Context(), 2, s.pieces(s.order(unpaid.Token), want{tea, 1})); !errors.Is(err, checkout.ErrNothingLeft) {
		t.Errorf("an unpaid order: %v", err)
	}
	if n := number[int](s, `select count(*) from refunds`); n != 0 {
		t.Errorf("%d refunds", n)
	}
}

// TestCashGoesBackByHand: of a parcel whose cash was taken, and of no other;
// a producer who kept the cash owes what she had earned with it.
func TestCashGoesBackByHand(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 2}, want{felt, 1})
	parcels := s.send(placed.Token)
	s.arrive(parcels...)
	o := s.order(placed.Token)
	var bad *errs.Fields
	if _, err := s.checkout.DecideRefund(t.Context(), 2, s.pieces(o, want{jam, 1})); !errors.Is(err, checkout.ErrNothingLeft) {
		t.Errorf("before its cash was taken: %v", err)
	}
	s.collect(checkout.ResultPaid, parcels[0], ledger.CollectorProducer)
	if _, err := s.checkout.DecideRefund(t.Context(), 2, s.pieces(o, want{felt, 1})); !errors.As(err, &bad) {
		t.Errorf("the parcel nobody has paid for: %v", err)
	}
	owed, err := ledger.New(s.pool).Balance(t.Context(), ledger.PayableTo(1, money.UZS))
	s.ok(err)
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.work()
	if r = s.at(r.ID, payments.RefundDue, payments.ByHand); r.PaymentID != nil {
		t.Errorf("it is of payment %d", *r.PaymentID)
	}
	s.stands(ledger.PayableTo(1, money.UZS), owed.Minor+4_500_000*9/10)
	s.stands(ledger.Of(ledger.Buyer, money.UZS), -4_500_000)
	s.audited()

	if err := s.checkout.RefundSentByHand(t.Context(), 2, r.ID, "purse", ""); !errors.As(err, &bad) || !bad.Has("till") || !bad.Has("proof") {
		t.Errorf("from no till and without proof: %v", err)
	}
	for range 2 { // twice is once
		s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillCash, "Gulnara signed for it"))
	}
	if err := s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 5"); !errors.Is(err, checkout.ErrRefundGone) {
		t.Errorf("sent once more: %v", err)
	}
	s.stands(ledger.Of(ledger.Buyer, money.UZS), 0)
	s.stands(ledger.ClearingOf(ledger.TillCash, money.UZS), -4_500_000)
	s.work()
	s.audited()
	if got := s.letters(); got[len(got)-len("refund_sent to buyer in en"):] != "refund_sent to buyer in en" {
		t.Errorf("letters: %s", got)
	}
}

// TestATransferGoesBackByHand, released earnings included: she owes them then.
func TestATransferGoesBackByHand(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.Bank, want{felt, 1})
	o := s.order(placed.Token)
	if _, err := s.checkout.BankReceived(t.Context(), 2, o.ID, o.Total()); err != nil {
		t.Fatal(err)
	}
	s.arrive(s.send(placed.Token)...)
	s.clock.pass(8 * day)
	s.released(1)
	in := s.pieces(s.order(placed.Token), want{felt, 1})
	in.Lines[0].Restock = 0
	in.Shipping = []checkout.RefundShipping{{ParcelID: o.Parcels[0].ID, Amount: o.Shipping()}}
	r := s.decide(in)
	s.is(placed.Token, orders.Refunded, orders.ParcelDelivered)
	s.stands(ledger.PayableTo(2, money.UZS), 0)
	s.ok(s.checkout.RefundSentByHand(t.Context(), 2, r.ID, ledger.TillBank, "transfer 17"))
	s.stands(ledger.ClearingOf(ledger.TillBank, money.UZS), 0)
	if s.stock(felt) != 9 {
		t.Errorf("%d in stock, and none came back", s.stock(felt))
	}
	s.audited()
}
