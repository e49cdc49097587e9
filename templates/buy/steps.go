package buy

import (
	"time"

	"awil/internal/markets"
	"awil/internal/orders"
	"awil/templates/layout"
	"awil/templates/part"
)

// steps is the way of an order, from placing it to the door. One that has
// ended shows what was behind it and how it ended.
func (p Order) steps() []part.Step {
	placed := part.Step{
		Label: p.at(&p.Whole.PlacedAt), Title: p.T("buy.step.placed"), State: part.StepDone,
		Text: p.T("buy.step.placed_text", "total", p.Whole.Total(), "method", p.T("checkout.method."+string(p.Whole.PaymentMethod))),
	}
	steps := []part.Step{placed}
	if p.Whole.PaymentMethod != markets.COD {
		steps = append(steps, p.paid())
	}
	if p.Standing.over() {
		return append(steps[:1:1], p.paidBefore(steps)...)
	}
	steps = append(steps, p.packed(), p.shipped(), p.door())
	return here(steps)
}

// paidBefore ends the way of an order that came to nothing.
func (p Order) paidBefore(steps []part.Step) []part.Step {
	var list []part.Step
	if p.Whole.PaidAt != nil && len(steps) > 1 {
		list = append(list, steps[1])
	}
	status := p.Whole.Status
	if p.Standing == TimeOver {
		status = orders.Expired // it is, if nobody has written it down yet
	}
	return append(list, part.Step{Label: p.at(p.ended()), Title: p.T("checkout.status." + string(status)), State: part.StepHere})
}

// ended is when the order came to its end.
func (p Order) ended() *time.Time {
	for i := len(p.Whole.Events) - 1; i >= 0; i-- {
		if e := p.Whole.Events[i]; e.ParcelID == nil && e.ToStatus == string(p.Whole.Status) && (e.FromStatus == nil || *e.FromStatus != e.ToStatus) {
			return &e.At
		}
	}
	return nil
}

func (p Order) paid() part.Step {
	step := part.Step{Title: p.T("buy.step.pay"), State: part.StepLater}
	if p.Whole.PaidAt != nil {
		step.Title, step.Label, step.State = p.T("buy.step.paid"), p.at(p.Whole.PaidAt), part.StepDone
	}
	return step
}

// packed is where the order is until it leaves.
func (p Order) packed() part.Step {
	step := part.Step{Title: p.T("buy.step.packing"), State: part.StepLater}
	if p.all(orders.ParcelPacked, orders.ParcelShipped, orders.ParcelDelivered) {
		step.Title = p.T("buy.step.packed")
		step.Label = p.at(latest(p.Whole.Parcels, func(one orders.Parcel) *time.Time { return one.PackedAt }))
	}
	if p.gone() {
		step.State = part.StepDone
	}
	return step
}

// gone reports whether every parcel has left.
func (p Order) gone() bool { return p.all(orders.ParcelShipped, orders.ParcelDelivered) }

// shipped is where the order is until it has come.
func (p Order) shipped() part.Step {
	step := part.Step{Title: p.T("buy.step.shipped"), Text: p.Whole.ShippingName, State: part.StepLater}
	if p.gone() {
		step.Label = p.at(latest(p.Whole.Parcels, func(one orders.Parcel) *time.Time { return one.ShippedAt }))
	}
	if p.Standing == Arrived {
		step.State = part.StepDone
	}
	return step
}

func (p Order) door() part.Step {
	step := part.Step{Title: p.T("buy.step.door"), State: part.StepLater}
	if p.Standing == Arrived {
		step.State = part.StepDone
		step.Label = p.at(latest(p.Whole.Parcels, func(one orders.Parcel) *time.Time { return one.DeliveredAt }))
		return step
	}
	step.Label = p.expected(span)
	step.Text = p.atTheDoor()
	return step
}

// all reports whether every parcel that is still to come is in one of the
// states.
func (p Order) all(states ...orders.ParcelStatus) bool {
	some := false
	for _, parcel := range p.Whole.Parcels {
		if parcel.Status == orders.ParcelCancelled || parcel.Status == orders.ParcelReturned {
			continue
		}
		some = true
		in := false
		for _, s := range states {
			in = in || parcel.Status == s
		}
		if !in {
			return false
		}
	}
	return some
}

// here marks the first step that is not behind: that is where the order is.
func here(steps []part.Step) []part.Step {
	for i := range steps {
		if steps[i].State != part.StepDone {
			steps[i].State = part.StepHere
			break
		}
	}
	return steps
}

// at writes a day of the order, as the buyer's calendar has it.
func (p Order) at(t *time.Time) string {
	if t == nil {
		return ""
	}
	return p.DateShort(local(*t, p.Whole.Country))
}

// expected says when it should arrive: counted from the day it could be
// packed, which is that of the payment or, in cash, of the order.
func (p Order) expected(write func(b layout.Base, start time.Time, minDays, maxDays int) string) string {
	start := p.Whole.PlacedAt
	switch {
	case p.Whole.PaidAt != nil && p.Whole.PaymentMethod != markets.COD:
		start = *p.Whole.PaidAt
	case p.Standing.unpaid():
		start = p.Now
	}
	return write(p.Base, local(start, p.Whole.Country), p.Whole.MinDays, p.Whole.MaxDays)
}
