package web

import (
	"container/list"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"awil/internal/errs"
)

// errTooMany is what a throttled visitor gets; it has no kind of its own, for
// nothing below the pages ever says it.
var errTooMany = echo.NewHTTPError(http.StatusTooManyRequests)

// limited bounds size and time of a request.
func limited(lim limits, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		ctx, cancel := context.WithTimeout(r.Context(), lim.time)
		defer cancel()
		if r.Body != nil && r.Body != http.NoBody {
			if err := setDeadlines(c, lim.time); err != nil {
				return err
			}
			body := r.Body
			r = r.WithContext(ctx)
			r.Body = http.MaxBytesReader(c.Response(), body, lim.body)
			c.SetRequest(r)
			if r.ContentLength > lim.body {
				drain(body, lim.body)
				return errs.E(errs.TooLarge, "request body")
			}
			return next(c)
		}
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// setDeadlines gives the body so long to arrive and the answer a minute more to
// leave.
func setDeadlines(c echo.Context, bodyTime time.Duration) error {
	rc, now := http.NewResponseController(c.Response()), time.Now()
	for _, err := range []error{rc.SetReadDeadline(now.Add(bodyTime)), rc.SetWriteDeadline(now.Add(bodyTime + time.Minute))} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return errs.E(errs.Unavailable, "set deadlines", err)
		}
	}
	return nil
}

// drain reads on for a while after a body was refused: a browser that is still
// sending shows a broken connection instead of our answer.
func drain(body io.Reader, limit int64) {
	_, _ = io.CopyN(io.Discard, body, 4*limit)
}

// maxKept is how many addresses a throttle remembers; the one not seen for the
// longest time is forgotten first.
const maxKept = 10_000

type throttle struct {
	every  rate.Limit
	burst  int
	clock  func() time.Time
	mu     sync.Mutex
	byAddr map[netip.Prefix]*list.Element
	recent *list.List // of *throttleEntry, the latest in front
}

type throttleEntry struct {
	addr    netip.Prefix
	limiter *rate.Limiter
}

func newThrottle(perMinute int, clock func() time.Time) *throttle {
	return &throttle{
		every: rate.Every(time.Minute / time.Duration(perMinute)), burst: perMinute, clock: clock,
		byAddr: map[netip.Prefix]*list.Element{}, recent: list.New(),
	}
}

func throttled(t *throttle, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !behindBacks(c.Request().Context()) && !t.allow(c.RealIP()) {
			c.Response().Header().Set("Retry-After", "60")
			return errTooMany
		}
		return next(c)
	}
}

// allow counts a request of an address. All of an IPv6 network of 64 bits
// counts as one: a household has that many.
func (t *throttle) allow(ip string) bool {
	key := network(ip)
	t.mu.Lock()
	defer t.mu.Unlock()
	el, ok := t.byAddr[key]
	if ok {
		t.recent.MoveToFront(el)
	} else {
		if t.recent.Len() >= maxKept {
			oldest := t.recent.Back()
			delete(t.byAddr, t.recent.Remove(oldest).(*throttleEntry).addr)
		}
		el = t.recent.PushFront(&throttleEntry{key, rate.NewLimiter(t.every, t.burst)})
		t.byAddr[key] = el
	}
	return el.Value.(*throttleEntry).limiter.AllowN(t.clock(), 1)
}

// Network names the network an address belongs to, as limits count: an IPv6 household is one.
func Network(ip string) string { return network(ip).String() }

func network(ip string) netip.Prefix {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		bits = 64
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
