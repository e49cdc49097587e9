package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Kind says what is the matter with a line or an entry that has no
// counterpart, and so what there is to do.
type Kind string

// What may be the matter. Waiting and Underway are no differences yet.
const (
	ForOrder       Kind = "order"           // a transfer of just the sum an order waits for
	ProviderPayout Kind = "provider_payout" // what a provider says it sent
	AmountDiffers  Kind = "amount"
	OtherCurrency  Kind = "currency"
	Twice          Kind = "twice"      // the same money came before
	OrderOver      Kind = "order_over" // a transfer for an order that waits for none
	Unknown        Kind = "unknown"    // money we do not know
	Underway       Kind = "underway"   // sent by a provider, not yet at the bank
	Waiting        Kind = "waiting"    // booked, its report is still to come
	Missing        Kind = "missing"    // booked, or sent, and never seen on the other side
	Held           Kind = "held"       // cash that lies with people longer than it should
)

// Kinds lists every kind.
var Kinds = []Kind{ForOrder, ProviderPayout, AmountDiffers, OtherCurrency, Twice, OrderOver, Unknown, Underway, Waiting, Missing, Held}

// Wrong reports whether it is a difference, not only something to wait for.
func (k Kind) Wrong() bool { return k != Waiting && k != Underway }

// Exact reports whether the program knows what to book; a person lets it.
func (k Kind) Exact() bool { return k == ForOrder || k == ProviderPayout }

// patience is how long the other side of something may take to appear.
const patience = 5 * 24 * time.Hour

// OrderFound is an order that a transfer names.
type OrderFound struct {
	ID            int64
	Reference     string
	Number        *int64
	Status        orders.Status
	PaymentMethod markets.Method
	TotalMinor    int64
	Currency      money.Currency
	Paid          bool
}

// Total is what the order comes to.
func (o OrderFound) Total() money.Amount { return money.New(o.TotalMinor, o.Currency) }

// waits reports whether a transfer is expected for it.
func (o OrderFound) waits() bool {
	return o.PaymentMethod == markets.Bank && o.Status == orders.Placed && !o.Paid
}

// Item is a line without a counterpart and what is the matter with it.
type Item struct {
	Kind     Kind
	Line     Line
	Order    *OrderFound  // that it names
	Entry    *Entry       // that it nearly is, or that another line is
	Expected money.Amount // where another sum was expected
	Other    *Line        // the provider's word of what it sent
}

// around is all that is known around some open lines.
type around struct {
	entries []Entry
	orders  []OrderFound
	payouts []Line // open lines of providers about what they sent
	now     time.Time
}

// judge says what is the matter with an open line.
func (a around) judge(l Line) Item {
	item := Item{Kind: Unknown, Line: l}
	if a.nearly(&item) || a.forOrder(&item) {
		return item
	}
	switch l.Kind {
	case LineTransfer:
		a.sentByProvider(&item)
	case LinePayout:
		item.Kind = Underway
		if a.now.Sub(l.At) > patience {
			item.Kind = Missing
		}
	}
	return item
}

// nearly looks for entries of the line's name that are not its money.
func (a around) nearly(item *Item) bool {
	var taken *Entry
	for _, ref := range item.Line.Refs {
		for i, e := range a.entries {
			switch {
			case e.Till != item.Line.Till || !item.Line.Kind.fits(e.Rule) || !slices.Contains(e.Keys, ref):
			case sign(e.AmountMinor) != sign(item.Line.AmountMinor):
			case e.Matched:
				if taken == nil {
					taken = &a.entries[i]
				}
			case e.Currency != item.Line.Currency:
				item.Kind, item.Entry, item.Expected = OtherCurrency, &a.entries[i], e.Amount()
				return true
			default:
				item.Kind, item.Entry, item.Expected = AmountDiffers, &a.entries[i], e.Amount()
				return true
			}
		}
	}
	if taken != nil {
		item.Kind, item.Entry, item.Expected = Twice, taken, taken.Amount()
	}
	return taken != nil
}

func sign(n int64) int { return cmp.Compare(n, 0) }

// forOrder looks for the order that a transfer to us names.
func (a around) forOrder(item *Item) bool {
	if item.Line.Kind != LineTransfer || item.Line.AmountMinor < 0 {
		return false
	}
	for i, o := range a.orders {
		if !slices.Contains(item.Line.Refs, o.Reference) {
			continue
		}
		item.Order, item.Expected = &a.orders[i], o.Total()
		switch {
		case !o.waits():
			item.Kind = OrderOver
		case o.Currency != item.Line.Currency:
			item.Kind = OtherCurrency
		case o.Total() != item.Line.Amount():
			item.Kind = AmountDiffers
		default:
			item.Kind = ForOrder
		}
		return true
	}
	return false
}

// How long before it reaches the bank, and by what slip of clocks after it, a
// provider may say that it sent something.
const (
	sentBefore = 15 * 24 * time.Hour
	sentAfter  = 2 * 24 * time.Hour
)

