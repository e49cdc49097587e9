package markets

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// Save writes a market with its names and ways to pay, replacing the one with the same code. Prices follow with the
// next catalog.Reprice.
func (s *Service) Save(ctx context.Context, m Market) error {
	defer s.Forget()
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := saveMarket(ctx, tx, m); err != nil {
			return err
		}
		if err := saveNames(ctx, tx, m.Code, m.Names); err != nil {
			return err
		}
		return saveMethods(ctx, tx, m.Code, m.Methods)
	})
}

func saveMarket(ctx context.Context, tx pgx.Tx, m Market) error {
	_, err := tx.Exec(ctx, `/* markets.save */
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor, position, active)
values ($1, $2, $3::text[], $4, $5::text[], $6, $7, $8, $9)
on conflict (code) do update set currency = excluded.currency, countries = excluded.countries,
    default_lang = excluded.default_lang, langs = excluded.langs, margin_bp = excluded.margin_bp,
    rounding_minor = excluded.rounding_minor, position = excluded.position, active = excluded.active`,
		m.Code, m.Currency, m.Countries, m.DefaultLang, m.Langs, m.MarginBP, m.RoundingMinor, m.Position, m.Active)
	return postgres.Err(err)
}

func saveNames(ctx context.Context, tx pgx.Tx, code string, names map[i18n.Lang]string) error {
	for lang, name := range names {
		_, err := tx.Exec(ctx, `/* markets.save_name */
insert into market_texts (market, lang, name) values ($1, $2, $3)
on conflict (market, lang) do update set name = excluded.name`, code, lang, name)
		if err != nil {
			return postgres.Err(err)
		}
	}
	return nil
}

func saveMethods(ctx context.Context, tx pgx.Tx, code string, methods []PaymentMethod) error {
	if _, err := tx.Exec(ctx, `/* markets.clear_methods */ delete from market_payment_methods where market = $1`, code); err != nil {
		return postgres.Err(err)
	}
	for position, p := range methods {
		_, err := tx.Exec(ctx, `/* markets.save_method */
insert into market_payment_methods (market, method, position, hold_minutes) values ($1, $2, $3, $4)`,
			code, p.Method, position, p.HoldMinutes)
		if err != nil {
			return postgres.Err(err)
		}
	}
	return nil
}
