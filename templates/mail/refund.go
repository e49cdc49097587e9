package mail

import (
	"fmt"
	"slices"
	"strings"

	"awil/internal/checkout"
	"awil/internal/ledger"
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
	for _, p := range stopped(m) {
		l.say("refund.parcel_off", "producer", p.ProducerName)
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

// stopped are the parcels that will not be sent, now that all in them is paid
// back.
func stopped(m checkout.Mail) []orders.Parcel {
	var list []orders.Parcel
	for _, p := range m.Order.Parcels {
		in := func(l orders.Line) bool { return l.ParcelID == p.ID }
		if p.Status == orders.ParcelCancelled && slices.ContainsFunc(m.Back.Lines, in) {
			list = append(list, p)
		}
	}
	return list
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
	till, in := ledger.Till(m.Back.Till), ""
	if till == ledger.TillCash || till == ledger.TillCourier {
		in = "_cash"
	}
	l.aboutRefund(m, "refund.sent.subject"+in)
	l.heading = l.l.T("refund.sent.heading" + in)
	l.say("refund.sent.body"+in, "amount", m.Back.Amount(), "order", m.Order.Label())
	if till.Known() {
		l.say("refund.sent.by." + string(till))
	}
	l.fact("refund.sent.amount", true, l.l.Money(m.Back.Amount()))
	if m.Back.Proof != "" {
		l.fact("refund.sent.proof"+in, false, m.Back.Proof)
	}
	return nil
}

// requestReceived tells the buyer that we have what she asked for, and repeats
// it.
func requestReceived(l *letter, m checkout.Mail) error {
	if m.Request == nil {
		return fmt.Errorf("order %d: which request?", m.Order.ID)
	}
	l.aboutRefund(m, "refund.asked.subject")
	l.heading = l.l.T("refund.asked.heading")
	l.say("refund.asked.body", "order", m.Order.Label(), "until", m.Request.LapsesAt)
	l.say("refund.asked.after")
	l.fact("refund.asked.why", false, l.l.T("returns.reason."+string(m.Request.Reason)))
	if m.Request.Message != "" {
		l.fact("refund.asked.words", false, strings.Split(m.Request.Message, "\n")...)
	}
	if n := len(m.Request.PhotoIDs); n > 0 {
		l.say("refund.asked.photos", "n", n)
	}
	l.list("refund.pieces.what", m.Asked(), true)
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

// piecesBack tells a producer that money of her goods goes back to the buyer,
// why, and what it takes off hers; what staff wrote is for the buyer alone.
func piecesBack(l *letter, m checkout.Mail) error {
	if m.Job == nil || m.Back == nil {
		return fmt.Errorf("order %d: which parcel?", m.Order.ID)
	}
	l.subject = l.l.T("refund.pieces.subject", "order", m.Job.Label())
	l.heading = l.l.T("refund.pieces.heading")
	l.button = button{l.l.T("mail.pack.open"), m.Link}
	l.foot = append(l.foot, l.l.T("mail.foot.producer"))
	switch {
	case len(m.Job.Lines) == 0: // of sending alone
	case m.Job.Status == orders.ParcelCancelled:
		l.say("refund.pieces.stop", "order", m.Job.Label())
	case m.Job.Status == orders.ParcelToPack || m.Job.Status == orders.ParcelPacked:
		l.say("refund.pieces.less", "order", m.Job.Label())
	default:
		l.say("refund.pieces.body", "order", m.Job.Label())
	}
	if !m.Back.Less.IsZero() && len(m.Job.Lines) > 0 {
		l.say("refund.pieces.books")
	}
	if m.Back.Restock {
		l.say("refund.pieces.stock")
	}
	l.list("refund.pieces.what", m.Job.Lines, false)
	if !m.Back.Less.IsZero() {
		l.fact("money.letter.less", true, l.l.Money(m.Back.Less))
	}
	switch {
	case m.Request != nil:
		l.fact("money.letter.why", false, l.l.T("money.why."+string(m.Request.Reason)))
	case m.Back.Reversed():
		l.fact("money.letter.why", false, l.l.T("money.why.reversed"))
	}
	return nil
}
