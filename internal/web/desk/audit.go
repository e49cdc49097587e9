package desk

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// auditForm are the filters of the trail.
type auditForm struct {
	Who    int64  `form:"who"`
	Kind   string `form:"kind" max:"40"`
	ID     int64  `form:"id"`
	Action string `form:"action" max:"60"`
}

func (d *Desk) audit(c echo.Context) error {
	p, err := d.page(c, "desk.audit.title", "/desk/audit")
	if err != nil {
		return err
	}
	var form auditForm
	if err := filters(c, &form); err != nil {
		return err
	}
	before, err := cursorID(c.QueryParam("after"))
	if err != nil {
		return err
	}
	view := pages.AuditPage{Page: p, Who: form.Who, Kind: form.Kind, Subject: form.ID, Action: form.Action}
	if err := d.fillAudit(c.Request().Context(), &view, before); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Audit(view))
}

func (d *Desk) fillAudit(ctx context.Context, view *pages.AuditPage, before int64) (err error) {
	view.Trail, err = d.Accounts.Trail(ctx, accounts.TrailQuery{AccountID: view.Who, SubjectKind: view.Kind, SubjectID: view.Subject,
		Action: view.Action, Before: before, Limit: rowsShown + 1})
	if err != nil {
		return err
	}
	if len(view.Trail) > rowsShown {
		view.Trail = view.Trail[:rowsShown]
		view.Next = decimal(view.Trail[rowsShown-1].ID)
	}
	view.Staff, err = d.staff(ctx)
	return err
}

// staff lists those who hold a role of the programme, each once.
func (d *Desk) staff(ctx context.Context) ([]accounts.Person, error) {
	var all []accounts.Person
	for _, role := range []accounts.Role{accounts.RoleCurator, accounts.RoleFinance, accounts.RoleAdmin} {
		list, err := d.Accounts.People(ctx, accounts.PeopleQuery{Role: role, Limit: rowsInFile})
		if err != nil {
			return nil, err
		}
		for _, one := range list {
			if !slices.ContainsFunc(all, func(p accounts.Person) bool { return p.ID == one.ID }) {
				all = append(all, one)
			}
		}
	}
	return all, nil
}
