package buy_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestOddThingsForTheCart(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for name, tt := range map[string]struct {
		variant, quantity string
		status            int
	}{
		"negative":           {"1", "-1", http.StatusUnprocessableEntity},
		"nought":             {"1", "0", http.StatusUnprocessableEntity},
		"a milliard":         {"1", "1000000000", http.StatusUnprocessableEntity},
		"beyond all numbers": {"1", "99999999999999999999", http.StatusUnprocessableEntity},
		"no number":          {"1", "many", http.StatusUnprocessableEntity},
		"unknown variant":    {"4711", "1", http.StatusConflict},
		"variant nought":     {"0", "1", http.StatusConflict},
		"negative variant":   {"-5", "1", http.StatusConflict},
		"of another market":  {"4", "1", http.StatusConflict},
		"words":              {"1; drop table", "1", http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			form := url.Values{"variant": {tt.variant}, "quantity": {tt.quantity}}
			page := b.post("/en-jp/cart/lines", form).is(tt.status)
			page.has(".attention[role=alert]", 1)
			page = b.post("/en-jp/cart/lines", form, "Accept", "application/json").is(tt.status)
			var said struct{ Text string }
			if err := json.Unmarshal([]byte(page.body), &said); err != nil || said.Text == "" {
				t.Errorf("%v: %s", err, page.body)
			}
		})
	}
	for _, path := range []string{"/en-jp/cart/lines/x", "/en-jp/cart/lines/-1", "/en-jp/cart/lines/0/remove"} {
		b.post(path, url.Values{"quantity": {"1"}}).is(http.StatusNotFound)
	}
	b.post("/en-jp/cart/lines/3", url.Values{"quantity": {"2"}}).sends(http.StatusSeeOther, "/en-jp/cart") // not in the cart
	if n := w.number(`select count(*) from cart_lines`); n != 0 {
		t.Errorf("%d lines", n)
	}
}

func TestForgedCookies(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-jp", jam, 1)
	for _, cookie := range []string{"awil_cart=AAAA", "awil_cart=" + strings.Repeat("x", 3000), "awil_cart_n=99; awil_cart="} {
		w.browser().get("/en-jp/cart", "Cookie", cookie).is(http.StatusOK)
		w.browser().post("/en-jp/checkout", nil, "Cookie", cookie).sends(http.StatusSeeOther, "/en-jp/cart")
	}
}

func TestManipulatedCheckout(t *testing.T) {
	w := newWorld(t)
	for name, tt := range map[string]struct {
		with   []string
		status int
		field  string // whose problem it is; empty: none of a field
	}{
		"total of nothing":            {[]string{"shown_1", "0"}, http.StatusConflict, ""},
		"negative total":              {[]string{"shown_1", "-100"}, http.StatusConflict, ""},
		"total missing":               {[]string{"shown_1", ""}, http.StatusConflict, ""},
		"card's word":                 {[]string{"payment", "gold"}, http.StatusUnprocessableEntity, "payment"},
		"no way to pay":               {[]string{"payment", ""}, http.StatusUnprocessableEntity, "payment"},
		"another market's sending":    {[]string{"shipping", "2", "shown_2", "1"}, http.StatusUnprocessableEntity, "shipping"},
		"sending nobody offers":       {[]string{"shipping", "99999", "shown_99999", "1"}, http.StatusUnprocessableEntity, "shipping"},
		"sending of words":            {[]string{"shipping", "cheap"}, http.StatusUnprocessableEntity, "shipping"},
		"another country":             {[]string{"country", "JP"}, http.StatusUnprocessableEntity, "country"},
		"no country at all":           {[]string{"country", "XX"}, http.StatusUnprocessableEntity, "country"},
		"a note without end":          {[]string{"note", strings.Repeat("ж", 1001)}, http.StatusUnprocessableEntity, "note"},
		"a name without end":          {[]string{"name", strings.Repeat("n", 101)}, http.StatusUnprocessableEntity, "name"},
		"a name of control letters":   {[]string{"name", "\x00\x01"}, http.StatusUnprocessableEntity, "name"},
		"a form without its token":    {[]string{"checkout_token", ""}, http.StatusUnprocessableEntity, ""},
		"a token of somebody's own":   {[]string{"checkout_token", "' or 1=1"}, http.StatusUnprocessableEntity, ""},
		"an e-mail with a new line":   {[]string{"email", "a@b.uz\nBcc: all@b.uz"}, http.StatusUnprocessableEntity, "email"},
		"a region of another country": {[]string{"region", "JP-14"}, http.StatusUnprocessableEntity, "region"},
	} {
		t.Run(name, func(t *testing.T) {
			b := w.browser()
			b.t = t
			b.add("en-uz", jam, 1)
			typed := b.checkout("en-uz", append(append([]string{"payment", "cod"}, nukus...), tt.with...)...)
			page := b.post("/en-uz/checkout", typed).is(tt.status)
			if tt.field == "" {
				page.has("main > .wrap > .attention[role=alert]", 1)
			} else {
				page.has("#"+tt.field, 1)
				page.has(".attention a[href='#"+tt.field+"']", 1)
			}
			if page.form("form#checkout").Get("city") != "Nókis" {
				t.Error("what was typed is lost")
			}
		})
	}
	if n := w.number(`select count(*) from orders`); n != 0 {
		t.Errorf("%d orders", n)
	}
}

