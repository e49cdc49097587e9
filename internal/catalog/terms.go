package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// SetHS gives a product its code of the Harmonized System (six digits, version 2022), or takes it away when empty, in
// the name of staff account by. *errs.Fields (hs) for anything else.
func (s *Service) SetHS(ctx context.Context, by, productID int64, code string) error {
	if code != "" && !sixDigits(code) {
		var f errs.Fields
		f.Add("hs", "errors.hs")
		return f.Err()
	}
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		_, err := tx.Exec(ctx, `/* catalog.set_hs */ update products set hs_code = nullif($2, '') where id = $1`, h.ID, code)
		if err != nil {
			return postgres.Err(err)
		}
		return audit(ctx, tx, by, "product.hs_set", h.ID, map[string]any{"hs": code})
	})
}

func sixDigits(code string) bool {
	for _, r := range code {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(code) == 6
}

// Recategorise puts a product on another shelf, in the name of staff account by.
func (s *Service) Recategorise(ctx context.Context, by, productID, categoryID int64) error {
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		changed, err := setCategory(ctx, tx, h, categoryID)
		if err != nil || !changed {
			return err
		}
		if err := audit(ctx, tx, by, "product.recategorised", h.ID, map[string]any{"category": categoryID}); err != nil {
			return err
		}
		return s.publish(ctx, tx, h.ID)
	})
}

// SetMarkets says where the programme lets a product be sold, in the name of staff account by. *errs.Fields (markets)
// for a market that does not exist.
func (s *Service) SetMarkets(ctx context.Context, by, productID int64, codes []string) error {
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		batch := &pgx.Batch{}
		batch.Queue(`/* catalog.drop_markets */
delete from product_markets where product_id = $1 and market <> all ($2)`, h.ID, orEmpty(codes))
		batch.Queue(`/* catalog.set_markets */
insert into product_markets (product_id, market) select $1, unnest($2::text[]) on conflict do nothing`, h.ID, codes)
		err := tx.SendBatch(ctx, batch).Close()
		if postgres.Violates(err, "product_markets_market_fkey") {
			var f errs.Fields
			f.Add("markets", "errors.choose")
			return f.Err()
		}
		if err != nil {
			return postgres.Err(err)
		}
		if err := audit(ctx, tx, by, "product.markets_set", h.ID, map[string]any{"markets": orEmpty(codes)}); err != nil {
			return err
		}
		return s.Refresh(ctx, tx, h.ID)
	})
}

// SetHandPrice sets what a variant costs in one market instead of what its rule makes, in minor units of the market's
// currency and in the name of staff account by; 0 gives it back to the rule. The price holds while the producer asks no
// more than she does now. *errs.Fields (price) if it is too large, or would not bring in what she asks.
func (s *Service) SetHandPrice(ctx context.Context, by, productID, variantID int64, market string, minor int64) error {
	if minor < 0 || minor > maxPriceMinor {
		var f errs.Fields
		f.Add("price", "errors.too_large")
		return f.Err()
	}
	return s.decide(ctx, productID, func(tx pgx.Tx, h head) error {
		if err := ownVariant(ctx, tx, h.ID, variantID); err != nil {
			return err
		}
		var err error
		if minor == 0 {
			_, err = tx.Exec(ctx, `/* catalog.drop_hand_price */
delete from variant_market_prices where variant_id = $1 and market = $2`, variantID, market)
		} else {
			_, err = tx.Exec(ctx, `/* catalog.set_hand_price */
insert into variant_market_prices (variant_id, market, price_minor, base_minor, base, set_by, set_at)
select id, $2, $3, price_minor, currency, nullif($4, 0), $5 from variants where id = $1
on conflict (variant_id, market) do update set price_minor = excluded.price_minor, base_minor = excluded.base_minor,
    base = excluded.base, set_by = excluded.set_by, set_at = excluded.set_at`, variantID, market, minor, by, s.now())
		}
		if err != nil {
			return postgres.Err(err)
		}
		if err := s.mustHold(ctx, tx, h.ID, variantID, market, minor); err != nil {
			return err
		}
		detail := map[string]any{"variant": variantID, "market": market, "minor": minor}
		if err := audit(ctx, tx, by, "product.hand_priced", h.ID, detail); err != nil {
			return err
		}
		return s.Refresh(ctx, tx, h.ID)
	})
}

// mustHold complains of a price just set by hand that brings in less than the producer asks.
func (s *Service) mustHold(ctx context.Context, tx pgx.Tx, productID, variantID int64, market string, minor int64) error {
	if minor == 0 {
		return nil
	}
	quotes, err := s.quote(ctx, tx, productID)
	if err != nil {
		return err
	}
	var f errs.Fields
	for _, q := range quotes {
		if q.VariantID == variantID && q.Market == market && !q.ByHand {
			f.Add("price", "errors.price_below", "base", q.Base)
		}
	}
	return f.Err()
}

func audit(ctx context.Context, tx pgx.Tx, by int64, action string, productID int64, detail map[string]any) error {
	return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: action, SubjectKind: "product", SubjectID: productID, Detail: detail})
}
