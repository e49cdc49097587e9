package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Entry is an entry of the ledger on the account of a till, as far as it is
// compared with reports.
type Entry struct {
	ID            int64
	TransactionID int64
	Till          ledger.Till
	AmountMinor   int64
	Currency      money.Currency
	Rule          ledger.Rule
	Subject       ledger.SubjectKind
	SubjectID     int64
	OrderID       int64 // or 0
	At            time.Time
	Keys          []string // names of what it is about, as far as they were looked for
	Matched       bool
	LineID        int64 // that it is matched to, or 0
}

// Amount is what the entry moved; positive is to our good.
func (e Entry) Amount() money.Amount { return money.New(e.AmountMinor, e.Currency) }

const entryColumns = `e.id, e.transaction_id, a.provider as till, e.amount_minor, e.currency, t.rule, t.subject, t.subject_id,
       coalesce(t.order_id, 0) as order_id, t.at`

// The names of things lead to what was booked about them: a payment is known by
// the provider's name for the attempt, for its charge and for its transaction,
// and by its order's reference; money that went back also by the order.
const sqlByRefs = `/* reconcile.by_refs */
with refs as (select distinct ref from unnest($1::text[]) ref),
paid as (
    select y.id, r.ref from refs r join payments y on y.provider = any($5) and y.provider_ref = r.ref
    union select y.id, r.ref from refs r join orders o on o.reference = r.ref join payments y on y.order_id = o.id
    union select c.payment_id, r.ref from refs r join provider_charges c on c.provider = any($5) and c.provider_ref = r.ref and c.kind = 'charge'
    union select x.payment_id, r.ref from refs r join provider_transactions x on x.provider = any($5) and x.ref = r.ref
), subjects (subject, subject_id, ref) as (
    select 'payment', id, ref from paid
    union select 'charge', c.id, r.ref from refs r join provider_charges c on c.provider = any($5) and c.provider_ref = r.ref
    union select 'refund', f.id, r.ref from refs r join refunds f on f.provider_ref = r.ref
    union select 'refund', f.id, r.ref from refs r join orders o on o.reference = r.ref join refunds f on f.order_id = o.id
    union select 'refund', f.id, r.ref from refs r join provider_transactions x on x.provider = any($5) and x.ref = r.ref
        join refunds f on f.payment_id = x.payment_id
    union select 'dispute', d.id, r.ref from refs r join disputes d on d.provider = any($5) and d.provider_ref = r.ref
    union select 'payout', p.id, p.label from unnest($2::bigint[], $3::text[]) p (id, label)
)
select ` + entryColumns + `, array_agg(distinct s.ref) as keys, i.id is not null as matched,
       coalesce((select l.line_id from match_items l where l.match_id = i.match_id and l.line_id is not null limit 1), 0) as line_id
from subjects s
join ledger_transactions t on t.rule = any($4) and t.subject = s.subject and t.subject_id = s.subject_id
join ledger_entries e on e.transaction_id = t.id
join ledger_accounts a on a.id = e.account_id and a.kind = 'clearing' and a.provider = any($5)
left join match_items i on i.entry_id = e.id and i.live
group by e.id, t.id, a.id, i.id order by e.id`

// moves are the rules that move what lies in a till of which there are reports.
var moves = []ledger.Rule{
	ledger.RuleOrderPaid, ledger.RuleUnexpected, ledger.RuleRefundSent, ledger.RuleRefundFailed,
	ledger.RuleDisputeOpened, ledger.RuleDisputeWon, ledger.RuleProviderFee, ledger.RuleProviderExchange, ledger.RuleProviderPaidOut,
	ledger.RulePayoutPaid, ledger.RulePayoutReturned, ledger.RuleCashHandedIn, ledger.RuleDebtPaid, ledger.RuleExchange, ledger.RuleUnexplained,
}

// byRefs returns the entries about whatever is called by one of the names.
func byRefs(ctx context.Context, db postgres.DB, refs []string) ([]Entry, error) {
	ids := payoutsOf(refs)
	labels := make([]string, len(ids))
	for i, id := range ids {
		labels[i] = label(id)
	}
	return entries(ctx, db, sqlByRefs, refs, ids, labels, moves, Tills)
}

const sqlByAmount = `/* reconcile.by_amount */
select ` + entryColumns + `, '{}'::text[] as keys, false as matched, 0::bigint as line_id
from (select distinct till, currency, minor from unnest($1::text[], $2::text[], $3::bigint[]) w (till, currency, minor)) w
join ledger_accounts a on a.kind = 'clearing' and a.provider = w.till and a.currency = w.currency
join open_entries o on o.account_id = a.id and o.amount_minor = w.minor
join ledger_entries e on e.id = o.entry_id
join ledger_transactions t on t.id = e.transaction_id
where t.rule = any($4) and o.at between $5 and $6
order by e.id`

// byAmount returns the open entries of the sums of some lines, about the time
// of these lines.
func byAmount(ctx context.Context, db postgres.DB, lines []Line) ([]Entry, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	var tills, currencies []string
	var minors []int64
	from, until := lines[0].At, lines[0].At
	for _, l := range lines {
		tills = append(tills, string(l.Till))
		currencies = append(currencies, string(l.Currency))
		minors = append(minors, l.AmountMinor)
		if l.At.Before(from) {
			from = l.At
		}
		if l.At.After(until) {
			until = l.At
		}
	}
	return entries(ctx, db, sqlByAmount, tills, currencies, minors, moves, from.Add(-window), until.Add(window))
}

func entries(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Entry, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("entries to compare: %w", postgres.Err(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Entry])
	if err != nil {
		return nil, fmt.Errorf("entries to compare: %w", postgres.Err(err))
	}
	return list, nil
}
