package buy_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/i18n"
)

type selection = goquery.Selection

var (
	// A key that no catalogue has, or an argument that was not given.
	rawKey = regexp.MustCompile(`\b(buy|account|checkout|common|errors|terms|returns|refund|order)\.[a-z_]+(\.[a-z_]+)*\b`)
	rawArg = regexp.MustCompile(`\{[a-z_]+\}`)
)

// whole checks what every page must be in any language.
func (a answer) whole(lang i18n.Lang) {
	a.t.Helper()
	a.has("html[lang='"+lang.Tag()+"']", 1)
	a.has("h1", 1)
	a.has("main", 1)
	text := a.doc.Find("body").Clone()
	text.Find("script, style").Remove()
	words := text.Text() + " " + a.doc.Find("title").Text()
	a.doc.Find("[aria-label], [placeholder]").Each(func(_ int, el *selection) {
		words += " " + el.AttrOr("aria-label", "") + " " + el.AttrOr("placeholder", "")
	})
	if key := rawKey.FindString(words); key != "" {
		a.t.Errorf("%s: the key %s has no words", a.Request.URL, key)
	}
	if arg := rawArg.FindString(words); arg != "" {
		a.t.Errorf("%s: %s was not filled in", a.Request.URL, arg)
	}
	a.doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, el *selection) {
		id := el.AttrOr("id", "")
		if el.Closest("label").Length() == 0 && (id == "" || a.doc.Find("label[for='"+id+"']").Length() != 1) {
			a.t.Errorf("%s: input %s has no label", a.Request.URL, el.AttrOr("name", ""))
		}
	})
}

// Every page in every language, each order in each place it can be.
func TestEveryPageInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	w.people()
	full, empty, buyer := w.browser(), w.browser(), w.browser()
	full.add("en-uz", jam, 2)
	full.add("en-uz", tea, 9)
	full.add("en-uz", felt, 1)
	full.add("en-jp", jam, 1)
	full.add("en-eu", jam, 1)
	orders := w.orderInEveryPlace()
	w.exec(`update variants set stock = 3 where id = $1`, tea)
	w.exec(`update variants set stock = 0 where id = $1`, felt)
	w.exec(`update cart_lines set seen_minor = 1 where variant_id = $1`, jam)
	buyer.signIn("buyer@demo.awil", password).sends(http.StatusSeeOther, "/account")
	letters, err := w.outbox.List(t.Context())
	if err != nil || len(letters) == 0 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	for _, lang := range i18n.Langs() {
		l := string(lang)
		for _, locale := range []string{l + "-uz", l + "-jp", l + "-eu"} {
			full.get("/" + locale + "/cart").is(http.StatusOK).whole(lang)
			full.get("/" + locale + "/checkout").is(http.StatusOK).whole(lang)
			full.post("/"+locale+"/checkout", nil).is(http.StatusUnprocessableEntity).whole(lang)
			empty.get("/" + locale + "/cart").is(http.StatusOK).whole(lang)
		}
		for place, path := range orders {
			page := empty.get("/" + l + "-uz/orders/" + path).is(http.StatusOK)
			page.whole(lang)
			if want := i18n.For(lang).T("buy.order." + place + ".title"); !strings.Contains(want, "{") && page.text("h1") != want {
				t.Errorf("%s in %s: %q, want %q", place, lang, page.text("h1"), want)
			}
		}
		refund := "/" + l + "-uz/orders/" + orders["packing"] + "/refund"
		empty.get(refund).is(http.StatusOK).whole(lang)
		empty.post(refund, nil).is(http.StatusUnprocessableEntity).whole(lang)
		chosen := "awil_lang=" + l
		for _, path := range []string{"/sign-in", "/dev/outbox", "/dev/outbox/" + letters[0].ID} {
			empty.get(path, "Cookie", chosen).is(http.StatusOK).whole(lang)
		}
		buyer.post("/account/language", map[string][]string{"lang": {l}}).sends(http.StatusSeeOther, "/account")
		buyer.get("/account").is(http.StatusOK).whole(lang)
	}
}

// orderInEveryPlace places one order for every way it can stand and returns
// the addresses below /orders/.
func (w *world) orderInEveryPlace() map[string]string {
	w.t.Helper()
	b, households := w.browser(), 0
	place := func(method string) string {
		households++ // one may not have so many orders open
		b.add("en-uz", jam, 1)
		b.add("en-uz", felt, 1)
		w.exec(`update variants set stock = 10`)
		location := b.buy("en-uz", append(slices.Clone(nukus), "payment", method, "email", fmt.Sprintf("gul%d@example.com", households),
			"phone", fmt.Sprintf("91 234 56 %d", 10+households), "line1", fmt.Sprintf("Ǵárezsizlik %d", households))...)
		if method == "card" {
			return w.text(`select token from orders order by id desc limit 1`)
		}
		return tokenOf(location)
	}
	paid := func(token string) string {
		o, err := w.orders.ByToken(w.t.Context(), token, i18n.EN)
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.checkout.BankReceived(w.t.Context(), 3, o.ID, o.Total()); err != nil {
			w.t.Fatal(err)
		}
		return token
	}
	card := place("card")
	at := map[string]string{
		"pay_card": card, "checking": card + "?pay=done", "checking_long": card + "?pay=done&look=8",
		"pay_bank": place("bank"), "packing_cod": place("cod"), "packing": paid(place("bank")),
		"packed": place("cod"), "partly": place("cod"), "shipped": place("cod"), "delivered": place("cod"),
		"cancelled": place("cod"), "refunded": paid(place("bank")),
	}
	w.pack(at["packed"], false)
	w.pack(at["partly"], false)
	o, err := w.orders.ByToken(w.t.Context(), at["partly"], i18n.EN)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.orders.MarkShipped(w.t.Context(), o.Parcels[0].ProducerID, 2, o.Parcels[0].ID, "Bus driver", ""); err != nil {
		w.t.Fatal(err)
	}
	w.pack(at["shipped"], true)
	w.pack(at["delivered"], true)
	if o, err = w.orders.ByToken(w.t.Context(), at["delivered"], i18n.EN); err != nil {
		w.t.Fatal(err)
	}
	for _, p := range o.Parcels {
		if err := w.checkout.ArrivedForBuyer(w.t.Context(), at["delivered"], p.ID); err != nil {
			w.t.Fatal(err)
		}
	}
	b.post("/en-uz/orders/"+at["cancelled"]+"/cancel", nil).sends(http.StatusSeeOther, "")
	w.exec(`alter table orders disable trigger order_refunded`) // what went back is not on the page
	w.exec(`update orders set status = 'refunded' where token = $1`, at["refunded"])
	w.exec(`alter table orders enable trigger order_refunded`)
	w.work()
	at["expired"], at["cancelled_paid"] = w.expired(place)
	return at
}

// expired returns an order nobody paid in time, and one whose money came when
// it had been cancelled.
func (w *world) expired(place func(string) string) (late, returned string) {
	w.t.Helper()
	late, returned = place("card"), place("card")
	w.exec(`update orders set expires_at = $2 where token = $1`, late, w.clock.Now().Add(-time.Hour))
	if _, err := w.checkout.Expire(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if err := w.checkout.CancelByBuyer(w.t.Context(), returned); err != nil {
		w.t.Fatal(err)
	}
	w.exec(`update payments set status = 'succeeded', settled_at = now(), refund_due = true
		where order_id = (select id from orders where token = $1)`, returned)
	return late, returned
}
