package mail

import (
	"fmt"

	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
)

// refunded tells the buyer what goes back, how and when.
func refunded(l *letter, m checkout.Mail) error {
	back := m.Back
	if back == nil {
		return fmt.Errorf("order %d: which refund?", m.Order.ID)
	}
	l.aboutRefund(m, "refund.decided.subject")
	l.heading = l.l.T("refund.decided.heading")
	if back.Kind == payments.RefundUnexpected {
		l.say("refund.decided.stray", "amount", back.Amount(), "order", m.Order.Label())
	} else {
		l.say("refund.decided.body", "amount", back.Amount(), "order", m.Order.Label())
	}
	if m.Request != nil && m.Request.Answer != "" {
		l.say("refund.said", "text", m.Request.Answer)
	}
	l.say("refund.way." + way(m))
	if back.DecidedBy != nil {
		l.fact("refund.why", false, back.Reason)
	} else if back.Reversed() {
		l.fact("refund.why", false, l.l.T("refund.reversed"))
	}
	if back.Kind == payments.RefundUnexpected {
		return nil
	}
	l.list("refund.for", back.Lines, true)
	if !back.Shipping.IsZero() {
		l.sum(l.l.T("mail.shipping", "name", m.Order.ShippingName), back.Shipping)
	}
	l.sum(l.l.T("refund.total"), back.Amount())
	return nil
}

// aboutRefund begins and ends a letter to a buyer about money.
func (l *letter) aboutRefund(m checkout.Mail, subject string) {
	if m.Back != nil {
		l.subject = l.l.T(subject, "order", m.Order.Label(), "amount", m.Back.Amount())
	} else {
		l.subject = l.l.T(subject, "order", m.Order.Label())
	}
	l.button = button{l.l.T("mail.see_order"), m.Link}
	l.foot = append(l.foot, l.l.T("mail.foot.buyer", "order", m.Order.Label()))
}

// way is how a buyer gets her money: the way she paid, or as she tells us.
func way(m checkout.Mail) string {
	switch {
	case m.Back.PaymentID == nil:
		return "cash"
	case m.Order.PaymentMethod == markets.Bank:
		return "bank"
	case m.Back.Status == payments.RefundFailed:
		return "other"
	}
	return "online"
}

// refundSent tells the buyer that people have sent her money.
func refundSent(l *letter, m checkout.Mail) error {
	if m.Back == nil {
		return fmt.Errorf("order %d: which refund?", m.Order.ID)
	}
	l.aboutRefund(m, "refund.sent.subject")
	l.heading = l.l.T("refund.sent.heading")
	l.say("refund.sent.body", "amount", m.Back.Amount(), "order", m.Order.Label())
	l.fact("refund.sent.amount", true, l.l.Money(m.Back.Amount()))
	if m.Back.Proof != "" {
		l.fact("refund.sent.proof", false, m.Back.Proof)
	}
	return nil
}

// refundDeclined tells the buyer why not.
func refundDeclined(l *letter, m checkout.Mail) error {
	if m.Request == nil {
		return fmt.Errorf("order %d: which request?", m.Order.ID)
	}
	l.aboutRefund(m, "refund.declined.subject")
	l.heading = l.l.T("refund.declined.heading")
	l.say("refund.declined.body", "order", m.Order.Label())
	l.say("refund.said", "text", m.Request.Answer)
	l.say("refund.declined.after")
	return nil
}

// piecesBack tells a producer that money of her goods goes back to the buyer.
func piecesBack(l *letter, m checkout.Mail) error {
	if m.Job == nil || m.Back == nil {
		return fmt.Errorf("order %d: which parcel?", m.Order.ID)
	}
	l.subject = l.l.T("refund.pieces.subject", "order", m.Job.Label())
	l.heading = l.l.T("refund.pieces.heading")
	l.button = button{l.l.T("mail.pack.open"), m.Link}
	l.foot = append(l.foot, l.l.T("mail.foot.producer"))
	switch m.Job.Status {
	case orders.ParcelCancelled:
		l.say("refund.pieces.stop", "order", m.Job.Label())
	case orders.ParcelToPack, orders.ParcelPacked:
		l.say("refund.pieces.less", "order", m.Job.Label())
	default:
		l.say("refund.pieces.body", "order", m.Job.Label())
	}
	l.say("refund.pieces.books")
	if m.Back.Restock {
		l.say("refund.pieces.stock")
	}
	l.list("refund.pieces.what", m.Job.Lines, false)
	return nil
}