func TestEmptyCheckout(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.get("/en-uz/checkout").sends(http.StatusSeeOther, "/en-uz/cart")
	cart := b.get("/en-uz/cart")
	cart.says(".nothing h2", "Your cart is empty")
	cart.has(".flash", 0)
	form := url.Values{"payment": {"cod"}, "shipping": {"1"}, "shown_1": {"0"}, "checkout_token": {"00000000-0000-4000-8000-000000000000"}}
	b.post("/en-uz/checkout", fill(form, nukus...)).sends(http.StatusSeeOther, "/en-uz/cart")
}

func TestOrdersAreSecret(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	b.add("en-uz", jam, 1)
	mine := b.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	b.add("en-uz", felt, 1)
	other := b.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	if token := tokenOf(mine); len(token) < 22 || token == tokenOf(other) {
		t.Errorf("token %q", token)
	}
	for _, guess := range []string{"1", "AW-10001", "../cart", strings.ToLower(tokenOf(mine)), tokenOf(mine)[:25], "%00", w.text(`select reference from orders limit 1`)} {
		b.get("/en-uz/orders/" + guess).is(http.StatusNotFound)
	}
	for _, action := range []string{"/pay", "/cancel", "/received"} {
		b.post("/en-uz/orders/AAAAAAAAAAAAAAAAAAAAAAAAAA"+action, url.Values{"parcel": {"1"}}).is(http.StatusNotFound)
	}
	w.pack(tokenOf(mine), true)
	w.pack(tokenOf(other), true)
	parcel := b.get(other).form("form[action$='/received']")
	b.post(mine+"/received", parcel).is(http.StatusNotFound)
	b.post(mine+"/received", url.Values{"parcel": {"x"}}).is(http.StatusNotFound)

	page := b.get(mine)
	if got := page.Header.Get("Referrer-Policy"); got != "same-origin" {
		t.Errorf("Referrer-Policy %q", got)
	}
	if got := page.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("Cache-Control %q", got)
	}
	page.has("meta[name=robots][content*=noindex]", 1)
	page.has("link[rel=canonical], meta[property='og:url']", 0)
	b.get(strings.Replace(mine, "/en-uz/", "/ja-jp/", 1)).sends(http.StatusSeeOther, strings.Replace(mine, "/en-uz/", "/ja-uz/", 1))
}

func TestFormsOfOtherSites(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for _, path := range []string{"/en-jp/cart/lines", "/en-jp/checkout", "/en-jp/orders/x/cancel", "/sign-in", "/sign-out"} {
		b.post(path, nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").is(http.StatusForbidden)
	}
}

func TestCartCookies(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	res := b.post("/en-jp/cart/lines", url.Values{"variant": {"1"}, "quantity": {"3"}}, "Accept", "application/json").is(http.StatusOK)
	seen := map[string]*http.Cookie{}
	for _, c := range res.Cookies() {
		seen[c.Name] = c
	}
	if c := seen["awil_cart"]; c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge < 7_000_000 {
		t.Errorf("cart cookie: %+v", c)
	}
	if c := seen["awil_cart_n"]; c == nil || c.HttpOnly || c.Value != "3" {
		t.Errorf("count cookie: %+v", c)
	}
	var said struct {
		Count         int
		Text, URL, Go string
	}
	if err := json.Unmarshal([]byte(res.body), &said); err != nil {
		t.Fatal(err)
	}
	if said.Count != 3 || said.Text != "In your cart: Melon jam." || said.URL != "/en-jp/cart" || said.Go == "" {
		t.Errorf("%+v", said)
	}
}
