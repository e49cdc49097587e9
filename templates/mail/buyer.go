package mail

import (
	"fmt"
	"strings"

	"awil/internal/checkout"
	"awil/internal/orders"
	"awil/internal/shipping"
)

// toBuyer begins and ends a letter to a buyer.
func (l *letter) toBuyer(m checkout.Mail, letter string) {
	l.subject = l.l.T("mail."+letter+".subject", "order", m.Order.Label())
	l.button = button{l.l.T("mail.see_order"), m.Link}
	l.foot = append(l.foot, l.l.T("mail.foot.buyer", "order", m.Order.Label()))
}

// placed tells how to pay by transfer.
func placed(l *letter, m checkout.Mail) error {
	o := m.Order
	if o.ExpiresAt == nil {
		return fmt.Errorf("order %d awaits no payment", o.ID)
	}
	l.toBuyer(m, "placed")
	l.heading = l.l.T("mail.thanks", "name", o.Name)
	l.say("mail.placed.body", "until", *o.ExpiresAt, "total", o.Total(), "reference", o.Reference)
	l.say("mail.placed.after")
	l.fact("mail.placed.amount", true, l.l.Money(o.Total()))
	l.fact("mail.placed.reference", true, o.Reference)
	l.fact("mail.placed.details", false, strings.Split(strings.TrimSpace(m.Programme.BankDetails), "\n")...)
	l.bill(o)
	return nil
}

// confirmed tells that the order stands.
func confirmed(l *letter, m checkout.Mail) error {
	o := m.Order
	l.toBuyer(m, "confirmed")
	l.heading = l.l.T("mail.thanks", "name", o.Name)
	if door, cash := o.Door(); cash && len(o.Parcels) > 1 {
		l.say("mail.confirmed.cod_parcels", "total", door.ToCome)
		l.door(o)
	} else if cash {
		l.say("mail.confirmed.cod", "total", o.Total())
	} else {
		l.say("mail.confirmed.paid", "total", o.Total())
	}
	l.say("mail.days", "min", o.MinDays, "max", o.MaxDays, "n", o.MaxDays)
	l.bill(o)
	l.envelope(o.Order)
	return nil
}

// shipped tells that a parcel is on its way, and how to follow it if it comes
// straight to the buyer.
func shipped(l *letter, m checkout.Mail) error {
	o, p := m.Order, m.Parcel
	if p == nil {
		return fmt.Errorf("order %d: which parcel?", o.ID)
	}
	l.toBuyer(m, "shipped")
	if len(o.Parcels) > 1 {
		l.subject = l.l.T("mail.shipped.subject_part", "order", o.Label())
	}
	l.heading = l.l.T("mail.shipped.heading", "producer", p.ProducerName)
	if o.ShippingKind == shipping.Box {
		l.say("mail.shipped.hub")
	} else {
		l.say("mail.shipped.body", "village", p.VillageName)
		l.follow(*p, o.Country)
	}
	if door, cash := o.Door(); cash && p.Collector == "" {
		l.fact("order.cash.to_door", true, l.l.Money(o.Costs(p.ID)))
		if len(o.Parcels) > 1 {
			l.fact("order.cash.so_far", false, l.l.Money(door.Paid))
			l.fact("order.cash.to_come", false, l.l.Money(door.ToCome))
		}
	}
	l.list("mail.shipped.inside", o.LinesOf(p.ID), false)
	l.envelope(o.Order)
	return nil
}

// door lists what to have ready in cash for each parcel that is to come.
func (l *letter) door(o orders.Whole) {
	var lines []string
	for _, p := range o.Parcels {
		if p.Expected() {
			lines = append(lines, p.ProducerName+": "+l.l.Money(o.Costs(p.ID)))
		}
	}
	l.fact("order.cash.to_door", false, lines...)
}

// parcelOff tells that one parcel will not come, and why, and what is still to
// be paid.
func parcelOff(l *letter, m checkout.Mail) error {
	o, p := m.Order, m.Parcel
	if p == nil {
		return fmt.Errorf("order %d: which parcel?", o.ID)
	}
	l.toBuyer(m, "parcel_off")
	l.heading = l.l.T("mail.parcel_off.heading")
	l.say("mail.parcel_off.body", "producer", p.ProducerName, "order", o.Label())
	if why := o.WhyDropped(p.ID); why != "" {
		l.fact("refund.why", false, strings.Split(why, "\n")...)
	}
	if door, cash := o.Door(); cash && !door.ToCome.IsZero() {
		l.fact("order.cash.to_come", false, l.l.Money(door.ToCome))
	}
	l.list("mail.parcel_off.inside", o.LinesOf(p.ID), false)
	return nil
}

func (l *letter) follow(p orders.Parcel, country string) {
	if p.Carrier != "" {
		l.fact("mail.shipped.carrier", false, shipping.CarrierName(p.Carrier))
	}
	if p.TrackingNumber != "" {
		l.fact("mail.shipped.number", true, p.TrackingNumber)
	}
	if url := p.TrackingURL(country); url != "" {
		l.button = button{l.l.T("mail.shipped.follow"), url}
	}
}

// expired tells that the goods are no longer kept.
func expired(l *letter, m checkout.Mail) error {
	l.toBuyer(m, "expired")
	l.heading = l.l.T("mail.expired.heading")
	l.say("mail.expired.body", "order", m.Order.Label())
	l.list("mail.bought", m.Order.Lines, true)
	l.items.title = ""
	l.button = button{l.l.T("mail.to_shop"), m.Home}
	return nil
}

// cancelled tells that the order has ended and nothing is to be paid.
func cancelled(l *letter, m checkout.Mail) error {
	l.toBuyer(m, "cancelled")
	l.heading = l.l.T("mail.cancelled.heading")
	l.say("mail.cancelled.body", "order", m.Order.Label())
	if why := m.Order.WhyCancelled(l.l); why != "" && m.Order.CancelledAs != orders.FactByBuyer {
		l.fact("refund.why", false, strings.Split(why, "\n")...)
	}
	l.button = button{l.l.T("mail.to_shop"), m.Home}
	return nil
}
