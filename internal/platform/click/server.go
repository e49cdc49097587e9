package click

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"awil/internal/payments"
)

// The protocol's answers.
const (
	codeDone       = 0
	codeSign       = -1
	codeAmount     = -2
	codeAction     = -3
	codePaid       = -4
	codeNoOrder    = -5
	codeNoPrepare  = -6
	codeFailed     = -7
	codeBadRequest = -8
	codeCancelled  = -9
)

var notes = map[int]string{
	codeDone: "Success", codeSign: "The signature does not hold", codeAmount: "The order comes to another sum",
	codeAction: "There is no such action", codePaid: "Already paid", codeNoOrder: "There is no such order",
	codeNoPrepare: "There is no such transaction", codeFailed: "The order cannot be paid now",
	codeBadRequest: "A field is missing or wrong", codeCancelled: "The transaction is cancelled",
}

// Server answers Click's calls.
type Server struct {
	cfg      Config
	incoming payments.Incoming
}

var _ payments.Answerer = (*Server)(nil)

// NewServer returns the server, which has done what is asked.
func NewServer(c Config, incoming payments.Incoming) (*Server, error) {
	c, err := c.complete()
	return &Server{cfg: c, incoming: incoming}, err
}

// answer is a response as the protocol writes it. The ids are numbers where
// they can be.
type answer struct {
	Trans   json.RawMessage `json:"click_trans_id"`
	Order   string          `json:"merchant_trans_id"`
	Prepare *int64          `json:"merchant_prepare_id,omitempty"`
	Confirm *int64          `json:"merchant_confirm_id,omitempty"`
	Error   int             `json:"error"`
	Note    string          `json:"error_note"`
}

// Answer answers one call. When we fail ourselves the status is 503 and there
// is no verdict: Click then asks again, where a refusal would make it send the
// money back that may be booked already.
func (s *Server) Answer(ctx context.Context, call payments.Call) payments.Reply {
	r, whole := read(call.Body)
	code, t, err := s.handle(ctx, r, whole)
	if err != nil {
		s.cfg.Log.ErrorContext(ctx, "a call of Click failed; it will be repeated", "action", r.Action, "error", err)
		return payments.Reply{Status: http.StatusServiceUnavailable, ContentType: "text/plain; charset=utf-8", Body: []byte("try again\n")}
	}
	if code == codeSign {
		s.cfg.Log.WarnContext(ctx, "a call to Click's address was refused: its signature does not hold", "remote", call.Remote)
	} else if whole {
		s.keep(ctx, r, code)
	}
	a := answer{Trans: numeric(r.Trans), Order: r.Order, Error: code, Note: notes[code]}
	if t.ID != 0 && r.Action == actionComplete {
		a.Confirm = &t.ID
	} else if t.ID != 0 {
		a.Prepare = &t.ID
	}
	body, err := json.Marshal(a)
	if err != nil { // strings and numbers can always be written
		return payments.Reply{Status: http.StatusInternalServerError}
	}
	return payments.Reply{Status: http.StatusOK, ContentType: "application/json; charset=utf-8", Body: body}
}

// handle checks in the order the vendor's code does: -8, -1, -3, -5, -6, -4,
// -2, -9.
func (s *Server) handle(ctx context.Context, r request, whole bool) (int, payments.Transaction, error) {
	none := payments.Transaction{}
	switch {
	case !whole:
		return codeBadRequest, none, nil
	case !r.signed(s.cfg.SecretKey):
		return codeSign, none, nil
	case r.Service != s.cfg.ServiceID:
		return codeBadRequest, none, nil
	case r.Action == actionPrepare:
		return s.prepare(ctx, r)
	case r.Action == actionComplete:
		return s.complete(ctx, r)
	}
	return codeAction, none, nil
}

// prepare begins a transaction. Asked again, it answers with the same one.
func (s *Server) prepare(ctx context.Context, r request) (int, payments.Transaction, error) {
	amount, ok := r.amount()
	if !ok {
		return s.refuse(ctx, r, codeAmount)
	}
	now := s.cfg.Now()
	t, err := s.incoming.Begin(ctx, payments.ProviderClick, payments.Beginning{
		Ref: r.Trans, Reference: r.Order, Amount: amount, ProviderTime: now, ExpiresAt: now.Add(Life),
	})
	if err != nil {
		code, known := codeOf(err)
		if !known {
			return 0, t, err
		}
		return code, payments.Transaction{}, nil
	}
	return codes[t.State], t, nil
}

// codes say where a transaction stands that is asked about again.
var codes = map[payments.TransactionState]int{
	payments.TransactionCreated: codeDone, payments.TransactionPerformed: codePaid,
	payments.TransactionCancelled: codeCancelled, payments.TransactionReversed: codeCancelled,
}

