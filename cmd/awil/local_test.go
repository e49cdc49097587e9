package main

import (
	"strings"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/platform/paystand"
)

// standIn presses a button of the stand-in mounted at a path: pay, decline or
// abandon.
func (b buyer) standIn(path, button string) {
	b.w.t.Helper()
	if !strings.HasPrefix(b.Path(), path) {
		b.w.t.Fatalf("stands at %s, not at %s", b.URL(), path)
	}
	b.In("button[value=" + button + "]").Press("")
}

// TestPayme buys in Nukus and pays with Payme, at the second try; then the
// merchant's staff give the money back in Payme's cabinet.
func TestPayme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Phone, i18n.UZ, "uz")
	g := w.good("melon-jam", i18n.UZ)
	stock := w.stock(g)
	b.put(g)
	b.toCheckout()
	b.write("payme@example.com")
	b.pay(markets.Payme)
	page := paystand.WordsIn("uz")
	b.See("Payme", page.Title)
	b.standIn(paymeStandinPath, "decline")
	b.See(page.Declined)
	b.standIn(paymeStandinPath, "abandon")
	b.See(b.l.T("buy.order.pay_card.title"), b.l.T("buy.refused.unfinished"))
	o := b.order()
	b.Press(b.l.T("buy.order.pay_payme", "total", o.total))
	b.standIn(paymeStandinPath, "pay")
	b.See(b.l.T("buy.order.packing.title"))
	o = b.order()
	if n := w.stock(g); n != stock-1 || o.status != "paid" {
		t.Errorf("%d of %d in stock, the order is %s", n, stock, o.status)
	}
	w.letter("payme@example.com", b.l.T("mail.confirmed.subject", "order", w.label(o)))

	cabinet := w.visitor(browsertest.Desktop, i18n.RU)
	cabinet.Visit(paymeStandinPath + "/cabinet")
	staff := paystand.WordsIn("ru")
	cabinet.See(staff.Cabinet, staff.Performed)
	cabinet.Press(staff.GiveBack)
	cabinet.See(staff.Reversed)
	w.eventually("the order is refunded", func() bool { return w.order(o.token).status == "refunded" })
	if n := w.stock(g); n != stock {
		t.Errorf("%d of %d in stock", n, stock)
	}
}

// TestClick pays with Click, without scripts, having gone back once.
func TestClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.plainBuyer(browsertest.Desktop, i18n.RU, "uz")
	b.put(w.good("kurut", i18n.RU))
	b.toCheckout()
	b.write("click@example.com")
	b.pay(markets.Click)
	b.See("Click")
	b.standIn(clickStandinPath, "abandon")
	b.See(b.l.T("buy.order.pay_card.title"))
	b.Press(b.l.T("buy.order.pay_click", "total", b.order().total))
	b.standIn(clickStandinPath, "pay")
	b.See(b.l.T("buy.order.packing.title"))
}

// TestTheDemoTakesNoRealMoney: with keys of the sandbox at most.
func TestTheDemoTakesNoRealMoney(t *testing.T) {
	t.Parallel()
	here := Config{Addr: "127.0.0.1:8080"}
	live, sandbox, click := here, here, here
	live.PaymeKey, live.PaymeCheckoutURL = "k", "https://checkout.paycom.uz"
	sandbox.PaymeKey, sandbox.PaymeCheckoutURL = "k", paymeSandbox
	click.ClickSecretKey = "k"
	for name, c := range map[string]struct {
		Config
		safe bool
	}{"none": {here, true}, "Payme": {live, false}, "Payme's sandbox": {sandbox, true}, "Click": {click, false}} {
		if err := (serveOptions{demo: true}).safe(c.Config); (err == nil) != c.safe {
			t.Errorf("%s: %v", name, err)
		}
		if err := (serveOptions{}).safe(c.Config); err != nil {
			t.Errorf("%s, without the demo: %v", name, err)
		}
	}
}
