package fill

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// many is from how many goods on it is quicker to build indexes and check references at the end than for each row.
const many = 20000

func tableNames() []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.name
	}
	return names
}

// lock keeps others from writing what is filled, so that ids may be given out by hand. They may go on reading, but where
// references and indexes are taken off (quiet): then they wait until all is done.
func lock(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{
		"set local statement_timeout = 0",
		"set local idle_in_transaction_session_timeout = 0", // goods take their time to make on a busy machine
		"set local maintenance_work_mem = '512MB'",
		"set local work_mem = '128MB'",
		"lock table " + strings.Join(tableNames(), ", ") + ", villages, generated_goods in share row exclusive mode",
	} {
		if _, err := tx.Exec(ctx, "/* fill.lock */ "+sql); err != nil {
			return postgres.Err(err)
		}
	}
	return nil
}

// reserve takes the ids of all that will be made out of their sequences.
func (f *filler) reserve(ctx context.Context, tx pgx.Tx, n int) error {
	goods, makers := n-f.first, (n+perMaker-1)/perMaker-f.firstMaker
	for _, of := range []struct {
		table string
		count int
		base  *int64
	}{{"products", goods, &f.productBase}, {"producers", makers, &f.producerBase}, {"variants", goods * mostSizes, &f.variantBase}} {
		err := tx.QueryRow(ctx, `/* fill.reserve */
select setval(s, nextval(s) + $2) - $2 from pg_get_serial_sequence($1, 'id') as s`, of.table, of.count).Scan(of.base)
		if err != nil {
			return postgres.Err(err)
		}
	}
	return nil
}

// undo is what was taken off a table, and how it is put on again.
type undo struct{ Drop, Restore, About string }

// sqlTriggers are those that would tell of every row; at the end everything has changed, which is told once.
const sqlTriggers = `/* fill.triggers */
select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) as drop,
       format('alter table %s enable trigger %I', t.tgrelid::regclass, t.tgname) as restore, 'triggers' as about
from pg_trigger t where t.tgrelid = any ($1::regclass[]) and not t.tgisinternal and t.tgname like 'tell\_%' and t.tgenabled = 'O'`

// sqlReferences are checked for all rows at once when they are put on again.
const sqlReferences = `/* fill.references */
select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname) as drop,
       format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as restore,
       'references of ' || c.conrelid::regclass as about
from pg_constraint c where c.conrelid = any ($1::regclass[]) and c.contype = 'f' order by c.conrelid::regclass::text, c.conname`

// sqlIndexes are all but those that constraints need: the keys of what is added come in their order, and cost little.
const sqlIndexes = `/* fill.indexes */
select format('drop index %s', i.indexrelid::regclass) as drop, pg_get_indexdef(i.indexrelid) as restore,
       'indexes of ' || i.indrelid::regclass as about
from pg_index i where i.indrelid = any ($1::regclass[]) and i.indisvalid
  and not exists (select from pg_constraint c where c.conindid = i.indexrelid) order by i.indrelid::regclass::text, i.indexrelid`

// quiet takes off what would make every single row dear, and returns what puts it on again, in the same transaction: nobody
// ever sees the tables without.
func quiet(ctx context.Context, tx pgx.Tx, goods int) (restore func(func(Progress)) error, err error) {
	queries := []string{sqlTriggers}
	if goods >= many {
		queries = append(queries, sqlReferences, sqlIndexes)
	}
	var all []undo
	for _, sql := range queries {
		some, err := collect[undo](ctx, tx, sql, tableNames())
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	for _, u := range all {
		if _, err := tx.Exec(ctx, "/* fill.quiet */ "+u.Drop); err != nil {
			return nil, fmt.Errorf("%s: %w", u.Drop, postgres.Err(err))
		}
	}
	return func(progress func(Progress)) error {
		for i := len(all) - 1; i >= 0; i-- {
			progress(Progress{all[i].About, len(all) - i, len(all)})
			if _, err := tx.Exec(ctx, "/* fill.restore */ "+all[i].Restore); err != nil {
				return fmt.Errorf("%s: %w", all[i].Restore, postgres.Err(err))
			}
		}
		return nil
	}, nil
}

// tidy tells the planner what there is now. It takes longer than a statement of the program may.
func tidy(ctx context.Context, c Config) (err error) {
	conn, err := c.DB.Acquire(ctx)
	if err != nil {
		return postgres.Err(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "/* fill.take_time */ set statement_timeout = 0"); err != nil {
		return postgres.Err(err)
	}
	defer func() { // whoever has the connection next is as short of time as before, whatever became of this
		if _, reset := conn.Exec(context.WithoutCancel(ctx), "/* fill.as_before */ reset statement_timeout"); reset != nil {
			err = errors.Join(err, postgres.Err(reset), conn.Conn().Close(context.WithoutCancel(ctx)))
		}
	}()
	names := append(tableNames(), "villages", "village_texts", "search_words", "listing_counts")
	for i, name := range names {
		c.Progress(Progress{"statistics of " + name, i + 1, len(names)})
		if _, err := conn.Exec(ctx, "/* fill.tidy */ vacuum (analyze) "+name); err != nil {
			return postgres.Err(err)
		}
	}
	return nil
}
