package paystand

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// ErrNoAnswer means that no answer came: the request may have been lost, or the
// answer only.
var ErrNoAnswer = errors.New("stand-in: no answer")

// Fault is what happens to one request. The zero value is an ordinary one.
type Fault struct {
	Drop       bool          // it is lost before it arrives
	LoseAnswer bool          // it is done, and the answer is lost: a time-out after success
	Copies     int           // it arrives so many more times
	Delay      time.Duration // it arrives so much later
}

// Line is how a stand-in reaches the shop. It is safe for concurrent use.
type Line struct {
	url    string
	client *http.Client

	mu     sync.Mutex
	faults []Fault
}

// maxAnswer is far more than any answer of ours, in bytes.
const maxAnswer = 16 << 20

// NewLine returns a line to an address.
func NewLine(url string) *Line {
	return &Line{url: url, client: &http.Client{Timeout: 30 * time.Second}}
}

// Disturb applies one fault each to the next requests, in order.
func (l *Line) Disturb(faults ...Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, faults...)
}

func (l *Line) fault() Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.faults) == 0 {
		return Fault{}
	}
	f := l.faults[0]
	l.faults = l.faults[1:]
	return f
}

// Post sends a body and returns the answer, of the last copy if there are
// several. ErrNoAnswer when none came.
func (l *Line) Post(ctx context.Context, header http.Header, body []byte) (status int, answer []byte, err error) {
	f := l.fault()
	if f.Drop {
		return 0, nil, ErrNoAnswer
	}
	select {
	case <-time.After(f.Delay):
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	for range f.Copies + 1 {
		if status, answer, err = l.once(ctx, header, body); err != nil {
			return 0, nil, fmt.Errorf("%w: %w", ErrNoAnswer, err)
		}
	}
	if f.LoseAnswer {
		return 0, nil, ErrNoAnswer
	}
	return status, answer, nil
}

func (l *Line) once(ctx context.Context, header http.Header, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header = header.Clone()
	res, err := l.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, answer, err
}
