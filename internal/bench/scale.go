package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
)

const (
	besideKey      = "Postgres: one row by its key"
	searchP50Goal  = 10 // milliseconds
	searchP99Goal  = 50
	suggestP99Goal = 20
	coldP99Goal    = 20
	curatorLogin   = "curator@demo.awil"
)

// scales measures shops with very many goods.
func (r *run) scales(ctx context.Context) error {
	for _, products := range r.plan.sizes {
		selects, err := r.selects(ctx)
		if err != nil {
			return err
		}
		big, err := r.prepared(ctx, products)
		if err != nil {
			return err
		}
		big.beside = selects
		err = big.scale(ctx, grouped(int64(products))+" products")
		r.add(big.figures...)
		r.notes = append(r.notes, big.notes...)
		if err := errors.Join(err, big.leave()); err != nil {
			return err
		}
	}
	return nil
}

// selects is how many rows a second pgbench reads by their keys out of our own
// server; 0 where there is no pgbench.
func (r *run) selects(ctx context.Context) (float64, error) {
	err := r.prepareYardstick(ctx)
	if errors.Is(err, errMissing) {
		r.note("Crawled pages stand alone: %v.", err)
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return r.transactions(ctx, selectOnly, databaseClients, r.plan.database)
}

func (r *run) scale(ctx context.Context, size string) error {
	return errors.Join(r.finding(ctx, size), r.lists(ctx, size), r.crawl(ctx, size))
}

// finding measures search pages and suggestions for what people type, each for
// the first time, one after another.
func (r *run) finding(ctx context.Context, size string) error {
	queries, err := readQueries(labelledQueries)
	if err != nil {
		r.note("Searches were not measured: %v.", err)
		return nil
	}
	r.say("searches among %s", size)
	var all, hard, suggested, byKey rounds
	for round := range r.plan.rounds {
		easyPaths, hardPaths := searches(queries, r.plan.everyQuery, round)
		easy, err := r.oneByOne(ctx, easyPaths)
		if err != nil {
			return err
		}
		other, err := r.oneByOne(ctx, hardPaths)
		if err != nil {
			return err
		}
		s, err := r.oneByOne(ctx, beginnings(queries, 3*r.plan.everyQuery))
		if err != nil {
			return err
		}
		key, _, err := r.inTurns(ctx, keyReads, r.rowByKey, nil)
		if err != nil {
			return err
		}
		all, hard = append(all, together(easy, other)), append(hard, other)
		suggested, byKey = append(suggested, s), append(byKey, key...)
	}
	name := "search among " + size
	r.add(
		Figure{Name: name + ", p50", Unit: "ms", Ours: all.latency(0.5)}.limit(searchP50Goal).withYardstick(besideKey, byKey.latency(0.5)),
		Figure{Name: name + ", p99", Unit: "ms", Ours: all.latency(0.99)}.limit(searchP99Goal).withYardstick(besideKey, byKey.latency(0.99)),
		Figure{Name: name + ", typos, other scripts and languages, p99", Unit: "ms", Ours: hard.latency(0.99)},
		Figure{Name: "suggestions among " + size + ", p50", Unit: "ms", Ours: suggested.latency(0.5)},
		Figure{Name: "suggestions among " + size + ", p99", Unit: "ms", Ours: suggested.latency(0.99)}.limit(suggestP99Goal),
	)
	return nil
}

// keyReads is how often a row is read by its key in a round.
const keyReads = 500

func (r *run) rowByKey(ctx context.Context) error {
	rows, err := r.db.Query(ctx, `/* bench.by_key */ select * from products where id = 1`)
	if err != nil {
		return fmt.Errorf("a row by its key: %w", err)
	}
	rows.Close()
	return rows.Err()
}

func (r *run) oneByOne(ctx context.Context, paths []string) (tally, error) {
	return load{addr: r.site.addr, paths: paths, conns: 1}.run(ctx)
}

// together is what came of several loads.
func together(parts ...tally) (all tally) {
	for _, t := range parts {
		all.requests += t.requests
		all.bytes += t.bytes
		all.elapsed += t.elapsed
		all.latencies = append(all.latencies, t.latencies...)
	}
	slices.Sort(all.latencies)
	return all
}

// lists measures pages that choose among all goods, each time anew, and the
// table that staff see.
func (r *run) lists(ctx context.Context, size string) error {
	r.say("lists of %s", size)
	v, err := signIn(ctx, r.site, curatorLogin)
	if err != nil {
		return err
	}
	defer v.client.CloseIdleConnections()
	for _, list := range []struct{ name, path string }{
		{"listing", abroad + "/products?"},
		{"listing by price", abroad + "/products?sort=price_up"},
		{"search with facets", abroad + "/search?q=jam&stock=1"},
		{"village", abroad + "/villages?"},
	} {
		paths := make([]string, r.plan.statements)
		for i := range paths {
			paths[i] = list.path + "&time=" + strconv.Itoa(i)
		}
		t, err := r.oneByOne(ctx, paths)
		if err != nil {
			return err
		}
		r.add(Figure{Name: list.name + " of " + size + ", cold, p99", Unit: "ms", Ours: t.quantile(0.99)})
	}
	table, _, err := r.inTurns(ctx, r.plan.statements, v.see("/desk/products"), nil)
	if err != nil {
		return err
	}
	r.add(Figure{Name: "desk's table of " + size + ", p99", Unit: "ms", Ours: table.latency(0.99)})
	return nil
}

// crawl asks for pages of goods that nobody has asked for: at a steady rate,
// and then as fast as they come, as a search engine does.
func (r *run) crawl(ctx context.Context, size string) error {
	steady := int(steadyRate * r.plan.steady.Seconds())
	rows, err := r.db.Query(ctx, `/* bench.crawl */
select $1 || '/products/' || p.slug || '-' || p.id from listings l join products p on p.id = l.product_id
where l.market = 'us' order by hashint8(p.id) limit $2`, abroad, steady+r.plan.crawl)
	if err != nil {
		return fmt.Errorf("list goods: %w", err)
	}
	paths, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list goods: %w", err)
	}
	if len(paths) <= steady {
		return fmt.Errorf("only %d goods", len(paths))
	}
	if err := r.restart(ctx); err != nil {
		return err
	}
	if err := rest(ctx); err != nil {
		return err
	}
	r.say("%s: %d pages at %d a second, then %d as fast as they come", size, steady, steadyRate, len(paths)-steady)
	var slow, fast tally
	most, err := r.watching(ctx, func(ctx context.Context) (err error) {
		slow, err = load{addr: r.site.addr, paths: paths[:steady], conns: visitors, span: r.plan.steady, rate: steadyRate}.run(ctx)
		if err == nil {
			fast, err = load{addr: r.site.addr, paths: paths[steady:], conns: visitors}.run(ctx)
		}
		return err
	})
	if err != nil {
		return err
	}
	crawled := Figure{Name: "product page of " + size + ", crawled", Unit: "requests/s", Ours: fast.perSecond()}.atLeast(coldGoal)
	if r.beside > 0 {
		crawled = crawled.withYardstick(besideSelect, r.beside)
	}
	r.add(
		Figure{Name: "product page of " + size + ", cold, at 200 requests/s, p50", Unit: "ms", Ours: slow.quantile(0.5)},
		Figure{Name: "product page of " + size + ", cold, at 200 requests/s, p99", Unit: "ms", Ours: slow.quantile(0.99)}.limit(coldP99Goal),
		crawled,
		Figure{Name: "memory while " + grouped(int64(len(paths))) + " pages of " + size + " are crawled, most", Unit: "MB", Ours: megabytes(most)}.limit(steadyGoal),
	)
	return nil
}
