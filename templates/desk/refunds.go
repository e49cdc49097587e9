package desk

import (
	"net/url"
	"strconv"

	"awil/internal/checkout"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/templates/part"
)

// RefundsView is which of the lists of refunds is shown.
type RefundsView string

// The lists of refunds.
const (
	RefundsAsked    RefundsView = "asked"
	RefundsByHand   RefundsView = "hand"
	RefundsAway     RefundsView = "away"
	RefundsSent     RefundsView = "sent"
	RefundsDisputes RefundsView = "disputes"
)

// RefundsViews lists them in the order of their tabs.
var RefundsViews = []RefundsView{RefundsAsked, RefundsByHand, RefundsAway, RefundsSent, RefundsDisputes}

// RefundsPage lists what buyers ask for, what goes back and what is disputed;
// one of the lists is filled, by View.
type RefundsPage struct {
	Page
	View     RefundsView
	Counts   map[RefundsView]int
	Requests []payments.RequestEntry
	Refunds  []payments.RefundEntry
	Disputes []payments.DisputeEntry
	Next     string
	Typed    SentTyped
}

// SentTyped is what was filled in about a refund that people have sent, or
// have said so by mistake.
type SentTyped struct {
	RefundID int64
	Till     string
	Proof    string
	Undo     string // why it is taken back
}

func (t SentTyped) undoOf(r payments.Refund) string {
	if t.RefundID != r.ID {
		return ""
	}
	return t.Undo
}

// undoProblem is what is wrong with why a refund's record is taken back, or empty.
func (p Page) undoProblem(r payments.Refund, typed SentTyped) string {
	if typed.RefundID != r.ID {
		return ""
	}
	return p.Problem("undo")
}

func (t SentTyped) proofOf(r payments.Refund) string {
	if t.RefundID != r.ID {
		return ""
	}
	return t.Proof
}

// sentProblem is what is wrong with what was filled in about a refund, or empty.
func (p Page) sentProblem(r payments.Refund, typed SentTyped) string {
	if typed.RefundID != r.ID {
		return ""
	}
	if problem := p.Problem("proof"); problem != "" {
		return problem
	}
	return p.Problem("till")
}

// sentAction is where it is said that a refund was sent, or was not: with the
// place in the list, to come back to it.
func (p Page) sentAction(r payments.Refund, what string) string {
	to := path("refunds", id(r.ID), what)
	if query, err := url.ParseQuery(p.Query); err == nil && query.Has("after") {
		to += "?" + url.Values{"after": query["after"]}.Encode()
	}
	return to
}

func (p RefundsPage) tabs() []Tab {
	tabs := make([]Tab, len(RefundsViews))
	for i, v := range RefundsViews {
		tabs[i] = Tab{Href: path("refunds") + "?view=" + string(v), Text: p.T("refunds.tab." + string(v)), Count: p.Counts[v], Current: v == p.View}
	}
	return tabs
}

func (p RefundsPage) empty() bool { return len(p.Requests)+len(p.Refunds)+len(p.Disputes) == 0 }

// how says which way money goes back, or went.
func (p Page) how(r payments.Refund, provider payments.Provider) string {
	switch {
	case r.GivenBack():
		return p.T("refunds.method.reversed", "provider", p.provider(provider))
	case r.SaidSent():
		return p.T("refunds.method.from", "till", p.T("refunds.till."+r.Till))
	}
	return p.T("refunds.method."+string(r.Method), "provider", p.provider(provider))
}

// proofOf is what proves that money went back: nothing that only a program
// wrote down.
func proofOf(r payments.Refund) string {
	switch {
	case r.GivenBack(), r.TakenBack():
		return ""
	case r.Proof != "":
		return r.Proof
	}
	return r.Ref()
}

// refundState is where a refund stands, as a class and a word.
func (p Page) refundState(r payments.Refund) (class, word string) {
	word = p.T("refunds.status." + string(r.Status))
	switch {
	case r.Status == payments.RefundSent:
		return "yes", word
	case r.TakenBack():
		return "mid", p.T("refunds.status.again")
	case r.Status == payments.RefundFailed:
		return "no", word
	}
	return "mid", word
}

func disputeState(s payments.DisputeStatus) string {
	switch s {
	case payments.DisputeWon:
		return "yes"
	case payments.DisputeLost:
		return "no"
	}
	return "mid"
}

