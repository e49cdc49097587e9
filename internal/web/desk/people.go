package desk

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/paging"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const peoplePath = "/desk/people"

func (d *Desk) registerPeople(desk web.Routes) {
	desk.GET("/people", web.Admin, d.people)
	desk.GET("/people.csv", web.Admin, d.peopleFile)
	desk.GET("/people/:id", web.Admin, d.person)
	desk.POST("/people/:id/roles", web.Admin, d.setRoles)
	desk.POST("/people/:id/disable", web.Admin, d.setDisabled(true))
	desk.POST("/people/:id/enable", web.Admin, d.setDisabled(false))
}

// peopleForm are the filters of the list.
type peopleForm struct {
	Text string `form:"q" max:"100"`
	Role string `form:"role" max:"20"`
}

// listPeople lists accounts page by page; the cursor is the last one's id.
func (d *Desk) listPeople(ctx context.Context, form peopleForm, page paging.Page) ([]accounts.Person, string, error) {
	role, err := accounts.ParseRole(form.Role)
	if err != nil {
		role = ""
	}
	after, err := cursorID(page.After)
	if err != nil {
		return nil, "", err
	}
	list, err := d.Accounts.People(ctx, accounts.PeopleQuery{Text: form.Text, Role: role, After: after, Limit: page.Fetch()})
	if err != nil || len(list) <= page.Limit {
		return list, "", err
	}
	list = list[:page.Limit]
	return list, decimal(list[len(list)-1].ID), nil
}

// cursorID reads the id at which a list goes on.
func cursorID(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, errs.E(errs.Invalid, "no place in the list", err)
	}
	return n, nil
}

func (d *Desk) people(c echo.Context) error {
	p, err := d.page(c, "desk.people.title", peoplePath)
	if err != nil {
		return err
	}
	var form peopleForm
	if err := filters(c, &form); err != nil {
		return err
	}
	view := pages.PeoplePage{Page: p, Text: form.Text, Role: accounts.Role(form.Role)}
	if view.People, view.Next, err = d.listPeople(c.Request().Context(), form, pageOf(c)); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.People(view))
}

func (d *Desk) peopleFile(c echo.Context) error {
	var form peopleForm
	if err := filters(c, &form); err != nil {
		return err
	}
	b := web.Base(c)
	head := []string{"id", b.T("desk.col.name"), b.T("desk.col.email"), b.T("desk.col.phone"), b.T("desk.col.language"), b.T("desk.col.roles"),
		b.T("desk.col.member"), b.T("desk.col.since"), b.T("desk.people.closed")}
	rows := func(ctx context.Context, page paging.Page) ([]accounts.Person, string, error) {
		return d.listPeople(ctx, form, page)
	}
	return sendTable(c, "people", head, rows, func(p accounts.Person) []string {
		roles := make([]string, len(p.Roles))
		for i, r := range p.Roles {
			roles[i] = string(r)
		}
		return []string{decimal(p.ID), p.Name, p.Email, p.Phone, string(p.Lang), strings.Join(roles, " "),
			strings.Join(p.Producers, "; "), d.stamp(p.CreatedAt), d.stampOr(p.DisabledAt)}
	})
}

func (d *Desk) person(c echo.Context) error { return d.showPerson(c, nil, nil) }

func (d *Desk) showPerson(c echo.Context, ticked []string, problems *errs.Fields) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	p, err := d.page(c, "desk.people.title", peoplePath)
	if err != nil {
		return err
	}
	one, err := d.personByID(c.Request().Context(), id)
	if err != nil {
		return err
	}
	view := pages.PersonPage{Page: p, Person: one, Roles: ticked, Myself: id == by(c)}
	if problems == nil {
		for _, r := range one.Roles {
			view.Roles = append(view.Roles, string(r))
		}
	}
	view.Title, view.Problems = one.Name, problems
	return web.Render(c, web.FormStatus(problems), pages.Person(view))
}

func (d *Desk) personByID(ctx context.Context, id int64) (accounts.Person, error) {
	list, err := d.Accounts.People(ctx, accounts.PeopleQuery{After: id - 1, Limit: 1})
	if err != nil {
		return accounts.Person{}, err
	}
	if len(list) == 0 || list[0].ID != id {
		return accounts.Person{}, errs.E(errs.NotFound, "no such account")
	}
	return list[0], nil
}

type rolesForm struct {
	Roles []string `form:"roles" max:"20"`
}

func (d *Desk) setRoles(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form rolesForm
	if err := web.Decode(c, &form); err != nil {
		return err
	}
	roles := accounts.Roles{}
	for _, text := range form.Roles {
		role, err := accounts.ParseRole(text)
		if err != nil {
			return err
		}
		roles = append(roles, role)
	}
	err = d.Accounts.SetRoles(c.Request().Context(), by(c), id, roles)
	if conflict(err) {
		return d.showPerson(c, form.Roles, lastAdmin("roles"))
	}
	if errors.Is(err, accounts.ErrSells) {
		var f errs.Fields
		f.Add("roles", "desk.people.sells")
		return d.showPerson(c, form.Roles, &f)
	}
	if err != nil {
		return err
	}
	return web.Done(c, afterOwn(c, id), "desk.people.roles_saved")
}

// afterOwn leads an admin who has just given up the role to where she may still be.
func afterOwn(c echo.Context, id int64) string {
	if id == by(c) {
		return "/desk"
	}
	return peoplePath + "/" + decimal(id)
}

// lastAdmin says why nothing was changed: without an admin nobody could give the role back.
func lastAdmin(field string) *errs.Fields {
	var f errs.Fields
	f.Add(field, "desk.people.last_admin")
	return &f
}

func (d *Desk) setDisabled(disabled bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := number(c, "id")
		if err != nil {
			return err
		}
		err = d.Accounts.SetDisabled(c.Request().Context(), by(c), id, disabled)
		if conflict(err) {
			one, readErr := d.personByID(c.Request().Context(), id)
			if readErr != nil {
				return readErr
			}
			return d.showPerson(c, rolesOf(one), lastAdmin("account"))
		}
		if err != nil {
			return err
		}
		return web.Done(c, peoplePath+"/"+decimal(id), closedOrOpen(disabled))
	}
}

func rolesOf(one accounts.Person) []string {
	roles := make([]string, len(one.Roles))
	for i, r := range one.Roles {
		roles[i] = string(r)
	}
	return roles
}

func closedOrOpen(disabled bool) string {
	if disabled {
		return "desk.people.is_closed"
	}
	return "desk.people.is_open"
}
