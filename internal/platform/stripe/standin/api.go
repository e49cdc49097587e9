package standin

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// apiError is an error as Stripe answers it.
type apiError struct {
	status int

	Type    string `json:"type"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"`
}

func invalid(code, param, message string) *apiError {
	return &apiError{status: http.StatusBadRequest, Type: "invalid_request_error", Code: code, Message: message, Param: param}
}

func missing(kind, id string) *apiError {
	e := invalid("resource_missing", "id", "No such "+kind+": '"+id+"'")
	e.status = http.StatusNotFound
	return e
}

// call is one API request in hand; the stand-in is locked while it lasts.
type call struct {
	id     string // of the object in the path
	params *params
}

// operation does the work of a call and returns the object to answer.
type operation func(*call) (any, *apiError)

// maxBody is far above any request of ours.
const maxBody = 1 << 20

// api wraps an operation in what all of Stripe's API has: keys, forms,
// idempotency, errors, and the failures that tests order.
func (s *Standin) api(do operation) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fault := s.nextFault(r.Method)
		if fault == LostRequest {
			hangUp(w)
			return
		}
		status, body, replayed := s.perform(r, do, fault)
		if fault == LostAnswer {
			hangUp(w)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Request-Id", newID("req_"))
		w.Header().Set("Stripe-Version", r.Header.Get("Stripe-Version"))
		if replayed {
			w.Header().Set("Idempotent-Replayed", "true")
		}
		w.WriteHeader(status)
		_, _ = w.Write(body) // a caller who has gone away repeats the call
	}
}

func (s *Standin) perform(r *http.Request, do operation, fault Fault) (status int, body []byte, replayed bool) {
	if e := s.authorize(r); e != nil {
		return encode(nil, e)
	}
	values, e := form(r)
	if e != nil {
		return encode(nil, e)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireDue()
	if r.Method == http.MethodGet {
		return s.do(r, values, do, fault)
	}
	defer s.save()
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return s.do(r, values, do, fault)
	}
	if len(key) > 255 {
		return encode(nil, invalid("", "", "Idempotency keys can be at most 255 characters."))
	}
	s.forget()
	request := r.Method + " " + r.URL.Path + " " + values.Encode()
	if earlier, ok := s.state.Keys[key]; ok {
		if earlier.Request != request {
			return encode(nil, &apiError{status: http.StatusBadRequest, Type: "idempotency_error",
				Message: "Keys for idempotent requests can only be used with the same parameters they were first used with."})
		}
		return earlier.Status, earlier.Body, true
	}
	status, body, _ = s.do(r, values, do, fault)
	// What fails validation never began and may be repeated corrected; what
	// began is remembered, failures of the server included.
	if status < 400 || status >= 500 {
		s.state.Keys[key] = answer{Request: request, Status: status, Body: body, At: s.now()}
	}
	return status, body, false
}

func (s *Standin) do(r *http.Request, values url.Values, do operation, fault Fault) (int, []byte, bool) {
	if fault == ServerError {
		return encode(nil, &apiError{status: http.StatusInternalServerError, Type: "api_error", Message: "Something went wrong on our side."})
	}
	object, e := do(&call{id: r.PathValue("id"), params: newParams(values)})
	return encode(object, e)
}

func encode(object any, e *apiError) (int, []byte, bool) {
	status := http.StatusOK
	if e != nil {
		status, object = e.status, map[string]any{"error": e}
	}
	body, err := json.Marshal(object)
	if err != nil {
		return http.StatusInternalServerError, []byte(`{"error":{"type":"api_error","message":"unencodable"}}`), false
	}
	return status, body, false
}

func (s *Standin) authorize(r *http.Request) *apiError {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if user, _, ok := r.BasicAuth(); ok {
		key, bearer = user, true
	}
	unauthorized := &apiError{status: http.StatusUnauthorized, Type: "invalid_request_error"}
	if !bearer || key == "" {
		unauthorized.Message = "You did not provide an API key."
		return unauthorized
	}
	if subtle.ConstantTimeCompare([]byte(key), []byte(s.cfg.SecretKey)) != 1 {
		unauthorized.Message = "Invalid API Key provided."
		return unauthorized
	}
	return nil
}

// form reads the parameters: the query of a GET, the body of a POST.
func form(r *http.Request) (url.Values, *apiError) {
	if r.Method != http.MethodPost {
		return r.URL.Query(), nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, invalid("", "", "The body could not be read.")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if len(body) > 0 && kind != "application/x-www-form-urlencoded" {
		return nil, invalid("", "", "Invalid request: send parameters as application/x-www-form-urlencoded.")
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, invalid("", "", "The body is not form-encoded.")
	}
	return values, nil
}

func unknownURL(*call) (any, *apiError) {
	e := invalid("", "", "Unrecognized request URL.")
	e.status = http.StatusNotFound
	return nil, e
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable) // HTTP/2, or a recorder: the nearest thing to silence
		return
	}
	_ = conn.Close() // nothing was promised on it
}
