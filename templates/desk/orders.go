package desk

import (
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/templates/layout"
	"awil/templates/part"
)

// OrdersPage lists orders.
type OrdersPage struct {
	Page
	Text      string
	Status    orders.Status
	Market    string
	Method    markets.Method
	RefundDue bool
	Markets   []markets.Market
	Counts    map[orders.Status]int
	Entries   []orders.Entry
	Next      string
}

func (p OrdersPage) tabs() []Tab {
	q := p.Page
	q.Query = queryOf(p.with("refund", ""))
	list := []Tab{{Href: q.with("status", ""), Text: p.T("desk.orders.all"), Current: p.Status == "" && !p.RefundDue}}
	for _, s := range orders.Statuses {
		list = append(list, Tab{Href: q.with("status", string(s)), Text: p.T("desk.order." + string(s)), Count: p.Counts[s], Current: p.Status == s})
	}
	q.Query = queryOf(p.with("status", ""))
	return append(list, Tab{Href: q.with("refund", "due"), Text: p.T("desk.orders.refund_due"), Current: p.RefundDue})
}

func (p OrdersPage) markets() []part.Option {
	var list []part.Option
	for _, m := range p.Markets {
		list = append(list, part.Option{Value: m.Code, Text: m.Name(p.Lang())})
	}
	return list
}

func methods(p Page) []part.Option {
	var list []part.Option
	for _, m := range []markets.Method{markets.Card, markets.Payme, markets.Click, markets.COD, markets.Bank} {
		list = append(list, part.Option{Value: string(m), Text: p.T("desk.method." + string(m))})
	}
	return list
}

func orderState(s orders.Status) string {
	switch s {
	case orders.Placed:
		return "mid"
	case orders.Cancelled, orders.Expired, orders.Refunded:
		return "no"
	case orders.Delivered, orders.Completed:
		return "yes"
	}
	return ""
}

func parcelState(s orders.ParcelStatus) string {
	switch s {
	case orders.ParcelToPack, orders.ParcelPacked:
		return "mid"
	case orders.ParcelCancelled, orders.ParcelReturned:
		return "no"
	case orders.ParcelDelivered:
		return "yes"
	}
	return ""
}

func paymentState(y payments.Payment) string {
	switch {
	case y.RefundDue:
		return "no"
	case y.Status == payments.Succeeded:
		return "yes"
	case y.Status == payments.Open:
		return "mid"
	}
	return ""
}

// provider names who takes the money of an attempt.
func (p Page) provider(of payments.Provider) string {
	switch of {
	case payments.ProviderBank, payments.ProviderCOD:
		return p.T("desk.method." + string(of))
	case payments.ProviderStripe:
		return "Stripe"
	}
	if key := "desk.method." + string(of); p.Has(key) {
		return p.T(key)
	}
	return string(of)
}

// OrderPage is one order with all that belongs to it.
type OrderPage struct {
	Page
	Order checkout.Overview
	Goods Goods
	checkout.Returns
	Market   markets.Market
	Disputes []payments.Dispute
	OrderTyped
	// What the viewer may do about it.
	MayReceive bool // say that the transfer has come
	MayCancel  bool
}

// OrderTyped is what was filled in on an order's page.
type OrderTyped struct {
	Reason string // for cancelling
	Parcel int64  // the parcel Reason is about; 0: the order
	Amount string // of a transfer
	Sent   SentTyped
}

// about is what the page knows about one of its forms that ask for a reason:
// what needs another look, if it was that form. Parcel 0 is the order's own.
func (p OrderPage) about(parcel int64) layout.Base {
	b := p.Base
	if p.Parcel != parcel {
		b.Problems = nil
	}
	return b
}

// reasonOf is the reason typed for a parcel, or for the order.
func (p OrderPage) reasonOf(parcel int64) string {
	if p.Parcel != parcel {
		return ""
	}
	return p.Reason
}

// deliverable says that a parcel may be said to have arrived.
func deliverable(parcel orders.Parcel) bool { return parcel.Status.Can(orders.ParcelDelivered) }

