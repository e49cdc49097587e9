package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

const (
	stormRate = 100 // edits a second
	stormGoal = 100 // milliseconds
)

// gusts are the edits of a storm, in turns: what changes most often on a busy
// day, and what many pages show. $1 is a number that grows.
var gusts = []string{
	`/* bench.stock */ update variants set stock = 20 + $1 % 30 where id = (select id from variants order by (id * 7919 + $1) % 101, id limit 1)`,
	`/* bench.stock */ update variants set stock = 25 + $1 % 30 where id = (select id from variants order by (id * 104729 + $1) % 101, id limit 1)`,
	`/* bench.story */ update product_texts set story = story || '' where product_id = (select id from products where published_at is not null order by (id * 7919 + $1) % 101, id limit 1)`,
	`/* bench.summary */ update product_texts set summary = summary || ' ' where product_id = (select id from products where published_at is not null order by (id * 31 + $1) % 101, id limit 1) and length(summary) < 200`,
	`/* bench.shelf_life */ update products set shelf_life_days = 1 + $1 % 300 where id = (select id from products where published_at is not null order by (id * 31 + $1) % 101, id limit 1)`,
	`/* bench.photo */ update photos set color = '#aabb' || to_char($1 % 90 + 10, 'FM00') where id = (select photo_id from product_photos order by (photo_id * 7919 + $1) % 101, photo_id limit 1)`,
	`/* bench.maker */ update producer_texts set story = story || ' ' where producer_id = (select id from producers order by (id * 31 + $1) % 17, id limit 1) and length(story) < 2000`,
	`/* bench.village */ update village_texts set name = name where village_id = (select id from villages order by (id * 31 + $1) % 17, id limit 1)`,
	`/* bench.price */ update listings set from_minor = from_minor + 1 where product_id = (select id from products where published_at is not null order by (id * 7919 + $1) % 101, id limit 1)`,
	`/* bench.categories */ update categories set position = position where id = (select min(id) from categories)`,
}

// storms measures pages on two programs of one shop while something they show
// is edited a hundred times a second.
func (r *run) storms(ctx context.Context) (err error) {
	paths, err := r.mix(ctx)
	if err != nil {
		return err
	}
	second, err := newSite(filepath.Join(r.dir, "second"), r.cfg.Program, r.cfg.Env, r.pg.URL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, second.stop()) }()
	if err := second.ready(ctx); err != nil {
		return err
	}
	sites := []*site{r.site, second}
	for _, s := range sites {
		if _, err := (load{addr: s.addr, paths: paths, conns: visitors}).run(ctx); err != nil {
			return err
		}
	}
	r.say("%d requests a second to two programs, with %d edits a second", steadyRate, stormRate)
	var all []tally
	for range r.plan.rounds {
		t, edits, err := r.storm(ctx, sites, paths)
		if err != nil {
			return err
		}
		if want := int(r.plan.storm.Seconds() * stormRate); edits < want*9/10 {
			r.note("A storm had %d edits instead of %d: the machine was too busy for more.", edits, want)
		}
		all = append(all, t)
	}
	const name = "page during 100 edits/s, 200 requests/s on two programs"
	r.add(
		Figure{Name: name + ", p50", Unit: "ms", Ours: rounds(all).latency(0.5)},
		Figure{Name: name + ", p99", Unit: "ms", Ours: rounds(all).latency(0.99)},
		Figure{Name: name + ", slowest", Unit: "ms", Ours: rounds(all).latency(1)}.limit(stormGoal),
	)
	return nil
}

// storm is one round; it tells how many edits there were.
func (r *run) storm(ctx context.Context, sites []*site, paths []string) (total tally, edits int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	tallies := make([]tally, len(sites))
	blowing, calm := context.WithTimeout(ctx, r.plan.storm)
	defer calm()
	for i, s := range sites {
		group.Go(func() (err error) {
			tallies[i], err = load{addr: s.addr, paths: paths, conns: visitors / len(sites), span: r.plan.storm,
				rate: float64(steadyRate / len(sites))}.run(ctx)
			return err
		})
	}
	group.Go(func() (err error) {
		edits, err = r.blow(blowing)
		return err
	})
	err = group.Wait()
	for _, t := range tallies {
		total.requests += t.requests
		total.latencies = append(total.latencies, t.latencies...)
	}
	slices.Sort(total.latencies)
	return total, edits, err
}

// blow edits at a steady rate until ctx ends. An edit that comes late is not
// made up for by two at once.
func (r *run) blow(ctx context.Context) (edits int, err error) {
	ticks := time.NewTicker(time.Second / stormRate)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return edits, nil
		case <-ticks.C:
		}
		number := int(time.Now().UnixNano()/int64(time.Millisecond)) % 1_000_000
		if err := gust(context.WithoutCancel(ctx), r.db, edits, number); err != nil {
			return edits, err
		}
		edits++
	}
}

// gust is one edit. Its argument is known to those that leave it out, too.
func gust(ctx context.Context, db *pgx.Conn, turn, number int) error {
	if _, err := db.Exec(ctx, "with given as (select $1::int) "+gusts[turn%len(gusts)], number); err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	return nil
}
