package curation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres/pgtest"
)

// world is a shop with products to put forward, of which the Japanese market shows all but the last.
type world struct {
	t        *testing.T
	pool     *pgxpool.Pool
	curation *curation.Service
	now      time.Time
	staff    int64
	products []int64
}

func newWorld(t *testing.T, products int) *world {
	t.Parallel()
	w := &world{t: t, pool: pgtest.New(t), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	index := func(context.Context, pgx.Tx, ...int64) error { return nil }
	w.curation = curation.New(w.pool, clock, catalog.New(w.pool, clock, index))
	w.exec(`insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor)
values ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 1), ('uz', 'UZS', '{UZ}', 'uz', '{uz}', 0, 1)`)
	w.staff = w.id(`insert into accounts (email, password_hash, name, lang) values ('c@d.awil', '$argon2id$', 'Curator', 'en') returning id`)
	region := w.id(`insert into regions (slug, country) values ('qr', 'UZ') returning id`)
	district := w.id(`insert into districts (slug, region_id) values ('d', $1) returning id`, region)
	village := w.id(`insert into villages (slug, district_id, latitude, longitude) values ('v', $1, 43, 59) returning id`, district)
	w.exec(`insert into village_texts (village_id, lang, name, state) values ($1, 'en', 'Village', 'source')`, village)
	maker := w.id(`insert into producers (slug, kind, village_id, currency, state, source_lang) values ('m', 'family', $1, 'UZS', 'active', 'en') returning id`, village)
	w.exec(`insert into producer_texts (producer_id, lang, name, state) values ($1, 'en', 'Maker', 'source')`, maker)
	shelf := w.id(`insert into categories (slug, food) values ('c', false) returning id`)
	for i := range products {
		w.product(maker, village, shelf, i, i < products-1)
	}
	return w
}

func (w *world) product(maker, village, shelf int64, i int, listed bool) {
	w.t.Helper()
	at := w.now.Add(time.Duration(i-100) * time.Hour)
	id := w.id(`insert into products (slug, producer_id, category_id, state, published_at) values ('p', $1, $2, 'approved', $3) returning id`, maker, shelf, at)
	w.exec(`insert into product_texts (product_id, lang, name, state) values ($1, 'en', $2, 'source')`, id, fmt.Sprintf("Product %d", i))
	photo := w.id(`insert into photos (key, producer_id, original_key, mime, bytes, width, height, widths, state, sha256)
values ($1::text, $2, 'o', 'image/jpeg', 1, 800, 600, '{800}', 'ready', sha256(convert_to($1, 'UTF8'))) returning id`, fmt.Sprintf("%022d", i), maker)
	w.exec(`insert into product_photos values ($1, $2, 0, true)`, id, photo)
	if listed {
		w.exec(`insert into listings values ('jp', $1, 100, 'JPY', $2, $3, $4, $5)`, id, shelf, village, maker, at)
	}
	w.products = append(w.products, id)
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.t.Helper()
	w.ok(w.pool.QueryRow(w.t.Context(), sql, args...).Scan(&id))
	return id
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.pool.Exec(w.t.Context(), sql, args...)
	w.ok(err)
}

func (w *world) collection(name string, products ...int64) int64 {
	w.t.Helper()
	id, err := w.curation.CreateCollection(w.t.Context(), w.staff, "", curation.Text{Lang: i18n.EN, Name: name, Summary: "About " + name})
	w.ok(err)
	w.ok(w.curation.SetItems(w.t.Context(), w.staff, id, products))
	w.ok(w.curation.Publish(w.t.Context(), w.staff, id))
	return id
}

func (w *world) feature(n curation.NewFeature) int64 {
	w.t.Helper()
	if n.StartsAt.IsZero() {
		n.StartsAt = w.now.Add(-time.Hour)
	}
	n.Market = "jp"
	id, err := w.curation.Feature(w.t.Context(), w.staff, n)
	w.ok(err)
	return id
}

func (w *world) home() curation.Home {
	w.t.Helper()
	h, err := w.curation.Home(w.t.Context(), "jp", i18n.JA)
	w.ok(err)
	return h
}

func ids(cards []catalog.Card) (list []int64) {
	for _, c := range cards {
		list = append(list, c.ID)
	}
	return list
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var f *errs.Fields
	if !errors.As(err, &f) || !f.Has(field) {
		t.Errorf("got %v, want a complaint about %s", err, field)
	}
}

func TestCollections(t *testing.T) {
	w := newWorld(t, 4)
	ctx, p := t.Context(), w.products
	id, err := w.curation.CreateCollection(ctx, w.staff, "", curation.Text{Lang: i18n.EN, Name: "Warm winter", Summary: "Felt and wool."})
	w.ok(err)
	_, err = w.curation.CreateCollection(ctx, w.staff, "warm-winter", curation.Text{Lang: i18n.EN, Name: "Again"})
	wantField(t, err, "slug")
	_, err = w.curation.CreateCollection(ctx, w.staff, "", curation.Text{Lang: i18n.JA, Name: "冬"})
	wantField(t, err, "slug")
	_, err = w.curation.CreateCollection(ctx, w.staff, "x", curation.Text{Lang: i18n.EN, Name: " "})
	wantField(t, err, "name")
	w.ok(w.curation.SetItems(ctx, w.staff, id, []int64{p[2], p[3], p[0]}))
	wantField(t, w.curation.SetItems(ctx, w.staff, id, []int64{p[2], p[2]}), "products")
	wantField(t, w.curation.SetItems(ctx, w.staff, id, []int64{p[2], 999999}), "products")
	if err := w.curation.SetItems(ctx, w.staff, 999999, p); errs.KindOf(err) != errs.NotFound {
		t.Errorf("no such collection: %v", err)
	}
	if _, _, err := w.curation.CollectionBySlug(ctx, "jp", i18n.EN, "warm-winter"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("not published yet: %v", err)
	}
	w.ok(w.curation.Publish(ctx, w.staff, id))
	w.ok(w.curation.SaveText(ctx, w.staff, id, curation.Text{Lang: i18n.JA, Name: "あたたかい冬"}))
	w.ok(w.curation.SaveText(ctx, w.staff, id, curation.Text{Lang: i18n.RU, Name: "Зима", State: catalog.TextDraft}))

	c, cards, err := w.curation.CollectionBySlug(ctx, "jp", i18n.JA, "warm-winter")
	w.ok(err)
	if c.Name != "あたたかい冬" || c.NameLang != i18n.JA || c.Summary != "Felt and wool." || c.SummaryLang != i18n.EN || c.Items != 2 || len(c.PhotoIDs) != 2 {
		t.Errorf("collection %+v", c)
	}
	if got := ids(cards); !slices.Equal(got, []int64{p[2], p[0]}) {
		t.Errorf("cards %v", got)
	}
	if list, err := w.curation.Collections(ctx, "uz", i18n.RU); err != nil || len(list) != 0 {
		t.Errorf("nothing of it is sold in uz: %+v, %v", list, err)
	}
	if list, err := w.curation.Collections(ctx, "jp", i18n.RU); err != nil || len(list) != 1 || list[0].Name != "Warm winter" {
		t.Errorf("a draft is not shown: %+v, %v", list, err)
	}

	e, err := w.curation.Edit(ctx, i18n.EN, id)
	w.ok(err)
	if len(e.Items) != 3 || e.Items[0].Name != "Product 2" || e.Texts[i18n.RU].State != catalog.TextDraft || e.Texts[i18n.JA].State != catalog.TextApproved || e.SourceLang != i18n.EN {
		t.Errorf("edited %+v", e)
	}
	w.ok(w.curation.SaveText(ctx, w.staff, id, curation.Text{Lang: i18n.EN, Name: "Warm winter", Summary: "Felt, wool and tea."}))
	e, err = w.curation.Edit(ctx, i18n.EN, id)
	w.ok(err)
	if e.Texts[i18n.JA].State != catalog.TextStale || e.Texts[i18n.EN].State != catalog.TextSource || e.Texts[i18n.RU].State != catalog.TextDraft {
		t.Errorf("states %+v", e.Texts)
	}
	w.ok(w.curation.Unpublish(ctx, w.staff, id))
	if list, err := w.curation.ForDesk(ctx, i18n.EN); err != nil || len(list) != 1 || list[0].PublishedAt != nil || list[0].Items != 3 {
		t.Errorf("for the desk: %+v, %v", list, err)
	}
	w.ok(w.curation.Delete(ctx, w.staff, id))
	if err := w.curation.Delete(ctx, w.staff, id); errs.KindOf(err) != errs.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
	if n := w.id(`select count(*) from audit_events where subject_kind = 'collection' and subject_id = $1 and account_id = $2`, id, w.staff); n != 8 {
		t.Errorf("%d lines in the audit trail, want 8", n)
	}
}

func TestHome(t *testing.T) {
	w := newWorld(t, 6)
	p := w.products
	tomorrow, hour := w.now.Add(24*time.Hour), w.now.Add(time.Hour)
	a := w.feature(curation.NewFeature{ProductID: p[0]})
	w.feature(curation.NewFeature{ProductID: p[1], EndsAt: &hour})
	w.feature(curation.NewFeature{ProductID: p[2], StartsAt: tomorrow})
	unsold := w.feature(curation.NewFeature{ProductID: p[5]}) // not sold in Japan
	tea := w.collection("Tea", p[0], p[5])
	w.feature(curation.NewFeature{CollectionID: tea})
	hidden := w.collection("Hidden", p[1])
	w.ok(w.curation.Unpublish(t.Context(), w.staff, hidden))
	w.feature(curation.NewFeature{CollectionID: hidden})

	h := w.home()
	if got := ids(h.Products); !slices.Equal(got, []int64{p[0], p[1]}) {
		t.Errorf("featured %v", got)
	}
	if len(h.Collections) != 1 || h.Collections[0].ID != tea || h.Collections[0].Items != 1 {
		t.Errorf("collections %+v", h.Collections)
	}
	if got := ids(h.New); !slices.Equal(got, []int64{p[4], p[3], p[2]}) {
		t.Errorf("new %v", got)
	}
	w.now = w.now.Add(25 * time.Hour)
	if got := ids(w.home().Products); !slices.Equal(got, []int64{p[0], p[2]}) {
		t.Errorf("tomorrow %v", got)
	}
	w.ok(w.curation.Remove(t.Context(), w.staff, a))
	if got := ids(w.home().Products); !slices.Equal(got, []int64{p[2]}) {
		t.Errorf("after removal %v", got)
	}
	list, err := w.curation.Features(t.Context(), i18n.EN, "jp")
	w.ok(err)
	for _, f := range list {
		if wantVisible := f.ID != unsold && (f.CollectionID == nil || *f.CollectionID != hidden); f.Visible != wantVisible {
			t.Errorf("visible: %+v", f)
		}
	}
	if len(list) != 5 || list[0].Kind != curation.OfProduct || list[0].Name != "Product 1" || list[0].Current(w.now) || !list[1].Current(w.now) {
		t.Errorf("features %+v", list)
	}
	ctx, queries := pgtest.CountQueries(t.Context())
	_, err = w.curation.Home(ctx, "jp", i18n.EN)
	w.ok(err)
	own := 0 // how goods are read is the catalog's
	for _, sql := range queries.SQL() {
		if strings.Contains(sql, "/* curation.") {
			own++
		}
	}
	if own != 3 {
		t.Errorf("%d statements, want 3: %q", own, queries.SQL())
	}
}

func TestFeatures(t *testing.T) {
	w := newWorld(t, 5)
	ctx, p := t.Context(), w.products
	var placed []int64
	for _, id := range p[:4] {
		placed = append(placed, w.feature(curation.NewFeature{ProductID: id}))
	}
	w.ok(w.curation.Reorder(ctx, w.staff, "jp", curation.OfProduct, []int64{placed[3], placed[1]}))
	if got := ids(w.home().Products); !slices.Equal(got, []int64{p[3], p[1], p[0], p[2]}) {
		t.Errorf("order %v", got)
	}
	if err := w.curation.Reorder(ctx, w.staff, "uz", curation.OfProduct, []int64{placed[0]}); errs.KindOf(err) != errs.Conflict {
		t.Errorf("of another market: %v", err)
	}
	starts, before := w.now, w.now.Add(-time.Minute)
	_, err := w.curation.Feature(ctx, w.staff, curation.NewFeature{Market: "jp", StartsAt: starts})
	wantField(t, err, "subject")
	_, err = w.curation.Feature(ctx, w.staff, curation.NewFeature{Market: "jp", ProductID: p[0], CollectionID: 1, StartsAt: starts})
	wantField(t, err, "subject")
	_, err = w.curation.Feature(ctx, w.staff, curation.NewFeature{Market: "jp", ProductID: 999999, StartsAt: starts})
	wantField(t, err, "subject")
	_, err = w.curation.Feature(ctx, w.staff, curation.NewFeature{Market: "jp", ProductID: p[0], StartsAt: starts, EndsAt: &before})
	wantField(t, err, "ends")
	_, err = w.curation.Feature(ctx, w.staff, curation.NewFeature{Market: "mars", ProductID: p[0], StartsAt: starts})
	wantField(t, err, "market")
	_, err = w.curation.Feature(ctx, w.staff, curation.NewFeature{Market: "jp", ProductID: p[0], StartsAt: starts.Add(-time.Hour)})
	wantField(t, err, "subject") // stands there from that moment already
	wantField(t, w.curation.SetTimes(ctx, w.staff, placed[0], starts, &before), "ends")
	soon := starts.Add(time.Hour)
	w.ok(w.curation.SetTimes(ctx, w.staff, placed[0], soon, nil))
	if got := ids(w.home().Products); slices.Contains(got, p[0]) {
		t.Errorf("not yet: %v", got)
	}
	if err := w.curation.Remove(ctx, w.staff, 999999); errs.KindOf(err) != errs.NotFound {
		t.Errorf("no such feature: %v", err)
	}
	w.exec(`insert into product_search (product_id, names, words) select product_id, name, to_tsvector('simple', name) from product_texts where lang = 'en'`)
	choices, err := w.curation.Choices(ctx, i18n.JA, "product & 3", 10)
	w.ok(err)
	if len(choices) != 1 || choices[0].ProductID != p[3] {
		t.Errorf("choices %+v", choices)
	}
}
