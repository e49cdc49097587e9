package shop_test

import (
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/changes"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/search"
	"awil/internal/watch"
	"awil/internal/web/shop"
)

// node is one of several programs that serve the same shop.
type node struct {
	http.Handler
	feed *changes.Feed
}

func (f *fixture) node(t *testing.T) node {
	t.Helper()
	board, d := watch.NewBoard(), f.deps(t)
	f.watch(d, board)
	feed := changes.New(f.url, f.db, board, slog.New(slog.DiscardHandler))
	go feed.Run(t.Context())
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	for !board.Certain() {
		select {
		case <-ticks.C:
		case <-t.Context().Done():
			t.Fatal("nobody hears of changes")
		}
	}
	return node{f.serve(t, d, feed), feed}
}

// watch makes services remember, as the program does.
func (f *fixture) watch(d shop.Deps, board *watch.Board) {
	d.Catalog.Watch(board)
	d.Assessments.Watch(board)
	d.Curation.Watch(board)
	d.Markets.Watch(board)
	d.Photos.Watch(board, f.clock)
	d.Places.Watch(board, f.clock)
	d.Producers.Watch(board)
	d.Search.Watch(board)
	d.Shipping.Watch(board, f.clock)
}

func bodyOf(h http.Handler, path string) string {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, origin+path, nil))
	return fmt.Sprintf("%d %s\n%s", w.Code, w.Header().Get("Location"), w.Body.String())
}

// shownPages are addresses of every kind of page, in three locales.
func (f *fixture) shownPages(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, locale := range []string{"/en-jp", "/ja-jp", "/ru-uz"} {
		for _, path := range []string{"/", "/products", "/products?sort=price_up", "/products?season=now", "/villages", "/search?q=melon", "/search?q=%E8%8C%B6",
			"/search/suggest?q=mel", "/search/suggest?q=%E8%8C%B6"} {
			paths = append(paths, locale+path)
		}
	}
	rows, err := f.db.Query(t.Context(), `
select '/en-jp/products/' || slug || '-' || id from products union all select '/ru-uz/products/' || slug || '-' || id from products
union all select '/ja-jp/categories/' || slug from categories union all select '/en-jp/villages/' || slug from villages
union all select '/ja-jp/producers/' || slug || '-' || id from producers union all select '/en-jp/collections/' || slug from collections`)
	if err != nil {
		t.Fatal(err)
	}
	more, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range words {
		paths = append(paths, "/en-jp/search?q="+word, "/en-jp/search/suggest?q="+word)
	}
	return append(paths, more...)
}

// words are what edits call things: few, so that a search for one has been made
// before something is called that.
var words = []string{"Wormwood", "Tamarisk", "Saxaul", "Camelthorn", "Licorice"}

// edit is something that changes what pages show: statements, and what the
// programs that make them do besides.
type edit struct {
	sql  string // $1 is a random number, $2 one of words, $3 the moment
	then func(f *fixture, tx pgx.Tx) error
}

// randomProduct and its like choose a row by the number.
const (
	randomProduct = `(select id from products where published_at is not null order by (id * 7919 + $1) % 101, id limit 1)`
	randomVariant = `(select id from variants order by (id * 7919 + $1) % 101, id limit 1)`
	randomPhoto   = `(select photo_id from product_photos order by (photo_id * 7919 + $1) % 101, photo_id limit 1)`
)

// randomHeld are goods whose time is not over: what happens to them is told only where it shows at once.
const randomHeld = `(select order_id, variant_id from reservations where state = 'held' and expires_at > $3 order by (order_id * 31 + $1) % 17, order_id limit 1)`

// takeHeld leaves nothing in stock of what is held.
func takeHeld(f *fixture, tx pgx.Tx) error {
	_, err := tx.Exec(f.t.Context(), `update variants v set stock = 0 where exists (select from reservations r where r.variant_id = v.id and r.state = 'held')`)
	return err
}

func refreshed(f *fixture, tx pgx.Tx) error {
	ids, err := productIDs(f, tx)
	if err != nil {
		return err
	}
	return f.Catalog.Refresh(f.t.Context(), tx, ids...)
}

func indexed(f *fixture, tx pgx.Tx) error {
	ids, err := productIDs(f, tx)
	if err != nil {
		return err
	}
	return search.Index(f.t.Context(), tx, ids...)
}

