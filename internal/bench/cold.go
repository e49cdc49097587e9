package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
)

const besideSelect = "pgbench select-only, prepared, 16 clients"

// coldPages measures product pages that nobody has asked for since the start,
// in all languages and markets, beside plain selects by key: whatever is kept
// of a page for the next visitor does not help here.
func (r *run) coldPages(ctx context.Context) error {
	known, fresh, err := r.productPages(ctx)
	if err != nil {
		return err
	}
	err = r.prepareYardstick(ctx)
	if err != nil && !errors.Is(err, errMissing) {
		return err
	}
	compare := err == nil
	if !compare {
		r.note("Cold pages stand alone: %v.", err)
	}
	r.say("%d product pages, each for the first time", len(fresh))
	var ours rounds
	var theirs []float64
	for range r.plan.rounds {
		t, err := r.coldRound(ctx, known, fresh)
		if err != nil {
			return err
		}
		ours = append(ours, t)
		if !compare {
			continue
		}
		tps, err := r.transactions(ctx, selectOnly, databaseClients, r.plan.database)
		if err != nil {
			return err
		}
		theirs = append(theirs, tps)
	}
	f := Figure{Name: "product page, cold", Unit: "requests/s", Ours: ours.perSecond()}.atLeast(coldGoal)
	if compare {
		f = f.withYardstick(besideSelect, median(theirs))
	}
	r.add(f, Figure{Name: "product page, cold, p99", Unit: "ms", Ours: ours.latency(0.99)})
	return nil
}

// coldRound asks a new process for the fresh pages, once each. The known ones
// come first, for what a process learns once: connections and plans of
// statements.
func (r *run) coldRound(ctx context.Context, known, fresh []string) (tally, error) {
	if err := r.restart(ctx); err != nil {
		return tally{}, err
	}
	before := load{addr: r.site.addr, paths: known, conns: visitors, span: warmUp}
	if _, err := before.run(ctx); err != nil {
		return tally{}, err
	}
	return load{addr: r.site.addr, paths: fresh, conns: visitors}.run(ctx)
}

// productPages are the paths of all product pages: those in the language and
// market most figures are measured in, and all others.
func (r *run) productPages(ctx context.Context) (known, fresh []string, err error) {
	rows, err := r.db.Query(ctx, `/* bench.productPages */ select code from markets where active order by code`)
	if err != nil {
		return nil, nil, fmt.Errorf("list markets: %w", err)
	}
	markets, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, nil, fmt.Errorf("list markets: %w", err)
	}
	for _, market := range markets {
		for _, lang := range i18n.Langs() {
			locale := "/" + string(lang) + "-" + market
			paths, err := r.site.products(ctx, locale)
			if err != nil {
				return nil, nil, err
			}
			if locale == abroad {
				known = paths
			} else {
				fresh = append(fresh, paths...)
			}
		}
	}
	return known, fresh, nil
}
