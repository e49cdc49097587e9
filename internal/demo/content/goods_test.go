package content_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"awil/internal/demo/content"
	"awil/internal/money"
)

// The programme's allergen list, as the first migration of the catalogue has it.
var allergens = strings.Fields(`egg milk wheat gluten_other buckwheat peanut shrimp crab walnut cashew almond
	pistachio macadamia hazelnut pecan brazil pine_nut sesame soy fish salmon mackerel molluscs abalone squid oyster
	mussel celery mustard lupin sulphites aspartame peach tomato pork chicken beef orange kiwifruit banana apple yam
	salmon_roe gelatin`)

func TestFoodSaysWhatItMust(t *testing.T) {
	p := load(t)
	food := map[string]bool{}
	for _, c := range p.Categories {
		food[c.Slug] = c.Food
	}
	for _, g := range products(p) {
		isFood := food[g.Category]
		if isFood && (g.ShelfLifeDays == nil || *g.ShelfLifeDays < 7 || *g.ShelfLifeDays > 3650) {
			t.Errorf("%s keeps for no plausible time", g.Slug)
		}
		// Soap is no food, and yet keeps for a time and in a place.
		if (g.ShelfLifeDays != nil) != (g.Storage != "none") {
			t.Errorf("%s: storage %q, but shelf life %v", g.Slug, g.Storage, g.ShelfLifeDays)
		}
		if !slices.Contains([]string{"none", "room", "cool_dry", "refrigerate"}, g.Storage) {
			t.Errorf("%s: storage %q is not known", g.Slug, g.Storage)
		}
		for i, code := range append(slices.Clone(g.Allergens.Contains), g.Allergens.MayContain...) {
			if !slices.Contains(allergens, code) {
				t.Errorf("%s: no allergen %q", g.Slug, code)
			}
			if i >= len(g.Allergens.Contains) && slices.Contains(g.Allergens.Contains, code) {
				t.Errorf("%s both contains and may contain %s", g.Slug, code)
			}
		}
		// Chapters 1 to 24 of the Harmonized System are what people eat and drink.
		if chapter := g.HSCode[:2]; isFood != (chapter <= "24") {
			t.Errorf("%s: HS chapter %s", g.Slug, chapter)
		}
	}
}

var hsForm = regexp.MustCompile(`^[0-9]{6}$`)

func TestGoodsGoOnlyWhereTheyMay(t *testing.T) {
	for _, g := range products(load(t)) {
		if !hsForm.MatchString(g.HSCode) {
			t.Errorf("%s: HS code %q", g.Slug, g.HSCode)
		}
		if !slices.Contains(g.Markets, "uz") || !slices.Contains(g.Markets, "kg") {
			t.Errorf("%s is not sold at home", g.Slug)
		}
		// The EU takes milk products only from approved plants, and bakery with
		// milk or egg only with an attestation.
		eu := slices.Contains(g.Markets, "eu")
		if eu && (slices.Contains(g.Allergens.Contains, "milk") || slices.Contains(g.Allergens.Contains, "egg")) {
			t.Errorf("%s goes to the EU with milk or egg", g.Slug)
		}
		if strings.HasPrefix(g.HSCode, "04") && len(g.Markets) != 2 {
			t.Errorf("%s is dairy and leaves the home markets", g.Slug)
		}
	}
}

func TestVariantsArePlausible(t *testing.T) {
	p := load(t)
	toYen := map[money.Currency]money.Rate{}
	for _, r := range p.Rates {
		if r.Quote == "JPY" {
			toYen[r.Base] = r.Rate
		}
	}
	for _, maker := range p.Producers {
		for _, g := range maker.Products {
			if n := len(g.Variants); n < 1 || n > 3 {
				t.Errorf("%s has %d variants", g.Slug, n)
			}
			for _, v := range g.Variants {
				plausible(t, g.Slug, v)
				price, err := v.Amount(maker.Currency)
				if err != nil {
					t.Errorf("%s: %v", g.Slug, err)
					continue
				}
				yen, err := price.Convert(toYen[maker.Currency], "JPY", money.Up)
				if err != nil || yen.Minor < 300 || yen.Minor > 80_000 {
					t.Errorf("%s costs %v, %v", g.Slug, yen, err)
				}
			}
		}
	}
}

func plausible(t *testing.T, slug string, v content.Variant) {
	t.Helper()
	if v.Net.Quantity < 1 || !slices.Contains([]string{"g", "ml", "piece"}, v.Net.Unit) {
		t.Errorf("%s: net %d %s", slug, v.Net.Quantity, v.Net.Unit)
	}
	if v.Net.Unit != "piece" && v.WeightGrams <= v.Net.Quantity {
		t.Errorf("%s: %d g packed holds %d", slug, v.WeightGrams, v.Net.Quantity)
	}
	if v.WeightGrams < 20 || v.WeightGrams > 30_000 || v.Stock < 1 || v.Stock > 200 {
		t.Errorf("%s: %d g, %d in stock", slug, v.WeightGrams, v.Stock)
	}
}

// The price on the design's first page: a jar of melon jam at 96 000 soʻm is
// ¥1,480 in Japan.
func TestMelonJamCostsWhatTheShopWindowSays(t *testing.T) {
	p := load(t)
	at := slices.IndexFunc(p.Markets, func(m content.Market) bool { return m.Code == "jp" })
	rate := slices.IndexFunc(p.Rates, func(r content.Rate) bool { return r.Base == "UZS" && r.Quote == "JPY" })
	price, err := money.Parse("96000", "UZS")
	if err != nil {
		t.Fatal(err)
	}
	full := p.Rates[rate].Rate.PlusBasisPoints(int64(p.Markets[at].MarginBP))
	yen, err := price.Convert(full, "JPY", money.Up)
	if err != nil {
		t.Fatal(err)
	}
	if yen, err = yen.RoundUpTo(p.Markets[at].RoundingMinor); err != nil || yen.Minor != 1480 {
		t.Errorf("melon jam costs %v, %v", yen, err)
	}
}