func productIDs(f *fixture, tx pgx.Tx) ([]int64, error) {
	rows, err := tx.Query(f.t.Context(), `select id from products where published_at is not null`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

var edits = map[string]edit{
	"stock":              {`update variants set stock = (array[0, 1, 5, 19, 20, 50])[1 + $1 % 6] where id = ` + randomVariant, nil},
	"held":               {`insert into reservations (order_id, variant_id, quantity, state, expires_at) select 1 + coalesce(max(order_id), 0), ` + randomVariant + `, 3, 'held', $3::timestamptz + make_interval(mins => 5 + $1 % 200) from reservations`, takeHeld},
	"held, and paid":     {`update reservations set state = 'sold' where (order_id, variant_id) in ` + randomHeld, nil},
	"held for longer":    {`update reservations set expires_at = expires_at + interval '2 hours' where (order_id, variant_id) in ` + randomHeld, nil},
	"price":              {`update variants set price_minor = price_minor + 100000 where id = ` + randomVariant, refreshed},
	"variant off and on": {`update variants set active = not active where id = ` + randomVariant, refreshed},
	"size":               {`update variants set net_quantity = 1 + $1 where id = ` + randomVariant, nil},
	"label":              {`insert into variant_texts values (` + randomVariant + `, 'en', $2) on conflict (variant_id, lang) do update set label = $2`, nil},
	"name":               {`update product_texts set name = $2 where product_id = ` + randomProduct, indexed},
	"story":              {`update product_texts set story = $2, summary = $2 where product_id = ` + randomProduct, nil},
	"translation":        {`update product_texts set state = case state when 'draft' then 'approved' else 'draft' end where lang = 'ja' and product_id = ` + randomProduct, nil},
	"shelf life":         {`update products set shelf_life_days = 1 + $1 where id = ` + randomProduct, nil},
	"season":             {`update products set season_from = $1 % 12 + 1, season_to = ($1 * 7 + 3) % 12 + 1 where ($1 * 7 + 3 - $1 + 12) % 12 <> 11 and id = ` + randomProduct, refreshed},
	"no season":          {`update products set season_from = null, season_to = null where id = ` + randomProduct, refreshed},
	"allergen":           {`insert into product_allergens values (` + randomProduct + `, 'milk', 'contains') on conflict do nothing`, nil},
	"fewer allergens":    {`delete from product_allergens where product_id = ` + randomProduct, nil},
	"scored": {`with a as (
    insert into assessments (product_id, scheme, points, stars, advice, lang, assessed_by, assessed_at, valid_until)
    select ` + randomProduct + `, 'ocop', $1 % 41, (select max(stars) from grading_bands where scheme = 'ocop' and least <= $1 % 41), '', 'en',
           (select min(id) from accounts), $3, $3::timestamptz + make_interval(mins => 30 + $1 % 120) returning id)
insert into assessment_points select a.id, 'ocop', c.code, case c.code when 'community' then $1 % 41 else 0 end from a, grading_criteria c where c.scheme = 'ocop'`, nil},
	"rubric":              {`update grading_criteria set most = most + 1, position = 1 + ($1 + position) % 7 where scheme = 'ocop'`, nil},
	"taken back":          {`update products set state = case state when 'withdrawn' then 'approved' else 'withdrawn' end where id = ` + randomProduct, refreshed},
	"published":           {`update products set published_at = $3 where id = ` + randomProduct, refreshed},
	"shelf":               {`update products set category_id = (select c.id from categories c where not exists (select from categories i where i.parent_id = c.id) order by (c.id * 31 + $1) % 17, c.id limit 1) where id = ` + randomProduct, refreshed},
	"photo":               {`update product_photos set position = position + 1 + $1 % 3 where photo_id = ` + randomPhoto, nil},
	"photo hidden":        {`update product_photos set shown = not shown where photo_id = ` + randomPhoto, nil},
	"photo's size":        {`update photos set avif = not avif, color = '#aabb' || to_char($1 % 90 + 10, 'FM00') where id = ` + randomPhoto, nil},
	"photo's words":       {`insert into photo_texts values (` + randomPhoto + `, 'en', $2, 'approved') on conflict (photo_id, lang) do update set alt = $2, state = 'approved'`, nil},
	"maker's name":        {`update producer_texts set name = $2 where producer_id = (select id from producers order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"maker's words":       {`update producer_texts set story = $2 where producer_id = (select id from producers order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"maker away and back": {`update producers set state = case state when 'active' then 'paused' else 'active' end where id = (select id from producers order by (id * 31 + $1) % 17, id limit 1)`, refreshed},
	"village":             {`update village_texts set name = $2 where village_id = (select id from villages order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"village moved":       {`update villages set latitude = 40 + $1 % 5 where id = (select id from villages order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"district":            {`update district_texts set name = $2 where lang = 'en'`, nil},
	"region":              {`update region_texts set name = $2 where lang = 'ja'`, nil},
	"category":            {`update category_texts set name = $2 where category_id = (select id from categories order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"order of categories": {`update categories set position = 1 + $1 % 7 where id = (select id from categories order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"rate":                {`update exchange_rates set rate = rate * 1.01 where quote = 'JPY'`, refreshed},
	"margin":              {`update markets set margin_bp = 1000 + $1 where code = 'jp'`, refreshed},
	"market's name":       {`update market_texts set name = $2 where market = 'jp' and lang = 'en'`, nil},
	"market closed":       {`update markets set active = not active where code not in ('jp', 'uz')`, nil},
	"programme":           {`update programme set contact_email = 'p' || $1 || '@awil.test', commission_bp = 500 + $1`, nil},
	"postage":             {`update shipping_methods set base_minor = base_minor + 100 where id = (select id from shipping_methods order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"postage's words":     {`update shipping_method_texts set note = $2 where lang = 'en'`, nil},
	"feature":             {`insert into features (market, kind, product_id, starts_at, ends_at) values ('jp', 'product', ` + randomProduct + `, $3::timestamptz + make_interval(hours => $1 % 5), $3::timestamptz + make_interval(hours => 6)) on conflict do nothing`, nil},
	"feature's dates":     {`update features set starts_at = $3::timestamptz - interval '1 day', ends_at = $3::timestamptz + make_interval(mins => 10 + $1) where id = (select id from features order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"feature gone":        {`delete from features where id = (select max(id) from features)`, nil},
	"collection":          {`update collection_texts set name = $2, summary = $2 where collection_id = (select id from collections order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"collection's order":  {`update collection_items set position = (position + $1) % 9 where collection_id = (select id from collections order by (id * 31 + $1) % 17, id limit 1)`, nil},
	"collection hidden":   {`update collections set published_at = case when published_at is null then $3::timestamptz end where id = (select id from collections order by (id * 31 + $1) % 17, id limit 1)`, nil},
}

// TestNoOldPages: whatever is edited, pages kept on two nodes show it, and so
// does what the nodes remember beneath them. Each round looks at pages of the
// rows that an edit may have hit, at those that show a bit of everything, and
// at some by chance; all of them were kept before.
func TestNoOldPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	t.Run("every table tells", f.everyTableTells)
	f.exec(t, `alter table reservations drop constraint reservations_order_id_fkey`) // goods are held without orders here
	nodes := []node{f.node(t), f.node(t)}
	paths, names := f.shownPages(t), slices.Sorted(maps.Keys(edits))
	rounds := 4 * len(names) // each edit three times, and time passes
	if testing.Short() {
		rounds /= 3
	}
	r := rand.New(rand.NewPCG(1, 2))
	for round := range rounds {
		number, word := r.IntN(1000), words[r.IntN(len(words))]
		look := append(f.pagesOf(t, number), "/en-jp/", "/ru-uz/", "/en-jp/search?q="+word, "/en-jp/search/suggest?q="+word)
		for range 2 {
			look = append(look, paths[r.IntN(len(paths))])
		}
		for _, path := range look {
			for _, n := range nodes {
				bodyOf(n, path) // from before
			}
		}
		name := "time"
		if round%4 == 3 {
			f.ahead += time.Duration(1+r.IntN(180)) * time.Minute
		} else {
			name = names[(round-round/4)%len(names)]
			f.edit(t, edits[name], number, word)
		}
		for _, n := range nodes {
			n.feed.CatchUp(t.Context())
		}
		f.ahead += time.Second
		f.compare(t, nodes, look, fmt.Sprintf("round %d, %s", round, name))
	}
}

// bulk are edits of more rows than anybody looks at one by one.
var bulk = []struct {
	name, sql string // $1 is a producer
	then      func(f *fixture, tx pgx.Tx, producerID int64) error
}{
	{"her goods in more markets", `insert into product_markets select p.id, m.code from products p, markets m where m.active and p.producer_id = $1 on conflict do nothing`, refreshedHers},
	{"a producer rests", `update producers set state = 'paused' where id = $1`, refreshedHers},
	{"and comes back", `update producers set state = 'active' where id = $1`, refreshedHers},
	{"all her prices", `update variants set price_minor = price_minor + 100000 where product_id in (select id from products where producer_id = $1)`, refreshedHers},
	{"all photos of all goods", `update product_photos set position = position + 1 where $1::bigint > 0`, nil},
	{"all words of all goods", `update product_texts set summary = 'Tamarisk ' || product_id where $1::bigint > 0`, nil},
	{"all prices by hand", `update offers set price_minor = price_minor * 2, by_hand = true where $1::bigint > 0`, nil},
	{"all goods leave", `delete from listings where $1::bigint > 0`, nil},
}

func refreshedHers(f *fixture, tx pgx.Tx, producerID int64) error {
	return f.Catalog.RefreshProducer(f.t.Context(), tx, producerID)
}

// manyLikeOne makes goods of a producer, each in several sizes.
var manyLikeOne = []string{
	`insert into products (slug, producer_id, category_id, state, published_at)
select 'one-of-many', producer_id, category_id, 'approved', published_at
from (select * from products where producer_id = $1 and published_at is not null order by id limit 1) p, generate_series(1, $2::int)`,
	`insert into product_texts (product_id, lang, name, state) select id, 'en', 'Number ' || id, 'approved' from products
where producer_id = $1 and slug = 'one-of-many' and $2::int > 0`,
	`insert into product_markets select id, 'jp' from products where producer_id = $1 and slug = 'one-of-many' and $2::int > 0`,
	`insert into variants (product_id, position, net_quantity, net_unit, weight_grams, price_minor, currency, stock)
select id, size, 100 * size, 'g', 100 * size, 5000000 + 1000000 * size, 'UZS', 9 from products, generate_series(1, 8) size
where producer_id = $1 and slug = 'one-of-many' and $2::int > 0`,
}

// manyGoods gives a producer of the demo so many more goods, all like one of
// hers, and returns her and the pages of some.
func (f *fixture) manyGoods(t *testing.T, n int) (producerID int64, paths []string) {
	t.Helper()
	err := f.db.QueryRow(t.Context(), `select producer_id from products where published_at is not null order by id limit 1`).Scan(&producerID)
	if err != nil {
		t.Fatal(err)
	}
	err = postgres.InTx(t.Context(), f.db, func(tx pgx.Tx) error {
		for _, sql := range manyLikeOne {
			if _, err := tx.Exec(t.Context(), sql, producerID, n); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return f.Catalog.RefreshProducer(t.Context(), tx, producerID)
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.db.Query(t.Context(), `select '/en-jp/products/' || slug || '-' || id from products where producer_id = $1 and id % 4 = 0`, producerID)
	if err != nil {
		t.Fatal(err)
	}
	if paths, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(paths) < n/5 {
		t.Fatalf("%d goods, %v", len(paths), err)
	}
	return producerID, paths
}

// TestNoOldPagesAfterMany: no statement touches so much that some of it is not
// told.
func TestNoOldPagesAfterMany(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	producerID, paths := f.manyGoods(t, 40)
	paths = append(paths, "/en-jp/", "/en-jp/products", "/en-jp/villages")
	nodes := []node{f.node(t)}
	for _, e := range bulk {
		for _, path := range paths {
			bodyOf(nodes[0], path) // from before
		}
		err := postgres.InTx(t.Context(), f.db, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), e.sql, producerID); err != nil || e.then == nil {
				return err
			}
			return e.then(f, tx, producerID)
		})
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		nodes[0].feed.CatchUp(t.Context())
		f.ahead += time.Second
		f.compare(t, nodes, paths, e.name)
	}
}

// compare holds what the nodes show against pages of a program that remembers
// nothing.
func (f *fixture) compare(t *testing.T, nodes []node, paths []string, when string) {
	t.Helper()
	now := f.serve(t, f.deps(t), nil)
	for _, path := range paths {
		want := bodyOf(now, path)
		for i, n := range nodes {
			if got := bodyOf(n, path); got != want {
				t.Errorf("%s: %s on node %d %s", when, path, i, difference(got, want))
			}
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// pagesOf are pages of the rows that edits choose by a number.
func (f *fixture) pagesOf(t *testing.T, number int) []string {
	t.Helper()
	rows, err := f.db.Query(t.Context(), usingAll(`
select '/en-jp/products/' || slug || '-' || id from products where id = `+randomProduct+`
union all select '/ru-uz/products/' || slug || '-' || id from products where id = (select product_id from variants where id = `+randomVariant+`)
union all select '/en-jp/products/' || slug || '-' || id from products where id = (select product_id from product_photos where photo_id = `+randomPhoto+`)
union all (select '/ja-jp/producers/' || slug || '-' || id from producers order by (id * 31 + $1) % 17, id limit 1)
union all (select '/en-jp/villages/' || slug from villages order by (id * 31 + $1) % 17, id limit 1)
union all (select '/ja-jp/categories/' || slug from categories order by (id * 31 + $1) % 17, id limit 1)
union all (select '/en-jp/collections/' || slug from collections order by (id * 31 + $1) % 17, id limit 1)`), number, "", f.clock())
	if err != nil {
		t.Fatal(err)
	}
	paths, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(paths) < 6 {
		t.Fatalf("pages of what is edited: %q %v", paths, err)
	}
	return paths
}

func (f *fixture) edit(t *testing.T, e edit, number int, word string) {
	t.Helper()
	err := postgres.InTx(t.Context(), f.db, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), usingAll(e.sql), number, word, f.clock())
		if err != nil || e.then == nil {
			return err
		}
		return e.then(f, tx)
	})
	if err != nil {
		t.Fatalf("%s: %v", e.sql, err)
	}
}

// usingAll makes every argument known to a statement that leaves some out.
func usingAll(sql string) string {
	given := "with given as (select $1::int, $2::text, $3::timestamptz)"
	if rest, more := strings.CutPrefix(sql, "with "); more {
		return given + ", " + rest
	}
	return given + " " + sql
}

func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			at := 0
			for at < min(len(a[i]), len(b[i])) && a[i][at] == b[i][at] {
				at++
			}
			from := max(0, at-120)
			return fmt.Sprintf("shows\n…%.300s\nfor\n…%.300s", a[i][from:], b[i][from:])
		}
	}
	return fmt.Sprintf("has %d lines for %d", len(a), len(b))
}

// toldOtherwise are tables without a trigger of their own to tell, and why that
// is enough.
var toldOtherwise = map[string]string{
	"assessments":       "only ever added to, and award_stars tells then",
	"assessment_points": "written with its assessment",
	"product_stars":     "written by award_stars",
	"accounts":          "who assessed is shown to staff only",
	"listing_counts":    "counted by listings, which tell",
	"product_counts":    "shown to staff only",
}

// everyTableTells: a table that pages are made from says when it changes.
func (f *fixture) everyTableTells(t *testing.T) {
	queries := pgtest.CountPool(t, f.db)
	for _, path := range f.shownPages(t) {
		bodyOf(f.server, path)
	}
	rows, err := f.db.Query(t.Context(), `
select relname from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace
  and not exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgname like 'tell%')`)
	if err != nil {
		t.Fatal(err)
	}
	silent, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	read := regexp.MustCompile(`(?:from|join) ([a-z_]+)`)
	seen, heard := 0, map[string]string{}
	for _, sql := range queries.SQL() {
		for _, table := range read.FindAllStringSubmatch(sql, -1) {
			seen++
			heard[table[1]] = sql
		}
	}
	for _, table := range silent {
		if sql, ok := heard[table]; ok && toldOtherwise[table] == "" {
			t.Errorf("%s changes in silence, and is read by %.200s", table, sql)
		}
	}
	if seen < 100 {
		t.Errorf("only %d tables were seen in statements", seen)
	}
}
