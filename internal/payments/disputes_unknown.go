package payments

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

const sqlUnknownDisputes = `/* payments.unknown_disputes */
select r.ref from unnest($2::text[]) with ordinality as r (ref, n)
where not exists (select from disputes d where d.provider = $1 and d.provider_ref = r.ref) order by r.n`

// UnknownDisputes returns those of a provider's disputes that are not written
// down here.
func (s *Service) UnknownDisputes(ctx context.Context, provider Provider, refs []string) ([]string, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	rows, err := s.db.Query(ctx, sqlUnknownDisputes, provider, refs)
	if err != nil {
		return nil, postgres.Err(err)
	}
	unknown, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return unknown, postgres.Err(err)
}
