package bench

import (
	"context"
	"errors"
	"time"
)

// starts measures how long it takes from the command to the first page, with a
// database that has the demo programme already: one that runs, and a private
// one that the program starts too.
func (r *run) starts(ctx context.Context) error {
	r.say("start to first page")
	running, err := r.startTimes(ctx, r.pg.URL())
	if err != nil {
		return err
	}
	if err := errors.Join(r.site.stop(), r.stopDatabase()); err != nil {
		return err
	}
	private, err := r.startTimes(ctx, "")
	if err != nil {
		return err
	}
	if err := r.site.stop(); err != nil {
		return err
	}
	r.add(
		Figure{Name: "start to first page", Unit: "s", Ours: median(running)}.limit(startGoal),
		Figure{Name: "start to first page, private PostgreSQL too", Unit: "s", Ours: median(private)},
	)
	if err := r.startDatabase(ctx); err != nil {
		return err
	}
	return r.startSite(ctx)
}

// startTimes are the seconds of several starts; the last one still runs.
func (r *run) startTimes(ctx context.Context, database string) ([]float64, error) {
	var times []float64
	for range r.plan.starts {
		if err := r.site.stop(); err != nil {
			return nil, err
		}
		began := time.Now()
		s, err := newSite(r.dir, r.cfg.Program, r.cfg.Env, database)
		if err != nil {
			return nil, err
		}
		r.site = s
		if err := s.answers(ctx, abroad+"/"); err != nil {
			return nil, err
		}
		times = append(times, time.Since(began).Seconds())
	}
	return times, nil
}
