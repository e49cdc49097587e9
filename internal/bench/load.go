package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// load is a number of visitors who ask for pages, each over one connection
// that is kept, and each asking again once the answer is there.
type load struct {
	addr  string // host:port
	paths []string
	conns int
	// span is how long to go on; 0 asks for every path exactly once.
	span time.Duration
	// rate is how many requests a second all visitors send together; 0 is as
	// many as they can. At a rate the time of an answer counts from when its
	// request was due, so that a stall is seen by all who waited through it.
	rate float64
}

// tally is what came of a load.
type tally struct {
	requests  int
	bytes     int64 // of bodies
	elapsed   time.Duration
	latencies []time.Duration // sorted, of every request
}

func (t tally) perSecond() float64 { return float64(t.requests) / t.elapsed.Seconds() }

func (t tally) quantile(q float64) float64 { return milliseconds(quantile(t.latencies, q)) }

// run is the whole load. An answer other than 200 is an error: what is fast
// because it fails is not measured.
func (l load) run(ctx context.Context) (tally, error) {
	if len(l.paths) == 0 {
		return tally{}, errors.New("no pages to ask for")
	}
	requests := make([][]byte, len(l.paths))
	for i, path := range l.paths {
		requests[i] = getRequest(l.addr, path)
	}
	visitors := make([]visitor, l.conns)
	for i := range visitors {
		c, err := dial(ctx, l.addr)
		if err != nil {
			return tally{}, err
		}
		defer c.close()
		visitors[i] = visitor{load: l, requests: requests, conn: c, first: i}
	}
	group, ctx := errgroup.WithContext(ctx)
	start := time.Now()
	for i := range visitors {
		group.Go(func() error { return visitors[i].visit(ctx, start) })
	}
	err := group.Wait()
	total := tally{elapsed: time.Since(start)}
	for _, v := range visitors {
		total.requests += len(v.latencies)
		total.bytes += v.bytes
		total.latencies = append(total.latencies, v.latencies...)
	}
	slices.Sort(total.latencies)
	return total, err
}

type visitor struct {
	load
	requests  [][]byte
	conn      *conn
	first     int
	bytes     int64
	latencies []time.Duration
}

// patience is how long an answer may take at most, and half of it at least, before the load is given up.
const patience = 20 * time.Second

func (v *visitor) visit(ctx context.Context, start time.Time) error {
	now, late := start, start
	for n := v.first; ctx.Err() == nil && v.goesOn(n, now.Sub(start)); n += v.conns {
		if late.Sub(now) < patience/2 { // not before each request: it takes time as well
			late = now.Add(patience)
			if err := v.conn.socket.SetDeadline(late); err != nil {
				return fmt.Errorf("set deadline: %w", err)
			}
		}
		due := now
		if v.rate > 0 {
			due = start.Add(time.Duration(float64(n) / v.rate * float64(time.Second)))
			if due.Sub(start) >= v.span {
				return nil
			}
			time.Sleep(time.Until(due))
		}
		i := n % len(v.requests)
		a, err := v.conn.ask(v.requests[i])
		if err != nil {
			return fmt.Errorf("%s%s: %w", v.addr, v.paths[i], err)
		}
		if a.status != http.StatusOK || a.closes {
			return fmt.Errorf("%s%s: status %d, closed %v", v.addr, v.paths[i], a.status, a.closes)
		}
		now = time.Now()
		v.bytes += a.bytes
		v.latencies = append(v.latencies, now.Sub(due))
	}
	return ctx.Err()
}

func (v *visitor) goesOn(n int, passed time.Duration) bool {
	if v.span == 0 {
		return n < len(v.requests)
	}
	return passed < v.span
}
