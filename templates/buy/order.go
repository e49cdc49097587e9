package buy

import (
	"slices"
	"strings"

	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/templates/part"
)

// self is an address below the order's own.
func (p Order) self(rest string) string { return p.URL("/orders/" + p.Whole.Token + rest) }

// payable reports whether to offer the pay page: not while a payment is being
// looked for, lest somebody pays twice.
func (p Order) payable() bool { return p.Whole.CanPay && p.Standing == PayByCard }

func (p Order) cancellable() bool {
	return p.Whole.CanCancel && !p.Standing.over() && p.Standing != Checking
}

func (p Order) title() string {
	key := "buy.order." + string(p.Standing) + ".title"
	switch p.Standing {
	case Partly:
		left, all := departed(p.Whole.Parcels)
		return p.T(key, "n", left, "all", all)
	case OnTheWay:
		return p.T(key, "city", p.Whole.City)
	}
	return p.T(key)
}

func (p Order) text() string {
	key := "buy.order." + string(p.Standing) + ".text"
	if p.Standing == PackingForCOD && len(p.Whole.Parcels) > 1 {
		key = "buy.order.packing_cod.parcels"
	}
	return p.T(key,
		"total", p.sum(), "until", p.until(), "email", p.Whole.Email, "expected", p.expected(days))
}

// sum is what the order comes to or, where money goes back, how much of it; in
// cash, what is still to be paid.
func (p Order) sum() string {
	var back []money.Amount
	if p.Standing == CancelledPaid || p.Standing == MoneyBack {
		for _, r := range p.Returns.Refunds {
			back = append(back, r.Amount())
		}
		if len(back) == 0 {
			back = p.Whole.Stray()
		}
	}
	if door, _ := p.Whole.Door(); p.Standing == PackingForCOD {
		return p.Money(door.ToCome)
	}
	if len(back) == 0 {
		return p.Money(p.Whole.Total())
	}
	var sums []money.Amount
	for _, a := range back {
		at := slices.IndexFunc(sums, func(s money.Amount) bool { return s.Currency == a.Currency })
		if at < 0 {
			sums = append(sums, a)
		} else if sum, err := sums[at].Add(a); err == nil {
			sums[at] = sum
		}
	}
	texts := make([]string, len(sums))
	for i, a := range sums {
		texts[i] = p.Money(a)
	}
	return strings.Join(texts, " + ")
}

// until is when the time to pay ends.
func (p Order) until() string {
	if p.Whole.ExpiresAt == nil {
		return ""
	}
	return moment(p.Base, *p.Whole.ExpiresAt, p.Whole.Country)
}

// reason is why the programme cancelled the order; a buyer knows her own.
func (p Order) reason() string {
	if p.Whole.Status != orders.Cancelled || p.Whole.CancelledAs == orders.FactByBuyer {
		return ""
	}
	return p.Whole.WhyCancelled(p.Localizer)
}

// doorText is what is paid at the door for a parcel; empty where nothing is.
func (p Order) doorText(parcel orders.Parcel) string {
	_, cash := p.Whole.Door()
	switch {
	case !cash || p.Whole.Status == orders.Cancelled:
		return ""
	case parcel.Collector != "":
		return p.T("order.cash.paid", "amount", p.Whole.Costs(parcel.ID))
	case parcel.Expected():
		return p.T("order.cash.due", "amount", p.Whole.Costs(parcel.ID))
	}
	return p.T("order.cash.nothing")
}

// doorSum is what was paid at the door and what is still to be paid, where
// these are not simply the total.
func (p Order) doorSum() []part.Row {
	door, cash := p.Whole.Door()
	if !cash || p.Whole.Status == orders.Cancelled || len(p.Whole.Parcels) < 2 {
		return nil
	}
	return []part.Row{
		{Term: p.T("order.cash.so_far"), Amount: p.Money(door.Paid)},
		{Term: p.T("order.cash.to_come"), Amount: p.Money(door.ToCome)},
	}
}

// atTheDoor is the sentence about the cash to have ready.
func (p Order) atTheDoor() string {
	door, cash := p.Whole.Door()
	switch {
	case !cash || door.ToCome.IsZero():
		return ""
	case len(p.Whole.Parcels) > 1:
		return p.T("order.cash.each", "total", door.ToCome)
	}
	return p.T("buy.step.door_cod", "total", door.ToCome)
}

// payText is the button that leads to where the buyer pays.
func (p Order) payText() string {
	key := "buy.order.pay"
	switch p.Whole.PaymentMethod {
	case markets.Payme:
		key = "buy.order.pay_payme"
	case markets.Click:
		key = "buy.order.pay_click"
	}
	return p.T(key, "total", p.Whole.Total())
}

// refusal says why a card was not taken; what a buyer need not know is simply
// a refusal.
func (p Order) refusal() string {
	_, reason, _ := strings.Cut(strings.TrimPrefix(p.Whole.Failure, "errors."), ".")
	if key := "buy.refused." + reason; p.Has(key) {
		return p.T(key)
	}
	return p.T("buy.refused.declined")
}

// nameLang is the language of what the goods were called when they were
// bought, where the page is in another.
func (p Order) nameLang() string {
	if p.Whole.Lang == p.Lang() {
		return ""
	}
	return p.Whole.Lang.Tag()
}

// badge is the tint of a parcel's state.
func badge(s orders.ParcelStatus) string {
	switch s {
	case orders.ParcelDelivered:
		return "ok"
	case orders.ParcelShipped, orders.ParcelPacked:
		return "on"
	case orders.ParcelReturned, orders.ParcelCancelled:
		return "due"
	}
	return ""
}

func (p Order) slip() []line {
	makers := map[int64]string{}
	for _, parcel := range p.Whole.Parcels {
		makers[parcel.ID] = from(parcel.ProducerName, parcel.VillageName)
	}
	list := make([]line, len(p.Whole.Lines))
	for i, l := range p.Whole.Lines {
		list[i] = line{
			Href: p.URL("/products/" + l.ProductSlug), Name: l.Name, Lang: p.nameLang(), Label: pieces(p.Base, size(p.Base, l.VariantLabel, l.NetQuantity, l.NetUnit), l.Quantity),
			From: makers[l.ParcelID], Total: l.Total(), Picture: p.Pictures.picture(l.PhotoID),
		}
	}
	return list
}
