package catalog_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/watch"
)

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

func TestOffersFollow(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	mustCost := func(market string, want int64) {
		t.Helper()
		goods, err := w.catalog.Goods(ctx, market, i18n.EN, variant)
		w.ok(err)
		g := goods[variant]
		list := w.listed(catalog.ListQuery{Market: market})
		page := w.page(market, id)
		if g.PriceMinor != want || len(list) != 1 || list[0].FromMinor != want || page.From().Minor != want {
			t.Fatalf("in %s: cart %d, list %+v, page %v; want %d", market, g.PriceMinor, list, page.From(), want)
		}
	}
	mustCost("uz", 4500000)
	mustCost("jp", 680) // 45 000 × 0.01 × 1.5 = 675
	w.ok(w.setPrice(w.maker, id, variant, 5000000))
	w.mustBe(id, catalog.Approved)
	mustCost("uz", 5000000)
	mustCost("jp", 750)
	w.setRate("0.011", 20)
	if n, err := w.catalog.RefreshAll(ctx); err != nil || n != 1 {
		t.Fatalf("refreshed %d, %v", n, err)
	}
	mustCost("jp", 830) // 825
	w.ok(w.catalog.SetHandPrice(ctx, w.staff, id, variant, "jp", 777))
	mustCost("jp", 777)
	goods, err := w.catalog.Goods(ctx, "jp", i18n.EN, variant)
	w.ok(err)
	g := goods[variant]
	if !g.ByHand || !g.Offered || g.Rate.String() != "0.011" || g.RateDate.Day() != 20 || g.Base() != money.New(5000000, money.UZS) || g.Price() != money.New(777, money.JPY) {
		t.Errorf("goods %+v", g)
	}
	w.ok(w.catalog.SetHandPrice(ctx, w.staff, id, variant, "jp", 0))
	mustCost("jp", 830)

	big := jar(0)
	big.PriceMinor = 9000000
	_, err = w.catalog.SaveVariant(ctx, w.maker, id, big)
	w.ok(err)
	if list := w.listed(catalog.ListQuery{Market: "jp"}); !list[0].Several || list[0].FromMinor != 830 {
		t.Errorf("card %+v", list[0])
	}
	w.ok(w.catalog.SetMarkets(ctx, w.staff, id, []string{"uz"}))
	goods, err = w.catalog.Goods(ctx, "jp", i18n.EN, variant)
	w.ok(err)
	if g := goods[variant]; g.Offered || g.Name != "Qawın" || !g.Rate.IsZero() {
		t.Errorf("not sold in Japan any more, but %+v", g)
	}
	if list := w.listed(catalog.ListQuery{Market: "jp"}); len(list) != 0 {
		t.Errorf("listed %+v", list)
	}
}

// Refreshing what has not changed writes nothing, and a paused producer sells nothing.
func TestRefresh(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.selling(w.maker, "Qawın")
	version := func() (sum string) {
		w.ok(w.pool.QueryRow(ctx, `select string_agg(x, ',') from (select xmin::text as x from offers union all select xmin::text from listings order by x) v`).Scan(&sum))
		return sum
	}
	before := version()
	_, err := w.catalog.RefreshAll(ctx)
	w.ok(err)
	if after := version(); after != before {
		t.Errorf("rows were written again: %s, then %s", before, after)
	}
	w.exec(`update producers set state = 'paused' where id = $1`, w.maker.ProducerID)
	w.tx(func(tx pgx.Tx) error { return w.catalog.RefreshProducer(ctx, tx, w.maker.ProducerID) })
	if list := w.listed(catalog.ListQuery{Market: "jp"}); len(list) != 0 {
		t.Errorf("a paused producer sells %+v", list)
	}
	_, err = w.catalog.ProductByID(ctx, "jp", i18n.EN, id)
	wantKind(t, err, errs.NotFound)
}

