package desk

import (
	"awil/internal/checkout"
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
	return string(of)
}

// OrderPage is one order with all that belongs to it.
type OrderPage struct {
	Page
	Order checkout.Overview
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

// earned is what a producer gets for a line.
func (p Page) earned(l orders.Line) string {
	a, err := l.Earned()
	if err != nil {
		return ""
	}
	return p.Money(a)
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
