package curation

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Collection is a collection as buyers see it in a list.
type Collection struct {
	ID          int64
	Slug        string
	Name        string
	NameLang    i18n.Lang // the language Name is in, where there is none in the asked one
	Summary     string
	SummaryLang i18n.Lang
	PublishedAt *time.Time // nil: not shown to buyers
	Items       int        // products in it that the market shows; of all markets where none is asked
	PhotoIDs    []int64    // of its first products, up to four
}

// sqlCollection takes the language as $1 and the market as $2, or ” for all.
const sqlCollection = `
select c.id, c.slug, t.name, t.lang as name_lang, coalesce(u.summary, '') as summary, coalesce(u.lang, t.lang) as summary_lang,
       c.published_at, n.items, n.photo_ids
from collections c
join lateral (
    select name, lang from collection_texts t where t.collection_id = c.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc limit 1
) t on true
left join lateral (
    select summary, lang from collection_texts t where t.collection_id = c.id and t.state <> 'draft' and t.summary <> ''
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc limit 1
) u on true
join lateral (
    select count(*) as items, coalesce((array_agg(f.photo_id order by i.position) filter (where f.photo_id is not null))[1:4], '{}') as photo_ids
    from collection_items i
    left join lateral (select photo_id from product_photos f where f.product_id = i.product_id and f.shown
                       order by f.position, f.photo_id limit 1) f on true
    where i.collection_id = c.id
      and ($2 = '' or exists (select from listings l where l.market = $2 and l.product_id = i.product_id))
) n on true `

// Collections lists the published collections that have anything to show in a market, the newest first.
func (s *Service) Collections(ctx context.Context, market string, lang i18n.Lang) ([]Collection, error) {
	return s.list(ctx, market, `/* curation.collections */`+sqlCollection+
		`where c.published_at is not null and n.items > 0 order by c.published_at desc, c.id desc`, lang, market)
}

// ForDesk lists all collections, the unpublished ones too.
func (s *Service) ForDesk(ctx context.Context, lang i18n.Lang) ([]Collection, error) {
	return s.list(ctx, "", `/* curation.for_desk */`+sqlCollection+`order by c.id desc`, lang, "")
}

func (s *Service) list(ctx context.Context, market, sql string, args ...any) ([]Collection, error) {
	watch.On(ctx, watch.Curation, watch.List(market))
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Collection])
	return list, postgres.Err(err)
}

// CollectionBySlug returns a published collection with the cards of what a market shows of it, in its order;
// errs.NotFound if buyers may not see it.
func (s *Service) CollectionBySlug(ctx context.Context, market string, lang i18n.Lang, slug string) (Collection, []catalog.Card, error) {
	found, err := s.sets.Get(ctx, setKey{market, lang, slug}, func(ctx context.Context) (set, error) { return s.set(ctx, market, lang, slug) })
	if err != nil {
		return Collection{}, nil, err
	}
	cards, err := s.catalog.CardsByIDs(ctx, market, lang, found.items)
	return found.Collection, cards, err
}

// set is a collection with the products in it, sold or not.
type set struct {
	Collection
	items []int64
}

type setKey struct {
	market string
	lang   i18n.Lang
	slug   string
}

func (s *Service) set(ctx context.Context, market string, lang i18n.Lang, slug string) (set, error) {
	list, err := s.list(ctx, market, `/* curation.by_slug */`+sqlCollection+
		`where c.slug = $3 and c.published_at is not null`, lang, market, slug)
	if err != nil {
		return set{}, err
	}
	if len(list) == 0 {
		return set{}, errs.E(errs.NotFound, "no such collection")
	}
	ids, err := s.itemIDs(ctx, list[0].ID)
	return set{list[0], ids}, err
}

func (s *Service) itemIDs(ctx context.Context, collectionID int64) ([]int64, error) {
	watch.On(ctx, watch.Curation)
	rows, err := s.db.Query(ctx, `/* curation.items */
select product_id from collection_items where collection_id = $1 order by position, product_id`, collectionID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, postgres.Err(err)
}

// Edited is a collection as the desk edits it.
type Edited struct {
	ID          int64
	Slug        string
	SourceLang  i18n.Lang
	PublishedAt *time.Time
	Texts       map[i18n.Lang]Text `db:"-"`
	Items       []Item             `db:"-"` // in order
}

// Item is a product in a collection or a choice of products, as the desk lists it.
type Item struct {
	ProductID int64
	Name      string // approved, in the asked language where there is one
	State     catalog.State
}

const sqlItemName = `
join lateral (select name from product_texts t where t.product_id = p.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc limit 1) t on true `

// Edit returns a collection for the desk, or errs.NotFound.
func (s *Service) Edit(ctx context.Context, lang i18n.Lang, collectionID int64) (Edited, error) {
	rows, err := s.db.Query(ctx, `/* curation.edit */
select id, slug, source_lang, published_at from collections where id = $1`, collectionID)
	if err != nil {
		return Edited{}, postgres.Err(err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Edited])
	if err != nil {
		return Edited{}, postgres.Err(err)
	}
	if e.Texts, err = s.texts(ctx, collectionID); err != nil {
		return Edited{}, err
	}
	e.Items, err = s.items(ctx, `/* curation.edit_items */
select p.id as product_id, t.name, p.state from collection_items i join products p on p.id = i.product_id`+sqlItemName+`
where i.collection_id = $2 order by i.position, p.id`, lang, collectionID)
	return e, err
}

func (s *Service) texts(ctx context.Context, collectionID int64) (map[i18n.Lang]Text, error) {
	rows, err := s.db.Query(ctx, `/* curation.texts */
select lang, name, summary, state from collection_texts where collection_id = $1`, collectionID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Text])
	if err != nil {
		return nil, postgres.Err(err)
	}
	texts := make(map[i18n.Lang]Text, len(list))
	for _, t := range list {
		texts[t.Lang] = t
	}
	return texts, nil
}

// Choices lists products that buyers see, the newest first, for staff to choose from: all, or those found by words, a query
// of search.NameQuery.
func (s *Service) Choices(ctx context.Context, lang i18n.Lang, words string, limit int) ([]Item, error) {
	args, found := []any{lang, limit}, ""
	if words != "" {
		args = append(args, words)
		found = `
  and exists (select from product_search f where f.product_id = p.id and f.words @@ $3::tsquery)`
	}
	return s.items(ctx, `/* curation.choices */
select p.id as product_id, t.name, p.state from products p`+sqlItemName+`
where p.published_at is not null and p.state in ('submitted', 'changes_requested', 'approved')`+found+`
order by p.published_at desc, p.id desc limit $2`, args...)
}

func (s *Service) items(ctx context.Context, sql string, args ...any) ([]Item, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Item])
	return list, postgres.Err(err)
}
