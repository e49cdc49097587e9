package desk_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/accounts"
)

// visitor is somebody with cookies who follows no redirect.
type visitor struct {
	t       *testing.T
	f       *fixture
	lang    string
	cookies map[string]string
}

// as is a person of the fixture, signed in, or nobody.
func (f *fixture) as(t *testing.T, who, lang string) *visitor {
	t.Helper()
	v := &visitor{t: t, f: f, lang: lang, cookies: map[string]string{}}
	if who != "nobody" {
		v.get(fmt.Sprintf("/test/sign-in/%d", f.people[who]), http.StatusNoContent)
	}
	if lang != "en" {
		v.get("/locale?lang="+lang+"&to=/desk", http.StatusSeeOther)
	}
	return v
}

// answer is a page with its document.
type answer struct {
	*http.Response
	t    *testing.T
	body string
	doc  *goquery.Document
}

func (v *visitor) do(method, path string, form url.Values) answer {
	v.t.Helper()
	r := httptest.NewRequest(method, origin+path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept-Language", "en")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.f.handler.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if v.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	body, err := io.ReadAll(res.Body)
	v.f.ok(err)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	v.f.ok(err)
	return answer{res, v.t, string(body), doc}
}

func (v *visitor) want(status int, a answer) answer {
	v.t.Helper()
	if a.StatusCode != status {
		v.t.Fatalf("%d, want %d\n%s\n%s", a.StatusCode, status, strings.TrimSpace(a.doc.Find("main").Text()), v.f.log.String())
	}
	return a
}

func (v *visitor) get(path string, status int) answer {
	v.t.Helper()
	return v.want(status, v.do(http.MethodGet, path, nil))
}

// page is one that must be there.
func (v *visitor) page(path string) answer {
	v.t.Helper()
	return v.get(path, http.StatusOK)
}

func (v *visitor) post(path string, form url.Values, status int) answer {
	v.t.Helper()
	return v.want(status, v.do(http.MethodPost, path, form))
}

// done sends a form that must go well and returns the page it leads to.
func (v *visitor) done(path string, form url.Values) answer {
	v.t.Helper()
	res := v.post(path, form, http.StatusSeeOther)
	to, _, _ := strings.Cut(res.Header.Get("Location"), "#")
	return v.page(to)
}

func (a answer) text(selector string) string {
	return strings.Join(strings.Fields(a.doc.Find(selector).Text()), " ")
}

// says fails unless the words stand in what the selector finds.
func (a answer) says(selector string, words ...string) {
	a.t.Helper()
	text := a.text(selector)
	for _, w := range words {
		if !strings.Contains(text, w) {
			a.t.Errorf("%s does not say %q: %q", selector, w, text)
		}
	}
}

// value is what a field holds.
func (a answer) value(selector string) string {
	a.t.Helper()
	field := a.doc.Find(selector)
	if field.Length() != 1 {
		a.t.Fatalf("%d fields %s", field.Length(), selector)
	}
	if goquery.NodeName(field) == "textarea" {
		return field.Text()
	}
	value, _ := field.Attr("value")
	return value
}

// has fails unless the selector finds so many.
func (a answer) has(n int, selector string) {
	a.t.Helper()
	if found := a.doc.Find(selector).Length(); found != n {
		a.t.Errorf("%d of %s, want %d", found, selector, n)
	}
}

// trail lists the actions about a subject, newest first.
func (f *fixture) trail(t *testing.T, kind string, subject int64) []string {
	t.Helper()
	list, err := f.Accounts.Trail(t.Context(), accounts.TrailQuery{SubjectKind: kind, SubjectID: subject, Limit: 50})
	f.ok(err)
	actions := make([]string, len(list))
	for i, e := range list {
		actions[i] = e.Action
	}
	return actions
}
