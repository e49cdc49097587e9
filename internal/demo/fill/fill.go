// Package fill adds any number of made-up goods to the demo programme, to see how the program carries them: by COPY, the
// same ones for the same seed, priced and indexed by the code that prices and indexes real ones.
package fill

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/platform/postgres"
	"awil/internal/search"
)

// Config is what goods are made with.
type Config struct {
	DB    *postgres.Pool // without a statement timeout
	Clock func() time.Time
	Seed  uint64
	// Progress hears how far it is; nil: nobody does.
	Progress func(Progress)
}

// Progress is how far it is.
type Progress struct {
	Doing    string
	Done, Of int
}

// Result is what came of it.
type Result struct{ There, Added int } // generated products in all, and of those this time

// Goods makes sure that the demo programme has at least n generated products, and adds those that are missing; it never
// takes any away. It is one transaction: while it runs, the tables it fills are its own. errs.Conflict where there is no
// demo programme, or where goods of another seed are.
func Goods(ctx context.Context, c Config, n int) (result Result, err error) {
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	err = postgres.InTx(ctx, c.DB, func(tx pgx.Tx) error {
		result, err = fill(ctx, tx, c, n)
		return err
	})
	if err != nil || result.Added == 0 {
		return result, err
	}
	return result, tidy(ctx, c)
}

// filler makes goods; once begun it does not change, but for what it knows already.
type filler struct {
	*ground
	seed         uint64
	now          time.Time
	prices       catalog.Prices
	first        int // number of the first product to make
	firstMaker   int // number of the first maker to make
	lastProducer int64
	productBase  int64 // ids of the first of each
	producerBase int64
	variantBase  int64
	known        *sync.Map // what many goods are found by, as search.Part
	priced       *sync.Map // offers by what is asked for, as offer
}

func fill(ctx context.Context, tx pgx.Tx, c Config, n int) (Result, error) {
	if err := lock(ctx, tx); err != nil {
		return Result{}, err
	}
	there, err := readThere(ctx, tx, c.Seed)
	if err != nil || there.products >= n {
		return Result{There: there.products}, err
	}
	f := &filler{seed: c.Seed, now: c.Clock().UTC().Truncate(time.Second), first: there.products, lastProducer: there.lastProducer,
		firstMaker: (there.products + perMaker - 1) / perMaker, known: &sync.Map{}, priced: &sync.Map{}}
	if f.ground, err = readGround(ctx, tx); err != nil {
		return Result{}, err
	}
	goods := catalog.New(tx, c.Clock, search.Index)
	if f.prices, err = goods.Prices(ctx); err != nil {
		return Result{}, err
	}
	if f.first == 0 { // few are there, made by hand
		if _, err := goods.RefreshAll(ctx); err != nil {
			return Result{}, err
		}
	}
	if there.villages, err = f.addVillages(ctx, tx, c.Seed, there.villages, villagesFor(n), f.now); err != nil {
		return Result{}, err
	}
	if err := f.reserve(ctx, tx, n); err != nil {
		return Result{}, err
	}
	restore, err := quiet(ctx, tx, n-there.products)
	if err != nil {
		return Result{}, err
	}
	if err := f.make(ctx, tx, n, c.Progress); err != nil {
		return Result{}, err
	}
	if err := restore(c.Progress); err != nil {
		return Result{}, err
	}
	if f.first == 0 {
		if err := f.prices.HoldForAll(ctx, tx); err != nil {
			return Result{}, err
		}
	}
	there.products, there.lastProducer = n, f.makerID((n-1)/perMaker)
	return Result{There: n, Added: n - f.first}, there.write(ctx, tx, c.Seed)
}

// perChunk is how many goods go into the database at once: whole makers, so that each is made once.
const perChunk = 40 * perMaker

// make makes the goods that are missing up to n on all cores, and writes them as they come.
func (f *filler) make(all context.Context, tx pgx.Tx, n int, progress func(Progress)) error {
	starts, chunks := make(chan int), make(chan *chunk, 1)
	group, ctx := errgroup.WithContext(all)
	group.Go(func() error {
		defer close(starts)
		for from := f.first; from < n; from = (from/perChunk + 1) * perChunk {
			select {
			case starts <- from:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	group.Go(func() error {
		defer close(chunks)
		return f.makeChunks(ctx, n, starts, chunks)
	})
	spelt := map[string]bool{}
	group.Go(func() error {
		done := 0
		for c := range chunks {
			if err := c.write(ctx, tx); err != nil {
				return err
			}
			maps.Copy(spelt, c.spelt)
			done += c.goods
			progress(Progress{"goods", done, n - f.first})
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return search.Learn(all, tx, slices.Sorted(maps.Keys(spelt)))
}

func (f *filler) makeChunks(ctx context.Context, n int, starts <-chan int, chunks chan<- *chunk) error {
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for from := range starts {
				c, err := f.chunk(from, min(n, (from/perChunk+1)*perChunk))
				if err != nil {
					return err
				}
				select {
				case chunks <- c:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// chunk makes the goods of some numbers, and their makers.
func (f *filler) chunk(from, to int) (*chunk, error) {
	c := newChunk(to - from)
	var by maker
	for number := from; number < to; number++ {
		if number == from || number%perMaker == 0 {
			by = f.maker(c, number/perMaker)
		}
		if err := f.good(c, number, by); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// there is what former runs have made.
type there struct {
	products     int
	villages     []int64
	lastProducer int64
}

func readThere(ctx context.Context, tx pgx.Tx, seed uint64) (t there, err error) {
	list, err := collect[struct {
		Seed         int64
		Products     int
		Villages     []int64
		LastProducer int64
	}](ctx, tx, `/* fill.there */ select seed, products, villages, coalesce(last_producer, 0) as last_producer from generated_goods`)
	if err != nil || len(list) == 0 {
		return t, err
	}
	if list[0].Seed != int64(seed) {
		return t, errs.E(errs.Conflict, fmt.Sprintf("the database has goods of the seed %d", list[0].Seed))
	}
	return there{list[0].Products, list[0].Villages, list[0].LastProducer}, nil
}

func (t there) write(ctx context.Context, tx pgx.Tx, seed uint64) error {
	_, err := tx.Exec(ctx, `/* fill.note */
insert into generated_goods (seed, products, villages, last_producer) values ($1, $2, $3, $4)
on conflict (one) do update set products = excluded.products, villages = excluded.villages, last_producer = excluded.last_producer`,
		int64(seed), t.products, t.villages, t.lastProducer)
	if err != nil {
		return postgres.Err(err)
	}
	_, err = tx.Exec(ctx, `/* fill.tell */ select pg_notify('awil_changes', 'all')`)
	return postgres.Err(err)
}
