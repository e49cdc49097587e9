package buy_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// keeps checks that a page's form still holds what was typed.
func (a answer) keeps(typed url.Values) {
	a.t.Helper()
	form := a.form("form#checkout")
	for name, values := range typed {
		if strings.HasPrefix(name, "shown_") || name == "step" {
			continue
		}
		if got := form.Get(name); got != values[0] {
			a.t.Errorf("%s: %s holds %q, typed was %q", a.Request.URL, name, got, values[0])
		}
	}
}

func TestProblemsStandByTheirFields(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-jp", jam, 1)
	typed := b.checkout("en-jp", append(yokohama, "email", "hanako@", "phone", "12", "postcode", "220-00", "region", "Yokohama",
		"city", "", "note", "<b>ありがとう</b>", "shipping", "3")...)
	page := b.post("/en-jp/checkout", typed).is(http.StatusUnprocessableEntity)
	typed.Del("region") // no entry of the list: a list cannot show it
	page.keeps(typed)
	for field, sentence := range map[string]string{
		"email": "name@example.com", "phone": "+81", "postcode": "Seven digits", "region": "choose from the list", "city": "city or village",
	} {
		page.says("#"+field+"-problem", sentence)
		page.has("#"+field+"[aria-invalid=true][aria-describedby*="+field+"-problem]", 1)
	}
	page.has("[aria-invalid=true]", 5)
	page.has("#email[autofocus]", 1)
	page.has("[autofocus]", 1)
	page.says(".attention", "5 things need another look")
	page.has(".attention a[href='#email']", 1)
	if w.number(`select count(*) from orders`) != 0 {
		t.Error("an order was placed")
	}
	b.post("/en-jp/checkout", fill(page.form("form#checkout"), yokohama...)).sends(http.StatusSeeOther, w.standin.URL())
}

func TestFieldsFitTheCountry(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for _, locale := range []string{"en-jp", "en-uz", "en-eu"} {
		b.add(locale, jam, 1)
	}
	jp := b.get("/en-jp/checkout")
	jp.says("form#checkout h2", "Address in Japan")
	jp.has("select#region option[value='JP-14']", 1)
	jp.has("select#country, #landmark", 0)
	for name, token := range map[string]string{"email": "email", "phone": "tel", "name": "name", "postcode": "postal-code",
		"region": "address-level1", "city": "address-level2", "line1": "address-line1", "line2": "address-line2"} {
		jp.has("#"+name+"[autocomplete="+token+"]", 1)
	}
	jp.has("form#checkout :is(input:not([type=hidden]):not([type=radio]), select, textarea):not([autocomplete])", 0)
	jp.has("#postcode[inputmode=numeric]", 1)
	b.get("/en-uz/checkout").has("#landmark", 1)

	eu := b.get("/en-eu/checkout")
	if eu.doc.Find("select#country").HasClass("x") || eu.form("form#checkout").Get("country") != "" {
		t.Error("a country was assumed")
	}
	eu.has("select#country[autocomplete=country] option[value=DE]", 1)
	eu = b.get("/en-eu/checkout", "Accept-Language", "de-DE,de;q=0.9,en;q=0.8")
	if got := eu.form("form#checkout").Get("country"); got != "DE" {
		t.Errorf("a German browser gets country %q", got)
	}
}

// Without scripts a button shows the fields of another country; what was typed
// stays.
func TestOtherCountry(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-eu", jam, 1)
	typed := b.checkout("en-eu", "email", "anna@example.de", "name", "Anna", "city", "Wien", "country", "AT", "step", "country")
	page := b.post("/en-eu/checkout", typed).is(http.StatusOK)
	page.keeps(typed)
	page.has("[aria-invalid=true]", 0)
	if got := page.doc.Find("#postcode").AttrOr("placeholder", ""); got != "1010" {
		t.Errorf("postcode of Austria looks like %q", got)
	}
}

func TestPriceChangesMeanwhile(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-uz", jam, 2)
	typed := b.checkout("en-uz", append([]string{"payment", "bank"}, nukus...)...)
	w.exec(`update offers set price_minor = 5000000 where market = 'uz' and variant_id = $1`, jam)
	page := b.post("/en-uz/checkout", typed).is(http.StatusConflict)
	page.keeps(typed)
	page.says(".attention", "now comes to 130,000 soʻm")
	b.get("/en-uz/cart").says(".notice", "It was 45,000 soʻm when you put it in; now it is 50,000 soʻm.")
	order := b.post("/en-uz/checkout", page.form("form#checkout")).sends(http.StatusSeeOther, "/en-uz/orders/")
	b.get(order).says(".slip .total", "130,000 soʻm")
}

