package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Address is a product's page.
type Address struct {
	ID          int64
	SlugBase    string `db:"slug"`
	PublishedAt time.Time
}

// Slug is the last segment of the page's URL.
func (a Address) Slug() string { return slugWithID(a.SlugBase, a.ID) }

// AddressesPerPart is how many products a part of Addresses has at most.
const AddressesPerPart = 20_000

// AddressParts numbers the parts of a market that hold anything: each is a range of ids, so that a part stays what it is
// when goods come and go elsewhere.
func (s *Service) AddressParts(ctx context.Context, market string) ([]int64, error) {
	rows, err := s.db.Query(ctx, `/* catalog.address_parts */
select n from generate_series(0, (select coalesce(max(id), 0) from products) / $2) as n
where exists (select from listings l where l.market = $1 and l.product_id >= n * $2 and l.product_id < (n + 1) * $2) order by n`,
		market, int64(AddressesPerPart))
	if err != nil {
		return nil, postgres.Err(err)
	}
	parts, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return parts, postgres.Err(err)
}

// Addresses lists the pages of the products a market shows, of one part, by their ids.
func (s *Service) Addresses(ctx context.Context, market string, part int64) ([]Address, error) {
	rows, err := s.db.Query(ctx, `/* catalog.addresses */
select p.id, p.slug, l.published_at from listings l join products p on p.id = l.product_id
where l.market = $1 and l.product_id >= $2 and l.product_id < $3 order by l.product_id`,
		market, part*AddressesPerPart, (part+1)*AddressesPerPart)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Address])
	return list, postgres.Err(err)
}
