package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// MaxPhotos is how many pictures a product may have.
const MaxPhotos = 12

// AddPhoto puts one of the producer's photos at the end of the product's pictures. Buyers see it once the programme has
// approved it. Adding it again changes nothing; errs.NotFound for a photo that is not hers.
func (s *Service) AddPhoto(ctx context.Context, by Maker, productID, photoID int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		var known bool
		var count int
		err := tx.QueryRow(ctx, `/* catalog.photos_before */
select coalesce(bool_or(photo_id = $2), false), count(*) from product_photos where product_id = $1`, h.ID, photoID).Scan(&known, &count)
		switch {
		case err != nil:
			return forNothing, postgres.Err(err)
		case known:
			return forNothing, nil
		case count >= MaxPhotos:
			return forNothing, wrongPhoto("errors.photos_full")
		}
		tag, err := tx.Exec(ctx, `/* catalog.add_photo */
insert into product_photos (product_id, photo_id, position)
select $1, f.id, (select coalesce(max(position) + 1, 0) from product_photos where product_id = $1)
from photos f where f.id = $2 and f.producer_id = $3`, h.ID, photoID, by.ProducerID)
		if err != nil {
			return forNothing, postgres.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return forNothing, errs.E(errs.NotFound, "no such photo")
		}
		return forReview, nil
	})
}

// RemovePhoto takes a picture off the product, for buyers too. The last one of a listing that waits, and the last one
// buyers see, stay until there is another: *errs.Fields (photo).
func (s *Service) RemovePhoto(ctx context.Context, by Maker, productID, photoID int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		tag, err := tx.Exec(ctx, `/* catalog.remove_photo */
delete from product_photos where product_id = $1 and photo_id = $2`, h.ID, photoID)
		if err != nil {
			return forNothing, postgres.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return forNothing, errs.E(errs.NotFound, "no such photo")
		}
		var left, shown int
		err = tx.QueryRow(ctx, `/* catalog.photos_left */
select count(*), count(*) filter (where shown) from product_photos where product_id = $1`, h.ID).Scan(&left, &shown)
		if err != nil {
			return forNothing, postgres.Err(err)
		}
		if h.live() && shown == 0 || h.State == Submitted && left == 0 {
			return forNothing, wrongPhoto("errors.photo_last")
		}
		return forPrices, nil
	})
}

// OrderPhotos puts the product's pictures in order; the first is the one on its card. errs.Conflict unless photoIDs
// names each of them once.
func (s *Service) OrderPhotos(ctx context.Context, by Maker, productID int64, photoIDs []int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		tag, err := tx.Exec(ctx, `/* catalog.order_photos */
update product_photos p set position = o.place - 1
from unnest($2::bigint[]) with ordinality as o(photo_id, place)
where p.product_id = $1 and p.photo_id = o.photo_id`, h.ID, orEmpty(photoIDs))
		if err != nil {
			return forNothing, postgres.Err(err)
		}
		var count int64
		err = tx.QueryRow(ctx, `/* catalog.count_photos */
select count(*) from product_photos where product_id = $1`, h.ID).Scan(&count)
		if err != nil {
			return forNothing, postgres.Err(err)
		}
		if tag.RowsAffected() != count || int64(len(photoIDs)) != count {
			return forNothing, errs.E(errs.Conflict, "the pictures have changed meanwhile")
		}
		return forPrices, nil
	})
}

func wrongPhoto(key string) error {
	var f errs.Fields
	f.Add("photo", key)
	return f.Err()
}
