package places

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// Names is a name in each language it is known in.
type Names map[i18n.Lang]string

// NewRegion is a region of a country, by ISO 3166-2.
type NewRegion struct {
	Slug    string
	Country string
	ISO     string // may be empty
	Names   Names
}

// NewDistrict is a district of a region.
type NewDistrict struct {
	Slug       string
	RegionSlug string
	Names      Names
}

// VillageText is what a village's page says in one language.
type VillageText struct{ Name, Summary, Story string }

// NewVillage is a village with its texts; Source says in which language they were written, the others are taken as
// approved translations.
type NewVillage struct {
	Slug         string
	DistrictSlug string
	Latitude     float64
	Longitude    float64
	HeroPhotoID  *int64
	Source       i18n.Lang
	Texts        map[i18n.Lang]VillageText
}

// SaveRegion writes a region, replacing the one with the same slug.
func (s *Service) SaveRegion(ctx context.Context, r NewRegion) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `/* places.save_region */
insert into regions (slug, country, iso) values ($1, $2, nullif($3, ''))
on conflict (slug) do update set country = excluded.country, iso = excluded.iso returning id`,
			r.Slug, r.Country, r.ISO).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		return saveNames(ctx, tx, `/* places.save_region_text */
insert into region_texts (region_id, lang, name) select $1, * from unnest($2::text[], $3::text[])
on conflict (region_id, lang) do update set name = excluded.name`, id, r.Names)
	})
	return id, err
}

// SaveDistrict writes a district, replacing the one with the same slug.
func (s *Service) SaveDistrict(ctx context.Context, d NewDistrict) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `/* places.save_district */
insert into districts (slug, region_id) select $1, id from regions where slug = $2
on conflict (slug) do update set region_id = excluded.region_id returning id`, d.Slug, d.RegionSlug).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		return saveNames(ctx, tx, `/* places.save_district_text */
insert into district_texts (district_id, lang, name) select $1, * from unnest($2::text[], $3::text[])
on conflict (district_id, lang) do update set name = excluded.name`, id, d.Names)
	})
	return id, err
}

func saveNames(ctx context.Context, tx pgx.Tx, sql string, id int64, names Names) error {
	var langs, texts []string
	for lang, name := range names {
		langs, texts = append(langs, string(lang)), append(texts, name)
	}
	_, err := tx.Exec(ctx, sql, id, langs, texts)
	return postgres.Err(err)
}

// SaveVillage writes a village and its texts, replacing the one with the same slug.
func (s *Service) SaveVillage(ctx context.Context, v NewVillage) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `/* places.save_village */
insert into villages (slug, district_id, latitude, longitude, hero_photo_id, source_lang)
select $1, id, $3, $4, $5, $6 from districts where slug = $2
on conflict (slug) do update set district_id = excluded.district_id, latitude = excluded.latitude,
    longitude = excluded.longitude, hero_photo_id = excluded.hero_photo_id, source_lang = excluded.source_lang
returning id`, v.Slug, v.DistrictSlug, v.Latitude, v.Longitude, v.HeroPhotoID, v.Source).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		for lang, text := range v.Texts {
			state := "approved"
			if lang == v.Source {
				state = "source"
			}
			if _, err := tx.Exec(ctx, `/* places.save_village_text */
insert into village_texts (village_id, lang, name, summary, story, state) values ($1, $2, $3, $4, $5, $6)
on conflict (village_id, lang) do update set name = excluded.name, summary = excluded.summary,
    story = excluded.story, state = excluded.state`, id, lang, text.Name, text.Summary, text.Story, state); err != nil {
				return postgres.Err(err)
			}
		}
		return nil
	})
	return id, err
}
