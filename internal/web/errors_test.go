package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
)

func TestErrorPagesInEveryLanguage(t *testing.T) {
	w := newWorld()
	b := newBrowser(t, newServer(t, w))
	tests := []struct {
		path   string
		status int
		key    string
	}{
		{"/no/such/page", http.StatusNotFound, "errors.page.404.title"},
		{"/broken", http.StatusInternalServerError, "errors.page.500.title"},
		{"/panic", http.StatusInternalServerError, "errors.page.500.title"},
		{"/gone", http.StatusGone, "errors.page.410.title"},
	}
	for _, lang := range i18n.Langs() {
		for _, tt := range tests {
			res := b.get("/" + string(lang) + "-jp" + tt.path)
			if res.StatusCode != tt.status {
				t.Errorf("%s %s: %d, want %d", lang, tt.path, res.StatusCode, tt.status)
			}
			want := i18n.For(lang).T(tt.key)
			if want == tt.key {
				t.Errorf("%s: no words for %s", lang, tt.key)
			}
			if got := res.doc.Find("main h1").Text(); got != want {
				t.Errorf("%s %s: title %q, want %q", lang, tt.path, got, want)
			}
			if got := res.doc.Find("html").AttrOr("lang", ""); got != lang.Tag() {
				t.Errorf("%s %s: lang=%q, want %q", lang, tt.path, got, lang.Tag())
			}
			if strings.Contains(res.body, "secret") {
				t.Errorf("%s %s shows what is for the log", lang, tt.path)
			}
			if res.doc.Find(`meta[name=robots][content=noindex]`).Length() != 1 {
				t.Errorf("%s %s may be indexed", lang, tt.path)
			}
		}
	}
	if !strings.Contains(w.log.String(), "secret detail of the database") || !strings.Contains(w.log.String(), "secret panic") {
		t.Error("failures must be logged whole")
	}
}

func TestNotFoundOffersAWayOn(t *testing.T) {
	res := newBrowser(t, newServer(t, newWorld())).get("/en-jp/products/long-gone")
	if res.doc.Find(`main form[role=search] input[name=q]`).Length() != 1 {
		t.Error("no search on the 404 page")
	}
	if res.doc.Find(`main a[href="/en-jp/villages"]`).Length() != 1 {
		t.Error("no way to the villages")
	}
}

func TestUnknownLocaleIsNotFound(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	for _, path := range []string{"/xx-jp/", "/en-zz/", "/de-jp/villages", "/ja-JP/", "/robots-like.txt"} {
		if res := b.get(path); res.StatusCode != http.StatusNotFound || res.doc.Find("main h1").Length() != 1 {
			t.Errorf("%s: %d, want the 404 page", path, res.StatusCode)
		}
	}
}

func TestDatabaseAway(t *testing.T) {
	w := newWorld()
	b := newBrowser(t, newServer(t, w))
	w.down = true
	res := b.get("/en-jp/villages", "Accept-Language", "ru")
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	if got, want := res.doc.Find("main h1").Text(), i18n.For("ru").T("errors.page.503.title"); got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	w.down = false
	b.get("/en-jp/villages")
	w.down = true
	if res := b.get("/en-jp/villages"); res.StatusCode != http.StatusOK {
		t.Errorf("the markets were known: %d, want 200", res.StatusCode)
	}
}

func TestMachinesGetJSON(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	res := b.post("/webhooks/stripe", nil, "Origin", "https://elsewhere.test", "Sec-Fetch-Site", "cross-site")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	if strings.Contains(res.body, "signature") {
		t.Error("a machine is told what is for the log")
	}
	res = b.get("/ru-jp/gone", "Accept", "application/json")
	var trouble struct{ Message string }
	if err := json.Unmarshal([]byte(res.body), &trouble); err != nil || trouble.Message != i18n.For("ru").T("errors.page.410.text") {
		t.Errorf("a script of ours gets %q", res.body)
	}
}

// rejected is an error that brings its own sentence, as a photo does that was
// turned down.
type rejected struct{}

func (rejected) Error() string      { return "rejected" }
func (rejected) Kind() errs.Kind    { return errs.Invalid }
func (rejected) MessageKey() string { return "errors.photo_too_large" }
func (rejected) MessageArgs() []any { return []any{"max", 25} }

