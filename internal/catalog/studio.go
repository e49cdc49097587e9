package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// StudioItem is a listing in its producer's list.
type StudioItem struct {
	ID          int64
	SlugBase    string `db:"slug"`
	Name        string // as she wrote it; empty in a young draft
	NameLang    i18n.Lang
	State       State
	Published   bool
	PhotoID     int64 // 0: none yet
	FromMinor   *int64
	Currency    money.Currency
	Variants    int
	VariantID   *int64 // the only or first one, for changing stock in the list
	Stock       int
	UpdatedAt   time.Time
	Asked       []Topic   // what the programme asked for last, while it waits for her
	AskedFor    string    // in the words of staff
	AskedInLang i18n.Lang // empty where there are none
}

// Slug is the product's last URL segment.
func (i StudioItem) Slug() string { return slugWithID(i.SlugBase, i.ID) }

// Live reports whether buyers may see the product.
func (i StudioItem) Live() bool { return live(i.State, i.Published) }

// Price is what she asks for her cheapest variant; zero before there is one.
func (i StudioItem) Price() money.Amount {
	if i.FromMinor == nil {
		return money.Zero(i.Currency)
	}
	return money.New(*i.FromMinor, i.Currency)
}

const sqlStudio = `/* catalog.studio */
select p.id, p.slug, s.name, s.lang as name_lang, p.state, p.published_at is not null as published,
       coalesce((select f.photo_id from product_photos f where f.product_id = p.id order by f.position, f.photo_id limit 1), 0) as photo_id,
       v.from_minor, m.currency, coalesce(v.variants, 0) as variants, v.variant_id, coalesce(v.stock, 0) as stock, p.updated_at,
       coalesce(r.topics, '{}') as asked, coalesce(r.message, '') as asked_for, coalesce(r.lang, '') as asked_in_lang
from products p
join producers m on m.id = p.producer_id
join product_sources s on s.product_id = p.id
left join lateral (
    select min(price_minor) as from_minor, count(*) as variants, sum(stock) as stock,
           (array_agg(id order by position, id))[1] as variant_id
    from variants v where v.product_id = p.id and v.active
) v on true
left join lateral (
    select topics, message, lang from product_reviews r
    where r.product_id = p.id and p.state = 'changes_requested' and r.decision = 'changes_requested'
    order by r.id desc limit 1
) r on true
where p.producer_id = $1
order by p.state = 'withdrawn', p.state <> 'changes_requested', p.updated_at desc, p.id desc
limit 500`

// Studio lists a producer's products: first those the programme asks her about, last those she has taken back.
func (s *Service) Studio(ctx context.Context, producerID int64) ([]StudioItem, error) {
	rows, err := s.db.Query(ctx, sqlStudio, producerID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[StudioItem])
	return list, postgres.Err(err)
}

// Mine returns one of a producer's products for her to edit; errs.NotFound for another's.
func (s *Service) Mine(ctx context.Context, producerID, productID int64) (Product, error) {
	if producerID == 0 {
		return Product{}, errs.E(errs.NotFound, "no producer")
	}
	return s.product(ctx, productID, producerID)
}

const sqlProduct = `/* catalog.product */
select p.id, p.slug, p.producer_id, p.category_id, coalesce(c.slug, '') as category_slug, coalesce(c.food, false) as food,
       p.state, p.shelf_life_days, p.storage, coalesce(p.season_from, 0) as season_from, coalesce(p.season_to, 0) as season_to,
       coalesce(p.hs_code, '') as hs_code, p.submitted_at, p.published_at,
       p.created_at, p.updated_at, m.currency
from products p join producers m on m.id = p.producer_id left join categories c on c.id = p.category_id
where p.id = $1 and ($2 = 0 or p.producer_id = $2)`

const sqlSource = `/* catalog.source */
select lang, name, story, composition, updated_at from product_sources where product_id = $1`

const sqlVariants = `/* catalog.variants */
select v.id, v.product_id, v.position, v.net_quantity, v.net_unit, v.weight_grams, v.price_minor, v.currency, v.stock, v.active,
       coalesce(t.label, '') as label
from variants v join product_sources s on s.product_id = v.product_id
left join variant_texts t on t.variant_id = v.id and t.lang = s.lang
where v.product_id = $1 and v.active order by v.position, v.id`

const sqlPhotos = `/* catalog.photos */
select photo_id, shown from product_photos where product_id = $1 order by position, photo_id`

const sqlAllergens = `/* catalog.product_allergens */
select coalesce(array_agg(a.code order by a.position) filter (where p.kind = 'contains'), '{}') as contains,
       coalesce(array_agg(a.code order by a.position) filter (where p.kind = 'may_contain'), '{}') as may_contain
from product_allergens p join allergens a on a.code = p.allergen where p.product_id = $1`

// product reads a listing with all that hangs on it, in two round trips.
func (s *Service) product(ctx context.Context, productID, producerID int64) (Product, error) {
	rows, err := s.db.Query(ctx, sqlProduct, productID, producerID)
	if err != nil {
		return Product{}, postgres.Err(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Product])
	if err != nil {
		return Product{}, postgres.Err(err)
	}
	batch := &pgx.Batch{}
	one(batch, &p.Source, sqlSource, p.ID)
	many(batch, &p.Variants, sqlVariants, p.ID)
	many(batch, &p.Photos, sqlPhotos, p.ID)
	one(batch, &p.Allergens, sqlAllergens, p.ID)
	return p, postgres.Err(s.db.SendBatch(ctx, batch).Close())
}

// one queues a query whose only row becomes *to.
func one[T any](batch *pgx.Batch, to *T, sql string, args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
		*to, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
		return err
	})
}

// many queues a query whose rows become *to.
func many[T any](batch *pgx.Batch, to *[]T, sql string, args ...any) {
	manyBy(batch, to, pgx.RowToStructByName[T], sql, args...)
}

// manyBy is many for rows of which there are so many that looking up their columns by name would be felt.
func manyBy[T any](batch *pgx.Batch, to *[]T, scan pgx.RowToFunc[T], sql string, args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
		*to, err = pgx.CollectRows(rows, scan)
		return err
	})
}
