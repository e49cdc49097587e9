package catalog

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Seen is what a producer's page showed of a variant when she began to change it. Buyers go on buying while she types:
// what she writes is understood from what she saw.
type Seen struct {
	PriceMinor int64
	Stock      int
	At         time.Time // Product.UpdatedAt: when she, or the programme, had last changed the listing
}

// ShelfEdit is what a producer says about price and stock of a variant.
type ShelfEdit struct {
	VariantID  int64
	PriceMinor int64 // in the producer's currency
	Stock      int   // pieces there to sell
	Seen       Seen
}

// SetShelf changes prices and stock of variants, all or none; what she left as she saw it stays as it is now. Both hold
// at once, in every market. Of stock the difference counts: pieces sold since she looked are not for sale again. If that
// cannot be worked out, for more were sold than she has left or the listing was changed from elsewhere, she has to look
// again. *errs.Fields with a variant's id behind the name: price_7 if that is no price, or buyers see the listing and it
// is too far from the price before; stock_7 with errors.stock_moved and what is there now, or if that cannot be.
func (s *Service) SetShelf(ctx context.Context, by Maker, productID int64, edits ...ShelfEdit) error {
	var f errs.Fields
	for _, e := range edits {
		var own errs.Fields
		checkPrice(&own, e.PriceMinor)
		checkStock(&own, e.Stock)
		e.complain(&f, own.Err())
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		shelf, err := lockShelf(ctx, tx, h, edits)
		if err != nil {
			return forNothing, err
		}
		then := forNothing
		for _, e := range edits {
			changed, err := setShelf(ctx, tx, by, h, shelf[e.VariantID], e)
			if err := e.complain(&f, err); err != nil {
				return forNothing, err
			}
			if changed {
				then = forPrices
			}
		}
		return then, f.Err()
	})
}

// complain puts complaints about one variant under its own names; another error comes back.
func (e ShelfEdit) complain(f *errs.Fields, err error) error {
	var own *errs.Fields
	if !errors.As(err, &own) {
		return err
	}
	for _, one := range own.All() {
		f.Add(one.Name+"_"+strconv.FormatInt(e.VariantID, 10), one.Key, one.Args...)
	}
	return nil
}

// onShelf is how a variant stands while its row is locked.
type onShelf struct {
	ID         int64
	PriceMinor int64
	Currency   money.Currency
	Stock      int
}

// lockShelf locks variants of a listing in the order of their ids, as orders do.
func lockShelf(ctx context.Context, tx pgx.Tx, h head, edits []ShelfEdit) (map[int64]onShelf, error) {
	ids := make([]int64, len(edits))
	for i, e := range edits {
		ids[i] = e.VariantID
	}
	rows, err := tx.Query(ctx, `/* catalog.lock_shelf */
select id, price_minor, currency, stock from variants where id = any ($1) and product_id = $2 and active order by id
for no key update`, ids, h.ID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[onShelf])
	if err != nil {
		return nil, postgres.Err(err)
	}
	shelf := make(map[int64]onShelf, len(list))
	for _, one := range list {
		shelf[one.ID] = one
	}
	for _, id := range ids {
		if _, there := shelf[id]; !there {
			return nil, errs.E(errs.NotFound, "no such variant")
		}
	}
	return shelf, nil
}

func setShelf(ctx context.Context, tx pgx.Tx, by Maker, h head, now onShelf, e ShelfEdit) (changed bool, err error) {
	stock, err := restock(h, now, e)
	if err != nil {
		return false, err
	}
	price, currency := now.PriceMinor, now.Currency
	if asksPrice(h, e) {
		price, currency = e.PriceMinor, h.Currency
	}
	if price == now.PriceMinor && currency == now.Currency && stock == now.Stock {
		return false, nil
	}
	if err := jump(h, now, price, currency); err != nil {
		return false, err
	}
	if _, err = tx.Exec(ctx, `/* catalog.set_shelf */
update variants set price_minor = $2, currency = $3, stock = stock + $4 where id = $1`, now.ID, price, currency, stock-now.Stock); err != nil {
		return false, postgres.Err(err)
	}
	if price == now.PriceMinor && currency == now.Currency {
		return true, nil
	}
	return true, accounts.Audit(ctx, tx, accounts.Event{AccountID: by.AccountID, Action: "product.priced",
		SubjectKind: "product", SubjectID: h.ID, Detail: map[string]any{"variant": now.ID, "minor": price, "currency": currency}})
}

// asksPrice reports whether she asks for a price, rather than sends along what she saw. A listing nobody sees is saved
// while she types: there the last word counts, also when it is the first one again.
func asksPrice(h head, e ShelfEdit) bool { return !h.live() || e.PriceMinor != e.Seen.PriceMinor }

// restock works out what there is to sell after an edit. A form may arrive twice, and then later than a sale: the
// difference counts only while nobody but buyers has changed anything since she looked.
func restock(h head, now onShelf, e ShelfEdit) (int, error) {
	var f errs.Fields
	stock := e.Stock
	switch {
	case h.UpdatedAt.Equal(e.Seen.At):
		stock = now.Stock + e.Stock - e.Seen.Stock
	case !h.live(): // nobody buys it
	case e.Stock == e.Seen.Stock, e.Stock == now.Stock:
		stock = now.Stock
	default:
		stock = -1
	}
	switch {
	case stock < 0:
		f.Add("stock", "errors.stock_moved", "n", now.Stock)
	case stock != now.Stock:
		checkStock(&f, stock)
	}
	return stock, f.Err()
}

// maxJump is how many times as much, or how small a part, a price that buyers see may become at once. More is a slip of
// the thumb, or for the programme to look at first.
const maxJump = 3

// jump complains of a new price of a variant that is too far from the one buyers see. A listing they do not see has
// none: it is looked at before they do.
func jump(h head, now onShelf, minor int64, currency money.Currency) error {
	var f errs.Fields
	if h.live() && currency == now.Currency && (minor > now.PriceMinor*maxJump || minor*maxJump < now.PriceMinor) {
		f.Add("price", "errors.price_jump", "now", money.New(now.PriceMinor, now.Currency))
	}
	return f.Err()
}
