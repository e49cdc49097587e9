package payouts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

const sqlBatch = `
select b.id, b.currency, b.status, b.proposed_by, p.name as proposer, b.proposed_at, b.decided_by, coalesce(d.name, '') as decider,
       b.decided_at, b.reason, y.payouts, y.open, y.total_minor
from payout_batches b
join accounts p on p.id = b.proposed_by
left join accounts d on d.id = b.decided_by
cross join lateral (
    select count(*) filter (where counts) as payouts, count(*) filter (where y.status = 'approved') as open,
           coalesce(sum(amount_minor) filter (where counts), 0)::bigint as total_minor
    from payouts y cross join lateral (select b.status = 'rejected' or y.status <> 'dropped' as counts) c where y.batch_id = b.id
) y
`

// Batches lists batches, the latest first.
func (s *Service) Batches(ctx context.Context, page paging.Page) ([]Batch, string, error) {
	before, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.DB.Query(ctx, `/* payouts.batches */`+sqlBatch+`where $1::bigint = 0 or b.id < $1 order by b.id desc limit $2`, before, page.Fetch())
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Batch])
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	return paging.Cut(page, list, func(b Batch) int64 { return b.ID })
}

// Batch returns one, or errs.NotFound.
func (s *Service) Batch(ctx context.Context, id int64) (Batch, error) {
	rows, err := s.DB.Query(ctx, `/* payouts.one_batch */`+sqlBatch+`where b.id = $1`, id)
	if err != nil {
		return Batch{}, postgres.Err(err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Batch])
	return b, postgres.Err(err)
}

// ToApprove counts the batches that wait for a second person.
func (s *Service) ToApprove(ctx context.Context) (n int, err error) {
	err = s.DB.QueryRow(ctx, `/* payouts.to_approve */ select count(*) from payout_batches where status = 'proposed'`).Scan(&n)
	return n, postgres.Err(err)
}

const sqlPayout = `
select y.id, y.batch_id, y.producer_id, n.name as producer_name, y.currency, y.status, y.proposed_minor, y.amount_minor,
       y.dropped, y.proof, y.return_reason, y.paid_at, y.returned_at,
       case when b.status = 'approved' then b.decided_at end as approved_at,
       coalesce((select name from accounts where id = y.returned_by), '') as returner,
       exists (select from payout_file_rows f where f.payout_id = y.id) as in_file,
       coalesce(y.return_asked_by, 0) as asked_by, coalesce((select name from accounts where id = y.return_asked_by), '') as asker,
       y.return_asked_why as asked_why
from payouts y
join payout_batches b on b.id = y.batch_id
join producers p on p.id = y.producer_id
join lateral (
    select name from producer_names t where t.producer_id = p.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = p.source_lang desc limit 1
) n on true
`

// OfBatch lists the payouts of a batch by the producers' names, with where
// they go and, alone of all lists, with what is payable now.
func (s *Service) OfBatch(ctx context.Context, lang i18n.Lang, batchID int64) ([]Payout, error) {
	list, err := s.payouts(ctx, `/* payouts.of_batch */`+sqlPayout+`where y.batch_id = $2 order by n.name, y.id`, lang, batchID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, sqlPayable, batchID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	payable := map[int64]int64{}
	var producer, minor int64
	_, err = pgx.ForEachRow(rows, []any{&producer, &minor}, func() error {
		payable[producer] = minor
		return nil
	})
	for i := range list {
		list[i].PayableMinor = payable[list[i].ProducerID]
	}
	return list, postgres.Err(err)
}

const sqlPayable = `/* payouts.payable */
select y.producer_id, -sum(e.amount_minor)::bigint
from payouts y join ledger_accounts a on a.kind = 'producer_payable' and a.producer_id = y.producer_id and a.currency = y.currency
join ledger_entries e on e.account_id = a.id
where y.batch_id = $1 group by y.producer_id`

// OfProducer lists a producer's payouts in a currency that were approved, the
// latest first.
func (s *Service) OfProducer(ctx context.Context, producerID int64, cur money.Currency, limit int) ([]Payout, error) {
	return s.payouts(ctx, `/* payouts.of_producer */`+sqlPayout+
		`where y.producer_id = $2 and y.currency = $3 and y.status in ('approved', 'paid', 'returned') order by y.id desc limit $4`, i18n.EN, producerID, cur, limit)
}

func (s *Service) one(ctx context.Context, id int64) (Payout, error) {
	list, err := s.payouts(ctx, `/* payouts.one */`+sqlPayout+`where y.id = $2`, i18n.EN, id)
	if err == nil && len(list) == 0 {
		err = errs.E(errs.NotFound, fmt.Sprintf("no payout %d", id))
	}
	if err != nil {
		return Payout{}, err
	}
	return list[0], nil
}

// Payout returns one of a batch; one of another batch is errs.NotFound.
func (s *Service) Payout(ctx context.Context, batchID, id int64) (Payout, error) {
	p, err := s.one(ctx, id)
	if err == nil && p.BatchID != batchID {
		err = errs.E(errs.NotFound, fmt.Sprintf("payout %d is of another batch", id))
	}
	return p, err
}

func (s *Service) payouts(ctx context.Context, sql string, args ...any) ([]Payout, error) {
	rows, err := s.DB.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Payout])
	if err != nil {
		return nil, postgres.Err(err)
	}
	ids, at := make([]int64, len(list)), map[int64][]int{}
	for i, p := range list {
		ids[i] = p.ID
	}
	rows, err = s.DB.Query(ctx, `/* payouts.destination_ids */ select destination_id from payouts where id = any ($1) order by array_position($1, id)`, ids)
	if err != nil {
		return nil, postgres.Err(err)
	}
	goesTo, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, postgres.Err(err)
	}
	for i, id := range goesTo {
		at[id] = append(at[id], i)
	}
	destinations, err := s.destinations(ctx, s.DB, `/* payouts.destinations */`+sqlDestination+`where d.id = any ($1)`, goesTo)
	if err != nil {
		return nil, err
	}
	for _, d := range destinations {
		for _, i := range at[d.ID] {
			list[i].Destination = d
		}
	}
	return list, s.before(ctx, list, ids)
}