// shelf sells products of two makers in two villages on two shelves, at rising prices.
func shelf(w *world) (products []int64, far catalog.Maker, farVillage int64) {
	w.t.Helper()
	farVillage = w.newVillage("muynak", "Muynak")
	far = w.newMaker("Far away", farVillage)
	for i := range 6 {
		by, category := w.maker, w.food
		if i%2 == 1 {
			by, category = far, w.craft
		}
		id, variant := w.selling(by, "Product "+strconv.Itoa(i))
		w.ok(w.catalog.Recategorise(w.t.Context(), w.staff, id, category))
		for _, price := range []int64{2500000, int64(1000000 + i*1000000)} { // no price changes to more than three times as much
			w.ok(w.setPrice(by, id, variant, price))
		}
		products = append(products, id)
	}
	return products, far, farVillage
}

func TestListing(t *testing.T) {
	w := newWorld(t)
	p, far, muynak := shelf(w)
	collection := w.id(`insert into collections (slug, source_lang) values ('c', 'en') returning id`)
	w.exec(`insert into collection_items values ($1, $2, 0), ($1, $3, 1)`, collection, p[4], p[5])
	tests := []struct {
		name string
		q    catalog.ListQuery
		want []int64
	}{
		{"newest first", catalog.ListQuery{}, []int64{p[5], p[4], p[3], p[2], p[1], p[0]}},
		{"cheap first", catalog.ListQuery{Sort: catalog.SortPriceUp}, p},
		{"dear first", catalog.ListQuery{Sort: catalog.SortPriceDown}, []int64{p[5], p[4], p[3], p[2], p[1], p[0]}},
		{"a shelf", catalog.ListQuery{Category: w.food}, []int64{p[4], p[2], p[0]}},
		{"an outer shelf", catalog.ListQuery{Category: w.outer, Sort: catalog.SortPriceUp}, []int64{p[0], p[2], p[4]}},
		{"a village", catalog.ListQuery{Village: muynak}, []int64{p[5], p[3], p[1]}},
		{"a producer", catalog.ListQuery{Producer: far.ProducerID, Sort: catalog.SortPriceUp}, []int64{p[1], p[3], p[5]}},
		{"a collection", catalog.ListQuery{Collection: collection}, []int64{p[5], p[4]}},
		{"all at once", catalog.ListQuery{Collection: collection, Category: w.craft, Village: muynak, Producer: far.ProducerID}, []int64{p[5]}},
		{"nothing", catalog.ListQuery{Category: w.food, Village: muynak}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Market, tt.q.Lang = "jp", i18n.JA
			for limit := 1; limit <= 7; limit += 2 { // leafing shows each once, whatever the page size
				tt.q.Page = paging.Page{Limit: limit}
				var got, shown []int64
				read := func() paging.Around {
					cards, beside, err := w.catalog.Listing(t.Context(), tt.q)
					if err != nil {
						t.Fatal(err)
					}
					shown = ids(cards)
					return beside
				}
				beside := read()
				for got = append(got, shown...); beside.Next != ""; got = append(got, shown...) {
					tt.q.Page = paging.Either(beside.Next, limit)
					beside = read()
				}
				for all := shown; beside.Previous != ""; { // and back again
					tt.q.Page = paging.Either(beside.Previous, limit)
					beside = read()
					if all = append(shown, all...); beside.Previous == "" && !slices.Equal(all, tt.want) {
						t.Errorf("back by %d: got %v, want %v", limit, all, tt.want)
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("by %d: got %v, want %v", limit, got, tt.want)
				}
			}
		})
	}
	_, beside, err := w.catalog.Listing(t.Context(), catalog.ListQuery{Market: "jp", Lang: i18n.EN, Page: paging.Page{Limit: 2}})
	w.ok(err)
	for _, q := range []catalog.ListQuery{
		{Sort: catalog.SortPriceUp, Page: paging.Page{Limit: 2, After: beside.Next}},
		{Page: paging.Page{Limit: 2, After: "nonsense"}},
	} {
		q.Market, q.Lang = "jp", i18n.EN
		_, _, err := w.catalog.Listing(t.Context(), q)
		wantKind(t, err, errs.Invalid)
	}
}

