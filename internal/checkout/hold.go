package checkout

import (
	"time"

	"awil/internal/markets"
)

const (
	// An attempt at a gateway is open at least and at most so long: Stripe
	// takes 30 minutes to 24 hours, and our clock and theirs differ.
	minAttempt = 31 * time.Minute
	maxAttempt = 23*time.Hour + 55*time.Minute
	// grace is how much longer goods are kept than they can be paid for, so
	// that money sent at the last moment still finds them.
	grace = 2 * time.Minute
	// patience is how long an overdue order waits for a gateway that does not
	// answer. By then its attempts have ended there by themselves.
	patience = 10 * time.Minute
	// maxAttempts bounds how often a buyer may begin to pay an order, and with
	// it how long goods can be kept unpaid.
	maxAttempts = 6
	// maxUnpaid is how many orders for cash at the door or a transfer may wait for money at once under one e-mail address,
	// telephone number or address: more than a household has open, too few to keep a stranger's goods from being
	// sold, which needs no money where nothing is paid in advance. Forms sent at the same moment are counted one after another.
	maxUnpaid = 5
	// keyLife is how long a call that was not answered is repeated under its
	// own key. Providers remember failures of their own under a key too, so
	// that it has to be given up at some time, if the provider has no such
	// attempt.
	keyLife = 2 * time.Minute
)

// holdUntil is until when an order placed now keeps its goods unpaid; nil when
// no payment is awaited.
func (s *Service) holdUntil(now time.Time, market markets.Market, method markets.Method) *time.Time {
	terms, _ := market.Method(method)
	hold := terms.Hold()
	if hold == 0 {
		return nil
	}
	if s.online(method) {
		hold = max(hold, minAttempt+grace)
	}
	return ptr(now.Add(hold).Truncate(time.Second))
}

// attemptEnd is when an attempt begun now can no longer be paid, for an order
// that keeps its goods until hold.
func attemptEnd(now, hold time.Time) time.Time {
	end := hold.Add(-grace)
	if earliest := now.Add(minAttempt); end.Before(earliest) {
		end = earliest
	}
	if latest := now.Add(maxAttempt); end.After(latest) {
		end = latest
	}
	return end.Truncate(time.Second)
}
