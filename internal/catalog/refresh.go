package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Refresh works out anew what products cost in each market and which lists show them, in the transaction that changed
// them. Pages, search and checkout read only what it wrote.
func (s *Service) Refresh(ctx context.Context, tx pgx.Tx, productIDs ...int64) error {
	if len(productIDs) == 0 {
		return nil
	}
	// Two refreshes of one product come one after the other, the later with the newer figures.
	_, err := tx.Exec(ctx, `/* catalog.refresh_lock */
select from products where id = any ($1) order by id for no key update`, productIDs)
	if err != nil {
		return postgres.Err(err)
	}
	offers, err := s.offers(ctx, tx, `/* catalog.for_sale */`+sqlAsked+sqlForSale+sqlAskedOrder, productIDs)
	if err != nil {
		return err
	}
	return writeOffers(ctx, tx, productIDs, offers)
}

const sqlDropOffers = `/* catalog.drop_offers */
delete from offers o where o.product_id = any ($1)
  and not exists (select from unnest($2::text[], $3::bigint[]) as k (market, variant_id)
                  where k.market = o.market and k.variant_id = o.variant_id)`

// What stays as it is is not written: a conflict alone marks the row, so that pricing a million goods anew of which none
// costs anything else would write them all.
const sqlWriteOffers = `/* catalog.write_offers */
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand)
select n.* from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[],
                       $8::numeric[], $9::date[], $10::boolean[])
         as n (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand)
left join offers o on o.market = n.market and o.variant_id = n.variant_id
where (o.product_id, o.price_minor, o.currency, o.base_minor, o.base, o.rate, o.rate_date, o.by_hand)
      is distinct from (n.product_id, n.price_minor, n.currency, n.base_minor, n.base, n.rate, n.rate_date, n.by_hand)
on conflict (market, variant_id) do update set product_id = excluded.product_id, price_minor = excluded.price_minor,
    currency = excluded.currency, base_minor = excluded.base_minor, base = excluded.base, rate = excluded.rate,
    rate_date = excluded.rate_date, by_hand = excluded.by_hand`

const sqlDropListings = `/* catalog.drop_listings */
delete from listings l where l.product_id = any ($1)
  and not exists (select from offers o where o.market = l.market and o.product_id = l.product_id)`

const sqlWriteListings = `/* catalog.write_listings */
insert into listings (market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at, season)
select n.* from (
    select o.market, p.id, min(o.price_minor) as from_minor, min(o.currency) as currency, p.category_id, m.village_id, m.id as producer_id,
           p.published_at, season_months(p.season_from, p.season_to) as season
    from offers o join products p on p.id = o.product_id join producers m on m.id = p.producer_id
    where o.product_id = any ($1)
    group by o.market, p.id, m.id
) n left join listings l on l.market = n.market and l.product_id = n.id
where (l.from_minor, l.currency, l.category_id, l.village_id, l.producer_id, l.published_at, l.season)
      is distinct from (n.from_minor, n.currency, n.category_id, n.village_id, n.producer_id, n.published_at, n.season)
on conflict (market, product_id) do update set from_minor = excluded.from_minor, currency = excluded.currency,
    category_id = excluded.category_id, village_id = excluded.village_id, producer_id = excluded.producer_id,
    published_at = excluded.published_at, season = excluded.season`

func writeOffers(ctx context.Context, tx pgx.Tx, productIDs []int64, offers []Offer) error {
	c := columnsOf(offers)
	batch := &pgx.Batch{}
	batch.Queue(sqlDropOffers, productIDs, c.markets, c.variants)
	batch.Queue(sqlWriteOffers, c.markets, c.variants, c.products, c.prices, c.currencies, c.bases, c.baseCurrencies, c.rates,
		c.rateDates, c.byHand)
	batch.Queue(sqlDropListings, productIDs)
	batch.Queue(sqlWriteListings, productIDs)
	return postgres.Err(tx.SendBatch(ctx, batch).Close())
}

// columns are offers turned on their side, as unnest takes them.
type columns struct {
	markets, currencies, baseCurrencies, rates []string
	variants, products, prices, bases          []int64
	rateDates                                  []*time.Time
	byHand                                     []bool
}

func columnsOf(offers []Offer) columns {
	c := columns{markets: []string{}, variants: []int64{}}
	for _, o := range offers {
		c.markets = append(c.markets, o.Market)
		c.variants = append(c.variants, o.VariantID)
		c.products = append(c.products, o.ProductID)
		c.prices = append(c.prices, o.Price.Minor)
		c.currencies = append(c.currencies, string(o.Price.Currency))
		c.bases = append(c.bases, o.Base.Minor)
		c.baseCurrencies = append(c.baseCurrencies, string(o.Base.Currency))
		c.rates = append(c.rates, o.Rate.String())
		c.rateDates = append(c.rateDates, o.RateDate)
		c.byHand = append(c.byHand, o.ByHand)
	}
	return c
}

// refreshBatch is how many products are refreshed in one transaction: few enough never to be waited for, and for pages to
// hear which goods changed; of more than a hundred topics they would hear that everything did.
const refreshBatch = 80

// RefreshAll is RefreshFrom the first, whether or not it is needed; it returns how many goods it went through.
func (s *Service) RefreshAll(ctx context.Context) (products int, err error) {
	products, _, err = s.RefreshFrom(ctx, 0, 0)
	return products, err
}

// refreshRests is how many times as long as it works RefreshFrom rests while visitors come: prices may follow some minutes
// later, pages may not.
const refreshRests = 4

// RefreshFrom refreshes every product that has been approved from the one after a product on, some in a transaction, for as
// long as it may take and with rests; 0: as long as it takes, without. It says after which product to go on, 0: none is left.
func (s *Service) RefreshFrom(ctx context.Context, after int64, may time.Duration) (products int, next int64, err error) {
	for began := time.Now(); ; {
		batch := time.Now()
		ids, err := s.published(ctx, after)
		if err != nil || len(ids) == 0 {
			return products, 0, err
		}
		if err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error { return s.Refresh(ctx, tx, ids...) }); err != nil {
			return products, after, err
		}
		products += len(ids)
		after = ids[len(ids)-1]
		if may <= 0 {
			continue
		}
		if time.Since(began) >= may {
			return products, after, nil
		}
		if err := rest(ctx, refreshRests*time.Since(batch)); err != nil {
			return products, after, err
		}
	}
}

func rest(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// published are the next products that have been approved.
func (s *Service) published(ctx context.Context, after int64) ([]int64, error) {
	rows, err := s.db.Query(ctx, `/* catalog.published */
select id from products where published_at is not null and id > $1 order by id limit $2`, after, refreshBatch)
	if err != nil {
		return nil, postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, postgres.Err(err)
}

// RefreshProducer refreshes every product of one producer, search included: after a changed name, village or state.
func (s *Service) RefreshProducer(ctx context.Context, tx pgx.Tx, producerID int64) error {
	rows, err := tx.Query(ctx, `/* catalog.refresh_producer */
select id from products where producer_id = $1 and published_at is not null order by id`, producerID)
	if err != nil {
		return postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(ids) == 0 {
		return postgres.Err(err)
	}
	return s.publish(ctx, tx, ids...)
}