func requestState(s payments.RequestState) string {
	switch s {
	case payments.RequestOpen:
		return "mid"
	case payments.RequestGranted:
		return "yes"
	}
	return ""
}

// DecidePage is the form on which staff decide what goes back.
type DecidePage struct {
	Page
	Order checkout.Overview
	Goods Goods
	checkout.Returns
	Request *payments.Request // what the buyer asks, if she does
	Asked   map[int64]int     // pieces she asks about, by line
	Photos  []part.Picture    // that she sent
	Token   string            // one form, one decision
	Typed   DecideTyped
}

// DecideTyped is what was filled in.
type DecideTyped struct {
	Sent     bool          // the form has been sent before
	Pieces   map[int64]int // by line
	Restock  map[int64]bool
	Shipping map[int64]string // by parcel
	Reason   string
	Answer   string
	Away     bool   // sent back already, in the provider's own pages
	Refuse   string // the answer to a request that is declined
}

func (p DecidePage) left(l orders.Line) int { return p.Left[l.ID] }

func (p DecidePage) options(l orders.Line) []part.Option {
	options := make([]part.Option, 0, p.left(l)+1)
	for n := 0; n <= p.left(l); n++ {
		options = append(options, part.Option{Value: strconv.Itoa(n), Text: p.Number(int64(n))})
	}
	return options
}

// pieces are what is chosen: what was typed, else what the buyer asks about.
func (p DecidePage) pieces(l orders.Line) string {
	n := p.Asked[l.ID]
	if p.Typed.Sent {
		n = p.Typed.Pieces[l.ID]
	}
	return strconv.Itoa(min(max(n, 0), p.left(l)))
}

// unsent reports whether a parcel's goods are still at its producer, so that
// they go back on the shelf of their own accord.
func unsent(parcel orders.Parcel) bool {
	return parcel.Status == orders.ParcelToPack || parcel.Status == orders.ParcelPacked || parcel.Status == orders.ParcelWaiting
}

func (p DecidePage) restock(parcel orders.Parcel, l orders.Line) bool {
	if p.Typed.Sent {
		return p.Typed.Restock[l.ID]
	}
	return unsent(parcel)
}

func (p DecidePage) shippingLeft(parcel orders.Parcel) money.Amount {
	return money.New(p.ShippingLeft[parcel.ID], p.Order.Currency)
}

func (p DecidePage) shippingName(parcel orders.Parcel) string { return "shipping-" + id(parcel.ID) }

func (p DecidePage) self(rest string) string { return path("orders", id(p.Order.ID), "refund") + rest }

// way says how it will go back.
func (p DecidePage) way() string {
	if p.ByHand {
		return p.T("refunds.decide.way_hand")
	}
	return p.T("refunds.decide.way_provider", "provider", p.provider(p.took()))
}

// took is who took the money of the order.
func (p DecidePage) took() payments.Provider { return kept(p.Order.Payments) }

func kept(list []payments.Payment) payments.Provider {
	for _, y := range list {
		if y.Status == payments.Succeeded && !y.RefundDue {
			return y.Provider
		}
	}
	return payments.ProviderCOD
}

// takenBy is who took the money that goes back.
func (p OrderPage) takenBy(r payments.Refund) payments.Provider {
	for _, y := range p.Order.Payments {
		if y.ID == r.Payment() {
			return y.Provider
		}
	}
	return payments.ProviderCOD
}

// label names the order something is about.
func label(of payments.Of) string {
	return orders.Order{Reference: of.Reference, Number: of.Number}.Label()
}

// why is why money goes back: what staff wrote, or the rule's own word.
func (p Page) why(r payments.Refund) string {
	if r.Kind == payments.RefundUnexpected {
		return p.T("refunds.kind.unexpected")
	}
	if r.Reversed() {
		return p.T("refunds.kind.reversed")
	}
	return r.Reason
}

// failure is why a provider did not send money back: a message of ours, or its own word.
func (p Page) failure(text string) string {
	if p.Has(text) {
		return p.T(text)
	}
	return text
}

// tills are where money of a provider that is sent back by hand may come from:
// the way it came first.
func (p Page) tills(r payments.Refund, provider payments.Provider) []part.Option {
	list := []part.Option{}
	for _, till := range checkout.HandTills(provider, r.Currency) {
		list = append(list, part.Option{Value: string(till), Text: p.T("refunds.till." + string(till))})
	}
	return list
}