func TestSoldOutMeanwhile(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-uz", jam, 3)
	b.add("en-uz", tea, 2)
	b.add("en-uz", felt, 1)
	typed := b.checkout("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	w.exec(`update variants set stock = 0 where id = $1`, jam)
	w.exec(`update variants set stock = 1 where id = $1`, tea)
	page := b.post("/en-uz/checkout", typed).is(http.StatusConflict)
	page.keeps(typed)
	page.says(".attention", "Melon jam has just been sold out.")
	page.says(".attention", "Tea: only 1 left.")
	page.has("form#checkout .btn.go", 0) // first what there is

	cart := b.get("/en-uz/cart")
	cart.says(".notice", "There is only 1 left.")
	cart.says(".notice", "Sold out for now.")
	cart.has("a[href='/en-uz/checkout']", 0)
	page = b.post("/en-uz/checkout", fill(page.form("form#checkout"), "step", "tidy")).is(http.StatusOK)
	page.keeps(typed)
	page.has(".attention", 0)
	page.has(".slip .lines li", 2)
	order := b.post("/en-uz/checkout", page.form("form#checkout")).sends(http.StatusSeeOther, "/en-uz/orders/")
	b.get(order).has(".slip .lines li", 2)
}

func TestTidyCart(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-uz", jam, 3)
	w.exec(`update variants set stock = 2 where id = $1`, jam)
	b.post("/en-uz/cart/tidy", nil).sends(http.StatusSeeOther, "/en-uz/checkout")
	b.get("/en-uz/checkout").says(".slip .lines small", "500 g × 2")
	w.exec(`update variants set stock = 0 where id = $1`, jam)
	b.post("/en-uz/cart/tidy", nil).sends(http.StatusSeeOther, "/en-uz/cart")
	b.get("/en-uz/cart").says("main", "Your cart is empty")
}

// A form sent twice, as by a double click or the back button, is one order.
func TestOneFormOneOrder(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-uz", jam, 1)
	typed := b.checkout("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	first := b.post("/en-uz/checkout", typed).sends(http.StatusSeeOther, "/en-uz/orders/")
	if second := b.post("/en-uz/checkout", typed).sends(http.StatusSeeOther, "/en-uz/orders/"); second != first {
		t.Errorf("the second press leads to %s, the first to %s", second, first)
	}
	if n := w.number(`select count(*) from orders`); n != 1 {
		t.Errorf("%d orders", n)
	}
}

// What the other market sells is kept for it, and the order does not have it.
func TestThingsOfAnotherMarket(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-uz", kurut, 1)
	cart := b.get("/en-jp/cart").is(http.StatusOK)
	cart.says(".notice", "Japan: it is not sold there.")
	cart.has(".notice a[href='/locale?lang=en&market=uz&page=/cart']", 1)
	cart.has("a[href='/en-jp/checkout']", 0)
	b.get("/en-jp/checkout").sends(http.StatusSeeOther, "/en-jp/cart")
	b.add("en-jp", jam, 1)
	b.get("/en-jp/cart").has("a[href='/en-jp/checkout']", 1)
	b.get("/en-jp/checkout").has(".slip .lines li", 1)
	b.buy("en-jp", yokohama...)
	b.get("/en-jp/cart").has(".lines li", 1)
}

func TestCartChanges(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-jp", jam, 2)
	page := b.get("/en-jp/cart")
	b.post("/en-jp/cart/lines/1", fill(page.form("form.amount"), "quantity", "4")).sends(http.StatusSeeOther, "/en-jp/cart")
	page = b.get("/en-jp/cart")
	page.says(".flash.good", "up to date")
	page.says(".lines > li > .num", "¥3,600")
	b.post("/en-jp/cart/lines/1", url.Values{"quantity": {"50"}}).sends(http.StatusSeeOther, "/en-jp/cart")
	b.get("/en-jp/cart").says(".flash", "There are only 10")
	b.post("/en-jp/cart/lines/1/remove", nil).sends(http.StatusSeeOther, "/en-jp/cart")
	page = b.get("/en-jp/cart")
	page.says(".flash.good", "Taken out")
	page.has(".nothing a[href='/en-jp/products']", 1)
}

func TestStaleCart(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.get("/en-jp/cart").says("main", "Your cart is empty")
	b.add("en-jp", jam, 2)
	w.exec(`delete from carts`)
	b.get("/en-jp/cart").says("main", "We no longer have that cart")
	b.get("/en-jp/cart").says("main", "Your cart is empty") // said once
	b.get("/en-jp/checkout").sends(http.StatusSeeOther, "/en-jp/cart")
}
