package buy_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// browser is a visitor with cookies who fills in forms and does not follow
// redirects by herself.
type browser struct {
	t      *testing.T
	w      *world
	client *http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w.t, w, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back, as a page.
type answer struct {
	*http.Response
	t    *testing.T
	body string
	doc  *goquery.Document
}

func (b *browser) do(method, path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	if method == http.MethodPost {
		headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	}
	return b.request(method, path, strings.NewReader(form.Encode()), headers...)
}

func (b *browser) request(method, path string, content io.Reader, headers ...string) answer {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.w.url + path
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, path, content)
	if err != nil {
		b.t.Fatal(err)
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
	return answer{res, b.t, body.String(), doc}
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, headers...)
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, form, headers...)
}

// add puts something in the cart and must succeed.
func (b *browser) add(locale string, variant, quantity int) {
	b.t.Helper()
	res := b.post("/"+locale+"/cart/lines", url.Values{"variant": {strconv.Itoa(variant)}, "quantity": {strconv.Itoa(quantity)}})
	res.sends(http.StatusSeeOther, "/"+locale+"/cart")
}

// sends checks a redirect; to is how the address begins.
func (a answer) sends(status int, to string) string {
	a.t.Helper()
	location := a.Header.Get("Location")
	if a.StatusCode != status || !strings.HasPrefix(location, to) {
		a.t.Fatalf("%s %s: %d to %q, want %d to %q\n%s", a.Request.Method, a.Request.URL, a.StatusCode, location, status, to, a.text("main"))
	}
	return location
}

// is checks the status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s %s: %d, want %d\n%s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.text("main"))
	}
	return a
}

// text is what stands in the elements, with single spaces.
func (a answer) text(selector string) string {
	return strings.Join(strings.Fields(a.doc.Find(selector).Text()), " ")
}

// says checks that a text stands in the elements.
func (a answer) says(selector, want string) {
	a.t.Helper()
	if got := a.text(selector); !strings.Contains(got, want) {
		a.t.Errorf("%s: %s says %q, want %q", a.Request.URL, selector, got, want)
	}
}

// has checks how many elements there are.
func (a answer) has(selector string, n int) {
	a.t.Helper()
	if got := a.doc.Find(selector).Length(); got != n {
		a.t.Errorf("%s: %d of %s, want %d", a.Request.URL, got, selector, n)
	}
}

// form reads a form as a browser would send it.
func (a answer) form(selector string) url.Values {
	a.t.Helper()
	form := a.doc.Find(selector)
	if form.Length() != 1 {
		a.t.Fatalf("%s: %d forms %s", a.Request.URL, form.Length(), selector)
	}
	values := url.Values{}
	form.Find("input[name], select[name], textarea[name]").Each(func(_ int, field *goquery.Selection) {
		name, kind := field.AttrOr("name", ""), field.AttrOr("type", "")
		_, checked := field.Attr("checked")
		switch {
		case (kind == "radio" || kind == "checkbox") && !checked:
		case goquery.NodeName(field) == "select":
			values.Add(name, field.Find("option[selected]").AttrOr("value", ""))
		case goquery.NodeName(field) == "textarea":
			values.Add(name, field.Text())
		default:
			values.Add(name, field.AttrOr("value", ""))
		}
	})
	return values
}

// fill changes some values of a form.
func fill(form url.Values, with ...string) url.Values {
	for i := 0; i+1 < len(with); i += 2 {
		form.Set(with[i], with[i+1])
	}
	return form
}

// Addresses as people type them.
var (
	nukus = []string{"email", "gul@example.com", "name", "Gulnara", "phone", "91 234 56 78", "region", "UZ-QR", "city", "Nókis",
		"line1", "Ǵárezsizlik 12", "landmark", "mektep"}
	yokohama = []string{"email", "hanako@example.jp", "name", "山田 花子", "phone", "090-1234-5678", "postcode", "２２０−００１２",
		"region", "JP-14", "city", "横浜市西区", "line1", "みなとみらい2-3-1", "note", "気をつけて"}
	berlin = []string{"email", "anna@example.de", "name", "Anna", "phone", "+49 30 901820", "postcode", "10115", "city", "Berlin",
		"line1", "Chausseestr. 1", "country", "DE"}
)

// checkout fills in the form for what is in the cart.
func (b *browser) checkout(locale string, with ...string) url.Values {
	b.t.Helper()
	return fill(b.get("/"+locale+"/checkout").is(http.StatusOK).form("form#checkout"), with...)
}

// buy places an order and returns where the browser is sent.
func (b *browser) buy(locale string, with ...string) string {
	b.t.Helper()
	return b.post("/"+locale+"/checkout", b.checkout(locale, with...)).sends(http.StatusSeeOther, "")
}

// tokenOf is the secret of an order's address.
func tokenOf(location string) string {
	path, _, _ := strings.Cut(location, "?")
	return path[strings.LastIndex(path, "/")+1:]
}
