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
	Photos  []string // keys of photos that came with an earlier try
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
		options = append(options, part.Option{Value: strconv.Itoa(n), Text: p.T("returns.ask.of", "n", n, "all", left)})
	}
	return options
}

func (p AskPage) chosen(l orders.Line) string {
	if n, typed := p.Typed.Chosen[l.ID]; typed {
		return strconv.Itoa(min(max(n, 0), p.Left[l.ID]))
	}
	if len(p.lines()) == 1 {
		return "1" // there is nothing else it could be about
	}
	return "0"
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

// backText says where money that goes back is.
func (p Order) backText(r payments.Refund) string {
	day := r.DecidedAt
	if r.SentAt != nil {
		day = *r.SentAt
	}
	return p.T("returns.back."+string(r.Status), "day", local(day, p.Whole.Country))
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
