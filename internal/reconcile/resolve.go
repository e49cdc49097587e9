package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// As says what finance takes a line for.
type As string

// What it may be.
const (
	AsTransfer    As = "transfer"        // the money of an order
	AsPayout      As = "provider_payout" // what a provider sent, or drew
	AsCash        As = "cash"            // a courier's, or the cash box's, handed in at the bank
	AsDebt        As = "debt"            // a producer paid what she owed
	AsExchange    As = "exchange"        // with another line: money changed at the bank
	AsUnexplained As = "unexplained"     // booked, to be explained later
	AsEntry       As = "entry"           // entries that are in the books already
	AsIgnored     As = "ignored"         // nothing of ours, for a reason
)

// Ways lists them all.
var Ways = []As{AsTransfer, AsPayout, AsCash, AsDebt, AsExchange, AsUnexplained, AsEntry, AsIgnored}

// Resolution is what finance says of a line.
type Resolution struct {
	As         As
	OrderID    int64        // of a transfer
	Till       ledger.Till  // of a payout the provider; of cash who had it
	ProducerID int64        // who paid a debt
	OtherID    int64        // of an exchange the other line; of a payout the provider's line, or 0
	Kept       money.Amount // what the provider kept before it paid out, in the line's currency; zero: nothing
	EntryIDs   []int64
	Memo       string // why; must be given for what is ignored or unexplained
}

// resolving is a resolution at work.
type resolving struct {
	s    *Service
	tx   pgx.Tx
	by   int64
	line Line
	Resolution
}

// Resolve books an open line as what finance takes it for, through the ledger's
// rules, and matches it. What is wrong with the answer comes as *errs.Fields; a
// line that is matched meanwhile is errs.Conflict.
func (s *Service) Resolve(ctx context.Context, accountID, lineID int64, r Resolution) error {
	return s.resolve(ctx, accountID, lineID, r, func(ctx context.Context, tx pgx.Tx) error {
		_, err := s.matchIn(ctx, tx)
		return err
	})
}

// resolve is Resolve with what there is to do in its transaction afterwards.
func (s *Service) resolve(ctx context.Context, accountID, lineID int64, r Resolution, then func(context.Context, pgx.Tx) error) error {
	line, err := s.LineByID(ctx, lineID)
	if err != nil {
		return err
	}
	err = s.alone(ctx, func(tx pgx.Tx) error {
		m, err := matchOf(ctx, tx, "line_id", lineID)
		if err != nil {
			return err
		}
		if m.ID != 0 {
			return errs.E(errs.Conflict, fmt.Sprintf("line %d is matched already", lineID))
		}
		if err := (resolving{s, tx, accountID, line, r}).do(ctx); err != nil {
			return err
		}
		if err := then(ctx, tx); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "line.resolved", SubjectKind: "import_line", SubjectID: lineID,
			Detail: r.told(line)})
	})
	if err != nil {
		return fmt.Errorf("line %d as %s: %w", lineID, r.As, err)
	}
	return nil
}

// told is what the audit keeps of a resolution.
func (r Resolution) told(line Line) map[string]any {
	detail := map[string]any{"as": r.As, "amount": line.Amount().String(), "memo": r.Memo}
	if !r.Kept.IsZero() {
		detail["kept"] = r.Kept.String()
	}
	return detail
}

const sqlPaidOrder = `/* reconcile.paid_order */ insert into import_lines_paid (line_id, order_id, at) values ($1, $2, $3)`

// received confirms the transfer of an order, the same deed as by hand on the
// order's page, in the transaction that matches the line: of two who say at
// once what a line paid, one is too late. Where the order was paid before,
// nothing changes; else the line has been used up on it.
func (r resolving) received(ctx context.Context) error {
	if r.line.Till != ledger.TillBank || r.line.AmountMinor < 0 {
		return wrong("as", "closing.wrong.not_for_this")
	}
	if r.OrderID == 0 {
		return wrong("order", "closing.wrong.order")
	}
	result, err := r.s.Checkout.BankReceivedIn(ctx, r.tx, r.by, r.OrderID, r.line.Amount())
	switch {
	case err == nil && result != checkout.ResultAlready:
		_, err = r.tx.Exec(ctx, sqlPaidOrder, r.line.ID, r.OrderID, r.s.now())
		return postgres.Err(err)
	case errors.Is(err, checkout.ErrAmount):
		return wrong("order", "closing.wrong.order_amount")
	case err != nil && errs.KindOf(err) == errs.NotFound:
		return wrong("order", "closing.wrong.order")
	case err != nil && errs.KindOf(err) == errs.Invalid:
		return wrong("order", "closing.wrong.order_method")
	}
	return err
}

