package reconcile

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

const sqlTurn = `/* reconcile.turn */
select count(*) from ledger_transactions where rule = $1 and subject = $2 and subject_id = $3`

const sqlBooked = `/* reconcile.booked */
select t.id as transaction_id, e.id as entry_id, a.provider as till, e.currency, e.amount_minor
from ledger_transactions t join ledger_entries e on e.transaction_id = t.id join ledger_accounts a on a.id = e.account_id
where t.rule = $1 and t.subject = $2 and t.subject_id = $3 and t.turn = $4 and a.kind = 'clearing' order by e.id`

type bookedEntry struct {
	TransactionID int64
	EntryID       int64
	Till          ledger.Till
	Currency      money.Currency
	AmountMinor   int64
}

// book posts what a rule says of a line and matches the new entries with the
// lines they are the money of.
func (r resolving) book(ctx context.Context, p ledger.Posting, lines ...Line) error {
	made, err := r.post(ctx, p)
	if err != nil {
		return err
	}
	return r.meet(ctx, made, lines...)
}

// post writes what a rule says and returns its entries in tills. A line whose
// booking was undone takes another turn.
func (r resolving) post(ctx context.Context, p ledger.Posting) ([]bookedEntry, error) {
	if err := r.tx.QueryRow(ctx, sqlTurn, p.Rule, p.Subject, p.SubjectID).Scan(&p.Turn); err != nil {
		return nil, fmt.Errorf("turn: %w", postgres.Err(err))
	}
	if p.Memo == "" {
		p.Memo = r.Memo
	}
	posted, err := ledger.New(r.tx).Post(ctx, p)
	if err != nil {
		return nil, err
	}
	if !posted {
		return nil, errs.E(errs.Conflict, fmt.Sprintf("%s of %s %d is booked already", p.Rule, p.Subject, p.SubjectID))
	}
	rows, err := r.tx.Query(ctx, sqlBooked, p.Rule, p.Subject, p.SubjectID, p.Turn)
	if err != nil {
		return nil, postgres.Err(err)
	}
	made, err := pgx.CollectRows(rows, pgx.RowToStructByName[bookedEntry])
	if err != nil {
		return nil, fmt.Errorf("what was booked: %w", postgres.Err(err))
	}
	return made, nil
}

// meet matches lines with the entries just made that are their money.
func (r resolving) meet(ctx context.Context, made []bookedEntry, lines ...Line) error {
	for _, l := range lines {
		for _, e := range made {
			if e.Till != l.Till || e.Currency != l.Currency || e.AmountMinor != l.AmountMinor {
				continue
			}
			m := newMatch{how: Booked, transaction: e.TransactionID, by: r.by, memo: r.Memo, at: r.s.now(), lines: []int64{l.ID}, entries: []int64{e.EntryID}}
			if err := writeMatch(ctx, r.tx, m); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// manualEntry is a row of manual_entries about to be written.
type manualEntry struct {
	kind     string
	line     int64 // 0: the line that is resolved
	till     ledger.Till
	producer int64
	amount   money.Amount
	to       money.Amount // of an exchange
	rate     money.Rate
}

const sqlManual = `/* reconcile.manual */
insert into manual_entries (kind, line_id, till, producer_id, amount_minor, currency, to_minor, to_currency, rate, memo, account_id, at)
values ($1, $2, $3, nullif($4::bigint, 0), $5, $6, nullif($7::bigint, 0), nullif($8, ''), $9, $10, $11, $12) returning id`

func (r resolving) manual(ctx context.Context, m manualEntry) (id int64, err error) {
	if m.line == 0 {
		m.line = r.line.ID
	}
	err = r.tx.QueryRow(ctx, sqlManual, m.kind, m.line, m.till, m.producer, m.amount.Minor, m.amount.Currency,
		m.to.Minor, string(m.to.Currency), m.rate, r.Memo, r.by, r.s.now()).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("manual entry: %w", postgres.Err(err))
	}
	return id, nil
}

// rateDecimals is how many the books keep of a rate.
const rateDecimals = 12

// rateOf is what one unit of from was worth in to, as near as the books keep
// it.
func rateOf(from, to money.Amount) (money.Rate, error) {
	units := func(a money.Amount) *big.Rat { return big.NewRat(a.Minor, a.Currency.MinorPerMajor()) }
	if from.Minor <= 0 || to.Minor <= 0 {
		return money.Rate{}, money.ErrRate
	}
	return money.ParseRate(new(big.Rat).Quo(units(to), units(from)).FloatString(rateDecimals))
}

const sqlUndo = `/* reconcile.undo */
with undone as (
    update matches set undone_at = $2, undone_by = $3
    where undone_at is null and id in (select $1 union select m.id from matches m join matches one on one.id = $1
        where one.transaction_id is not null and m.transaction_id = one.transaction_id)
    returning id
)
update match_items set live = false where live and match_id in (select id from undone)`

// Undo takes a line's match apart, for a reason. What was booked because of the
// line is reversed, and the entries that then undo each other need no line. The
// program does not match the same two again by itself. A line that an order was
// paid by stays matched: what it brought goes back as a refund of that order.
func (s *Service) Undo(ctx context.Context, accountID, lineID int64, memo string) error {
	if memo == "" {
		return wrong("memo", "closing.wrong.memo")
	}
	err := s.alone(ctx, func(tx pgx.Tx) error {
		m, err := matchOf(ctx, tx, "line_id", lineID)
		if err != nil {
			return err
		}
		if m.ID == 0 {
			return errs.E(errs.Conflict, fmt.Sprintf("line %d is not matched", lineID))
		}
		if err := notUsedUp(ctx, tx, lineID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlUndo, m.ID, s.now(), accountID); err != nil {
			return postgres.Err(err)
		}
		if m.TransactionID != 0 {
			if err := s.correct(ctx, tx, m.TransactionID, accountID, memo); err != nil {
				return err
			}
		}
		if _, err := s.matchIn(ctx, tx); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "line.undone", SubjectKind: "import_line", SubjectID: lineID,
			Detail: map[string]any{"how": m.How, "transaction": m.TransactionID, "memo": memo}})
	})
	if err != nil {
		return fmt.Errorf("undo line %d: %w", lineID, err)
	}
	return nil
}