// refuse answers with a code unless something that is looked at before stands
// in the way.
func (s *Server) refuse(ctx context.Context, r request, code int) (int, payments.Transaction, error) {
	none := payments.Transaction{}
	_, err := s.incoming.Offer(ctx, payments.ProviderClick, r.Order)
	if err == nil {
		return code, none, nil
	}
	before, known := codeOf(err)
	if !known {
		return 0, none, err
	}
	return before, none, nil
}

// complete performs a transaction, or drops it when Click says that the money
// could not be taken.
func (s *Server) complete(ctx context.Context, r request) (int, payments.Transaction, error) {
	t, err := s.incoming.Look(ctx, payments.ProviderClick, r.Trans)
	switch {
	case errors.Is(err, payments.ErrNoTransaction), err == nil && !names(r.Order, t.Reference):
		return s.unprepared(ctx, r)
	case err != nil:
		return 0, t, err
	}
	amount, ok := r.amount()
	failed, wrong := strconv.Atoi(r.Error)
	switch {
	case strconv.FormatInt(t.ID, 10) != r.Prepare:
		return codeNoPrepare, payments.Transaction{}, nil
	case t.State == payments.TransactionPerformed:
		return codePaid, t, nil
	case !ok || amount != t.Amount():
		return codeAmount, t, nil
	case t.State != payments.TransactionCreated:
		return codeCancelled, t, nil
	case wrong != nil || failed > 0: // the protocol knows nought, and less
		return codeBadRequest, t, nil
	case failed < 0:
		t, err = s.incoming.Drop(ctx, payments.ProviderClick, r.Trans, failed)
		if t.State == payments.TransactionPerformed { // by a call that came between
			return codePaid, t, err
		}
		return codeCancelled, t, err
	}
	t, err = s.incoming.Perform(ctx, payments.ProviderClick, r.Trans)
	if errors.Is(err, payments.ErrTransactionOver) {
		return codeCancelled, t, nil
	}
	return codeDone, t, err
}

// unprepared answers for a transaction we were never asked to prepare: the
// order is looked at first.
func (s *Server) unprepared(ctx context.Context, r request) (int, payments.Transaction, error) {
	none := payments.Transaction{}
	_, err := s.incoming.Offer(ctx, payments.ProviderClick, r.Order)
	switch _, known := codeOf(err); {
	case errors.Is(err, payments.ErrNoOrder):
		return codeNoOrder, none, nil
	case err != nil && !known:
		return 0, none, err
	}
	return codeNoPrepare, none, nil
}

// codeOf says in the protocol's numbers what stood in the way; false for what
// it has none for.
func codeOf(err error) (int, bool) {
	for _, e := range []struct {
		err  error
		code int
	}{
		{payments.ErrNoOrder, codeNoOrder}, {payments.ErrOrderOtherwise, codeNoOrder},
		{payments.ErrOrderPaid, codePaid}, {payments.ErrOtherAmount, codeAmount},
		{payments.ErrOrderOver, codeCancelled}, {payments.ErrTransactionOver, codeCancelled},
		{payments.ErrOrderBusy, codeFailed},
	} {
		if errors.Is(err, e.err) {
			return e.code, true
		}
	}
	return 0, false
}

// keep notes the call for disputes, without its signature.
func (s *Server) keep(ctx context.Context, r request, code int) {
	asked := map[string]string{
		fieldTrans: r.Trans, fieldPaydoc: r.Paydoc, fieldOrder: r.Order, fieldPrepare: r.Prepare, fieldAmount: r.Amount,
		fieldAction: r.Action, fieldError: r.Error, fieldErrorNote: r.ErrorNote, fieldSignTime: r.SignTime,
	}
	body, err := json.Marshal(asked)
	if err == nil {
		err = s.incoming.KeepCall(ctx, payments.ProviderClick, payments.KeptCall{Method: method(r.Action), Ref: r.Trans, Request: body, Code: code})
	}
	if err != nil {
		s.cfg.Log.ErrorContext(ctx, "a call of Click could not be noted", "action", r.Action, "error", err)
	}
}

func method(action string) string {
	switch action {
	case actionPrepare:
		return "prepare"
	case actionComplete:
		return "complete"
	}
	return "unknown"
}

// numeric writes Click's id as the number it is, and anything else as text.
func numeric(text string) json.RawMessage {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text {
		return json.RawMessage(text)
	}
	quoted, err := json.Marshal(text)
	if err != nil { // a string can always be written
		return json.RawMessage(`""`)
	}
	return quoted
}