func wrong(field, key string, args ...any) error {
	var f errs.Fields
	f.Add(field, key, args...)
	return f.Err()
}

func (r resolving) do(ctx context.Context) error {
	if (r.As == AsPayout || r.As == AsCash || r.As == AsDebt || r.As == AsExchange) && r.line.Till != ledger.TillBank {
		return wrong("as", "closing.wrong.not_for_this")
	}
	if (r.As == AsCash || r.As == AsDebt) && r.line.AmountMinor < 0 {
		return wrong("as", "closing.wrong.not_out")
	}
	switch r.As {
	case AsTransfer:
		return r.transfer(ctx)
	case AsPayout:
		return r.payout(ctx)
	case AsCash:
		return r.cash(ctx)
	case AsDebt:
		return r.debt(ctx)
	case AsExchange:
		return r.exchange(ctx)
	case AsUnexplained:
		return r.unexplained(ctx)
	case AsEntry:
		return r.entries(ctx)
	case AsIgnored:
		if r.Memo == "" {
			return wrong("memo", "closing.wrong.memo")
		}
		return writeMatch(ctx, r.tx, newMatch{how: Ignored, by: r.by, memo: r.Memo, at: r.s.now(), lines: []int64{r.line.ID}})
	}
	return wrong("as", "errors.choose")
}

const sqlOfTransfer = `/* reconcile.of_transfer */
select e.id from payments y
join ledger_transactions t on t.rule in ('order_paid', 'money_unexpected') and t.subject = 'payment' and t.subject_id = y.id
join ledger_entries e on e.transaction_id = t.id
join ledger_accounts a on a.id = e.account_id and a.kind = 'clearing' and a.provider = 'bank'
where y.order_id = $1 and e.amount_minor = $2 and e.currency = $3 and not exists (select from match_items i where i.entry_id = e.id and i.live)
order by e.id limit 1`

// transfer matches the line with what was booked when its order was paid.
func (r resolving) transfer(ctx context.Context) error {
	if err := r.received(ctx); err != nil {
		return err
	}
	var entry int64
	err := r.tx.QueryRow(ctx, sqlOfTransfer, r.OrderID, r.line.AmountMinor, r.line.Currency).Scan(&entry)
	if errors.Is(err, pgx.ErrNoRows) {
		return wrong("order", "closing.wrong.order_booked")
	}
	if err != nil {
		return fmt.Errorf("what was booked of order %d: %w", r.OrderID, postgres.Err(err))
	}
	return writeMatch(ctx, r.tx, newMatch{how: ByHand, by: r.by, memo: r.Memo, at: r.s.now(), lines: []int64{r.line.ID}, entries: []int64{entry}})
}

func (r resolving) cash(ctx context.Context) error {
	if r.Till != ledger.TillCash && r.Till != ledger.TillCourier {
		return wrong("from", "errors.choose")
	}
	id, err := r.manual(ctx, manualEntry{kind: "cash_handed_in", till: r.Till, amount: r.line.Amount()})
	if err != nil {
		return err
	}
	p, err := ledger.CashHandedIn(id, r.Till, r.line.Amount(), r.line.At, r.by)
	if err != nil {
		return err
	}
	return r.book(ctx, p, r.line)
}

func (r resolving) debt(ctx context.Context) error {
	var there bool
	if err := r.tx.QueryRow(ctx, `/* reconcile.producer */ select exists (select from producers where id = $1)`, r.ProducerID).Scan(&there); err != nil {
		return postgres.Err(err)
	}
	if !there {
		return wrong("producer", "closing.wrong.producer")
	}
	owes, err := owedBy(ctx, r.tx, r.ProducerID, r.line.Currency)
	if err != nil {
		return err
	}
	if owes.Minor < r.line.AmountMinor {
		return wrong("producer", "closing.wrong.debt", "owes", owes)
	}
	id, err := r.manual(ctx, manualEntry{kind: "debt_paid", producer: r.ProducerID, amount: r.line.Amount()})
	if err != nil {
		return err
	}
	p, err := ledger.DebtPaid(id, r.ProducerID, ledger.TillBank, r.line.Amount(), r.line.At, r.by)
	if err != nil {
		return err
	}
	return r.book(ctx, p, r.line)
}

