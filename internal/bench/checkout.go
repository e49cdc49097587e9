package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"awil/internal/markets"
)

const (
	besideTPCB   = "pgbench TPC-B-like, prepared, as many clients"
	checkoutGoal = 0.25
	// plenty is a stock no run sells out.
	plenty = 10_000_000
)

// atOnce are the numbers of buyers who place orders at the same time; the goal
// is for the last.
var atOnce = []int{1, 4, 16}

// ordering is a way to place orders, and how the database counts them.
type ordering struct {
	name     string // of its figures
	requests string // what one order takes, of which the slowest hundredth is told
	goal     float64
	buy      func(context.Context) error
	held     string // the query that counts them
	// prepare, where there is one, is done before the clock of each round starts;
	// the round ends at the latest when buy says that all are placed.
	prepare func(context.Context) error
}

// checkouts measures orders placed for cash on delivery, by everything a buyer
// does: into the cart, checkout page, order. pgbench's transactions of a bank
// stand beside them.
func (r *run) checkouts(ctx context.Context) error {
	b, err := newBuyers(ctx, r.site, slices.Max(atOnce))
	if err != nil {
		return err
	}
	defer b.close()
	const held = `/* bench.orders */ select count(*) from orders`
	err = r.orders(ctx, b, ordering{
		name: "cash-on-delivery orders", requests: "the three requests", goal: checkoutGoal, buy: b.buyForCash, held: held,
	})
	if err != nil {
		return err
	}
	err = r.ordersBy(ctx, ordering{
		name: "cash-on-delivery checkouts placed (that request alone)", requests: "the one request", goal: checkoutGoal, buy: b.placeReady, held: held,
		prepare: func(ctx context.Context) error { return b.prepare(ctx, r.plan.placed, markets.COD) },
	}, slices.Max(atOnce))
	if err != nil {
		return err
	}
	r.add(Figure{Name: "letters about orders, written when the buyers have gone", Unit: "jobs/s", Ours: r.letters.perSecond()})
	return nil
}

// caughtUp is how many jobs were open when buyers stopped, and how long they
// took.
type caughtUp struct {
	jobs int
	took time.Duration
}

func (c caughtUp) perSecond() float64 {
	if c.took == 0 {
		return 0
	}
	return float64(c.jobs) / c.took.Seconds()
}

// catchUp waits until the letters of a round are written, so that the yardstick
// has the machine to itself, and the next round begins without them.
func (r *run) catchUp(ctx context.Context) error {
	began := time.Now()
	open, err := r.count(ctx, sqlOpenJobs)
	if err != nil {
		return err
	}
	if err := r.drain(ctx); err != nil {
		return err
	}
	r.letters.jobs += open
	r.letters.took += time.Since(began)
	return nil
}

// orders measures orders placed by 1, 4 and 16 buyers at once.
func (r *run) orders(ctx context.Context, b *buyers, o ordering) error {
	if _, err := r.db.Exec(ctx, `/* bench.stock */ update variants set stock = $1`, plenty); err != nil {
		return fmt.Errorf("fill the stocks: %w", err)
	}
	if err := r.tryAll(ctx, b, o); err != nil {
		return err
	}
	err := r.prepareYardstick(ctx)
	if err != nil && !errors.Is(err, errMissing) {
		return err
	}
	if err != nil {
		r.note("Orders stand alone: %v.", err)
	}
	for _, n := range atOnce {
		if err := r.ordersBy(ctx, o, n); err != nil {
			return err
		}
	}
	return nil
}

// tryAll buys everything once, and leaves out what cannot be bought this way.
func (r *run) tryAll(ctx context.Context, b *buyers, o ordering) error {
	var good []form
	var reasons []string
	all := b.goods
	for _, f := range all {
		b.goods = []form{f}
		if err := o.buy(ctx); err != nil {
			reasons = append(reasons, err.Error())
		} else {
			good = append(good, f)
		}
	}
	if b.goods = good; len(good) == 0 {
		return fmt.Errorf("there are no %s: %s", o.name, strings.Join(reasons, "; "))
	}
	if len(reasons) > 0 {
		r.note("%d of %d products are not among the %s: %s.", len(reasons), len(all), o.name, reasons[0])
	}
	return nil
}

func (r *run) ordersBy(ctx context.Context, o ordering, n int) error {
	r.say("%s, %d at once", o.name, n)
	var ours rounds
	var theirs []float64
	for range r.plan.rounds {
		t, err := r.orderRound(ctx, o, n)
		if err != nil {
			return err
		}
		ours = append(ours, t)
		if err := r.catchUp(ctx); err != nil {
			return err
		}
		if !r.yardstickReady {
			continue
		}
		tps, err := r.transactions(ctx, tpcB, n, r.plan.checkout)
		if err != nil {
			return err
		}
		theirs = append(theirs, tps)
	}
	name := o.name + ", " + strconv.Itoa(n) + " at once"
	f := Figure{Name: name, Unit: "orders/s", Ours: ours.perSecond()}
	if o.goal > 0 && n == slices.Max(atOnce) {
		f = f.atLeast(o.goal)
	}
	if r.yardstickReady {
		f = f.withYardstick(besideTPCB, median(theirs))
	}
	r.add(f, Figure{Name: name + ", p99 of " + o.requests, Unit: "ms", Ours: ours.latency(0.99)})
	return nil
}

// orderRound counts the orders that were placed and checks that the database
// holds as many: what it does not hold was not placed.
func (r *run) orderRound(ctx context.Context, o ordering, n int) (tally, error) {
	if o.prepare != nil {
		if err := o.prepare(ctx); err != nil {
			return tally{}, err
		}
	}
	before, err := r.count(ctx, o.held)
	if err != nil {
		return tally{}, err
	}
	t, err := placeOrders(ctx, n, r.plan.checkout, o.buy)
	if err != nil {
		return tally{}, err
	}
	after, err := r.count(ctx, o.held)
	if err != nil {
		return tally{}, err
	}
	if after-before != t.requests {
		return tally{}, fmt.Errorf("%d %s were placed, the database holds %d", t.requests, o.name, after-before)
	}
	return t, nil
}

// count asks the database how many there are of something.
func (r *run) count(ctx context.Context, sql string, args ...any) (n int, err error) {
	if err := r.db.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

// placeOrders lets n buyers place one order after the other. An order that was
// begun in time is finished, and its time counts.
func placeOrders(ctx context.Context, n int, span time.Duration, buy func(context.Context) error) (tally, error) {
	var mu sync.Mutex
	var t tally
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range n {
		group.Go(func() error {
			for ctx.Err() == nil {
				began := time.Now()
				if began.Sub(start) >= span {
					return nil
				}
				err := buy(ctx)
				if errors.Is(err, errAllPlaced) {
					return nil
				}
				if err != nil {
					return err
				}
				mu.Lock()
				t.latencies = append(t.latencies, time.Since(began))
				mu.Unlock()
			}
			return ctx.Err()
		})
	}
	err := group.Wait()
	t.requests, t.elapsed = len(t.latencies), time.Since(start)
	slices.Sort(t.latencies)
	return t, err
}
