package payouts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// EntryKind is what an entry of a producer's accounts means to her.
type EntryKind string

// The kinds, as the database tells them apart: producer_entry_kind.
const (
	EntrySale           EntryKind = "sale"
	EntryShipping       EntryKind = "shipping" // she sent it herself
	EntryCash           EntryKind = "cash"     // she took at the door and kept
	EntryRefund         EntryKind = "refund"
	EntryRefundShipping EntryKind = "refund_shipping"
	EntryPayout         EntryKind = "payout"
	EntryPayoutReturned EntryKind = "payout_returned"
	EntryDebtPaid       EntryKind = "debt_paid"
	EntryCorrection     EntryKind = "correction"
	EntryOther          EntryKind = "other"
	EntryRelease        EntryKind = "release" // from on hold to payable; no line of a statement
)

// EntryKinds lists the kinds statements show, in their order.
var EntryKinds = []EntryKind{EntrySale, EntryShipping, EntryCash, EntryRefund, EntryRefundShipping, EntryDebtPaid,
	EntryCorrection, EntryOther, EntryPayout, EntryPayoutReturned}

// Total is what the entries of one kind come to.
type Total struct {
	Kind            EntryKind
	Entries         int64
	Minor           int64 // hers: positive is added to what she is owed
	CommissionMinor int64 // the programme's part of the same
}

// Statement is how a producer stood before and after a period, and what moved
// it, in one currency.
type Statement struct {
	ProducerID  int64
	Currency    money.Currency
	Period      Period
	From        *time.Time // where the period begins; nil: with her first sale
	Until       time.Time  // where it ends; for one that still runs, the moment it was looked at
	Opening     Balance
	Closing     Balance
	Totals      []Total // in the order of EntryKinds
	Destination Destination
	Payout      *Payout // whose statement it is; nil: of no payout
}

// Balance is what she is owed at a moment; negative is what she owes.
type Balance struct {
	Payable money.Amount // to be paid out
	Held    money.Amount // until buyers have had her goods for a while
}

// Whole is both together.
func (b Balance) Whole() money.Amount {
	return money.New(b.Payable.Minor+b.Held.Minor, b.Payable.Currency)
}

func (b balance) in(cur money.Currency) Balance {
	return Balance{money.New(b.Payable, cur), money.New(b.Held, cur)}
}

// Total returns what the entries of a kind come to.
func (s Statement) Total(kind EntryKind) Total {
	for _, t := range s.Totals {
		if t.Kind == kind {
			return t
		}
	}
	return Total{Kind: kind}
}

// Amount is a total of the statement as money.
func (s Statement) Amount(t Total) money.Amount { return money.New(t.Minor, s.Currency) }

// Commission is the programme's part of a total as money.
func (s Statement) Commission(t Total) money.Amount { return money.New(t.CommissionMinor, s.Currency) }

// Price is what buyers were asked in her own currency: hers and the
// programme's part.
func (s Statement) Price(t Total) money.Amount {
	return money.New(t.Minor+t.CommissionMinor, s.Currency)
}

// Lines counts what the statement lists.
func (s Statement) Lines() (n int64) {
	for _, t := range s.Totals {
		n += t.Entries
	}
	return n
}

// Statement returns the statement of a producer for a period. One of a payout
// is as it was stored, a draft as the books stand now, without the payout
// itself; a payout of somebody else, in another currency, or at another stage,
// is errs.NotFound.
func (s *Service) Statement(ctx context.Context, producerID int64, cur money.Currency, p Period) (Statement, error) {
	st := Statement{ProducerID: producerID, Currency: cur, Period: p, Until: s.now()}
	var err error
	switch {
	case p.draft:
		err = s.asProposed(ctx, &st)
	case p.payoutID != 0:
		err = s.ofPayout(ctx, &st)
	case !p.month.IsZero():
		err = s.ofMonth(ctx, &st)
	default:
		err = s.sinceLast(ctx, &st)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("statement %s of producer %d: %w", p.Name(), producerID, err)
	}
	slices.SortFunc(st.Totals, func(a, b Total) int {
		return slices.Index(EntryKinds, a.Kind) - slices.Index(EntryKinds, b.Kind)
	})
	return st, nil
}

