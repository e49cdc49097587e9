// Package shipping knows how goods travel: what each market's ways of sending
// cost, how an address is written in each country, and what a tracking number
// looks like.
package shipping

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Kind says who sends what, and so how the price is worked out.
type Kind string

// The kinds, as the table shipping_methods lists them. With Parcel each
// producer sends her own parcel to the buyer and each is paid for; with Box
// the goods gather at the programme's hub, which sends one box.
const (
	Parcel Kind = "parcel"
	Box    Kind = "box"
)

// Method is one way of sending to a market, with its words in one language.
type Method struct {
	ID            int64
	Market        string
	Code          string
	Kind          Kind
	Currency      money.Currency
	BaseMinor     int64
	PerKgMinor    int64  // for each started kilogram after the first
	FreeOverMinor *int64 // goods total from which sending costs nothing
	MaxGrams      int    // of one parcel, or of the whole box
	MinDays       int
	MaxDays       int
	Tracked       bool
	Name          string
	Note          string
}

// Service reads the ways of sending.
type Service struct {
	db   postgres.DB
	kept *watch.Group[methodsKey, []Method] // nil: read each time
}

type methodsKey struct {
	market string
	lang   i18n.Lang
}

// New returns the service on a pool or inside a transaction.
func New(db postgres.DB) *Service { return &Service{db: db} }

// Watch makes the service remember what it read until the board says that it
// changed. Call it before the first use.
func (s *Service) Watch(board *watch.Board, clock func() time.Time) {
	const most = 1000 // markets in languages
	s.kept = watch.NewGroup[methodsKey, []Method](board, clock, most)
}

const sqlMethods = `/* shipping.methods */
select m.id, m.market, m.code, m.kind, m.currency, m.base_minor, m.per_kg_minor, m.free_over_minor, m.max_grams,
       m.min_days, m.max_days, m.tracked, coalesce(t.name, m.code) as name, coalesce(t.note, '') as note
from shipping_methods m
left join lateral (
    select name, note from shipping_method_texts t where t.method_id = m.id
    order by t.lang = $2 desc, t.lang = 'en' desc, t.lang limit 1
) t on true
where m.market = $1 and m.active
order by m.position, m.id`

// Methods lists the ways of sending to a market, in the order staff gave them.
// The list is shared: it must not be changed.
func (s *Service) Methods(ctx context.Context, market string, lang i18n.Lang) ([]Method, error) {
	return s.kept.Get(ctx, methodsKey{market, lang}, func(ctx context.Context) ([]Method, error) { return s.methods(ctx, market, lang) })
}

// Afresh is Methods as the database has them now, which are remembered then.
func (s *Service) Afresh(ctx context.Context, market string, lang i18n.Lang) ([]Method, error) {
	s.kept.Forget(methodsKey{market, lang})
	return s.Methods(ctx, market, lang)
}

func (s *Service) methods(ctx context.Context, market string, lang i18n.Lang) ([]Method, error) {
	watch.On(ctx, watch.Markets)
	rows, err := s.db.Query(ctx, sqlMethods, market, lang)
	if err != nil {
		return nil, postgres.Err(err)
	}
	methods, err := pgx.CollectRows(rows, pgx.RowToStructByName[Method])
	return methods, postgres.Err(err)
}
