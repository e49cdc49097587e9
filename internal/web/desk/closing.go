package desk

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const closingPath = "/desk/closing"

func (d *Desk) registerClosing(desk web.Routes) {
	desk.GET("/closing", web.Finance, d.closing)
	desk.POST("/closing", web.Finance, d.closeDay, web.Slow()) // it proves all the books
	desk.GET("/closing/:day", web.Finance, d.closedDay)
	desk.GET("/closing/imports", web.Finance, d.imports)
	desk.POST("/closing/imports", web.Finance, d.takeImport, web.Upload(uploadBytes))
	desk.GET("/closing/imports/:id", web.Finance, d.importLines)
	desk.GET("/closing/imports/sample/:till", web.Finance, d.importSample)
	desk.GET("/closing/queue", web.Finance, d.matchQueue)
	desk.POST("/closing/queue/book", web.Finance, d.bookExact)
	desk.GET("/closing/lines/:id", web.Finance, d.importLine)
	desk.POST("/closing/lines/:id/resolve", web.Finance, d.resolveLine)
	desk.POST("/closing/lines/:id/undo", web.Finance, d.undoLine)
	desk.GET("/ledger", web.Finance, d.trialBalance)
	desk.GET("/ledger/account", web.Finance, d.ledgerAccount)
	desk.GET("/ledger/:id", web.Finance, d.ledgerTransaction)
	desk.POST("/ledger/entries/:id/ignore", web.Finance, d.ignoreEntry)
}

func (d *Desk) closing(c echo.Context) error { return d.showClosing(c, "", nil) }

func (d *Desk) showClosing(c echo.Context, day string, problems *errs.Fields) error {
	p, err := d.page(c, "closing.title", closingPath)
	if err != nil {
		return err
	}
	view := pages.ClosingPage{Page: p, Day: day}
	if view.Day == "" {
		view.Day = d.Clock().In(d.zone).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	ctx := c.Request().Context()
	if view.Open, err = d.Reconcile.Open(ctx); err != nil {
		return err
	}
	if view.Closes, view.Next, err = d.Reconcile.Closes(ctx, pageOf(c)); err != nil {
		return err
	}
	view.Problems, view.Path = problems, closingPath
	return web.Render(c, web.FormStatus(problems), pages.Closing(view))
}

type dayForm struct {
	Day string `form:"day" max:"10"`
}

// closeDay looks how a day stands.
func (d *Desk) closeDay(c echo.Context) error {
	var form dayForm
	err := web.Decode(c, &form)
	day, dayErr := time.Parse(time.DateOnly, form.Day)
	if err == nil && (dayErr != nil || day.Year() < 2000 || day.Year() > 2200) {
		problems := &errs.Fields{}
		problems.Add("day", "closing.wrong.no_day")
		err = problems
	}
	if err == nil {
		_, err = d.Reconcile.CloseDay(c.Request().Context(), by(c), day)
	}
	if problems := web.Problems(err); problems != nil {
		return d.showClosing(c, form.Day, problems)
	}
	if err != nil {
		return err
	}
	return web.Redirect(c, closingPath+"/"+form.Day)
}

// closedDay shows how a day stood.
func (d *Desk) closedDay(c echo.Context) error {
	day, err := time.Parse(time.DateOnly, c.Param("day"))
	if err != nil {
		return errs.E(errs.NotFound, "no day", err)
	}
	p, err := d.page(c, "closing.title", closingPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view := pages.ClosedDayPage{Page: p}
	if view.Looks, err = d.Reconcile.DaysCloses(ctx, day); err != nil {
		return err
	}
	var entries []int64
	for _, f := range view.Looks[0].List {
		if f.EntryID != 0 {
			entries = append(entries, f.EntryID)
		}
	}
	if view.Transactions, err = d.Reconcile.TransactionsOf(ctx, entries); err != nil {
		return err
	}
	view.Title = p.T("closing.day.title", "day", day)
	return web.Render(c, http.StatusOK, pages.ClosedDay(view))
}
