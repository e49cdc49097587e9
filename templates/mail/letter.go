// Package mail writes the letters about orders: what each says is put together
// once and set twice, as HTML that looks like the shop and as plain text that
// reads well by itself.
package mail

import (
	"bytes"
	"context"
	"fmt"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/orders"
)

// letter is a letter before it is set: parts that are empty are left out.
type letter struct {
	l       *i18n.Localizer
	home    string // where the name at its head leads
	subject string
	heading string
	body    []string // paragraphs
	facts   []fact   // what must be found at a glance
	items   items
	address address
	button  button
	foot    []string
}

// fact is a name and a value, the value in lines.
type fact struct {
	name  string
	lines []string
	large bool
}

// items are things bought or to be packed, and what they come to.
type items struct {
	title string
	rows  []row
	sums  []row // the last stands out
}

type row struct{ name, detail, sum string }

type address struct {
	title string
	lines []string
}

type button struct{ label, url string }

// Write writes a letter in its reader's language. It is a checkout.Writer.
func Write(ctx context.Context, m checkout.Mail) (checkout.Written, error) {
	compose, known := composers[m.Audience][m.Letter]
	if !known {
		return checkout.Written{}, fmt.Errorf("no letter %s to %s", m.Letter, m.Audience)
	}
	l := letter{l: i18n.For(m.Lang), home: m.Home}
	if err := compose(&l, m); err != nil {
		return checkout.Written{}, fmt.Errorf("letter %s to %s: %w", m.Letter, m.Audience, err)
	}
	if m.Programme.Demo {
		l.foot = append(l.foot, l.l.T("mail.foot.demo"))
	}
	var html bytes.Buffer
	if err := page(l).Render(ctx, &html); err != nil {
		return checkout.Written{}, fmt.Errorf("letter %s to %s: %w", m.Letter, m.Audience, err)
	}
	return checkout.Written{Subject: l.subject, Text: text(l), HTML: html.String()}, nil
}

// composers know how each letter is put together for each reader.
var composers = map[checkout.Audience]map[orders.Letter]func(*letter, checkout.Mail) error{
	checkout.ToBuyer: {
		orders.LetterPlaced:    placed,
		orders.LetterConfirmed: confirmed,
		orders.LetterShipped:   shipped,
		orders.LetterExpired:   expired,
		orders.LetterCancelled: cancelled,
		orders.LetterParcelOff: parcelOff,

		orders.LetterRefunded:       refunded,
		orders.LetterRefundSent:     refundSent,
		orders.LetterRefundDeclined: refundDeclined,
		orders.LetterRefundAsked:    requestReceived,
	},
	checkout.ToProducer: {
		orders.LetterConfirmed: pack,
		orders.LetterCancelled: unpack,
		orders.LetterRefunded:  piecesBack,
	},
	checkout.ToStaff: {
		orders.LetterRefundDue:        stray,
		orders.LetterRefundFailed:     refundFailed,
		orders.LetterRefundFound:      refundFound,
		orders.LetterRefundUnanswered: refundUnanswered,
		orders.LetterRefundAsked:      refundAsked,
		orders.LetterDisputeOpened:    disputed,
		orders.LetterDisputeClosed:    disputeOver,
		orders.LetterInquiry:          inquiry,
	},
}

func (l *letter) say(key string, args ...any) { l.body = append(l.body, l.l.T(key, args...)) }

func (l *letter) fact(key string, large bool, lines ...string) {
	l.facts = append(l.facts, fact{name: l.l.T(key), lines: lines, large: large})
}

// list fills the items with lines; with prices, or only how many of each.
func (l *letter) list(title string, lines []orders.Line, prices bool) {
	l.items.title = l.l.T(title)
	for _, line := range lines {
		r := row{name: fmt.Sprintf("%s × %s", l.l.Number(int64(line.Quantity)), line.Name), detail: l.detail(line)}
		if prices {
			r.sum = l.l.Money(line.Total())
		}
		l.items.rows = append(l.items.rows, r)
	}
}

// detail says which of a product's variants it is.
func (l *letter) detail(line orders.Line) string {
	if line.VariantLabel != "" {
		return line.VariantLabel
	}
	if line.NetQuantity == nil || line.NetUnit == "piece" {
		return ""
	}
	return l.l.Quantity(*line.NetQuantity, line.NetUnit)
}

func (l *letter) sum(name string, amount money.Amount) {
	l.items.sums = append(l.items.sums, row{name: name, sum: l.l.Money(amount)})
}

// bill lists what was bought and what it comes to.
func (l *letter) bill(o orders.Whole) {
	l.list("mail.bought", o.Lines, true)
	l.sum(l.l.T("mail.goods"), o.Goods())
	l.sum(l.l.T("mail.shipping", "name", o.ShippingName), o.Shipping())
	l.sum(l.l.T("mail.total"), o.Total())
}

// envelope shows where the order goes, country and all.
func (l *letter) envelope(o orders.Order) {
	l.address = address{title: l.l.T("mail.sent_to"), lines: append(o.Envelope(l.l.Lang()), l.l.Country(o.Country))}
}
