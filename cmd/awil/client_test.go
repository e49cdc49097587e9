package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// client is a visitor without a browser, for what is asked of the program many
// times over. It follows no redirects.
type client struct {
	base string
	http *http.Client
}

func newClient(t testing.TB, base string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{base: base, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// answer is what came back.
type answer struct {
	status int
	to     string // Location
	body   []byte
}

func (a answer) page() (*goquery.Document, error) {
	return goquery.NewDocumentFromReader(bytes.NewReader(a.body))
}

// says reports whether the page's text contains a sentence.
func (a answer) says(sentence string) bool {
	page, err := a.page()
	return err == nil && strings.Contains(strings.Join(strings.Fields(page.Text()), " "), sentence)
}

func (c *client) get(path string) (answer, error) {
	return c.do(http.MethodGet, path, nil, c.base)
}

// post sends a form as the site's own pages do.
func (c *client) post(path string, form url.Values) (answer, error) {
	return c.do(http.MethodPost, path, form, c.base)
}

// do sends a request as a page of the given origin would make a browser do.
func (c *client) do(method, path string, form url.Values, origin string) (answer, error) {
	var body io.Reader
	if method != http.MethodGet {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept", "text/html")
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if origin != c.base {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
	}
	response, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header.Get("Location"), read}, err
}

// signIn opens an account's session.
func (c *client) signIn(t testing.TB, login, password string) {
	t.Helper()
	a, err := c.post("/sign-in", url.Values{"login": {login}, "password": {password}})
	if err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d %v", login, a.status, err)
	}
}

// inputs are the fields of a page's form with what stands in them.
func (a answer) inputs(form string) (url.Values, error) {
	page, err := a.page()
	if err != nil {
		return nil, err
	}
	found := page.Find(form)
	if found.Length() != 1 {
		return nil, fmt.Errorf("%d forms %s on the page", found.Length(), form)
	}
	values := url.Values{}
	found.Find("input[name]").Each(func(_ int, in *goquery.Selection) {
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		if kind == "radio" && !checked {
			return
		}
		values.Set(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	return values, nil
}
