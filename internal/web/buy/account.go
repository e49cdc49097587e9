package buy

import (
	"net/url"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/web"
	pages "awil/templates/buy"
)

// ordersOnPage is how many orders an account's page lists.
const ordersOnPage = 20

func (p *Buy) account(c echo.Context) error { return p.showAccount(c, nil) }

func (p *Buy) showAccount(c echo.Context, problems *errs.Fields) error {
	page, err := p.accountPage(c, problems)
	if err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(problems), pages.AccountPage(page))
}

func (p *Buy) accountPage(c echo.Context, problems *errs.Fields) (pages.Account, error) {
	b, v, ctx := web.Base(c), *web.Viewer(c), c.Request().Context()
	b.Title, b.Problems = b.T("account.title"), problems
	page := pages.Account{Base: b, Name: v.Name, Login: v.Email, Language: v.Lang, Staff: v.Roles.Staff(), Outbox: p.outbox,
		Shortest: accounts.MinPassword, Longest: accounts.MaxPassword}
	if page.Login == "" {
		page.Login = v.Phone
	}
	list, next, err := p.Orders.OfAccount(ctx, v.ID, paging.Parse(c.QueryParam("after"), "", ordersOnPage, ordersOnPage))
	if err != nil {
		return page, err
	}
	page.Orders = list
	if next != "" {
		page.Next = "/account?" + url.Values{"after": {next}}.Encode()
	}
	page.Producer, err = p.Members.IsProducer(ctx, v.ID)
	return page, err
}

type languageForm struct {
	Lang i18n.Lang `form:"lang"`
}

func (p *Buy) setLanguage(c echo.Context) error {
	var form languageForm
	err := web.Decode(c, &form)
	lang, known := i18n.ParseLang(string(form.Lang))
	if err != nil || !known {
		return errs.E(errs.Invalid, "no language of ours", err)
	}
	if err := p.Accounts.SetLang(c.Request().Context(), web.Viewer(c).ID, lang); err != nil {
		return err
	}
	web.SetLang(c, lang)
	return web.Done(c, "/account", "account.language.done")
}

type passwordForm struct {
	Now       string `form:"password"`
	Next      string `form:"new_password"`
	Elsewhere string `form:"elsewhere_password"`
}

// setPassword changes the password, which ends all other sessions; this one
// is begun anew.
func (p *Buy) setPassword(c echo.Context) error {
	var form passwordForm
	if err := web.Decode(c, &form); err != nil && web.Problems(err) == nil {
		return err
	}
	var problems errs.Fields
	if p.SharedAccounts {
		problems.Add("new_password", "account.password.demo")
		return p.showAccount(c, &problems)
	}
	if n := utf8.RuneCountInString(form.Next); n < accounts.MinPassword || n > accounts.MaxPassword {
		problems.Add("new_password", "account.password.length", "min", accounts.MinPassword, "max", accounts.MaxPassword)
	}
	if problems.Len() == 0 {
		if err := p.prove(c, "password", form.Now, &problems); err != nil {
			return err
		}
	}
	if problems.Len() > 0 {
		return p.showAccount(c, &problems)
	}
	return p.renew(c, form.Next, "account.password.done")
}

// signOutElsewhere ends all sessions but this one. The password proves that
// she is no stranger at an open screen, and setting it again is what ends them.
func (p *Buy) signOutElsewhere(c echo.Context) error {
	var form passwordForm
	if err := web.Decode(c, &form); err != nil && web.Problems(err) == nil {
		return err
	}
	var problems errs.Fields
	if err := p.prove(c, "elsewhere_password", form.Elsewhere, &problems); err != nil {
		return err
	}
	if problems.Len() > 0 {
		return p.showAccount(c, &problems)
	}
	return p.renew(c, form.Elsewhere, "account.elsewhere.done")
}

// prove checks that the password is the viewer's; a wrong one is a problem of
// the field, and so are too many of them.
func (p *Buy) prove(c echo.Context, field, password string, problems *errs.Fields) error {
	v := web.Viewer(c)
	login := accounts.Login{Email: v.Email}
	if v.Email == "" {
		login = accounts.Login{Phone: v.Phone}
	}
	name := login.Email + login.Phone
	attempt, wait := p.tries.begin(name, c.RealIP(), true)
	if wait > 0 {
		problems.Add(field, "account.sign_in.wait", "n", minutes(wait))
		return nil
	}
	_, err := p.Accounts.SignIn(c.Request().Context(), login, password)
	if errs.KindOf(err) == errs.Unauthenticated && err != nil {
		problems.Add(field, "account.password.wrong")
		return nil
	}
	if err != nil {
		attempt.void()
		return err
	}
	attempt.right()
	return nil
}

// renew sets the password, which ends every session, and begins this one anew.
func (p *Buy) renew(c echo.Context, password, done string) error {
	ctx, id := c.Request().Context(), web.Viewer(c).ID
	if err := p.Accounts.SetPassword(ctx, id, password); err != nil {
		return err
	}
	v, err := p.Accounts.Viewer(ctx, id)
	if err != nil {
		return err
	}
	if err := web.SignIn(c, v); err != nil {
		return err
	}
	return web.Done(c, "/account", done)
}