func TestFacetsAndRelated(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	p, _, muynak := shelf(w)
	f, err := w.catalog.Facets(ctx, catalog.ListQuery{Market: "jp", Lang: i18n.JA, Village: muynak})
	w.ok(err)
	if len(f.Categories) != 1 || f.Categories[0].Slug != "felt" || f.Categories[0].Count != 3 {
		t.Errorf("shelves in Muynak: %+v", f.Categories)
	}
	if len(f.Villages) != 2 || f.Villages[0].Count != 3 || f.Villages[0].Name != "Chimbay（ja）" {
		t.Errorf("villages: %+v", f.Villages)
	}
	f, err = w.catalog.Facets(ctx, catalog.ListQuery{Market: "jp", Lang: i18n.EN, Category: w.outer})
	w.ok(err)
	if len(f.Villages) != 1 || f.Villages[0].Slug != "chimbay" || len(f.Categories) != 2 || f.Categories[0].Slug != "jams" {
		t.Errorf("under the outer shelf: %+v", f)
	}
	of, err := w.catalog.ProductByID(ctx, "jp", i18n.EN, p[1])
	w.ok(err)
	related, err := w.catalog.Related(ctx, "jp", i18n.EN, of, 4)
	w.ok(err)
	if got := ids(related); len(got) != 2 || got[0] != p[5] || got[1] != p[3] {
		t.Errorf("related %v", got)
	}
	neighbour := w.newMaker("Neighbour", muynak)
	next, _ := w.selling(neighbour, "Next door")
	related, err = w.catalog.Related(ctx, "jp", i18n.EN, of, 4)
	w.ok(err)
	if got := ids(related); !slices.Equal(got, []int64{p[5], p[3], next}) {
		t.Errorf("related %v", got)
	}
	cards, err := w.catalog.CardsByIDs(ctx, "jp", i18n.JA, []int64{p[2], 999999, p[0], next})
	w.ok(err)
	if got := ids(cards); !slices.Equal(got, []int64{p[2], p[0], next}) {
		t.Errorf("cards %v", got)
	}
	if c := cards[0]; c.NameLang != i18n.KAA || c.ProducerName != "Altın Qawın" || c.VillageName != "Chimbay（ja）" || c.PhotoID == 0 || !c.InStock || c.Several {
		t.Errorf("card %+v", c)
	}
}

// However many products there are, a page costs the same few statements: the first time, then in another language, then
// in another market.
func TestQueryCounts(t *testing.T) {
	w := newWorld(t)
	p, _, _ := shelf(w)
	type ask func(c context.Context, s *catalog.Service, market string, lang i18n.Lang) error
	listing := func(c context.Context, s *catalog.Service, market string, lang i18n.Lang) error {
		_, _, err := s.Listing(c, catalog.ListQuery{Market: market, Lang: lang, Category: w.outer, Page: paging.Page{Limit: 24}})
		return err
	}
	product := func(c context.Context, s *catalog.Service, market string, lang i18n.Lang) error {
		_, err := s.ProductBySlug(c, market, lang, "x-"+itoa(p[0]))
		return err
	}
	pages := map[string]struct {
		first, language, market int
		ask
	}{
		"listing": {6, 0, 1, listing},
		"product": {10, 0, 0, product},
		"facets": {2, 2, 2, func(c context.Context, s *catalog.Service, market string, lang i18n.Lang) error {
			_, err := s.Facets(c, catalog.ListQuery{Market: market, Lang: lang})
			return err
		}},
		"related": {8, 0, 3, func(c context.Context, s *catalog.Service, market string, lang i18n.Lang) error {
			of, err := w.catalog.ProductByID(t.Context(), market, lang, p[0])
			if err != nil {
				return err
			}
			_, err = s.Related(c, market, lang, of, 8)
			return err
		}},
		"product, listed before": {7, 0, 0, func(c context.Context, s *catalog.Service, market string, lang i18n.Lang) error {
			if err := listing(t.Context(), s, market, lang); err != nil {
				return err
			}
			return product(c, s, market, lang)
		}},
		"review": {14, 14, 14, func(c context.Context, s *catalog.Service, _ string, _ i18n.Lang) error {
			_, err := s.ForReview(c, p[0])
			return err
		}},
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			board := watch.NewBoard()
			board.SetCertain(true)
			s := catalog.New(w.pool, w.clock.now, nil)
			s.Watch(board)
			count := func(when string, want int, market string, lang i18n.Lang) {
				t.Helper()
				ctx, queries := pgtest.CountQueries(t.Context())
				if err := page.ask(ctx, s, market, lang); err != nil {
					t.Fatal(err)
				}
				if queries.N() != want {
					t.Errorf("%s: %d statements, want %d: %q", when, queries.N(), want, queries.SQL())
				}
			}
			count("first", page.first, "jp", i18n.JA)
			count("in another language", page.language, "jp", i18n.RU)
			count("in another market", page.market, "uz", i18n.JA)
		})
	}
}

