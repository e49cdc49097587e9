package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"awil/internal/platform/postgres"
)

// Version is of the way products are written into the index: one higher whenever Index writes another thing than before.
const Version = 4

// Pace is how fast UpToDate works.
type Pace struct {
	Hands int           // that write at once, each on a connection, beside one that waits for them; one hand is that one
	Time  time.Duration // after which it ends in the midst; 0: never
	Rush  bool          // searches may take some milliseconds longer meanwhile, for half the work

	batch int // products a hand writes at once; 0: rebuildBatch
}

// UpToDate writes the whole index anew if an earlier program wrote it. It returns how many products it went through, and
// whether some are left: because its time is over, or because another program is at it. Whoever is called next goes on
// where the last one ended, however that ended; searches find by the old rows meanwhile.
func UpToDate(ctx context.Context, db postgres.DB, p Pace) (products int, left bool, err error) {
	p.Hands, p.batch = max(p.Hands, 1), cmp.Or(p.batch, rebuildBatch)
	if s, err := turnless(ctx, db); err != nil || s == finished {
		return 0, false, err
	}
	if p.Rush {
		if err := wait(ctx, db, rushed); err != nil {
			return 0, true, err
		}
	}
	for began, m := time.Now(), newMemo(); ; {
		n, s, err := m.round(ctx, db, p)
		products += n
		switch {
		case err == nil && s == wholly:
			return products, false, finish(ctx, db)
		case err != nil || s == finished:
			return products, false, err
		case s == elsewhere || p.Time > 0 && time.Since(began) >= p.Time:
			return products, true, nil
		}
	}
}

// state is how a round ended.
type state int

const (
	goesOn state = iota
	wholly       // all are, which has to be said yet
	finished
	elsewhere // another program has the next goods in hand
)

// rebuildBatch is how many products a hand writes at once.
const rebuildBatch = 500

// sqlTurn takes the turn to write the next products, for the length of a transaction.
const sqlTurn = `/* search.turn */
select case building when $1 then done else 0 end from search_index where version < $1 for update skip locked`

// round writes the next products, as many as all hands hold, in whose time no other program does.
func (m *memo) round(ctx context.Context, db postgres.DB, p Pace) (products int, s state, err error) {
	err = postgres.InTx(ctx, db, func(tx pgx.Tx) error {
		var done int64
		err := tx.QueryRow(ctx, sqlTurn, Version).Scan(&done)
		if errors.Is(err, pgx.ErrNoRows) {
			s, err = turnless(ctx, tx)
			return err
		}
		if err != nil {
			return postgres.Err(err)
		}
		list, err := published(ctx, tx, done, p.Hands*p.batch)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			s = wholly
			return nil
		}
		writer := db
		if p.Hands == 1 {
			writer = tx
		}
		if err := m.rewriteAll(ctx, writer, list, p.batch); err != nil {
			return err
		}
		products = len(list)
		_, err = tx.Exec(ctx, `/* search.done */ update search_index set building = $1, done = $2`, Version, list[len(list)-1].ID)
		return postgres.Err(err)
	})
	return products, s, err
}

// turnless finds out why there is no turn to take.
func turnless(ctx context.Context, db postgres.DB) (state, error) {
	var version int
	err := db.QueryRow(ctx, `/* search.version */ select version from search_index`).Scan(&version)
	if version < Version {
		return elsewhere, postgres.Err(err)
	}
	return finished, nil
}

// finish says that the index is whole. How common words are decides how they are looked for, so that is found out first;
// and somebody may have been in a rush before.
func finish(ctx context.Context, db postgres.DB) error {
	if err := wait(ctx, db, usually); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, `/* search.analyze */ analyze product_search`); err != nil {
		return postgres.Err(err)
	}
	_, err := db.Exec(ctx, `/* search.set_version */ update search_index set version = $1 where version < $1`, Version)
	return postgres.Err(err)
}

// How many kilobytes of new words wait in a list, which every search reads, until they are put into the index of words all
// at once.
const (
	usually = 256
	rushed  = 8192
)

// wait lets so much wait, from now on; only the owner of the index may say so.
func wait(ctx context.Context, db postgres.DB, kilobytes int) error {
	var leave bool
	err := db.QueryRow(ctx, `/* search.waiting */
select coalesce($1 = any (reloptions), false) or not pg_has_role(relowner, 'usage') from pg_class where oid = 'product_search_words'::regclass`,
		fmt.Sprintf("gin_pending_list_limit=%d", kilobytes)).Scan(&leave)
	if err != nil || leave {
		return postgres.Err(err)
	}
	if _, err = db.Exec(ctx, fmt.Sprintf(`/* search.wait */ alter index product_search_words set (gin_pending_list_limit = %d)`, kilobytes)); err != nil {
		return postgres.Err(err)
	}
	_, err = db.Exec(ctx, `/* search.put_in */ select gin_clean_pending_list('product_search_words')`)
	return postgres.Err(err)
}

// rewriteAll writes products into the index, some to a hand.
func (m *memo) rewriteAll(ctx context.Context, db postgres.DB, list []indexed, batch int) error {
	group, ctx := errgroup.WithContext(ctx)
	for len(list) > 0 {
		n := min(len(list), batch)
		part := list[:n]
		group.Go(func() error {
			return m.rewrite(ctx, db, part)
		})
		list = list[n:]
	}
	return group.Wait()
}

// Rebuild indexes every product that has been approved anew, whoever wrote it. It returns how many it went through.
func Rebuild(ctx context.Context, db postgres.DB) (products int, err error) {
	var after int64
	for m := newMemo(); ; {
		list, err := published(ctx, db, after, rebuildBatch)
		if err != nil || len(list) == 0 {
			return products, err
		}
		if err := m.rewriteAll(ctx, db, list, rebuildBatch); err != nil {
			return products, err
		}
		products += len(list)
		after = list[len(list)-1].ID
	}
}
