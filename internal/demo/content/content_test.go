package content_test

import (
	"regexp"
	"slices"
	"testing"

	"awil/internal/demo/content"
	"awil/internal/money"
)

func load(t *testing.T) content.Programme {
	t.Helper()
	p, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheDemoIsLargeEnoughToShow(t *testing.T) {
	p := load(t)
	products := 0
	for _, maker := range p.Producers {
		products += len(maker.Products)
	}
	if products < 24 || len(p.Producers) < 10 || len(p.Villages) < 8 || len(p.Collections) < 3 {
		t.Errorf("%d products of %d producers in %d villages, %d collections",
			products, len(p.Producers), len(p.Villages), len(p.Collections))
	}
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// names collects slugs of one kind: each well formed and there once.
type names struct {
	t    *testing.T
	kind string
	have map[string]bool
}

func collect[T any](t *testing.T, kind string, of []T, slug func(T) string) names {
	t.Helper()
	n := names{t, kind, map[string]bool{}}
	for _, one := range of {
		s := slug(one)
		if !slugForm.MatchString(s) {
			t.Errorf("%s %q is no slug", kind, s)
		}
		if n.have[s] {
			t.Errorf("%s %q is there twice", kind, s)
		}
		n.have[s] = true
	}
	return n
}

func (n names) want(slug, by string) {
	n.t.Helper()
	if !n.have[slug] {
		n.t.Errorf("%s: no %s %q", by, n.kind, slug)
	}
}

func products(p content.Programme) []content.Product {
	var all []content.Product
	for _, maker := range p.Producers {
		all = append(all, maker.Products...)
	}
	return all
}

func TestReferencesResolve(t *testing.T) {
	p := load(t)
	regions := collect(t, "region", p.Regions, func(r content.Region) string { return r.Slug })
	districts := collect(t, "district", p.Districts, func(d content.District) string { return d.Slug })
	villages := collect(t, "village", p.Villages, func(v content.Village) string { return v.Slug })
	categories := collect(t, "category", p.Categories, func(c content.Category) string { return c.Slug })
	producers := collect(t, "producer", p.Producers, func(m content.Producer) string { return m.Slug })
	goods := collect(t, "product", products(p), func(g content.Product) string { return g.Slug })
	collections := collect(t, "collection", p.Collections, func(c content.Collection) string { return c.Slug })
	markets := collect(t, "market", p.Markets, func(m content.Market) string { return m.Code })

	markets.want(p.DefaultMarket, "programme")
	for _, d := range p.Districts {
		regions.want(d.Region, d.Slug)
	}
	for _, v := range p.Villages {
		districts.want(v.District, v.Slug)
	}
	for i, c := range p.Categories {
		if c.Parent != "" {
			categories.want(c.Parent, c.Slug)
			above := slices.IndexFunc(p.Categories, func(o content.Category) bool { return o.Slug == c.Parent })
			if above >= i || above >= 0 && p.Categories[above].Food != c.Food {
				t.Errorf("category %s does not fit under %s", c.Slug, c.Parent)
			}
		}
	}
	for _, m := range p.Producers {
		villages.want(m.Village, m.Slug)
	}
	for _, g := range products(p) {
		categories.want(g.Category, g.Slug)
		for _, m := range g.Markets {
			markets.want(m, g.Slug)
		}
	}
	for _, c := range p.Collections {
		for _, g := range c.Products {
			goods.want(g, c.Slug)
		}
	}
	for _, f := range p.Features {
		markets.want(f.Market, "features")
		for _, c := range f.Collections {
			collections.want(c, "features of "+f.Market)
		}
	}
	for _, a := range p.Assessments {
		goods.want(a.Product, "assessments")
	}
	for _, s := range p.Shipping {
		markets.want(s.Market, s.Code)
	}
	for _, a := range p.Accounts {
		if a.Producer != "" {
			producers.want(a.Producer, a.Email)
		}
	}
}

func TestFeaturedGoodsAreSoldThere(t *testing.T) {
	p := load(t)
	sold := map[string][]string{}
	for _, g := range products(p) {
		sold[g.Slug] = g.Markets
	}
	for _, f := range p.Features {
		for i, g := range f.Products {
			if !slices.Contains(sold[g], f.Market) {
				t.Errorf("%s is featured in %s but not sold there", g, f.Market)
			}
			if slices.Contains(f.Products[:i], g) {
				t.Errorf("%s is featured twice in %s", g, f.Market)
			}
		}
	}
	if len(p.Features) != len(p.Markets) {
		t.Errorf("%d markets, %d with features", len(p.Markets), len(p.Features))
	}
}

func TestPlacesLieWhereTheyShould(t *testing.T) {
	p := load(t)
	country := map[string]string{}
	for _, r := range p.Regions {
		country[r.Slug] = r.Country
	}
	region := map[string]string{}
	karakalpak := 0
	for _, d := range p.Districts {
		region[d.Slug] = d.Region
		if d.Region == "karakalpakstan" {
			karakalpak++
		}
	}
	if karakalpak != 17 {
		t.Errorf("%d districts in Karakalpakstan, want sixteen and the city of Nukus", karakalpak)
	}
	// Rough boxes: Karakalpakstan, and Kyrgyzstan.
	boxes := map[string][4]float64{"UZ": {40.9, 45.7, 55.9, 62.5}, "KG": {39.1, 43.3, 69.2, 80.3}}
	for _, v := range p.Villages {
		b := boxes[country[region[v.District]]]
		if v.Latitude < b[0] || v.Latitude > b[1] || v.Longitude < b[2] || v.Longitude > b[3] {
			t.Errorf("%s lies at %v, %v", v.Slug, v.Latitude, v.Longitude)
		}
	}
	money := map[string]money.Currency{"UZ": "UZS", "KG": "KGS"}
	for _, m := range p.Producers {
		at := slices.IndexFunc(p.Villages, func(v content.Village) bool { return v.Slug == m.Village })
		if want := money[country[region[p.Villages[at].District]]]; m.Currency != want {
			t.Errorf("%s sells in %s, her country's money is %s", m.Slug, m.Currency, want)
		}
	}
}
