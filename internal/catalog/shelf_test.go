package catalog_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"awil/internal/catalog"
	"awil/internal/errs"
)

// shelf is what is there to sell of each variant of a listing, in order.
func (w *world) shelf(product int64) (stock []int) {
	w.t.Helper()
	for _, v := range w.mine(w.maker, product).Variants {
		stock = append(stock, v.Stock)
	}
	return stock
}

func (w *world) sell(variant int64, pieces int) {
	w.t.Helper()
	w.ok(buy(w.t, w, []catalog.Line{{VariantID: variant, Quantity: pieces}}))
}

// wantMoved is the complaint that the number has changed, with what is there now.
func wantMoved(t *testing.T, err error, variant int64, left int) {
	t.Helper()
	var f *errs.Fields
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want that the number has changed", err)
	}
	got, _ := f.Get(fmt.Sprintf("stock_%d", variant))
	if got.Key != "errors.stock_moved" || got.Args[1] != left {
		t.Errorf("got %+v, want %d left", f, left)
	}
}

// What buyers take while she types is not for sale a second time.
func TestStockCountsFromWhatSheSaw(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	seen := *w.seen(id, variant) // 12
	edit := catalog.ShelfEdit{VariantID: variant, PriceMinor: seen.PriceMinor, Stock: 10, Seen: seen}
	w.sell(variant, 5)
	w.ok(w.catalog.SetShelf(ctx, w.maker, id, edit))
	if got := w.shelf(id); got[0] != 5 {
		t.Fatalf("%d left: twelve, five sold, two given away", got[0])
	}

	edit.Seen, edit.Stock = *w.seen(id, variant), 1
	w.sell(variant, 2)
	wantMoved(t, w.catalog.SetShelf(ctx, w.maker, id, edit), variant, 3)
	if got := w.shelf(id); got[0] != 3 {
		t.Errorf("%d left after what could not be worked out", got[0])
	}

	edit.Seen, edit.PriceMinor = *w.seen(id, variant), 5000000
	edit.Stock = edit.Seen.Stock
	w.sell(variant, 1)
	w.ok(w.catalog.SetShelf(ctx, w.maker, id, edit))
	if v := w.mine(w.maker, id).Variants[0]; v.Stock != 2 || v.PriceMinor != 5000000 {
		t.Errorf("a new price: %+v", v)
	}
}

// A form that arrives twice counts once, also when something was sold between.
func TestStockSentTwiceCountsOnce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	seen := *w.seen(id, variant)
	edit := catalog.ShelfEdit{VariantID: variant, PriceMinor: seen.PriceMinor, Stock: 20, Seen: seen}
	for range 2 {
		w.ok(w.catalog.SetShelf(ctx, w.maker, id, edit))
	}
	if got := w.shelf(id); got[0] != 20 {
		t.Errorf("%d left", got[0])
	}
	w.sell(variant, 3)
	wantMoved(t, w.catalog.SetShelf(ctx, w.maker, id, edit), variant, 17)
	edit.Stock = seen.Stock // a page as old, on which she touched nothing
	w.ok(w.catalog.SetShelf(ctx, w.maker, id, edit))
	if got := w.shelf(id); got[0] != 17 {
		t.Errorf("%d left", got[0])
	}
}

// What is wrong with one size keeps the others as they were.
func TestShelfIsWrittenTogether(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, first := w.selling(w.maker, "Qawın")
	second, err := w.catalog.SaveVariant(ctx, w.maker, id, jar(0))
	w.ok(err)
	before := w.mine(w.maker, id)
	one, two := *w.seen(id, first), *w.seen(id, second)
	w.sell(first, 10)
	wantMoved(t, w.catalog.SetShelf(ctx, w.maker, id,
		catalog.ShelfEdit{VariantID: second, PriceMinor: 5000000, Stock: 3, Seen: two},
		catalog.ShelfEdit{VariantID: first, PriceMinor: one.PriceMinor, Stock: 1, Seen: one}), first, 2)
	after := w.mine(w.maker, id)
	if after.Variants[1].Stock != 12 || after.Variants[1].PriceMinor != before.Variants[1].PriceMinor || !after.UpdatedAt.Equal(before.UpdatedAt) {
		t.Errorf("half of a form was written: %+v", after.Variants)
	}
}

// Saving a size again, for its label or by itself while she types, brings back no number of a while ago.
func TestSavingASizeLeavesWhatSheDidNotChange(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	edit := jar(variant)
	edit.Label, edit.Seen = "úlken", w.seen(id, variant)
	w.sell(variant, 4)
	w.ok(w.setPrice(w.maker, id, variant, 5000000))
	_, err := w.catalog.SaveVariant(ctx, w.maker, id, edit)
	w.ok(err)
	edit.Seen, edit.Stock, edit.PriceMinor = nil, 99, 99
	_, err = w.catalog.SaveVariant(ctx, w.maker, id, edit)
	w.ok(err)
	if v := w.mine(w.maker, id).Variants[0]; v.Stock != 8 || v.PriceMinor != 5000000 || v.Label != "úlken" {
		t.Errorf("%+v", v)
	}

	draft, size := w.draft(w.maker, "Ǵoz")
	typed := jar(size)
	typed.Seen = w.seen(draft, size)
	for _, stock := range []int{13, 13, 130, 12} {
		typed.Stock, typed.PriceMinor = stock, int64(stock)*100
		_, err := w.catalog.SaveVariant(ctx, w.maker, draft, typed)
		w.ok(err)
		if v := w.mine(w.maker, draft).Variants[0]; v.Stock != stock || v.PriceMinor != int64(stock)*100 {
			t.Errorf("typed %d, saved %+v", stock, v)
		}
	}
}

// While fifty buyers buy, she adds and takes away: no piece is lost, none is sold twice.
func TestStockWhileBuyersBuy(t *testing.T) {
	w := newWorld(t)
	id, variant := w.selling(w.maker, "Qawın")
	var sold, added atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if buy(t, w, []catalog.Line{{VariantID: variant, Quantity: 1}}) == nil {
				sold.Add(1)
			}
		})
	}
	wg.Go(func() {
		for i := range 10 {
			seen := *w.seen(id, variant)
			more := 3 - i%3
			err := w.catalog.SetShelf(t.Context(), w.maker, id, catalog.ShelfEdit{VariantID: variant, PriceMinor: seen.PriceMinor, Stock: seen.Stock + more, Seen: seen})
			if err != nil {
				t.Error(err)
			}
			added.Add(int64(more))
		}
	})
	wg.Wait()
	if got := int64(w.shelf(id)[0]); got != 12+added.Load()-sold.Load() {
		t.Errorf("%d left of 12, %d added, %d sold", got, added.Load(), sold.Load())
	}
}
