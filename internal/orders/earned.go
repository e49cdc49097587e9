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

// byProducer is the collector who keeps the cash, see ledger.CollectorProducer.
const byProducer = "producer"

// Owes is the programme's part of the cash that she took herself: what the
// buyer paid less what is hers. It is known where both are in one currency.
func (j Job) Owes() (owes money.Amount, known bool, err error) {
	earned, err := j.Earned()
	if err != nil || j.Collector != byProducer || earned.Currency != j.Currency {
		return money.Amount{}, false, err
	}
	owes, err = j.Collect().Sub(earned)
	return owes, err == nil, err
}
