package main

import (
	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/money"
)

// label is the order's name in letters and lists: its number once it has one.
func (w *world) label(o order) string {
	w.t.Helper()
	whole, err := w.app.services.orders.ByToken(w.t.Context(), o.token, i18n.EN)
	if err != nil {
		w.t.Fatalf("order %s: %v", o.token, err)
	}
	return whole.Label()
}

// stock is how many of a product's pieces are free to sell.
func (w *world) stock(g good) int {
	w.t.Helper()
	return w.number("select sum(stock) from variants where product_id = $1", g.id)
}

// price is what the first of a product's variants costs in a market.
func (w *world) price(g good, market string) money.Amount {
	w.t.Helper()
	var minor int64
	var currency string
	err := w.pool.QueryRow(w.t.Context(), `select o.price_minor, o.currency from offers o join variants v on v.id = o.variant_id
		where o.product_id = $1 and o.market = $2 order by v.position limit 1`, g.id, market).Scan(&minor, &currency)
	if err != nil {
		w.t.Fatalf("price of %s in %s: %v", g.slug, market, err)
	}
	return money.New(minor, money.Currency(currency))
}

// packAndShip does what the demo's producer does with her parcel of an order,
// on her phone and in her language.
func (w *world) packAndShip(o order, carrier, tracking string) {
	w.t.Helper()
	kaa := i18n.For(i18n.KAA)
	p := w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio")
	w.ship(p, kaa, carrier, tracking)
	if got := w.order(o.token).status; got != "shipped" {
		w.t.Errorf("the order is %s after its only parcel left", got)
	}
}

// ship packs and sends the parcel that has waited longest, from the first page
// of a studio.
func (w *world) ship(p *browsertest.Page, l *i18n.Localizer, carrier, tracking string) {
	w.t.Helper()
	p.See(l.T("studio.home.pack_today"))
	p.Press(l.T("studio.home.start_packing"))
	p.Press(l.T("studio.parcel.is_packed"))
	p.See(l.T("studio.parcel.packed_done"))
	p.In("label.chip:has(input[value=" + carrier + "])").Choose("")
	p.Fill(l.T("studio.parcel.tracking"), tracking)
	p.Press(l.T("studio.parcel.is_sent"))
	p.See(l.T("studio.parcel.shipped_done"))
}
