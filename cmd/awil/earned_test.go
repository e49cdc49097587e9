package main

import (
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
)

// TestCashDebt: a producer took the cash at the door, so she owes the
// programme its share; of what she earns next that much is taken, and her
// money's page says so.
func TestCashDebt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Phone, i18n.UZ, "uz")
	jam := w.good("melon-jam", i18n.UZ)
	price := w.price(jam, "uz")
	share := money.New(price.Minor/10, price.Currency) // the demo's programme takes a tenth
	cash := b.buy(jam, markets.COD)
	b.See(b.l.T("buy.order.packing_cod.title"), b.l.Money(cash.total))

	her := producer{w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio"), w, i18n.For(i18n.KAA)}
	w.ship(her.Page, her.l, "uzpost", "RR123456785UZ")
	her.See(her.l.T("studio.parcel.cash_ask"))
	her.Press(her.l.T("studio.parcel.has_cash", "total", cash.total))
	her.See(her.l.T("studio.parcel.cash_hers", "total", cash.total), her.l.T("studio.parcel.cash_share", "part", share))
	b.arrived(cash)
	her.money()
	her.See(her.l.T("money.big.owed"), her.l.Money(share), her.l.T("money.then.owed"), her.l.T("money.kind.cash"))
	finance := w.finance("/desk/payouts")
	en := i18n.For(i18n.EN)
	finance.See(en.T("till.payout.owing"), en.Money(share), en.T("till.payout.ready_none"))

	paid := b.buy(jam, markets.Payme)
	her.Visit("/studio")
	w.ship(her.Page, her.l, "uzpost", "RR123456799UZ")
	b.arrived(paid)
	earned := money.New(paid.total.Minor-share.Minor, price.Currency) // she sends it herself: the delivery is hers
	her.money()
	her.See(her.l.Money(earned), her.l.T("money.held.why"), her.l.T("money.list.owed"))
	w.holdOver()
	left := money.New(earned.Minor-share.Minor, price.Currency)
	her.Reload()
	her.See(her.l.T("money.big.ready"), her.l.Money(left), her.l.T("money.then.nowhere"))

	finance.Reload()
	finance.See(en.T("till.payout.apart.nowhere"), en.Money(left))
	her.sayWhere()
	her.See(her.l.T("money.then.ready", "where", her.l.T("money.where.card", "tail", "9012")))
	finance.Reload()
	finance.Press(en.T("till.payout.propose"))
	finance.See(en.T("till.payout.batch_of", "n", 1, "amount", left), en.T("till.payout.two.you"))
	admin := w.signedIn(browsertest.Desktop, "admin@demo.awil", finance.Path())
	admin.Press(en.T("till.payout.approve"))
	admin.See(en.T("till.payout.is_approved", "n", 1, "lowered", 0, "dropped", 0))

	her.Reload()
	her.See(her.l.T("money.big.way"), her.l.Money(left))
	her.Visit("/studio/money/p1")
	her.See(her.l.T("money.kind.sale"), her.l.Money(money.New(2*price.Minor, price.Currency)), her.l.T("money.kind.cash"),
		her.l.T("money.share"), "−"+her.l.Money(money.New(2*share.Minor, price.Currency)), "−"+her.l.Money(cash.total), "AWP-1")
	w.proven()
}

// buy buys a thing at home and pays as the market lets her; the page of the
// order comes.
func (b buyer) buy(g good, method markets.Method) order {
	b.w.t.Helper()
	b.put(g)
	b.toCheckout()
	b.write("guljaxan@example.com")
	b.pay(method)
	if method == markets.Payme {
		b.standIn(paymeStandinPath, "pay")
		b.See(b.l.T("buy.order.packing.title"))
	}
	return b.order()
}

// arrived says on the order's page that all its parcels have come.
func (b buyer) arrived(o order) {
	b.w.t.Helper()
	b.Visit(b.at("/orders/" + o.token))
	for b.Find(b.l.T("buy.order.received")) {
		b.Press(b.l.T("buy.order.received"))
	}
	b.See(b.l.T("buy.order.delivered.title"))
}

// producer is the demo's producer with her phone.
type producer struct {
	*browsertest.Page
	w *world
	l *i18n.Localizer
}

// money opens the page of her money as she does.
func (m producer) money() {
	m.w.t.Helper()
	m.Visit("/studio")
	m.Press(m.l.T("money.tab"))
}

// sayWhere gives her card, after a slip of the finger.
func (m producer) sayWhere() {
	m.w.t.Helper()
	m.money()
	m.Press(m.l.T("money.to.set"))
	m.Choose(m.l.T("money.to.kind.card"))
	m.Fill(m.l.T("money.to.holder"), "Aysulu Tursınova")
	m.Fill(m.l.T("money.to.number"), "8600 1234 5678 9021")
	m.PressStatus(m.l.T("money.to.save"), 422)
	m.See(m.l.T("money.to.errors.card_typo"))
	m.Fill(m.l.T("money.to.number"), "8600 1234 5678 9012")
	m.Press(m.l.T("money.to.save"))
	m.See(m.l.T("money.to.saved"))
}

// holdOver lets the days pass that money waits after its goods have arrived,
// and the job that then looks.
func (w *world) holdOver() {
	w.t.Helper()
	w.exec("alter table parcels disable trigger parcel_releases_once")
	w.exec("update parcels set releases_at = delivered_at where releases_at is not null and released_at is null")
	w.exec("alter table parcels enable trigger parcel_releases_once")
	if _, err := w.app.services.checkout.ReleaseEarnings(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}
