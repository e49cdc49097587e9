package desk

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/payouts"
	"awil/internal/web"
	pages "awil/templates/desk"
)

func (d *Desk) batch(c echo.Context) error { return d.showBatch(c, pages.BatchTyped{}, nil) }

// showBatch shows a batch, with what was filled in and what needs another look.
func (d *Desk) showBatch(c echo.Context, typed pages.BatchTyped, problems *errs.Fields) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	p, err := d.page(c, "till.payout.title", payoutsPath)
	if err != nil {
		return err
	}
	view := pages.BatchPage{Page: p, BatchTyped: typed, Me: by(c)}
	if err := d.fillBatch(c.Request().Context(), &view, id); err != nil {
		return err
	}
	view.Title, view.Problems, view.Path = p.T("till.payout.batch", "n", id), problems, payoutsPath+"/"+decimal(id)
	return web.Render(c, web.FormStatus(problems), pages.Batch(view))
}

func (d *Desk) fillBatch(ctx context.Context, view *pages.BatchPage, id int64) (err error) {
	if view.Batch, err = d.Payouts.Batch(ctx, id); err != nil {
		return err
	}
	if view.Payouts, err = d.Payouts.OfBatch(ctx, view.Lang(), id); err != nil {
		return err
	}
	view.Files, err = d.Payouts.BankFiles(ctx, view.Batch)
	return err
}

func batchAt(c echo.Context) string { return payoutsPath + "/" + c.Param("id") }

func (d *Desk) approveBatch(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var part *payouts.PartError
	done, err := d.Payouts.Approve(c.Request().Context(), by(c), id)
	switch {
	case errors.Is(err, payouts.ErrSamePerson):
		return moved(c, batchAt(c), "till.payout.two.you")
	case errors.Is(err, payouts.ErrDecided):
		return moved(c, batchAt(c), "till.payout.decided")
	case errors.As(err, &part):
		return moved(c, batchAt(c), "till.payout.part."+string(part.Part), "name", part.Producer)
	case err != nil:
		return err
	}
	return web.Done(c, batchAt(c), "till.payout.is_approved", "n", done.Approved, "lowered", done.Lowered, "dropped", done.Dropped)
}

type reasonForm struct {
	Reason string `form:"reason" max:"500"`
	Proof  string `form:"proof" max:"500"`
}

// required reads a form of one text that must be there.
func required(c echo.Context, field string, text func(reasonForm) string) (reasonForm, *errs.Fields, error) {
	var form reasonForm
	err := web.Decode(c, &form)
	problems := web.Problems(err)
	if err != nil && problems == nil {
		return form, nil, err
	}
	if problems == nil && text(form) == "" {
		problems = &errs.Fields{}
		problems.Add(field, "errors.required")
	}
	return form, problems, nil
}

func reasonOf(f reasonForm) string { return f.Reason }
func proofOf(f reasonForm) string  { return f.Proof }

func (d *Desk) rejectBatch(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	form, problems, err := required(c, "reason", reasonOf)
	if err != nil {
		return err
	}
	if problems != nil {
		return d.showBatch(c, pages.BatchTyped{Reason: form.Reason}, problems)
	}
	err = d.Payouts.Reject(c.Request().Context(), by(c), id, form.Reason)
	if errors.Is(err, payouts.ErrDecided) {
		return moved(c, batchAt(c), "till.payout.decided")
	}
	if err != nil {
		return err
	}
	return web.Done(c, batchAt(c), "till.payout.is_rejected")
}

// bankFile answers with the file for the bank; that it was taken is kept.
func (d *Desk) bankFile(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	file, err := d.Payouts.BankFile(c.Request().Context(), by(c), id)
	switch {
	case errors.Is(err, payouts.ErrNoFile):
		return moved(c, batchAt(c), "till.payout.no_file")
	case errors.Is(err, payouts.ErrSealed):
		return moved(c, batchAt(c), "till.payout.sealed")
	case err != nil:
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+file.Name+`"`)
	return c.Blob(200, "text/csv; charset=utf-8", file.Bytes)
}

func (d *Desk) batchPaid(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	form, problems, err := required(c, "proof", proofOf)
	if err != nil {
		return err
	}
	if problems != nil {
		return d.showBatch(c, pages.BatchTyped{Proof: form.Proof}, problems)
	}
	n, err := d.Payouts.MarkBatchPaid(c.Request().Context(), by(c), id, form.Proof)
	return d.settled(c, err, "till.payout.is_paid", "n", n)
}

// settled leads back to the batch with what came of it.
func (d *Desk) settled(c echo.Context, err error, key string, args ...any) error {
	if errors.Is(err, payouts.ErrSettled) {
		return moved(c, batchAt(c), "till.payout.settled")
	}
	if errors.Is(err, payouts.ErrAsked) {
		return moved(c, batchAt(c), "till.payout.return_asked")
	}
	if err != nil {
		return err
	}
	return web.Done(c, batchAt(c), key, args...)
}

// payout is the one of a path, which must be of the batch of the path.
func (d *Desk) payout(c echo.Context) (payouts.Payout, error) {
	batch, err := number(c, "id")
	if err != nil {
		return payouts.Payout{}, err
	}
	id, err := number(c, "payout")
	if err != nil {
		return payouts.Payout{}, err
	}
	return d.Payouts.Payout(c.Request().Context(), batch, id)
}

func (d *Desk) payoutPaid(c echo.Context) error {
	one, err := d.payout(c)
	if err != nil {
		return err
	}
	form, problems, err := required(c, "proof", proofOf)
	if err != nil {
		return err
	}
	if problems != nil {
		return d.showBatch(c, pages.BatchTyped{Payout: one.ID, Proof: form.Proof}, problems)
	}
	err = d.Payouts.MarkPaid(c.Request().Context(), by(c), one.ID, form.Proof)
	return d.settled(c, err, "till.payout.is_paid", "n", 1)
}

func (d *Desk) payoutReturned(c echo.Context) error {
	one, err := d.payout(c)
	if err != nil {
		return err
	}
	form, problems, err := required(c, "reason", reasonOf)
	if err != nil {
		return err
	}
	if problems != nil {
		return d.showBatch(c, pages.BatchTyped{Payout: one.ID, Reason: form.Reason}, problems)
	}
	err = d.Payouts.MarkReturned(c.Request().Context(), by(c), one.ID, form.Reason)
	return d.settled(c, err, "till.payout.is_returned")
}

// payoutStatement is the statement of a payout as a file: 42.pdf, 42.csv.
func (d *Desk) payoutStatement(c echo.Context) error {
	batch, err := number(c, "id")
	if err != nil {
		return err
	}
	name, ending := web.Ending(c.Param("statement"))
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil || strings.HasPrefix(name, "+") {
		return errs.E(errs.NotFound, "no payout "+name)
	}
	ctx := c.Request().Context()
	one, err := d.Payouts.Payout(ctx, batch, id)
	if err != nil {
		return err
	}
	programme, err := d.Markets.Programme(ctx)
	if err != nil {
		return err
	}
	return web.SendStatement(c, d.Payouts, payouts.Document{Localizer: web.Base(c).Localizer, Zone: d.zone, ProducerName: one.ProducerName, Programme: programme.Name,
		Statement: payouts.Statement{ProducerID: one.ProducerID, Currency: one.Currency, Period: payouts.OfPayout(id)}}, ending)
}
