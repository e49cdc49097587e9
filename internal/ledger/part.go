package ledger

import (
	"fmt"

	"awil/internal/errs"
	"awil/internal/money"
)

// linePart is what some pieces of a line come to. All of it is rounded once,
// for the number of pieces as a whole.
type linePart struct {
	paid       money.Amount // by the buyer
	base       money.Amount // the producer's price
	commission money.Amount // the programme's part of base
	earned     money.Amount // what base leaves her
	worth      money.Amount // base in the buyer's currency, rounded down
	margin     money.Amount // what paid has beyond worth
}

// part works out so many pieces of the line.
func (l SaleLine) part(pieces int) (linePart, error) {
	var (
		p   linePart
		err error
	)
	if p.paid, err = l.Unit.Mul(int64(pieces)); err != nil {
		return p, err
	}
	if p.base, err = l.Base.Mul(int64(pieces)); err != nil {
		return p, err
	}
	if p.commission, err = p.base.Portion(int64(l.CommissionBP), money.HalfUp); err != nil {
		return p, err
	}
	if p.earned, err = p.base.Sub(p.commission); err != nil {
		return p, err
	}
	p.worth = p.base
	if l.Base.Currency != l.Unit.Currency {
		if p.worth, err = p.base.Convert(l.Rate, l.Unit.Currency, money.Down); err != nil {
			return p, fmt.Errorf("line %d: %w", l.ID, err)
		}
	}
	p.margin, err = p.paid.Sub(p.worth)
	return p, err
}

// back is what giving back some pieces takes away, negative, when others were
// given back before: the difference of the two wholes, so that any number of
// returns adds up to what was sold.
func (l SaleLine) back(before, now int) (linePart, error) {
	var d linePart
	less, err := l.part(before)
	if err != nil {
		return d, err
	}
	more, err := l.part(before + now)
	if err != nil {
		return d, err
	}
	err = minus(
		term{&d.paid, less.paid, more.paid}, term{&d.base, less.base, more.base},
		term{&d.commission, less.commission, more.commission}, term{&d.earned, less.earned, more.earned},
		term{&d.worth, less.worth, more.worth}, term{&d.margin, less.margin, more.margin},
	)
	return d, err
}

// shippingPart is a part of what sending a parcel costs.
type shippingPart struct {
	paid money.Amount // by the buyer
	hers money.Amount // the same in the producer's currency, rounded down
	rate money.Rate   // hers → paid
}

// part works out so much of the parcel's shipping, at the rate of its lines,
// which lines must hold when the shipping is the producer's.
func (p SaleParcel) part(paid money.Amount, lines []SaleLine) (shippingPart, error) {
	s := shippingPart{paid: paid, hers: paid}
	if !p.ToProducer || paid.IsZero() {
		return s, nil
	}
	first, err := p.firstLine(lines)
	if err != nil || first.Base.Currency == paid.Currency {
		return s, err
	}
	s.rate = first.Rate
	s.hers, err = paid.Convert(first.Rate.Inverse(), first.Base.Currency, money.Down)
	return s, err
}

// back is what giving back some of the shipping takes away, negative.
func (p SaleParcel) back(before, now money.Amount, lines []SaleLine) (shippingPart, error) {
	all, err := before.Add(now)
	if err != nil {
		return shippingPart{}, err
	}
	less, err := p.part(before, lines)
	if err != nil {
		return less, err
	}
	more, err := p.part(all, lines)
	if err != nil {
		return more, err
	}
	d := shippingPart{rate: more.rate}
	less.hers.Currency = more.hers.Currency // of nothing before there is no other currency to know
	err = minus(term{&d.paid, less.paid, more.paid}, term{&d.hers, less.hers, more.hers})
	return d, err
}

// firstLine is the parcel's line with the least id: whose rate its shipping
// goes by.
func (p SaleParcel) firstLine(lines []SaleLine) (SaleLine, error) {
	var first SaleLine
	for _, l := range lines {
		if l.ParcelID == p.ID && (first.ID == 0 || l.ID < first.ID) {
			first = l
		}
	}
	if first.ID == 0 {
		return first, errs.E(errs.Invalid, fmt.Sprintf("ledger: shipping of parcel %d without its lines", p.ID))
	}
	return first, nil
}

// term is one difference: into = less − more.
type term struct {
	into       *money.Amount
	less, more money.Amount
}

func minus(terms ...term) error {
	for _, t := range terms {
		var err error
		if *t.into, err = t.less.Sub(t.more); err != nil {
			return err
		}
	}
	return nil
}
