package standin

import (
	"errors"
	"strings"
)

// Card numbers that behave as they do in Stripe's test mode
// (docs.stripe.com/testing). Any other number is refused as no card at all.
const (
	CardGood         = "4242424242424242"
	CardDeclined     = "4000000000000002"
	CardNoFunds      = "4000000000009995"
	CardExpired      = "4000000000000069"
	CardWrongCVC     = "4000000000000127"
	CardProcessing   = "4000000000000119"
	CardGoodJCB      = "3566002020360505"
	CardGoodMaster   = "5555555555554444"
	declineIncorrect = "incorrect_number"
)

var refusals = map[string]cardError{
	CardGood: {}, CardGoodJCB: {}, CardGoodMaster: {},
	CardDeclined:   {Code: "card_declined", DeclineCode: "generic_decline", Message: "Your card was declined."},
	CardNoFunds:    {Code: "card_declined", DeclineCode: "insufficient_funds", Message: "Your card has insufficient funds."},
	CardExpired:    {Code: "expired_card", Message: "Your card has expired."},
	CardWrongCVC:   {Code: "incorrect_cvc", Message: "Your card's security code is incorrect."},
	CardProcessing: {Code: "processing_error", Message: "An error occurred while processing your card."},
}

// Errors of Pay.
var (
	ErrNoSession = errors.New("stand-in: no such session")
	ErrNotOpen   = errors.New("stand-in: the session is not open")
	ErrDeclined  = errors.New("stand-in: the card was declined")
)

// Pay pays a session as a buyer would with a card of this number. A card that
// is declined leaves the session open.
func (s *Standin) Pay(sessionID, number string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireDue()
	r, ok := s.state.Sessions[sessionID]
	if !ok {
		return ErrNoSession
	}
	if r.Session.Status != sessionOpen {
		return ErrNotOpen
	}
	defer s.save()
	i := s.intentOf(r)
	if refusal := refusalOf(number); refusal.Code != "" {
		refusal.Type = "card_error"
		i.LastPaymentError = &refusal
		s.emit("payment_intent.payment_failed", sessionID, i)
		return ErrDeclined
	}
	s.charge(i, cardDetails())
	r.Session.Status, r.Session.PaymentStatus = sessionComplete, "paid"
	s.emit("payment_intent.succeeded", sessionID, i)
	s.emit("checkout.session.completed", sessionID, s.view(r))
	return nil
}

func refusalOf(number string) cardError {
	digits := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, number)
	if refusal, ok := refusals[digits]; ok {
		return refusal
	}
	return cardError{Code: declineIncorrect, Message: "Your card number is incorrect."}
}

// intentOf returns the payment of a session, made at the first try to pay, as
// Stripe does since 2022-08-01.
func (s *Standin) intentOf(r *record) *intent {
	if id := r.Session.PaymentIntent; id != nil {
		return s.state.Intents[*id]
	}
	i := &intent{
		ID:                 newID("pi_"),
		Object:             "payment_intent",
		Amount:             r.Session.AmountTotal,
		Created:            s.now(),
		Currency:           r.Session.Currency,
		Description:        r.IntentDescription,
		Metadata:           r.IntentMetadata,
		PaymentMethodTypes: r.Session.PaymentMethodTypes,
		Status:             "requires_payment_method",
	}
	s.state.Intents[i.ID] = i
	r.Session.PaymentIntent = &i.ID
	return i
}
