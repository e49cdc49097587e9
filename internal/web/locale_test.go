package web_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"awil/internal/web"
)

func TestRedirectsToLocale(t *testing.T) {
	tests := []struct{ name, path, cookie, accept, country, want string }{
		{"nothing known", "/", "", "", "", "/en-us/"},
		{"cookie first", "/", "kaa-uz", "ja-JP", "JP", "/kaa-uz/"},
		{"stale cookie", "/", "en-zz", "ja", "", "/ja-jp/"},
		{"region of the language", "/", "", "ru-UZ,ru;q=0.9", "", "/ru-uz/"},
		{"language of a market", "/", "", "ja,en;q=0.5", "", "/ja-jp/"},
		{"english, default market", "/", "", "en", "", "/en-us/"},
		{"english in Japan", "/", "", "en-JP", "", "/en-jp/"},
		{"country beats region", "/", "", "en-US", "DE", "/en-eu/"},
		{"unknown language", "/", "", "sw", "", "/en-us/"},
		{"query kept", "/?utm=1", "", "ja", "", "/ja-jp/?utm=1"},
		{"language in the path", "/ja/villages?page=2", "", "", "", "/ja-jp/villages?page=2"},
		{"language in the path, market of the cookie", "/ru/villages", "en-jp", "", "", "/ru-jp/villages"},
		{"language alone", "/kaa", "", "", "UZ", "/kaa-uz/"},
		{"no way out", "/ja//evil.test", "", "", "", "/ja-jp/"},
	}
	local := func(c *web.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.CountryHeader = "X-Country"
	}
	b := newBrowser(t, newServer(t, newWorld(), local))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			headers := []string{"Accept-Language", tt.accept, "X-Country", tt.country}
			if tt.cookie != "" {
				headers = append(headers, "Cookie", "awil_locale="+tt.cookie)
			}
			res := b.get(tt.path, headers...)
			if res.StatusCode != http.StatusFound || res.Header.Get("Location") != tt.want {
				t.Errorf("%d %s, want 302 %s", res.StatusCode, res.Header.Get("Location"), tt.want)
			}
			if res.Header.Values("Vary") == nil {
				t.Error("a redirect that depends on headers must say so")
			}
		})
	}
}

func TestCountryNeedsTrustedProxy(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld(), func(c *web.Config) { c.CountryHeader = "X-Country" }))
	if res := b.get("/", "X-Country", "JP"); res.Header.Get("Location") != "/en-us/" {
		t.Errorf("a visitor's own header was believed: %s", res.Header.Get("Location"))
	}
}

func TestSwitchLocale(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	tests := []struct {
		query url.Values
		want  string
	}{
		{url.Values{"lang": {"ja"}, "market": {"jp"}, "page": {"/villages?page=2"}}, "/ja-jp/villages?page=2"},
		{url.Values{"lang": {"ja"}, "market": {"jp"}}, "/ja-jp/"},
		{url.Values{"lang": {"ja"}, "market": {"jp"}, "page": {"//evil.test"}}, "/ja-jp/"},
		{url.Values{"lang": {"en"}, "market": {"us"}, "was": {"jp"}, "page": {"/search?q=jam&from=5&to=9&after=x&stars=4"}}, "/en-us/search?q=jam&stars=4"},
		{url.Values{"lang": {"en"}, "market": {"jp"}, "was": {"jp"}, "page": {"/search?q=jam&from=5"}}, "/en-jp/search?q=jam&from=5"},
		{url.Values{"lang": {"ja"}, "market": {"jp"}, "was": {"us"}, "page": {"/products?sort=price_up"}}, "/ja-jp/products?sort=price_up"},
		{url.Values{"lang": {"ky"}, "to": {"/studio"}}, "/studio"},
		{url.Values{"lang": {"ky"}, "to": {"https://evil.test"}}, "/"},
		{url.Values{"lang": {"ky"}, "to": {`/\evil.test`}}, "/"},
	}
	for _, tt := range tests {
		res := b.get("/locale?" + tt.query.Encode())
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != tt.want {
			t.Errorf("%v: %d %s, want %s", tt.query, res.StatusCode, res.Header.Get("Location"), tt.want)
		}
	}
	if res := b.get("/"); res.Header.Get("Location") != "/ja-jp/" {
		t.Errorf("the choice was forgotten: %s", res.Header.Get("Location"))
	}
	if res := b.get("/locale?lang=xx&market=jp"); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown language: %d", res.StatusCode)
	}
}

func TestSlashes(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	for path, want := range map[string]string{
		"/ja-jp": "/ja-jp/", "/en-jp/villages/": "/en-jp/villages", "/en-jp/villages/?page=2": "/en-jp/villages?page=2",
		"//evil.test/a/": "", "/en-jp/villages": "", "/xx-jp": "",
	} {
		res := b.get(path)
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("%s: %d %q, want %q", path, res.StatusCode, got, want)
		}
	}
}

func TestLanguageOutsideTheShop(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	lang := func(path string, headers ...string) string {
		return b.get(path, headers...).doc.Find("html").AttrOr("lang", "")
	}
	if got := lang("/sign-in", "Accept-Language", "ky"); got != "ky" {
		t.Errorf("by the browser: %s", got)
	}
	b.get("/locale?lang=ja&market=jp")
	if got := lang("/sign-in", "Accept-Language", "ky"); got != "ja" {
		t.Errorf("by the shop's choice: %s", got)
	}
	b.signIn("producer") // whose account is in Russian
	if got := lang("/studio"); got != "ru" {
		t.Errorf("by the account: %s", got)
	}
	b.get("/locale?lang=kaa&to=/studio")
	if got := lang("/studio"); got != "kaa-Latn" {
		t.Errorf("by choice: %s", got)
	}
}

func TestAlternates(t *testing.T) {
	b := newBrowser(t, newServer(t, newWorld()))
	doc := b.get("/ja-jp/villages?sort=new").doc
	if got := doc.Find("link[rel=canonical]").AttrOr("href", ""); got != "https://awil.test/ja-jp/villages" {
		t.Errorf("canonical %q", got)
	}
	want := map[string]string{
		"ja-JP": "/ja-jp/villages", "en-JP": "/en-jp/villages", "kaa-Latn-UZ": "/kaa-uz/villages",
		"uz-Latn-UZ": "/uz-uz/villages", "ru-UZ": "/ru-uz/villages", "en-US": "/en-us/villages",
		"en": "/en-eu/villages", "x-default": "/en-us/villages",
	}
	got := doc.Find("link[rel=alternate]")
	if got.Length() != len(want) {
		t.Errorf("%d alternates, want %d", got.Length(), len(want))
	}
	for tag, path := range want {
		if href := doc.Find(`link[hreflang="`+tag+`"]`).AttrOr("href", ""); href != "https://awil.test"+path {
			t.Errorf("%s: %q, want %s", tag, href, path)
		}
	}
}
