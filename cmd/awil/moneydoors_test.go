package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payouts"
	"awil/internal/reconcile"
)

// moves lets money come, be earned, be proposed as a payout and be told of by a
// bank, so that the pages about it have something to show. The names it adds:
// paid and paidtoken, batch, payout, transaction, import, line, day.
func (d *doors) moves() {
	w, s, ctx := d.w, d.w.app.services, context.WithoutCancel(d.w.t.Context())
	finance := int64(w.number("select id from accounts where email = 'finance@demo.awil'"))
	o := d.transferred(ctx, finance)
	d.set("paid", o.ID)
	d.things["paidtoken"] = o.Token
	d.earned(ctx, o)
	batch, err := s.payouts.Propose(ctx, finance, money.UZS)
	d.ok(err)
	d.set("batch", batch)
	_, err = s.payouts.Approve(ctx, int64(w.number("select id from accounts where email = 'admin@demo.awil'")), batch)
	d.ok(err)
	d.set("payout", w.number("select min(id) from payouts"))
	d.set("transaction", w.number("select max(id) from ledger_transactions"))

	yesterday := time.Now().In(markets.Zone()).AddDate(0, 0, -1)
	d.things["day"] = yesterday.Format(time.DateOnly)
	statement := fmt.Sprintf("date,amount,counterparty,purpose,document number\n%s,%s,Ótegenova G.,Order %s,1\n%s,-2500.00,Demo Bank,Fee,2\n",
		d.things["day"], o.Total().Decimal(), strings.ToLower(o.Reference), d.things["day"])
	taken, err := s.reconcile.Import(ctx, finance, reconcile.Upload{Till: ledger.TillBank, Name: "bank.csv", Data: []byte(statement), Currency: money.UZS})
	d.ok(err)
	d.set("import", taken.ID)
	d.set("line", w.number("select max(id) from import_lines"))
	_, err = s.reconcile.CloseDay(ctx, finance, yesterday)
	d.ok(err)
}

func (d *doors) ok(err error) {
	d.w.t.Helper()
	if err != nil {
		d.w.t.Fatal(err)
	}
}

// transferred is an order of the maker's that was paid by bank transfer.
func (d *doors) transferred(ctx context.Context, finance int64) orders.Whole {
	d.w.t.Helper()
	first := d.w.atCheckout(d.w.number("select min(id) from variants where product_id = $1", d.w.good("melon-jam", i18n.EN).id), "paid@example.com")
	first.form.Set("payment", "bank")
	a, err := first.c.post("/en-uz/checkout", first.form)
	if err != nil || a.status != http.StatusSeeOther {
		d.w.t.Fatalf("an order by transfer: %d %v", a.status, err)
	}
	_, token, _ := strings.Cut(a.to, "/orders/")
	o, err := d.w.app.services.orders.ByToken(ctx, token, i18n.EN)
	d.ok(err)
	_, err = d.w.app.services.checkout.BankReceived(ctx, finance, o.ID, o.Total())
	d.ok(err)
	return o
}

// earned lets the only parcel of an order arrive and its time pass, and says
// where its producer's money goes.
func (d *doors) earned(ctx context.Context, o orders.Whole) {
	d.w.t.Helper()
	s, parcel := d.w.app.services, o.Parcels[0]
	by := int64(d.w.number("select id from accounts where email = 'melon@demo.awil'"))
	d.ok(s.orders.MarkPacked(ctx, parcel.ProducerID, by, parcel.ID))
	d.ok(s.orders.MarkShipped(ctx, parcel.ProducerID, by, parcel.ID, "uzpost", "RR123456785UZ"))
	d.ok(s.orders.Deliver(ctx, parcel.ID, orders.Actor{Kind: orders.Buyer}))
	d.w.holdOver()
	d.ok(s.payouts.SetDestination(ctx, parcel.ProducerID, by, payouts.Typed{Kind: payouts.KindCard, Holder: "Aysulu Tursınova", Number: "8600 1234 5678 9012"}))
}
