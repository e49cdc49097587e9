package curation

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// Kind is what a feature puts forward.
type Kind string

// The kinds, as the table features lists them.
const (
	OfProduct    Kind = "product"
	OfCollection Kind = "collection"
)

// NewFeature is a product or a collection to put on a market's home page for a time.
type NewFeature struct {
	Market       string
	ProductID    int64 // one of the two
	CollectionID int64
	StartsAt     time.Time
	EndsAt       *time.Time // nil: until it is removed
}

func (n NewFeature) kind() Kind {
	if n.CollectionID != 0 {
		return OfCollection
	}
	return OfProduct
}

// Feature places a product or a collection on a market's home page, after what is there, in the name of staff account
// by. *errs.Fields: subject (nothing chosen, does not exist, or stands there from that moment already), ends, market.
func (s *Service) Feature(ctx context.Context, by int64, n NewFeature) (id int64, err error) {
	if (n.ProductID == 0) == (n.CollectionID == 0) {
		return 0, wrong("subject", "errors.choose")
	}
	if n.EndsAt != nil && !n.EndsAt.After(n.StartsAt) {
		return 0, wrong("ends", "errors.ends_before")
	}
	err = s.act(ctx, by, "feature.placed", "feature", func(tx pgx.Tx) (int64, map[string]any, error) {
		err := tx.QueryRow(ctx, `/* curation.feature */
insert into features (market, kind, product_id, collection_id, position, starts_at, ends_at, created_by, created_at)
select $1, $2, nullif($3, 0), nullif($4, 0),
       (select coalesce(max(position) + 1, 0) from features where market = $1 and kind = $2), $5, $6, nullif($7, 0), $8
returning id`, n.Market, n.kind(), n.ProductID, n.CollectionID, n.StartsAt, n.EndsAt, by, s.now()).Scan(&id)
		return id, map[string]any{"market": n.Market, "product": n.ProductID, "collection": n.CollectionID}, featureErr(err)
	})
	return id, err
}

func featureErr(err error) error {
	mapped := postgres.Err(err)
	switch {
	case err == nil:
		return nil
	case postgres.Violates(err, "features_market_fkey"):
		return wrong("market", "errors.choose")
	case errs.KindOf(mapped) == errs.Conflict:
		return wrong("subject", "errors.featured")
	case errs.KindOf(mapped) == errs.Invalid:
		return wrong("subject", "errors.choose")
	}
	return mapped
}

// SetTimes changes when a feature shows. *errs.Fields: ends, subject.
func (s *Service) SetTimes(ctx context.Context, by, featureID int64, starts time.Time, ends *time.Time) error {
	if ends != nil && !ends.After(starts) {
		return wrong("ends", "errors.ends_before")
	}
	return s.act(ctx, by, "feature.timed", "feature", func(tx pgx.Tx) (int64, map[string]any, error) {
		err := must(ctx, tx, `/* curation.set_times */ update features set starts_at = $2, ends_at = $3 where id = $1`, featureID, starts, ends)
		if errs.KindOf(err) == errs.Conflict {
			err = wrong("subject", "errors.featured")
		}
		return featureID, map[string]any{"starts": starts, "ends": ends}, err
	})
}

// Remove takes a feature off its home page.
func (s *Service) Remove(ctx context.Context, by, featureID int64) error {
	return s.act(ctx, by, "feature.removed", "feature", func(tx pgx.Tx) (int64, map[string]any, error) {
		return featureID, nil, must(ctx, tx, `/* curation.remove_feature */ delete from features where id = $1`, featureID)
	})
}

// Reorder puts features of one market and kind in this order; those not named follow in the order they have.
// errs.Conflict if one named is not of that market and kind.
func (s *Service) Reorder(ctx context.Context, by int64, market string, kind Kind, featureIDs []int64) error {
	return s.act(ctx, by, "feature.reordered", "market_home", func(tx pgx.Tx) (int64, map[string]any, error) {
		tag, err := tx.Exec(ctx, `/* curation.reorder */
with wanted as (
    select f.id, row_number() over (order by o.place nulls last, f.position, f.id) - 1 as position, o.place
    from features f left join unnest($3::bigint[]) with ordinality as o (id, place) on o.id = f.id
    where f.market = $1 and f.kind = $2
), moved as (
    update features f set position = w.position from wanted w where w.id = f.id and f.position <> w.position
)
select from wanted where place is not null`, market, kind, featureIDs)
		if err != nil {
			return 0, nil, postgres.Err(err)
		}
		if tag.RowsAffected() != int64(len(featureIDs)) {
			return 0, nil, errs.E(errs.Conflict, "the features have changed meanwhile")
		}
		return 0, map[string]any{"market": market, "kind": kind, "order": featureIDs}, nil
	})
}

// FeatureItem is a feature as the desk lists it.
type FeatureItem struct {
	ID           int64
	Market       string
	Kind         Kind
	ProductID    *int64
	CollectionID *int64
	Name         string
	Position     int
	StartsAt     time.Time
	EndsAt       *time.Time
	// Visible says that buyers of the market can see what is featured: the product is listed there, the collection
	// published.
	Visible bool
}

// Current reports whether the feature's time has come and not passed.
func (f FeatureItem) Current(now time.Time) bool {
	return !now.Before(f.StartsAt) && (f.EndsAt == nil || now.Before(*f.EndsAt))
}

// Features lists all features of a market, past and future ones too: products, then collections, in order.
func (s *Service) Features(ctx context.Context, lang i18n.Lang, market string) ([]FeatureItem, error) {
	rows, err := s.db.Query(ctx, `/* curation.features */
select f.id, f.market, f.kind, f.product_id, f.collection_id, coalesce(pt.name, ct.name, '') as name, f.position, f.starts_at, f.ends_at,
       case f.kind when 'product' then exists (select from listings l where l.market = f.market and l.product_id = f.product_id)
            else exists (select from collections c where c.id = f.collection_id and c.published_at is not null) end as visible
from features f
left join lateral (select name from product_texts t where t.product_id = f.product_id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc limit 1) pt on true
left join lateral (select name from collection_texts t where t.collection_id = f.collection_id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.state = 'source' desc limit 1) ct on true
where f.market = $2
order by f.kind desc, f.position, f.id`, lang, market)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[FeatureItem])
	return list, postgres.Err(err)
}
