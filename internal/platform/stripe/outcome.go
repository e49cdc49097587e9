package stripe

import (
	"strconv"

	stripego "github.com/stripe/stripe-go/v76"

	"awil/internal/payments"
)

// outcome reads the few fields of a session that say where an attempt stands.
func outcome(s *stripego.CheckoutSession) (payments.Outcome, error) {
	amount, err := Amount(s.AmountTotal, string(s.Currency))
	if err != nil {
		return payments.Outcome{}, err
	}
	o := payments.Outcome{
		Status:    status(s),
		Amount:    amount,
		PaymentID: idIn(s.Metadata, metaPayment),
		Reference: s.ClientReferenceID,
	}
	if o.Status == payments.StatusOpen {
		o.RedirectURL = s.URL
	}
	if s.PaymentIntent == nil {
		return o, nil
	}
	o.ChargeRef = s.PaymentIntent.ID
	if refusal := s.PaymentIntent.LastPaymentError; refusal != nil && o.Status != payments.StatusSucceeded {
		o.FailureKey = failureKey(refusal)
	}
	return o, nil
}

// status reduces Stripe's two states, of the session and of the payment in
// it, to ours. A complete session is unpaid while a slow payment method works
// on it, and for ever if that method fails.
func status(s *stripego.CheckoutSession) payments.Status {
	switch s.Status {
	case stripego.CheckoutSessionStatusExpired:
		return payments.StatusExpired
	case stripego.CheckoutSessionStatusComplete:
		if s.PaymentStatus == stripego.CheckoutSessionPaymentStatusPaid {
			return payments.StatusSucceeded
		}
		if p := s.PaymentIntent; p != nil && (p.Status == stripego.PaymentIntentStatusCanceled ||
			p.Status == stripego.PaymentIntentStatusRequiresPaymentMethod) {
			return payments.StatusFailed
		}
		return payments.StatusProcessing
	}
	return payments.StatusOpen
}

// failureKey says why a card was refused, as far as a buyer should hear it:
// what she can do something about is named, everything else is a refusal
// (Stripe advises not to repeat reasons such as "stolen card").
func failureKey(e *stripego.Error) string {
	switch {
	case e.DeclineCode == stripego.DeclineCodeInsufficientFunds:
		return "errors.payment.insufficient_funds"
	case e.Code == stripego.ErrorCodeExpiredCard:
		return "errors.payment.expired_card"
	case e.Code == stripego.ErrorCodeIncorrectCVC, e.Code == stripego.ErrorCodeInvalidCVC:
		return "errors.payment.incorrect_cvc"
	case e.Code == stripego.ErrorCodeIncorrectNumber, e.Code == stripego.ErrorCodeInvalidNumber:
		return "errors.payment.incorrect_number"
	case e.Code == stripego.ErrorCodeProcessingError:
		return "errors.payment.processing"
	case e.Code == "payment_intent_payment_attempt_expired": // a slip taken away and not paid
		return "errors.payment.lapsed"
	}
	return "errors.payment.declined"
}

// FailureKeys are the message keys an Outcome or a RefundOutcome may carry, for
// the test that finds missing translations.
func FailureKeys() []string {
	return []string{
		"errors.payment.declined", "errors.payment.insufficient_funds", "errors.payment.expired_card",
		"errors.payment.incorrect_cvc", "errors.payment.incorrect_number", "errors.payment.processing", "errors.payment.lapsed",
		refundRefused, refundAlready, refundBalance, refundCardGone, refundDisputed, refundTooOld,
	}
}

// idIn is one of our numbers in Stripe's metadata, 0 when it is not ours.
func idIn(metadata map[string]string, key string) int64 {
	id, err := strconv.ParseInt(metadata[key], 10, 64)
	if err != nil {
		return 0
	}
	return id
}
