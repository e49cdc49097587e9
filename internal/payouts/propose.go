package payouts

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/platform/postgres"
)

// What stops a batch. Each is for people to read about on the page.
var (
	ErrNobody     = errs.E(errs.Conflict, "payouts: nobody can be paid now")
	ErrSamePerson = errs.E(errs.Forbidden, "payouts: whoever proposes a batch cannot approve it")
	ErrDecided    = errs.E(errs.Conflict, "payouts: the batch has been decided")
)

// Owed is how a producer stands in one currency, and what keeps her from being
// paid.
type Owed struct {
	ProducerID   int64
	ProducerName string
	Currency     money.Currency
	PayableMinor int64
	Live         bool // a payout is under way already
	Waits        bool // where her money goes is too new: from Destination.UsableFrom on it is paid
	Destination  Destination
}

// Payable is what the books owe her; negative is what she owes.
func (o Owed) Payable() money.Amount { return money.New(o.PayableMinor, o.Currency) }

// Ready reports whether a batch proposed now would pay her.
func (o Owed) Ready() bool {
	return o.PayableMinor > 0 && !o.Live && !o.Waits && o.Destination.For(o.Currency)
}

const sqlOwed = `/* payouts.owed */
with owed as (
    select a.producer_id, a.currency, -sum(e.amount_minor)::bigint as minor
    from ledger_accounts a join ledger_entries e on e.account_id = a.id
    where (a.kind = 'producer_payable' or a.kind = 'producer_reserve' and e.parcel_id = any ($4)) and ($2 = '' or a.currency = $2)
    group by a.producer_id, a.currency having sum(e.amount_minor) <> 0
)
select o.producer_id, n.name, o.currency, o.minor,
       exists (select from payouts y where y.producer_id = o.producer_id and y.currency = o.currency and y.status in ('proposed', 'approved')),
       coalesce(d.id, 0), coalesce(d.kind, ''), coalesce(d.country, ''), coalesce(d.holder, ''), coalesce(d.tail, ''), coalesce(d.handed_by, ''),
       coalesce(d.usable_from, 'epoch'), coalesce(d.usable_from > $3, false)
from owed o
join producers p on p.id = o.producer_id
join lateral (
    select name from producer_names t where t.producer_id = p.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = p.source_lang desc limit 1
) n on true
left join lateral (select * from payout_destinations d where d.producer_id = p.id order by d.id desc limit 1) d on true
order by o.currency, n.name, o.producer_id`

// Owed lists every producer with a balance that is payable, or that she owes.
// What has become payable and is not booked so yet counts: Propose books it.
func (s *Service) Owed(ctx context.Context, lang i18n.Lang) ([]Owed, error) {
	due, err := s.due(ctx)
	if err != nil {
		return nil, err
	}
	return owed(ctx, s.DB, lang, "", s.now(), due)
}

const dueAtOnce = 500

// due lists the parcels whose earnings are to be made payable.
func (s *Service) due(ctx context.Context) ([]int64, error) {
	from := orders.New(s.DB, s.Queue, s.Clock)
	var ids []int64
	for after := int64(0); ; {
		list, err := from.Releasable(ctx, after, dueAtOnce)
		if err != nil {
			return nil, fmt.Errorf("earnings to be released: %w", err)
		}
		for _, parcel := range list {
			after = parcel.ID
			ids = append(ids, parcel.ID)
		}
		if len(list) < dueAtOnce {
			return ids, nil
		}
	}
}

func owed(ctx context.Context, db postgres.DB, lang i18n.Lang, cur money.Currency, now time.Time, due []int64) ([]Owed, error) {
	rows, err := db.Query(ctx, sqlOwed, lang, cur, now, due)
	if err != nil {
		return nil, fmt.Errorf("owed to producers: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o Owed, err error) {
		d := &o.Destination
		err = row.Scan(&o.ProducerID, &o.ProducerName, &o.Currency, &o.PayableMinor, &o.Live,
			&d.ID, &d.Kind, &d.Country, &d.Holder, &d.Tail, &d.HandedBy, &d.UsableFrom, &o.Waits)
		d.ProducerID = o.ProducerID
		return o, err
	})
	return list, postgres.Err(err)
}

// Propose puts everybody who can be paid in a currency into a batch, in the
// name of somebody of finance, and returns its number. What she owes has been
// taken off already: the balance is of all her sales and refunds. ErrNobody
// when there is no one to pay, errs.Conflict when somebody else has just
// proposed the same.
func (s *Service) Propose(ctx context.Context, accountID int64, cur money.Currency) (batchID int64, err error) {
	if s.Release != nil {
		if _, err := s.Release(ctx); err != nil {
			return 0, fmt.Errorf("make payable what is due: %w", err)
		}
	}
	err = postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if err := office(ctx, tx, accountID); err != nil {
			return err
		}
		batchID, err = s.propose(ctx, tx, accountID, cur)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("propose payouts in %s: %w", cur, err)
	}
	return batchID, nil
}

func (s *Service) propose(ctx context.Context, tx pgx.Tx, accountID int64, cur money.Currency) (batchID int64, err error) {
	all, err := owed(ctx, tx, i18n.EN, cur, s.now(), nil)
	if err != nil {
		return 0, err
	}
	var producers, destinations, amounts []int64
	total := money.Zero(cur)
	for _, o := range all {
		if !o.Ready() {
			continue
		}
		producers, destinations, amounts = append(producers, o.ProducerID), append(destinations, o.Destination.ID), append(amounts, o.PayableMinor)
		if total, err = total.Add(o.Payable()); err != nil {
			return 0, err
		}
	}
	if len(producers) == 0 {
		return 0, ErrNobody
	}
	err = tx.QueryRow(ctx, `/* payouts.batch */
insert into payout_batches (currency, proposed_by, proposed_at) values ($1, $2, $3) returning id`, cur, accountID, s.now()).Scan(&batchID)
	if err != nil {
		return 0, postgres.Err(err)
	}
	_, err = tx.Exec(ctx, `/* payouts.propose */
insert into payouts (batch_id, producer_id, currency, destination_id, proposed_minor, amount_minor)
select $1, p.producer, $2, p.destination, p.minor, p.minor from unnest($3::bigint[], $4::bigint[], $5::bigint[]) p (producer, destination, minor)`,
		batchID, cur, producers, destinations, amounts)
	if err != nil {
		return 0, postgres.Err(err)
	}
	return batchID, accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "payout.proposed", SubjectKind: "payout_batch", SubjectID: batchID,
		Detail: map[string]any{"payouts": len(producers), "total": total.String()}})
}

// office makes sure that an account holds finance or admin, whatever route its
// order came by. The database looks again.
func office(ctx context.Context, tx pgx.Tx, accountID int64) error {
	var holds bool
	err := tx.QueryRow(ctx, `/* payouts.office */
select exists (select from account_roles r join accounts a on a.id = r.account_id
               where a.id = $1 and r.role in ('finance', 'admin') and a.disabled_at is null)`, accountID).Scan(&holds)
	if err != nil {
		return postgres.Err(err)
	}
	if !holds {
		return errs.E(errs.Forbidden, fmt.Sprintf("payouts: account %d is not of finance", accountID))
	}
	return nil
}
