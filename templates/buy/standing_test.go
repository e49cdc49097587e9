package buy

import (
	"strings"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/templates/layout"
	"awil/templates/part"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// overview makes an order with parcels in these states.
func overview(status orders.Status, method markets.Method, parcels ...orders.ParcelStatus) checkout.Overview {
	number, paid := int64(10001), noon
	o := checkout.Overview{Whole: orders.Whole{Order: orders.Order{Status: status, PaymentMethod: method, PlacedAt: noon}}}
	if method != markets.COD {
		later := noon.Add(time.Hour)
		o.ExpiresAt = &later
	}
	if method == markets.COD || status != orders.Placed && status != orders.Expired && status != orders.Cancelled {
		o.Number = &number
	}
	if o.Number != nil && method != markets.COD {
		o.PaidAt = &paid
	}
	for _, p := range parcels {
		o.Parcels = append(o.Parcels, orders.Parcel{Status: p})
	}
	return o
}

func TestStandingOf(t *testing.T) {
	const (
		toPack, packed, shipped, came, gone = orders.ParcelToPack, orders.ParcelPacked, orders.ParcelShipped, orders.ParcelDelivered, orders.ParcelCancelled
	)
	now, late := Visit{Now: noon}, Visit{Now: noon.Add(2 * time.Hour)}
	back, long := Visit{Now: noon, Back: true}, Visit{Now: noon, Back: true, Looks: MaxLooks}
	backLate := Visit{Now: late.Now, Back: true}
	returned := overview(orders.Cancelled, markets.Card)
	returned.RefundDue = true
	sent := overview(orders.Expired, markets.Card)
	sent.Payments = []payments.Payment{{RefundDue: true, AmountMinor: 900, Currency: money.JPY}}
	for name, tt := range map[string]struct {
		order checkout.Overview
		visit Visit
		want  Standing
		here  string // the step the order is at
	}{
		"card":             {overview(orders.Placed, markets.Card, orders.ParcelWaiting), now, PayByCard, "Payment"},
		"card, back":       {overview(orders.Placed, markets.Card, orders.ParcelWaiting), back, Checking, "Payment"},
		"card, long back":  {overview(orders.Placed, markets.Card, orders.ParcelWaiting), long, CheckingLong, "Payment"},
		"card, time over":  {overview(orders.Placed, markets.Card, orders.ParcelWaiting), late, TimeOver, "Not paid in time"},
		"card, back late":  {overview(orders.Placed, markets.Card, orders.ParcelWaiting), backLate, Checking, "Payment"},
		"bank":             {overview(orders.Placed, markets.Bank, orders.ParcelWaiting), now, PayByTransfer, "Payment"},
		"bank, back":       {overview(orders.Placed, markets.Bank, orders.ParcelWaiting), back, PayByTransfer, "Payment"},
		"cash":             {overview(orders.Placed, markets.COD, toPack), now, PackingForCOD, "Packing"},
		"cash, half sent":  {overview(orders.Placed, markets.COD, toPack, shipped), now, Partly, "Packing"},
		"paid":             {overview(orders.Paid, markets.Card, toPack, packed), now, Packing, "Packing"},
		"paid, back":       {overview(orders.Paid, markets.Card, toPack), back, Packing, "Packing"},
		"packed":           {overview(orders.Packed, markets.Card, packed), now, Packed, "Packed"},
		"packed, one sent": {overview(orders.Packed, markets.Card, packed, shipped), now, Partly, "Packed"},
		"sent":             {overview(orders.Shipped, markets.Card, shipped), now, OnTheWay, "On its way"},
		"sent but one":     {overview(orders.Shipped, markets.Card, shipped, gone), now, OnTheWay, "On its way"},
		"half arrived":     {overview(orders.Shipped, markets.Card, shipped, came), now, OnTheWay, "On its way"},
		"arrived":          {overview(orders.Delivered, markets.Card, came), now, Arrived, ""},
		"completed":        {overview(orders.Completed, markets.Bank, came), now, Arrived, ""},
		"expired":          {overview(orders.Expired, markets.Card, gone), now, TimeOver, "Not paid in time"},
		"cancelled":        {overview(orders.Cancelled, markets.COD, gone), now, Cancelled, "Cancelled"},
		"cancelled, paid":  {returned, now, CancelledPaid, "Cancelled"},
		"expired, sent":    {sent, now, MoneyBack, "Not paid in time"},
		"refunded":         {overview(orders.Refunded, markets.Card, gone), now, MoneyBack, "Refunded"},
	} {
		t.Run(name, func(t *testing.T) {
			got := StandingOf(tt.order, tt.visit)
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			page := Order{Base: layout.Base{Localizer: i18n.For(i18n.EN)}, Whole: tt.order, Standing: got, Now: tt.visit.Now}
			if at := hereOf(page.steps()); at != tt.here {
				t.Errorf("the order is at %q, want %q", at, tt.here)
			}
		})
	}
}

// hereOf is the title of the one step an order is at; what is behind it is
// done, what is ahead is not.
func hereOf(steps []part.Step) string {
	title, passed := "", false
	for _, s := range steps {
		switch {
		case s.State == part.StepHere && passed:
			return "two at once"
		case s.State == part.StepHere:
			title, passed = s.Title, true
		case s.State == part.StepDone && passed:
			return "done after here"
		}
	}
	return title
}

// Whoever gets money back reads how much.
func TestTheSumThatGoesBack(t *testing.T) {
	yen := func(minor int64) payments.Refund { return payments.Refund{AmountMinor: minor, Currency: money.JPY} }
	o := overview(orders.Expired, markets.Card)
	o.Currency, o.TotalMinor = money.JPY, 1260
	o.Payments = []payments.Payment{{RefundDue: true, AmountMinor: 1260, Currency: money.JPY}}
	page := Order{Base: layout.Base{Localizer: i18n.For(i18n.EN)}, Whole: o, Standing: StandingOf(o, Visit{Now: noon})}
	for _, tt := range []struct {
		refunds []payments.Refund
		want    string
	}{
		{nil, "¥1,260"}, {[]payments.Refund{yen(1200)}, "¥1,200"}, {[]payments.Refund{yen(1200), yen(60)}, "¥1,260"},
		{[]payments.Refund{yen(1200), {AmountMinor: 500, Currency: money.USD}}, "¥1,200 + $5.00"},
	} {
		page.Returns.Refunds = tt.refunds
		if got := page.text(); !strings.Contains(got, "sent back "+tt.want+".") {
			t.Errorf("%q does not say %s", got, tt.want)
		}
	}
}

func TestEveryStandingHasWords(t *testing.T) {
	for _, lang := range i18n.Langs() {
		for _, s := range Standings {
			for _, part := range []string{".title", ".text"} {
				if key := "buy.order." + string(s) + part; !i18n.For(lang).Has(key) {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
	}
}

func TestAddressesInLetters(t *testing.T) {
	l := Letter{Text: "See http://a.test/orders/X?pay=1. Or\nhttps://b.test\n"}
	var found []string
	whole := ""
	for _, p := range l.pieces() {
		whole += p.Text
		if p.Href != "" {
			found = append(found, p.Href)
		}
	}
	if whole != l.Text {
		t.Errorf("%q", whole)
	}
	if len(found) != 2 || found[0] != "http://a.test/orders/X?pay=1" || found[1] != "https://b.test" {
		t.Errorf("%q", found)
	}
}

// TestWhenItEnded: what is told of an order afterwards does not move its end.
func TestWhenItEnded(t *testing.T) {
	o := overview(orders.Cancelled, markets.Bank, orders.ParcelCancelled)
	placed, cancelled := string(orders.Placed), string(orders.Cancelled)
	o.Events = []orders.Event{
		{ToStatus: placed, At: noon},
		{FromStatus: &placed, ToStatus: cancelled, At: noon.Add(time.Hour)},
		{FromStatus: &cancelled, ToStatus: cancelled, Fact: &orders.Fact{Kind: orders.FactStray}, At: noon.Add(48 * time.Hour)},
	}
	page := Order{Base: layout.Base{Localizer: i18n.For(i18n.EN)}, Whole: o, Standing: Cancelled, Now: noon}
	if at := page.ended(); at == nil || !at.Equal(noon.Add(time.Hour)) {
		t.Errorf("ended %v", at)
	}
}
