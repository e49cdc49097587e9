package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/labstack/echo/v4"

	"awil/assets"
	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
	"awil/templates/layout"
	"awil/templates/part"
)

// world is everything around the server, small enough to be changed by a test.
type world struct {
	mu       sync.Mutex
	down     bool // the database is away
	accounts map[int64]accounts.Viewer
	members  map[int64]bool
	log      bytes.Buffer
	now      time.Time
}

func (w *world) All(context.Context) ([]layout.Market, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return nil, errs.E(errs.Unavailable, "database away")
	}
	return []layout.Market{
		{Code: "jp", Currency: "JPY", Countries: []string{"JP"}, DefaultLang: "ja", Langs: []i18n.Lang{"ja", "en"}, Names: map[i18n.Lang]string{"en": "Japan", "ja": "日本"}},
		{Code: "uz", Currency: "UZS", Countries: []string{"UZ"}, DefaultLang: "uz", Langs: []i18n.Lang{"uz", "kaa", "ru"}, Names: map[i18n.Lang]string{"en": "Uzbekistan"}},
		{Code: "us", Currency: "USD", Countries: []string{"US"}, DefaultLang: "en", Langs: []i18n.Lang{"en"}, Names: map[i18n.Lang]string{"en": "United States"}, Default: true},
		{Code: "eu", Currency: "EUR", Countries: []string{"DE", "FR"}, DefaultLang: "en", Langs: []i18n.Lang{"en"}, Names: map[i18n.Lang]string{"en": "European Union"}},
	}, nil
}

func (w *world) Viewer(_ context.Context, id int64) (accounts.Viewer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, ok := w.accounts[id]
	if !ok {
		return v, errs.E(errs.NotFound, "no account")
	}
	return v, nil
}

func (w *world) IsProducer(_ context.Context, id int64) (bool, error) { return w.members[id], nil }

func (w *world) Shop(_ context.Context, lang i18n.Lang, m layout.Market) (layout.Nav, error) {
	at := "/" + layout.Locale(lang, m.Code)
	food := layout.Link{Href: at + "/categories/food", Text: "Food and tea"}
	return layout.Nav{Main: []layout.Link{food, {Href: at + "/villages", Text: "Villages"}}, Shop: []layout.Link{food}}, nil
}

func newWorld() *world {
	w := &world{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), accounts: map[int64]accounts.Viewer{}, members: map[int64]bool{7: true}}
	for id, roles := range map[int64]accounts.Roles{1: {accounts.RoleAdmin}, 2: {accounts.RoleCurator}, 3: {accounts.RoleFinance}, 7: nil, 9: nil} {
		w.accounts[id] = accounts.Viewer{ID: id, Name: "Person", Lang: "ru", Roles: roles}
	}
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func newServer(t *testing.T, w *world, change ...func(*web.Config)) *web.Server {
	t.Helper()
	store, err := assets.New()
	if err != nil {
		t.Fatal(err)
	}
	cfg := web.Config{
		BaseURL: &url.URL{Scheme: "https", Host: "awil.test"}, Secret: []byte(strings.Repeat("k", 32)),
		Log: slog.New(slog.NewJSONHandler(&w.log, nil)), Clock: w.clock, Assets: store,
		Markets: w, Accounts: w, Members: w, Nav: w, Sessions: memstore.New(), Demo: true,
		FormTargets: []string{"https://pay.test"},
	}
	for _, c := range change {
		c(&cfg)
	}
	s, err := web.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	register(s, w)
	return s
}

type noteForm struct {
	Email string   `form:"email" max:"20"`
	Count int      `form:"count"`
	Tags  []string `form:"tag"`
	Agree bool     `form:"agree"`
}

