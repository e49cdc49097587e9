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
		// The first visit may find the page in another state of compression.
		if _, err := fetch(ctx, r.site.client, r.site.url(p.path), browserEncodings); err != nil {
			return err
		}
		s, err := fetch(ctx, r.site.client, r.site.url(p.path), browserEncodings)
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

// warmPage measures one page in turns with nginx, which may be nil.
func (r *run) warmPage(ctx context.Context, p page, server *nginx) error {
	r.say("%s page", p.name)
	ours := load{addr: r.site.addr, paths: []string{p.path}, conns: visitors}
	sides := []load{ours}
	if server != nil {
		sides = append(sides, load{addr: server.addr, paths: []string{"/" + p.name}, conns: visitors})
	}
	results, err := alternate(ctx, sides, r.plan.rounds, r.plan.page)
	if err != nil {
		return err
	}
	figures := []Figure{
		{Name: p.name + " page, warm", Unit: "requests/s", Ours: results[0].perSecond()},
		{Name: p.name + " page, warm, p50", Unit: "ms", Ours: results[0].latency(0.5)},
		{Name: p.name + " page, warm, p99", Unit: "ms", Ours: results[0].latency(0.99)},
	}
	if p.name != "search" {
		figures[0] = figures[0].atLeast(warmGoal)
	}
	if server != nil {
		figures[0] = figures[0].withYardstick(besideNginx, results[1].perSecond())
		figures[1] = figures[1].withYardstick(besideNginx, results[1].latency(0.5))
		figures[2] = figures[2].withYardstick(besideNginx, results[1].latency(0.99))
	}
	r.add(figures...)
	return nil
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

// alternate runs the sides in turns: A B, A B, A B.
func alternate(ctx context.Context, sides []load, times int, span time.Duration) ([]rounds, error) {
	results := make([]rounds, len(sides))
	for i, side := range sides {
		side.span = warmUp
		if _, err := side.run(ctx); err != nil {
			return nil, fmt.Errorf("warm up: %w", err)
		}
		sides[i].span = span
	}
	for range times {
		for i, side := range sides {
			t, err := side.run(ctx)
			if err != nil {
				return nil, err
			}
			results[i] = append(results[i], t)
		}
	}
	return results, nil
}
