package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/search"
	"awil/internal/watch"
)

func (w *world) slugs(cards []catalog.Card) (list []string) {
	for _, c := range cards {
		list = append(list, c.SlugBase)
	}
	return list
}

// What people type, in whichever language, alphabet and spelling, and what must come: these first, in this order.
func TestFinds(t *testing.T) {
	w := newWorld(t)
	w.fill()
	melon := "melon-jam"
	tests := []struct {
		text string
		want []string
	}{
		// One product by its name in each language, whole and begun.
		{"Melon jam", []string{melon}}, {"варенье из дыни", []string{melon}}, {"qovun murabbosi", []string{melon}},
		{"Qawın varenyesi", []string{melon}}, {"коон кыямы", []string{melon}}, {"メロンジャム", []string{melon}},
		{"melon j", []string{melon}}, {"варенье из ды", []string{melon}}, {"メロンジ", []string{melon}},
		// Without marks, in the other alphabet, in another case.
		{"qawin varenyesi", []string{melon}}, {"ковун мураббоси", []string{melon}}, {"қовун", []string{"dried-melon", melon}},
		{"қаўын варенъеси", []string{melon}}, {"varenye iz dyni", []string{melon}}, {"koon kyyamy", []string{melon}}, {"MELON JAM", []string{melon}},
		// Half-width kana, hiragana, a joining particle, half a word, one character.
		{"ﾒﾛﾝｼﾞｬﾑ", []string{melon}}, {"めろんじゃむ", []string{melon}}, {"メロンのジャム", []string{melon}}, {"甘草", []string{"liquorice-tea"}},
		{"茶", []string{"herb-tea", "liquorice-tea"}}, {"室内履き", []string{"slippers"}}, {"フェルト", []string{"slippers"}},
		// Words in the other order, from two languages, with what a name leaves out.
		{"jam melon", []string{melon}}, {"дыни jam", []string{melon}}, {"the jam of melon", []string{melon}},
		// Apostrophes of every kind, and none.
		{"mo'ynoq", []string{"herb-tea", "patchwork", "slippers"}}, {"moʻynoq", []string{"herb-tea", "patchwork", "slippers"}},
		{"moynoq", []string{"herb-tea", "patchwork", "slippers"}}, {"мўйноқ", []string{"herb-tea", "patchwork", "slippers"}},
		{"moynaq", []string{"herb-tea", "patchwork", "slippers"}}, {"мойнак", []string{"herb-tea", "patchwork", "slippers"}},
		{"Муйнак", []string{"herb-tea", "patchwork", "slippers"}}, {"muynak choy", []string{"herb-tea"}},
		{"tog' asali", []string{"honey"}}, {"тоғ асали", []string{"honey"}}, {"togʼ asali", []string{"honey"}},
		{"мед", []string{"honey"}}, {"мёд", []string{"honey"}},
		// kurak and its spellings.
		{"kurak", []string{"patchwork"}}, {"курак", []string{"patchwork"}}, {"quraq", []string{"patchwork"}}, {"құрақ", []string{"patchwork"}}, {"qurak", []string{"patchwork"}},
		// A name before a story; a maker; a shelf; what it is made of.
		{"honey", []string{"honey"}}, {"aral felt", []string{"slippers", "patchwork", "herb-tea"}}, {"thyme", []string{"herb-tea"}},
		{"lemon", []string{melon}}, {"copper pans", []string{melon}}, {"choy", []string{"herb-tea", "liquorice-tea"}},
		// Slips.
		{"melun jam", []string{melon}}, {"mellon jam", []string{melon}}, {"melon jom", []string{melon}}, {"qovun murabosi", []string{melon}},
		{"варене из дыни", []string{melon}}, {"slipers", []string{"slippers"}}, {"felt slipprs", []string{"slippers"}}, {"likorice tea", []string{"liquorice-tea"}},
		{"buckthron", []string{"sea-buckthorn-jam"}}, {"tapochky", []string{"slippers"}},
		// Some of the words.
		{"blue felt slippers", []string{"slippers"}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			r := w.find(tt.text, 10)
			got := w.slugs(r.Cards)
			if len(got) < len(tt.want) {
				t.Fatalf("found %q, want %q", got, tt.want)
			}
			// Equals among equals come in any order.
			first := slices.Sorted(slices.Values(got[:len(tt.want)]))
			if !slices.Equal(first, slices.Sorted(slices.Values(tt.want))) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			if slices.Contains(got, "uz-only") {
				t.Error("found what this market does not sell")
			}
		})
	}
}

