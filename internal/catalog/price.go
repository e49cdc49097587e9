package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Offer is what a variant costs in a market now, and how that came about.
type Offer struct {
	Market    string
	VariantID int64
	ProductID int64
	Price     money.Amount // in the market's currency
	Base      money.Amount // what the producer asks, in hers
	// Rate is in major units of the market's currency for one of the producer's, and RateDate the day it took effect;
	// one and nil where the currencies are the same.
	Rate     money.Rate
	RateDate *time.Time
	ByHand   bool // set by staff instead of the market's rule
}

// asked is a variant and a market it is to be priced for.
type asked struct {
	Market        string
	VariantID     int64
	ProductID     int64
	BaseMinor     int64
	Base          money.Currency
	HandMinor     *int64
	HandBaseMinor *int64 // what the producer asked when that was set, and in what
	HandBase      *money.Currency
}

const sqlAsked = `
select k.code as market, v.id as variant_id, v.product_id, v.price_minor as base_minor, v.currency as base,
       h.price_minor as hand_minor, h.base_minor as hand_base_minor, h.base as hand_base
from products p
join producers m on m.id = p.producer_id
join variants v on v.product_id = p.id and v.active
join product_markets pm on pm.product_id = p.id
join markets k on k.code = pm.market and k.active
left join variant_market_prices h on h.variant_id = v.id and h.market = k.code
where p.id = any ($1) `

// sqlForSale narrows sqlAsked to what buyers may see.
const sqlForSale = `
  and m.state = 'active' and p.published_at is not null and p.state in ('submitted', 'changes_requested', 'approved')`

const sqlAskedOrder = ` order by k.position, k.code, v.product_id, v.position, v.id`

// quote works out what each variant of a product costs in each market chosen for it, whether it is for sale yet or not.
func (s *Service) quote(ctx context.Context, db postgres.DB, productID int64) ([]Offer, error) {
	return s.offers(ctx, db, `/* catalog.quote */`+sqlAsked+sqlAskedOrder, []int64{productID})
}

// offers prices what the statement asks for, by the rules and rates that hold now.
func (s *Service) offers(ctx context.Context, db postgres.DB, sql string, productIDs []int64) ([]Offer, error) {
	rows, err := db.Query(ctx, sql, productIDs)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[asked])
	if err != nil || len(list) == 0 {
		return nil, postgres.Err(err)
	}
	terms, err := readTerms(ctx, markets.New(db, s.clock), s.now())
	if err != nil {
		return nil, err
	}
	var offers []Offer
	for _, a := range list {
		offer, ok, err := terms.offer(a)
		if err != nil {
			return nil, fmt.Errorf("variant %d in %s: %w", a.VariantID, a.Market, err)
		}
		if ok {
			offers = append(offers, offer)
		}
	}
	return offers, nil
}

// terms are the rules and rates of a moment.
type terms struct {
	rules map[string]markets.PriceRule
	rates markets.Rates
}

func readTerms(ctx context.Context, m *markets.Service, now time.Time) (terms, error) {
	list, err := m.All(ctx)
	if err != nil {
		return terms{}, err
	}
	rules := make(map[string]markets.PriceRule, len(list))
	for _, market := range list {
		rules[market.Code] = market.Rule()
	}
	rates, err := m.RatesOn(ctx, now)
	return terms{rules: rules, rates: rates}, err
}

// offer prices one variant for one market. Without an exchange rate there is no offer, not even at a price set by hand:
// what the maker gets of it could not be told.
func (t terms) offer(a asked) (Offer, bool, error) {
	rule, known := t.rules[a.Market]
	rate, rated := t.rates.Between(a.Base, rule.Currency)
	if !known || !rated {
		return Offer{}, false, nil
	}
	o := Offer{Market: a.Market, VariantID: a.VariantID, ProductID: a.ProductID, Base: money.New(a.BaseMinor, a.Base),
		Rate: rate.Rate, RateDate: rate.ValidFrom}
	hand, holds, err := a.hand(rule.Currency, rate.Rate)
	if err != nil {
		return Offer{}, false, err
	}
	if holds {
		o.Price, o.ByHand = hand, true
		return o, true, nil
	}
	o.Price, err = rule.Price(o.Base, rate.Rate)
	return o, err == nil, err
}

// hand is the price set by hand and whether it holds: only while the producer asks no more than she did when it was
// set, and while it brings in what she asks. Otherwise a sale at it would owe her more than the buyer paid.
func (a asked) hand(currency money.Currency, rate money.Rate) (price money.Amount, holds bool, err error) {
	if a.HandMinor == nil || *a.HandBase != a.Base || a.BaseMinor > *a.HandBaseMinor {
		return money.Amount{}, false, nil
	}
	price = money.New(*a.HandMinor, currency)
	holds, err = markets.Covers(price, money.New(a.BaseMinor, a.Base), rate)
	return price, holds, err
}