// owedBy is what a producer owes in a currency, or nothing. Nobody else has her
// pay a debt, or approves a payout of hers, until the transaction ends; the
// database looks again when it does.
func owedBy(ctx context.Context, tx pgx.Tx, producerID int64, cur money.Currency) (money.Amount, error) {
	_, err := tx.Exec(ctx, `/* reconcile.lock_payable */
select from ledger_accounts where producer_id = $1 and currency = $2 order by id for no key update`, producerID, cur)
	if err != nil {
		return money.Amount{}, postgres.Err(err)
	}
	stands, err := ledger.New(tx).Balance(ctx, ledger.PayableTo(producerID, cur))
	if stands.Minor < 0 {
		stands.Minor = 0
	}
	return stands, err
}

// exchange takes two lines of the bank: what was given, and what it brought.
func (r resolving) exchange(ctx context.Context) error {
	other, err := lineByID(ctx, r.tx, r.OtherID)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	if err != nil || other.Till != ledger.TillBank || other.Currency == r.line.Currency || sign(other.AmountMinor) == sign(r.line.AmountMinor) {
		return wrong("other", "closing.wrong.exchange")
	}
	given, brought := r.line, other
	if given.AmountMinor > 0 {
		given, brought = other, r.line
	}
	rate, err := rateOf(size(given.Amount()), brought.Amount())
	if err != nil {
		return wrong("other", "closing.wrong.rate")
	}
	id, err := r.manual(ctx, manualEntry{kind: "exchange", amount: size(given.Amount()), to: brought.Amount(), rate: rate, line: given.ID})
	if err != nil {
		return err
	}
	p, err := ledger.Exchange(id, ledger.TillBank, size(given.Amount()), brought.Amount(), rate, r.line.At, r.by)
	if err != nil {
		return err
	}
	return r.book(ctx, p, given, brought)
}

func (r resolving) unexplained(ctx context.Context) error {
	if r.Memo == "" {
		return wrong("memo", "closing.wrong.memo")
	}
	p, err := ledger.Unexplained(r.line.ID, r.line.Till, r.line.Amount(), r.line.At, r.by, r.Memo)
	if err != nil {
		return err
	}
	return r.book(ctx, p, r.line)
}

const sqlChosen = `/* reconcile.chosen */
select a.provider, e.currency, e.amount_minor from ledger_entries e join ledger_accounts a on a.id = e.account_id
where e.id = any($1) and a.kind = 'clearing' and not exists (select from match_items i where i.entry_id = e.id and i.live)`

// entries matches the line with entries that are there already; they must come
// to just its sum.
func (r resolving) entries(ctx context.Context) error {
	rows, err := r.tx.Query(ctx, sqlChosen, r.EntryIDs)
	if err != nil {
		return postgres.Err(err)
	}
	sum, found := money.Zero(r.line.Currency), 0
	var till ledger.Till
	var amount money.Amount
	_, err = pgx.ForEachRow(rows, []any{&till, &amount.Currency, &amount.Minor}, func() error {
		if found++; till != r.line.Till {
			return money.ErrCurrency
		}
		sum, err = sum.Add(amount)
		return err
	})
	if err != nil && !errors.Is(err, money.ErrCurrency) && !errors.Is(err, money.ErrOverflow) {
		return postgres.Err(err)
	}
	if err != nil || found == 0 || found != len(r.EntryIDs) || sum != r.line.Amount() {
		return wrong("entries", "closing.wrong.entries", "amount", r.line.Amount())
	}
	return writeMatch(ctx, r.tx, newMatch{how: ByHand, by: r.by, memo: r.Memo, at: r.s.now(), lines: []int64{r.line.ID}, entries: r.EntryIDs})
}