// mayDrop says that a parcel may be ended while the rest of its order goes on: of an order that is paid at the door and
// sends more than this one. What was paid for before goes back by a refund.
func (p OrderPage) mayDrop(parcel orders.Parcel) bool {
	return p.Order.PaymentMethod == markets.COD && parcel.Status == orders.ParcelToPack && len(p.Order.Parcels) > 1
}

// Collectors is who takes cash at the door, as the desk asks for it.
var Collectors = []ledger.Collector{ledger.CollectorProducer, ledger.CollectorCourier, ledger.CollectorProgramme}

// due is the cash to take for a parcel: its goods and its shipping.
func (p OrderPage) due(parcel orders.Parcel) string {
	total, err := checkout.SaleOfParcel(p.Order.Whole, parcel.ID).Total()
	if err != nil {
		return ""
	}
	return p.Money(total)
}

func (p OrderPage) sum() []part.Row {
	return []part.Row{
		{Term: p.T("desk.order_sum.goods"), Amount: p.Money(p.Order.Goods())},
		{Term: p.T("desk.order_sum.shipping"), Amount: p.Money(p.Order.Shipping())},
		{Term: p.T("desk.order_sum.total"), Amount: p.Money(p.Order.Total()), Total: true},
	}
}

// status is the word for a state of an order or, where parcel is set, of a parcel.
func (p Page) status(e orders.Event) string {
	if e.ParcelID != nil {
		return p.T("desk.parcel." + e.ToStatus)
	}
	return p.T("desk.order." + e.ToStatus)
}

// earned is what a producer gets for what is left of a line: nothing for what
// was not sold in the end, or went back.
func (p OrderPage) earned(parcel orders.Parcel, l orders.Line) string {
	switch paid := p.Order.PaidAt != nil && p.Order.PaymentMethod != markets.COD || parcel.Collector != ""; {
	case paid:
		l.Quantity = p.Left[l.ID]
	case !parcel.Expected() || p.Order.Status == orders.Cancelled || p.Order.Status == orders.Expired:
		l.Quantity = 0
	}
	a, err := l.Earned()
	if err != nil || l.Quantity == 0 {
		return "–"
	}
	return p.Money(a)
}

// Goods is what staff call what an order sold, in their own language; what has
// no name in it is called as its buyer reads it.
type Goods struct {
	Names  map[int64]catalog.Named // by product
	Labels map[int64]catalog.Named // by variant
	Buyer  i18n.Lang
}

func (g Goods) name(l orders.Line) catalog.Named {
	if n, known := g.Names[l.ProductID]; known {
		return n
	}
	return catalog.Named{Name: l.Name, Lang: g.Buyer}
}

func (g Goods) label(l orders.Line) catalog.Named {
	if n, known := g.Labels[l.VariantID]; known && l.VariantLabel != "" {
		return n
	}
	return catalog.Named{Name: l.VariantLabel, Lang: g.Buyer}
}

// collected says what was taken at the door so far and what is still to come;
// empty where that is one sum, or nothing is paid at the door.
func (p OrderPage) collected() string {
	door, cash := p.Order.Door()
	if !cash || len(p.Order.Parcels) < 2 {
		return ""
	}
	return p.T("desk.orders.door", "paid", door.Paid, "to_come", door.ToCome)
}

// shopLink is the order's own page, as its buyer sees it.
func (p OrderPage) shopLink() string {
	return "/" + layout.Locale(p.Order.Lang, p.Order.Market) + "/orders/" + p.Order.Token
}

// awaits says that a transfer is expected.
func (p OrderPage) awaits() bool { return p.unpaid() && p.Order.Status == orders.Placed }

// mayCome says that a transfer may still come for an order that is over: banks are slow. It is booked all the same.
func (p OrderPage) mayCome() bool {
	return p.unpaid() && (p.Order.Status == orders.Expired || p.Order.Status == orders.Cancelled)
}

func (p OrderPage) unpaid() bool {
	return p.Order.PaymentMethod == markets.Bank && p.Order.PaidAt == nil && !p.Order.RefundDue
}
