package desk

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/csvsafe"
	"awil/internal/paging"
	"awil/internal/web"
)

// sendTable answers with a list as a table file: all its pages, one after the other. The file begins with a byte order
// mark, without which spreadsheets take the names for Latin-1.
func sendTable[R any](c echo.Context, name string, head []string,
	fetch func(context.Context, paging.Page) ([]R, string, error), cells func(R) []string) error {
	var file bytes.Buffer
	file.WriteString("\uFEFF")
	w := csv.NewWriter(&file)
	w.UseCRLF = true
	if err := w.Write(head); err != nil {
		return fmt.Errorf("table %s: %w", name, err)
	}
	page := paging.Page{Limit: rowsInFile}
	for written := 0; written < mostRows; {
		rows, next, err := fetch(c.Request().Context(), page)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := w.Write(guarded(cells(r))); err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
		}
		if written += len(rows); next == "" {
			break
		}
		page.After = next
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("table %s: %w", name, err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="awil-%s.csv"`, name))
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

// guarded makes cells harmless to spreadsheets.
func guarded(cells []string) []string {
	for i, cell := range cells {
		cells[i] = csvsafe.Cell(cell)
	}
	return cells
}

// stamp is a moment as spreadsheets read it, in the programme's zone.
func (d *Desk) stamp(t time.Time) string { return t.In(d.zone).Format("2006-01-02 15:04") }

func (d *Desk) stampOr(t *time.Time) string {
	if t == nil {
		return ""
	}
	return d.stamp(*t)
}

func listed(codes []string) string { return strings.ToUpper(strings.Join(codes, " ")) }

// filters decodes the query of a list; an overlong filter is no reason for an error page.
func filters(c echo.Context, form any) error {
	if err := web.Decode(c, form); err != nil && web.Problems(err) == nil {
		return err
	}
	return nil
}
