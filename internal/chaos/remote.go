package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

// remote is the provider as the shop meets it: the gateway of Stripe, over
// HTTP, before the stand-in. The stand-in's messages are caught, proven, and
// left to the schedule to deliver.
type remote struct {
	ctx     context.Context // of the schedule; ends with it
	stop    func()
	standin *standin.Standin
	stripe  *stripe.Gateway
	client  *http.Client
	report  func(error)

	mu       sync.Mutex
	caught   []*notice
	disputes []*dispute
}

const (
	remoteKey    = "sk_test_chaos"
	remoteSecret = "whsec_chaos"
	remoteTime   = 20 * time.Second
)

// openRemote starts the stand-in and a server that catches its messages.
func openRemote(ctx context.Context, clock func() time.Time, report func(error)) (*remote, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &remote{
		ctx: ctx, report: report,
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: remoteTime},
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		cancel()
		return nil, err
	}
	catcher := &http.Server{Handler: http.HandlerFunc(r.catch), ReadHeaderTimeout: remoteTime}
	go catcher.Serve(listener) //nolint:errcheck // it ends with Close
	r.stop = func() {
		_ = catcher.Close() // nothing is under way any more
		cancel()
		<-r.standin.Done()
	}
	r.standin, err = standin.New(standin.Config{
		SecretKey: remoteKey, WebhookSecret: remoteSecret, WebhookURL: "http://" + listener.Addr().String(), Merchant: "Awıl", Now: clock,
		Log: slog.New(slog.DiscardHandler), RetryDelays: []time.Duration{}, RedirectWait: time.Millisecond,
	})
	if err == nil {
		err = r.standin.Start(ctx, "127.0.0.1:0")
	}
	if err == nil {
		r.stripe, err = stripe.New(stripe.Config{SecretKey: remoteKey, WebhookSecret: remoteSecret, APIBase: r.standin.URL(), Now: clock,
			PaymentMethods: []string{"card", "konbini"}, HTTPClient: r.client})
	}
	if err != nil {
		cancel()
		return nil, errors.Join(err, catcher.Close())
	}
	return r, nil
}

