package chaos

import (
	"context"
	"time"

	"awil/internal/money"
	"awil/internal/payments"
)

// bank is the provider of card payments as a schedule needs it: what our
// gateway asks of it, what buyers and their banks do there, and the truth about
// the money afterwards. There are two: one in memory, and the stand-in of
// Stripe over HTTP.
type bank interface {
	// What our gateway asks; fail makes the provider fail over it.
	start(ctx context.Context, a payments.Attempt, fail bool) (payments.Started, error)
	find(ctx context.Context, a payments.Attempt) (payments.Started, error)
	lookup(ctx context.Context, ref string) (payments.Outcome, error)
	expire(ctx context.Context, ref string) error
	refund(ctx context.Context, o payments.RefundOrder, fail bool) (payments.RefundOutcome, error)
	findRefund(ctx context.Context, id int64) (payments.RefundOutcome, error)
	lookupRefund(ctx context.Context, ref string) (payments.RefundOutcome, error)
	lookupDispute(ctx context.Context, ref string) (payments.DisputeOutcome, error)
	disputesSince(ctx context.Context, since time.Time) ([]string, error)
	charges(ctx context.Context, ref string) ([]payments.ProviderCharge, error)

	// What happens there.
	payable() (open, slow []string)
	pay(ref string, how paying)
	settleRefund(r *refund, arrives bool)
	openDispute(ref string) bool
	openDisputes() []*dispute
	closeDispute(d *dispute, won bool)
	notices() []*notice
	arrive() // waits for messages that are on their way

	// The truth about the money.
	paid() []session
	refundsIn(status payments.RefundStatus) []*refund
	sentBack() []refund
	takings() map[money.Currency]int64
}

var _ bank = (*provider)(nil)
