package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/checkout"
	"awil/internal/orders"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// fill copies paid orders until the ledger has so many entries, those of one
// producer among them. The copies are what the shop would have written: each
// differs from a real order in numbers and names only.
func (r *run) fill(ctx context.Context, producer int64, hers, entries int) error {
	r.say("filling the ledger to %s entries", grouped(int64(entries)))
	if err := r.deliver(ctx); err != nil {
		return fmt.Errorf("deliver the orders to copy: %w", err)
	}
	if _, err := r.db.Exec(ctx, `/* bench.past_triggers */ set session_replication_role = replica`); err != nil {
		return fmt.Errorf("fill the ledger: %w", err)
	}
	err := r.copy(ctx, share{producer: producer}, hers)
	if err == nil {
		err = r.copy(ctx, share{producer: producer, others: true}, entries)
	}
	if err != nil {
		return fmt.Errorf("fill the ledger: %w", err)
	}
	// What the server does by itself after so much is not what is measured.
	for _, sql := range []string{"reset session_replication_role", "vacuum analyze", "checkpoint"} {
		if _, err := r.db.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// ledgerEntries counts entries: of a producer's accounts, or (0) all.
const ledgerEntries = `/* bench.ledger_entries */
select count(*) from ledger_entries e join ledger_accounts a on a.id = e.account_id where $1::bigint = 0 or a.producer_id = $1`

// sampleEntries counts them in the sample.
const sampleEntries = `/* bench.sample_entries */
select count(*) from sample_ledger_entries e join ledger_accounts a on a.id = e.account_id where $1::bigint = 0 or a.producer_id = $1`

// copy copies the orders of a producer until her accounts have so many entries,
// or those of all others until all accounts together have.
func (r *run) copy(ctx context.Context, of share, entries int) error {
	base, size, err := r.sample(ctx, of)
	if err != nil {
		return err
	}
	counted := of.producer
	if of.others {
		counted = 0
	}
	have, err := r.count(ctx, ledgerEntries, counted)
	if err != nil {
		return err
	}
	each, err := r.count(ctx, sampleEntries, counted)
	if err != nil {
		return err
	}
	if each == 0 {
		return fmt.Errorf("there is no paid order to copy: %+v", of)
	}
	times := max(0, (entries-have+each-1)/each)
	for _, s := range samples {
		columns, err := r.columns(ctx, s.table)
		if err != nil {
			return err
		}
		if _, err := r.db.Exec(ctx, s.copies(columns, base, size), times); err != nil {
			return fmt.Errorf("copy %s: %w", s.table, err)
		}
		if !s.numbered() {
			continue
		}
		if _, err := r.db.Exec(ctx, s.after()); err != nil {
			return fmt.Errorf("number %s: %w", s.table, err)
		}
	}
	for _, s := range samples {
		if _, err := r.db.Exec(ctx, "drop table sample_"+s.table); err != nil {
			return fmt.Errorf("drop the sample: %w", err)
		}
	}
	return nil
}

// columns are those of a table that are not worked out.
func (r *run) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := r.db.Query(ctx, `/* bench.columns */
select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`, table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	return list, nil
}

// sample puts aside what is to be copied, and says what the last id of each
// table is and how many rows of it the sample has.
func (r *run) sample(ctx context.Context, of share) (base, size map[string]int64, err error) {
	base, size = map[string]int64{}, map[string]int64{}
	for _, s := range samples {
		if _, err := r.db.Exec(ctx, s.pick(of)); err != nil {
			return nil, nil, fmt.Errorf("sample %s: %w", s.table, err)
		}
		if !s.numbered() {
			continue
		}
		var last, rows int64
		sql := fmt.Sprintf("select (select coalesce(max(id), 0) from %[1]s), (select count(*) from sample_%[1]s)", s.table)
		if err := r.db.QueryRow(ctx, sql).Scan(&last, &rows); err != nil {
			return nil, nil, fmt.Errorf("sample %s: %w", s.table, err)
		}
		base[s.table], size[s.table] = last, rows
	}
	return base, size, nil
}

// deliver lets the first paid order of each product arrive, and makes what
// their producers earned payable: so that copies of them are whole stories.
func (r *run) deliver(ctx context.Context) error {
	pool, err := postgres.Open(ctx, r.pg.URL(), postgres.Options{ApplicationName: "awil-bench"})
	if err != nil {
		return err
	}
	defer pool.Close()
	queue, err := jobs.New(pool, jobs.Config{})
	if err != nil {
		return err
	}
	if _, err := r.db.Exec(ctx, `/* bench.hold */ update programme set hold_days = 0`); err != nil {
		return fmt.Errorf("hold nothing back: %w", err)
	}
	rows, err := r.db.Query(ctx, `/* bench.first_parcels */
select distinct on (l.variant_id) p.id, p.producer_id,
       coalesce((select min(m.account_id) from producer_members m where m.producer_id = p.producer_id), (select min(id) from accounts))
from orders o join parcels p on p.order_id = o.id join order_lines l on l.parcel_id = p.id
where o.payment_method = 'payme' and o.status = 'paid' order by l.variant_id, o.id`)
	if err != nil {
		return fmt.Errorf("list parcels: %w", err)
	}
	var parcel, producer, member int64
	var all [][3]int64
	_, err = pgx.ForEachRow(rows, []any{&parcel, &producer, &member}, func() error {
		all = append(all, [3]int64{parcel, producer, member})
		return nil
	})
	if err != nil {
		return fmt.Errorf("list parcels: %w", err)
	}
	list := orders.New(pool, queue, time.Now)
	for _, one := range all {
		parcel, producer, member := one[0], one[1], one[2]
		if err := list.MarkPacked(ctx, producer, member, parcel); err != nil {
			return err
		}
		if err := list.MarkShipped(ctx, producer, member, parcel, "", ""); err != nil {
			return err
		}
		if err := list.Deliver(ctx, parcel, orders.Actor{Kind: orders.Buyer}); err != nil {
			return err
		}
	}
	_, err = checkout.New(checkout.Config{DB: pool, Queue: queue, Clock: time.Now}).ReleaseEarnings(ctx)
	return err
}
