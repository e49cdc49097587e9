package mail

import (
	"bytes"
	"context"
	"fmt"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/payouts"
)

// WriteMoney writes what one of a producer's people reads about her money: where
// it goes from now on, that some was paid, or that it came back. It is a
// payouts.Writer.
func WriteMoney(ctx context.Context, m payouts.Letter) (checkout.Written, error) {
	l := letter{l: i18n.For(m.Lang), home: m.Home}
	switch {
	case m.Status == payouts.Paid && m.Statement != nil:
		l.paid(*m.Statement)
	case m.Status == payouts.Returned && m.Statement != nil:
		l.returned(*m.Statement)
	case m.Status == "":
		l.destination(m)
	default:
		return checkout.Written{}, fmt.Errorf("no letter about a payout that is %s", m.Status)
	}
	l.where(m.Destination)
	l.button.url = m.Link
	l.foot = append(l.foot, l.l.T("mail.foot.producer"))
	if m.Demo {
		l.foot = append(l.foot, l.l.T("mail.foot.demo"))
	}
	var html bytes.Buffer
	if err := page(l).Render(ctx, &html); err != nil {
		return checkout.Written{}, fmt.Errorf("letter about money: %w", err)
	}
	return checkout.Written{Subject: l.subject, Text: text(l), HTML: html.String()}, nil
}

// destination says that her money goes elsewhere, and since whose word.
func (l *letter) destination(m payouts.Letter) {
	l.subject = l.l.T("money.letter.to.subject")
	l.heading = l.l.T("money.letter.to.heading")
	l.say("money.letter.to.body", "name", m.Destination.Setter)
	if m.Waits {
		l.say("money.letter.to.from", "date", l.l.Date(m.UsableFrom))
	}
	l.say("money.letter.to.wrong")
	l.button.label = l.l.T("money.letter.to.look")
}

// where says where her money goes; numbers are masked.
func (l *letter) where(d payouts.Destination) {
	where := []string{l.l.T("money.to.kind." + string(d.Kind))}
	if number := d.Masked(); number != "" {
		where = append(where, number)
	}
	l.fact("money.to.title", false, append(where, d.Holder)...)
}
