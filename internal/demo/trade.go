package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/payments"
	"awil/internal/payouts"
	"awil/internal/reconcile"
	"awil/internal/shipping"
)

// sale is an order of the weeks before, which its buyer's e-mail address names. Days count back from the start.
type sale struct {
	email     string
	market    string
	method    markets.Method
	goods     map[string]int // pieces by the product's slug, of its first variant
	placed    int
	delivered int // 0: it waits for the buyer's transfer
	byMaker   bool
	account   bool // of the demo's buyer, who finds it when she signs in
}

// sales show all that money does: earnings that may be paid out, in soʻm of buyers in both currencies; earnings still kept;
// what a maker owes who has the cash; and a transfer to wait for. All are older than card providers are asked about fees.
var sales = []sale{
	{email: "guzal@demo.awil", market: "jp", method: markets.Card, goods: map[string]int{"melon-jam": 2, "adras-scarf": 1}, placed: 26, delivered: 17},
	{email: "aziza@demo.awil", market: "uz", method: markets.Bank, goods: map[string]int{"melon-jam": 2}, placed: 20, delivered: 16},
	{email: "timur@demo.awil", market: "uz", method: markets.COD, goods: map[string]int{"liquorice-tea": 3}, placed: 15, delivered: 12, byMaker: true},
	{email: "nodir@demo.awil", market: "uz", method: markets.Bank, goods: map[string]int{"suzani-cushion": 1}, placed: 8, delivered: 3, account: true},
	{email: "laylo@demo.awil", market: "uz", method: markets.Bank, goods: map[string]int{"pumpkin-seed-oil": 1}, account: true},
}

// homes are where the buyers of a market live; none of them exists.
var homes = map[string]shipping.Address{
	"uz": {Name: "Demo buyer", Phone: "+998901234567", Country: "UZ", Region: "UZ-TK", City: "Toshkent", Line1: "Namoyish koʻchasi"},
	"jp": {Name: "デモ 花子", Phone: "09012345678", Country: "JP", Postcode: "220-0012", Region: "JP-14", City: "横浜市西区", Line1: "みなとみらい"},
}

// destinations are where makers are paid: invented numbers that pass the checks of real ones.
var destinations = map[string]payouts.Typed{
	"altin-qawin":  {Kind: payouts.KindCard, Holder: "Altin Qawin", Number: "8600 1200 0000 0003"},
	"keste-circle": {Kind: payouts.KindBank, Holder: "Keste cooperative", BankCode: "00000", Number: "20208000000000000001"},
	"boyan-root":   {Kind: payouts.KindCash, Holder: "Boyan root", HandedBy: "Demo finance"},
}

// trader sells on days of its own.
type trader struct {
	*loader
	Shop
	till till
	now  time.Time
}

// trade plays the orders of the last weeks, through the same use cases as buyers, makers and staff. Nothing without a shop.
func (l *loader) trade(ctx context.Context) error {
	if l.Open == nil {
		return nil
	}
	t := &trader{loader: l, till: till{map[string]payments.Outcome{}}}
	var err error
	if t.Shop, err = l.Open(ctx, func() time.Time { return t.now }, t.till); err != nil {
		return err
	}
	t.at(28)
	for slug, to := range destinations {
		if err := t.Payouts.SetDestination(ctx, l.makers[slug].ProducerID, l.finance, to); err != nil {
			return fmt.Errorf("destination of %s: %w", slug, err)
		}
	}
	var statement []checkout.Overview
	for _, s := range sales {
		o, err := t.sell(ctx, s)
		if err != nil {
			return fmt.Errorf("order of %s: %w", s.email, err)
		}
		statement = append(statement, o)
	}
	t.at(0)
	if _, err := t.Checkout.ReleaseEarnings(ctx); err != nil {
		return err
	}
	if err := t.reports(ctx, statement); err != nil {
		return err
	}
	return t.Quiet(ctx)
}

// at goes so many days back from the start.
func (t *trader) at(days int) { t.now = t.started.UTC().AddDate(0, 0, -days).Truncate(time.Second) }

// sell plays one order to where it stands today, or returns the one that was played before.
func (t *trader) sell(ctx context.Context, s sale) (checkout.Overview, error) {
	there, _, err := t.Orders.Desk(ctx, orders.Filter{Search: s.email}, paging.Page{Limit: 1})
	if err != nil {
		return checkout.Overview{}, err
	}
	if len(there) == 0 {
		return t.place(ctx, s)
	}
	o, err := t.Checkout.ByID(ctx, there[0].ID, i18n.EN)
	if err != nil {
		return o, err
	}
	return t.goOn(ctx, s, o)
}

