package search_test

import (
	"slices"
	"testing"

	"awil/internal/search"
)

// What is the thing asked for comes before what only speaks of it, and before what shares a quality with it.
func TestThingsFirst(t *testing.T) {
	w := newWorld(t)
	w.demo()
	for text, want := range map[string]string{
		"手作り石鹸": "herbal-soap", "tabiiy sovun": "herbal-soap", "вязаные носочки": "camel-wool-socks", "сладости к чаю": "sesame-cookies",
		"kitchen utensils": "carved-spoons", "чашка чайник": "cobalt-teapot", "yoʻtalga choy": "liquorice-tea",
	} {
		if got := w.slugs(w.query(search.Query{Text: text}).Cards); len(got) == 0 || got[0] != want {
			t.Errorf("%s: %q, want %s first", text, got, want)
		}
	}
}

// Where there is little of what was asked for, things that may do as well are shown after it; where there is enough, not.
func TestPerhaps(t *testing.T) {
	w := newWorld(t)
	w.demo()
	r := w.query(search.Query{Text: "gift for mother"})
	got := w.slugs(r.Cards)
	for _, want := range []string{"adras-scarf", "knitted-shawl", "herbal-soap"} {
		if !slices.Contains(got, want) {
			t.Errorf("a gift for mother is none of %q: %s", got, want)
		}
	}
	if !r.Loose {
		t.Error("what may do is passed off as what was asked for")
	}
	if got := w.slugs(w.query(search.Query{Text: "carved spoons"}).Cards); slices.Contains(got, "painted-plate") {
		t.Errorf("carved spoons: %q", got)
	}
}

// Phrases are known in other forms of their words, with the fillers they need, short nouns by their cases, long ones by their beginning,
// and a slip in a digraph is one.
func TestForms(t *testing.T) {
	w := newWorld(t)
	w.demo()
	for text, want := range map[string]string{
		"сушёных абрикосов": "dried-apricots", "Ысык-Көлдүн өрүгү": "dried-apricots", "baldan": "walnuts-in-honey", "jutan": "shyrdak-rug",
		"サラダ オイル": "pumpkin-seed-oil", "seabuck": "sea-buckthorn-jam", "кшаык": "carved-spoons", "no caffeine tea": "mountain-herb-tea",
	} {
		if got := w.slugs(w.query(search.Query{Text: text}).Cards); len(got) == 0 || got[0] != want {
			t.Errorf("%s: %q, want %s first", text, got, want)
		}
	}
}
