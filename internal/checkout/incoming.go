package checkout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/postgres"
)

const (
	// maxTransactions bounds how often a provider that calls us may begin to
	// take the money of an order; a buyer may try several cards.
	maxTransactions = 12
	// longestHold bounds how long such transactions, one after the other, keep
	// goods unpaid, from when the order was placed.
	longestHold = 3 * 24 * time.Hour
)

var _ payments.Incoming = (*Service)(nil)

// Offer reads what an order comes to that could be paid now; see
// payments.Incoming.
func (s *Service) Offer(ctx context.Context, provider payments.Provider, reference string) (payments.Bill, error) {
	id, err := s.orderCalled(ctx, reference)
	if err != nil {
		return payments.Bill{}, err
	}
	o, err := orders.New(s.DB, s.Queue, s.Clock).ByID(ctx, id, i18n.EN)
	if err != nil {
		return payments.Bill{}, err
	}
	if err := s.offered(ctx, s.payments(), o.Order, provider); err != nil {
		return payments.Bill{}, err
	}
	return s.bill(ctx, o)
}

// Begin binds a provider's transaction to its order; see payments.Incoming.
func (s *Service) Begin(ctx context.Context, provider payments.Provider, b payments.Beginning) (payments.Transaction, error) {
	const tries = 2 // the same reference may come for another order at the same moment
	var t payments.Transaction
	var err error
	for range tries {
		t, err = s.begin(ctx, provider, b)
		if !postgres.Violates(err, "provider_transactions_provider_ref_key") {
			break
		}
	}
	if err != nil {
		return t, fmt.Errorf("begin %s of %s: %w", b.Ref, provider, err)
	}
	return t, nil
}

func (s *Service) begin(ctx context.Context, provider payments.Provider, b payments.Beginning) (payments.Transaction, error) {
	before, err := s.payments().Transaction(ctx, provider, b.Ref)
	switch {
	case err == nil:
		return s.begun(before, b)
	case !errors.Is(err, payments.ErrNoTransaction):
		return before, err
	case !b.ExpiresAt.After(s.now()):
		return before, payments.ErrTransactionOver
	}
	id, err := s.orderCalled(ctx, b.Reference)
	if err != nil {
		return before, err
	}
	var t payments.Transaction
	err = s.inTx(ctx, func(p parts) (err error) {
		t, err = s.beginIn(ctx, p, id, provider, b)
		return err
	})
	return t, err
}

// begun answers for a transaction that was begun before: as it stands, if it
// is the same one.
func (s *Service) begun(t payments.Transaction, b payments.Beginning) (payments.Transaction, error) {
	switch {
	case t.Reference != tidyReference(b.Reference):
		return t, payments.ErrNoOrder
	case t.Amount() != b.Amount:
		return t, payments.ErrOtherAmount
	}
	return t.At(s.now()), nil
}

func (s *Service) beginIn(ctx context.Context, p parts, orderID int64, provider payments.Provider, b payments.Beginning) (payments.Transaction, error) {
	o, err := p.orders.Lock(ctx, orderID)
	if err != nil {
		return payments.Transaction{}, err
	}
	t, err := p.payments.Transaction(ctx, provider, b.Ref)
	if err == nil {
		return s.begun(t, b)
	}
	if !errors.Is(err, payments.ErrNoTransaction) {
		return t, err
	}
	if err := s.offered(ctx, p.payments, o, provider); err != nil {
		return t, err
	}
	if b.Amount != o.Total() {
		return t, payments.ErrOtherAmount
	}
	attempt, err := s.attemptFor(ctx, p, o, provider)
	if err != nil {
		return t, err
	}
	if err := s.lapse(ctx, p, o.ID); err != nil {
		return t, err
	}
	if t, err = p.payments.BeginTransaction(ctx, attempt, b); err != nil {
		return t, err
	}
	until := b.ExpiresAt.Add(grace)
	if latest := o.PlacedAt.Add(longestHold); until.After(latest) {
		until = latest
	}
	return t, p.orders.Extend(ctx, o.ID, until)
}

// offered says whether a provider may take the money of an order now.
func (s *Service) offered(ctx context.Context, in *payments.Service, o orders.Order, provider payments.Provider) error {
	if s.Providers[o.PaymentMethod] != provider {
		return payments.ErrOrderOtherwise
	}
	switch err := s.payable(o); {
	case o.Status == orders.Cancelled, o.Status == orders.Refunded:
		return payments.ErrOrderOver
	case errors.Is(err, ErrPaid):
		return payments.ErrOrderPaid
	case err != nil:
		return payments.ErrOrderOver
	}
	live, err := in.LiveTransaction(ctx, o.ID)
	switch {
	case err == nil && live.At(s.now()).Live():
		return payments.ErrOrderBusy
	case err != nil && !errors.Is(err, payments.ErrNoTransaction):
		return err
	}
	n, err := in.Transactions(ctx, o.ID)
	if err == nil && n >= maxTransactions {
		return payments.ErrOrderOver
	}
	return err
}

