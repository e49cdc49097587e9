package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Submit sends a listing to the programme. *errs.Fields keyed by step (photo, name, category, price, stock, weight,
// composition, allergens) for what is missing. One that waits already stays as it is; errs.Conflict for a withdrawn one.
func (s *Service) Submit(ctx context.Context, by Maker, productID int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		if h.State == Submitted {
			return forNothing, nil
		}
		if err := complete(ctx, tx, h); err != nil {
			return forNothing, err
		}
		return forNothing, s.submit(ctx, tx, by, h)
	})
}

func (s *Service) submit(ctx context.Context, tx pgx.Tx, by Maker, h head) error {
	now := s.now()
	if err := move(ctx, tx, h, Submitted, now); err != nil {
		return err
	}
	return record(ctx, tx, h.ID, said{Account: by.AccountID, Decision: WasSubmitted}, now)
}

// content is what completeness is judged by.
type content struct {
	Name        string
	Composition string
	Food        bool
	Categorised bool
	Photos      int
	Variants    int
	Stock       int
	ShelfDays   *int `db:"shelf_life_days"`
	Storage     Storage
}

// complete gives *errs.Fields, keyed by step, for what a listing lacks to be shown to buyers. Stock is asked for the
// first time only: a listing that has sold out may be reworded.
func complete(ctx context.Context, tx pgx.Tx, h head) error {
	rows, err := tx.Query(ctx, `/* catalog.content */
select s.name, s.composition, coalesce(c.food, false) as food, c.id is not null as categorised,
       (select count(*) from product_photos f join photos o on o.id = f.photo_id
        where f.product_id = p.id and o.state <> 'failed') as photos,
       (select count(*) from variants v where v.product_id = p.id and v.active) as variants,
       (select coalesce(sum(v.stock), 0) from variants v where v.product_id = p.id and v.active) as stock,
       p.shelf_life_days, p.storage
from products p join product_sources s on s.product_id = p.id left join categories c on c.id = p.category_id
where p.id = $1`, h.ID)
	if err != nil {
		return postgres.Err(err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[content])
	if err != nil {
		return postgres.Err(err)
	}
	return c.missing(!h.Published).Err()
}

func (c content) missing(first bool) *errs.Fields {
	var f errs.Fields
	if c.Photos == 0 {
		f.Add("photo", "errors.listing_photo")
	}
	if c.Name == "" {
		f.Add("name", "errors.required")
	}
	if !c.Categorised {
		f.Add("category", "errors.choose")
	}
	if c.Variants == 0 {
		f.Add("price", "errors.required")
		f.Add("stock", "errors.required")
		f.Add("weight", "errors.required")
	} else if first && c.Stock == 0 {
		f.Add("stock", "errors.listing_stock")
	}
	if c.Food && c.Composition == "" {
		f.Add("composition", "errors.required")
	}
	if c.Food && (c.ShelfDays == nil || c.Storage == StoreAny) {
		f.Add("allergens", "errors.listing_facts") // asked on the same step, which has no answer for "none" of its own
	}
	return &f
}
