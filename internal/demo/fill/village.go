package fill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
)

// perVillage is after how many goods another village joins in.
const perVillage = 1000

// villagesFor is how many generated villages there are once so many goods are.
func villagesFor(goods int) int { return (goods + perVillage - 1) / perVillage }

// newVillage is a generated one.
type newVillage struct {
	slug      string
	district  district
	latitude  float64
	longitude float64
	hero      *int64
	names     map[i18n.Lang]string
	summary   map[i18n.Lang]string
}

// newVillage makes the village of a number, the same whatever others there are.
func (g *ground) newVillage(seed uint64, number int, taken map[string]bool) newVillage {
	r := random(seed, forVillage, number)
	v := newVillage{district: pick(r, g.districts), summary: pick(r, g.VillageSummaries)}
	v.names = joined(pick(r, g.First), pick(r, g.Second))
	v.slug = i18n.Slug(v.names[i18n.EN])
	if taken[v.slug] {
		v.slug += "-" + v.district.Slug
	}
	if taken[v.slug] {
		v.slug += "-" + strconv.Itoa(number+1)
	}
	v.latitude, v.longitude, v.hero = g.near(r, v.district)
	return v
}

// joined writes two words as one name.
func joined(first, second map[i18n.Lang]string) map[i18n.Lang]string {
	names := map[i18n.Lang]string{}
	for _, lang := range i18n.Langs() {
		names[lang] = first[lang] + second[lang]
	}
	return names
}

// around is how many degrees a generated village lies from one of the programme's, at most.
const around = 0.4

// near lies near one of the programme's villages in the same region, else in the same country, and shares its picture.
func (g *ground) near(r *rand.Rand, d district) (latitude, longitude float64, hero *int64) {
	regions := map[int64]string{}
	for _, other := range g.districts {
		regions[other.ID] = other.Region
	}
	var same, country []village
	for _, v := range g.villages[:g.own] {
		if regions[v.DistrictID] == d.Region {
			same = append(same, v)
		}
		if v.country == d.Country {
			country = append(country, v)
		}
	}
	if len(same) == 0 {
		same = country
	}
	if len(same) == 0 {
		same = g.villages[:g.own]
	}
	v := pick(r, same)
	return v.Latitude + (2*r.Float64()-1)*around, v.Longitude + (2*r.Float64()-1)*around, v.HeroID
}

// addVillages writes the generated villages up to the n-th that are not there yet, reads all and returns those generated.
func (g *ground) addVillages(ctx context.Context, tx pgx.Tx, seed uint64, there []int64, n int, now time.Time) ([]int64, error) {
	if err := g.readVillages(ctx, tx, there); err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, v := range g.villages {
		taken[v.Slug] = true
	}
	for number := len(there); number < n; number++ {
		v := g.newVillage(seed, number, taken)
		taken[v.slug] = true
		id, err := v.write(ctx, tx, now)
		if err != nil {
			return nil, fmt.Errorf("village %s: %w", v.slug, err)
		}
		there = append(there, id)
	}
	return there, g.readVillages(ctx, tx, there)
}

func (v newVillage) write(ctx context.Context, tx pgx.Tx, now time.Time) (id int64, err error) {
	err = tx.QueryRow(ctx, `/* fill.village */
insert into villages (slug, district_id, latitude, longitude, hero_photo_id, source_lang, created_at)
values ($1, $2, round($3::numeric, 5), round($4::numeric, 5), $5, 'en', $6) returning id`,
		v.slug, v.district.ID, v.latitude, v.longitude, v.hero, now).Scan(&id)
	batch := &pgx.Batch{}
	for _, lang := range i18n.Langs() {
		batch.Queue(`/* fill.village_text */ insert into village_texts (village_id, lang, name, summary, state) values ($1, $2, $3, $4, $5)`,
			id, lang, v.names[lang], v.summary[lang], textState(lang, i18n.EN))
	}
	if err == nil {
		err = tx.SendBatch(ctx, batch).Close()
	}
	return id, err
}
