package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

const (
	// visitors is how many connections ask for pages at once.
	visitors = 16
	// warmUp is how long each side is asked before it is measured.
	warmUp = 500 * time.Millisecond

	besideNginx = "nginx, the same bytes from disk"
	warmGoal    = 0.5
	halfGoal    = 5 // milliseconds
	coldGoal    = 0.06
)

// warmPages measures each kind of page over and over for anonymous visitors,
// beside nginx.
func (r *run) warmPages(ctx context.Context) error {
	pages, err := r.site.pages(ctx)
	if err != nil {
		return err
	}
	var files []saved
	for _, p := range pages {
		s, err := r.popular(ctx, p.path)
		if err != nil {
			return err
		}
		files = append(files, saved{name: p.name, sent: s})
	}
	server, err := startNginx(ctx, filepath.Join(r.dir, "nginx"), files)
	if errors.Is(err, errMissing) {
		r.note("Pages stand alone: %v.", err)
	} else if err != nil {
		return err
	} else {
		defer func() { _ = server.process.stop() }() // it has no state to lose
	}
	for _, p := range pages {
		if err := r.warmPage(ctx, p, server); err != nil {
			return err
		}
	}
	return nil
}

// popular fetches a page as it is sent once many have asked for it: the program
// makes the smallest encoding only then.
func (r *run) popular(ctx context.Context, path string) (sent, error) {
	if _, err := (load{addr: r.site.addr, paths: []string{path}, conns: visitors, span: warmUp}).run(ctx); err != nil {
		return sent{}, err
	}
	return fetch(ctx, r.site.client, r.site.url(path), browserEncodings)
}

// warmPage measures one page in turns with nginx, which may be nil.
func (r *run) warmPage(ctx context.Context, p page, server *nginx) error {
	r.say("%s page", p.name)
	ours := side{load{addr: r.site.addr, paths: []string{p.path}, conns: visitors}, r.site.process}
	sides := []side{ours}
	if server != nil {
		sides = append(sides, side{load{addr: server.addr, paths: []string{"/" + p.name}, conns: visitors}, server.process})
	}
	results, costs, err := alternate(ctx, sides, r.plan.rounds, r.plan.page)
	if err != nil {
		return err
	}
	figures := []Figure{
		{Name: p.name + " page, warm", Unit: "requests/s", Ours: results[0].perSecond()},
		{Name: p.name + " page, warm, p50", Unit: "ms", Ours: results[0].latency(0.5)},
		{Name: p.name + " page, warm, p99", Unit: "ms", Ours: results[0].latency(0.99)},
	}
	beside := func(values ...float64) {
		if server != nil {
			for i, value := range values {
				f := &figures[len(figures)-len(values)+i]
				*f = f.withYardstick(besideNginx, value)
			}
		}
	}
	if p.name != "search" {
		figures[0] = figures[0].atLeast(warmGoal)
	}
	if server != nil {
		beside(results[1].perSecond(), results[1].latency(0.5), results[1].latency(0.99))
	}
	if mine := costs[0]; mine.server > 0 {
		figures = append(figures,
			Figure{Name: p.name + " page, warm, processor time of the server", Unit: "µs", Ours: microseconds(mine.server)},
			Figure{Name: p.name + " page, warm, processor time of the load generator", Unit: "µs", Ours: microseconds(mine.generator)})
		if server != nil {
			beside(microseconds(costs[1].server), microseconds(costs[1].generator))
		}
	}
	half, err := r.halfOfPeak(ctx, ours.load, results[0].perSecond())
	if err != nil {
		return err
	}
	r.add(append(figures, Figure{Name: p.name + " page, warm, p99 at half of the peak", Unit: "ms", Ours: half.latency(0.99)}.limit(halfGoal))...)
	return nil
}

// halfOfPeak asks for a page half as often as it can be had.
func (r *run) halfOfPeak(ctx context.Context, l load, peak float64) (all rounds, err error) {
	l.span, l.rate = r.plan.page, peak/2
	for range r.plan.rounds {
		t, err := l.run(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// rounds are the tallies of one side.
type rounds []tally

func (all rounds) perSecond() float64 {
	var values []float64
	for _, t := range all {
		values = append(values, t.perSecond())
	}
	return median(values)
}

func (all rounds) latency(q float64) float64 {
	var values []float64
	for _, t := range all {
		values = append(values, t.quantile(q))
	}
	return median(values)
}

// side is one of two that are compared.
type side struct {
	load
	server *process
}

// alternate runs the sides in turns: A B, A B, A B. Costs are medians.
func alternate(ctx context.Context, sides []side, times int, span time.Duration) ([]rounds, []cost, error) {
	results, all := make([]rounds, len(sides)), make([][]cost, len(sides))
	for i, s := range sides {
		s.span = warmUp
		if _, err := s.run(ctx); err != nil {
			return nil, nil, fmt.Errorf("warm up: %w", err)
		}
		sides[i].span = span
	}
	for range times {
		for i, s := range sides {
			t, c, err := costing(ctx, s.load, s.server)
			if err != nil {
				return nil, nil, err
			}
			results[i], all[i] = append(results[i], t), append(all[i], c)
		}
	}
	costs := make([]cost, len(sides))
	for i := range sides {
		costs[i] = middle(all[i])
	}
	return results, costs, nil
}

func middle(costs []cost) cost {
	var servers, generators []float64
	for _, c := range costs {
		servers, generators = append(servers, float64(c.server)), append(generators, float64(c.generator))
	}
	return cost{server: time.Duration(median(servers)), generator: time.Duration(median(generators))}
}
