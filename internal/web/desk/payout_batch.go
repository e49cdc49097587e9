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

// onBatch gives a handler the batch that its path names.
func onBatch(do func(c echo.Context, id int64) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := number(c, "id")
		if err != nil {
			return err
		}
		return do(c, id)
	}
}

// onPayout gives a handler the payout that its path names, which is of the
// batch of the path.
func (d *Desk) onPayout(do func(c echo.Context, one payouts.Payout) error) echo.HandlerFunc {
	return onBatch(func(c echo.Context, batch int64) error {
		id, err := number(c, "payout")
		if err != nil {
			return err
		}
		one, err := d.Payouts.Payout(c.Request().Context(), batch, id)
		if err != nil {
			return err
		}
		return do(c, one)
	})
}

func (d *Desk) batch(c echo.Context, id int64) error {
	return d.showBatch(c, id, pages.BatchTyped{}, nil)
}

// showBatch shows a batch, with what was filled in and what needs another look.
func (d *Desk) showBatch(c echo.Context, id int64, typed pages.BatchTyped, problems *errs.Fields) error {
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

func (d *Desk) approveBatch(c echo.Context, id int64) error {
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

// batchForm is what the forms on a batch's page ask for, each one of it.
type batchForm struct {
	Reason string `form:"reason" max:"500"`
	Proof  string `form:"proof" max:"500"`
}

// batchSaid reads the one text that a form asks for, about a payout or, where
// that is 0, about the whole batch, and does what it is for. Without the text
// the page is shown again.
func (d *Desk) batchSaid(c echo.Context, batch, payout int64, field string, do func(text string) error) error {
	var form batchForm
	err := web.Decode(c, &form)
	problems := web.Problems(err)
	if err != nil && problems == nil {
		return err
	}
	text := form.Reason
	if field == "proof" {
		text = form.Proof
	}
	if problems == nil && text == "" {
		problems = &errs.Fields{}
		problems.Add(field, "errors.required")
	}
	if problems != nil {
		return d.showBatch(c, batch, pages.BatchTyped{Payout: payout, Reason: form.Reason, Proof: form.Proof}, problems)
	}
	return do(text)
}

func (d *Desk) rejectBatch(c echo.Context, id int64) error {
	return d.batchSaid(c, id, 0, "reason", func(reason string) error {
		err := d.Payouts.Reject(c.Request().Context(), by(c), id, reason)
		if errors.Is(err, payouts.ErrDecided) {
			return moved(c, batchAt(c), "till.payout.decided")
		}
		if err != nil {
			return err
		}
		return web.Done(c, batchAt(c), "till.payout.is_rejected")
	})
}

// bankFile answers with the file for the bank; that it was taken is kept.
func (d *Desk) bankFile(c echo.Context, id int64) error {
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

func (d *Desk) batchPaid(c echo.Context, id int64) error {
	return d.batchSaid(c, id, 0, "proof", func(proof string) error {
		n, err := d.Payouts.MarkBatchPaid(c.Request().Context(), by(c), id, proof)
		return d.settled(c, err, "till.payout.is_paid", "n", n)
	})
}

func (d *Desk) payoutPaid(c echo.Context, one payouts.Payout) error {
	return d.batchSaid(c, one.BatchID, one.ID, "proof", func(proof string) error {
		err := d.Payouts.MarkPaid(c.Request().Context(), by(c), one.ID, proof)
		return d.settled(c, err, "till.payout.is_paid", "n", 1)
	})
}

func (d *Desk) payoutReturned(c echo.Context, one payouts.Payout) error {
	return d.batchSaid(c, one.BatchID, one.ID, "reason", func(reason string) error {
		err := d.Payouts.MarkReturned(c.Request().Context(), by(c), one.ID, reason)
		return d.settled(c, err, "till.payout.is_returned")
	})
}

// payoutWithdrawn takes back the first word that a payout came back.
func (d *Desk) payoutWithdrawn(c echo.Context, one payouts.Payout) error {
	return d.settled(c, d.Payouts.Withdraw(c.Request().Context(), by(c), one.ID), "till.payout.is_withdrawn")
}

// settled leads back to the batch with what came of it.
func (d *Desk) settled(c echo.Context, err error, key string, args ...any) error {
	if errors.Is(err, payouts.ErrSettled) {
		return moved(c, batchAt(c), "till.payout.settled")
	}
	if errors.Is(err, payouts.ErrAsked) {
		return moved(c, batchAt(c), "till.payout.return_asked")
	}
	var part *payouts.PartError
	if errors.As(err, &part) {
		return moved(c, batchAt(c), "till.payout.return_part."+string(part.Part), "name", part.Producer)
	}
	if err != nil {
		return err
	}
	return web.Done(c, batchAt(c), key, args...)
}

// payoutStatement is the statement of a payout as a file: 42.pdf, 42.csv. Of
// one that is proposed it says what would be paid for.
func (d *Desk) payoutStatement(c echo.Context, batch int64) error {
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
		Statement: payouts.Statement{ProducerID: one.ProducerID, Currency: one.Currency, Period: one.Period()}}, ending)
}
