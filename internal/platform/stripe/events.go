package stripe

import (
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"awil/internal/payments"
)

// Events are the types of events we act on, all of them and no others: what
// the webhook endpoint is created with and checked against.
func Events() []string {
	return []string{
		"checkout.session.completed", "checkout.session.expired",
		"checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
		"payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.processing", "payment_intent.canceled",
		"refund.created", "refund.updated", "refund.failed", "charge.refunded", "charge.refund.updated",
		"charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
		"charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
		"charge.updated",
	}
}

// about finds what an event concerns: events about a session name the attempt
// directly, those about its payment, charge and refunds carry our number in
// their metadata. A dispute carries nothing of ours; its payment does.
func about(event stripego.Event) payments.Event {
	e := payments.Event{
		Provider: payments.ProviderStripe,
		ID:       event.ID,
		Type:     string(event.Type),
		Created:  time.Unix(event.Created, 0).UTC(),
	}
	id, _ := event.Data.Object["id"].(string)
	kind, _ := event.Data.Object["object"].(string)
	if kind == "checkout.session" {
		e.ProviderRef = id
	} else if subject, ours := subjects[kind]; ours && id != "" {
		e.Subject, e.SubjectRef = subject, id
	}
	if metadata, ok := event.Data.Object["metadata"].(map[string]any); ok {
		text, _ := metadata[metaPayment].(string)
		e.PaymentID = idIn(map[string]string{metaPayment: text}, metaPayment)
	}
	return e
}

var subjects = map[string]payments.Subject{
	"refund": payments.AboutRefund, "dispute": payments.AboutDispute, "charge": payments.AboutCharge,
}
