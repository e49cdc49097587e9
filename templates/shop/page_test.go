package shop

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/templates/layout"
)

func base(lang i18n.Lang) layout.Base {
	return layout.Base{Localizer: i18n.For(lang), Market: layout.Market{Code: "jp", Currency: "JPY"}}
}

func rate(t *testing.T, text string) money.Rate {
	t.Helper()
	r, err := money.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRateExample(t *testing.T) {
	for _, c := range []struct {
		base, quote money.Currency
		rate        string
		from, to    string
	}{
		{"UZS", "JPY", "0.01279", "100000.00 UZS", "1279 JPY"},
		{"UZS", "USD", "0.0000825", "1000000.00 UZS", "82.50 USD"},
		{"KGS", "JPY", "1.775", "1000.00 KGS", "1775 JPY"},
		{"KGS", "UZS", "138.8", "1.00 KGS", "138.80 UZS"},
		{"UZS", "USD", "0.000000000001", "1000000000.00 UZS", "0.00 USD"},
	} {
		from, to, err := rateExample(c.base, c.quote, rate(t, c.rate))
		if err != nil || from.String() != c.from || to.String() != c.to {
			t.Errorf("%s to %s at %s: %s = %s, %v", c.base, c.quote, c.rate, from, to, err)
		}
	}
}

// TestPriceAddsUp checks that what is shown of a price is all of it, whether
// the programme adds something, takes something off or does neither.
func TestPriceAddsUp(t *testing.T) {
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for name, v := range map[string]catalog.PricedVariant{
		"abroad":  {PriceMinor: 1480, Currency: "JPY", BaseMinor: 9600000, BaseIn: "UZS", Rate: rate(t, "0.01279"), RateDate: &day},
		"at home": {PriceMinor: 9600000, Currency: "UZS", BaseMinor: 9600000, BaseIn: "UZS"},
		"by hand": {PriceMinor: 1000, Currency: "JPY", BaseMinor: 9600000, BaseIn: "UZS", Rate: rate(t, "0.01279"), RateDate: &day, ByHand: true},
	} {
		v.ID, v.Stock = 1, 1
		p := catalog.ProductPage{Variants: []catalog.PricedVariant{v}}
		for _, lang := range i18n.Langs() {
			b := base(lang)
			list, err := NewVariants(b, p, 1000)
			if err != nil || len(list) != 1 || !list[0].Chosen {
				t.Fatalf("%s: %v, %v", name, list, err)
			}
			rows := list[0].Rows
			if last := rows[len(rows)-1]; !last.Total || last.Amount != b.Money(v.Price()) {
				t.Errorf("%s: the sum is %s", name, last.Amount)
			}
			if home := name == "at home"; (len(rows) == 2) != home || (len(list[0].Notes) == 1) != home {
				t.Errorf("%s in %s: %d rows, notes %q", name, lang, len(rows), list[0].Notes)
			}
		}
	}
}

func TestChosenVariant(t *testing.T) {
	sold := func(id, price int64, stock int) catalog.PricedVariant {
		return catalog.PricedVariant{ID: id, Currency: "JPY", PriceMinor: price, BaseIn: "JPY", BaseMinor: price, Stock: stock}
	}
	p := catalog.ProductPage{Variants: []catalog.PricedVariant{sold(1, 500, 0), sold(2, 900, 3), sold(3, 700, 1), sold(4, 700, 2), sold(5, 600, 0)}}
	list, err := NewVariants(base("en"), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if v.Chosen != (v.ID == 3) {
			t.Errorf("%d chosen: %t; the first of the cheapest in stock is 3", v.ID, v.Chosen)
		}
	}
	p.Variants = p.Variants[:1]
	if list, _ := NewVariants(base("en"), p, 0); !list[0].Chosen {
		t.Error("none is chosen when all are sold out")
	}
}

func TestVariantName(t *testing.T) {
	one, grams := 1, 250
	for want, v := range map[string]catalog.PricedVariant{
		"38–39":            {Label: "38–39", NetQuantity: &one, NetUnit: catalog.Piece},
		"250\u00a0g":       {NetQuantity: &grams, NetUnit: catalog.Gram},
		"blue, 250\u00a0g": {Label: "blue", NetQuantity: &grams, NetUnit: catalog.Gram},
		"":                 {NetUnit: catalog.Piece},
	} {
		if got := variantName(base("en"), v); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestKeeps(t *testing.T) {
	for days, want := range map[int]string{7: "7 days", 30: "30 days", 60: "2 months", 540: "18 months", 365: "12 months", 100: "100 days"} {
		if got := keeps(base("en"), days); !strings.HasPrefix(got, want+" ") {
			t.Errorf("%d days: %s", days, got)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for in, want := range map[string]string{
		"short":                 "short",
		"one two three four":    "one two…",
		"one\n two, three four": "one two…",
		"メロンジャムとお茶の時間に": "メロンジャムとお茶…",
	} {
		if got := excerpt(in, 10); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestQuoted(t *testing.T) {
	for lang, want := range map[i18n.Lang]string{"en": "“Yes。”", "ja": "「Yes」", "ru": "«Yes。»", "ky": "«Yes。»", "uz": "“Yes。”"} {
		if got := quoted("Yes。", lang); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
	if quoted("", "en") != "" {
		t.Error("marks around nothing")
	}
}

// overlapping lists names that cover each other, a pin, or lie off the paper.
func (s sketch) overlapping(size float64) (wrong []string) {
	var taken []box
	for _, k := range s.pins {
		taken = append(taken, k.room())
	}
	check := func(l label, size float64) {
		room := l.room(width(l.text, size), size*.8, size*.25)
		if room.hits(taken) > 0 || room.x0 < 0 || room.y0 < 0 || room.x1 > s.w || room.y1 > s.h {
			wrong = append(wrong, l.text)
		}
		taken = append(taken, room)
	}
	for _, k := range s.pins {
		if k.name != nil {
			check(*k.name, size)
		}
	}
	for _, l := range s.labels {
		if !strings.HasSuffix(l.text, "°") {
			check(l, townSize)
		}
	}
	return wrong
}

// TestMap draws each village alone and all together, in all languages, and
// checks that names stay on the paper and apart.
func TestMap(t *testing.T) {
	at := func(name string, lat, lon float64) Point { return Point{Name: name, Latitude: lat, Longitude: lon} }
	chimbay, kochkor := at("Chimbay", 42.93, 59.77), at("Kochkor", 42.22, 75.76)
	close := []Point{at("Nukus", 42.46, 59.61), at("Khojeyli", 42.4, 59.45), at("Kegeyli", 42.78, 59.61), chimbay, at("ボザタウ", 43.06, 59.3),
		at("Karauzyak", 43.03, 60.01), at("Moynaq", 43.77, 59.02)}
	for _, lang := range i18n.Langs() {
		for _, m := range []Map{{Here: []Point{chimbay}}, {Here: []Point{kochkor}}, {Here: close, Wide: true}} {
			s, size := m.sketch(base(lang)), nameSize
			if m.Wide {
				size = nameSizeWide
			}
			for _, k := range s.pins {
				if k.name == nil {
					t.Errorf("%s: %s has no name", lang, k.Name)
				}
			}
			if wrong := s.overlapping(size); len(wrong) > 0 || len(s.pins) != len(m.Here) || len(s.paths) == 0 {
				t.Errorf("%s: %d pins for %d villages, %d waters; in each other's way: %v", lang, len(s.pins), len(m.Here), len(s.paths), wrong)
			}
		}
	}
	if s := (Map{Here: []Point{chimbay}}).sketch(base("en")); len(s.labels) < 3 {
		t.Error("nothing to find one's way by")
	}
	if two := (Map{Here: []Point{chimbay, at("Next door", 42.931, 59.771)}, Wide: true}).sketch(base("en")); len(two.pins) != 1 || two.pins[0].more != 1 {
		t.Errorf("two at one place: %+v", two.pins)
	}
	if got := At(base("en"), 42.93, 59.77); got != "42°56′ N, 59°46′ E" {
		t.Errorf("coordinates %s", got)
	}
}

// TestMapOfMany draws two hundred villages: all of them count, those with most
// goods are named, nothing covers anything.
func TestMapOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	var here []Point
	for i := range 200 {
		here = append(here, Point{Name: "Aul " + strconv.Itoa(i), Href: "/v" + strconv.Itoa(i), Group: "places-1", Goods: i,
			Latitude: 41 + 3*r.Float64(), Longitude: 58 + 4*r.Float64()})
	}
	m := Map{ID: "map", Here: here, Wide: true}
	s := m.sketch(base("ru"))
	villages, named := 0, 0
	for i, k := range s.pins {
		villages += 1 + k.more
		if k.name != nil {
			named++
		}
		for _, o := range s.pins[:i] {
			if k.room().hits([]box{o.room()}) > 0 {
				t.Errorf("%s covers %s", k.Name, o.Name)
			}
		}
		if k.more > 0 && k.href() != "#places-1" || k.more == 0 && k.href() != k.Href {
			t.Errorf("%s and %d more lead to %s", k.Name, k.more, k.href())
		}
	}
	if wrong := s.overlapping(nameSizeWide); len(wrong) > 0 || villages != 200 || named < 8 || s.pins[0].name == nil {
		t.Errorf("%d villages in %d pins, %d named, in each other's way: %v", villages, len(s.pins), named, wrong)
	}
	var drawn strings.Builder
	if err := Drawing(base("en"), m).Render(t.Context(), &drawn); err != nil || drawn.Len() > 60<<10 {
		t.Errorf("%d bytes, %v", drawn.Len(), err)
	}
}
