package search_test

import (
	"testing"

	"awil/internal/search"
)

// TestUpToDate: what an earlier program wrote is written anew, once.
func TestUpToDate(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.exec(`update product_search set words = '', names = ''`)
	for _, want := range []int{9, 0} {
		n, err := search.UpToDate(t.Context(), w.pool)
		if err != nil || n != want {
			t.Errorf("wrote %d anew, want %d: %v", n, want, err)
		}
	}
	if got := w.slugs(w.find("melon jam", 1).Cards); len(got) != 1 || got[0] != "melon-jam" {
		t.Errorf("found %q", got)
	}
}
