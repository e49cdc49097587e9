package web

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/payouts"
)

// Ending takes the ending of a file off the last segment of a path: "2026-11"
// and "pdf". Without a point there is none.
func Ending(segment string) (name, ending string) {
	name, ending, _ = strings.Cut(segment, ".")
	return name, ending
}

// SendStatement answers with a statement as a file, "pdf" or "csv"; any other
// ending is errs.NotFound. Of the document's statement only whose it is, its
// currency and its period are looked at: the rest is read.
func SendStatement(c echo.Context, from *payouts.Service, d payouts.Document, ending string) error {
	ctx := c.Request().Context()
	if ending != "pdf" && ending != "csv" {
		return errs.E(errs.NotFound, "no statement ends in "+ending)
	}
	var err error
	if d.Statement, err = from.Statement(ctx, d.ProducerID, d.Currency, d.Period); err != nil {
		return err
	}
	each := func(most int) payouts.Each {
		return func(f func(payouts.Line) error) (bool, error) {
			return from.EachLine(ctx, d.ProducerID, d.Currency, d.Period, most, f)
		}
	}
	var body []byte
	kind := "application/pdf"
	if ending == "pdf" {
		body, err = d.PDF(each(payouts.MostLines))
	} else {
		var out bytes.Buffer
		kind = "text/csv; charset=utf-8"
		err = d.WriteCSV(&out, each(payouts.AllLines))
		body = out.Bytes()
	}
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+d.FileName()+"."+ending+`"`)
	return c.Blob(http.StatusOK, kind, body)
}
