package chaos

import (
	"context"
	"fmt"
	"strconv"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
)

// buyer is somebody with a browser.
type buyer struct {
	name   string
	market string
	number int                 // her telephone and her house
	cart   string              // her cookie
	form   checkout.PlaceInput // the form she has before her
	filled bool                // it is ready to be sent
	sent   bool                // it was
}

const maxPieces = 3

// those are the buyers of whom something is so.
func (s *schedule) those(are func(*buyer) bool) (list []*buyer) {
	s.hold(func() { list = some(s.buyers, are) })
	return list
}

// wants draws something for a buyer's cart.
func (s *schedule) wants() (variant int64, pieces int) {
	return 1 + s.rand.Int64N(variants), 1 + s.rand.IntN(maxPieces)
}

// way draws how a buyer pays.
func (s *schedule) way(b *buyer) markets.Method {
	if b.market != "uz" {
		return markets.Card
	}
	return oneOf(s, []markets.Method{markets.Card, markets.Card, markets.Card, markets.COD, markets.Bank, markets.Payme})
}

// beginBuy lets a buyer go all the way from the shelf to the provider's page.
func (s *schedule) beginBuy(ctx context.Context, _ view) (bool, error) {
	b, p := oneOf(s, s.buyers), s.web()
	method := s.way(b)
	variant, pieces := s.wants()
	again, more := s.wants()
	s.enter(ctx, p, fmt.Sprintf("%s buys %d of %d and %d of %d by %s", b.name, pieces, variant, more, again, method), func(ctx context.Context) error {
		if err := s.put(ctx, p, b, variant, pieces); err != nil {
			return err
		}
		if err := s.put(ctx, p, b, again, more); err != nil && errs.KindOf(err) != errs.Conflict {
			return err
		}
		in, err := s.fill(ctx, p, b, method)
		if err != nil {
			return err
		}
		s.hold(func() { b.form, b.sent = in, true })
		_, err = p.checkout.Place(ctx, in)
		return err
	})
	return true, nil
}

// put adds to a buyer's cart.
func (s *schedule) put(ctx context.Context, p *process, b *buyer, variant int64, pieces int) error {
	var cookie string
	s.hold(func() { cookie = b.cart })
	added, err := p.cart.Add(ctx, cookie, b.market, variant, pieces)
	if err == nil {
		s.hold(func() { b.cart = added.Token })
	}
	return err
}

func (s *schedule) beginAdd(ctx context.Context, _ view) (bool, error) {
	b, p := oneOf(s, s.buyers), s.web()
	variant, pieces := s.wants()
	s.enter(ctx, p, fmt.Sprintf("%s puts %d of %d in her cart", b.name, pieces, variant), func(ctx context.Context) error {
		return s.put(ctx, p, b, variant, pieces)
	})
	return true, nil
}

// beginForm opens the checkout page.
func (s *schedule) beginForm(ctx context.Context, _ view) (bool, error) {
	full := s.those(func(b *buyer) bool { return b.cart != "" })
	if len(full) == 0 {
		return false, nil
	}
	b, p := oneOf(s, full), s.web()
	method := s.way(b)
	s.enter(ctx, p, fmt.Sprintf("%s opens the checkout to pay by %s", b.name, method), func(ctx context.Context) error {
		in, err := s.fill(ctx, p, b, method)
		if err == nil {
			s.hold(func() { b.form, b.filled = in, true })
		}
		return err
	})
	return true, nil
}

// beginPlace sends a form as it was shown, once or by a double click.
func (s *schedule) beginPlace(ctx context.Context, _ view) (bool, error) {
	filled := s.those(func(b *buyer) bool { return b.filled })
	if len(filled) == 0 {
		return false, nil
	}
	b := oneOf(s, filled)
	s.hold(func() { b.filled = false })
	s.place(ctx, b, b.name+" orders")
	if s.chance(0.25) {
		s.place(ctx, b, b.name+" orders by her second click")
	}
	return true, nil
}

func (s *schedule) place(ctx context.Context, b *buyer, name string) {
	p := s.web()
	var in checkout.PlaceInput
	s.hold(func() { in, b.sent = b.form, true })
	s.enter(ctx, p, name, func(ctx context.Context) error {
		_, err := p.checkout.Place(ctx, in)
		return err
	})
}

// fill fills in the form of a cart, with the total it shows.
func (s *schedule) fill(ctx context.Context, p *process, b *buyer, method markets.Method) (checkout.PlaceInput, error) {
	var cookie string
	s.hold(func() { cookie = b.cart })
	in := checkout.PlaceInput{
		CartToken: cookie, CheckoutToken: checkout.NewFormToken(), Market: b.market, Lang: languages[b.market],
		Email: b.name + "@example.com", Address: addresses[b.market], Method: method,
	}
	in.Address.Phone += strconv.Itoa(b.number)
	in.Address.Line1 += strconv.Itoa(b.number)
	in.Address.Line1 += ", " + b.name
	form, err := p.checkout.Form(ctx, cookie, b.market, in.Lang)
	if err != nil {
		return in, err
	}
	if len(form.Quotes) == 0 {
		return in, checkout.ErrEmpty
	}
	in.ShippingID = form.Quotes[0].Method.ID
	in.Shown, err = form.Total(form.Quotes[0])
	return in, err
}

