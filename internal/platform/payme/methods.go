package payme

import (
	"context"
	"strconv"
	"time"

	"awil/internal/payments"
)

// changePassword is a method of old. A key that whoever has the key may change
// can be taken over for good, so it is the operator who changes it, in the
// program's environment; the answer is the one for lack of privileges.
const changePassword = "ChangePassword"

// States of transactions as the protocol numbers them.
const (
	stateCreated   = 1
	statePerformed = 2
	stateCancelled = -1
	stateReversed  = -2
)

var states = map[payments.TransactionState]int{
	payments.TransactionCreated: stateCreated, payments.TransactionPerformed: statePerformed,
	payments.TransactionCancelled: stateCancelled, payments.TransactionReversed: stateReversed,
}

type checked struct {
	Allow  bool    `json:"allow"`
	Detail *detail `json:"detail,omitempty"`
}

func (s *Server) check(ctx context.Context, params object) (any, error) {
	amount, err := params.amount()
	if err != nil {
		return nil, err
	}
	order, err := params.order()
	if err != nil {
		return nil, err
	}
	bill, err := s.incoming.Offer(ctx, payments.ProviderPayme, order)
	if err != nil {
		return nil, err
	}
	if bill.Amount != amount {
		return nil, fail(codeAmount)
	}
	return checked{Allow: true, Detail: detailOf(bill)}, nil
}

type created struct {
	CreateTime  int64     `json:"create_time"`
	Transaction string    `json:"transaction"`
	State       int       `json:"state"`
	Receivers   *struct{} `json:"receivers"`
}

func (s *Server) create(ctx context.Context, params object) (any, error) {
	id, err := params.transactionID()
	if err != nil {
		return nil, err
	}
	at, err := params.stamp("time")
	if err != nil {
		return nil, err
	}
	amount, err := params.amount()
	if err != nil {
		return nil, err
	}
	order, err := params.order()
	if err != nil {
		return nil, err
	}
	begin := at
	if now := s.cfg.Now(); begin.After(now) { // a clock that is ahead holds no goods for longer
		begin = now.Truncate(time.Millisecond)
	}
	t, err := s.incoming.Begin(ctx, payments.ProviderPayme, payments.Beginning{
		Ref: id, Reference: order, Amount: amount, ProviderTime: at, ExpiresAt: begin.Add(Life),
	})
	if err != nil {
		return nil, err
	}
	if t.State != payments.TransactionCreated {
		return nil, fail(codeState)
	}
	return created{CreateTime: t.CreatedAt.UnixMilli(), Transaction: number(t), State: stateCreated}, nil
}

type performed struct {
	Transaction string `json:"transaction"`
	PerformTime int64  `json:"perform_time"`
	State       int    `json:"state"`
}

func (s *Server) perform(ctx context.Context, params object) (any, error) {
	id, err := params.transactionID()
	if err != nil {
		return nil, err
	}
	t, err := s.incoming.Perform(ctx, payments.ProviderPayme, id)
	if err != nil {
		return nil, err
	}
	return performed{Transaction: number(t), PerformTime: millis(t.PerformedAt), State: states[t.State]}, nil
}

type cancelled struct {
	Transaction string `json:"transaction"`
	CancelTime  int64  `json:"cancel_time"`
	State       int    `json:"state"`
}

// maxReason is more than any reason of the protocol.
const maxReason = 1000

func (s *Server) cancel(ctx context.Context, params object) (any, error) {
	id, err := params.transactionID()
	if err != nil {
		return nil, err
	}
	reason, ok := params.integer("reason")
	if !ok || reason < 1 || reason > maxReason {
		return nil, fail(codeBadRequest)
	}
	t, err := s.incoming.Undo(ctx, payments.ProviderPayme, id, int(reason))
	if err != nil {
		return nil, err
	}
	return cancelled{Transaction: number(t), CancelTime: millis(t.CancelledAt), State: states[t.State]}, nil
}

// standing is where a transaction stands; a time that is not is 0.
type standing struct {
	CreateTime  int64  `json:"create_time"`
	PerformTime int64  `json:"perform_time"`
	CancelTime  int64  `json:"cancel_time"`
	Transaction string `json:"transaction"`
	State       int    `json:"state"`
	Reason      *int   `json:"reason"`
}

func standingOf(t payments.Transaction) standing {
	return standing{CreateTime: t.CreatedAt.UnixMilli(), PerformTime: millis(t.PerformedAt), CancelTime: millis(t.CancelledAt),
		Transaction: number(t), State: states[t.State], Reason: t.Reason}
}

func (s *Server) look(ctx context.Context, params object) (any, error) {
	id, err := params.transactionID()
	if err != nil {
		return nil, err
	}
	t, err := s.incoming.Look(ctx, payments.ProviderPayme, id)
	if err != nil {
		return nil, err
	}
	return standingOf(t), nil
}

type stated struct {
	ID      string            `json:"id"`
	Time    int64             `json:"time"`
	Amount  int64             `json:"amount"`
	Account map[string]string `json:"account"`
	standing
	Receivers *struct{} `json:"receivers"`
}

type statement struct {
	Transactions []stated `json:"transactions"`
}

func (s *Server) statement(ctx context.Context, params object) (any, error) {
	from, err := params.edge("from")
	if err != nil {
		return nil, err
	}
	to, err := params.edge("to")
	if err != nil {
		return nil, err
	}
	list, err := s.incoming.Statement(ctx, payments.ProviderPayme, from, to)
	if err != nil {
		return nil, err
	}
	all := statement{Transactions: make([]stated, 0, len(list))}
	for _, t := range list {
		all.Transactions = append(all.Transactions, stated{ID: t.Ref, Time: t.ProviderTime.UnixMilli(), Amount: t.AmountMinor,
			Account: map[string]string{accountField: t.Reference}, standing: standingOf(t)})
	}
	return all, nil
}

type done struct {
	Success bool `json:"success"`
}

// The kinds of tax receipts.
const (
	receiptPaid = "PERFORM"
	receiptBack = "CANCEL"
)

func (s *Server) fiscal(ctx context.Context, params object) (any, error) {
	id, err := params.transactionID()
	if err != nil {
		return nil, err
	}
	kind, ok := params.text("type")
	if !ok || kind != receiptPaid && kind != receiptBack {
		return nil, fail(codeBadRequest)
	}
	if _, ok := objectOf(params["fiscal_data"]); !ok {
		return nil, fail(codeBadRequest)
	}
	err = s.incoming.KeepFiscal(ctx, payments.ProviderPayme, id, kind, params["fiscal_data"])
	return done{true}, err
}

func (*Server) refusePassword(context.Context, object) (any, error) {
	return nil, fail(codeNotAuthorised)
}

func number(t payments.Transaction) string { return strconv.FormatInt(t.ID, 10) }

func millis(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}
