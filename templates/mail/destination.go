package mail

import (
	"bytes"
	"context"
	"fmt"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/payouts"
)

// WriteDestination tells one of a producer's people where her money goes from
// now on, in her language; numbers are masked. It is a payouts.Writer.
func WriteDestination(ctx context.Context, m payouts.Letter) (checkout.Written, error) {
	l := letter{l: i18n.For(m.Lang), home: m.Home}
	l.subject = l.l.T("money.letter.to.subject")
	l.heading = l.l.T("money.letter.to.heading")
	l.say("money.letter.to.body", "name", m.Destination.Setter)
	if m.Waits {
		l.say("money.letter.to.from", "date", l.l.Date(m.UsableFrom))
	}
	l.say("money.letter.to.wrong")
	where := []string{l.l.T("money.to.kind." + string(m.Destination.Kind))}
	if number := m.Destination.Masked(); number != "" {
		where = append(where, number)
	}
	l.fact("money.to.title", false, append(where, m.Destination.Holder)...)
	l.button = button{l.l.T("money.letter.to.look"), m.Link}
	l.foot = append(l.foot, l.l.T("mail.foot.producer"))
	if m.Demo {
		l.foot = append(l.foot, l.l.T("mail.foot.demo"))
	}
	var html bytes.Buffer
	if err := page(l).Render(ctx, &html); err != nil {
		return checkout.Written{}, fmt.Errorf("letter about a destination: %w", err)
	}
	return checkout.Written{Subject: l.subject, Text: text(l), HTML: html.String()}, nil
}
