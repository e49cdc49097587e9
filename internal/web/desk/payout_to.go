package desk

import (
	"errors"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/payouts"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// moneyTo shows where a producer's money goes, for finance to write down what
// she says.
func (d *Desk) moneyTo(c echo.Context) error { return d.showMoneyTo(c, nil, nil) }

func (d *Desk) showMoneyTo(c echo.Context, typed *payouts.Typed, problems *errs.Fields) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	p, err := d.page(c, "till.payout.title", payoutsPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	producer, err := d.Producers.ByID(ctx, p.Lang(), id)
	if err != nil {
		return err
	}
	view := pages.MoneyToPage{Page: p, Producer: producer}
	view.Format, _ = payouts.FormatOf(producer.Currency)
	if view.Now, err = d.Payouts.Destination(ctx, id); err != nil {
		return err
	}
	if typed == nil {
		typed = &payouts.Typed{Kind: view.Now.Kind, Holder: view.Now.Holder, BankCode: view.Now.BankCode, HandedBy: view.Now.HandedBy}
	}
	view.Typed, view.Problems = *typed, problems
	view.Title = p.T("till.payout.where", "name", producer.Name)
	return web.Render(c, web.FormStatus(problems), pages.MoneyTo(view))
}

func (d *Desk) saveMoneyTo(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form web.MoneyTo
	err = web.Decode(c, &form)
	typed := form.Typed()
	if err == nil {
		err = d.Payouts.SetDestination(c.Request().Context(), id, by(c), typed)
	}
	var problems *errs.Fields
	if errors.As(err, &problems) {
		return d.showMoneyTo(c, &typed, problems)
	}
	if err != nil {
		return err
	}
	return web.Done(c, payoutsPath, "till.payout.is_saved")
}
