// Package places owns where things come from: regions, districts, and the villages with their stories.
package places

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Village is a place with a story, in one language.
type Village struct {
	ID          int64
	Slug        string
	Name        string
	Summary     string    // one line
	Story       string    // a few sentences
	TextLang    i18n.Lang // the language the texts are in: the asked one, else English, else the source
	District    string
	Region      string
	RegionSlug  string
	Country     string // ISO 3166-1 alpha-2
	Latitude    float64
	Longitude   float64
	HeroPhotoID *int64
}

// Service reads and writes places.
type Service struct {
	db   postgres.DB
	kept *watch.Group[i18n.Lang, known] // nil: read each time
}

// known is all villages in one language, and where each of them is in the list.
type known struct {
	list   []Village
	byID   map[int64]int
	bySlug map[string]int
}

// New returns the service on a pool or a transaction.
func New(db postgres.DB) *Service { return &Service{db: db} }

// Watch makes the service remember the villages until the board says that they changed: there are at most some
// thousands, and every page names one. Call it before the first use.
func (s *Service) Watch(board *watch.Board, clock func() time.Time) {
	s.kept = watch.NewGroup[i18n.Lang, known](board, clock, len(i18n.Langs()))
}

// A text is read in the asked language where it is fit for buyers, else in English, else in the language it was
// written in: $1 is the asked language.
const sqlVillage = `
select v.id, v.slug, t.name, t.summary, t.story, t.lang as text_lang,
       coalesce(dt.name, d.slug) as district, coalesce(rt.name, r.slug) as region, r.slug as region_slug, r.country,
       v.latitude::float8 as latitude, v.longitude::float8 as longitude, v.hero_photo_id
from villages v
join districts d on d.id = v.district_id
join regions r on r.id = d.region_id
left join district_texts dt on dt.district_id = d.id and dt.lang = $1
left join region_texts rt on rt.region_id = r.id and rt.lang = $1
join lateral (
    select * from village_texts t where t.village_id = v.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = v.source_lang desc limit 1
) t on true
`

// Villages lists every village, by country, region and name. The list is shared: it must not be changed.
func (s *Service) Villages(ctx context.Context, lang i18n.Lang) ([]Village, error) {
	all, err := s.known(ctx, lang)
	return all.list, err
}

func (s *Service) known(ctx context.Context, lang i18n.Lang) (known, error) {
	return s.kept.Get(ctx, lang, func(ctx context.Context) (known, error) {
		list, err := s.all(ctx, lang)
		all := known{list: list, byID: make(map[int64]int, len(list)), bySlug: make(map[string]int, len(list))}
		for i, v := range list {
			all.byID[v.ID], all.bySlug[v.Slug] = i, i
		}
		return all, err
	})
}

func (s *Service) all(ctx context.Context, lang i18n.Lang) ([]Village, error) {
	return s.villages(ctx, `/* places.villages */`+sqlVillage+`order by r.country desc, region, t.name`, lang)
}

// VillagesByID returns the villages asked for, keyed by id.
func (s *Service) VillagesByID(ctx context.Context, lang i18n.Lang, ids ...int64) (map[int64]Village, error) {
	all, err := s.known(ctx, lang)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]Village, len(ids))
	for _, id := range ids {
		if i, ok := all.byID[id]; ok {
			found[id] = all.list[i]
		}
	}
	return found, nil
}

// VillageBySlug returns one village, or errs.NotFound.
func (s *Service) VillageBySlug(ctx context.Context, lang i18n.Lang, slug string) (Village, error) {
	all, err := s.known(ctx, lang)
	if err != nil {
		return Village{}, err
	}
	i, ok := all.bySlug[slug]
	if !ok {
		return Village{}, errs.E(errs.NotFound, "no such village")
	}
	return all.list[i], nil
}

func (s *Service) villages(ctx context.Context, sql string, args ...any) ([]Village, error) {
	watch.On(ctx, watch.Places)
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Village])
	return list, postgres.Err(err)
}
