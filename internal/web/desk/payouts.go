package desk

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payouts"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const payoutsPath = "/desk/payouts"

func (d *Desk) registerPayouts(desk web.Routes) {
	desk.GET("/payouts", web.Finance, d.payouts)
	desk.POST("/payouts", web.Finance, d.proposePayouts)
	desk.GET("/payouts/:id", web.Finance, onBatch(d.batch))
	desk.POST("/payouts/:id/approve", web.Finance, onBatch(d.approveBatch))
	desk.POST("/payouts/:id/reject", web.Finance, onBatch(d.rejectBatch))
	desk.POST("/payouts/:id/file", web.Finance, onBatch(d.bankFile))
	desk.POST("/payouts/:id/paid", web.Finance, onBatch(d.batchPaid))
	desk.POST("/payouts/:id/:payout/paid", web.Finance, d.onPayout(d.payoutPaid))
	desk.POST("/payouts/:id/:payout/returned", web.Finance, d.onPayout(d.payoutReturned))
	desk.POST("/payouts/:id/:payout/withdraw", web.Finance, d.onPayout(d.payoutWithdrawn))
	desk.GET("/payouts/:id/:statement", web.Finance, onBatch(d.payoutStatement))
	desk.GET("/producers/:id/money", web.Finance, d.moneyTo)
	desk.POST("/producers/:id/money", web.Finance, d.saveMoneyTo)
}

// payouts lists who could be paid, who could not and why, and the batches.
func (d *Desk) payouts(c echo.Context) error {
	p, err := d.page(c, "till.payout.title", payoutsPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	owed, err := d.Payouts.Owed(ctx, p.Lang())
	if err != nil {
		return err
	}
	view := pages.NewPayoutsPage(p, owed)
	if view.Batches, view.Next, err = d.Payouts.Batches(ctx, pageOf(c)); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Payouts(view))
}

type proposeForm struct {
	Currency money.Currency `form:"currency" max:"3"`
}

func (d *Desk) proposePayouts(c echo.Context) error {
	var form proposeForm
	if err := web.Decode(c, &form); err != nil {
		return err
	}
	if !form.Currency.Known() {
		return errs.E(errs.Invalid, "no currency in the form")
	}
	id, err := d.Payouts.Propose(c.Request().Context(), by(c), form.Currency)
	switch {
	case errors.Is(err, payouts.ErrNobody):
		return moved(c, payoutsPath, "till.payout.nobody")
	case conflict(err):
		return moved(c, payoutsPath, "till.payout.faster")
	case err != nil:
		return err
	}
	return web.Done(c, payoutsPath+"/"+decimal(id), "till.payout.is_proposed")
}
