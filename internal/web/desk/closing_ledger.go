package desk

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payouts"
	"awil/internal/web"
	pages "awil/templates/desk"
	"awil/templates/layout"
)

const ledgerPath = "/desk/ledger"

// trialBalance shows every account of the books with its balance.
func (d *Desk) trialBalance(c echo.Context) error {
	p, err := d.page(c, "closing.ledger.title", ledgerPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view := pages.LedgerPage{Page: p}
	if view.Accounts, err = d.Ledger.TrialBalance(ctx); err != nil {
		return err
	}
	var makers []int64
	for _, a := range view.Accounts {
		makers = append(makers, a.Account.ProducerID)
	}
	if view.Producers, err = d.Producers.Some(ctx, p.Lang(), makers...); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Ledger(view))
}

// accountForm names an account of the books.
type accountForm struct {
	Kind     ledger.Kind    `form:"kind" max:"20"`
	Producer int64          `form:"producer"`
	Till     ledger.Till    `form:"till" max:"20"`
	Currency money.Currency `form:"currency" max:"3"`
}

// ledgerAccount shows the entries of an account, newest first.
func (d *Desk) ledgerAccount(c echo.Context) error {
	p, err := d.page(c, "closing.ledger.title", ledgerPath)
	if err != nil {
		return err
	}
	var form accountForm
	if err := filters(c, &form); err != nil {
		return err
	}
	if form.Kind == "" || !form.Currency.Known() {
		return errs.E(errs.NotFound, "no account is called so")
	}
	ctx := c.Request().Context()
	view := pages.LedgerAccountPage{Page: p, Account: ledger.Account{Kind: form.Kind, ProducerID: form.Producer, Till: form.Till, Currency: form.Currency}}
	if view.Entries, view.Next, err = d.Ledger.OfAccount(ctx, view.Account, pageOf(c)); err != nil {
		return err
	}
	if len(view.Entries) == 0 && c.QueryParam("after") == "" {
		return errs.E(errs.NotFound, "nothing was ever booked there")
	}
	if view.Producers, err = d.Producers.Some(ctx, p.Lang(), form.Producer); err != nil {
		return err
	}
	var of []int64
	for _, e := range view.Entries {
		of = append(of, e.OrderID)
	}
	if view.Orders, err = d.Orders.Labels(ctx, of); err != nil {
		return err
	}
	view.Title = view.Producers.Account(p, view.Account)
	return web.Render(c, http.StatusOK, pages.LedgerAccount(view))
}

func (d *Desk) ledgerTransaction(c echo.Context) error { return d.showTransaction(c, nil) }

// showTransaction shows all entries of one transaction, and what reports say of
// those on the tills.
func (d *Desk) showTransaction(c echo.Context, problems *errs.Fields) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	return d.showTransactionOf(c, id, "", problems)
}

func (d *Desk) showTransactionOf(c echo.Context, id int64, memo string, problems *errs.Fields) error {
	p, err := d.page(c, "closing.ledger.title", ledgerPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view := pages.TransactionPage{Page: p, Me: by(c), Memo: memo}
	if view.Entries, err = d.Ledger.Transaction(ctx, id); err != nil {
		return err
	}
	if len(view.Entries) == 0 {
		return errs.E(errs.NotFound, "no transaction "+decimal(id))
	}
	var ids, makers []int64
	for _, e := range view.Entries {
		ids, makers = append(ids, e.EntryID), append(makers, e.Account.ProducerID)
	}
	if view.Matches, err = d.Reconcile.MatchesOfEntries(ctx, ids); err != nil {
		return err
	}
	if view.Producers, err = d.Producers.Some(ctx, p.Lang(), makers...); err != nil {
		return err
	}
	head := view.Entries[0]
	if view.Orders, err = d.Orders.Labels(ctx, []int64{head.OrderID}); err != nil {
		return err
	}
	if view.About, err = d.booked(ctx, p, head); err != nil {
		return err
	}
	view.Title = p.T("closing.ledger.transaction", "n", decimal(id))
	view.Problems, view.Path = problems, ledgerPath+"/"+decimal(id)
	return web.Render(c, web.FormStatus(problems), pages.Transaction(view))
}

// booked names what a transaction of the books is about, with where it is seen;
// what is of an order is seen on its page, which is named beside it.
func (d *Desk) booked(ctx context.Context, p pages.Page, b ledger.Booked) (layout.Link, error) {
	about := layout.Link{Text: p.T("desk.books." + string(b.Subject))}
	switch b.Subject {
	case ledger.SubjectPayout:
		batch, err := d.Payouts.BatchOf(ctx, b.SubjectID)
		about.Text = p.T("desk.books.payout", "label", payouts.Label(b.SubjectID))
		about.Href = fmt.Sprintf("%s/%d#payout-%d", payoutsPath, batch, b.SubjectID)
		return about, err
	case ledger.SubjectImportLine:
		line, err := d.Reconcile.LineByID(ctx, b.SubjectID)
		if err != nil {
			return about, err
		}
		file, err := d.Reconcile.ImportByID(ctx, line.ImportID)
		about.Text = p.T("desk.books.import_line", "n", line.Number, "file", file.Name)
		about.Href = linesPath + decimal(b.SubjectID)
		return about, err
	case ledger.SubjectTransaction:
		about.Href = ledgerPath + "/" + decimal(b.SubjectID)
	}
	return about, nil
}

// ignoreEntry says that no report will tell of an entry.
func (d *Desk) ignoreEntry(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	of, err := d.Reconcile.TransactionsOf(ctx, []int64{id})
	if err != nil {
		return err
	}
	transaction := of[id]
	if transaction == 0 {
		return errs.E(errs.NotFound, "no entry "+decimal(id))
	}
	var form memoForm
	err = web.Decode(c, &form)
	if err == nil {
		err = d.Reconcile.IgnoreEntry(ctx, by(c), id, form.Memo)
	}
	at := ledgerPath + "/" + decimal(transaction)
	switch problems := web.Problems(err); {
	case problems != nil:
		return d.showTransactionOf(c, transaction, form.Memo, problems)
	case conflict(err):
		return moved(c, at, "closing.line.meanwhile")
	case err != nil:
		return err
	}
	return web.Done(c, at, "closing.entry.ignored")
}
