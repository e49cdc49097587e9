package desk

import (
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/reconcile"
	"awil/templates/layout"
	"awil/templates/part"
)

// QueuePage lists what has no counterpart.
type QueuePage struct {
	Page
	Till      ledger.Till
	OfEntries bool
	Open      reconcile.Open
	Items     []reconcile.Item
	Entries   []reconcile.EntryItem
	Next      string
}

func (p QueuePage) tabs() []Tab {
	q := p.Page
	q.Query = queryOf(q.With("after", ""))
	return []Tab{
		{Href: q.With("of", ""), Text: p.T("closing.queue.lines"), Count: p.Open.Lines, Current: !p.OfEntries},
		{Href: q.With("of", "entries"), Text: p.T("closing.queue.entries"), Count: p.Open.Entries, Current: p.OfEntries},
	}
}

// exact is how many on this page the program can book.
func (p QueuePage) exact() int {
	n := 0
	for _, i := range p.Items {
		if i.Kind.Exact() {
			n++
		}
	}
	return n
}

// todo says in a sentence what to do about a line.
func (p Page) todo(i reconcile.Item) string {
	key := "closing.do." + string(i.Kind)
	switch i.Kind {
	case reconcile.ForOrder, reconcile.OrderOver:
		return p.T(key, "order", i.Order.Reference)
	case reconcile.ProviderPayout:
		return p.T(key, "till", p.till(i.Other.Till), "when", p.Day(i.Other.At))
	case reconcile.AmountDiffers, reconcile.OtherCurrency:
		return p.T(key, "expected", i.Expected)
	}
	return p.T(key)
}

// LinePage is one line of a report and what it may be.
type LinePage struct {
	Page
	LineTyped
	Item       reconcile.Item
	Import     reconcile.Import
	Match      reconcile.Match // zero: open
	Candidates []reconcile.Entry
	Opposites  []reconcile.Line
	Makers     MakerChoice
}

// LineTyped is what was filled in on a line's page.
type LineTyped struct {
	As       reconcile.As
	Order    string
	Till     ledger.Till
	From     ledger.Till
	Producer int64
	Other    int64
	Kept     string // by a provider that paid out
	Memo     string // why it stays unexplained, or is undone
	Reason   string // why it is ignored
}

func (p LinePage) open() bool { return p.Match.ID == 0 }

// bank says that the line is of a bank's statement, in or out.
func (p LinePage) bank() bool { return p.Item.Line.Till == ledger.TillBank }
func (p LinePage) came() bool { return p.Item.Line.AmountMinor > 0 }

func (p LinePage) resolve() string { return linePath(p.Item.Line.ID) + "/resolve" }

// order is the reference to begin with.
func (p LinePage) orderTyped() string {
	if p.Order == "" && p.Item.Order != nil {
		return p.Item.Order.Reference
	}
	return p.Order
}

func (p LinePage) opposites() []part.Option {
	list := make([]part.Option, len(p.Opposites))
	for i, l := range p.Opposites {
		list[i] = part.Option{Value: id(l.ID), Text: p.Money(l.Amount()) + " · " + p.Day(l.At) + " · " + aboutLine(l)}
	}
	return list
}

// facts are what the file says.
func (p LinePage) facts() []part.Fact {
	l := p.Item.Line
	list := []part.Fact{
		{Term: p.T("closing.line.from"), Text: p.till(l.Till) + ", " + p.Import.Name + ", " + p.T("closing.line.number", "n", l.Number)},
		{Term: p.T("closing.line.kind"), Text: p.T("closing.line_kind." + string(l.Kind))},
		{Term: p.T("closing.line.when"), Text: p.When(l.At)},
	}
	for _, f := range []part.Fact{{Term: p.T("closing.line.counterparty"), Text: l.Counterparty}, {Term: p.T("closing.line.purpose"), Text: l.Purpose},
		{Term: p.T("closing.line.document"), Text: l.Document}, {Term: p.T("closing.line.id"), Text: l.ExternalID}} {
		if f.Text != "" {
			list = append(list, f)
		}
	}
	return list
}

// LedgerPage is the trial balance.
type LedgerPage struct {
	Page
	Accounts  []ledger.AccountBalance
	Producers Makers
}

// sides are the sums of all debits and all credits of a currency, which are one.
type sides struct {
	Currency      money.Currency
	Accounts      []ledger.AccountBalance
	Debit, Credit money.Amount
}

func (p LedgerPage) byCurrency() []sides {
	var list []sides
	for _, a := range p.Accounts {
		if len(list) == 0 || list[len(list)-1].Currency != a.Currency {
			list = append(list, sides{Currency: a.Currency, Debit: money.Zero(a.Currency), Credit: money.Zero(a.Currency)})
		}
		s := &list[len(list)-1]
		s.Accounts = append(s.Accounts, a)
		if a.Minor > 0 {
			s.Debit.Minor += a.Minor
		} else {
			s.Credit.Minor -= a.Minor
		}
	}
	return list
}

// debit and credit write an amount in the column of its side.
func (p Page) debit(a money.Amount) string {
	if a.Minor <= 0 {
		return ""
	}
	return p.Money(a)
}

func (p Page) credit(a money.Amount) string {
	if a.Minor >= 0 {
		return ""
	}
	a.Minor = -a.Minor
	return p.Money(a)
}

// LedgerAccountPage lists the entries of an account.
type LedgerAccountPage struct {
	Page
	Account   ledger.Account
	Entries   []ledger.AccountEntry
	Orders    map[int64]string // what the orders of the entries are called
	Producers Makers
	Next      string
}

// TransactionPage shows one transaction of the books.
type TransactionPage struct {
	Page
	Me        int64 // the account that looks
	Memo      string
	Entries   []ledger.Booked
	Matches   map[int64]reconcile.Match // by entry
	Orders    map[int64]string          // what its order is called
	About     layout.Link               // what was booked
	Producers Makers
}

func (p TransactionPage) head() ledger.Booked { return p.Entries[0] }

func (p Page) rule(r ledger.Rule) string { return p.T("closing.rule." + string(r)) }

// reported says that reports should tell of an entry.
func reported(e ledger.Booked) bool {
	for _, t := range reconcile.Tills {
		if e.Account.Kind == ledger.Clearing && e.Account.Till == t {
			return true
		}
	}
	return false
}

// unmatched lists the entries no report has told of.
func (p TransactionPage) unmatched() []ledger.Booked {
	var list []ledger.Booked
	for _, e := range p.Entries {
		if _, is := p.Matches[e.EntryID]; reported(e) && !is {
			list = append(list, e)
		}
	}
	return list
}
