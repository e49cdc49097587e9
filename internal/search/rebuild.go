package search

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Version is of the way products are written into the index: one higher whenever Index writes another thing than before.
const Version = 4

// UpToDate writes the whole index anew if an earlier program wrote it, and returns how many products that were. Stopped
// half-way, it begins again the next time; running it beside a shop that sells does no harm.
func UpToDate(ctx context.Context, db postgres.DB) (products int, err error) {
	var version int
	if err := db.QueryRow(ctx, `/* search.version */ select version from search_index`).Scan(&version); err != nil {
		return 0, postgres.Err(err)
	}
	if version >= Version {
		return 0, nil
	}
	if products, err = Rebuild(ctx, db); err != nil {
		return products, err
	}
	if _, err = db.Exec(ctx, `/* search.analyze */ analyze product_search`); err != nil { // how common words are decides how they are looked for
		return products, postgres.Err(err)
	}
	_, err = db.Exec(ctx, `/* search.set_version */ update search_index set version = $1 where version < $1`, Version)
	return products, postgres.Err(err)
}

// rebuildBatch is how many products Rebuild does in one transaction.
const rebuildBatch = 500

// Rebuild indexes every product that has been approved anew, a few hundred in a transaction: after a changed category,
// village or way of folding. It returns how many it went through.
func Rebuild(ctx context.Context, db postgres.DB) (products int, err error) {
	var after int64
	for {
		rows, err := db.Query(ctx, `/* search.rebuild */
select id from products where published_at is not null and id > $1 order by id limit $2`, after, rebuildBatch)
		if err != nil {
			return products, postgres.Err(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil || len(ids) == 0 {
			return products, postgres.Err(err)
		}
		if err := postgres.InTx(ctx, db, func(tx pgx.Tx) error { return Index(ctx, tx, ids...) }); err != nil {
			return products, err
		}
		products += len(ids)
		after = ids[len(ids)-1]
	}
}
