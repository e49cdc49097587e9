package buy_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"awil/internal/money"
	"awil/internal/platform/stripe/standin"
)

func TestCashOnDelivery(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	b.add("en-uz", jam, 2)
	b.add("en-uz", felt, 1)
	cart := b.get("/en-uz/cart").is(http.StatusOK)
	cart.has(".cart-group", 2)
	cart.says(".slip", "180,000 soʻm")
	cart.says(".flash.good", "In your cart: Slippers.")
	cart.has(".lines picture img[src='/photos/abcdefghijklmnopqrstuv/800.jpg']", 1)

	order := b.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	if !strings.HasPrefix(order, "/en-uz/orders/") {
		t.Fatal(order)
	}
	page := b.get(order).is(http.StatusOK)
	page.says("h1", "Thank you. It is being packed")
	page.says(".lede", "You pay for each in cash when it comes, 235,000 soʻm in all")
	page.says(".label", "Order AW-10001")
	page.has(".sendings > li", 2)
	page.says("address", "Gulnara Ǵárezsizlik 12 Nókis Karakalpakstan mektep Uzbekistan")
	page.has("form[action$='/pay']", 0)
	page.has("[data-forget=checkout]", 1)
	if b.get("/en-uz/cart"); w.number(`select count(*) from cart_lines`) != 0 {
		t.Error("the cart is not empty")
	}
	w.work()
	b.get("/dev/outbox").says("main", "gul@example.com")

	w.pack(tokenOf(order), false)
	b.get(order).says("h1", "Packed, and ready to leave")
	w.pack(tokenOf(order), true)
	page = b.get(order)
	page.says("h1", "On its way to Nókis")
	page.says(".sendings", "EMS EE473120858UZ")
	page.has("form[action$='/cancel']", 0)
	page.has("form[action$='/received']", 2)
	b.post(order+"/received", page.form(".sendings > li:first-child form")).sends(http.StatusSeeOther, order)
	page = b.get(order)
	page.says(".flash.good", "thank you")
	page.has("form[action$='/received']", 1)
	b.post(order+"/received", page.form(".sendings > li:last-child form")).sends(http.StatusSeeOther, order)
	page = b.get(order)
	page.says("h1", "It has arrived")
	page.has(".steps .done", 4)
}

func TestBankTransfer(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	b.add("ru-uz", tea, 1)
	order := b.buy("ru-uz", append([]string{"payment", "bank"}, nukus...)...)
	page := b.get(order)
	page.says(".transfer", "45 000 сум")
	page.says(".transfer", "Bank of Nukus")
	reference := page.text(".reference")
	if len(reference) != 9 {
		t.Errorf("reference %q", reference)
	}
	page.has("form[action$='/cancel']", 1)
	total := money.New(int64(w.number(`select total_minor from orders`)), money.UZS)
	if _, err := w.checkout.BankReceived(t.Context(), 3, int64(w.number(`select id from orders`)), total); err != nil {
		t.Fatal(err)
	}
	page = b.get(order)
	page.has(".transfer", 0)
	page.has("form[action$='/cancel']", 0)
	page.says("h1", "Заказ собирают")
}

