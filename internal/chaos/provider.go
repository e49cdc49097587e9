package chaos

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
)

// provider is a provider of card payments with the behaviour of Stripe as far
// as money is concerned: calls under a key are done once and answered the
// same, its own failures included; sessions expire by themselves; slow ways to
// pay succeed or fail later; refunds may fail after they were sent; banks take
// money back. It lives outside our processes and survives them.
type provider struct {
	mu       sync.Mutex
	clock    func() time.Time
	next     int
	sessions map[string]*session
	order    []string // references of sessions, in the order they were opened
	keys     map[string]*keyed
	refunds  []*refund
	disputes []*dispute
	events   []*notice
	settles  money.Currency // what it pays us in; empty: what the buyer paid in
	// broken switches a property off, to see that the checks notice.
	broken Breakage
}

// session is one attempt to pay.
type session struct {
	ref       string
	paymentID int64
	reference string
	amount    money.Amount
	expires   time.Time
	status    payments.Status
	failure   string
	paidAt    time.Time
	charges   []payments.ProviderCharge
}

// keyed is what was answered under an idempotency key.
type keyed struct {
	what string // the call and its parameters
	ref  string // empty: a failure
	no   error  // a refusal
	at   time.Time
}

// notice is a message about something that happened, and how its delivery
// went.
type notice struct {
	event  payments.Event
	done   bool // stored by us
	lost   bool // never to be delivered
	copies int  // how often it was sent after it had been stored
}

const (
	keysKept     = 24 * time.Hour
	shortestLife = 30 * time.Minute
	longestLife  = 24 * time.Hour
)

func newProvider(clock func() time.Time) *provider {
	return &provider{clock: clock, sessions: map[string]*session{}, keys: map[string]*keyed{}}
}

func (p *provider) id(prefix string) string {
	p.next++
	return fmt.Sprintf("%s_%d", prefix, p.next)
}

// under does what a call asks for once for its key. fail makes the provider
// fail and remember it.
func (p *provider) under(key, what string, fail bool, do func() (string, error)) (string, error) {
	if k, known := p.keys[key]; known && p.clock().Sub(k.at) < keysKept && !p.broken.Forgetful {
		switch {
		case k.what != what:
			return "", errs.E(errs.Conflict, "key "+key+" was used for another call")
		case k.no != nil:
			return "", k.no
		case k.ref == "":
			return "", errs.E(errs.Unavailable, "the provider failed before under this key")
		}
		return k.ref, nil
	}
	k := &keyed{what: what, at: p.clock()}
	if fail {
		p.keys[key] = k
		return "", errs.E(errs.Unavailable, "the provider failed")
	}
	ref, err := do()
	if err != nil && errs.KindOf(err) != errs.Invalid {
		return "", err // nothing was begun: not kept
	}
	// "The resulting status code and body … regardless of whether it succeeds or
	// fails": Stripe's reference, idempotent requests.
	k.ref, k.no = ref, err
	p.keys[key] = k
	return ref, err
}

func (p *provider) start(_ context.Context, a payments.Attempt, fail bool) (payments.Started, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	what := fmt.Sprintf("start %d %s %v %v", a.PaymentID, a.Reference, a.Amount, a.ExpiresAt.UTC())
	ref, err := p.under(a.IdempotencyKey, what, fail, func() (string, error) {
		life := a.ExpiresAt.Sub(p.clock().Truncate(time.Second))
		if life < shortestLife || life > longestLife {
			return "", errs.E(errs.Gone, fmt.Sprintf("a session cannot live for %v", life))
		}
		if a.Amount.Minor <= 0 || a.Email == "" {
			return "", errs.E(errs.Internal, "a malformed call")
		}
		s := &session{ref: p.id("cs"), paymentID: a.PaymentID, reference: a.Reference, amount: a.Amount,
			expires: a.ExpiresAt, status: payments.StatusOpen}
		p.sessions[s.ref] = s
		p.order = append(p.order, s.ref)
		return s.ref, nil
	})
	if err != nil {
		return payments.Started{}, err
	}
	s := p.sessions[ref]
	return payments.Started{ProviderRef: ref, RedirectURL: "https://pay.test/" + ref, ExpiresAt: s.expires}, nil
}

// find looks for a session by our number.
func (p *provider) find(_ context.Context, a payments.Attempt) (payments.Started, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick()
	for _, ref := range p.order {
		s := p.sessions[ref]
		if s.paymentID != a.PaymentID || s.reference != a.Reference || p.broken.Unlisted {
			continue
		}
		found := payments.Started{ProviderRef: ref, ExpiresAt: s.expires}
		if s.status == payments.StatusOpen {
			found.RedirectURL = "https://pay.test/" + ref
		}
		return found, nil
	}
	return payments.Started{}, errs.E(errs.NotFound, fmt.Sprintf("no session of payment %d", a.PaymentID))
}

