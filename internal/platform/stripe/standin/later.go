package standin

import "slices"

// konbini is the way to pay at a shop's counter days later, in yen.
const konbini = "konbini"

// PayLater completes a session as a buyer does who takes a payment slip to a
// shop's counter: the session is complete and unpaid until SlipPaid or
// SlipLapsed. The session must offer "konbini".
func (s *Standin) PayLater(sessionID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireDue()
	r, ok := s.state.Sessions[sessionID]
	switch {
	case !ok:
		return ErrNoSession
	case r.Session.Status != sessionOpen || !slices.Contains(r.Session.PaymentMethodTypes, konbini):
		return ErrNotOpen
	}
	defer s.save()
	i := s.intentOf(r)
	i.Status, i.LastPaymentError = "requires_action", nil
	r.Session.Status = sessionComplete
	s.emit("checkout.session.completed", sessionID, s.view(r))
	return nil
}

// SlipPaid lets the buyer pay at the counter.
func (s *Standin) SlipPaid(sessionID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, i := s.slip(sessionID)
	if i == nil {
		return ErrNotOpen
	}
	defer s.save()
	s.charge(i, map[string]any{"type": konbini, konbini: map[string]any{"store": map[string]any{"chain": "lawson"}}})
	r.Session.PaymentStatus = "paid"
	s.emit("payment_intent.succeeded", sessionID, i)
	s.emit("checkout.session.async_payment_succeeded", sessionID, s.view(r))
	return nil
}

// SlipLapsed lets the slip's time run out unpaid.
func (s *Standin) SlipLapsed(sessionID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, i := s.slip(sessionID)
	if i == nil {
		return ErrNotOpen
	}
	defer s.save()
	i.Status = "requires_payment_method"
	i.LastPaymentError = &cardError{Type: "invalid_request_error", Code: "payment_intent_payment_attempt_expired",
		Message: "The payment attempt for this PaymentIntent has expired."}
	s.emit("payment_intent.payment_failed", sessionID, i)
	s.emit("checkout.session.async_payment_failed", sessionID, s.view(r))
	return nil
}

// slip finds the payment of a session that waits to be paid at a counter.
func (s *Standin) slip(sessionID string) (*record, *intent) {
	r, ok := s.state.Sessions[sessionID]
	if !ok || r.Session.PaymentIntent == nil {
		return nil, nil
	}
	if i := s.state.Intents[*r.Session.PaymentIntent]; i.Status == "requires_action" {
		return r, i
	}
	return nil, nil
}
