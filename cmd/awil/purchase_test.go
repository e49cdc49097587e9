package main

import (
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
)

// TestCashOnDelivery buys in Nukus, in Uzbek on a phone, and pays at the door.
func TestCashOnDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Phone, i18n.UZ, "uz")
	b.put(w.good("melon-jam", i18n.UZ))
	b.toCheckout()
	b.write("guljaxan@example.com")
	b.pay(markets.COD)
	o := b.order()
	b.See(b.l.T("buy.order.packing_cod.title"), b.l.Money(o.total))
	if o.status != "placed" {
		t.Errorf("the order is %s", o.status)
	}
	w.letter("guljaxan@example.com", b.l.T("mail.confirmed.subject", "order", w.label(o)))
	w.letter("melon@demo.awil", i18n.For(i18n.KAA).T("mail.pack.subject", "order", w.label(o)))

	w.packAndShip(o, "uzpost", "RR123456785UZ")
	b.Reload()
	b.See(b.l.T("checkout.parcel.shipped"), "RR123456785UZ")
	w.letter("guljaxan@example.com", b.l.T("mail.shipped.subject", "order", w.label(o)))

	en := i18n.For(i18n.EN)
	desk := w.signedIn(browsertest.Desktop, "curator@demo.awil", "/desk")
	desk.Press(en.T("desk.nav.orders"))
	desk.Press(w.label(o))
	desk.Press(en.T("desk.orders.delivered"))
	desk.See(en.T("desk.orders.is_delivered"))
	desk = w.signedIn(browsertest.Desktop, "finance@demo.awil", "/desk")
	desk.Press(en.T("desk.nav.orders"))
	desk.Press(w.label(o))
	desk.Choose(en.T("desk.collector.courier"))
	desk.Press(en.T("desk.orders.cash_go"))
	desk.See(en.T("desk.orders.is_cash"))
	b.Reload()
	b.See(b.l.T("buy.order.delivered.title"))
	if n := w.number("select count(*) from orders where id = $1 and status = 'delivered' and paid_at is not null", o.id); n != 1 {
		t.Errorf("the cash is not booked")
	}
}

// TestWithoutScripts buys with scripts off: by card in Japan, in cash at home.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.plainBuyer(browsertest.Phone, i18n.JA, "jp")
	b.Visit(b.at("/"))
	b.Press(b.l.T("shop.home.see_new"))
	b.Press(w.good("liquorice-tea", i18n.JA).name)
	b.putThis()
	b.toCheckout()
	b.write("hanako@example.jp")
	b.pay(markets.Card)
	b.card("pay")
	b.paid()

	d := w.plainBuyer(browsertest.Desktop, i18n.KAA, "uz")
	d.put(w.good("kurut", i18n.KAA))
	d.toCheckout()
	d.write("nokis@example.com")
	d.pay(markets.COD)
	d.See(d.l.T("buy.order.packing_cod.title"))
}

// TestBankTransfer: the order waits until finance has seen the money.
func TestBankTransfer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Desktop, i18n.RU, "uz")
	b.put(w.good("cobalt-teapot", i18n.RU))
	b.toCheckout()
	b.write("buxgalter@example.com")
	b.pay(markets.Bank)
	o := b.order()
	b.See(b.l.T("buy.order.pay_bank.title"), o.label)
	w.letter("buxgalter@example.com", b.l.T("mail.placed.subject", "order", w.label(o)))

	en := i18n.For(i18n.EN)
	desk := w.signedIn(browsertest.Desktop, "finance@demo.awil", "/desk/orders")
	desk.Press(w.label(o))
	desk.See(en.T("desk.orders.awaits"))
	desk.Fill(en.T("desk.orders.amount"), o.total.Decimal())
	desk.Press(en.T("desk.orders.received"))
	desk.See(en.T("desk.orders.is_received"))
	b.Reload()
	b.See(b.l.T("buy.order.packing.title"))
	w.letter("buxgalter@example.com", b.l.T("mail.confirmed.subject", "order", w.label(w.order(o.token))))
}

