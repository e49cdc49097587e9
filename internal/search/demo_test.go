package search_test

import (
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/assessments"
	"awil/internal/demo/content"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/search"
)

// demo puts the words of the demo programme into the world, without its pictures, and shows all of it at home.
func (w *world) demo() {
	w.t.Helper()
	p, err := content.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	regions, districts := map[string]int64{}, map[string]int64{}
	for _, r := range p.Regions {
		regions[r.Slug] = w.id(`insert into regions (slug, country) values ($1, $2) returning id`, r.Slug, r.Country)
		w.texts("region_texts", "region_id", regions[r.Slug], namesOf(r.Name), "")
	}
	for _, d := range p.Districts {
		districts[d.Slug] = w.id(`insert into districts (region_id, slug) values ($1, $2) returning id`, regions[d.Region], d.Slug)
		w.texts("district_texts", "district_id", districts[d.Slug], namesOf(d.Name), "")
	}
	villages := map[string]int64{}
	for _, v := range p.Villages {
		villages[v.Slug] = w.id(`insert into villages (slug, district_id, latitude, longitude) values ($1, $2, 43, 59) returning id`,
			v.Slug, districts[v.District])
		w.texts("village_texts", "village_id", villages[v.Slug], namesOf(v.Name), "approved")
	}
	for _, c := range p.Categories {
		w.shelf[c.Slug] = w.id(`insert into categories (slug, food, parent_id) values ($1, $2, nullif($3, 0)::bigint) returning id`,
			c.Slug, c.Food, w.shelf[c.Parent])
		w.texts("category_texts", "category_id", w.shelf[c.Slug], namesOf(c.Name), "")
	}
	for _, m := range p.Producers {
		w.maker[m.Slug] = w.id(`insert into producers (slug, kind, village_id, currency, state, source_lang)
values ($1, $2, $3, $4, 'active', $5) returning id`, m.Slug, m.Kind, villages[m.Village], m.Currency, m.Language)
		w.texts("producer_texts", "producer_id", w.maker[m.Slug], namesOf(m.Name), "approved")
		for _, good := range m.Products {
			w.demoGood(m.Slug, good)
		}
	}
	staff := w.id(`insert into accounts (email, password_hash, name, lang) values ('c@d.awil', '$argon2id$', 'Curator', 'en') returning id`)
	for i, a := range p.Assessments {
		years := 0
		if i%4 == 3 {
			years = -4 // over by now
		}
		scorer := assessments.New(w.pool, func() time.Time { return time.Now().AddDate(years, 0, 0) })
		if _, err := scorer.Assess(w.t.Context(), staff, w.product[a.Product], assessments.Finding{Points: a.Points, Lang: i18n.EN}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) demoGood(maker string, p content.Product) {
	w.t.Helper()
	id := w.id(`insert into products (slug, producer_id, category_id, state, published_at)
values ($1, $2, $3, 'approved', now()) returning id`, p.Slug, w.maker[maker], w.shelf[p.Category])
	w.product[p.Slug] = id
	for lang, name := range p.Name {
		w.exec(`insert into product_texts (product_id, lang, state, name, summary, story, composition) values ($1, $2, 'approved', $3, $4, $5, $6)`,
			id, lang, name, p.Summary[lang], p.Story[lang], p.Composition[lang])
	}
	for _, a := range p.Allergens.Contains {
		w.exec(`insert into product_allergens values ($1, $2, 'contains')`, id, a)
	}
	w.exec(`insert into listings select 'uz', p.id, 100 * p.id, 'UZS', p.category_id, m.village_id, m.id, p.published_at
from products p join producers m on m.id = p.producer_id where p.id = $1`, id)
	err := postgres.InTx(w.t.Context(), w.pool, func(tx pgx.Tx) error { return search.Index(w.t.Context(), tx, id) })
	if err != nil {
		w.t.Fatal(err)
	}
}

func namesOf(t content.Text) (n names) {
	for i, lang := range i18n.Langs() {
		n[i] = t[lang]
	}
	return n
}