func (s *Service) ofPayout(ctx context.Context, st *Statement) error {
	var opening, closing balance
	err := s.DB.QueryRow(ctx, `/* payouts.stored_statement */
select s.opening_payable, s.opening_held, s.closing_payable, s.closing_held, s.made_at,
       (select b.made_at from statements b where b.payout_id = s.previous)
from statements s where s.payout_id = $1 and s.producer_id = $2 and s.currency = $3`, st.Period.payoutID, st.ProducerID, st.Currency).
		Scan(&opening.Payable, &opening.Held, &closing.Payable, &closing.Held, &st.Until, &st.From)
	if err != nil {
		return postgres.Err(err)
	}
	st.Opening, st.Closing = opening.in(st.Currency), closing.in(st.Currency)
	rows, err := s.DB.Query(ctx, `/* payouts.stored_totals */
select kind, entries, amount_minor as minor, commission_minor from statement_totals where payout_id = $1`, st.Period.payoutID)
	if err != nil {
		return postgres.Err(err)
	}
	if st.Totals, err = pgx.CollectRows(rows, pgx.RowToStructByName[Total]); err != nil {
		return postgres.Err(err)
	}
	p, err := s.one(ctx, st.Period.payoutID)
	st.Payout, st.Destination = &p, p.Destination
	return err
}

// asProposed is what whoever approves a payout looks at.
func (s *Service) asProposed(ctx context.Context, st *Statement) error {
	p, err := s.one(ctx, st.Period.payoutID)
	if err != nil {
		return err
	}
	if p.ProducerID != st.ProducerID || p.Currency != st.Currency || p.Status != Proposed {
		return errs.E(errs.NotFound, fmt.Sprintf("payout %d is not proposed", p.ID))
	}
	st.Payout, st.Destination = &p, p.Destination
	return s.sinceLast(ctx, st)
}

func (s *Service) sinceLast(ctx context.Context, st *Statement) error {
	now, err := standing(ctx, s.DB, st.ProducerID, st.Currency)
	if err != nil {
		return err
	}
	st.Opening, st.Closing, st.Totals = now.opening.in(st.Currency), now.closing.in(st.Currency), now.totals
	if now.previous == nil {
		return nil
	}
	err = s.DB.QueryRow(ctx, `/* payouts.statement_made */ select made_at from statements where payout_id = $1`, *now.previous).Scan(&st.From)
	return postgres.Err(err)
}

const sqlMonth = `/* payouts.month */
select producer_entry_kind(x.rule, x.line_id is not null, -x.amount_minor), x.at >= $3, count(*), -sum(x.amount_minor)::bigint,
       coalesce(sum(case when x.line_id is not null and x.at >= $3 then ` + sqlCommission + ` end), 0)::bigint,
       coalesce(-sum(x.amount_minor) filter (where x.held), 0)::bigint
from (
    select e.*, a.kind = 'producer_reserve' as held, t.rule, t.at
    from ledger_accounts a
    cross join lateral (select transaction_id, line_id, amount_minor from ledger_entries where account_id = a.id offset 0) e
    cross join lateral (select rule, at from ledger_transactions where id = e.transaction_id offset 0) t
    where a.producer_id = $1 and a.currency = $2 and t.at < $4
) x
group by 1, 2`

func (s *Service) ofMonth(ctx context.Context, st *Statement) error {
	rows, err := s.DB.Query(ctx, sqlMonth, st.ProducerID, st.Currency, st.Period.month, st.Period.end())
	if err != nil {
		return postgres.Err(err)
	}
	var t Total
	var within bool
	var held int64
	var opening, change balance
	_, err = pgx.ForEachRow(rows, []any{&t.Kind, &within, &t.Entries, &t.Minor, &t.CommissionMinor, &held}, func() error {
		at := &opening
		if within {
			at = &change
		}
		at.Held += held
		at.Payable += t.Minor - held
		if within && t.Kind != EntryRelease {
			st.Totals = append(st.Totals, t)
		}
		return nil
	})
	if err != nil {
		return postgres.Err(err)
	}
	from := st.Period.month
	st.From = &from
	if end := st.Period.end(); end.Before(st.Until) {
		st.Until = end
	}
	st.Opening = opening.in(st.Currency)
	st.Closing = balance{opening.Payable + change.Payable, opening.Held + change.Held}.in(st.Currency)
	return nil
}
