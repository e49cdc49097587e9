package catalog_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

var errShort = errors.New("short")

func TestTake(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, a := w.selling(w.maker, "a")
	_, b := w.selling(w.maker, "b")
	stock := func(variant int64) (n int) {
		w.ok(w.pool.QueryRow(ctx, `select stock from variants where id = $1`, variant).Scan(&n))
		return n
	}
	w.tx(func(tx pgx.Tx) error {
		shorts, err := w.catalog.Take(ctx, tx, []catalog.Line{{VariantID: b, Quantity: 2}, {VariantID: a, Quantity: 5}, {VariantID: b, Quantity: 1}})
		if len(shorts) > 0 {
			t.Errorf("short of %+v", shorts)
		}
		return err
	})
	if stock(a) != 7 || stock(b) != 9 {
		t.Errorf("left %d and %d, want 7 and 9", stock(a), stock(b))
	}
	w.tx(func(tx pgx.Tx) error { // all or none
		shorts, err := w.catalog.Take(ctx, tx, []catalog.Line{{VariantID: a, Quantity: 1}, {VariantID: b, Quantity: 10}, {VariantID: 999999, Quantity: 1}})
		want := []catalog.Short{{VariantID: b, Wanted: 10, Left: 9}, {VariantID: 999999, Wanted: 1}}
		if !slices.Equal(shorts, want) {
			t.Errorf("short of %+v, want %+v", shorts, want)
		}
		return err
	})
	if stock(a) != 7 || stock(b) != 9 {
		t.Errorf("a short order took goods: %d and %d left", stock(a), stock(b))
	}
	w.tx(func(tx pgx.Tx) error {
		return w.catalog.GiveBack(ctx, tx, []catalog.Line{{VariantID: a, Quantity: 5}, {VariantID: b, Quantity: 3}})
	})
	if stock(a) != 12 || stock(b) != 12 {
		t.Errorf("given back: %d and %d", stock(a), stock(b))
	}
	extra, err := w.catalog.SaveVariant(ctx, w.maker, id, jar(0))
	w.ok(err)
	w.ok(w.catalog.RemoveVariant(ctx, w.maker, id, extra))
	w.tx(func(tx pgx.Tx) error {
		shorts, err := w.catalog.Take(ctx, tx, []catalog.Line{{VariantID: extra, Quantity: 1}})
		if len(shorts) != 1 || shorts[0].Left != 0 {
			t.Errorf("took a variant that is sold no more: %+v", shorts)
		}
		return err
	})
	w.tx(func(tx pgx.Tx) error {
		_, err := w.catalog.Take(ctx, tx, []catalog.Line{{VariantID: a, Quantity: 0}})
		wantKind(t, err, errs.Invalid)
		return nil
	})
}

// buy takes goods in a transaction of its own; errShort if there are not enough.
func buy(t *testing.T, w *world, lines []catalog.Line) error {
	return postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
		shorts, err := w.catalog.Take(t.Context(), tx, lines)
		if err == nil && len(shorts) > 0 {
			return errShort
		}
		return err
	})
}

// Fifty buyers want the last ten at once: ten get one each, nobody waits for ever, nothing is left.
func TestLastTen(t *testing.T) {
	w := newWorld(t)
	id, variant := w.selling(w.maker, "Qawın")
	w.ok(w.setStock(w.maker, id, variant, 10))
	var got, short atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			err := buy(t, w, []catalog.Line{{VariantID: variant, Quantity: 1}})
			switch {
			case err == nil:
				got.Add(1)
			case errors.Is(err, errShort):
				short.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got.Load() != 10 || short.Load() != 40 || w.mine(w.maker, id).Variants[0].Stock != 0 {
		t.Errorf("%d got one, %d did not, %d left", got.Load(), short.Load(), w.mine(w.maker, id).Variants[0].Stock)
	}
}

// Orders that name the same goods in any order never deadlock, and no piece is lost between taking and giving back.
func TestNoDeadlock(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, first := w.selling(w.maker, "Qawın")
	variants := []int64{first}
	for range 4 {
		v, err := w.catalog.SaveVariant(ctx, w.maker, id, jar(0))
		w.ok(err)
		variants = append(variants, v)
	}
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			var lines []catalog.Line
			pieces := 0
			for _, i := range rand.Perm(len(variants))[:3] {
				lines = append(lines, catalog.Line{VariantID: variants[i], Quantity: 1 + rand.IntN(2)})
				pieces += lines[len(lines)-1].Quantity
			}
			err := buy(t, w, lines)
			if err == nil && rand.IntN(2) == 0 {
				err = postgres.InTx(ctx, w.pool, func(tx pgx.Tx) error { return w.catalog.GiveBack(ctx, tx, lines) })
				pieces = 0
			}
			switch {
			case err == nil:
				taken.Add(int64(pieces))
			case !errors.Is(err, errShort):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	left := int64(0)
	for _, v := range w.mine(w.maker, id).Variants {
		left += int64(v.Stock)
	}
	if left+taken.Load() != 5*12 {
		t.Errorf("%d taken and %d left of %d", taken.Load(), left, 5*12)
	}
}
