package photos

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"awil/internal/errs"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// spared is how long a photo may be on no page: somebody may have sent it and
// not yet decided where it goes.
const spared = 48 * time.Hour

// unusedWhere says that no page shows photo f. Every table that refers to a
// photo is named; the database refuses to delete one that is missed.
const unusedWhere = `not exists (select from product_photos where photo_id = f.id)
	and not exists (select from producers where photo_id = f.id)
	and not exists (select from villages where hero_photo_id = f.id)
	and not exists (select from refund_request_photos where photo_id = f.id)`

const selectUnused = `/* photos.unused */
select id from photos f
where f.id > $1 and f.created_at < now() - $2::interval and ` + unusedWhere + `
order by id limit 500`

const deleteUnused = `/* photos.delete_unused */
delete from photos f where f.id = $1 and f.created_at < now() - $2::interval and ` + unusedWhere + `
returning ` + columns

// DropUnused deletes the photos that no page has shown for two days, and
// enqueues the removal of their files. It returns how many they were.
func (s *Service) DropUnused(ctx context.Context) (dropped int, err error) {
	last := int64(0)
	for {
		rows, err := s.db.Query(ctx, selectUnused, last, spared)
		if err != nil {
			return dropped, fmt.Errorf("unused photos: %w", postgres.Err(err))
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil || len(ids) == 0 {
			return dropped, postgres.Err(err)
		}
		for _, id := range ids {
			gone, err := s.dropUnused(ctx, id)
			if err != nil {
				return dropped, fmt.Errorf("drop photo %d: %w", id, err)
			}
			if last = id; gone {
				dropped++
			}
		}
	}
}

// dropUnused deletes one photo unless a page has come to show it meanwhile.
func (s *Service) dropUnused(ctx context.Context, id int64) (gone bool, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		list, err := selectPhotos(ctx, tx, deleteUnused, id, spared)
		if err != nil || len(list) == 0 {
			return err
		}
		gone = true
		return s.queue.Insert(ctx, tx, removalArgs{Original: list[0].OriginalKey, Key: list[0].Key, Widths: list[0].Widths})
	})
	if errors.Is(err, errs.Invalid) { // the foreign key: taken for a page this very moment
		return false, nil
	}
	return gone && err == nil, err
}

const sentAgain = `/* photos.sent_again */
update photos set created_at = now() where id = $1 and created_at < now() - interval '24 hours'`

// removalArgs is the job that removes the files of a photo that is gone.
type removalArgs struct {
	Original string `json:"original"`
	Key      string `json:"key"`
	Widths   []int  `json:"widths"`
}

// Kind names the job.
func (removalArgs) Kind() string { return "photo_removal" }

func (s *Service) removeFiles(ctx context.Context, r removalArgs) error {
	names := []string{r.Original}
	for _, width := range r.Widths {
		names = append(names, renditionKey(r.Key, width, JPEG), renditionKey(r.Key, width, AVIF))
	}
	for _, name := range names {
		if err := s.store.Delete(ctx, name); err != nil {
			return fmt.Errorf("remove photo: %w", err)
		}
	}
	return nil
}

// unusedArgs is the daily job that drops what no page shows.
type unusedArgs struct{}

// Kind names the job.
func (unusedArgs) Kind() string { return "photo_unused" }

// Periodic lists the work of this package that the clock starts.
func Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{jobs.Every(24*time.Hour, unusedArgs{})}
}
