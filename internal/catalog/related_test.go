package catalog_test

import (
	"slices"
	"testing"

	"awil/internal/i18n"
)

// A row of related goods is mixed: her own, the same shelf, the same village; what can be ordered comes first.
func TestRelatedIsMixed(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	far := w.newMaker("Far away", w.newVillage("muynak", "Muynak"))
	near := w.newMaker("Near by", w.village)
	shelf, _ := w.selling(far, "Of the same shelf")
	village, inVillage := w.selling(near, "Of the same village")
	w.ok(w.catalog.Recategorise(ctx, w.staff, village, w.craft))
	var own []int64
	for _, name := range []string{"Her fourth", "Her third", "Her second", "Her first", "It"} {
		id, _ := w.selling(w.maker, name)
		own = append([]int64{id}, own...)
	}
	of, own := own[0], own[1:]
	row := func(limit int) []int64 {
		t.Helper()
		list, err := w.catalog.Related(ctx, "jp", i18n.EN, w.page("jp", of), limit)
		w.ok(err)
		return ids(list)
	}
	if got, want := row(4), []int64{own[0], own[1], shelf, village}; !slices.Equal(got, want) {
		t.Errorf("row of four %v, want %v", got, want)
	}
	if got := row(9); len(got) != 6 || slices.Contains(got, of) {
		t.Errorf("all of them %v", got)
	}
	w.ok(w.setStock(near, village, inVillage, 0))
	if got, want := row(4), []int64{own[0], own[1], shelf, own[2]}; !slices.Equal(got, want) {
		t.Errorf("with one sold out %v, want %v", got, want)
	}
	if got := row(9); got[len(got)-1] != village {
		t.Errorf("the one sold out is not last: %v", got)
	}
}
