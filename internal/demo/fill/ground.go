package fill

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/demo/content"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/search"
)

// ground is what the demo programme has laid, and further goods are put on.
type ground struct {
	content.Lists
	districts []district
	villages  []village // the programme's own, then generated ones in their order
	own       int       // how many are the programme's
	shelves   map[string]shelf
	markets   map[string]bool
}

// district is where a village may lie.
type district struct {
	ID      int64
	Slug    string
	Region  string
	Country string
	Names   map[i18n.Lang]string // of the district
	Regions map[i18n.Lang]string // of its region
}

// village is where a maker may live.
type village struct {
	ID         int64
	Slug       string
	DistrictID int64
	Latitude   float64
	Longitude  float64
	HeroID     *int64
	Names      map[i18n.Lang]string
	country    string
	found      search.Part // what goods from here are found by
}

// shelf is a category with pictures of goods that stand on it.
type shelf struct {
	ID     int64
	Slug   string
	Photos []int64
	Texts  []string // its names and those of the shelf around it
	found  search.Part
}

func readGround(ctx context.Context, tx pgx.Tx) (g *ground, err error) {
	g = &ground{shelves: map[string]shelf{}, markets: map[string]bool{}}
	if g.Lists, err = content.LoadLists(); err != nil {
		return nil, err
	}
	g.districts, err = collect[district](ctx, tx, `/* fill.districts */
select d.id, d.slug, r.slug as region, r.country,
       (select jsonb_object_agg(t.lang, t.name) from district_texts t where t.district_id = d.id) as names,
       (select jsonb_object_agg(t.lang, t.name) from region_texts t where t.region_id = r.id) as regions
from districts d join regions r on r.id = d.region_id order by d.slug`)
	if err != nil {
		return nil, err
	}
	if err := g.readShelves(ctx, tx); err != nil {
		return nil, err
	}
	markets, err := collect[struct{ Code string }](ctx, tx, `/* fill.markets */ select code from markets`)
	for _, m := range markets {
		g.markets[m.Code] = true
	}
	if err == nil && (len(g.districts) == 0 || len(g.markets) == 0) {
		err = errs.E(errs.Conflict, "goods are added to the demo programme only, which is not in this database")
	}
	return g, err
}

// readShelves takes the pictures of the programme's own goods: generated ones have no other.
func (g *ground) readShelves(ctx context.Context, tx pgx.Tx) error {
	list, err := collect[shelf](ctx, tx, `/* fill.shelves */
select c.id, c.slug, array(select distinct p.id from photos p join producers m on m.id = p.producer_id
                           join product_photos f on f.photo_id = p.id and f.shown join products g on g.id = f.product_id and g.producer_id = m.id
                           where g.category_id = c.id and p.state = 'ready' order by p.id) as photos,
       array(select t.name from category_texts t where t.category_id in (c.id, c.parent_id)) as texts
from categories c`)
	if err != nil {
		return err
	}
	for _, s := range list {
		var found []search.Part
		for _, text := range s.Texts {
			found = append(found, search.OfOther(text))
		}
		s.found = search.Join(found...)
		g.shelves[s.Slug] = s
	}
	for _, k := range g.Kinds {
		if len(g.shelves[k.Category].Photos) == 0 {
			return errs.E(errs.Conflict, "the demo programme has no goods with a picture on the shelf "+k.Category)
		}
	}
	return nil
}

// readVillages reads all villages, the generated ones last and in their order.
func (g *ground) readVillages(ctx context.Context, tx pgx.Tx, generated []int64) error {
	list, err := collect[village](ctx, tx, `/* fill.villages */
select v.id, v.slug, v.district_id, v.latitude, v.longitude, v.hero_photo_id as hero_id,
       (select jsonb_object_agg(t.lang, t.name) from village_texts t where t.village_id = v.id and t.state <> 'draft') as names
from villages v where exists (select from village_texts t where t.village_id = v.id and t.state <> 'draft')
order by array_position($1::bigint[], v.id) nulls first, v.id`, generated)
	if err != nil {
		return err
	}
	byID := map[int64]district{}
	for _, d := range g.districts {
		byID[d.ID] = d
	}
	for i, v := range list {
		list[i] = v.in(byID[v.DistrictID])
	}
	g.villages, g.own = list, len(list)-len(generated)
	return nil
}

// in says what goods from a village are found by.
func (v village) in(d district) village {
	v.country = d.Country
	found := []search.Part{search.OfCountry(d.Country)}
	for _, lang := range i18n.Langs() {
		found = append(found, search.OfPlace(v.Names[lang]), search.OfMaker(d.Names[lang]), search.OfMaker(d.Regions[lang]))
	}
	v.found = search.Join(found...)
	return v
}

func collect[T any](ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("read what goods are added to: %w", postgres.Err(err))
	}
	return list, nil
}
