package buy_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"awil/internal/i18n"
	"awil/internal/platform/stripe/standin"
)

// Back from the pay page the cart is empty, and the order is there.
func TestTheOrderThatWaitsForACard(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-jp", jam, 1)
	form := b.checkout("en-jp", yokohama...)
	pay := b.post("/en-jp/checkout", form).sends(http.StatusSeeOther, w.standin.URL()+"/pay/")
	order := "/en-jp/orders/" + w.text(`select token from orders`)

	b.get("/en-jp/checkout").sends(http.StatusSeeOther, "/en-jp/cart")
	cart := b.get("/en-jp/cart").is(http.StatusOK)
	cart.has(".waiting", 1)
	cart.has(".flash", 0)
	cart.has(".nothing", 1)
	cart.says(".waiting h2", "Your order waits for payment")
	cart.says(".waiting .go", "Pay ¥2,350 by card")
	cart.has(".waiting a[href='"+order+"']", 1)
	if text := cart.text("main"); strings.Count(text, "cart is empty") != 1 {
		t.Errorf("says %q", text)
	}
	b.post("/en-jp/checkout", form).sends(http.StatusSeeOther, "") // the same form once more: the same order
	b.post("/en-jp/checkout", fill(form, "checkout_token", "")).sends(http.StatusSeeOther, "/en-jp/cart")
	if again := b.post(order+"/pay", cart.form(".waiting form")).sends(http.StatusSeeOther, ""); again != pay {
		t.Errorf("leads to %s, not to %s", again, pay)
	}
	for _, lang := range i18n.Langs() {
		page := b.get("/" + string(lang) + "-jp/cart").is(http.StatusOK)
		page.whole(lang)
		page.has(".waiting", 1)
	}
	b.get("/en-uz/cart").has(".waiting", 1)

	b.add("en-jp", tea, 1)
	b.get("/en-jp/cart").has(".waiting", 0)
	b.post("/en-jp/cart/lines/2/remove", nil).sends(http.StatusSeeOther, "/en-jp/cart")

	if err := w.standin.Pay(pay[strings.LastIndex(pay, "/")+1:], standin.CardGood); err != nil {
		t.Fatal(err)
	}
	w.work()
	b.get("/en-jp/cart").has(".waiting", 0)
	if b.holds("awil_waiting") {
		t.Error("the paid order is still remembered")
	}
}

func TestTheOrderThatWaitsForATransfer(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-uz", jam, 1)
	order := b.buy("en-uz", append([]string{"payment", "bank"}, nukus...)...)
	b.get(order).is(http.StatusOK)
	for _, lang := range i18n.Langs() {
		page := b.get("/" + string(lang) + "-uz/cart").is(http.StatusOK)
		page.whole(lang)
		page.has(".waiting", 1)
		page.has(".waiting form", 0)
		page.has(".waiting a.go", 1)
	}
	w.clock.pass(80 * time.Hour)
	b.get("/en-uz/cart").is(http.StatusOK).has(".waiting", 0)
}

// Nobody is reminded of what is not hers, not to be paid for in advance, over, or being paid for.
func TestNoOrderWaits(t *testing.T) {
	w := newWorld(t)
	none := w.browser()
	page := none.get("/en-uz/cart").is(http.StatusOK)
	page.has(".waiting", 0)
	page.says(".nothing h2", "Your cart is empty")
	none.get("/en-uz/checkout").sends(http.StatusSeeOther, "/en-uz/cart")
	none.get("/en-uz/cart").has(".flash", 0)
	none.get("/en-uz/cart", "Cookie", "awil_waiting=AAAA").is(http.StatusOK).has(".waiting", 0)

	cash := w.browser()
	cash.add("en-uz", jam, 1)
	cash.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	cash.get("/en-uz/cart").has(".waiting", 0)

	for what, path := range map[string]string{"cancelled": "/cancel", "signed out": "", "back from paying": "?pay=done"} {
		b := w.browser()
		b.add("en-uz", jam, 1)
		b.buy("en-uz", append([]string{"payment", "card"}, nukus...)...)
		order := "/en-uz/orders/" + w.text(`select token from orders order by id desc limit 1`)
		b.get(order + "?pay=left").is(http.StatusOK)
		b.get("/en-uz/cart").has(".waiting", 1)
		switch path {
		case "":
			b.post("/sign-out", nil).sends(http.StatusSeeOther, "/")
		case "/cancel":
			b.post(order+path, nil).sends(http.StatusSeeOther, order)
		default:
			b.get(order + path).is(http.StatusOK)
		}
		b.get("/en-uz/cart").has(".waiting", 0)
		if b.holds("awil_waiting") {
			t.Errorf("%s: still remembered", what)
		}
	}
}

// The number in the header is an ornament: an order that stands is not answered with a failure for it.
func TestCountFails(t *testing.T) {
	w := newWorld(t)
	w.exec(`alter table cart_lines drop constraint cart_lines_quantity_check, alter quantity type bigint`)
	b := w.browser()
	b.add("en-uz", kurut, 1) // stays in the cart: not sold to Japan
	b.add("en-jp", jam, 1)
	typed := b.checkout("en-jp", yokohama...)
	w.exec(`update cart_lines set quantity = 3000000000 where variant_id = $1`, kurut) // more than can be counted
	b.post("/en-jp/checkout", typed).sends(http.StatusSeeOther, w.standin.URL())
	if n := w.number(`select count(*) from orders`); n != 1 {
		t.Errorf("%d orders", n)
	}
}

// holds reports whether the browser has a cookie of ours.
func (b *browser) holds(name string) bool {
	base, err := http.NewRequest(http.MethodGet, b.w.url, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, cookie := range b.client.Jar.Cookies(base.URL) {
		if cookie.Name == name {
			return true
		}
	}
	return false
}