// notUsedUp refuses to free a line that an order was paid by: the order would
// stay paid, and the line could pay another.
func notUsedUp(ctx context.Context, tx pgx.Tx, lineID int64) error {
	var order string
	err := tx.QueryRow(ctx, `/* reconcile.used_up */
select o.reference from import_lines_paid p join orders o on o.id = p.order_id where p.line_id = $1`, lineID).Scan(&order)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return postgres.Err(err)
	}
	return wrong("memo", "closing.wrong.paid_order", "order", order)
}

// correct reverses what was booked because of a line; what is reversed already
// stays so.
func (s *Service) correct(ctx context.Context, tx pgx.Tx, transaction, by int64, memo string) error {
	all, err := feesKept(ctx, tx, transaction)
	if err != nil {
		return err
	}
	for _, id := range append(all, transaction) {
		if err := ledger.New(tx).Correct(ctx, id, by, memo, s.now()); err != nil && errs.KindOf(err) != errs.Conflict {
			return err
		}
	}
	return nil
}

const sqlTillOfEntry = `/* reconcile.till_of_entry */
select a.provider, coalesce(t.account_id, 0) from ledger_entries e join ledger_accounts a on a.id = e.account_id
join ledger_transactions t on t.id = e.transaction_id where e.id = $1 and a.kind = 'clearing'`

// IgnoreEntry says, for a reason, that no line will come for an entry. Whoever
// booked it leaves that to another: the field memo says so. One that is matched is errs.Conflict, one of no till that sends reports errs.NotFound.
func (s *Service) IgnoreEntry(ctx context.Context, accountID, entryID int64, memo string) error {
	err := s.alone(ctx, func(tx pgx.Tx) error {
		var till ledger.Till
		var booker int64
		if err := tx.QueryRow(ctx, sqlTillOfEntry, entryID).Scan(&till, &booker); err != nil {
			return postgres.Err(err)
		}
		if !reports(till) {
			return errs.E(errs.NotFound, "nobody reports of this entry")
		}
		if memo == "" {
			return wrong("memo", "closing.wrong.memo")
		}
		if booker == accountID {
			return wrong("memo", "closing.wrong.own")
		}
		m := newMatch{how: Ignored, by: accountID, memo: memo, at: s.now(), entries: []int64{entryID}}
		if err := writeMatch(ctx, tx, m); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "entry.ignored", SubjectKind: "ledger_entry", SubjectID: entryID,
			Detail: map[string]any{"memo": memo}})
	})
	if err != nil {
		return fmt.Errorf("ignore entry %d: %w", entryID, err)
	}
	return nil
}

// BookExact books every open line of which the program knows what it is:
// transfers of just the sum an order waits for, and what a provider says it
// sent. It returns how many; what could not be booked is in the error and stays
// open. What the bookings make clear is matched once, at the end.
func (s *Service) BookExact(ctx context.Context, accountID int64) (booked int, err error) {
	booked, err = s.bookExact(ctx, accountID)
	if booked > 0 {
		_, matchErr := s.Match(ctx)
		err = errors.Join(err, matchErr)
	}
	return booked, err
}

func (s *Service) bookExact(ctx context.Context, accountID int64) (booked int, err error) {
	var failed []error
	after := int64(0)
	for {
		lines, err := openLines(ctx, s.DB, LineFilter{}, after, matchAtOnce)
		if err != nil || len(lines) == 0 {
			return booked, joined(failed, err)
		}
		after = lines[len(lines)-1].ID
		items, err := s.judged(ctx, s.DB, lines)
		if err != nil {
			return booked, joined(failed, err)
		}
		for _, item := range items {
			if !item.Kind.Exact() {
				continue
			}
			switch err := s.resolve(ctx, accountID, item.Line.ID, item.exactly(), nothing); {
			case err == nil:
				booked++
			case errs.KindOf(err) == errs.Conflict, errs.KindOf(err) == errs.Invalid: // the world has moved on
			default:
				failed = append(failed, err)
			}
		}
	}
}

func nothing(context.Context, pgx.Tx) error { return nil }

// exactly is the resolution of an item that is exact.
func (i Item) exactly() Resolution {
	if i.Kind == ForOrder {
		return Resolution{As: AsTransfer, OrderID: i.Order.ID}
	}
	return Resolution{As: AsPayout, Till: i.Other.Till, OtherID: i.Other.ID}
}
