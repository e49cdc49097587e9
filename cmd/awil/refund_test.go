package main

import (
	"fmt"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
)

// TestPartialRefund: of what somebody in Japan bought from two workshops and
// paid in yen, one of two things of the one goes back with some of its
// delivery; what the other sends goes on.
func TestPartialRefund(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Phone, i18n.JA, "jp")
	jam, tea := w.good("melon-jam", i18n.JA), w.good("liquorice-tea", i18n.JA)
	stock := w.stock(tea)
	b.put(jam)
	b.put(tea)
	b.put(tea)
	b.toCheckout()
	b.write("hanako@example.jp")
	b.pay(markets.Card)
	b.card("pay")
	o := b.order()
	b.paid()

	b.askBack(tea, "一つで足りました。")
	b.See(b.l.T("returns.ask.done"), b.l.T("returns.reason.changed_mind"), b.l.T("returns.request.withdraw"))
	w.letter("hello@demo.awil", i18n.For(i18n.EN).T("till.letter.asked.subject", "order", w.label(o)))

	back := w.price(tea, "jp")
	back.Minor += 120
	w.decide(o, tea, back)
	b.Reload()
	b.SeeLater(b.l.Money(back))
	b.See(b.l.T("returns.back.title"), "お手紙をありがとうございます。")
	w.letter("hanako@example.jp", b.l.T("refund.decided.subject", "order", w.label(o), "amount", back))
	w.eventually("Stripe has sent it", func() bool {
		return w.number("select count(*) from refunds where order_id = $1 and status = 'sent' and till = 'stripe' and amount_minor = $2", o.id, back.Minor) == 1
	})
	if n := w.stock(tea); n != stock-1 {
		t.Errorf("%d of %d in stock after one of two came back", n, stock)
	}

	maker := w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio")
	w.ship(maker, i18n.For(i18n.KAA), "ems", "EE123456785UZ")
	b.Reload()
	b.See(b.l.T("buy.order.partly.title", "n", 1, "all", 2), "EE123456785UZ", b.l.Money(back))
	w.proven()
}

// askBack asks on the order's page for one piece of a good, with words and a
// photo.
func (b buyer) askBack(g good, words string) {
	b.w.t.Helper()
	b.Press(b.l.T("returns.ask.link"))
	b.See(b.l.T("returns.ask.title"))
	b.Choose(b.l.T("returns.reason.changed_mind"))
	b.Fill(b.l.T("returns.ask.message"), words)
	b.PressStatus(b.l.T("returns.ask.go"), 422)
	b.See(b.l.T("returns.ask.choose"))
	b.Fill(g.name, "1")
	b.Upload(b.l.T("returns.ask.photos"), "../../assets/demo/photos/melon-jam-2.jpg")
	b.Press(b.l.T("returns.ask.go"))
}

// decide lets finance send one piece of a good back with what of the sum is
// more than its price, as its delivery.
func (w *world) decide(o order, g good, back money.Amount) {
	w.t.Helper()
	en := i18n.For(i18n.EN)
	desk := w.finance("/desk")
	desk.Press(en.T("refunds.title"))
	desk.Press(en.T("refunds.order.look"))
	desk.See(en.T("refunds.asks"), en.T("refunds.reason.changed_mind"), "一つで足りました。")
	desk.Wait("the photo", `[...document.querySelectorAll('.shots img')].some(i => i.complete && i.naturalWidth)`)
	name := w.text("select name from product_texts where product_id = $1 and lang = 'en'", g.id)
	if got := desk.Value(en.T("refunds.decide.pieces") + ": " + name); got != "1" {
		w.t.Errorf("%q pieces are proposed", got)
	}
	delivery := en.T("refunds.decide.shipping", "producer", w.producerName(g, i18n.EN))
	desk.Fill(delivery, "99999")
	desk.Fill(en.T("refunds.decide.reason"), "一つ分をお返しします。")
	desk.PressStatus(en.T("refunds.decide.go"), 422)
	desk.See(en.T("refunds.decide.too_much"))
	desk.Fill(delivery, fmt.Sprint(back.Minor-w.price(g, "jp").Minor))
	desk.Fill(en.T("refunds.decide.answer"), "お手紙をありがとうございます。")
	desk.Press(en.T("refunds.decide.go"))
	desk.See(en.T("refunds.decide.done"), en.Money(back))
}
