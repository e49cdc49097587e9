package shipping

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// NewMethod is a way of sending as it is set up, with its words in every language.
type NewMethod struct {
	Market        string
	Code          string
	Kind          Kind
	Currency      money.Currency
	BaseMinor     int64
	PerKgMinor    int64
	FreeOverMinor *int64
	MaxGrams      int
	MinDays       int
	MaxDays       int
	Tracked       bool
	Position      int
	Names         map[i18n.Lang]string
	Notes         map[i18n.Lang]string
}

// Save writes a way of sending, replacing the one with the same code in the same market. Orders placed with it keep
// what they agreed.
func (s *Service) Save(ctx context.Context, m NewMethod) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `/* shipping.save */
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, free_over_minor, max_grams, min_days,
                              max_days, tracked, position)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (market, code) do update set kind = excluded.kind, currency = excluded.currency, base_minor = excluded.base_minor,
    per_kg_minor = excluded.per_kg_minor, free_over_minor = excluded.free_over_minor, max_grams = excluded.max_grams,
    min_days = excluded.min_days, max_days = excluded.max_days, tracked = excluded.tracked, position = excluded.position,
    active = true
returning id`, m.Market, m.Code, m.Kind, m.Currency, m.BaseMinor, m.PerKgMinor, m.FreeOverMinor, m.MaxGrams, m.MinDays,
			m.MaxDays, m.Tracked, m.Position).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		for lang, name := range m.Names {
			_, err := tx.Exec(ctx, `/* shipping.save_text */
insert into shipping_method_texts (method_id, lang, name, note) values ($1, $2, $3, $4)
on conflict (method_id, lang) do update set name = excluded.name, note = excluded.note`, id, lang, name, m.Notes[lang])
			if err != nil {
				return postgres.Err(err)
			}
		}
		return nil
	})
}
