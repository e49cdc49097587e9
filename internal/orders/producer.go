package orders

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// Job is a parcel as its producer sees it: what to pack and where to send it,
// and nothing of the order's other parcels. When the goods gather at the hub
// the buyer's name, address, telephone and note are not read at all: the
// address is empty but for country and city.
type Job struct {
	ParcelID      int64
	OrderID       int64
	Number        int64
	Status        ParcelStatus
	Market        string
	Lang          i18n.Lang // the buyer's
	PaymentMethod markets.Method
	Kind          shipping.Kind // Box: to the hub
	ShippingName  string
	shipping.Address
	Note           string
	Currency       money.Currency // of what the buyer pays
	CollectMinor   int64          // cash to take at the door: this parcel's goods and shipping; 0 when paid before
	ShippingMinor  int64          // what the buyer pays for sending this parcel
	Collector      string         // who took the cash, see ledger.Collector; empty: nobody yet
	CollectedAt    *time.Time
	PlacedAt       time.Time
	ToPackAt       time.Time // when it became hers to pack
	Carrier        string
	TrackingNumber string
	PackedAt       *time.Time
	ShippedAt      *time.Time
	DeliveredAt    *time.Time
	Lines          []Line `db:"-"`
}

// ToHub reports whether she sends it to the programme's hub, not to the buyer.
func (j Job) ToHub() bool { return j.Kind == shipping.Box }

// Collect is the cash to take at the door; nothing when the order is paid.
func (j Job) Collect() money.Amount { return money.New(j.CollectMinor, j.Currency) }

// Label is the order's number as people write it.
func (j Job) Label() string { return NumberLabel(j.Number) }

// Parcels of unconfirmed orders are not a producer's business, whatever
// became of them.
const sqlJob = `
select p.id as parcel_id, p.order_id, o.number, p.status, o.market, o.lang, o.payment_method, m.kind, o.shipping_name,
       case m.kind when 'parcel' then o.name else '' end as name,
       case m.kind when 'parcel' then o.phone else '' end as phone,
       o.country, o.city,
       case m.kind when 'parcel' then o.postcode else '' end as postcode,
       case m.kind when 'parcel' then o.region else '' end as region,
       case m.kind when 'parcel' then o.line1 else '' end as line1,
       case m.kind when 'parcel' then o.line2 else '' end as line2,
       case m.kind when 'parcel' then o.landmark else '' end as landmark,
       case m.kind when 'parcel' then o.note else '' end as note,
       o.currency,
       case when o.payment_method = 'cod' and m.kind = 'parcel' then
           p.shipping_minor + (select sum(l.line_minor) from order_lines l where l.parcel_id = p.id)
       else 0 end::bigint as collect_minor, p.shipping_minor, coalesce(c.collector, '') as collector, c.collected_at,
       o.placed_at, coalesce(o.paid_at, o.placed_at) as to_pack_at,
       p.carrier, p.tracking_number, p.packed_at, p.shipped_at, p.delivered_at
from parcels p
join orders o on o.id = p.order_id and o.number is not null
join shipping_methods m on m.id = o.shipping_method_id
left join cash_taken c on c.parcel_id = p.id
where p.producer_id = $1 and p.status <> 'waiting'
`

// Jobs lists a producer's parcels in some states, those that have waited
// longest first. The cursor of the next page is empty on the last.
func (s *Service) Jobs(ctx context.Context, producerID int64, states []ParcelStatus, page paging.Page) ([]Job, string, error) {
	after, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	return s.jobs(ctx, page, `/* orders.jobs */`+sqlJob+`and p.status = any ($2) and p.id > $3 order by p.id limit $4`,
		producerID, states, after, page.Fetch())
}

// PastJobs lists a producer's parcels that are no longer hers to pack or send,
// the latest first.
func (s *Service) PastJobs(ctx context.Context, producerID int64, page paging.Page) ([]Job, string, error) {
	before, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	return s.jobs(ctx, page, `/* orders.past_jobs */`+sqlJob+
		`and p.status not in ('to_pack', 'packed') and ($2::bigint = 0 or p.id < $2) order by p.id desc limit $3`,
		producerID, before, page.Fetch())
}

func (s *Service) jobs(ctx context.Context, page paging.Page, sql string, args ...any) ([]Job, string, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Job])
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	list, next, err := paging.Cut(page, found, func(j Job) int64 { return j.ParcelID })
	if err != nil {
		return nil, "", err
	}
	return list, next, s.fill(ctx, list)
}

// Job returns one of a producer's parcels; another producer's is
// errs.NotFound.
func (s *Service) Job(ctx context.Context, producerID, parcelID int64) (Job, error) {
	rows, err := s.db.Query(ctx, `/* orders.job */`+sqlJob+`and p.id = $2`, producerID, parcelID)
	if err != nil {
		return Job{}, postgres.Err(err)
	}
	j, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Job])
	if err != nil {
		return Job{}, fmt.Errorf("parcel %d: %w", parcelID, postgres.Err(err))
	}
	one := []Job{j}
	err = s.fill(ctx, one)
	return one[0], err
}

// She reads her goods' names as she wrote them, not in the buyer's language.
const sqlJobLines = `/* orders.job_lines */
select l.id, l.order_id, l.parcel_id, l.product_id, p.slug || '-' || p.id as product_slug, ph.photo_id, l.variant_id,
       l.producer_id, coalesce(nullif(s.name, ''), l.name) as name, coalesce(vt.label, l.variant_label) as variant_label,
       l.quantity, l.currency, l.unit_minor, l.line_minor, l.base_minor, l.base, l.rate,
       l.commission_bp, l.net_quantity, l.net_unit, l.weight_grams
from order_lines l
join products p on p.id = l.product_id
left join product_sources s on s.product_id = p.id
left join variant_texts vt on vt.variant_id = l.variant_id and vt.lang = s.lang
left join lateral (
    select photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id limit 1
) ph on true
where l.parcel_id = any ($1) order by l.id`

// fill reads the lines of all jobs in one go.
func (s *Service) fill(ctx context.Context, list []Job) error {
	ids, at := make([]int64, len(list)), map[int64]int{}
	for i, j := range list {
		ids[i], at[j.ParcelID] = j.ParcelID, i
	}
	rows, err := s.db.Query(ctx, sqlJobLines, ids)
	if err != nil {
		return postgres.Err(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowToStructByName[Line])
	if err != nil {
		return postgres.Err(err)
	}
	for _, l := range lines {
		i := at[l.ParcelID]
		list[i].Lines = append(list[i].Lines, l)
	}
	return nil
}

// JobCounts is how many parcels wait for a producer's hands.
type JobCounts struct{ ToPack, ToShip int }

// JobCounts counts what a producer has to pack and to send.
func (s *Service) JobCounts(ctx context.Context, producerID int64) (JobCounts, error) {
	var n JobCounts
	err := s.db.QueryRow(ctx, `/* orders.job_counts */
select count(*) filter (where status = 'to_pack'), count(*) filter (where status = 'packed')
from parcels where producer_id = $1 and status in ('to_pack', 'packed')`, producerID).Scan(&n.ToPack, &n.ToShip)
	return n, postgres.Err(err)
}
