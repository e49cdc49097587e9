package checkout

import (
	"context"
	"fmt"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
)

// Pay returns where the buyer of an order pays online. It repeats an attempt
// that is open, under its own key, and begins another only when that one is
// over. ErrPaid and ErrOver say that there is nothing to pay; kind Unavailable
// that the provider does not answer just now and the buyer may try again.
func (s *Service) Pay(ctx context.Context, token string) (string, error) {
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByToken(ctx, token, i18n.EN)
	if err != nil {
		return "", err
	}
	gateway, online := s.Gateways.Of(s.Providers[o.PaymentMethod])
	if !online {
		return "", errs.E(errs.Invalid, "checkout: "+string(o.PaymentMethod)+" is not paid online")
	}
	const tries = 2 // the open attempt, then a new one
	var attempt payments.Payment
	for range tries {
		if attempt, err = s.attempt(ctx, o.ID, gateway.Provider()); err != nil {
			return "", err
		}
		if attempt.RedirectURL != "" {
			return attempt.RedirectURL, nil
		}
		url, err := s.start(ctx, gateway, o, attempt)
		if err == nil || !s.hopeless(attempt, err) {
			return url, err
		}
		if url, err = s.instead(ctx, gateway, o, attempt); url != "" || err != nil {
			return url, err
		}
	}
	return "", errs.E(errs.Unavailable, fmt.Sprintf("checkout: no attempt to pay order %d could be begun", o.ID))
}

func (s *Service) payments() *payments.Service { return payments.New(s.DB, s.Queue, s.Clock) }

// hopeless reports whether repeating the attempt cannot help any more.
func (s *Service) hopeless(attempt payments.Payment, err error) bool {
	switch errs.KindOf(err) {
	case errs.Gone, errs.Conflict:
		return true
	case errs.Unavailable:
		return s.now().Sub(attempt.CreatedAt) > keyLife
	}
	return false
}

// attempt returns the open attempt of an order that can be paid, or opens one.
func (s *Service) attempt(ctx context.Context, orderID int64, provider payments.Provider) (payments.Payment, error) {
	var open payments.Payment
	err := s.inTx(ctx, func(p parts) error {
		o, err := p.orders.Lock(ctx, orderID)
		if err != nil {
			return err
		}
		if err := s.payable(o); err != nil {
			return err
		}
		all, err := p.payments.OfOrder(ctx, orderID)
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.Status == payments.Open && one.Provider == provider && one.ExpiresAt != nil && one.ExpiresAt.After(s.now()) {
				open = one
				return nil
			}
		}
		if len(all) >= maxAttempts {
			return ErrOver
		}
		open, err = s.open(ctx, p, o, provider)
		return err
	})
	return open, err
}

func (s *Service) payable(o orders.Order) error {
	switch {
	case o.PaidAt != nil:
		return ErrPaid
	case o.Status != orders.Placed || o.ExpiresAt == nil || !o.ExpiresAt.After(s.now()):
		return ErrOver
	}
	return nil
}

// open opens another attempt and keeps the goods for as long as it lasts.
func (s *Service) open(ctx context.Context, p parts, o orders.Order, provider payments.Provider) (payments.Payment, error) {
	now := s.now()
	end := attemptEnd(now, *o.ExpiresAt)
	if err := p.orders.Extend(ctx, o.ID, end.Add(grace)); err != nil {
		return payments.Payment{}, err
	}
	return p.payments.Open(ctx, payments.NewAttempt{
		OrderID: o.ID, Provider: provider, Amount: o.Total(), CreatedAt: now, ExpiresAt: &end,
	})
}

// instead is what becomes of an attempt that is not begun by repeating the
// call. An earlier call may have begun it all the same, unheard: then that is
// where the buyer pays, or has paid. Otherwise it is given up.
func (s *Service) instead(ctx context.Context, gateway payments.Gateway, o orders.Whole, p payments.Payment) (url string, err error) {
	found, err := s.lookFor(ctx, gateway, o, p)
	switch {
	case err != nil || found.RedirectURL != "":
		return found.RedirectURL, err
	case found.ProviderRef != "":
		_, err = s.PaymentConfirmed(ctx, p.Provider, found.ProviderRef)
		return "", err
	}
	return "", s.payments().Close(ctx, p.ID, payments.Expired, "")
}

// start calls the gateway and writes down its answer. Nobody hears of the page
// of an attempt that was given up while the call was under way, for nobody
// would ask what came of it.
func (s *Service) start(ctx context.Context, gateway payments.Gateway, o orders.Whole, p payments.Payment) (string, error) {
	started, err := gateway.Start(ctx, s.describe(o, p))
	if err != nil {
		return "", fmt.Errorf("start payment %d: %w", p.ID, err)
	}
	now, err := s.payments().Started(ctx, p.ID, started)
	if err != nil || now == payments.Open {
		return started.RedirectURL, err
	}
	if err := gateway.Expire(ctx, started.ProviderRef); ignore(err, errs.Conflict) != nil {
		return "", fmt.Errorf("end payment %d, which is %s: %w", p.ID, now, err)
	}
	return "", errs.E(errs.Gone, fmt.Sprintf("checkout: payment %d is %s", p.ID, now))
}

// describe is an attempt as a gateway is told of it: the same each time, for a
// repeated call must be the same call.
func (s *Service) describe(o orders.Whole, p payments.Payment) payments.Attempt {
	page := s.OrderURL(o.Lang, o.Market, o.Token)
	return payments.Attempt{
		PaymentID: p.ID, OrderID: o.ID, Reference: o.Reference,
		IdempotencyKey: fmt.Sprintf("order:%s:payment:%d", o.Reference, p.ID),
		Amount:         p.Amount(), Items: items(o), Email: o.Email, Lang: o.Lang,
		SuccessURL: page + "?pay=done", CancelURL: page + "?pay=left",
		CreatedAt: p.CreatedAt, ExpiresAt: *p.ExpiresAt,
	}
}

// items are what the provider's page lists; they add up to the order's total.
func items(o orders.Whole) []payments.Item {
	list := make([]payments.Item, 0, len(o.Lines)+1)
	for _, l := range o.Lines {
		name := l.Name
		if l.VariantLabel != "" {
			name += ", " + l.VariantLabel
		}
		list = append(list, payments.Item{Name: name, Unit: l.Unit(), Quantity: int64(l.Quantity)})
	}
	if o.ShippingMinor > 0 {
		list = append(list, payments.Item{Name: o.ShippingName, Unit: o.Shipping(), Quantity: 1})
	}
	return list
}
