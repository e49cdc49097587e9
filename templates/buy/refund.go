package buy

import (
	"strconv"

	"awil/internal/checkout"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/templates/layout"
	"awil/templates/part"
)

// AskPage is the form on which a buyer says what is not right.
type AskPage struct {
	layout.Base
	Whole    checkout.Overview
	Pictures Pictures
	checkout.Returns
	Typed AskTyped
}

// AskTyped is what was filled in.
type AskTyped struct {
	Chosen  map[int64]int // pieces by line
	Reason  string
	Message string
	Photos  []part.Picture // that came with an earlier try
	Full    bool           // more photos came than we keep
}

// MaxAskPhotos is how many photos may come with what a buyer tells.
const MaxAskPhotos = checkout.MaxAskPhotos

func (p AskPage) self(rest string) string { return p.URL("/orders/" + p.Whole.Token + rest) }

// lines are those of which something is left.
func (p AskPage) lines() []orders.Line {
	var list []orders.Line
	for _, l := range p.Whole.Lines {
		if p.Left[l.ID] > 0 {
			list = append(list, l)
		}
	}
	return list
}

// label names a line: what it is, and which of its sizes.
func (p AskPage) label(l orders.Line) string {
	if text := size(p.Base, l.VariantLabel, l.NetQuantity, l.NetUnit); text != "" {
		return l.Name + ", " + text
	}
	return l.Name
}

func (p AskPage) pieces(l orders.Line) []part.Option {
	left := p.Left[l.ID]
	options := []part.Option{{Value: "0", Text: p.T("returns.ask.none")}}
	for n := 1; n <= left; n++ {
		text := p.T("returns.ask.of", "n", n, "all", left) + " · " + p.Money(money.New(l.UnitMinor*int64(n), l.Currency))
		options = append(options, part.Option{Value: strconv.Itoa(n), Text: text})
	}
	return options
}

func (p AskPage) chosen(l orders.Line) int {
	if n, typed := p.Typed.Chosen[l.ID]; typed {
		return min(max(n, 0), p.Left[l.ID])
	}
	if len(p.lines()) == 1 {
		return 1 // there is nothing else it could be about
	}
	return 0
}

// outcome is what would come of the form as it is filled in.
func (p AskPage) outcome() Outcome {
	chosen := map[int64]int{}
	for _, l := range p.lines() {
		chosen[l.ID] = p.chosen(l)
	}
	return OutcomeOf(p.Base, p.Whole.Whole, p.Returns, chosen)
}

// Outcome is what would come of a request if it was granted.
type Outcome struct {
	layout.Base
	Amount  money.Amount // for the goods
	Stopped []Stopped    // parcels that would not be sent
}

// Stopped is a parcel that would not be sent, as nothing would be left in it.
type Stopped struct {
	Producer string
	Shipping money.Amount // what of its delivery was paid and has not gone back
}

// OutcomeOf works out what would come of a request for so many pieces of each
// line, as far as there are so many.
func OutcomeOf(b layout.Base, w orders.Whole, r checkout.Returns, chosen map[int64]int) Outcome {
	o := Outcome{Base: b, Amount: money.Zero(w.Currency)}
	for _, parcel := range w.Parcels {
		some, rest := false, false
		for _, l := range w.LinesOf(parcel.ID) {
			left := r.Left[l.ID]
			n := min(max(chosen[l.ID], 0), left)
			o.Amount.Minor += l.UnitMinor * int64(n)
			some, rest = some || n > 0, rest || n < left
		}
		if some && !rest && parcel.Status.Can(orders.ParcelCancelled) {
			o.Stopped = append(o.Stopped, Stopped{parcel.ProducerName, money.New(r.ShippingLeft[parcel.ID], w.Currency)})
		}
	}
	return o
}

func (p AskPage) reasons() []part.Choice {
	choices := make([]part.Choice, len(payments.RequestReasons))
	for i, r := range payments.RequestReasons {
		choices[i] = part.Choice{Value: string(r), Text: p.T("returns.reason." + string(r))}
	}
	return choices
}

// requestText is one sentence about what the buyer asked and what came of it.
func (p Order) requestText(r payments.Request) string {
	return p.T("returns.request."+string(r.Status),
		"day", local(r.AskedAt, p.Whole.Country), "until", local(r.LapsesAt, p.Whole.Country), "reason", p.T("returns.reason."+string(r.Reason)))
}

// asked names what a request is about: "2 × Melon jam, 500 g".
func (p Order) asked(r payments.Request) []string {
	lines := checkout.AskedOf(p.Whole.Whole, r)
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = p.Number(int64(l.Quantity)) + " × " + l.Name
		if text := size(p.Base, l.VariantLabel, l.NetQuantity, l.NetUnit); text != "" {
			list[i] += ", " + text
		}
	}
	return list
}

// whyBack is the reason the buyer was given for a refund; empty where the page
// says elsewhere why.
func (p Order) whyBack(r payments.Refund) string {
	switch {
	case r.DecidedBy != nil:
		return p.T("returns.back.why", "text", r.Reason)
	case r.Reversed():
		return p.T("returns.back.why", "text", p.T("refund.reversed"))
	}
	return ""
}

// backText says where money that goes back is.
func (p Order) backText(r payments.Refund) string {
	day := r.DecidedAt
	if r.SentAt != nil {
		day = *r.SentAt
	}
	on := local(day, p.Whole.Country)
	if key := "order.till." + r.Till; r.Status == payments.RefundSent && r.Method == payments.ByHand && p.Has(key) {
		return p.T("returns.back.sent_how", "day", on, "how", p.T(key))
	}
	return p.T("returns.back."+string(r.Status), "day", on)
}

// back is what goes back in all.
func (p Order) back() money.Amount {
	total := money.Zero(p.Whole.Currency)
	for _, r := range p.Returns.Refunds {
		if sum, err := total.Add(r.Amount()); err == nil {
			total = sum
		}
	}
	return total
}