func TestFindsNothing(t *testing.T) {
	w := newWorld(t)
	w.fill()
	for _, text := range []string{"", "   ", "'", "!!!", "zzzzzz", "zzqqxx", "qqqqqqqqqqqq", "мммммм", "бульдозер", "飛行機", "apricot", `\`, "\x00", "& | ! ( ) <-> :*"} {
		if r := w.find(text, 10); len(r.Cards) != 0 || r.Next != "" || r.Suggestion != "" {
			t.Errorf("%q found %q", text, w.slugs(r.Cards))
		}
	}
}

func TestRanking(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.sell("jp", "in-story", "muynak", "tea", names{"Plain", "", "", "", "", ""}, "", "Made with saxaul.")
	w.sell("jp", "in-composition", "muynak", "tea", names{"Simple", "", "", "", "", ""}, "saxaul", "")
	w.village("saxaul", names{"Saxaul", "Saxaul", "Saxaul", "Saxaul", "Saxaul", "Saxaul"}, names{"House", "Дом", "Uy", "Úy", "Үй", "家"})
	w.sell("jp", "in-place", "saxaul", "tea", names{"Mere", "", "", "", "", ""}, "", "")
	w.sell("jp", "in-name", "muynak", "tea", names{"Carved saxaul spoon", "", "", "", "", ""}, "", "")
	w.sell("jp", "name-begins", "muynak", "tea", names{"Saxaul spoon", "", "", "", "", ""}, "", "")
	w.sell("jp", "exact", "muynak", "tea", names{"Saxaul", "", "", "", "", ""}, "", "")
	want := []string{"exact", "name-begins", "in-name", "in-place", "in-composition", "in-story"}
	if got := w.slugs(w.find("saxaul", 10).Cards); !slices.Equal(got, want) {
		t.Errorf("order %q, want %q", got, want)
	}
}

func TestSuggestion(t *testing.T) {
	w := newWorld(t)
	w.fill()
	if r := w.find("melun jam", 10); !r.Loose || r.Suggestion != "Melon jam" {
		t.Errorf("loose %t, suggestion %q", r.Loose, r.Suggestion)
	}
	if r := w.find("melon jam", 10); r.Loose || r.Suggestion != "" {
		t.Errorf("loose %t, suggestion %q", r.Loose, r.Suggestion)
	}
	if r := w.find("blue felt slippers", 10); !r.Loose {
		t.Error("not all the words were found")
	}
}

// asked counts the statements of this package: how cards are read is the catalog's.
func asked(statements []string) (n int) {
	for _, sql := range statements {
		if strings.HasPrefix(sql, "/* search.") {
			n++
		}
	}
	return n
}

// Leafing shows every hit once, in one order, with one statement for each page besides the setting: what is known of the
// hits is remembered.
func TestLeafing(t *testing.T) {
	w := newWorld(t)
	w.fill()
	for i := range 23 {
		w.sell("jp", fmt.Sprintf("bowl-%d", i), "muynak", "felt", names{fmt.Sprintf("Bowl %d", i), "", "", "", "", ""}, "", "")
	}
	board := watch.NewBoard()
	board.SetCertain(true)
	w.search.Watch(board)
	w.find("bowl", 1) // what is common is remembered
	var all []string
	var previous string
	page := paging.Page{Limit: 5}
	for {
		ctx, queries := pgtest.CountQueries(t.Context())
		r, err := w.search.Query(ctx, search.Query{Market: "jp", Lang: i18n.JA, Text: "bowl", Page: page})
		if err != nil {
			t.Fatal(err)
		}
		if n := asked(queries.SQL()); n > 2 {
			t.Errorf("%d statements", n)
		}
		all, previous = append(all, w.slugs(r.Cards)...), r.Previous
		if r.Next == "" {
			break
		}
		page.After = r.Next
	}
	var back []string
	for page = paging.Either(previous, 5); ; page = paging.Either(previous, 5) {
		r, err := w.search.Query(t.Context(), search.Query{Market: "jp", Lang: i18n.JA, Text: "bowl", Page: page})
		if err != nil {
			t.Fatal(err)
		}
		back = append(w.slugs(r.Cards), back...)
		if previous = r.Previous; previous == "" {
			break
		}
	}
	if !slices.Equal(back, all[:20]) {
		t.Errorf("back: %v, on: %v", back, all)
	}
	seen := slices.Compact(slices.Sorted(slices.Values(all)))
	if len(all) != 23 || len(seen) != 23 {
		t.Errorf("%d shown, %d different", len(all), len(seen))
	}
	_, err := w.search.Query(t.Context(), search.Query{Market: "jp", Lang: i18n.JA, Text: "bowl", Page: paging.Page{Limit: 5, After: "x"}})
	if errs.KindOf(err) != errs.Invalid {
		t.Errorf("a broken cursor: %v", err)
	}
}

func TestIndexFollows(t *testing.T) {
	w := newWorld(t)
	w.fill()
	id := w.product["honey"]
	w.exec(`update product_texts set name = 'Steppe nectar' where product_id = $1 and lang = 'en'`, id)
	w.exec(`update product_texts set name = 'Диковинка', state = 'draft' where product_id = $1 and lang = 'ru'`, id)
	if err := postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error { return search.Index(t.Context(), tx, id) }); err != nil {
		t.Fatal(err)
	}
	if got := w.slugs(w.find("nectar", 5).Cards); !slices.Equal(got, []string{"honey"}) {
		t.Errorf("new name: %q", got)
	}
	if got := w.slugs(w.find("Диковинка", 5).Cards); len(got) != 0 {
		t.Errorf("a draft nobody approved: %q", got)
	}
	w.exec(`delete from product_search`)
	n, err := search.Rebuild(t.Context(), w.pool)
	if err != nil || n != 9 {
		t.Errorf("rebuilt %d, %v", n, err)
	}
	if got := w.slugs(w.find("nectar", 5).Cards); !slices.Equal(got, []string{"honey"}) {
		t.Errorf("after the rebuild: %q", got)
	}
}

// With Index as the catalog's hook, a product is found from the moment it is approved until it is taken back.
func TestApprovedIsFound(t *testing.T) {
	w := newWorld(t)
	w.fill()
	ctx := t.Context()
	c := catalog.New(w.pool, time.Now, search.Index)
	staff := w.id(`insert into accounts (email, password_hash, name, lang) values ('c@d.awil', '$argon2id$', 'C', 'en') returning id`)
	by := catalog.Maker{ProducerID: w.maker["muynak"], AccountID: staff}
	photo := w.id(`insert into photos (key, producer_id, original_key, mime, bytes, width, height, widths, state, sha256)
values (repeat('a', 22), $1, 'o', 'image/jpeg', 1, 800, 600, '{800}', 'ready', sha256('a')) returning id`, by.ProducerID)
	craft := w.id(`insert into categories (slug, food) values ('craft', false) returning id`)
	w.texts("category_texts", "category_id", craft, names{"Craft"}, "")
	w.exec(`insert into exchange_rates values ('UZS', 'JPY', '2026-01-01', 0.01, 'test')`)

	id, err := c.CreateDraft(ctx, by, i18n.KAA)
	name := "Aǵash qasıq"
	_, saved := c.SaveVariant(ctx, by, id, catalog.VariantEdit{NetUnit: catalog.Piece, WeightGrams: 90, PriceMinor: 3000000, Stock: 5})
	for _, err := range []error{
		err, saved, c.SaveSource(ctx, by, id, catalog.SourceEdit{Name: &name}), c.SetCategory(ctx, by, id, craft), c.AddPhoto(ctx, by, id, photo),
		c.Submit(ctx, by, id), c.SetMarkets(ctx, staff, id, []string{"jp"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	mustFind := func(text string, want int) {
		t.Helper()
		if got := w.find(text, 5).Cards; len(got) != want {
			t.Errorf("%q found %q, want %d", text, w.slugs(got), want)
		}
	}
	mustFind("ағаш қасық", 0)
	if err := c.Approve(ctx, staff, id); err != nil {
		t.Fatal(err)
	}
	mustFind("ағаш қасық", 1)
	mustFind("agash kasyk", 1)
	if err := c.SaveText(ctx, staff, id, catalog.TextEdit{Lang: i18n.JA, Name: "木のスプーン", Ready: true}); err != nil {
		t.Fatal(err)
	}
	mustFind("スプーン", 1)
	if err := c.Withdraw(ctx, by, id); err != nil {
		t.Fatal(err)
	}
	mustFind("スプーン", 0)
}
