package catalog

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Facts is what a label must say besides the composition.
type Facts struct {
	ShelfDays *int // from making, unopened; nil where nothing spoils
	Storage   Storage
	Allergens Allergens
}

const longestShelfLife = 3650 // days

// SetFacts writes shelf life, storage and allergens. They hold for buyers at once, for a label must not lag behind the
// jar; the programme looks at an approved listing again. *errs.Fields: shelf_life, storage, allergens.
func (s *Service) SetFacts(ctx context.Context, by Maker, productID int64, facts Facts) error {
	facts.Allergens = facts.Allergens.sorted()
	if err := facts.validate(); err != nil {
		return err
	}
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		changed, err := setFacts(ctx, tx, h.ID, facts)
		if err != nil || !changed {
			return forNothing, err
		}
		return forReview, nil
	})
}

func (f Facts) validate() error {
	var wrong errs.Fields
	if f.ShelfDays != nil && (*f.ShelfDays < 1 || *f.ShelfDays > longestShelfLife) {
		wrong.Add("shelf_life", "errors.range", "min", 1, "max", longestShelfLife)
	}
	if !slices.Contains(Storages, f.Storage) {
		wrong.Add("storage", "errors.choose")
	}
	return wrong.Err()
}

// sorted drops doubles; what is contained need not be said to be possible too.
func (a Allergens) sorted() Allergens {
	contains := slices.Compact(slices.Sorted(slices.Values(a.Contains)))
	may := slices.Compact(slices.Sorted(slices.Values(a.MayContain)))
	may = slices.DeleteFunc(may, func(code string) bool { return slices.Contains(contains, code) })
	return Allergens{Contains: contains, MayContain: may}
}

func setFacts(ctx context.Context, tx pgx.Tx, productID int64, facts Facts) (changed bool, err error) {
	tag, err := tx.Exec(ctx, `/* catalog.set_facts */
update products set shelf_life_days = $2, storage = $3
where id = $1 and (shelf_life_days, storage) is distinct from ($2, $3)`, productID, facts.ShelfDays, facts.Storage)
	if err != nil {
		return false, postgres.Err(err)
	}
	allergens, err := setAllergens(ctx, tx, productID, facts.Allergens)
	return tag.RowsAffected() > 0 || allergens, err
}

func setAllergens(ctx context.Context, tx pgx.Tx, productID int64, a Allergens) (changed bool, err error) {
	codes := slices.Concat(a.Contains, a.MayContain)
	kinds := slices.Concat(slices.Repeat([]string{"contains"}, len(a.Contains)), slices.Repeat([]string{"may_contain"}, len(a.MayContain)))
	gone, err := tx.Exec(ctx, `/* catalog.drop_allergens */
delete from product_allergens where product_id = $1 and allergen <> all ($2)`, productID, orEmpty(codes))
	if err != nil {
		return false, postgres.Err(err)
	}
	come, err := tx.Exec(ctx, `/* catalog.set_allergens */
insert into product_allergens (product_id, allergen, kind)
select $1, * from unnest($2::text[], $3::text[])
on conflict (product_id, allergen) do update set kind = excluded.kind where product_allergens.kind <> excluded.kind`,
		productID, codes, kinds)
	if postgres.Violates(err, "product_allergens_allergen_fkey") {
		var f errs.Fields
		f.Add("allergens", "errors.choose")
		return false, f.Err()
	}
	if err != nil {
		return false, postgres.Err(err)
	}
	return gone.RowsAffected()+come.RowsAffected() > 0, nil
}

// orEmpty sends no elements as an empty array, where nil would be null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
