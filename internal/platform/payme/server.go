package payme

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"

	"awil/internal/payments"
)

// Server answers Payme's calls. Every answer has the status 200: any other
// counts as a failure of ours.
type Server struct {
	cfg      Config
	incoming payments.Incoming
	proof    [sha256.Size]byte // of what Payme must say
	methods  map[string]method
}

// method does one of the protocol's methods.
type method func(ctx context.Context, params object) (any, error)

var _ payments.Answerer = (*Server)(nil)

// NewServer returns the server, which has done what is asked.
func NewServer(c Config, incoming payments.Incoming) (*Server, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: c, incoming: incoming, proof: sha256.Sum256([]byte(c.Login + ":" + c.Key))}
	s.methods = map[string]method{
		"CheckPerformTransaction": s.check, "CreateTransaction": s.create, "PerformTransaction": s.perform,
		"CancelTransaction": s.cancel, "CheckTransaction": s.look, "GetStatement": s.statement,
		"SetFiscalData": s.fiscal, changePassword: s.refusePassword,
	}
	return s, nil
}

// answer is a response as the protocol writes it.
type answer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result,omitempty"`
	Error   *failure        `json:"error,omitempty"`
}

// Answer answers one call.
func (s *Server) Answer(ctx context.Context, call payments.Call) payments.Reply {
	request, isObject := objectOf(call.Body)
	a := answer{Version: "2.0", ID: idOf(request)}
	switch {
	case !s.authorised(call):
		s.cfg.Log.WarnContext(ctx, "a call to Payme's address was refused: it did not prove that it comes from Payme", "remote", call.Remote)
		a.Error = fail(codeNotAuthorised)
	case call.Method != http.MethodPost:
		a.Error = fail(codeNotPost)
	case !json.Valid(call.Body):
		a.Error = fail(codeBadJSON)
	case !isObject:
		a.Error = fail(codeBadRequest)
	default:
		a.Result, a.Error = s.call(ctx, request)
	}
	return s.reply(ctx, a)
}

func (s *Server) reply(ctx context.Context, a answer) payments.Reply {
	body, err := json.Marshal(a)
	if err != nil {
		s.cfg.Log.ErrorContext(ctx, "an answer to Payme could not be written", "error", err)
		body = []byte(`{"jsonrpc":"2.0","id":null,"error":{"code":-32400,"message":{"ru":"","uz":"","en":""}}}`)
	}
	return payments.Reply{Status: http.StatusOK, ContentType: "application/json; charset=utf-8", Body: body}
}

// idOf is what the answer names the request by: a number or a text, else
// nothing.
func idOf(request object) json.RawMessage {
	raw := request["id"]
	if len(raw) > 0 && (raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') {
		return raw
	}
	return json.RawMessage("null")
}

func (s *Server) authorised(call payments.Call) bool {
	scheme, coded, _ := strings.Cut(call.Header.Get("Authorization"), " ")
	said, err := base64.StdEncoding.DecodeString(strings.TrimSpace(coded))
	proof := sha256.Sum256(said)
	right := subtle.ConstantTimeCompare(proof[:], s.proof[:]) == 1
	return right && err == nil && strings.EqualFold(scheme, "Basic") && s.allowed(call.Remote)
}

func (s *Server) allowed(remote string) bool {
	if len(s.cfg.Allow) == 0 {
		return true
	}
	address, err := netip.ParseAddr(remote)
	if err != nil {
		return false
	}
	for _, prefix := range s.cfg.Allow {
		if prefix.Contains(address.Unmap()) {
			return true
		}
	}
	return false
}

// call does what is asked and notes it.
func (s *Server) call(ctx context.Context, request object) (any, *failure) {
	name, ok := request.text("method")
	if !ok || name == "" {
		return nil, fail(codeBadRequest)
	}
	do, known := s.methods[name]
	if !known {
		f := fail(codeNoMethod)
		f.Data = name
		return nil, f
	}
	params, ok := objectOf(request["params"])
	if !ok {
		return nil, fail(codeBadRequest)
	}
	result, err := do(ctx, params)
	var f *failure
	if err != nil {
		if f = failureOf(err); f == nil {
			s.cfg.Log.ErrorContext(ctx, "a call of Payme failed; it will be repeated", "method", name, "error", err)
			f = fail(codeSystem)
		}
		result = nil
	}
	s.keep(ctx, name, request["params"], params, f)
	return result, f
}

// keep notes the call for disputes. Passwords are not kept.
func (s *Server) keep(ctx context.Context, name string, raw json.RawMessage, params object, f *failure) {
	k := payments.KeptCall{Method: name, Request: raw}
	if f != nil {
		k.Code = f.Code
	}
	if id, err := params.transactionID(); err == nil {
		k.Ref = id
	}
	if name == changePassword {
		k.Request = json.RawMessage(`{}`)
	}
	if err := s.incoming.KeepCall(ctx, payments.ProviderPayme, k); err != nil {
		s.cfg.Log.ErrorContext(ctx, "a call of Payme could not be noted", "method", name, "error", err)
	}
}
