package orders

import (
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/shipping"
)

// Earned is what is hers of the parcel, in her own currency: her goods less
// the commission, and the shipping where she sends it to the buyer herself.
func (j Job) Earned() (money.Amount, error) {
	goods, err := j.ForGoods()
	if err != nil {
		return money.Amount{}, err
	}
	sending, err := j.ForSending()
	if err != nil {
		return money.Amount{}, err
	}
	return goods.Add(sending)
}

// ForGoods is what she gets for the goods, in her own currency.
func (j Job) ForGoods() (money.Amount, error) {
	if len(j.Lines) == 0 {
		return money.Amount{}, errs.E(errs.Internal, "parcel without lines")
	}
	total := money.Zero(j.Lines[0].Base)
	for _, l := range j.Lines {
		earned, err := l.Earned()
		if err != nil {
			return money.Amount{}, err
		}
		if total, err = total.Add(earned); err != nil {
			return money.Amount{}, err
		}
	}
	return total, nil
}

// ForSending is what she gets for sending the parcel, in her own currency at
// the rate of its first line, as the books have it. Where the programme's hub
// sends on, it is nothing.
func (j Job) ForSending() (money.Amount, error) {
	if len(j.Lines) == 0 {
		return money.Amount{}, errs.E(errs.Internal, "parcel without lines")
	}
	first, paid := j.Lines[0], money.New(j.ShippingMinor, j.Currency)
	switch {
	case j.Kind != shipping.Parcel:
		return money.Zero(first.Base), nil
	case first.Base == paid.Currency:
		return paid, nil
	}
	return paid.Convert(first.Rate.Inverse(), first.Base, money.Down)
}

// Share is the programme's part of what the buyer pays for the parcel: all that
// is not hers. It is known where both are in one currency.
func (j Job) Share() (share money.Amount, known bool, err error) {
	earned, err := j.Earned()
	if err != nil || earned.Currency != j.Currency {
		return money.Amount{}, false, err
	}
	share = money.Zero(j.Currency)
	for _, l := range j.Lines {
		if share, err = share.Add(l.Total()); err != nil {
			return share, false, err
		}
	}
	if share, err = share.Add(money.New(j.ShippingMinor, j.Currency)); err != nil {
		return share, false, err
	}
	share, err = share.Sub(earned)
	return share, err == nil, err
}