// sentByProvider looks for the one provider that says it sent just this.
func (a around) sentByProvider(item *Item) {
	var found []*Line
	for i, p := range a.payouts {
		took := item.Line.At.Sub(p.At)
		if p.Currency == item.Line.Currency && p.AmountMinor == -item.Line.AmountMinor && took <= sentBefore && took >= -sentAfter {
			found = append(found, &a.payouts[i])
		}
	}
	if len(found) == 1 {
		item.Kind, item.Other = ProviderPayout, found[0]
	}
}

// Queue lists open lines and what is the matter with each, in the order they
// came.
func (s *Service) Queue(ctx context.Context, f LineFilter, page paging.Page) ([]Item, string, error) {
	after, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	lines, err := openLines(ctx, s.DB, f, after, page.Fetch())
	if err != nil {
		return nil, "", err
	}
	lines, next, err := paging.Cut(page, lines, func(l Line) int64 { return l.ID })
	if err != nil {
		return nil, "", err
	}
	items, err := s.judged(ctx, s.DB, lines)
	return items, next, err
}

// Item says what is the matter with one open line.
func (s *Service) Item(ctx context.Context, l Line) (Item, error) {
	items, err := s.judged(ctx, s.DB, []Line{l})
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}

const sqlOrdersFound = `/* reconcile.orders_found */
select id, reference, number, status, payment_method, total_minor, currency, paid_at is not null as paid
from orders where reference = any($1) order by id`

const sqlPayoutLines = `/* reconcile.payout_lines */
select ` + lineColumns + ` from open_lines o join import_lines l on l.id = o.line_id
where l.kind = 'payout' and l.at >= $1 and l.at < $2
order by l.id limit 1000`

func (s *Service) judged(ctx context.Context, db postgres.DB, lines []Line) ([]Item, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	a := around{now: s.now()}
	var err error
	refs := refsIn(lines)
	if a.entries, err = byRefs(ctx, db, refs); err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, sqlOrdersFound, refs)
	if err != nil {
		return nil, postgres.Err(err)
	}
	if a.orders, err = pgx.CollectRows(rows, pgx.RowToStructByName[OrderFound]); err != nil {
		return nil, fmt.Errorf("orders of transfers: %w", postgres.Err(err))
	}
	from, until := lines[0].At, lines[0].At
	for _, l := range lines {
		if l.At.Before(from) {
			from = l.At
		}
		if l.At.After(until) {
			until = l.At
		}
	}
	if a.payouts, err = collectLines(db.Query(ctx, sqlPayoutLines, from.Add(-sentBefore), until.Add(sentAfter))); err != nil {
		return nil, err
	}
	items := make([]Item, len(lines))
	for i, l := range lines {
		items[i] = a.judge(l)
	}
	return items, nil
}

// EntryItem is an entry without a line.
type EntryItem struct {
	Kind  Kind // Waiting or Missing
	Entry Entry
}

const sqlOpenEntries = `/* reconcile.open_entries */
select ` + entryColumns + `, '{}'::text[] as keys, false as matched, 0::bigint as line_id
from open_entries o
join ledger_entries e on e.id = o.entry_id
join ledger_accounts a on a.id = e.account_id
join ledger_transactions t on t.id = e.transaction_id
where o.entry_id > $1 and o.at < $2 and ($3 = '' or a.provider = $3)
order by o.entry_id limit $4`

// Entries lists entries of the tills that send reports which no report has
// confirmed, the oldest first.
func (s *Service) Entries(ctx context.Context, f LineFilter, page paging.Page) ([]EntryItem, string, error) {
	after, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	if f.Before.IsZero() {
		f.Before = s.now().Add(time.Minute)
	}
	list, err := s.openEntries(ctx, s.DB, f, after, page.Fetch())
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(e EntryItem) int64 { return e.Entry.ID })
}

func (s *Service) openEntries(ctx context.Context, db postgres.DB, f LineFilter, after int64, limit int) ([]EntryItem, error) {
	list, err := entries(ctx, db, sqlOpenEntries, after, f.Before, f.Till, limit)
	if err != nil {
		return nil, err
	}
	items := make([]EntryItem, len(list))
	for i, e := range list {
		items[i] = EntryItem{Waiting, e}
		if s.now().Sub(e.At) > patience {
			items[i].Kind = Missing
		}
	}
	return items, nil
}

// Open counts what has no counterpart, as Queue and Entries list it.
type Open struct {
	Lines   int
	Entries int // also those whose report is still to come
	Late    int // of the entries, those older than reports usually take
}

const sqlOpen = `/* reconcile.open */
select (select count(*) from open_lines), count(*), count(*) filter (where at < $1) from open_entries where at < $2`

// Open counts what waits for people, or for reports.
func (s *Service) Open(ctx context.Context) (o Open, err error) {
	err = s.DB.QueryRow(ctx, sqlOpen, s.now().Add(-patience), s.now().Add(time.Minute)).Scan(&o.Lines, &o.Entries, &o.Late)
	return o, postgres.Err(err)
}