// Cards are paid on the provider's page; ours only reads, before and after its
// message.
func TestCardIn(t *testing.T) {
	for _, tt := range []struct {
		locale, total, button string
		address               []string
	}{
		{"ja-jp", "3,950円", "3,950円を支払う", yokohama},
		{"en-uz", "120,000", "Place the order, 120,000 soʻm", append([]string{"payment", "card"}, nukus...)},
		{"en-eu", "€37.24", "Pay €37.24", berlin},
	} {
		t.Run(tt.locale, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			b.add(tt.locale, jam, 2)
			form := b.get("/" + tt.locale + "/checkout")
			form.says("form#checkout > section:last-of-type button .when.now .by.now", tt.button)
			pay := b.buy(tt.locale, tt.address...)
			session := pay[strings.LastIndex(pay, "/")+1:]
			if !strings.HasPrefix(pay, w.standin.URL()+"/pay/") {
				t.Fatalf("sent to %s", pay)
			}
			b.get(pay).says("body", tt.total)
			b.post(pay, url.Values{"action": {"decline"}}).sends(http.StatusSeeOther, "")
			w.work()

			token := w.text(`select token from orders`)
			order := "/" + tt.locale + "/orders/" + token
			page := b.get(order + "?pay=left")
			page.has("form[action$='/pay']", 1)
			page.has(".attention", 1) // the card was declined
			if again := b.post(order+"/pay", nil).sends(http.StatusSeeOther, w.standin.URL()); again != pay {
				t.Errorf("paying again leads to %s, not to the open attempt %s", again, pay)
			}

			w.standin.Hold()
			if err := w.standin.Pay(session, standin.CardGood); err != nil {
				t.Fatal(err)
			}
			page = b.get(order + "?pay=done")
			if page.Header.Get("Refresh") != "2; url="+order+"?pay=done&look=1" {
				t.Errorf("Refresh: %q", page.Header.Get("Refresh"))
			}
			page.has("form[action$='/pay']", 0)
			if n := w.number(`select count(*) from orders where status = 'paid'`); n != 0 {
				t.Error("the return page paid the order")
			}
			w.standin.Release()
			w.work()
			page = b.get(order + "?pay=done").is(http.StatusOK)
			if page.Header.Get("Refresh") != "" || page.doc.Find(".steps .done").Length() != 2 {
				t.Errorf("after the message the page still waits: %s", page.text("main"))
			}
			page.has("form[action$='/cancel']", 0)
			b.post(order+"/pay", nil).sends(http.StatusSeeOther, order)
			b.get(order).has(".flash", 1)
		})
	}
}

func TestLooksGrowPatient(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-jp", tea, 1)
	b.buy("en-jp", yokohama...)
	order := "/en-jp/orders/" + w.text(`select token from orders`)
	page := b.get(order + "?pay=done&look=7")
	if page.Header.Get("Refresh") != "30; url="+order+"?pay=done&look=8" {
		t.Errorf("Refresh: %q", page.Header.Get("Refresh"))
	}
	for _, look := range []string{"8", "99", "-3", "x"} {
		page := b.get(order + "?pay=done&look=" + look).is(http.StatusOK)
		if patient := page.Header.Get("Refresh") == ""; patient != (look == "8" || look == "99") {
			t.Errorf("look %s: Refresh %q", look, page.Header.Get("Refresh"))
		}
	}
	b.get(order+"?pay=done&look=8").says("h1", "has not reached us yet")
}

func TestProviderDoesNotAnswer(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-jp", jam, 1)
	w.standin.FailNext(standin.ServerError, standin.ServerError, standin.ServerError)
	order := b.buy("en-jp", yokohama...)
	if !strings.HasPrefix(order, "/en-jp/orders/") {
		t.Fatal(order)
	}
	page := b.get(order)
	page.says(".flash", "does not answer just now")
	page.has("form[action$='/pay']", 1)
}

func TestCancel(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	b.add("en-uz", jam, 3)
	order := b.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	b.post(order+"/cancel", nil).sends(http.StatusSeeOther, order)
	page := b.get(order)
	page.says(".flash.good", "The order is cancelled")
	page.says("h1", "This order is cancelled")
	if stock := w.number(`select stock from variants where id = $1`, jam); stock != 10 {
		t.Errorf("stock %d", stock)
	}
	b.add("en-uz", jam, 1)
	order = b.buy("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	w.pack(tokenOf(order), false)
	b.post(order+"/cancel", nil).sends(http.StatusSeeOther, order)
	b.get(order).says(".flash", "already been packed")
}

func (w *world) text(sql string) string {
	w.t.Helper()
	var s string
	if err := w.pool.QueryRow(w.t.Context(), sql).Scan(&s); err != nil {
		w.t.Fatal(err)
	}
	return s
}
