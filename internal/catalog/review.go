package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// UnderReview is a listing side by side: what the producer wrote, and what buyers read or will read.
type UnderReview struct {
	Product    Product
	Texts      map[i18n.Lang]Text // as buyers read them, drafts included
	Labels     []Label            // of variants, in every language
	Markets    []string           // where the programme lets it be sold
	HandPrices []HandPrice
	Quotes     []Offer // what each variant costs in each chosen market, or would once approved
	History    []Review
	// Next is the listing that waits longest besides this one; 0 when none does.
	Next int64
}

// Label is what a variant is called in a language.
type Label struct {
	VariantID int64
	Lang      i18n.Lang
	Label     string
}

// HandPrice is a price set by staff for one market.
type HandPrice struct {
	VariantID  int64
	Market     string
	PriceMinor int64
	SetAt      time.Time
	// Lapsed: the producer asks more than when it was set, or it no longer brings in what she asks. The market's rule
	// holds until it is set again.
	Lapsed bool
}

// ForReview returns a listing in any state for the desk, or errs.NotFound.
func (s *Service) ForReview(ctx context.Context, productID int64) (UnderReview, error) {
	p, err := s.product(ctx, productID, 0)
	if err != nil {
		return UnderReview{}, err
	}
	u := UnderReview{Product: p}
	var texts []Text
	var next []struct{ ID int64 }
	var markets []struct{ Market string }
	batch := &pgx.Batch{}
	many(batch, &texts, sqlTexts, p.ID)
	many(batch, &u.Labels, `/* catalog.labels */
select t.variant_id, t.lang, t.label from variant_texts t join variants v on v.id = t.variant_id
where v.product_id = $1 order by t.variant_id, t.lang`, p.ID)
	many(batch, &markets, `/* catalog.product_markets */
select m.market from product_markets m join markets k on k.code = m.market where m.product_id = $1 order by k.position, k.code`, p.ID)
	many(batch, &u.HandPrices, `/* catalog.hand_prices */
select h.variant_id, h.market, h.price_minor, h.set_at, v.price_minor > h.base_minor or v.currency <> h.base as lapsed
from variant_market_prices h join variants v on v.id = h.variant_id
where v.product_id = $1 order by h.market, h.variant_id`, p.ID)
	many(batch, &next, `/* catalog.next_in_queue */
select id from products where state = 'submitted' and id <> $1 order by submitted_at, id limit 1`, p.ID)
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return UnderReview{}, postgres.Err(err)
	}
	u.Texts = make(map[i18n.Lang]Text, len(texts))
	for _, t := range texts {
		u.Texts[t.Lang] = t
	}
	for _, m := range markets {
		u.Markets = append(u.Markets, m.Market)
	}
	for _, n := range next {
		u.Next = n.ID
	}
	if u.History, err = s.history(ctx, p.ID, 0); err != nil {
		return UnderReview{}, err
	}
	u.Quotes, err = s.quote(ctx, s.db, p.ID)
	u.markLapsed()
	return u, err
}

// markLapsed marks the prices set by hand in whose place the rule's is quoted.
func (u *UnderReview) markLapsed() {
	for i := range u.HandPrices {
		h := &u.HandPrices[i]
		for _, q := range u.Quotes {
			if q.Market == h.Market && q.VariantID == h.VariantID && !q.ByHand {
				h.Lapsed = true
			}
		}
	}
}

const sqlTexts = `/* catalog.texts */
select lang, name, summary, story, composition, state, updated_at from product_texts where product_id = $1 order by lang`