// beginAgain sends the last form again: the answer had not come, or she went
// back.
func (s *schedule) beginAgain(ctx context.Context, _ view) (bool, error) {
	sent := s.those(func(b *buyer) bool { return b.sent })
	if len(sent) == 0 {
		return false, nil
	}
	b := oneOf(s, sent)
	s.place(ctx, b, b.name+" sends her form again")
	return true, nil
}

// likely chooses an order, mostly one that fits.
func (s *schedule) likely(list []orderRow, fits func(orderRow) bool) orderRow {
	if those := some(list, fits); len(those) > 0 && s.chance(0.85) {
		list = those
	}
	return oneOf(s, list)
}

func unpaid(o orderRow) bool { return o.Status == orders.Placed && !o.Paid }

func (s *schedule) beginPay(ctx context.Context, v view) (bool, error) {
	online := some(v.orders, func(o orderRow) bool { return o.Method == markets.Card || o.Method == markets.Payme })
	if len(online) == 0 {
		return false, nil
	}
	o, p := s.likely(online, unpaid), s.web()
	s.enter(ctx, p, fmt.Sprintf("the buyer of order %d goes to pay", o.ID), func(ctx context.Context) error {
		_, err := p.checkout.Pay(ctx, o.Token)
		return err
	})
	return true, nil
}

func (s *schedule) beginBuyerCancels(ctx context.Context, v view) (bool, error) {
	if len(v.orders) == 0 {
		return false, nil
	}
	o, p := s.likely(v.orders, unpaid), s.web()
	s.enter(ctx, p, fmt.Sprintf("the buyer cancels order %d", o.ID), func(ctx context.Context) error {
		return p.checkout.CancelByBuyer(ctx, o.Token)
	})
	return true, nil
}

func (s *schedule) beginStaffCancels(ctx context.Context, v view) (bool, error) {
	if len(v.orders) == 0 {
		return false, nil
	}
	o, p := s.likely(v.orders, unpaid), s.web()
	s.enter(ctx, p, fmt.Sprintf("staff cancel order %d", o.ID), func(ctx context.Context) error {
		return p.checkout.CancelByStaff(ctx, finance, o.ID, "out of wool")
	})
	return true, nil
}

// beginTransfer books a transfer, now and then with a sum that is not due.
func (s *schedule) beginTransfer(ctx context.Context, v view) (bool, error) {
	bank := some(v.orders, func(o orderRow) bool { return o.Method == markets.Bank })
	if len(bank) == 0 {
		return false, nil
	}
	o, p := s.likely(bank, unpaid), s.web()
	sum := money.New(o.TotalMinor, money.Currency(o.Currency))
	if s.chance(0.15) {
		sum.Minor--
	}
	s.enter(ctx, p, fmt.Sprintf("staff book a transfer of %v for order %d", sum, o.ID), func(ctx context.Context) error {
		_, err := p.checkout.BankReceived(ctx, finance, o.ID, sum)
		return err
	})
	return true, nil
}

// beginParcel lets a producer or the buyer move a parcel on.
func (s *schedule) beginParcel(ctx context.Context, v view) (bool, error) {
	underway := some(v.parcels, func(r parcelRow) bool {
		return r.Status == orders.ParcelToPack || r.Status == orders.ParcelPacked || r.Status == orders.ParcelShipped
	})
	if len(underway) == 0 {
		return false, nil
	}
	r, p := oneOf(s, underway), s.web()
	by := accountOf(r.ProducerID)
	switch r.Status {
	case orders.ParcelToPack:
		s.enter(ctx, p, fmt.Sprintf("producer %d packs parcel %d", r.ProducerID, r.ID), func(ctx context.Context) error {
			return p.orders.MarkPacked(ctx, r.ProducerID, by, r.ID)
		})
	case orders.ParcelPacked:
		s.enter(ctx, p, fmt.Sprintf("producer %d sends parcel %d", r.ProducerID, r.ID), func(ctx context.Context) error {
			return p.orders.MarkShipped(ctx, r.ProducerID, by, r.ID, "uzpost", "")
		})
	default:
		if s.chance(0.5) {
			s.enter(ctx, p, fmt.Sprintf("the buyer has parcel %d", r.ID), func(ctx context.Context) error {
				return p.checkout.ArrivedForBuyer(ctx, r.Token, r.ID)
			})
			return true, nil
		}
		s.enter(ctx, p, fmt.Sprintf("staff say that parcel %d has come", r.ID), func(ctx context.Context) error {
			return p.checkout.ArrivedForStaff(ctx, finance, r.ID)
		})
	}
	return true, nil
}