func TestErrorsThatExplainThemselves(t *testing.T) {
	s := newServer(t, newWorld())
	s.Studio().POST("/photos", web.Visitor, func(c echo.Context) error {
		if c.QueryParam("form") != "" {
			var fields errs.Fields
			fields.Add("photo", "errors.choose")
			return fields.Err()
		}
		return rejected{}
	})
	b := newBrowser(t, s)
	want := i18n.For("en").T("errors.photo_too_large", "max", 25)
	if res := b.post("/studio/photos", nil); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.doc.Find("main").Text(), want) {
		t.Errorf("page: %d %s", res.StatusCode, res.doc.Find("main").Text())
	}
	if res := b.post("/studio/photos", nil, "Accept", "application/json"); !strings.Contains(res.body, want) {
		t.Errorf("script: %s", res.body)
	}
	if res := b.post("/studio/photos?form=1", nil, "Accept", "application/json"); !strings.Contains(res.body, `"fields":{"photo":"`+i18n.For("en").T("errors.choose")) {
		t.Errorf("script with a form: %s", res.body)
	}
}

func TestCrossOriginFormsAreRefused(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	form := url.Values{"count": {"1"}}
	for name, headers := range map[string][]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"},
		"same site only": {"Sec-Fetch-Site", "same-site"},
		"old browser":    {"Origin", "https://elsewhere.test"},
	} {
		if res := b.post("/en-jp/cart/lines", form, headers...); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, res.StatusCode)
		}
	}
	for name, headers := range map[string][]string{
		"own page":    {"Sec-Fetch-Site", "same-origin", "Origin", "https://awil.test"},
		"behind host": {"Origin", "https://awil.test"},
		"no browser":  {},
	} {
		if res := b.post("/en-jp/cart/lines", form, headers...); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d, want 303", name, res.StatusCode)
		}
	}
}

func TestThrottle(t *testing.T) {
	w := newWorld()
	b := newBrowser(t, newServer(t, w))
	for i := range 3 {
		if res := b.post("/en-jp/checkout", nil); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("try %d: %d", i+1, res.StatusCode)
		}
	}
	res := b.post("/en-jp/checkout", nil)
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("fourth try: %d", res.StatusCode)
	}
	if got, want := res.doc.Find("main h1").Text(), i18n.For("en").T("errors.page.429.title"); got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	if res := b.post("/en-jp/checkout", nil, "X-Forwarded-For", "203.0.113.9"); res.StatusCode != http.StatusTooManyRequests {
		t.Error("a header the visitor wrote herself must not help")
	}
	w.now = w.now.Add(20e9)
	if res := b.post("/en-jp/checkout", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after twenty seconds: %d", res.StatusCode)
	}
}

func TestBodyLimit(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	res := b.post("/en-jp/cart/lines", url.Values{"tag": {strings.Repeat("x", 2<<20)}})
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d, want 413", res.StatusCode)
	}
}

func TestLogHoldsNoSecrets(t *testing.T) {
	w := newWorld()
	b := newBrowser(t, newServer(t, w))
	b.get("/en-jp/orders/tok3n?key=s3cret", "Cookie", "__Host-awil_session=s3ssion")
	b.post(web.SignInPath, url.Values{"who": {"buyer"}, "password": {"p4ss"}})
	for _, path := range []string{"/en/orders/tok3n", "/orders/tok3n", "/en-jp/orders/tok3n/", "/en-jp/orders/tok3n/foo", "/join/tok3n/", "/join/tok3n/you"} {
		b.get(path)
	}
	log := w.log.String()
	for _, secret := range []string{"tok3n", "s3cret", "s3ssion", "p4ss"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	if !strings.Contains(log, "/en-jp/orders/:token") || !strings.Contains(log, `"request_id"`) {
		t.Errorf("the log misses path or request id:\n%s", log)
	}
}

func TestSecurityHeaders(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	for _, path := range []string{"/en-jp/villages", "/en-jp/nothing", "/", "/healthz"} {
		h := b.get(path).Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"script-src 'self';", "frame-ancestors 'none'", "form-action 'self' https://pay.test"} {
			if !strings.Contains(csp+";", want) {
				t.Errorf("%s: policy lacks %s: %s", path, want, csp)
			}
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Strict-Transport-Security") == "" || h.Get("Referrer-Policy") == "" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}
