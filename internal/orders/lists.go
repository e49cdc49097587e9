package orders

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Entry is an order as lists show it.
type Entry struct {
	ID            int64
	Token         string
	Reference     string
	Number        *int64
	Market        string
	Status        Status
	PaymentMethod markets.Method
	Name          string
	Email         string
	Country       string
	City          string
	Currency      money.Currency
	TotalMinor    int64
	Parcels       int
	PlacedAt      time.Time
	PaidAt        *time.Time
	ExpiresAt     *time.Time
	RefundDue     bool // money came that must go back
}

// Total is what the buyer pays.
func (e Entry) Total() money.Amount { return money.New(e.TotalMinor, e.Currency) }

// Label names the order for people, as Order.Label does.
func (e Entry) Label() string { return Order{Number: e.Number, Reference: e.Reference}.Label() }

// Filter narrows the desk's list; zero values do not narrow.
type Filter struct {
	Statuses   []Status
	Market     string
	Method     markets.Method
	ProducerID int64
	RefundDue  bool
	Search     string // number, reference, e-mail or the beginning of a name
}

// sqlRefundDue is whether money of an order o still has to go back: decided
// and not there yet, or come for nothing and not decided about.
const sqlRefundDue = `(exists (select from refunds r where r.order_id = o.id and r.status in ('due', 'pending', 'failed'))
    or exists (select from payments y where y.order_id = o.id and y.refund_due and coalesce(y.received_minor, 1) > 0
        and not exists (select from refunds r where r.payment_id = y.id and r.kind = 'unexpected')))`

const sqlEntry = `
select o.id, o.token, o.reference, o.number, o.market, ` + sqlStatus + ` as status, o.payment_method, o.name, o.email, o.country, o.city,
       o.currency, o.total_minor, (select count(*) from parcels p where p.order_id = o.id)::int as parcels,
       o.placed_at, o.paid_at, o.expires_at,
       ` + sqlRefundDue + ` as refund_due
from orders o
`

const (
	sqlDesk = `/* orders.desk */` + sqlDeskBegin + `
  and ($7 = '' or o.reference = upper($7) or 'AW-' || o.number = upper($7) or o.number::text = $7
       or starts_with(lower(o.name), lower($7)))` + sqlDeskEnd
	// By itself, so that an index finds it. Addresses are kept as buyers write them.
	sqlDeskEmail = `/* orders.desk_email */` + sqlDeskBegin + `
  and lower(o.email) = lower($7)` + sqlDeskEnd
)

const (
	sqlDeskBegin = sqlEntry + `
where ($2::text[] is null or ` + sqlStatus + ` = any ($2)) and ($3 = '' or o.market = $3) and ($4 = '' or o.payment_method = $4)
  and ($5::bigint = 0 or exists (select from parcels p where p.order_id = o.id and p.producer_id = $5))
  and (not $6 or ` + sqlRefundDue + `)`
	sqlDeskEnd = `
  and ($9::bigint = 0 or (o.placed_at, o.id) < ($8, $9))
order by o.placed_at desc, o.id desc limit $10`
)

// entryKey is what lists of orders are sorted by, the newest first.
type entryKey struct {
	At time.Time `json:"at"`
	ID int64     `json:"id"`
}

func keyOf(e Entry) entryKey { return entryKey{e.PlacedAt, e.ID} }

// Desk lists orders for staff, the newest first, with the cursor of the next
// page.
func (s *Service) Desk(ctx context.Context, f Filter, page paging.Page) ([]Entry, string, error) {
	key, err := paging.Key[entryKey](page)
	if err != nil {
		return nil, "", err
	}
	search, sql := strings.TrimSpace(f.Search), sqlDesk
	if strings.Contains(search, "@") {
		sql = sqlDeskEmail
	}
	return s.entries(ctx, page, sql, s.clock(), f.Statuses, f.Market, f.Method, f.ProducerID, f.RefundDue,
		search, key.At, key.ID, page.Fetch())
}

const sqlOfAccount = `/* orders.of_account */` + sqlEntry + `
where o.account_id = $2 and ($3::bigint = 0 or o.id < $3) order by o.id desc limit $4`

// OfAccount lists the orders a person placed while signed in, the newest first.
func (s *Service) OfAccount(ctx context.Context, accountID int64, page paging.Page) ([]Entry, string, error) {
	key, err := paging.Key[entryKey](page)
	if err != nil {
		return nil, "", err
	}
	return s.entries(ctx, page, sqlOfAccount, s.clock(), accountID, key.ID, page.Fetch())
}

func (s *Service) entries(ctx context.Context, page paging.Page, sql string, args ...any) ([]Entry, string, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Entry])
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	return paging.Cut(page, found, keyOf)
}

// Most orders are over, and time ends none of those that are not but one that
// was placed: the others are not looked at.
const sqlCounts = `/* orders.counts */
select status, count(*) from (
    select ` + sqlStatus + ` as status from orders o where o.status in ('placed', 'paid', 'packed', 'shipped')
) o where status <> 'expired' group by status`

// Counts counts the orders that are under way, by their states: placed, paid,
// packed and shipped.
func (s *Service) Counts(ctx context.Context) (map[Status]int, error) {
	rows, err := s.db.Query(ctx, sqlCounts, s.clock())
	if err != nil {
		return nil, postgres.Err(err)
	}
	counts := map[Status]int{}
	var status Status
	var n int
	_, err = pgx.ForEachRow(rows, []any{&status, &n}, func() error {
		counts[status] = n
		return nil
	})
	return counts, postgres.Err(err)
}
