package desk

import (
	"net/url"
	"strconv"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/producers"
	"awil/internal/reconcile"
	"awil/templates/part"
)

// ClosingPage lists the days and how they stood.
type ClosingPage struct {
	Page
	Day    string // in the form: a date as inputs write it
	Open   reconcile.Open
	Closes []reconcile.Close
	Next   string
}

// closingTabs lead to the pages of reconciliation.
func closingTabs(p Page, at string) []Tab {
	tab := func(href, key string) Tab { return Tab{Href: href, Text: p.T(key), Current: href == at} }
	return []Tab{tab(closingPath, "closing.tab.days"), tab(queuePath, "closing.tab.queue"), tab(importsPath, "closing.tab.imports")}
}

const (
	closingPath = "/desk/closing"
	queuePath   = "/desk/closing/queue"
	importsPath = "/desk/closing/imports"
	ledgerPath  = "/desk/ledger"
)

func dayPath(c reconcile.Close) string { return closingPath + "/" + c.Day.Format(time.DateOnly) }

// day writes the date of a close, which has no zone.
func (p Page) date(c reconcile.Close) string { return p.Date(c.Day) }

func verdictClass(v reconcile.Verdict) string {
	switch v {
	case reconcile.AllMatched:
		return "yes"
	case reconcile.OnlyWaiting:
		return "mid"
	}
	return "no"
}

// found says how much a close found.
func (p Page) found(c reconcile.Close) string {
	if n := c.Findings + len(c.Books); n > 0 {
		return p.T("closing.found", "n", n)
	}
	return ""
}

// who closed a day.
func (p Page) closer(c reconcile.Close) string {
	if c.AccountName == "" {
		return p.T("closing.clock")
	}
	return c.AccountName
}

// ClosedDayPage shows how a day stood.
type ClosedDayPage struct {
	Page
	Looks        []reconcile.Close // the latest first, and filled in
	Transactions map[int64]int64   // of the entries that were found
}

func (p ClosedDayPage) last() reconcile.Close { return p.Looks[0] }

// more is how many findings are not listed.
func (p ClosedDayPage) more() int { return p.last().Findings - len(p.last().List) }

// where leads to what a finding is about.
func (p ClosedDayPage) where(f reconcile.Finding) string {
	if f.LineID != 0 {
		return linePath(f.LineID)
	}
	if f.Kind == reconcile.Held {
		return accountPath(ledger.Account{Kind: ledger.Clearing, Till: f.Till, Currency: f.Currency})
	}
	return transactionPath(p.Transactions[f.EntryID])
}

// heldTodo says since when cash is held, and what to do about it.
func (p ClosedDayPage) heldTodo(f reconcile.Finding) string {
	y, m, d := p.last().Day.Date()
	return p.T("closing.do.held_"+string(f.Till), "n", f.Days(time.Date(y, m, d+1, 0, 0, 0, 0, p.Zone)))
}

func linePath(line int64) string { return path("closing", "lines", id(line)) }

func transactionPath(transaction int64) string { return path("ledger", id(transaction)) }

// till names where money lies.
func (p Page) till(t ledger.Till) string { return p.T("closing.till." + string(t)) }

func tillOptions(p Page, tills []ledger.Till) []part.Option {
	list := make([]part.Option, len(tills))
	for i, t := range tills {
		list[i] = part.Option{Value: string(t), Text: p.till(t)}
	}
	return list
}

// providers are the tills that send what lies in them to the bank.
var providers = []ledger.Till{ledger.TillStripe, ledger.TillPayme, ledger.TillClick}

// hands are the tills that people bring to the bank.
var hands = []ledger.Till{ledger.TillCourier, ledger.TillCash}

func kindClass(k reconcile.Kind) string {
	switch {
	case k.Exact():
		return "yes"
	case k.Wrong():
		return "no"
	}
	return "mid"
}

func (p Page) kind(k reconcile.Kind) string { return p.T("closing.kind." + string(k)) }

// ImportsPage takes files in and lists those that came.
type ImportsPage struct {
	Page
	ImportTyped
	Bad     *reconcile.FileError // why the last one was not taken
	Seen    int64                // the import that brought the same file before, or 0
	Imports []reconcile.Import
	Next    string
}

// ImportTyped is what was chosen beside a file.
type ImportTyped struct {
	Till     ledger.Till
	Currency money.Currency
}

// currencies are those the programme's bank accounts may be in.
func currencies() []part.Option {
	var list []part.Option
	for _, c := range []money.Currency{money.UZS, money.KGS, money.USD, money.EUR, money.JPY, money.GBP, money.KRW, money.KZT, money.RUB, money.AED} {
		list = append(list, part.Option{Value: string(c), Text: string(c)})
	}
	return list
}

// problemOf is a sentence about a file.
func (p Page) problemOf(problem reconcile.Problem) string {
	text := p.T(problem.Key, problem.Args...)
	if problem.Line == 0 {
		return text
	}
	return p.T("closing.bad.line", "line", strconv.Itoa(problem.Line), "text", text)
}

// ImportPage shows the lines of a file.
type ImportPage struct {
	Page
	Import reconcile.Import
	Lines  []reconcile.ImportedLine
	Next   string
}

// became says what became of a line.
func (p ImportPage) became(l reconcile.ImportedLine) (class, word string) {
	if l.How == "" {
		return "no", p.T("closing.how.open")
	}
	if l.How == reconcile.Ignored {
		return "mid", p.T("closing.how.ignored")
	}
	return "yes", p.T("closing.how." + string(l.How))
}

// aboutLine is what a line says of itself.
func aboutLine(l reconcile.Line) string {
	switch {
	case l.Purpose != "":
		return l.Purpose
	case l.Document != "":
		return l.Document
	}
	return l.ExternalID
}

// Makers are producers, to be named.
type Makers []producers.Producer

func (m Makers) name(of int64) string {
	for _, one := range m {
		if one.ID == of {
			return one.Name
		}
	}
	return id(of)
}

func (m Makers) options() []part.Option {
	list := make([]part.Option, len(m))
	for i, one := range m {
		list[i] = part.Option{Value: id(one.ID), Text: one.Name}
	}
	return list
}

// MakerChoice is what a choice of a maker offers.
type MakerChoice struct {
	Makers Makers
	Search string // part of a name
	Many   bool   // there are more than are offered, or were before the search
}

// Account names an account of the books in words.
func (m Makers) Account(p Page, a ledger.Account) string {
	kind := p.T("closing.account." + string(a.Kind))
	switch {
	case a.Till != "":
		return kind + " · " + p.till(a.Till)
	case a.ProducerID != 0:
		return kind + " · " + m.name(a.ProducerID)
	}
	return kind
}

func accountPath(a ledger.Account) string {
	q := url.Values{"kind": {string(a.Kind)}, "currency": {string(a.Currency)}}
	if a.Till != "" {
		q.Set("till", string(a.Till))
	}
	if a.ProducerID != 0 {
		q.Set("producer", id(a.ProducerID))
	}
	return ledgerPath + "/account?" + q.Encode()
}
