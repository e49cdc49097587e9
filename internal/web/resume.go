package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"awil/templates/errorpage"
	"awil/templates/part"
)

// Somebody who types for an hour while the session ends must not lose a word.
// Her form comes to a route that needs an account and finds nobody signed in;
// the sign-in page then carries what was posted in one sealed hidden input,
// and after sign-in a page offers to send it on. The seal makes sure that only
// forms that really came to this server, from its own pages, are sent again.
const (
	resumeInput   = "resume"
	resumeKept    = 2 * time.Hour
	resumeMax     = 64 << 10 // bytes of all names and values
	resumePurpose = "resume form"
)

// Resume is where a visitor was going when she was asked to sign in.
type Resume struct {
	// Status is what the sign-in page is sent with: 401 in place of the page
	// that was asked for, else 200.
	Status int
	// To is the path to go to after sign-in; "" for wherever she belongs.
	To string
	// Sealed is the form she had sent, for part.ResumeField; "" without one.
	Sealed string
	// Files says that the form had files, which have to be chosen again.
	Files bool
}

// SignInPage shows the sign-in page. Its form posts to SignInPath and holds
// part.ResumeField with resume.Hidden().
type SignInPage func(c echo.Context, resume Resume) error

// SignInPath is where the sign-in page lives and what its form is posted to.
const SignInPath = "/sign-in"

// ShowSignIn tells the server how the sign-in page looks, for forms that find
// their session ended.
func (s *Server) ShowSignIn(page SignInPage) { s.signIn = page }

// Hidden returns what the sign-in page's form has to carry.
func (r Resume) Hidden() part.Resume {
	return part.Resume{To: r.To, Sealed: r.Sealed, Files: r.Files}
}

// posted is what is sealed.
type posted struct {
	Nonce  string     `json:"n"` // of the browser that sent it
	Path   string     `json:"p"`
	Values url.Values `json:"v"`
	Files  bool       `json:"f,omitempty"`
}

// askToSignIn answers where an account is needed and nobody is signed in.
func (s *Server) askToSignIn(c echo.Context) error {
	r := c.Request()
	if s.signIn == nil || isRead(r.Method) {
		return Redirect(c, SignInPath+"?"+url.Values{"to": {r.URL.RequestURI()}}.Encode())
	}
	nonce, err := resumeNonce(c)
	if err != nil {
		return err
	}
	resume, err := s.resumeOf(r, nonce)
	if err != nil {
		return err
	}
	return s.signIn(c, resume)
}

// resumeOf keeps what was posted, except passwords. A form too large to be
// carried is not: then sign-in leads back to the page it was on.
func (s *Server) resumeOf(r *http.Request, nonce string) (Resume, error) {
	values, files, err := formValues(r)
	resume := Resume{Status: http.StatusUnauthorized, To: backOf(r), Files: len(files) > 0}
	if err != nil || r.Method != http.MethodPost {
		return resume, nil // no form that could be sent again
	}
	kept, size := url.Values{}, 0
	for name, list := range values {
		if strings.Contains(strings.ToLower(name), "password") {
			continue
		}
		for _, v := range list {
			size += len(name) + len(v)
		}
		kept[name] = list
	}
	if size > resumeMax {
		return resume, nil
	}
	resume.Sealed, err = s.seal(resumePurpose, posted{nonce, r.URL.Path, kept, resume.Files}, resumeKept)
	return resume, err
}

// backOf is the page a form was on: the path of the Referer, if it is ours.
func backOf(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return ""
	}
	return LocalPath(u.RequestURI(), "")
}

// resumeCookie names the browser a kept form belongs to: a seal that somebody else had made and slipped into a link or
// a page opens nothing here.
const resumeCookie = "awil_resume"

func resumeNonce(c echo.Context) (string, error) {
	var nonce string
	if Signed(c, resumeCookie, &nonce) && nonce != "" {
		return nonce, nil // another tab's form stays good
	}
	nonce = rand.Text()
	return nonce, SetSigned(c, resumeCookie, nonce, resumeKept)
}

// unsealPosted opens a kept form of this very browser.
func unsealPosted(c echo.Context, sealed string) (p posted, ok bool) {
	var nonce string
	if sealed == "" || !Signed(c, resumeCookie, &nonce) || stateOf(c).server.unseal(resumePurpose, sealed, &p) != nil {
		return posted{}, false
	}
	return p, nonce != "" && p.Nonce == nonce
}

// ResumeFrom reads what part.ResumeField put into the sign-in form, so that a
// wrong password does not lose it, and "to" of the query for the page's first
// showing. A kept form comes by POST only, never by a link.
func ResumeFrom(c echo.Context) Resume {
	r := Resume{Status: http.StatusOK}
	if isRead(c.Request().Method) {
		r.To = LocalPath(c.QueryParam("to"), "")
		return r
	}
	r.To = LocalPath(c.FormValue("to"), "")
	if p, ok := unsealPosted(c, c.Request().PostFormValue(resumeInput)); ok {
		r.Sealed, r.Files = c.Request().PostFormValue(resumeInput), p.Files
	}
	return r
}

// Continue goes on after sign-in: to the page that offers to send the form
// again, to where she was going, or to fallback.
func Continue(c echo.Context, r Resume, fallback string) error {
	if p, ok := unsealPosted(c, r.Sealed); ok {
		b := Base(c)
		b.Title = b.T("common.resume.title")
		return Render(c, http.StatusOK, errorpage.Continue(b, p.form()))
	}
	if r.To != "" && !strings.HasPrefix(r.To, SignInPath) {
		return Redirect(c, r.To)
	}
	return Redirect(c, fallback)
}

func (p posted) form() errorpage.Form {
	f := errorpage.Form{Action: p.Path, Files: p.Files}
	for name, list := range p.Values {
		for _, v := range list {
			f.Fields = append(f.Fields, errorpage.Field{Name: name, Value: v})
		}
	}
	slices.SortStableFunc(f.Fields, func(a, b errorpage.Field) int { return strings.Compare(a.Name, b.Name) })
	return f
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}