// TestAbandonedPayment: who leaves the pay page finds the order kept, and pays
// it later from its page.
func TestAbandonedPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Phone, i18n.EN, "us")
	g := w.good("walnuts-in-honey", i18n.EN)
	stock := w.stock(g)
	b.put(g)
	b.toCheckout()
	b.Fill(b.l.T("checkout.field.email"), "ann@example.com")
	for _, f := range []written{{"checkout.field.name", "Ann Lee"}, {"checkout.field.phone", "212 555 0123"}, {"checkout.field.line1", "5 Main Street"},
		{"checkout.field.city", "Springfield"}, {"checkout.field.state", "US-IL"}, {"checkout.field.zip", "62701"}} {
		b.Fill(b.l.T(f.label), f.value)
	}
	b.pay(markets.Card)
	b.card("abandon")
	b.See(b.l.T("buy.order.pay_card.title"))
	if n := w.stock(g); n != stock-1 {
		t.Errorf("%d of %d in stock while the order waits", n, stock)
	}
	b.Press(b.l.T("buy.order.pay", "total", b.order().total))
	b.card("pay")
	b.paid()
	if n := w.number("select count(*) from orders"); n != 1 {
		t.Errorf("%d orders", n)
	}
}

// TestChangesBeforeOrder: sold out and dearer between cart and checkout. What
// she typed stays, and nothing is charged that she has not seen.
func TestChangesBeforeOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Desktop, i18n.RU, "uz")
	tea, soap := w.good("liquorice-tea", i18n.RU), w.good("kurut", i18n.RU)
	b.put(tea)
	b.put(soap)
	b.toCheckout()
	b.write("peremena@example.com")
	b.Choose(b.l.T("checkout.method.cod"))

	w.exec("update variants set price_minor = price_minor * 2 where product_id = $1", tea.id)
	if _, err := w.app.services.catalog.RefreshAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.PressStatus(b.payButton(markets.COD), 409)
	if got := b.Value(b.l.T("checkout.field.email")); got != "peremena@example.com" {
		t.Errorf("the e-mail is %q after the price changed", got)
	}

	w.exec("update variants set stock = 0 where product_id = $1", soap.id)
	b.PressStatus(b.payButton(markets.COD), 409)
	b.See(b.l.T("checkout.conflict.sold_out", "name", soap.name))
	if got := b.Value(b.l.T("checkout.field.city_district")); got != "Nókis" {
		t.Errorf("the city is %q after one was sold out", got)
	}
	b.In(".note").Press(b.l.T("buy.cart.tidy"))
	b.Press(b.payButton(markets.COD))
	b.See(b.l.T("buy.order.packing_cod.title"), tea.name)
	b.NotSee(soap.name)
	if n := w.number("select count(*) from orders"); n != 1 {
		t.Errorf("%d orders", n)
	}
}

// TestSwitch: another market or language keeps the page, and the cart has the
// prices of where it now goes.
func TestSwitch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Desktop, i18n.EN, "jp")
	g := w.good("felt-slippers", i18n.EN)
	b.put(g)
	b.Visit(b.at("/products/" + g.slug))
	open := b.l.T("common.market.now", "market", "Japan", "currency", "JPY", "language", "English")
	b.Click(open)
	b.Fill(b.l.T("common.market.deliver_to"), "us")
	b.Fill(b.l.T("common.market.language"), "ru")
	b.Press(b.l.T("common.market.use"))
	if b.Path() != "/ru-us/products/"+g.slug {
		t.Errorf("switched to %s", b.Path())
	}
	ru := i18n.For(i18n.RU)
	b.See(w.good("felt-slippers", i18n.RU).name)
	b.Visit("/ru-us/cart")
	b.See(ru.Money(w.price(g, "us")))
	b.Visit("/ja-jp/cart")
	b.See(i18n.For(i18n.JA).Money(w.price(g, "jp")))
}