// beingPaid reports whether a transaction of an order has begun and may still
// be performed.
func (s *Service) beingPaid(ctx context.Context, orderID int64) (bool, error) {
	live, err := s.payments().LiveTransaction(ctx, orderID)
	if errors.Is(err, payments.ErrNoTransaction) {
		return false, nil
	}
	return err == nil && live.At(s.now()).State == payments.TransactionCreated, err
}

// attemptFor locks the attempt that a transaction of a locked order belongs
// to. A buyer who found the order in her provider's own app has none open, and
// gets one.
func (s *Service) attemptFor(ctx context.Context, p parts, o orders.Order, provider payments.Provider) (payments.Payment, error) {
	all, err := p.payments.OfOrder(ctx, o.ID)
	if err != nil {
		return payments.Payment{}, err
	}
	for _, one := range all {
		if one.Provider != provider || one.Status != payments.Open {
			continue
		}
		if one, err = p.payments.Lock(ctx, one.ID); err != nil {
			return one, err
		}
		if one.Status == payments.Open { // it was not withdrawn while we waited
			return s.named(ctx, p, one)
		}
	}
	if len(all) >= maxAttempts {
		return payments.Payment{}, payments.ErrOrderOver
	}
	opened, err := s.open(ctx, p, o, provider)
	if err != nil {
		return opened, err
	}
	return s.named(ctx, p, opened)
}

// named gives an attempt its name if its link was never made.
func (s *Service) named(ctx context.Context, p parts, attempt payments.Payment) (payments.Payment, error) {
	if attempt.Ref() != "" {
		return attempt, nil
	}
	ref := payments.AttemptRef(attempt.ID)
	attempt.ProviderRef = &ref
	_, err := p.payments.Started(ctx, attempt.ID, payments.Started{ProviderRef: ref})
	return attempt, err
}

// lapse writes down that an order's transaction ran out, so that another can
// begin.
func (s *Service) lapse(ctx context.Context, p parts, orderID int64) error {
	stale, err := p.payments.LiveTransaction(ctx, orderID)
	if errors.Is(err, payments.ErrNoTransaction) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.timeOut(ctx, p, stale)
	return err
}

func (s *Service) timeOut(ctx context.Context, p parts, t payments.Transaction) (payments.Transaction, error) {
	reason := int(payments.ReasonTimedOut)
	return p.payments.MoveTransaction(ctx, t, payments.TransactionCancelled, t.ExpiresAt, &reason)
}

// Look reads a transaction; see payments.Incoming.
func (s *Service) Look(ctx context.Context, provider payments.Provider, ref string) (payments.Transaction, error) {
	t, err := s.payments().Transaction(ctx, provider, ref)
	return t.At(s.now()), err
}

// Statement lists transactions; see payments.Incoming.
func (s *Service) Statement(ctx context.Context, provider payments.Provider, from, to time.Time) ([]payments.Transaction, error) {
	list, err := s.payments().TransactionsBetween(ctx, provider, from, to)
	now := s.now()
	for i := range list {
		list[i] = list[i].At(now)
	}
	return list, err
}

// KeepFiscal keeps a tax receipt; see payments.Incoming.
func (s *Service) KeepFiscal(ctx context.Context, provider payments.Provider, ref, kind string, receipt json.RawMessage) error {
	return s.payments().KeepFiscal(ctx, provider, ref, kind, receipt)
}

// KeepCall notes what a provider asked and was answered; see
// payments.Incoming.
func (s *Service) KeepCall(ctx context.Context, provider payments.Provider, call payments.KeptCall) error {
	return s.payments().KeepCall(ctx, provider, call)
}

// orderCalled finds an order by its reference as people write it.
func (s *Service) orderCalled(ctx context.Context, reference string) (id int64, err error) {
	err = s.DB.QueryRow(ctx, `/* checkout.order_called */ select id from orders where reference = $1`, tidyReference(reference)).Scan(&id)
	if err = postgres.Err(err); errors.Is(err, errs.NotFound) {
		return 0, payments.ErrNoOrder
	}
	return id, err
}

// referenceLength is how long a reference is without its hyphen.
const referenceLength = 8

// tidyReference writes a reference as the database has it, whatever case, gaps
// and hyphens it was typed with. What cannot be one becomes empty.
func tidyReference(text string) string {
	bare := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		case r == ' ', r == '-', r == '\u00a0', r == '‑', r == '–', r == '\t':
			return -1
		}
		return '?'
	}, text)
	if len(bare) != referenceLength || strings.ContainsRune(bare, '?') {
		return ""
	}
	return bare[:referenceLength/2] + "-" + bare[referenceLength/2:]
}
