package checkout

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"awil/internal/cart"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// NewFormToken makes the one-time token of a checkout form, a random UUID.
func NewFormToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Form is what a checkout page shows.
type Form struct {
	Cart  cart.Cart
	Goods money.Amount // what the lines sold here cost
	// Quotes are the ways to send the cart; none if it is too heavy for all.
	Quotes []shipping.Quoted
	Ways   []markets.PaymentMethod
}

// Total is what the order comes to with one of the quotes: the sum to show,
// and to send along as PlaceInput.Shown.
func (f Form) Total(q shipping.Quoted) (money.Amount, error) { return f.Goods.Add(q.Total) }

// Form reads what a checkout page shows. ErrEmpty if nothing in the cart is
// sold in the market.
func (s *Service) Form(ctx context.Context, cartToken, marketCode string, lang i18n.Lang) (Form, error) {
	c, err := s.Cart.Get(ctx, cartToken, marketCode, lang)
	if err != nil {
		return Form{}, err
	}
	return s.FormOf(ctx, c, lang)
}

// FormOf is Form of a cart that has been read.
func (s *Service) FormOf(ctx context.Context, c cart.Cart, lang i18n.Lang) (Form, error) {
	market, err := s.Markets.ByCode(ctx, c.Market)
	if err != nil {
		return Form{}, err
	}
	if len(c.Here()) == 0 {
		return Form{}, ErrEmpty
	}
	f := Form{Cart: c}
	if f.Goods, err = c.Goods(market.Currency); err != nil {
		return Form{}, err
	}
	methods, err := s.Shipping.Methods(ctx, c.Market, lang)
	if err != nil {
		return Form{}, err
	}
	if f.Quotes, err = shipping.Quotes(methods, c.Parcels(), f.Goods); err != nil {
		return Form{}, err
	}
	f.Ways = s.ways(market, f.Goods)
	if !slices.ContainsFunc(f.Quotes, takesCash) {
		f.Ways = slices.DeleteFunc(f.Ways, func(w markets.PaymentMethod) bool { return w.Method == markets.COD })
	}
	return f, nil
}

// ways lists how a sum can be paid in a market, in the order the market offers
// it.
func (s *Service) ways(market markets.Market, total money.Amount) []markets.PaymentMethod {
	ways := make([]markets.PaymentMethod, 0, len(market.Methods))
	for _, m := range market.Methods {
		if s.Gateways.Takes(s.Providers[m.Method], total) {
			ways = append(ways, m)
		}
	}
	return ways
}

// Overview is an order with its payments and what can be done about it.
type Overview struct {
	orders.Whole
	Payments    []payments.Payment // the latest first
	CanPay      bool               // online, now: see Pay
	BeingPaid   bool               // the provider has begun to take the money and told us so
	CanCancel   bool               // by the buyer
	Failure     string             // message key: why the last try to pay was refused
	RefundDue   bool               // money came for nothing and has not gone back yet
	BankDetails string             // where to transfer it to, while that is awaited
}

// Stray is what came for the order and paid for nothing, whether or not it has
// gone back.
func (o Overview) Stray() []money.Amount {
	var came []money.Amount
	for _, p := range o.Payments {
		if p.RefundDue && p.Received().Sign() > 0 {
			came = append(came, p.Received())
		}
	}
	return came
}

// ByToken returns the order of a private link as its page shows it, or
// errs.NotFound. It only reads.
func (s *Service) ByToken(ctx context.Context, token string, lang i18n.Lang) (Overview, error) {
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByToken(ctx, token, lang)
	if err != nil {
		return Overview{}, err
	}
	return s.overview(ctx, o)
}

// ByID returns an order for staff, or errs.NotFound.
func (s *Service) ByID(ctx context.Context, id int64, lang i18n.Lang) (Overview, error) {
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByID(ctx, id, lang)
	if err != nil {
		return Overview{}, err
	}
	return s.overview(ctx, o)
}

func (s *Service) overview(ctx context.Context, o orders.Whole) (Overview, error) {
	v := Overview{Whole: o}
	var err error
	if v.Payments, err = s.payments().OfOrder(ctx, o.ID); err != nil {
		return v, err
	}
	for i, p := range v.Payments {
		if i == 0 && o.Status == orders.Placed {
			v.Failure = p.Failure
		}
	}
	if v.RefundDue, err = s.refundDue(ctx, v.Payments); err != nil {
		return v, err
	}
	v.CanPay = s.online(o.PaymentMethod) && s.payable(o.Order) == nil
	if v.CanPay {
		if v.BeingPaid, err = s.beingPaid(ctx, o.ID); err != nil {
			return v, err
		}
	}
	v.CanCancel = o.Status == orders.Placed && o.PaidAt == nil && unpacked(o.Parcels)
	if o.Status == orders.Placed && o.PaymentMethod == markets.Bank {
		programme, err := s.Markets.Programme(ctx)
		if err != nil {
			return v, err
		}
		v.BankDetails = programme.BankDetails
	}
	return v, nil
}

// refundDue reports whether money of an order's attempts that pays for nothing
// has still to go back.
func (s *Service) refundDue(ctx context.Context, attempts []payments.Payment) (bool, error) {
	var came []int64
	for _, p := range attempts {
		if p.RefundDue && p.Received().Sign() > 0 {
			came = append(came, p.ID)
		}
	}
	if len(came) == 0 {
		return false, nil
	}
	var due bool
	err := s.DB.QueryRow(ctx, `/* checkout.refund_due */
select exists (select from unnest($1::bigint[]) y (id) where not exists (
    select from refunds r where r.payment_id = y.id and r.kind = 'unexpected' and r.status = 'sent'))`, came).Scan(&due)
	return due, postgres.Err(err)
}

func unpacked(parcels []orders.Parcel) bool {
	for _, p := range parcels {
		if p.Status != orders.ParcelWaiting && p.Status != orders.ParcelToPack {
			return false
		}
	}
	return true
}
