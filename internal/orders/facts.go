package orders

import (
	"awil/internal/i18n"
	"awil/internal/money"
)

// FactKind is what kind of thing an event of the history tells.
type FactKind string

// The facts. What each carries stands beside it.
const (
	FactCashTaken   FactKind = "cash_taken"   // Amount; Code: who took it, a ledger.Collector
	FactCashOther   FactKind = "cash_other"   // Code: who has it, Was: who was said to have it, Text: why
	FactCashAll     FactKind = "cash_all"     // nothing more
	FactRefund      FactKind = "refund"       // Amount
	FactRefundSent  FactKind = "refund_sent"  // Amount; Code: the ledger.Till it was sent from, Text: the proof
	FactRefundBack  FactKind = "refund_back"  // as FactRefundSent, of what had not been sent; Text: why
	FactStray       FactKind = "stray"        // Amount that pays for nothing
	FactDiffers     FactKind = "differs"      // Amount that came, Of: what was asked for
	FactDispute     FactKind = "dispute"      // Amount; Code: a payments.DisputeStatus, Ref: the provider's name for it
	FactAsked       FactKind = "asked"        // Code: a payments.RequestReason
	FactWithdrawn   FactKind = "withdrawn"    // nothing more
	FactByBuyer     FactKind = "by_buyer"     // nothing more
	FactRefusedDoor FactKind = "refused_door" // nothing more
)

// Fact is what an event tells beyond its move. It is kept as what it is, so
// that everybody reads it in her own language.
type Fact struct {
	Kind   FactKind      `json:"kind"`
	Amount *money.Amount `json:"amount,omitempty"`
	Of     *money.Amount `json:"of,omitempty"`
	Code   string        `json:"code,omitempty"`
	Was    string        `json:"was,omitempty"`
	Ref    string        `json:"ref,omitempty"`
	Text   string        `json:"text,omitempty"` // as somebody wrote it, in whatever language
}

// codes are the keys under which the codes of a kind have their words.
var codes = map[FactKind]string{
	FactCashTaken: "order.collector.", FactCashOther: "order.collector.", FactRefundSent: "order.till.", FactRefundBack: "order.till.",
	FactDispute: "order.dispute.", FactAsked: "returns.reason.",
}

// Say is the fact as a sentence.
func (f Fact) Say(l *i18n.Localizer) string {
	word := func(code string) string {
		if key := codes[f.Kind] + code; code != "" && l.Has(key) {
			return l.T(key)
		}
		return code
	}
	return l.T("order.fact."+string(f.Kind), "amount", sum(l, f.Amount), "of", sum(l, f.Of),
		"code", word(f.Code), "was", word(f.Was), "ref", f.Ref, "text", f.Text)
}

func sum(l *i18n.Localizer, a *money.Amount) string {
	if a == nil {
		return ""
	}
	return l.Money(*a)
}

// Reason is why an order is cancelled: a fact that carries nothing more, or
// somebody's own words. The zero value gives none.
type Reason struct {
	Fact  FactKind // empty: Words
	Words string
}

// Written is a reason in somebody's own words, whatever they are.
func Written(words string) Reason { return Reason{Words: words} }

// WhyCancelled is the reason an order was cancelled for: somebody's own words,
// or a sentence in the reader's language; empty for one that was not.
func (o Order) WhyCancelled(l *i18n.Localizer) string {
	if o.CancelledAs != "" {
		return Fact{Kind: o.CancelledAs}.Say(l)
	}
	return o.CancelReason
}

// sayFacts writes every fact into its event's note, in a language.
func sayFacts(events []Event, lang i18n.Lang) {
	l := i18n.For(lang)
	for i, e := range events {
		if e.Fact != nil {
			events[i].Note = e.Fact.Say(l)
		}
	}
}
