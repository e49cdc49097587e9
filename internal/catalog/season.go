package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Season is when there is some of a product, from the beginning of one month to the end of another; it may go over the
// turn of the year. The zero Season is all year.
type Season struct{ From, To time.Month }

// All reports whether it is all year.
func (s Season) All() bool { return s == Season{} }

// Holds reports whether a month lies in the season; every month lies in all year.
func (s Season) Holds(m time.Month) bool {
	if s.From <= s.To {
		return s.All() || s.From <= m && m <= s.To
	}
	return m >= s.From || m <= s.To
}

// plain is the season as it is kept: twelve months are all year.
func (s Season) plain() Season {
	const months = 12
	if (s.To-s.From+months)%months == months-1 {
		return Season{}
	}
	return s
}

func (s Season) validate() error {
	month := func(m time.Month) bool { return m >= time.January && m <= time.December }
	if s.All() || month(s.From) && month(s.To) {
		return nil
	}
	var wrong errs.Fields
	wrong.Add("season_from", "errors.choose")
	return wrong.Err()
}

// bit is a month among the bits of a season, as listings keep them.
func bit(m time.Month) int { return 1 << (m - 1) }

// SetSeason says when there is some of a product. Like price and stock it is hers to change at any time.
// *errs.Fields: season_from.
func (s *Service) SetSeason(ctx context.Context, by Maker, productID int64, season Season) error {
	if err := season.validate(); err != nil {
		return err
	}
	return s.change(ctx, by, productID, func(tx pgx.Tx, h head) (calls, error) {
		changed, err := setSeason(ctx, tx, h.ID, season.plain())
		if err != nil || !changed {
			return forNothing, err
		}
		return forPrices, nil
	})
}

// ChangeSeason is SetSeason in the name of staff account by.
func (s *Service) ChangeSeason(ctx context.Context, by, productID int64, season Season) error {
	if err := season.validate(); err != nil {
		return err
	}
	season = season.plain()
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		changed, err := setSeason(ctx, tx, h.ID, season)
		if err != nil || !changed {
			return err
		}
		detail := map[string]any{"from": int(season.From), "to": int(season.To)}
		if err := audit(ctx, tx, by, "product.season_set", h.ID, detail); err != nil {
			return err
		}
		return s.Refresh(ctx, tx, h.ID)
	})
}

func setSeason(ctx context.Context, tx pgx.Tx, productID int64, season Season) (changed bool, err error) {
	tag, err := tx.Exec(ctx, `/* catalog.set_season */
update products set season_from = nullif($2::int, 0), season_to = nullif($3::int, 0)
where id = $1 and (coalesce(season_from, 0), coalesce(season_to, 0)) <> ($2::int, $3::int)`, productID, int(season.From), int(season.To))
	return tag.RowsAffected() > 0, postgres.Err(err)
}