// catch takes one message.
func (r *remote) catch(_ http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var event payments.Event
	if err == nil {
		event, err = r.stripe.VerifyWebhook(body, req.Header)
	}
	if err != nil {
		r.report(fmt.Errorf("a message of the stand-in: %w", err))
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.caught = append(r.caught, &notice{event: event})
}

// must reports what must not happen to the stand-in.
func (r *remote) must(err error) {
	if err != nil {
		r.report(fmt.Errorf("the stand-in: %w", err))
	}
}

func (r *remote) fail(fail bool) {
	if fail {
		r.standin.FailNextWrite(standin.ServerError)
	}
}

func (r *remote) start(ctx context.Context, a payments.Attempt, fail bool) (payments.Started, error) {
	r.fail(fail)
	return r.stripe.Start(ctx, a)
}

func (r *remote) find(ctx context.Context, a payments.Attempt) (payments.Started, error) {
	return r.stripe.Find(ctx, a)
}

func (r *remote) lookup(ctx context.Context, ref string) (payments.Outcome, error) {
	return r.stripe.Lookup(ctx, ref)
}

func (r *remote) expire(ctx context.Context, ref string) error { return r.stripe.Expire(ctx, ref) }

func (r *remote) refund(ctx context.Context, o payments.RefundOrder, fail bool) (payments.RefundOutcome, error) {
	r.standin.SlowRefunds(o.RefundID%3 == 0) // some banks take their time
	r.fail(fail)
	return r.stripe.Refund(ctx, o)
}

// findRefund leaves the looking to the gateway itself.
func (r *remote) findRefund(context.Context, int64) (payments.RefundOutcome, error) {
	return payments.RefundOutcome{}, errs.E(errs.NotFound, "not looked for")
}

func (r *remote) lookupRefund(ctx context.Context, ref string) (payments.RefundOutcome, error) {
	return r.stripe.LookupRefund(ctx, ref)
}

func (r *remote) lookupDispute(ctx context.Context, ref string) (payments.DisputeOutcome, error) {
	return r.stripe.LookupDispute(ctx, ref)
}

func (r *remote) disputesSince(ctx context.Context, since time.Time) ([]string, error) {
	return r.stripe.DisputesSince(ctx, since)
}

func (r *remote) charges(ctx context.Context, ref string) ([]payments.ProviderCharge, error) {
	return r.stripe.Charges(ctx, ref)
}

// refs lists all sessions, the oldest first.
func (r *remote) refs() []string {
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, r.standin.URL()+"/v1/checkout/sessions?limit=100", nil)
	if err != nil {
		r.must(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+remoteKey)
	res, err := r.client.Do(req)
	if err != nil {
		r.must(err)
		return nil
	}
	defer res.Body.Close()
	var list struct{ Data []struct{ ID string } }
	r.must(json.NewDecoder(res.Body).Decode(&list))
	refs := make([]string, len(list.Data))
	for i, one := range list.Data {
		refs[len(refs)-1-i] = one.ID
	}
	return refs
}

// sessions lists those in a state.
func (r *remote) sessions(status payments.Status) []session {
	r.standin.ExpireDue()
	var list []session
	for _, ref := range r.refs() {
		o, err := r.stripe.Lookup(r.ctx, ref)
		r.must(err)
		if err == nil && o.Status == status {
			list = append(list, session{ref: ref, paymentID: o.PaymentID, reference: o.Reference, amount: o.Amount, status: status})
		}
	}
	return list
}

func (r *remote) payable() (open, slow []string) {
	for _, s := range r.sessions(payments.StatusOpen) {
		open = append(open, s.ref)
	}
	for _, s := range r.sessions(payments.StatusProcessing) {
		slow = append(slow, s.ref)
	}
	return open, slow
}

func (r *remote) pay(ref string, how paying) {
	var err error
	switch how {
	case payGood:
		err = r.standin.Pay(ref, standin.CardGood)
	case payDeclined:
		err = r.standin.Pay(ref, standin.CardDeclined)
	case paySlow: // only yen can be paid so
		if err = r.standin.PayLater(ref); errors.Is(err, standin.ErrNotOpen) {
			err = r.standin.Pay(ref, standin.CardGood)
		}
	case slowCame:
		err = r.standin.SlipPaid(ref)
	case slowFailed:
		err = r.standin.SlipLapsed(ref)
	}
	if !errors.Is(err, standin.ErrNotOpen) && !errors.Is(err, standin.ErrDeclined) {
		r.must(err)
	}
}

func (r *remote) paid() []session { return r.sessions(payments.StatusSucceeded) }

func (r *remote) sentBack() []refund {
	var list []refund
	for _, s := range r.paid() {
		for _, one := range r.standin.RefundsOf(s.ref) {
			o, err := r.stripe.LookupRefund(r.ctx, one.ID)
			r.must(err)
			list = append(list, refund{ref: o.Ref, refundID: o.RefundID, session: s.ref, amount: o.Amount, status: o.Status})
		}
	}
	return list
}

func (r *remote) refundsIn(status payments.RefundStatus) []*refund {
	var list []*refund
	for _, one := range r.sentBack() {
		if one.status == status {
			list = append(list, &one)
		}
	}
	return list
}

func (r *remote) settleRefund(one *refund, arrives bool) {
	if arrives {
		r.must(r.standin.FinishRefund(one.ref))
		return
	}
	r.must(r.standin.FailRefund(one.ref, "expired_or_canceled_card"))
}

func (r *remote) openDispute(ref string) bool {
	id, err := r.standin.OpenDispute(ref, "fraudulent")
	if err != nil { // nothing is left, or it was disputed before
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.disputes = append(r.disputes, &dispute{ref: id, session: ref, status: payments.DisputeOpen})
	return true
}

func (r *remote) openDisputes() []*dispute {
	r.mu.Lock()
	defer r.mu.Unlock()
	return some(r.disputes, func(d *dispute) bool { return d.status == payments.DisputeOpen })
}

func (r *remote) closeDispute(d *dispute, won bool) {
	r.must(r.standin.CloseDispute(d.ref, won))
	r.mu.Lock()
	defer r.mu.Unlock()
	d.status = payments.DisputeLost
}

func (r *remote) arrive() { r.must(r.standin.Wait(r.ctx)) }

func (r *remote) notices() []*notice {
	r.standin.ExpireDue()
	r.arrive()
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.caught)
}

func (r *remote) takings() map[money.Currency]int64 {
	sums := map[money.Currency]int64{}
	for _, s := range r.paid() {
		moved, err := r.stripe.Charges(r.ctx, s.ref)
		r.must(err)
		for _, c := range moved {
			sums[c.Gross.Currency] += c.Gross.Minor - c.Fee.Minor
		}
	}
	return sums
}

var _ bank = (*remote)(nil)
