package mail

import (
	"fmt"

	"awil/internal/checkout"
	"awil/internal/shipping"
)

// pack tells a producer what to pack, for whom, and what it brings her.
func pack(l *letter, m checkout.Mail) error {
	job := m.Job
	if job == nil {
		return fmt.Errorf("order %d: which parcel?", m.Order.ID)
	}
	earned, err := job.Earned()
	if err != nil {
		return err
	}
	l.toProducer(m, "pack", job.Label())
	if job.ToHub() {
		l.say("mail.pack.hub", "country", l.l.Country(job.Country))
	} else {
		l.say("mail.pack.home", "city", job.City)
	}
	l.list("mail.pack.inside", job.Lines, false)
	if !job.Collect().IsZero() {
		l.sum(l.l.T("mail.pack.collect"), job.Collect())
	}
	l.sum(l.l.T("mail.pack.earned"), earned)
	if job.Note != "" {
		l.fact("mail.pack.note", false, job.Note)
	}
	if !job.ToHub() {
		l.address = address{title: l.l.T("mail.sent_to"), lines: append(job.Envelope(l.l.Lang()), shipping.FormatPhone(job.Phone))}
	}
	return nil
}

// unpack tells a producer that an order was cancelled.
func unpack(l *letter, m checkout.Mail) error {
	if m.Job == nil {
		return fmt.Errorf("order %d: which parcel?", m.Order.ID)
	}
	l.toProducer(m, "unpack", m.Job.Label())
	l.say("mail.unpack.body", "order", m.Job.Label())
	l.list("mail.pack.inside", m.Job.Lines, false)
	l.items.title = ""
	return nil
}

func (l *letter) toProducer(m checkout.Mail, letter, order string) {
	l.subject = l.l.T("mail."+letter+".subject", "order", order)
	l.heading = l.l.T("mail." + letter + ".heading")
	l.button = button{l.l.T("mail.pack.open"), m.Link}
	l.foot = append(l.foot, l.l.T("mail.foot.producer"))
}