// tick lets time do what it does to open sessions.
func (p *provider) tick() {
	for _, ref := range p.order {
		s := p.sessions[ref]
		if s.status == payments.StatusOpen && !p.clock().Before(s.expires) {
			p.move(s, payments.StatusExpired, "checkout.session.expired")
		}
	}
}

// move changes a session and writes to us about it.
func (p *provider) move(s *session, to payments.Status, kind string) {
	s.status = to
	p.tell(payments.Event{Type: kind, ProviderRef: s.ref, PaymentID: s.paymentID})
}

func (p *provider) tell(e payments.Event) {
	e.Provider, e.ID, e.Created = payments.ProviderStripe, p.id("evt"), p.clock()
	p.events = append(p.events, &notice{event: e})
}

func (p *provider) lookup(_ context.Context, ref string) (payments.Outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick()
	s, known := p.sessions[ref]
	if !known {
		return payments.Outcome{}, errs.E(errs.NotFound, "no session "+ref)
	}
	o := payments.Outcome{Status: s.status, PaymentID: s.paymentID, Reference: s.reference, Amount: s.amount, FailureKey: s.failure}
	switch s.status {
	case payments.StatusOpen:
		o.RedirectURL = "https://pay.test/" + ref
	case payments.StatusSucceeded:
		o.ChargeRef, o.FailureKey = "pi_"+ref, ""
	}
	return o, nil
}

func (p *provider) expire(_ context.Context, ref string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick()
	s, known := p.sessions[ref]
	switch {
	case !known:
		return errs.E(errs.NotFound, "no session "+ref)
	case s.status == payments.StatusExpired:
		return nil
	case s.status != payments.StatusOpen:
		return errs.E(errs.Conflict, "session "+ref+" is "+string(s.status))
	}
	p.move(s, payments.StatusExpired, "checkout.session.expired")
	return nil
}

// payable lists the sessions a buyer could pay now; slow those being processed.
func (p *provider) payable() (open, slow []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick()
	for _, ref := range p.order {
		switch p.sessions[ref].status {
		case payments.StatusOpen:
			open = append(open, ref)
		case payments.StatusProcessing:
			slow = append(slow, ref)
		}
	}
	return open, slow
}

// paying is what a buyer does at the provider's page.
type paying int

const (
	payGood     paying = iota // a good card
	payDeclined               // a card that is refused; she may try another
	paySlow                   // a way to pay that takes days
	slowCame                  // and then succeeds
	slowFailed                // or not
)

var payingNames = [...]string{"pays", "is refused", "pays slowly", "has paid at last", "has not paid after all"}

// pay does it; a session that allows it no more stays as it is.
func (p *provider) pay(ref string, how paying) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick()
	s := p.sessions[ref]
	wants := payments.StatusOpen
	if how == slowCame || how == slowFailed {
		wants = payments.StatusProcessing
	}
	if s.status != wants {
		return
	}
	switch how {
	case payGood:
		p.charge(s)
		p.move(s, payments.StatusSucceeded, "checkout.session.completed")
	case payDeclined:
		s.failure = "errors.payment.declined"
		p.tell(payments.Event{Type: "payment_intent.payment_failed", PaymentID: s.paymentID})
	case paySlow:
		p.move(s, payments.StatusProcessing, "checkout.session.completed")
	case slowCame:
		p.charge(s)
		p.move(s, payments.StatusSucceeded, "checkout.session.async_payment_succeeded")
	case slowFailed:
		s.failure = "errors.payment.declined"
		p.move(s, payments.StatusFailed, "checkout.session.async_payment_failed")
	}
}

// takings is what the provider has of ours, per currency, fees apart.
func (p *provider) takings() map[money.Currency]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	sums := map[money.Currency]int64{}
	for _, s := range p.sessions {
		for _, c := range s.charges {
			sums[c.Gross.Currency] += c.Gross.Minor - c.Fee.Minor
		}
	}
	maps.DeleteFunc(sums, func(_ money.Currency, sum int64) bool { return sum == 0 })
	return sums
}

// paid lists the sessions whose money came, in the order they were opened.
func (p *provider) paid() []session {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []session
	for _, ref := range p.order {
		if s := p.sessions[ref]; s.status == payments.StatusSucceeded {
			copied := *s
			copied.charges = slices.Clone(s.charges)
			list = append(list, copied)
		}
	}
	return list
}
