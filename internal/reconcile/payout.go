package reconcile

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/platform/postgres"
)

// itemises says whether a provider's reports tell of what it keeps and of what
// it sends to the bank. Of the others only the bank and finance do: no line will
// come for these entries of their accounts.
func itemises(t ledger.Till) bool { return t == ledger.TillStripe }

// payout books the line as what a provider sent and, by its own rule, what the
// provider kept before.
func (r resolving) payout(ctx context.Context) error {
	if r.Till == ledger.TillBank || !reports(r.Till) {
		return wrong("till", "errors.choose")
	}
	if err := r.keptFits(); err != nil {
		return err
	}
	lines := []Line{r.line}
	if r.OtherID != 0 {
		other, err := lineByID(ctx, r.tx, r.OtherID)
		if err != nil {
			return err
		}
		if other.Till != r.Till || other.Currency != r.line.Currency || other.AmountMinor != -r.line.AmountMinor {
			return wrong("other", "closing.wrong.other")
		}
		lines = append(lines, other)
	}
	p, err := ledger.ProviderPaidOut(r.line.ID, r.Till, r.line.Amount(), r.line.At)
	if err != nil {
		return err
	}
	p.By = r.by
	made, err := r.post(ctx, p)
	if err != nil {
		return err
	}
	if err := r.meet(ctx, made, lines...); err != nil {
		return err
	}
	fee, err := r.fee(ctx)
	if err != nil {
		return err
	}
	if r.OtherID == 0 && !itemises(r.Till) {
		fee = append(fee, made...)
	}
	return r.elsewhere(ctx, made[0].TransactionID, fee)
}

// keptFits refuses what cannot have been kept. Of a provider that tells of its
// fees itself they are booked from its reports, and would be booked twice.
func (r resolving) keptFits() error {
	switch {
	case r.Kept.IsZero():
		return nil
	case r.Kept.Sign() < 0 || r.Kept.Currency != r.line.Currency || r.line.AmountMinor < 0:
		return wrong("kept", "closing.wrong.kept")
	case itemises(r.Till):
		return wrong("kept", "closing.wrong.kept_told")
	}
	return nil
}

// fee books what the provider kept, if anything.
func (r resolving) fee(ctx context.Context) ([]bookedEntry, error) {
	if r.Kept.IsZero() {
		return nil, nil
	}
	id, err := r.manual(ctx, manualEntry{kind: string(ledger.RuleProviderFee), till: r.Till, amount: r.Kept})
	if err != nil {
		return nil, err
	}
	p, err := ledger.FeeKept(id, r.Till, r.Kept, r.line.At, r.by)
	if err != nil {
		return nil, err
	}
	return r.post(ctx, p)
}

// elsewhere notes that the line told of entries of the provider's account too;
// it is undone together with what was booked because of the line.
func (r resolving) elsewhere(ctx context.Context, transaction int64, made []bookedEntry) error {
	m := newMatch{how: Elsewhere, transaction: transaction, by: r.by, memo: r.Memo, at: r.s.now()}
	for _, e := range made {
		if e.Till == r.Till {
			m.entries = append(m.entries, e.EntryID)
		}
	}
	if len(m.entries) == 0 {
		return nil
	}
	return writeMatch(ctx, r.tx, m)
}

const sqlFeesKept = `/* reconcile.fees_kept */
select f.id from ledger_transactions p
join manual_entries m on m.kind = 'provider_fee' and m.line_id = p.subject_id
join ledger_transactions f on f.rule = 'provider_fee' and f.subject = 'entry' and f.subject_id = m.id
where p.id = $1 and p.rule = 'provider_paid_out' and not exists (select from ledger_transactions c where c.reverses = f.id)
order by f.id`

// feesKept are the standing transactions of what was kept of a payout, which
// another transaction books.
func feesKept(ctx context.Context, tx pgx.Tx, transaction int64) ([]int64, error) {
	rows, err := tx.Query(ctx, sqlFeesKept, transaction)
	if err != nil {
		return nil, fmt.Errorf("fees kept: %w", postgres.Err(err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("fees kept: %w", postgres.Err(err))
	}
	return ids, nil
}
