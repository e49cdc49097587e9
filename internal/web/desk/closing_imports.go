package desk

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/reconcile"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const importsPath = closingPath + "/imports"

// uploadBytes is the largest form with a report: enough over the limit of one
// that a larger file reaches the check that says so in plain words.
const uploadBytes = 2 * reconcile.MaxBytes

func (d *Desk) imports(c echo.Context) error {
	return d.showImports(c, pages.ImportsPage{}, nil)
}

func (d *Desk) showImports(c echo.Context, view pages.ImportsPage, problems *errs.Fields) error {
	p, err := d.page(c, "closing.imports.title", closingPath)
	if err != nil {
		return err
	}
	view.Page = p
	if view.Imports, view.Next, err = d.Reconcile.Imports(c.Request().Context(), pageOf(c)); err != nil {
		return err
	}
	view.Problems, view.Path = problems, importsPath
	status := web.FormStatus(problems)
	if view.Bad != nil {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(c, status, pages.Imports(view))
}

type importForm struct {
	Till     ledger.Till           `form:"till" max:"20"`
	Currency money.Currency        `form:"currency" max:"3"`
	File     *multipart.FileHeader `form:"file"`
}

// takeImport takes a report or a statement in.
func (d *Desk) takeImport(c echo.Context) error {
	var form importForm
	if err := web.Decode(c, &form); err != nil && web.Problems(err) == nil {
		return err
	}
	view := pages.ImportsPage{ImportTyped: pages.ImportTyped{Till: form.Till, Currency: form.Currency}}
	problems := &errs.Fields{}
	if form.File == nil {
		problems.Add("file", "closing.wrong.file")
	}
	if form.Till == "" {
		problems.Add("till", "errors.choose")
	}
	if problems.Len() > 0 {
		return d.showImports(c, view, problems)
	}
	data, err := contents(form.File)
	if err != nil {
		return err
	}
	taken, err := d.Reconcile.Import(c.Request().Context(), by(c), reconcile.Upload{Till: form.Till, Name: form.File.Filename, Data: data, Currency: form.Currency})
	var bad *reconcile.FileError
	var seen *reconcile.SeenError
	switch {
	case errors.As(err, &bad):
		view.Bad = bad
		return d.showImports(c, view, nil)
	case errors.As(err, &seen):
		problems.Add("file", "closing.wrong.seen", "n", decimal(seen.ImportID), "when", d.stamp(seen.At))
		view.Seen = seen.ImportID
		return d.showImports(c, view, problems)
	case err != nil:
		return err
	}
	return web.Done(c, fmt.Sprintf("%s/%d", importsPath, taken.ID), "closing.import.taken", "n", taken.Lines, "open", taken.Open)
}

// importSample hands out a small report as it should look.
func (d *Desk) importSample(c echo.Context) error {
	till := ledger.Till(c.Param("till"))
	data, err := reconcile.Sample(till)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="sample-%s.csv"`, till))
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", data)
}

// contents reads a file, one byte more than may be taken at most.
func contents(header *multipart.FileHeader) ([]byte, error) {
	file, err := header.Open()
	if err != nil {
		return nil, errs.E(errs.Invalid, "open upload", err)
	}
	defer func() { _ = file.Close() }() // read only: nothing is lost
	data, err := io.ReadAll(io.LimitReader(file, reconcile.MaxBytes+1))
	if err != nil {
		return nil, errs.E(errs.Invalid, "read upload", err)
	}
	return data, nil
}

// importLines shows what a file brought.
func (d *Desk) importLines(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	p, err := d.page(c, "closing.imports.title", closingPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view := pages.ImportPage{Page: p}
	if view.Import, err = d.Reconcile.ImportByID(ctx, id); err != nil {
		return err
	}
	if view.Lines, view.Next, err = d.Reconcile.LinesOf(ctx, id, pageOf(c)); err != nil {
		return err
	}
	view.Title = view.Import.Name
	return web.Render(c, http.StatusOK, pages.Import(view))
}
