package orders

import (
	"strings"
	"testing"

	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
)

func TestDoor(t *testing.T) {
	w := Whole{
		Order: Order{Currency: money.UZS, PaymentMethod: markets.COD},
		Parcels: []Parcel{
			{ID: 1, Status: ParcelDelivered, Collector: "courier", ShippingMinor: 5},
			{ID: 2, Status: ParcelToPack, ShippingMinor: 7},
			{ID: 3, Status: ParcelCancelled, ShippingMinor: 9},
			{ID: 4, Status: ParcelReturned, ShippingMinor: 11},
		},
		Lines: []Line{{ParcelID: 1, LineMinor: 100}, {ParcelID: 1, LineMinor: 200}, {ParcelID: 2, LineMinor: 400}, {ParcelID: 3, LineMinor: 800}, {ParcelID: 4, LineMinor: 1600}},
	}
	if got := w.Costs(1); got != money.New(305, money.UZS) {
		t.Errorf("the first parcel costs %v", got)
	}
	got, cash := w.Door()
	if want := (Door{money.New(305, money.UZS), money.New(407, money.UZS)}); got != want || !cash {
		t.Errorf("%+v %v, want %+v", got, cash, want)
	}
	w.PaymentMethod = markets.Card
	if _, cash := w.Door(); cash {
		t.Error("a card is not paid at the door")
	}
}

func TestWhyDropped(t *testing.T) {
	id, other := int64(2), int64(3)
	w := Whole{Events: []Event{
		{ParcelID: &id, ToStatus: "cancelled", Actor: Staff, Note: "She is ill"},
		{ParcelID: &other, ToStatus: "cancelled", Actor: Buyer, Note: "x"},
	}}
	if w.WhyDropped(id) != "She is ill" || w.WhyDropped(other) != "" {
		t.Errorf("%q %q", w.WhyDropped(id), w.WhyDropped(other))
	}
}

// TestFactsInEveryLanguage: each fact has its words, with all it carries in
// them, and what was written before facts were kept is read as it stands.
func TestFactsInEveryLanguage(t *testing.T) {
	a, b := money.New(4_500_000, money.UZS), money.New(7150, money.JPY)
	facts := []Fact{
		{Kind: FactCashTaken, Amount: &a, Code: "producer"}, {Kind: FactCashOther, Code: "courier", Was: "programme", Text: "T"},
		{Kind: FactCashAll}, {Kind: FactRefund, Amount: &a}, {Kind: FactRefundSent, Amount: &a, Code: "bank", Text: "T"},
		{Kind: FactRefundBack, Amount: &a, Code: "payme", Text: "T"},
		{Kind: FactStray, Amount: &a}, {Kind: FactDiffers, Amount: &a, Of: &b}, {Kind: FactDispute, Amount: &b, Code: "opened", Ref: "dp_1"},
		{Kind: FactAsked, Code: "damaged"}, {Kind: FactWithdrawn}, {Kind: FactByBuyer}, {Kind: FactRefusedDoor},
	}
	for _, lang := range i18n.Langs() {
		l := i18n.For(lang)
		events := make([]Event, 0, len(facts)+2)
		for _, f := range facts {
			events = append(events, Event{Fact: &f})
		}
		events = append(events, Event{Note: "cash received"}, Event{Note: "buyer"})
		sayFacts(events, lang)
		seen := map[string]bool{}
		for i, f := range facts {
			said := events[i].Note
			for _, part := range []*money.Amount{f.Amount, f.Of} {
				if part != nil && !strings.Contains(said, l.Money(*part)) {
					t.Errorf("%s %s: %q does not say %v", lang, f.Kind, said, part)
				}
			}
			if said == "" || seen[said] || strings.Contains(said, "order.") || strings.Contains(said, "{") || f.Code != "" && !strings.Contains(said, l.T(codes[f.Kind]+f.Code)) ||
				!strings.Contains(said, f.Ref) || !strings.Contains(said, f.Text) {
				t.Errorf("%s %s: %q", lang, f.Kind, said)
			}
			seen[said] = true
		}
		if old := events[len(facts)].Note; old != "cash received" {
			t.Errorf("%s: an old note reads %q", lang, old)
		}
		if words := events[len(facts)+1].Note; words != "buyer" {
			t.Errorf("%s: somebody's own words read %q", lang, words)
		}
	}
}
