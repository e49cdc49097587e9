package studio

import (
	"net/url"

	"awil/internal/money"
	"awil/internal/payouts"
	"awil/templates/layout"
)

// MoneySlip is a statement and a page of its lines, the latest first.
type MoneySlip struct {
	Document payouts.Document
	Lines    []payouts.Line
	Next     string         // address of older lines; empty: none
	Own      money.Currency // the currency she is paid in by herself
}

// Money is what is hers and where it is.
type Money struct {
	Frame
	MoneySlip
	Held    []payouts.Held
	To      payouts.Destination
	Payouts []payouts.Payout
	Months  []payouts.Period
	Others  []money.Currency // she has money in these too
}

// MoneyPeriod is the statement of one period.
type MoneyPeriod struct {
	Frame
	MoneySlip
}

// Days says what time it is about.
func (p MoneyPeriod) Days() string { return p.Document.Days() }

// MoneyTo asks where her money shall go.
type MoneyTo struct {
	Frame
	Typed  payouts.Typed
	Now    payouts.Destination
	Format payouts.Format
}

// MoneyURL is where a period's statement is: a page, or with an ending a file.
func MoneyURL(p payouts.Period, ending string, cur, own money.Currency, query url.Values) string {
	path := "/studio/money/" + p.Name()
	if p == payouts.Since && ending == "" {
		path = "/studio/money"
	}
	if ending != "" {
		path += "." + ending
	}
	if query == nil {
		query = url.Values{}
	}
	if cur != own {
		query.Set("in", string(cur))
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func (p MoneySlip) url(period payouts.Period, ending string) string {
	return MoneyURL(period, ending, p.Document.Currency, p.Own, nil)
}

// way is the payout that is on its way; nil when none is.
func (p Money) way() *payouts.Payout {
	for i := range p.Payouts {
		if p.Payouts[i].Status == payouts.Approved {
			return &p.Payouts[i]
		}
	}
	return nil
}

// big is the one sentence: what she asks first.
type big struct {
	label  string
	amount money.Amount
	then   string
	none   bool // there is no sum to show
	nobody bool // nobody knows where to send it
}

func (p Money) big() big {
	b, now := p.Base, p.Document.Closing
	switch way := p.way(); {
	case way != nil:
		return big{label: b.T("money.big.way"), amount: way.Amount(),
			then: b.T("money.then.way", "date", b.Date(way.ApprovedAt.In(p.Document.Zone)), "where", whereTo(b, way.Destination))}
	case now.Payable.Sign() > 0 && !p.To.Known():
		return big{label: b.T("money.big.ready"), amount: now.Payable, then: b.T("money.then.nowhere"), nobody: true}
	case now.Payable.Sign() > 0:
		return big{label: b.T("money.big.ready"), amount: now.Payable, then: b.T("money.then.ready", "where", whereTo(b, p.To))}
	case now.Payable.Sign() < 0:
		return big{label: b.T("money.big.owed"), amount: opposite(now.Payable), then: b.T("money.then.owed")}
	case now.Held.Sign() > 0:
		then := b.T("money.then.held_open")
		if len(p.Held) > 0 && p.Held[0].ReleasesAt != nil {
			then = b.T("money.then.held", "date", b.Date(p.Held[0].ReleasesAt.In(p.Document.Zone)))
		}
		return big{label: b.T("money.big.held"), amount: now.Held, then: then}
	}
	return big{label: b.T("money.big.none"), then: b.T("money.then.none"), none: true}
}

func opposite(a money.Amount) money.Amount { return money.New(-a.Minor, a.Currency) }

// whereTo says where money goes, in words that follow another sentence.
func whereTo(b layout.Base, d payouts.Destination) string {
	return b.T("money.where."+string(d.Kind), "tail", d.Tail, "name", d.HandedBy)
}

// place is one of the places her money is in.
type place struct {
	icon, text string
	amount     money.Amount
}

func (p Money) places() []place {
	var list []place
	if way := p.way(); way != nil {
		list = append(list, place{"truck", p.T("money.list.way"), way.Amount()})
	}
	now := p.Document.Closing
	switch {
	case now.Payable.Sign() > 0:
		list = append(list, place{"check", p.T("money.list.ready"), now.Payable})
	case now.Payable.Sign() < 0:
		list = append(list, place{"minus", p.T("money.list.owed"), opposite(now.Payable)})
	}
	shown := int64(0)
	for _, h := range p.Held {
		text := p.T("money.held.open", "order", heldOrder(h))
		if h.ReleasesAt != nil {
			text = p.T("money.held.from", "order", heldOrder(h), "date", p.Date(h.ReleasesAt.In(p.Document.Zone)))
		}
		list, shown = append(list, place{"clock", text, h.Amount()}), shown+h.Minor
	}
	if rest := now.Held.Minor - shown; rest > 0 && len(p.Held) > 0 {
		list = append(list, place{"clock", p.T("money.list.held"), money.New(rest, now.Held.Currency)})
	}
	return list
}

func heldOrder(h payouts.Held) string {
	if h.OrderNumber == nil {
		return ""
	}
	return payouts.Line{OrderNumber: h.OrderNumber}.Order()
}

// days says what a month is about, by its first and last day.
func (p Money) days(month payouts.Period) string {
	first, _ := month.IsMonth()
	return p.T("money.range", "from", p.DateShort(first), "to", p.DateShort(first.AddDate(0, 1, -1)))
}

func payoutMark(p payouts.Payout) (icon, class string) {
	switch p.Status {
	case payouts.Paid:
		return "check", "ok"
	case payouts.Returned:
		return "turn", "do"
	}
	return "truck", ""
}
