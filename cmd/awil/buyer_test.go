package main

import (
	"fmt"
	"strings"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/demo/content"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
)

// buyer is a visitor who walks through the shop of one market in one language.
type buyer struct {
	*browsertest.Page
	w        *world
	l        *i18n.Localizer
	market   string
	noScript bool
}

func (w *world) buyer(view browsertest.View, lang i18n.Lang, market string) buyer {
	w.t.Helper()
	return buyer{Page: w.visitor(view, lang), w: w, l: i18n.For(lang), market: market}
}

// plainBuyer runs no scripts.
func (w *world) plainBuyer(view browsertest.View, lang i18n.Lang, market string) buyer {
	w.t.Helper()
	return buyer{Page: w.plainVisitor(view, lang), w: w, l: i18n.For(lang), market: market, noScript: true}
}

// at is the address of a shop page.
func (b buyer) at(path string) string {
	return "/" + string(b.l.Lang()) + "-" + b.market + path
}

// good is a product of the demo by the slug it has in the demo's content.
type good struct {
	id   int
	slug string // as in its address
	name string // in a language
}

func (w *world) good(slug string, lang i18n.Lang) good {
	w.t.Helper()
	id := w.number("select product_id from product_texts where lang = 'en' and name = $1", demoName(w.t, slug))
	return good{
		id: id, slug: fmt.Sprintf("%s-%d", w.text("select slug from products where id = $1", id), id),
		name: w.text("select name from product_texts where product_id = $1 and lang = $2", id, string(lang)),
	}
}

// demoName is the English name of a product of the demo's content.
func demoName(t *testing.T, slug string) string {
	t.Helper()
	p, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, producer := range p.Producers {
		for _, product := range producer.Products {
			if product.Slug == slug {
				return product.Name[i18n.EN]
			}
		}
	}
	t.Fatalf("the demo has no %s", slug)
	return ""
}

// put opens a product's page, puts one in the cart and opens the cart.
func (b buyer) put(g good) {
	b.w.t.Helper()
	b.Visit(b.at("/products/" + g.slug))
	b.See(g.name)
	b.putThis()
	b.See(g.name)
}

// putThis is put for the product whose page is open.
func (b buyer) putThis() {
	b.w.t.Helper()
	add := b.l.T("shop.product.add")
	if b.noScript {
		b.Press(add)
		return
	}
	b.Click(add)
	b.In(".cart-note").Press(b.l.T("buy.drawer.go"))
}

// toCheckout goes on from the cart.
func (b buyer) toCheckout() {
	b.w.t.Helper()
	b.Press(b.l.T("buy.cart.go"))
	b.See(b.l.T("buy.checkout.title"))
}

// write fills the checkout form with an address of the market.
func (b buyer) write(email string) {
	b.w.t.Helper()
	b.Fill(b.l.T("checkout.field.email"), email)
	for _, f := range address(b.market) {
		b.Fill(b.l.T(f.label), f.value)
	}
}

type written struct{ label, value string }

func address(market string) []written {
	switch market {
	case "jp":
		return []written{
			{"checkout.field.name", "佐藤 花子"}, {"checkout.field.phone", "090-1234-5678"}, {"checkout.field.postcode", "150-0041"},
			{"checkout.field.prefecture", "JP-13"}, {"checkout.field.city_ward", "渋谷区"}, {"checkout.field.line1", "神南1-2-3"},
			{"checkout.field.building", "メゾン201"},
		}
	default:
		return []written{
			{"checkout.field.name", "Gúljaxan Ótegenova"}, {"checkout.field.phone", "+998 61 224 10 20"}, {"checkout.field.region", "UZ-QR"},
			{"checkout.field.city_district", "Nókis"}, {"checkout.field.mahalla_street", "Doslıq mákan 5"}, {"checkout.field.landmark", "Kók dárwaza"},
		}
	}
}

// pay chooses a way to pay and sends the form: the page of the order comes, or
// for cards the provider's.
func (b buyer) pay(method markets.Method) {
	b.w.t.Helper()
	b.Choose(b.l.T("checkout.method." + string(method)))
	b.Press(b.payButton(method))
}

// payButton is the part of the button's words that does not depend on the sum.
func (b buyer) payButton(method markets.Method) string {
	key := "buy.checkout.go_other"
	if method.Online() {
		key = "buy.checkout.go_card"
	}
	return strings.Trim(b.l.T(key, "total", ""), " ,、，：:")
}

// order is what the database says about the order whose page is open.
type order struct {
	id     int
	token  string
	label  string
	total  money.Amount
	status string
}

func (b buyer) order() order {
	b.w.t.Helper()
	_, token, found := strings.Cut(b.Path(), "/orders/")
	if !found {
		b.w.t.Fatalf("stands at %s, not at an order", b.URL())
	}
	return b.w.order(token)
}

func (w *world) order(token string) order {
	w.t.Helper()
	var o order
	var minor int64
	var currency, reference string
	var number *int64
	err := w.pool.QueryRow(w.t.Context(),
		"select id, token, reference, number, total_minor, currency, status from orders where token = $1", token).
		Scan(&o.id, &o.token, &reference, &number, &minor, &currency, &o.status)
	if err != nil {
		w.t.Fatalf("order %s: %v", token, err)
	}
	o.total = money.New(minor, money.Currency(currency))
	o.label = reference
	if number != nil {
		o.label = fmt.Sprint(*number)
	}
	return o
}

// card presses a button of the stand-in's pay page: pay, decline or abandon.
func (b buyer) card(button string) {
	b.w.t.Helper()
	if !strings.Contains(b.Path(), standinPath) {
		b.w.t.Fatalf("stands at %s, not where cards are taken", b.URL())
	}
	b.In("button[value=" + button + "]").Press("")
}

// paid waits until the provider's message has been acted on, looking at the
// order's page as its buyer would.
func (b buyer) paid() {
	b.w.t.Helper()
	o := b.order()
	b.w.eventually("order "+o.label+" is paid", func() bool { return b.w.order(o.token).status == "paid" })
	b.Visit(b.at("/orders/" + o.token))
	b.See(b.l.T("buy.order.packing.title"))
}