// A payout pays again what an earlier one of the same producer and currency did
// not bring her, unless another has reached her since.
const sqlBefore = `/* payouts.before */
select y.id, p.id, f.made_at, encode(f.sha256, 'hex'), coalesce(a.name, ''), coalesce(r.name, '')
from payouts y
cross join lateral (
    select * from payouts p where p.producer_id = y.producer_id and p.currency = y.currency and p.id < y.id and p.status = 'returned'
      and exists (select from payout_file_rows w where w.payout_id = p.id)
      and not exists (select from payouts o where o.producer_id = y.producer_id and o.currency = y.currency and o.id > p.id and o.status = 'paid')
    order by p.id desc limit 1
) p
join lateral (select i.* from payout_file_rows w join payout_files i on i.id = w.file_id where w.payout_id = p.id order by i.id desc limit 1) f on true
left join accounts a on a.id = p.return_asked_by
left join accounts r on r.id = p.returned_by
where y.id = any ($1) and y.status in ('proposed', 'approved')`

// before says of each payout that is not paid yet which one it repeats.
func (s *Service) before(ctx context.Context, list []Payout, ids []int64) error {
	rows, err := s.DB.Query(ctx, sqlBefore, ids)
	if err != nil {
		return postgres.Err(err)
	}
	var id int64
	var b Before
	_, err = pgx.ForEachRow(rows, []any{&id, &b.ID, &b.FileAt, &b.FileHash, &b.Asker, &b.Returner}, func() error {
		list[slices.Index(ids, id)].Before = b
		return nil
	})
	return postgres.Err(err)
}

// Standing is how a producer stands in each currency she has had money in.
func (s *Service) Standing(ctx context.Context, producerID int64) ([]ledger.ProducerBalance, error) {
	return ledger.New(s.DB).OfProducer(ctx, producerID)
}

// Held is what waits with one parcel until it has stayed delivered.
type Held struct {
	ParcelID    int64
	OrderNumber *int64
	Delivered   bool
	ReleasesAt  *time.Time // when it becomes payable; nil: not before it has come
	Minor       int64
	Currency    money.Currency
}

// Amount is what waits.
func (h Held) Amount() money.Amount { return money.New(h.Minor, h.Currency) }

const sqlHeld = `/* payouts.held */
select p.id as parcel_id, o.number as order_number, p.delivered_at is not null as delivered, p.releases_at, h.minor, $2::text as currency
from parcels p join orders o on o.id = p.order_id
cross join lateral (
    select -sum(e.amount_minor)::bigint as minor from ledger_entries e
    where e.parcel_id = p.id
      and e.account_id = (select id from ledger_accounts where kind = 'producer_reserve' and producer_id = $1 and currency = $2)
) h
where p.producer_id = $1 and p.released_at is null and h.minor <> 0 -- nothing of what was released is left
order by p.releases_at nulls last, p.id limit $3`

// Held lists what a producer has on hold, the first to become payable first.
func (s *Service) Held(ctx context.Context, producerID int64, cur money.Currency, limit int) ([]Held, error) {
	rows, err := s.DB.Query(ctx, sqlHeld, producerID, cur, limit)
	if err != nil {
		return nil, fmt.Errorf("on hold for producer %d: %w", producerID, postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Held])
	if err != nil {
		return nil, fmt.Errorf("on hold for producer %d: %w", producerID, postgres.Err(err))
	}
	return list, nil
}
