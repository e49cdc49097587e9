package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := Close(); err != nil {
		fmt.Fprintln(os.Stderr, "close the browser:", err)
	}
	os.Exit(code)
}

const frame = `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test</title><link rel="icon" href="data:,"></head><body><main><h1>%s</h1>%s</main></body></html>`

// site answers with small pages that each show one thing.
func site(t *testing.T) string {
	t.Helper()
	pages := map[string]string{
		"/": `<form method="post" enctype="multipart/form-data" action="/said">
			<p><label for="name">Your name</label> <input id="name" name="name" value="nobody"></p>
			<p><label for="n">How many</label> <input id="n" name="n" type="number" value="1"></p>
			<p><label for="where">Village</label> <select id="where" name="where"><option value="1">Moynaq</option><option value="2">Bokonbaevo</option></select></p>
			<fieldset><legend>Pay</legend><label style="display:block;padding:1rem;position:relative"><input type="radio" name="pay" value="card" style="position:absolute;opacity:0;width:1px;height:1px"> By card</label>
			<label style="display:block;padding:1rem"><input type="radio" name="pay" value="cash"> In cash</label></fieldset>
			<p><label style="display:block;padding:1rem"><input type="checkbox" name="ok" value="yes"> I agree</label></p>
			<p><label for="photo">Photo</label> <input id="photo" type="file" name="photo"></p>
			<button style="padding:1rem">Send it</button></form>`,
		"/scripted": `<p id="x">before</p><script>document.getElementById('x').textContent = 'after'</script>`,
		"/error":    `<script>throw new Error('broken')</script>`,
		"/console":  `<script>console.error('said', 1)</script>`,
		"/missing":  `<img src="/nowhere.png" alt="nothing">`,
		"/foreign":  `<img src="http://127.0.0.1:1/x.png" alt="nothing">`,
		"/policy":   `<p style="color: black">styled inline</p>`,
		"/unnamed":  `<button style="padding:1rem"></button>`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/said" {
			file := ""
			if _, h, err := r.FormFile("photo"); err == nil {
				file = h.Filename
			}
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = fmt.Fprintf(w, frame, "Said", fmt.Sprintf("<p>%s|%s|%s|%s|%s|%s|%s</p>", r.FormValue("name"), r.FormValue("n"),
				r.FormValue("where"), r.FormValue("pay"), r.FormValue("ok"), file, r.Header.Get("Accept-Language")))
			return
		}
		body, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.URL.Path == "/policy" {
			w.Header().Set("Content-Security-Policy", "style-src 'self'")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, frame, r.URL.Path, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestFormByHand(t *testing.T) {
	base := site(t)
	photo := filepath.Join(t.TempDir(), "jar.jpg")
	if err := os.WriteFile(photo, []byte("picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{View: Phone, Lang: "ja"}, {View: Desktop}, {View: Desktop, NoScript: true}, {View: Phone, NoScript: true}} {
		o.Base = base
		t.Run(fmt.Sprintf("%s script=%t", o.View.Name, !o.NoScript), func(t *testing.T) {
			p := Open(t, o)
			p.Visit("/")
			p.Fill("Your name", "Ayparsha")
			p.Fill("how MANY", "12")
			p.Fill("Village", "Bokonbaevo")
			p.Choose("By card")
			p.Choose("I agree")
			p.Choose("I agree")
			p.Upload("photo", photo)
			if got := p.Value("Your name"); got != "Ayparsha" {
				t.Errorf("field holds %q", got)
			}
			p.PressStatus("Send it", 422)
			lang := o.Lang
			if lang == "" {
				lang = "en"
			}
			p.See("Ayparsha|12|2|card|yes|jar.jpg|" + lang)
			if p.Path() != "/said" || p.Status() != 422 {
				t.Errorf("stands at %s with %d", p.Path(), p.Status())
			}
			p.Back()
			if p.Path() != "/" {
				t.Errorf("back at %s", p.Path())
			}
			if shot := p.Screenshot(50); len(shot) < 1000 {
				t.Errorf("screenshot of %d bytes", len(shot))
			}
		})
	}
}

func TestScriptsOnAndOff(t *testing.T) {
	base := site(t)
	on := Open(t, Options{Base: base})
	on.Visit("/scripted")
	on.See("after")
	off := Open(t, Options{Base: base, NoScript: true})
	off.Visit("/scripted")
	off.See("before")
	off.NotSee("after")
}

// notes is a test that remembers what it was told instead of failing.
type notes struct {
	testing.TB
	said []string
}

func (n *notes) Helper()                   {}
func (n *notes) Errorf(f string, a ...any) { n.said = append(n.said, fmt.Sprintf(f, a...)) }
func (n *notes) Fatalf(f string, a ...any) { n.Errorf(f, a...); panic(n) }
func (n *notes) Logf(string, ...any)       {}

// complaints visits a page and returns what its test would have failed with.
func complaints(t *testing.T, path string, use func(p *Page)) (said string) {
	t.Helper()
	n := &notes{TB: t}
	defer func() {
		if r := recover(); r != nil && r != any(n) {
			panic(r)
		}
		said = strings.Join(n.said, "\n")
	}()
	p := Open(n, Options{Base: site(t)})
	p.Visit(path)
	if use != nil {
		use(p)
	}
	p.complain()
	return
}

func TestComplaints(t *testing.T) {
	for path, want := range map[string]string{
		"/error": "broken", "/console": "said", "/missing": "404 for GET", "/foreign": "another site",
		"/policy": "Content Security Policy", "/unnamed": "button-name", "/nothing": "answered 404, want 200",
	} {
		if got := complaints(t, path, nil); !strings.Contains(got, want) {
			t.Errorf("%s: said %q, want something with %q", path, got, want)
		}
	}
	if got := complaints(t, "/scripted", nil); got != "" {
		t.Errorf("a good page: %s", got)
	}
}

func TestNames(t *testing.T) {
	all := []element{{name: plain("Pay now")}, {name: plain("Pay")}, {name: plain("¥\u00a01,240")}}
	if got := matching(all, "pay"); len(got) != 1 || got[0].name != "pay" {
		t.Errorf("exact name: %v", got)
	}
	if got := matching(all, "Now"); len(got) != 1 || got[0].name != "pay now" {
		t.Errorf("part of a name: %v", got)
	}
	if got := matching(all, "¥ 1,240"); len(got) != 1 {
		t.Errorf("spaces: %v", got)
	}
}
