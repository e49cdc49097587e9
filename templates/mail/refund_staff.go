package mail

import (
	"fmt"

	"awil/internal/checkout"
	"awil/internal/payments"
)

// toStaff begins and ends a letter to the programme's own people.
func (l *letter) toStaff(m checkout.Mail, letter string) {
	l.subject = l.l.T("till.letter."+letter+".subject", "order", m.Order.Label())
	l.heading = l.l.T("till.letter." + letter + ".heading")
	l.button = button{l.l.T("mail.refund.open"), m.Link}
	l.foot = append(l.foot, l.l.T("mail.foot.staff"))
}

// stray tells staff that money came that pays for nothing, and who sends it
// back.
func stray(l *letter, m checkout.Mail) error {
	o := m.Order
	if m.Refund == nil {
		return fmt.Errorf("order %d: which payment?", o.ID)
	}
	l.toStaff(m, "stray")
	if m.Refund.Differs() {
		l.say("till.letter.stray.differs", "received", m.Refund.Received(), "total", o.Total(), "order", o.Label())
	} else {
		l.say("till.letter.stray.body", "total", o.Total(), "order", o.Label())
	}
	if m.Back != nil && m.Back.Method == payments.ByProvider {
		l.say("till.letter.stray.auto")
	} else {
		l.say("till.letter.stray.hand", "email", o.Email)
	}
	return nil
}

// refundFailed tells staff that they must send a refund themselves.
func refundFailed(l *letter, m checkout.Mail) error {
	if m.Back == nil {
		return fmt.Errorf("order %d: which refund?", m.Order.ID)
	}
	l.toStaff(m, "failed")
	l.say("till.letter.failed.body", "amount", m.Back.Amount(), "order", m.Order.Label(), "email", m.Order.Email)
	if m.Back.Failure != "" {
		l.say(m.Back.Failure)
	}
	l.say("till.letter.failed.hand")
	return nil
}

// refundUnanswered tells staff that a provider has not said for a day whether it
// sends a refund.
func refundUnanswered(l *letter, m checkout.Mail) error {
	if m.Back == nil {
		return fmt.Errorf("order %d: which refund?", m.Order.ID)
	}
	l.toStaff(m, "unanswered")
	l.say("till.letter.unanswered.body", "amount", m.Back.Amount(), "order", m.Order.Label())
	l.say("till.letter.unanswered.what")
	return nil
}

// refundFound tells staff of money a provider sent back that nobody here
// decided about.
func refundFound(l *letter, m checkout.Mail) error {
	l.toStaff(m, "found")
	l.say("till.letter.found.body", "amount", m.Found.Amount, "order", m.Order.Label())
	l.say("till.letter.found.what")
	l.fact("till.letter.ref", false, m.Found.Ref)
	return nil
}

// refundAsked tells staff what a buyer asks for.
func refundAsked(l *letter, m checkout.Mail) error {
	if m.Request == nil {
		return fmt.Errorf("order %d: which request?", m.Order.ID)
	}
	l.toStaff(m, "asked")
	l.say("till.letter.asked.body", "order", m.Order.Label(), "until", m.Request.LapsesAt)
	l.fact("till.letter.asked.why", false, l.l.T("refunds.reason."+string(m.Request.Reason)))
	if m.Request.Message != "" {
		l.fact("till.letter.asked.message", false, m.Request.Message)
	}
	if n := len(m.Request.PhotoIDs); n > 0 {
		l.say("till.letter.asked.photos", "n", n)
	}
	l.list("till.letter.asked.what", m.Asked(), true)
	return nil
}

// disputed tells staff that a buyer's bank took money back.
func disputed(l *letter, m checkout.Mail) error {
	if m.Dispute == nil {
		return fmt.Errorf("order %d: which dispute?", m.Order.ID)
	}
	l.toStaff(m, "disputed")
	l.say("till.letter.disputed.body", "amount", m.Dispute.Amount(), "order", m.Order.Label())
	if m.Dispute.RespondBy != nil {
		l.fact("till.letter.disputed.until", true, l.l.Date(*m.Dispute.RespondBy))
	}
	l.fact("till.letter.ref", false, m.Dispute.ProviderRef)
	return nil
}

// disputeOver tells staff how a dispute ended.
func disputeOver(l *letter, m checkout.Mail) error {
	if m.Dispute == nil {
		return fmt.Errorf("order %d: which dispute?", m.Order.ID)
	}
	l.toStaff(m, "dispute_over")
	l.say("till.letter.dispute_over."+string(m.Dispute.Status), "amount", m.Dispute.Amount(), "order", m.Order.Label())
	l.fact("till.letter.ref", false, m.Dispute.ProviderRef)
	return nil
}

// inquiry tells staff that a buyer's bank asks about a payment.
func inquiry(l *letter, m checkout.Mail) error {
	l.toStaff(m, "inquiry")
	l.say("till.letter.inquiry.body", "order", m.Order.Label())
	l.fact("till.letter.ref", false, m.Found.Ref)
	return nil
}
