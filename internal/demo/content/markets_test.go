package content_test

import (
	"slices"
	"testing"
	"time"

	"awil/internal/demo/content"
	"awil/internal/money"
)

func TestMarketsCanSell(t *testing.T) {
	p := load(t)
	countries := map[string]bool{}
	for _, c := range p.Countries {
		countries[c.Code] = true
	}
	for _, m := range p.Markets {
		if !m.Currency.Known() {
			t.Errorf("%s: currency %q", m.Code, m.Currency)
		}
		if !slices.Contains(m.Languages, m.DefaultLanguage) {
			t.Errorf("%s: default language %s is not one of its own", m.Code, m.DefaultLanguage)
		}
		for _, c := range m.Countries {
			if !countries[c] {
				t.Errorf("%s: country %s has no name", m.Code, c)
			}
		}
		if len(m.Payment) == 0 || m.MarginBP < 0 || m.MarginBP > 10_000 || m.RoundingMinor < 1 {
			t.Errorf("%s: %+v", m.Code, m)
		}
		for _, w := range m.Payment {
			if (w.Method == "cod") != (w.HoldMinutes == nil) || !slices.Contains([]string{"card", "cod", "bank", "payme", "click"}, w.Method) {
				t.Errorf("%s: payment %+v", m.Code, w)
			}
		}
		for _, from := range []money.Currency{"UZS", "KGS"} {
			converts := slices.ContainsFunc(p.Rates, func(r content.Rate) bool { return r.Base == from && r.Quote == m.Currency })
			if converts == (from == m.Currency) {
				t.Errorf("%s: rate from %s to %s", m.Code, from, m.Currency)
			}
		}
	}
}

func TestRatesAreDatedAndSourced(t *testing.T) {
	for _, r := range load(t).Rates {
		if _, err := time.Parse(time.DateOnly, r.ValidFrom); err != nil || r.Source != "demo" || r.Rate.IsZero() {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

// Every variant can reach every market its product is sold in.
func TestEveryVariantCanBeShipped(t *testing.T) {
	p := load(t)
	limit := map[string]int{}
	for _, s := range p.Shipping {
		limit[s.Market] = max(limit[s.Market], s.MaxGrams)
		home := s.Market == "uz" || s.Market == "kg"
		if (s.Kind == "parcel") != home || s.Kind != "parcel" && s.Kind != "box" {
			t.Errorf("%s %s: kind %s", s.Market, s.Code, s.Kind)
		}
		if s.BaseMinor <= 0 || s.PerKgMinor < 0 || s.MinDays < 1 || s.MaxDays < s.MinDays {
			t.Errorf("%s %s: %+v", s.Market, s.Code, s)
		}
	}
	for _, g := range products(p) {
		for _, m := range g.Markets {
			for _, v := range g.Variants {
				if v.WeightGrams > limit[m] {
					t.Errorf("%s (%d g) cannot be sent to %s", g.Slug, v.WeightGrams, m)
				}
			}
		}
	}
}

func TestDemoAccounts(t *testing.T) {
	p := load(t)
	want := map[string]string{
		"curator@demo.awil": "curator", "finance@demo.awil": "finance", "admin@demo.awil": "admin",
		"melon@demo.awil": "producer", "buyer@demo.awil": "buyer", "partner@demo.awil": "partner",
	}
	for _, a := range p.Accounts {
		if want[a.Email] != a.Role || (a.Role == "producer") != (a.Producer != "") {
			t.Errorf("%+v", a)
		}
		delete(want, a.Email)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
