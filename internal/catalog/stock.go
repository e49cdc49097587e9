package catalog

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Line is a number of pieces of a variant.
type Line struct {
	VariantID int64
	Quantity  int
}

// Short says of a line of Take that there is not enough.
type Short struct {
	VariantID int64
	Wanted    int
	Left      int // free to sell; 0 also for a variant that is sold no more
}

const sqlTake = `/* catalog.take */
update variants v set stock = v.stock - l.quantity
from unnest($1::bigint[], $2::int[]) as l (id, quantity)
where v.id = l.id and v.active and v.stock >= l.quantity`

// Take takes goods out of stock for an order, in the order's transaction: all of them, or none. Where there is not enough
// it returns those lines and what is left, and has changed nothing. Rows are locked in the order of their ids, so that
// two orders for the same goods wait for each other and never deadlock.
func (s *Service) Take(ctx context.Context, tx pgx.Tx, lines []Line) ([]Short, error) {
	lines, err := together(lines)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	ids, quantities := turned(lines)
	left, err := lockStock(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var shorts []Short
	for _, l := range lines {
		if left[l.VariantID] < l.Quantity {
			shorts = append(shorts, Short{VariantID: l.VariantID, Wanted: l.Quantity, Left: left[l.VariantID]})
		}
	}
	if len(shorts) > 0 {
		return shorts, nil
	}
	tag, err := tx.Exec(ctx, sqlTake, ids, quantities)
	if err != nil {
		return nil, postgres.Err(err)
	}
	if tag.RowsAffected() != int64(len(lines)) {
		return nil, errs.E(errs.Conflict, "stock changed under its lock")
	}
	return nil, nil
}

// Taken are the variants whose pieces a batch took out of stock.
type Taken struct{ ids []int64 }

// QueueTake adds to a batch that goods are taken out of stock for an order. Where fewer variants were taken than lines
// name, the transaction has to be rolled back; Missing says what there is too little of.
func QueueTake(b *pgx.Batch, lines []Line, into *Taken) error {
	lines, err := together(lines)
	if err != nil || len(lines) == 0 {
		return err
	}
	ids, quantities := turned(lines)
	b.Queue(sqlLockStock, ids)
	b.Queue(sqlTake+` returning v.id`, ids, quantities).Query(into.Read)
	return nil
}

// AddTake adds to a statement that one sort of goods is taken out of stock, as taken, which has a row if there were enough:
// what is written from it is written only then.
func AddTake(t *postgres.Together, l Line) error {
	if l.Quantity <= 0 {
		return errs.E(errs.Invalid, "a line needs a positive quantity")
	}
	t.Add("taken", `update variants set stock = stock - $2 where id = $1 and active and stock >= $2 returning id`, l.VariantID, l.Quantity)
	return nil
}

// Read notes the variants that were taken, which are the rows.
func (t *Taken) Read(rows pgx.Rows) (err error) {
	t.ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
	return err
}

// Missing returns the lines that QueueTake did not take, and what is left of them; none if it took all.
func (s *Service) Missing(ctx context.Context, tx pgx.Tx, lines []Line, taken Taken) ([]Short, error) {
	lines, err := together(lines)
	if err != nil {
		return nil, err
	}
	lines = slices.DeleteFunc(lines, func(l Line) bool { return slices.Contains(taken.ids, l.VariantID) })
	if len(lines) == 0 {
		return nil, nil
	}
	ids, _ := turned(lines)
	left, err := lockStock(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	shorts := make([]Short, len(lines))
	for i, l := range lines {
		shorts[i] = Short{VariantID: l.VariantID, Wanted: l.Quantity, Left: left[l.VariantID]}
	}
	return shorts, nil
}

// GiveBack puts goods of an order that will not be sent back into stock, in the transaction that ends the order.
func (s *Service) GiveBack(ctx context.Context, tx pgx.Tx, lines []Line) error {
	lines, err := together(lines)
	if err != nil || len(lines) == 0 {
		return err
	}
	ids, quantities := turned(lines)
	if _, err := lockStock(ctx, tx, ids); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `/* catalog.give_back */
update variants v set stock = v.stock + l.quantity
from unnest($1::bigint[], $2::int[]) as l (id, quantity) where v.id = l.id`, ids, quantities)
	return postgres.Err(err)
}

const sqlLockStock = `/* catalog.lock_stock */
select id, case when active then stock else 0 end as stock from variants where id = any ($1) order by id for no key update`

// lockStock locks variants in the order of their ids and returns what each has to sell.
func lockStock(ctx context.Context, tx pgx.Tx, ids []int64) (map[int64]int, error) {
	rows, err := tx.Query(ctx, sqlLockStock, ids)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		ID    int64
		Stock int
	}])
	left := make(map[int64]int, len(list))
	for _, one := range list {
		left[one.ID] = one.Stock
	}
	return left, postgres.Err(err)
}

// together sorts lines by variant and adds up those of the same one.
func together(lines []Line) ([]Line, error) {
	sum := map[int64]int{}
	for _, l := range lines {
		if l.Quantity <= 0 {
			return nil, errs.E(errs.Invalid, "a line needs a positive quantity")
		}
		sum[l.VariantID] += l.Quantity
	}
	merged := make([]Line, 0, len(sum))
	for id, quantity := range sum {
		merged = append(merged, Line{id, quantity})
	}
	slices.SortFunc(merged, func(a, b Line) int { return cmp.Compare(a.VariantID, b.VariantID) })
	return merged, nil
}

func turned(lines []Line) (ids []int64, quantities []int) {
	for _, l := range lines {
		ids, quantities = append(ids, l.VariantID), append(quantities, l.Quantity)
	}
	return ids, quantities
}
