package main

import (
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/platform/paystand"
)

// TestClickAgain pays with Click in Karakalpak and without scripts: the card
// has no money, then the buyer cancels the order and pays a new one.
func TestClickAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.plainBuyer(browsertest.Phone, i18n.KAA, "uz")
	g := w.good("melon-jam", i18n.KAA)
	stock := w.stock(g)
	b.toClick(g)
	b.standIn(clickStandinPath, "abandon")
	b.See(b.l.T("buy.order.pay_card.title"))
	first := b.order()
	b.Click(b.l.T("buy.order.cancel.title"))
	b.Press(b.l.T("buy.order.cancel.go"))
	b.See(b.l.T("buy.order.cancel.done"), b.l.T("buy.order.cancelled.title"))
	if n := w.stock(g); n != stock {
		t.Errorf("%d of %d in stock after cancelling", n, stock)
	}

	b.toClick(g)
	b.standIn(clickStandinPath, "decline")
	b.See(paystand.WordsIn("uz").Declined)
	b.standIn(clickStandinPath, "pay")
	b.See(b.l.T("buy.order.packing.title"))
	second := b.order()
	if second.id == first.id || second.status != "paid" {
		t.Errorf("order %d after %d is %s", second.id, first.id, second.status)
	}
	if n := w.stock(g); n != stock-1 {
		t.Errorf("%d of %d in stock after paying", n, stock)
	}
	w.letter("nokis@example.com", b.l.T("mail.confirmed.subject", "order", w.label(second)))
	w.letter("melon@demo.awil", b.l.T("mail.pack.subject", "order", w.label(second)))
	w.proven()
}

// toClick buys a thing up to the page of Click.
func (b buyer) toClick(g good) {
	b.w.t.Helper()
	b.put(g)
	b.toCheckout()
	b.write("nokis@example.com")
	b.pay(markets.Click)
	b.See("Click", paystand.WordsIn("uz").Title)
}

// TestPaymeCabinet: what finance decides to give back of a payment by Payme is
// to be sent by hand, and is sent once it has been given back in the cabinet.
func TestPaymeCabinet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Desktop, i18n.RU, "uz")
	g := w.good("liquorice-tea", i18n.RU)
	stock := w.stock(g)
	b.put(g)
	b.toCheckout()
	b.write("oplata@example.com")
	b.pay(markets.Payme)
	words := paystand.WordsIn("ru")
	b.See("Payme", words.Title)
	b.standIn(paymeStandinPath, "pay")
	b.See(b.l.T("buy.order.packing.title"))
	o := b.order()

	en := i18n.For(i18n.EN)
	desk := w.finance("/desk/orders")
	desk.Press(w.label(o))
	desk.Press(en.T("refunds.order.decide"))
	desk.See(en.T("refunds.decide.way_hand"))
	desk.Fill(en.T("refunds.decide.pieces")+": "+w.good("liquorice-tea", i18n.EN).name, "1")
	desk.Fill(en.T("refunds.decide.reason"), "Коробка промокла у нас на складе.")
	desk.Press(en.T("refunds.decide.go"))
	desk.See(en.T("refunds.decide.done"), en.T("refunds.status.due"))
	w.letter("oplata@example.com", b.l.T("refund.decided.subject", "order", w.label(o), "amount", w.price(g, "uz")))
	b.Reload()
	b.See(b.l.T("returns.back.due"))

	cabinet := w.visitor(browsertest.Desktop, i18n.RU)
	cabinet.Visit(paymeStandinPath + "/cabinet")
	cabinet.Press(words.GiveBack)
	cabinet.See(words.Reversed)
	cabinet.NotSee(words.GiveBack)
	desk.Press(en.T("refunds.title"))
	desk.Press(en.T("refunds.tab.sent"))
	desk.See(w.label(o), en.Money(w.price(g, "uz")))
	b.Reload()
	b.See(b.l.T("buy.order.refunded.title"))
	if got, n := w.order(o.token).status, w.stock(g); got != "refunded" || n != stock {
		t.Errorf("the order is %s, %d of %d in stock", got, n, stock)
	}
	w.proven()
}
