package search_test

import (
	"slices"
	"testing"

	"awil/internal/search"
)

// A wish to do without something is obeyed where it stands alone too, in whatever language and form it is said: then all goods
// are shown that neither contain it nor may, the newest first.
func TestWishesAlone(t *testing.T) {
	w := newWorld(t)
	w.demo()
	nuts := []string{
		"no nuts", "nut free", "nut-free", "nutfree", "without nuts", "w/o nuts", "without any nuts", "free of nuts", "no tree nuts", "nut allergy", "allergic to nuts",
		"ナッツフリー", "ナッツなし", "ナッツアレルギー", "без орехов", "орехов нет", "не содержит орехов", "аллергия на орехи", "yongʻoqsiz", "ёнғоқсиз", "yongʻoq yoʻq",
		"ǵozsız", "жаңгаксыз", "жаңгак жок",
	}
	walnut := []string{
		"no walnut", "without walnut", "without walnuts", "no wallnut", "without walnat", "wihtout walnut", "-walnut", "walnut free",
		"ǵozasız", "くるみなし", "くるみ なし", "くるみ不使用", "胡桃抜き", "くるみを使わない", "クルミが入っていない", "くるみアレルギー対応", "без грецких орехов", "без грецкого ореха",
	}
	for _, text := range append(nuts, walnut...) {
		r := w.query(search.Query{Text: text})
		if !slices.Contains(r.Without, "walnut") || slices.Contains(nuts, text) && !slices.Contains(r.Without, "cashew") {
			t.Errorf("%s: without %q", text, r.Without)
		}
		if r.Count < 20 || r.Rest != "" || r.Spurned != 1 || r.Loose {
			t.Errorf("%s: %d goods, %d spurned, %q left", text, r.Count, r.Spurned, r.Rest)
		}
		if ids := w.slugs(r.Cards); !slices.IsSortedFunc(ids, func(a, b string) int { return int(w.product[b] - w.product[a]) }) {
			t.Errorf("%s: order %q", text, ids)
		}
	}
	for text, want := range map[string]string{
		"no milk": "milk", "sútsiz": "milk", "сүтсүз": "milk", "乳製品不使用": "milk", "卵なし": "egg", "тухумсиз": "egg", "máyeksiz": "egg", "без яиц": "egg", "glyutensiz": "",
		"gluten free": "gluten_other", "глютенсиз": "wheat", "小麦不使用": "wheat", "peanut-free": "peanut", "yeryongʻoqsiz": "peanut", "без арахиса": "peanut", "えびアレルギー": "shrimp",
		"no brazil nuts": "brazil", "без кедровых орехов": "pine_nut", "shellfish free": "oyster", "без сои": "soy", "sesame free": "sesame", "кунжутсуз": "sesame", "без рыбы": "salmon",
		"そば不使用": "buckwheat", "без гречки": "buckwheat", "no sulphites": "sulphites", "без желатина": "gelatin", "no pork": "pork",
	} {
		if r := w.query(search.Query{Text: text}); want != "" && (!slices.Contains(r.Without, want) || r.Count < 20) {
			t.Errorf("%s: without %q, %d goods", text, r.Without, r.Count)
		}
	}
	for text, rest := range map[string]string{
		"くるみを使わないクッキー": "クッキー", "クッキーくるみなし": "クッキー", "卵・乳不使用のクッキー": "クッキー", "Tea Choy yongʻoqsiz": "Tea Choy", "jam -walnut": "jam", "no egg or milk Jam": "Jam",
	} {
		if r := w.query(search.Query{Text: text}); r.Rest != rest || len(r.Without) == 0 {
			t.Errorf("%s: %q is left, without %q", text, r.Rest, r.Without)
		}
	}
}

// The wish holds for what is merely near to the words too, and says what it hides.
func TestWishThatLeavesNothing(t *testing.T) {
	w := newWorld(t)
	w.demo()
	r := w.query(search.Query{Text: "walnuts in honey without nuts"})
	if slices.Contains(w.slugs(r.Cards), "walnuts-in-honey") || slices.Contains(w.slugs(r.Nearest), "walnuts-in-honey") || r.Spurned != 1 || r.Rest != "walnuts in honey" {
		t.Errorf("%+v", r)
	}
	all := w.query(search.Query{Filter: search.Filter{Without: []string{"walnut"}}})
	if all.Count < 20 || slices.Contains(w.slugs(all.Cards), "walnuts-in-honey") {
		t.Errorf("the box alone: %d goods", all.Count)
	}
	for _, free := range r.Facets.Free {
		if free.Count == 0 && !slices.Contains(r.Without, free.Allergen) {
			t.Errorf("%s leads to nothing", free.Allergen)
		}
	}
}

// Words that mean nothing find nothing, a minus takes names away, and a short word is not the beginning of another.
func TestOddWords(t *testing.T) {
	w := newWorld(t)
	w.demo()
	for _, text := range []string{"the of and", "under $20", "2000円以下", "до 50 €"} {
		if r := w.query(search.Query{Text: text}); r.Count != 0 {
			t.Errorf("%s found %q", text, w.slugs(r.Cards))
		}
	}
	if got := w.slugs(w.query(search.Query{Text: "jam -melon"}).Cards); slices.Contains(got, "melon-jam") || len(got) == 0 || got[0] != "sea-buckthorn-jam" {
		t.Errorf("jam -melon: %q", got)
	}
	if got := w.slugs(w.query(search.Query{Text: "soap under $20"}).Cards); len(got) == 0 || got[0] != "herbal-soap" {
		t.Errorf("soap under $20: %q", got)
	}
	for _, text := range []string{"rug", "carpet", "kiyiz", "rug red"} {
		if got := w.slugs(w.query(search.Query{Text: text}).Cards); slices.Contains(got, "liquorice-tea") {
			t.Errorf("%s: %q", text, got)
		}
	}
	for _, text := range []string{"slippers red", "rug red"} {
		if r := w.query(search.Query{Text: text}); !r.Loose || r.Count > 8 {
			t.Errorf("%s: %d goods, loose %t", text, r.Count, r.Loose)
		}
	}
	for _, text := range []string{"taushay", "тау шай", "tawshay"} {
		if got := w.slugs(w.query(search.Query{Text: text}).Cards); len(got) == 0 || got[0] != "mountain-herb-tea" {
			t.Errorf("%s: %q", text, got)
		}
	}
	cheap := w.slugs(w.query(search.Query{Text: "tea", Sort: search.SortPriceUp}).Cards)
	if slices.Index(cheap, "two-colour-raisins") < 2 || slices.Index(cheap, "mountain-herb-tea") > 1 || slices.Index(cheap, "liquorice-tea") > 1 {
		t.Errorf("tea, the cheapest first: %q", cheap)
	}
}
