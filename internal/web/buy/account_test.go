package buy_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"awil/internal/accounts"
	"awil/internal/i18n"
)

func (b *browser) signIn(login, password string) answer {
	b.t.Helper()
	return b.post("/sign-in", url.Values{"login": {login}, "password": {password}})
}

func TestSignInLeadsToHerPlace(t *testing.T) {
	w := newWorld(t)
	w.people()
	for login, place := range map[string]string{
		"buyer@demo.awil": "/account", " Buyer@Demo.AWIL ": "/account", "curator@demo.awil": "/desk",
		"+998 91 234 56 78": "/studio", "91 234 56 78": "/studio",
	} {
		b := w.browser()
		b.signIn(login, password).sends(http.StatusSeeOther, place)
		b.get("/account").is(http.StatusOK)
		b.get("/sign-in").sends(http.StatusSeeOther, place)
		b.post("/sign-out", nil).sends(http.StatusSeeOther, "/sign-in")
		b.get("/sign-in").has(".flash.good", 1)
		b.get("/account").sends(http.StatusSeeOther, "/sign-in?to=")
	}
}

func TestSignInGoesOn(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	to := b.get("/account?after=").sends(http.StatusSeeOther, "/sign-in?to=")
	page := b.get(to).is(http.StatusOK)
	form := fill(page.form("form:has(#login)"), "login", "curator@demo.awil", "password", "not this one")
	page = b.post("/sign-in", form).is(http.StatusUnprocessableEntity)
	form = fill(page.form("form:has(#login)"), "password", password) // she need not type the rest again
	if b.post("/sign-in", form).sends(http.StatusSeeOther, "/account?after=") == "" {
		t.Error("lost where she was going")
	}
	b.get("/sign-in?to=//evil.example").has("input[name=to]", 0)
}

// A form sent after the session ended is kept through sign-in.
func TestSignInKeepsTheForm(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	page := b.post("/account/language", url.Values{"lang": {"ky"}}).is(http.StatusUnauthorized)
	page.has(".note[role=status]", 1)
	form := fill(page.form("form:has(#login)"), "login", "buyer@demo.awil", "password", "wrong wrong")
	page = b.post("/sign-in", form).is(http.StatusUnprocessableEntity)
	page = b.post("/sign-in", fill(page.form("form:has(#login)"), "password", password)).is(http.StatusOK)
	again := page.form("main form")
	if again.Get("lang") != "ky" {
		t.Fatalf("the kept form: %v", again)
	}
	b.post("/account/language", again).sends(http.StatusSeeOther, "/account")
	b.get("/account").has("html[lang=ky]", 1)
}

