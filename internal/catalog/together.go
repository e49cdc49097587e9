package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/producers"
)

// What staff settle with one button is written together or not at all. Each part has its own rule and its own line in
// the audit trail; parts that stay as they were have none.

// Terms are what staff settle about a product besides its texts and prices.
type Terms struct {
	CategoryID int64
	HS         string   // six digits, or empty
	Markets    []string // where it may be sold
	Season     Season
}

// SetTerms writes those terms of a product that differ from what was before, in the name of staff account by.
// *errs.Fields: category, hs, markets, season_from.
func (s *Service) SetTerms(ctx context.Context, by, productID int64, before, after Terms) error {
	return s.together(ctx, func(in *Service) error {
		if after.HS != before.HS {
			if err := in.SetHS(ctx, by, productID, after.HS); err != nil {
				return err
			}
		}
		if after.CategoryID != before.CategoryID {
			if err := in.Recategorise(ctx, by, productID, after.CategoryID); err != nil {
				return err
			}
		}
		if after.Season != before.Season {
			if err := in.ChangeSeason(ctx, by, productID, after.Season); err != nil {
				return err
			}
		}
		if sameCodes(before.Markets, after.Markets) {
			return nil
		}
		return in.SetMarkets(ctx, by, productID, after.Markets)
	})
}

func sameCodes(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	there := make(map[string]bool, len(a))
	for _, code := range a {
		there[code] = true
	}
	for _, code := range b {
		if !there[code] {
			return false
		}
	}
	return true
}

// SaveWords writes what buyers read in one language: the text, and what variants are called in it. *errs.Fields as
// SaveText and SaveLabel give them.
func (s *Service) SaveWords(ctx context.Context, by, productID int64, edit TextEdit, labels []Label) error {
	return s.together(ctx, func(in *Service) error {
		for _, l := range labels {
			if err := in.SaveLabel(ctx, by, productID, l); err != nil {
				return err
			}
		}
		return in.SaveText(ctx, by, productID, edit)
	})
}

// SetHandPrices sets several prices by hand; those of 0 go back to the market's rule. *errs.Fields (price).
func (s *Service) SetHandPrices(ctx context.Context, by, productID int64, prices []HandPrice) error {
	return s.together(ctx, func(in *Service) error {
		for _, p := range prices {
			if err := in.SetHandPrice(ctx, by, productID, p.VariantID, p.Market, p.PriceMinor); err != nil {
				return err
			}
		}
		return nil
	})
}

// SaveProfile writes what a producer says about herself, and brings lists and search of her products to her new place.
// Errors are those of producers.Service.SaveProfile.
func (s *Service) SaveProfile(ctx context.Context, by Maker, p producers.Profile) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := producers.New(tx, s.clock).SaveProfile(ctx, by.AccountID, by.ProducerID, p); err != nil {
			return err
		}
		return s.RefreshProducer(ctx, tx, by.ProducerID)
	})
}

// ApproveProducerWords lets buyers read what a producer wrote about herself, and search know her new name. Errors are
// those of producers.Service.ApproveWords.
func (s *Service) ApproveProducerWords(ctx context.Context, by, producerID int64, seen time.Time) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := producers.New(tx, s.clock).ApproveWords(ctx, by, producerID, seen); err != nil {
			return err
		}
		return s.RefreshProducer(ctx, tx, producerID)
	})
}

// TranslateProducer writes what buyers read of a producer in one language, in the name of staff account by, and lets
// search know her name in it.
func (s *Service) TranslateProducer(ctx context.Context, by, producerID int64, lang i18n.Lang, t producers.Text) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := producers.New(tx, s.clock).SaveTranslation(ctx, by, producerID, lang, t); err != nil {
			return err
		}
		return s.RefreshProducer(ctx, tx, producerID)
	})
}

func (s *Service) together(ctx context.Context, f func(in *Service) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error { return f(New(tx, s.clock, s.index)) })
}