// register adds a few routes of each kind.
func register(s *web.Server, w *world) {
	shop, studio, desk, root := s.Shop(), s.Studio(), s.Desk(), s.Root()
	page := func(c echo.Context) error { return render(c, http.StatusOK, "Hello", noteForm{}, nil) }
	shop.GET("/", web.Public, page)
	shop.GET("/villages", web.Public, page)
	shop.GET("/orders/:token", web.Visitor, page)
	shop.GET("/broken", web.Public, func(echo.Context) error { return errors.New("secret detail of the database") })
	shop.GET("/panic", web.Public, func(echo.Context) error { panic("secret panic") })
	shop.GET("/gone", web.Visitor, func(echo.Context) error { return errs.E(errs.Gone, "expired") })
	shop.POST("/cart/lines", web.Visitor, takeNote)
	shop.POST("/checkout", web.Visitor, takeNote, web.Throttle(3))
	studio.GET("", web.Producer, page)
	studio.POST("/notes", web.Producer, takeNote)
	desk.GET("", web.Staff, page)
	desk.GET("/users", web.Admin, page)
	desk.GET("/money", web.Finance, page)
	desk.GET("/review", web.Curator, page)
	root.GET("/account", web.SignedIn, page)
	root.POST("/webhooks/stripe", web.Machine, func(c echo.Context) error { return errs.E(errs.Invalid, "bad signature") })
	root.GET(web.SignInPath, web.Visitor, func(c echo.Context) error { return signInPage(c, web.ResumeFrom(c)) })
	root.POST(web.SignInPath, web.Visitor, w.signIn, web.Throttle(20))
	root.POST("/sign-out", web.Visitor, func(c echo.Context) error {
		if err := web.SignOut(c); err != nil {
			return err
		}
		return web.Redirect(c, "/")
	})
	s.ShowSignIn(signInPage)
}

func takeNote(c echo.Context) error {
	var form noteForm
	err := web.Decode(c, &form)
	if problems := web.Problems(err); problems != nil {
		return render(c, web.FormStatus(problems), "Note", form, problems)
	}
	if err != nil {
		return err
	}
	web.SetCartCount(c, form.Count)
	return web.Done(c, "/account", "common.cart.count", "n", form.Count)
}

func render(c echo.Context, status int, title string, form noteForm, problems *errs.Fields) error {
	b := web.Base(c)
	b.Title, b.Problems = title, problems
	body := part.Text(b, part.Input{Name: "email", Label: "E-mail", Value: form.Email, Autocomplete: "email"})
	frame := layout.Shop(b)
	if b.Market.Code == "" {
		frame = layout.Bare(b)
	}
	return web.Render(c, status, within(frame, body))
}

func within(frame, body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return frame.Render(templ.WithChildren(ctx, body), w)
	})
}

func signInPage(c echo.Context, resume web.Resume) error {
	b := web.Base(c)
	return web.Render(c, resume.Status, within(layout.Bare(b), templ.Join(part.ResumeNote(b, resume.Hidden()), part.ResumeField(resume.Hidden()))))
}

func (w *world) signIn(c echo.Context) error {
	resume := web.ResumeFrom(c)
	id := map[string]int64{"admin": 1, "curator": 2, "finance": 3, "producer": 7, "buyer": 9}[c.FormValue("who")]
	v, err := w.Viewer(c.Request().Context(), id)
	if err != nil {
		return signInPage(c, resume)
	}
	if err := web.SignIn(c, v); err != nil {
		return err
	}
	return web.Continue(c, resume, "/account")
}

// browser is a visitor with cookies who does not follow redirects.
type browser struct {
	t      *testing.T
	server *httptest.Server
	client *http.Client
}

func newBrowser(t *testing.T, s *web.Server) *browser {
	t.Helper()
	srv := httptest.NewTLSServer(s.Handler())
	t.Cleanup(srv.Close)
	client := srv.Client()
	client.Jar, _ = cookiejar.New(nil)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t, srv, client}
}

type answer struct {
	*http.Response
	body string
	doc  *goquery.Document
}

func (b *browser) do(method, path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	req, err := http.NewRequest(method, b.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		b.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body.Bytes()))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res, body.String(), doc}
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, headers...)
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, form, headers...)
}

func (b *browser) signIn(who string) {
	b.t.Helper()
	if res := b.post(web.SignInPath, url.Values{"who": {who}}); res.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("sign in as %s: %d %s", who, res.StatusCode, res.body)
	}
}
