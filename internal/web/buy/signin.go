package buy

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/buy"
)

type signInForm struct {
	Login    string `form:"login" max:"254"`
	Password string `form:"password"`
}

// signInPage shows the page; whoever is signed in already and was not sent
// here goes where she belongs.
func (p *Buy) signInPage(c echo.Context) error {
	resume := web.ResumeFrom(c)
	if v := web.Viewer(c); v != nil && resume.To == "" {
		return p.home(c, *v, resume)
	}
	return p.showSignIn(c, resume)
}

// showSignIn draws the page for whatever led to it.
func (p *Buy) showSignIn(c echo.Context, resume web.Resume) error {
	return p.drawSignIn(c, resume, "", "", nil)
}

func (p *Buy) drawSignIn(c echo.Context, resume web.Resume, login, wrong string, problems *errs.Fields) error {
	b := web.Base(c)
	b.Title, b.Problems = b.T("account.sign_in.title"), problems
	page := pages.SignIn{Base: b, Login: login, Resume: resume.Hidden(), Action: web.SignInPath, Wrong: wrong}
	if programme, err := p.Markets.Programme(c.Request().Context()); err == nil {
		page.Contact = programme.ContactEmail // without it the page is still whole
	}
	return web.Render(c, resume.Status, pages.SignInPage(page))
}

// signIn opens the session. Whether login or password was wrong, or the
// account is closed, is the same answer.
func (p *Buy) signIn(c echo.Context) error {
	resume := web.ResumeFrom(c)
	resume.Status = http.StatusUnprocessableEntity
	var form signInForm
	if err := web.Decode(c, &form); err != nil && web.Problems(err) == nil {
		return err
	}
	login, err := accounts.ParseLogin(form.Login, web.Lang(c))
	if err != nil {
		var problems errs.Fields
		problems.Add("login", "account.sign_in.format")
		return p.drawSignIn(c, resume, form.Login, "", &problems)
	}
	name := login.Email + login.Phone
	attempt, wait := p.tries.begin(name, c.RealIP(), knownBrowser(c, name))
	if wait > 0 {
		resume.Status = http.StatusTooManyRequests
		return p.drawSignIn(c, resume, form.Login, p.waitSentence(c, wait), nil)
	}
	v, err := p.Accounts.SignIn(c.Request().Context(), login, form.Password)
	if errs.KindOf(err) == errs.Unauthenticated && err != nil {
		return p.drawSignIn(c, resume, form.Login, web.Base(c).T("account.sign_in.wrong"), nil)
	}
	if err != nil {
		attempt.void()
		return err
	}
	attempt.right()
	if err := web.SignIn(c, v); err != nil {
		return err
	}
	if err := rememberBrowser(c, name); err != nil {
		return err
	}
	return p.home(c, v, resume)
}

// knownCookie says that somebody has signed in from this browser before, and as whom: a fingerprint of the login.
const (
	knownCookie = "awil_known"
	knownFor    = 180 * 24 * time.Hour
)

func fingerprint(login string) string {
	sum := sha256.Sum256([]byte(login))
	return hex.EncodeToString(sum[:8])
}

func knownBrowser(c echo.Context, login string) bool {
	var known string
	return web.Signed(c, knownCookie, &known) && known == fingerprint(login)
}

func rememberBrowser(c echo.Context, login string) error {
	return web.SetSigned(c, knownCookie, fingerprint(login), knownFor)
}

func (p *Buy) waitSentence(c echo.Context, wait time.Duration) string {
	return web.Base(c).T("account.sign_in.wait", "n", minutes(wait))
}

// minutes rounds up.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// home goes on to what she was about to do, or to where her work is.
func (p *Buy) home(c echo.Context, v accounts.Viewer, resume web.Resume) error {
	if v.Roles.Staff() {
		return web.Continue(c, resume, "/desk")
	}
	producer, err := p.Members.IsProducer(c.Request().Context(), v.ID)
	if err != nil {
		return err
	}
	if producer {
		return web.Continue(c, resume, "/studio")
	}
	return web.Continue(c, resume, "/account")
}

func (p *Buy) signOut(c echo.Context) error {
	if err := web.SignOut(c); err != nil {
		return err
	}
	web.DropCookie(c, waitingCookie) // an order's private link is not for whoever comes next
	return web.Done(c, web.SignInPath, "account.sign_in.bye")
}