// Nobody learns from the answer who has an account, nor by asking often.
func TestSignInTellsNothing(t *testing.T) {
	w := newWorld(t)
	w.people()
	wrong := func(login string) answer { return w.browser().signIn(login, "wrong wrong wrong") }
	known, unknown := wrong("buyer@demo.awil").is(http.StatusUnprocessableEntity), wrong("nobody@demo.awil").is(http.StatusUnprocessableEntity)
	if known.text("#wrong") == "" || known.text("#wrong") != unknown.text("#wrong") {
		t.Errorf("known: %q, unknown: %q", known.text("#wrong"), unknown.text("#wrong"))
	}
	wrong("not a login").is(http.StatusUnprocessableEntity).says("#login-problem", "e-mail address")
	for range 5 {
		wrong("buyer@demo.awil")
		wrong("nobody@demo.awil")
	}
	known, unknown = wrong("buyer@demo.awil").is(http.StatusTooManyRequests), wrong("nobody@demo.awil").is(http.StatusTooManyRequests)
	known.says("#wrong", "please wait 15 minutes")
	unknown.says("#wrong", "please wait 15 minutes")
	if got := known.doc.Find("#login").AttrOr("value", ""); got != "buyer@demo.awil" {
		t.Errorf("login holds %q", got)
	}
	w.browser().signIn("buyer@demo.awil", password).is(http.StatusTooManyRequests)
	w.clock.pass(15*time.Minute + time.Second)
	w.browser().signIn("buyer@demo.awil", password).sends(http.StatusSeeOther, "/account")
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	w.people()
	here, elsewhere := w.browser(), w.browser()
	for _, b := range []*browser{here, elsewhere} {
		b.signIn("buyer@demo.awil", password).sends(http.StatusSeeOther, "/account")
	}
	page := here.get("/account")
	page.has("html[lang=ja]", 1)
	for name, tt := range map[string]struct{ now, next, field string }{
		"wrong":     {"wrong wrong", "another melon", "password"},
		"too short": {password, "melon", "new_password"},
		"too long":  {password, strings.Repeat("m", 129), "new_password"},
	} {
		page := here.post("/account/password", url.Values{"password": {tt.now}, "new_password": {tt.next}}).is(http.StatusUnprocessableEntity)
		if page.text("#"+tt.field+"-problem") == "" {
			t.Errorf("%s: nothing by the field", name)
		}
		if strings.Contains(page.body, tt.next) {
			t.Errorf("%s: the password is in the page", name)
		}
	}
	w.clock.pass(time.Second)
	here.post("/account/password", url.Values{"password": {password}, "new_password": {"two sour melons"}}).sends(http.StatusSeeOther, "/account")
	here.get("/account").is(http.StatusOK).has(".flash.good", 1)
	elsewhere.get("/account").sends(http.StatusSeeOther, "/sign-in")
	elsewhere.signIn("buyer@demo.awil", password).is(http.StatusUnprocessableEntity)
	elsewhere.signIn("buyer@demo.awil", "two sour melons").sends(http.StatusSeeOther, "/account")

	w.clock.pass(time.Second)
	here.post("/account/elsewhere", url.Values{"elsewhere_password": {"wrong wrong"}}).is(http.StatusUnprocessableEntity)
	elsewhere.get("/account").is(http.StatusOK)
	here.post("/account/elsewhere", url.Values{"elsewhere_password": {"two sour melons"}}).sends(http.StatusSeeOther, "/account")
	here.get("/account").is(http.StatusOK)
	elsewhere.get("/account").sends(http.StatusSeeOther, "/sign-in")
}

func TestOrdersOfAnAccount(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	b.signIn("buyer@demo.awil", password).sends(http.StatusSeeOther, "/account")
	b.get("/account").has(".own-orders", 0)
	b.add("en-uz", jam, 1)
	form := b.get("/en-uz/checkout").form("form#checkout")
	if form.Get("email") != "buyer@demo.awil" || form.Get("name") != "Hanako" {
		t.Errorf("what is known of her is not filled in: %v", form)
	}
	order := b.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	page := b.get("/account")
	page.has(".own-orders a[href='/ja-uz/orders/"+tokenOf(order)+"']", 1)
	page.says(".own-orders", "AW-10001")
	page.says(".own-orders", i18n.For(i18n.JA).T("checkout.status.confirmed"))
	b.get("/account?after=nonsense").is(http.StatusUnprocessableEntity)
}

func TestDemoAccountsAreOnePress(t *testing.T) {
	w := newWorld(t)
	if _, err := w.accounts.Create(t.Context(), accounts.NewAccount{Login: accounts.Login{Email: "buyer@demo.awil"}, Name: "B", Lang: "en", Password: "demo-demo-demo"}); err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	page := b.get("/sign-in")
	b.post("/sign-in", page.form(".demo-keys li:first-child form")).sends(http.StatusSeeOther, "/account")
}

func TestOutbox(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.get("/dev/outbox").is(http.StatusOK).has(".nothing", 1)
	b.add("en-uz", jam, 1)
	order := b.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	w.work()
	list := b.get("/dev/outbox")
	letter := list.doc.Find(".own-orders a:contains('gul@example.com')").AttrOr("href", "")
	page := b.get(letter).is(http.StatusOK)
	page.has("pre a[href='"+w.url+order+"']", 1)
	frame := page.doc.Find("iframe[sandbox]")
	if srcdoc := frame.AttrOr("srcdoc", ""); !strings.Contains(srcdoc, `<head><base target="_top">`) {
		t.Errorf("srcdoc %q", srcdoc)
	}
	if sandbox := frame.AttrOr("sandbox", ""); strings.Contains(sandbox, "scripts") || strings.Contains(sandbox, "same-origin") {
		t.Errorf("sandbox %q", sandbox)
	}
	b.get("/dev/outbox/../../etc/passwd").is(http.StatusNotFound)
	b.get("/dev/outbox/nonsense").is(http.StatusNotFound)
}
