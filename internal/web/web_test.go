package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"awil/internal/accounts"
	"awil/internal/web"
)

func TestAccessTable(t *testing.T) {
	w := newWorld()
	s := newServer(t, w)
	people := []string{"", "buyer", "producer", "curator", "finance", "admin"}
	want := map[string]string{ // path: who gets 200, in the order above
		"/en-jp/villages":      "yyyyyy",
		"/en-jp/orders/secret": "yyyyyy",
		"/account":             "-yyyyy",
		"/studio":              "--y---",
		"/desk":                "---yyy",
		"/desk/review":         "---y-y",
		"/desk/money":          "----yy",
		"/desk/users":          "-----y",
	}
	for i, who := range people {
		b := newBrowser(t, s)
		if who != "" {
			b.signIn(who)
		}
		for path, row := range want {
			res := b.get(path)
			allowed := row[i] == 'y'
			switch {
			case allowed && res.StatusCode != http.StatusOK:
				t.Errorf("%q at %s: %d, want 200", who, path, res.StatusCode)
			case !allowed && who == "" && (res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/sign-in?to=")):
				t.Errorf("nobody at %s: %d %s, want the sign-in page", path, res.StatusCode, res.Header.Get("Location"))
			case !allowed && who != "" && res.StatusCode != http.StatusForbidden:
				t.Errorf("%q at %s: %d, want 403", who, path, res.StatusCode)
			}
		}
	}
}

func TestTableListsEveryRoute(t *testing.T) {
	table := newServer(t, newWorld()).Table()
	seen := map[string]web.Access{}
	for _, r := range table {
		if r.Access.String() == "undeclared" {
			t.Errorf("%s %s has no access", r.Method, r.Path)
		}
		seen[r.Method+" "+r.Path] = r.Access
	}
	for route, access := range map[string]web.Access{
		"GET /:locale/villages": web.Public, "POST /studio/notes": web.Producer,
		"GET /assets/*": web.Public, "POST /webhooks/stripe": web.Machine, "GET /healthz": web.Machine,
	} {
		if seen[route] != access {
			t.Errorf("%s: %v, want %v", route, seen[route], access)
		}
	}
}

func TestRouteWithoutAccessPanics(t *testing.T) {
	s := newServer(t, newWorld())
	defer func() {
		if recover() == nil {
			t.Error("a route with the zero access was registered")
		}
	}()
	s.Shop().GET("/open", 0, nil)
}

func TestChangedAccountActsAtOnce(t *testing.T) {
	w := newWorld()
	b := newBrowser(t, newServer(t, w))
	b.signIn("curator")
	if res := b.get("/desk/review"); res.StatusCode != http.StatusOK {
		t.Fatalf("curator: %d", res.StatusCode)
	}
	v := w.accounts[2]
	v.Roles = accounts.Roles{accounts.RoleFinance}
	w.accounts[2] = v
	if res := b.get("/desk/review"); res.StatusCode != http.StatusForbidden {
		t.Errorf("role taken away: %d, want 403", res.StatusCode)
	}
	v.SessionsFrom = w.now.Add(1e9)
	w.accounts[2] = v
	if res := b.get("/desk"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("sessions ended: %d, want the way to sign-in", res.StatusCode)
	}
	b.signIn("finance")
	delete(w.accounts, 3)
	if res := b.get("/desk"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("account closed: %d, want the way to sign-in", res.StatusCode)
	}
}

func TestSignInRenewsTokenAndSignOutEndsIt(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	b.signIn("buyer")
	first := cookieOf(b, "__Host-awil_session")
	if first == nil {
		t.Fatal("no session cookie")
	}
	b.signIn("buyer")
	if second := cookieOf(b, "__Host-awil_session"); second == nil || second.Value == first.Value {
		t.Error("the token should be a new one after each sign-in")
	}
	b.post("/sign-out", nil)
	if res := b.get("/account"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after sign-out: %d", res.StatusCode)
	}
}

func TestCookiesAreGuarded(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	res := b.post(web.SignInPath, url.Values{"who": {"buyer"}})
	for _, c := range res.Cookies() {
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s: HttpOnly %v, Secure %v, SameSite %v", c.Name, c.HttpOnly, c.Secure, c.SameSite)
		}
	}
	res = b.post("/en-jp/cart/lines", url.Values{"count": {"3"}})
	n := cookieIn(res, "awil_cart_n")
	if n == nil || n.HttpOnly || n.Value != "3" {
		t.Errorf("the cart's count must be readable by the header's script: %v", n)
	}
}

func cookieOf(b *browser, name string) *http.Cookie {
	u, _ := url.Parse(b.server.URL)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func cookieIn(res answer, name string) *http.Cookie {
	for _, c := range res.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}
