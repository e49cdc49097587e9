package studio

import (
	"errors"
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/producers"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// How often one address may try, a minute: often enough for a workshop where
// everybody sits behind one connection, too rare for guessing codes.
const triesAMinute = 30

func (s *Studio) joinRoutes(r web.Routes) {
	r.GET("/join", web.Visitor, s.joinCode)
	r.POST("/join", web.Visitor, s.sendCode, web.Throttle(triesAMinute))
	r.GET("/join/:code", web.Visitor, s.joinHello, web.Throttle(triesAMinute))
	r.GET("/join/:code/you", web.Visitor, s.joinYou, web.Throttle(triesAMinute))
	r.POST("/join/:code/you", web.Visitor, s.join, web.Throttle(triesAMinute))
}

// joinCode asks for the code on the card.
func (s *Studio) joinCode(c echo.Context) error {
	if web.Viewer(c) != nil {
		return s.inside(c)
	}
	return s.codePage(c, "", nil)
}

func (s *Studio) codePage(c echo.Context, typed string, problems *errs.Fields) error {
	p := pages.JoinCode{Frame: frame(c, web.Base(c).T("studio.join.code.title")), Code: typed}
	p.Problems = problems
	return web.Render(c, web.FormStatus(problems), pages.JoinCodePage(p))
}

type codeForm struct {
	Code string `form:"code" max:"20"`
}

// sendCode takes the code as it was typed: any case, with or without the dash.
func (s *Studio) sendCode(c echo.Context) error {
	var form codeForm
	err := web.Decode(c, &form)
	if err != nil && web.Problems(err) == nil {
		return err
	}
	var problems errs.Fields
	code, err := producers.ParseCode(form.Code)
	if err == nil {
		_, err = s.Producers.InvitationByCode(c.Request().Context(), web.Lang(c), code)
	}
	switch {
	case err == nil:
		return web.Redirect(c, "/join/"+code)
	case form.Code == "":
		problems.Add("code", "errors.required")
	case errs.KindOf(err) == errs.NotFound:
		problems.Add("code", "studio.join.code.unknown")
	default:
		return err
	}
	return s.codePage(c, form.Code, &problems)
}

// card finds the invitation of an address. When it opens nothing, or nothing
// for the viewer, the answer has been sent and open is false.
func (s *Studio) card(c echo.Context) (card producers.Invitation, open bool, err error) {
	if web.Viewer(c) != nil {
		return card, false, s.inside(c)
	}
	code, err := producers.ParseCode(c.Param("code"))
	if err == nil {
		card, err = s.Producers.InvitationByCode(c.Request().Context(), web.Lang(c), code)
	}
	switch {
	case errs.KindOf(err) == errs.NotFound && err != nil:
		return card, false, s.over(c, "unknown")
	case err != nil:
		return card, false, err
	case !card.Open(s.Clock()):
		return card, false, s.over(c, why(card))
	}
	return card, true, nil
}

func why(card producers.Invitation) string {
	switch {
	case card.UsedAt != nil:
		return "used"
	case card.RevokedAt != nil:
		return "revoked"
	default:
		return "expired"
	}
}

// over says that a card opens nothing any more, and what to do.
func (s *Studio) over(c echo.Context, why string) error {
	p := pages.JoinOver{Frame: frame(c, web.Base(c).T("studio.join.over."+why+".title")), Why: why}
	switch programme, err := s.Markets.Programme(c.Request().Context()); {
	case err == nil:
		p.Contact = programme.ContactEmail
	case errs.KindOf(err) != errs.NotFound:
		return err
	}
	status := http.StatusGone
	if why == "unknown" {
		status = http.StatusNotFound
	}
	return web.Render(c, status, pages.JoinOverPage(p))
}

// inside tells somebody who is signed in that she is.
func (s *Studio) inside(c echo.Context) error {
	viewer := web.Viewer(c)
	member, err := s.Producers.IsProducer(c.Request().Context(), viewer.ID)
	if err != nil {
		return err
	}
	p := pages.JoinInside{Frame: frame(c, viewer.Name), Name: viewer.Name, Producer: member}
	return web.Render(c, http.StatusOK, pages.JoinInsidePage(p))
}

// joinHello greets her in the language of the card, whatever the browser says.
func (s *Studio) joinHello(c echo.Context) error {
	card, open, err := s.card(c)
	if err != nil || !open {
		return err
	}
	if card, err = s.Producers.InvitationByCode(c.Request().Context(), card.Lang, card.Code); err != nil {
		return err
	}
	f := frame(c, "")
	f.Localizer = i18n.For(card.Lang)
	f.Path = "/join/" + card.Code + "/you" // any choice of a language leads on
	f.Title = f.T("studio.join.hello", "name", card.Name)
	return web.Render(c, http.StatusOK, pages.JoinHello(pages.JoinCard{Frame: f, Card: card}))
}

type youForm struct {
	Name     string `form:"name" max:"120"`
	Login    string `form:"login" max:"254"`
	Password string `form:"password" max:"128"`
}

func (s *Studio) joinYou(c echo.Context) error {
	card, open, err := s.card(c)
	if err != nil || !open {
		return err
	}
	return s.youPage(c, card, youForm{}, nil)
}

func (s *Studio) youPage(c echo.Context, card producers.Invitation, form youForm, problems *errs.Fields) error {
	p := pages.JoinYou{Frame: frame(c, web.Base(c).T("studio.join.you.title")), Card: card, Name: form.Name, Login: form.Login}
	p.Top.Back, p.Top.BackLabel, p.Top.Title = "/join/"+card.Code, p.T("studio.language.title"), card.Name
	p.Problems = problems
	f, _ := problems.Get("login")
	p.Taken = f.Key == loginTaken
	return web.Render(c, web.FormStatus(problems), pages.JoinYouPage(p))
}

const loginTaken = "studio.join.taken"

// account checks what she typed about herself; country is where the card's
// village lies.
func (form youForm) account(lang i18n.Lang, country string, problems *errs.Fields) accounts.NewAccount {
	if form.Name == "" {
		problems.Add("name", "errors.required")
	}
	login, err := accounts.ParseLogin(form.Login, numberLang(country))
	switch {
	case form.Login == "":
		problems.Add("login", "errors.required")
	case err != nil:
		problems.Add("login", "studio.join.login_wrong")
	}
	if n := utf8.RuneCountInString(form.Password); n < accounts.MinPassword {
		problems.Add("password", "studio.join.password_short", "n", accounts.MinPassword)
	}
	return accounts.NewAccount{Login: login, Name: form.Name, Lang: lang, Password: form.Password}
}

// join opens the account, makes her a producer and signs her in.
func (s *Studio) join(c echo.Context) error {
	card, open, err := s.card(c)
	if err != nil || !open {
		return err
	}
	var form youForm
	problems := &errs.Fields{}
	if err := web.Decode(c, &form); err != nil {
		if problems = web.Problems(err); problems == nil {
			return err
		}
	}
	villages, err := s.Places.VillagesByID(c.Request().Context(), web.Lang(c), card.VillageID)
	if err != nil {
		return err
	}
	account := form.account(web.Lang(c), villages[card.VillageID].Country, problems)
	if problems.Len() > 0 {
		return s.youPage(c, card, form, problems)
	}
	joined, err := s.Producers.Join(c.Request().Context(), card.Code, account)
	switch {
	case errors.Is(err, errs.Conflict):
		problems.Add("login", loginTaken)
		return s.youPage(c, card, form, problems)
	case errors.Is(err, errs.Gone): // somebody was faster with the same card
		return s.over(c, "used")
	case err != nil:
		return err
	}
	return s.enter(c, joined.AccountID)
}

func (s *Studio) enter(c echo.Context, accountID int64) error {
	viewer, err := s.Accounts.Viewer(c.Request().Context(), accountID)
	if err != nil {
		return err
	}
	if err := web.SignIn(c, viewer); err != nil {
		return err
	}
	return web.Done(c, "/studio", "studio.join.done")
}