// Lists and pages count as in stock what an order holds whose time is over, as the cart does, and say when that will be.
func TestHeldGoods(t *testing.T) {
	w := newWorld(t)
	p, _, _ := shelf(w)
	now := w.clock.now()
	w.exec(`alter table reservations drop constraint reservations_order_id_fkey`)
	w.exec(`update variants set stock = 0 where product_id = $1`, p[0])
	var moment time.Time
	board, s := watch.NewBoard(), catalog.New(w.pool, func() time.Time { return moment }, nil)
	board.SetCertain(true)
	s.Watch(board) // it must not remember longer than that
	look := func(when string, at time.Time, stock int, until time.Time) {
		t.Helper()
		moment = at
		var listed, shown watch.Notes
		cards, err := s.CardsByIDs(watch.Into(t.Context(), &listed), "jp", i18n.EN, p[:1])
		w.ok(err)
		page, err := s.ProductByID(watch.Into(t.Context(), &shown), "jp", i18n.EN, p[0])
		w.ok(err)
		if cards[0].InStock != (stock > 0) || page.InStock() != (stock > 0) || page.Variants[0].Stock != stock {
			t.Errorf("%s: card %t, page %t with %d, want %d", when, cards[0].InStock, page.InStock(), page.Variants[0].Stock, stock)
		}
		if !listed.End().Equal(until) || !shown.End().Equal(until) {
			t.Errorf("%s: the list is good until %v, the page until %v, want %v", when, listed.End(), shown.End(), until)
		}
	}
	look("sold out", now, 0, time.Time{})
	ends := now.Add(time.Hour).UTC().Truncate(time.Second)
	w.exec(`insert into reservations (order_id, variant_id, quantity, state, expires_at)
select 1, min(id), 3, 'held', $2 from variants where product_id = $1`, p[0], ends)
	board.Change(watch.Product(p[0]))
	look("held", now, 0, ends)
	look("overdue", ends, 3, time.Time{})
	w.exec(`update reservations set state = 'sold'`)
	board.Change(watch.Product(p[0]))
	look("paid after all", ends, 0, time.Time{})
}

func TestGone(t *testing.T) {
	w := newWorld(t)
	for slug, want := range map[string]errs.Kind{"": errs.NotFound, "jam": errs.NotFound, "jam-0": errs.NotFound, "jam-12345": errs.NotFound, "jam-99999999999999999999": errs.NotFound} {
		_, err := w.catalog.ProductBySlug(t.Context(), "jp", i18n.EN, slug)
		if errs.KindOf(err) != want {
			t.Errorf("%q: %v", slug, err)
		}
	}
}
