// Package markets owns the destinations Awıl sells into: each with its currency, languages, price rule, ways to pay and
// dated exchange rates; and the programme that runs it all.
package markets

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Method is a way to pay.
type Method string

// The ways to pay, as the table market_payment_methods lists them.
const (
	Card  Method = "card"
	COD   Method = "cod" // cash on delivery
	Bank  Method = "bank"
	Payme Method = "payme" // Payme Business, in Uzbekistan
	Click Method = "click" // Click, in Uzbekistan
)

// Online reports whether the buyer pays on the page of a provider.
func (m Method) Online() bool { return m == Card || m == Payme || m == Click }

// PaymentMethod is a way to pay that a market offers.
type PaymentMethod struct {
	Method Method `json:"method"`
	// HoldMinutes is how long an unpaid order keeps its goods; nil where nothing is awaited (cash on delivery).
	HoldMinutes *int `json:"hold_minutes"`
}

// Hold returns how long an unpaid order keeps its goods; zero means that nothing is awaited.
func (p PaymentMethod) Hold() time.Duration {
	if p.HoldMinutes == nil {
		return 0
	}
	return time.Duration(*p.HoldMinutes) * time.Minute
}

// Market is a destination.
type Market struct {
	Code        string // two small letters: "jp"
	Currency    money.Currency
	Countries   []string // ISO 3166-1 alpha-2, where its orders may go
	DefaultLang i18n.Lang
	Langs       []i18n.Lang // the languages it is shown in, its own first
	MarginBP    int         // basis points on top of the maker's price
	// RoundingMinor is what prices are a multiple of, in minor units of Currency.
	RoundingMinor int64
	Position      int
	Active        bool
	Names         map[i18n.Lang]string
	Methods       []PaymentMethod // in the order a checkout offers them
}

// Name is the market's name in a language; English, then the code stand in for a missing one.
func (m Market) Name(lang i18n.Lang) string {
	for _, l := range []i18n.Lang{lang, "en"} {
		if name := m.Names[l]; name != "" {
			return name
		}
	}
	return m.Code
}

// Rule is what a maker's price becomes in this market.
func (m Market) Rule() PriceRule {
	return PriceRule{Currency: m.Currency, MarginBP: m.MarginBP, RoundingMinor: m.RoundingMinor}
}

// ShipsTo reports whether orders of this market may go to a country.
func (m Market) ShipsTo(country string) bool { return slices.Contains(m.Countries, country) }

// Method returns the market's terms for a way to pay.
func (m Market) Method(method Method) (PaymentMethod, bool) {
	for _, p := range m.Methods {
		if p.Method == method {
			return p, true
		}
	}
	return PaymentMethod{}, false
}

// Service holds the use cases of markets, on a pool or inside a transaction alike. Keep one for all requests: it
// remembers the markets until they change.
type Service struct {
	db    postgres.DB
	clock func() time.Time

	board     *watch.Board // nil: nobody hears of changes
	markets   watch.Kept[[]Market]
	programme watch.Kept[Programme]
}

// New returns the service on db; clock is the program's clock.
func New(db postgres.DB, clock func() time.Time) *Service { return &Service{db: db, clock: clock} }

// Watch makes the service remember what it read until the board says that it
// changed; without a board, for a few seconds. Call it before the first use.
func (s *Service) Watch(board *watch.Board) { s.board = board }

const sqlMarkets = `/* markets.all */
select m.code, m.currency, m.countries::text[], m.default_lang, m.langs::text[], m.margin_bp, m.rounding_minor, m.position,
       m.active,
       coalesce((select jsonb_object_agg(t.lang, t.name) from market_texts t where t.market = m.code), '{}') as names,
       coalesce((select jsonb_agg(jsonb_build_object('method', p.method, 'hold_minutes', p.hold_minutes)
                                  order by p.position, p.method)
                 from market_payment_methods p where p.market = m.code), '[]') as methods
from markets m
order by m.position, m.code`

// All lists the active markets in the order pages show them, from memory if they have not changed. The
// list is shared: it must not be changed.
func (s *Service) All(ctx context.Context) ([]Market, error) {
	return s.markets.Get(ctx, s.board, s.clock(), func(ctx context.Context) ([]Market, error) {
		every, err := s.Every(ctx)
		return slices.DeleteFunc(every, func(m Market) bool { return !m.Active }), err
	})
}

// Every lists all markets, the inactive ones too, as they are in the database now.
func (s *Service) Every(ctx context.Context) ([]Market, error) {
	watch.On(ctx, watch.Markets)
	rows, err := s.db.Query(ctx, sqlMarkets)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Market])
	return list, postgres.Err(err)
}

// ByCode returns an active market, or errs.NotFound.
func (s *Service) ByCode(ctx context.Context, code string) (Market, error) {
	list, err := s.All(ctx)
	if err != nil {
		return Market{}, err
	}
	for _, m := range list {
		if m.Code == code {
			return m, nil
		}
	}
	return Market{}, errs.E(errs.NotFound, "no market "+code)
}

// PaymentMethods lists the ways to pay in a market, in the order a checkout offers them.
func (s *Service) PaymentMethods(ctx context.Context, code string) ([]PaymentMethod, error) {
	m, err := s.ByCode(ctx, code)
	return m.Methods, err
}