func (t *trader) place(ctx context.Context, s sale) (o checkout.Overview, err error) {
	t.at(s.placed)
	in := checkout.PlaceInput{CheckoutToken: checkout.NewFormToken(), Market: s.market, Lang: i18n.EN, Email: s.email, Address: homes[s.market], Method: s.method}
	if s.account {
		in.AccountID = t.buyer
	}
	for slug, pieces := range s.goods {
		page, err := t.Catalog.ProductByID(ctx, s.market, i18n.EN, t.products[slug])
		if err != nil {
			return o, fmt.Errorf("%s: %w", slug, err)
		}
		added, err := t.Cart.Add(ctx, in.CartToken, s.market, page.Variants[0].ID, pieces)
		if err != nil {
			return o, fmt.Errorf("%s: %w", slug, err)
		}
		in.CartToken = added.Token
	}
	form, err := t.Checkout.Form(ctx, in.CartToken, s.market, in.Lang)
	if err != nil {
		return o, err
	}
	in.ShippingID = form.Quotes[0].Method.ID
	if in.Shown, err = form.Total(form.Quotes[0]); err != nil {
		return o, err
	}
	placed, err := t.Checkout.Place(ctx, in)
	if err != nil {
		return o, err
	}
	if placed.PayError != nil {
		return o, placed.PayError
	}
	if o, err = t.Checkout.ByID(ctx, placed.OrderID, i18n.EN); err != nil {
		return o, err
	}
	return t.goOn(ctx, s, o)
}

// goOn pays an order, and sends and delivers its parcels.
func (t *trader) goOn(ctx context.Context, s sale, o checkout.Overview) (checkout.Overview, error) {
	if s.delivered == 0 {
		return o, nil
	}
	t.at(s.placed)
	var err error
	switch {
	case o.PaidAt != nil:
	case s.method == markets.Bank:
		_, err = t.Checkout.BankReceived(ctx, t.finance, o.ID, o.Total())
	case s.method == markets.Card:
		_, err = t.Checkout.PaymentConfirmed(ctx, payments.ProviderStripe, "cs_demo_"+o.Reference)
	}
	for _, p := range o.Parcels {
		if err == nil {
			err = t.deliver(ctx, s, p)
		}
	}
	return o, err
}

func (t *trader) deliver(ctx context.Context, s sale, p orders.Parcel) error {
	t.at(s.placed - 1)
	if err := t.Orders.MarkPacked(ctx, p.ProducerID, t.finance, p.ID); err != nil {
		return err
	}
	if err := t.Orders.MarkShipped(ctx, p.ProducerID, t.finance, p.ID, "Demo post", ""); err != nil {
		return err
	}
	t.at(s.delivered)
	if err := t.Checkout.ArrivedForStaff(ctx, t.finance, p.ID); err != nil || !s.byMaker {
		return err
	}
	_, err := t.Checkout.CashCollected(ctx, t.finance, p.ID, ledger.CollectorProducer)
	return err
}

// reports takes in what the bank and the card provider say of these orders. One line of the bank is of the transfer that is
// waited for, and one nobody knows.
func (t *trader) reports(ctx context.Context, list []checkout.Overview) error {
	bank := []string{"Date;Document number;Counterparty;Amount;Currency;Purpose"}
	cards := []string{"balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,payment_metadata[order_reference]"}
	for i, o := range list {
		day := t.started.AddDate(0, 0, -sales[i].placed)
		sum, _, _ := strings.Cut(o.Total().String(), " ")
		switch sales[i].method {
		case markets.Bank:
			bank = append(bank, fmt.Sprintf("%s;%d;DEMO BUYER;%s;%s;Order %s", day.Format(time.DateOnly), 1001+i, sum, o.Currency, o.Reference))
		case markets.Card:
			cards = append(cards, fmt.Sprintf("txn_demo_%d,%s,%s,%s,0,%s,charge,ch_demo_%s,%s", i, day.UTC().Format(time.DateTime), o.Currency, sum, sum, o.Reference, o.Reference))
		}
	}
	bank = append(bank, fmt.Sprintf("%s;%d;DEMO PAYER;45000.00;UZS;For the jam", t.started.AddDate(0, 0, -1).Format(time.DateOnly), 1001+len(list)))
	known, _, err := t.Reconcile.Imports(ctx, paging.Page{Limit: 2})
	if err != nil || len(known) == 2 {
		return err
	}
	taken := map[ledger.Till]bool{}
	for _, m := range known {
		taken[m.Till] = true
	}
	for till, rows := range map[ledger.Till][]string{ledger.TillBank: bank, ledger.TillStripe: cards} {
		if taken[till] {
			continue
		}
		u := reconcile.Upload{Till: till, Name: "demo-" + string(till) + ".csv", Data: []byte(strings.Join(rows, "\n") + "\n"), Currency: money.UZS}
		if _, err := t.Reconcile.Import(ctx, t.finance, u); err != nil {
			return fmt.Errorf("report of %s: %w", till, err)
		}
	}
	return nil
}
