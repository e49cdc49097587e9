package checkout_test

import (
	"testing"
	"time"

	"awil/internal/payments"
	"awil/internal/platform/stripe/standin"
)

// TestRefundComesBackUnheard: the buyer's bank sends it back days later, and
// nobody says so.
func TestRefundComesBackUnheard(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, o := s.bought("uz", want{jam, 3})
	r := s.decide(s.pieces(o, want{jam, 1}))
	s.ok(s.checkout.SendRefund(t.Context(), r.ID))
	s.at(r.ID, payments.RefundSent, payments.ByProvider)
	s.clock.pass(24 * time.Hour)
	s.ok(s.checkout.FollowFees(t.Context()))
	s.at(r.ID, payments.RefundSent, payments.ByProvider)

	lost := standin.Tamper{Drop: true}
	s.standin.TamperNext(lost, lost, lost)
	s.ok(s.standin.FailRefund(s.refundOf(r.ID).Ref(), "expired_or_canceled_card"))
	s.clock.pass(24 * time.Hour)
	s.ok(s.checkout.FollowFees(t.Context()))
	s.at(r.ID, payments.RefundFailed, payments.ByHand)
	s.audited()
}
