package catalog

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// The bounds of a variant.
const (
	MaxVariants    = 30
	MaxStock       = 100_000
	MaxWeightGrams = 30_000
	maxNet         = 1_000_000
	maxPriceMinor  = 1_000_000_000_000
)

// VariantEdit is what a producer says about one size or colour of her product.
type VariantEdit struct {
	ID          int64 // 0 for a new one
	NetQuantity *int  // in NetUnit, as on the label; nil where the piece says it all
	NetUnit     Unit
	WeightGrams int   // packed, for shipping
	PriceMinor  int64 // in the producer's currency
	Stock       int
	Label       string // size or colour in her own language; may be empty
	// Seen is what she saw of an existing variant, as SetShelf has it; without it price and stock stay as they are.
	Seen *Seen
}

func (e VariantEdit) validate() error {
	var f errs.Fields
	checkPrice(&f, e.PriceMinor)
	checkStock(&f, e.Stock)
	if e.WeightGrams < 1 || e.WeightGrams > MaxWeightGrams {
		f.Add("weight", "errors.range", "min", 1, "max", MaxWeightGrams)
	}
	if e.NetQuantity != nil && (*e.NetQuantity < 1 || *e.NetQuantity > maxNet) {
		f.Add("net_quantity", "errors.range", "min", 1, "max", maxNet)
	}
	if !slices.Contains(Units, e.NetUnit) {
		f.Add("net_unit", "errors.choose")
	}
	if utf8.RuneCountInString(e.Label) > MaxLabel {
		f.Add("label", "errors.too_long", "n", MaxLabel)
	}
	return f.Err()
}

func checkPrice(f *errs.Fields, minor int64) {
	switch {
	case minor <= 0:
		f.Add("price", "errors.required")
	case minor > maxPriceMinor:
		f.Add("price", "errors.too_large")
	}
}

func checkStock(f *errs.Fields, stock int) {
	if stock < 0 || stock > MaxStock {
		f.Add("stock", "errors.range", "min", 0, "max", MaxStock)
	}
}

// SaveVariant adds or changes a variant. Price, stock and weight hold at once, price and stock of an existing one as
// SetShelf has it; a new variant, label or net quantity sends an approved listing to the programme again. *errs.Fields:
// price, stock, weight, net_quantity, net_unit, label.
func (s *Service) SaveVariant(ctx context.Context, by Maker, productID int64, edit VariantEdit) (variantID int64, err error) {
	edit.Label = strings.TrimSpace(edit.Label)
	if err := edit.validate(); err != nil {
		return 0, err
	}
	err = s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		if edit.ID == 0 {
			variantID, err = addVariant(ctx, tx, h, edit)
			return forReview, err
		}
		variantID = edit.ID
		return changeVariant(ctx, tx, by, h, edit)
	})
	return variantID, err
}

func addVariant(ctx context.Context, tx pgx.Tx, h head, e VariantEdit) (id int64, err error) {
	err = tx.QueryRow(ctx, `/* catalog.add_variant */
with made as (
    insert into variants (product_id, position, net_quantity, net_unit, weight_grams, price_minor, currency, stock)
    select $1, coalesce(max(position) + 1, 0), $2, $3, $4, $5, $6, $7 from variants where product_id = $1
    having count(*) filter (where active) < $8
    returning id
)
select id from made`, h.ID, e.NetQuantity, e.NetUnit, e.WeightGrams, e.PriceMinor, h.Currency, e.Stock, MaxVariants).Scan(&id)
	if err := postgres.Err(err); err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return 0, errs.E(errs.Conflict, "too many variants")
		}
		return 0, err
	}
	_, err = saveLabel(ctx, tx, id, string(h.SourceLang), e.Label)
	return id, err
}

func changeVariant(ctx context.Context, tx pgx.Tx, by Maker, h head, e VariantEdit) (calls, error) {
	if e.Seen != nil {
		on := ShelfEdit{VariantID: e.ID, PriceMinor: e.PriceMinor, Stock: e.Stock, Seen: *e.Seen}
		shelf, err := lockShelf(ctx, tx, h, []ShelfEdit{on})
		if err != nil {
			return forNothing, err
		}
		if _, err := setShelf(ctx, tx, by, h, shelf[e.ID], on); err != nil {
			return forNothing, err
		}
	}
	var reads bool
	err := tx.QueryRow(ctx, `/* catalog.change_variant */
with old as (select id, net_quantity, net_unit from variants where id = $1 and product_id = $2 and active for update)
update variants v set net_quantity = $3, net_unit = $4, weight_grams = $5
from old where v.id = old.id
returning (old.net_quantity, old.net_unit) is distinct from ($3, $4)`,
		e.ID, h.ID, e.NetQuantity, e.NetUnit, e.WeightGrams).Scan(&reads)
	if err != nil {
		return forNothing, postgres.Err(err)
	}
	labelled, err := saveLabel(ctx, tx, e.ID, string(h.SourceLang), e.Label)
	if reads || labelled {
		return forReview, err
	}
	return forPrices, err
}

// saveLabel writes a variant's label in a language; an empty one takes it away.
func saveLabel(ctx context.Context, tx pgx.Tx, variantID int64, lang, label string) (changed bool, err error) {
	sql := `/* catalog.save_label */
insert into variant_texts (variant_id, lang, label) values ($1, $2, $3)
on conflict (variant_id, lang) do update set label = excluded.label where variant_texts.label <> excluded.label`
	args := []any{variantID, lang, label}
	if label == "" {
		sql, args = `/* catalog.drop_label */ delete from variant_texts where variant_id = $1 and lang = $2`, args[:2]
	}
	tag, err := tx.Exec(ctx, sql, args...)
	return tag.RowsAffected() > 0, postgres.Err(err)
}

// RemoveVariant stops selling a variant; orders that have it keep it. The last one of a listing that waits or sells
// stays: *errs.Fields (price).
func (s *Service) RemoveVariant(ctx context.Context, by Maker, productID, variantID int64) error {
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		tag, err := tx.Exec(ctx, `/* catalog.remove_variant */
update variants set active = false where id = $1 and product_id = $2 and active`, variantID, h.ID)
		if err != nil {
			return forNothing, postgres.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return forNothing, errs.E(errs.NotFound, "no such variant")
		}
		if h.State == Approved || h.State == Submitted {
			return forPrices, complete(ctx, tx, h)
		}
		return forPrices, nil
	})
}
