package fill

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"awil/internal/demo/content"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/search"
)

// mostSizes is how many variants a good has at most; each has an id of its own kept for it.
const mostSizes = 2

// good is a generated product.
type good struct {
	id        int64
	by        maker
	kind      content.Kind
	shelf     shelf
	thing     content.Thing
	published time.Time
	names     map[i18n.Lang]string
	called    string // what names are put together from, where others are called the same; else empty
}

// good makes the product of a number and writes it into c.
func (f *filler) good(c *chunk, number int, by maker) error {
	r := random(f.seed, forGood, number)
	g := good{id: f.productBase + int64(number-f.first), by: by, kind: pick(r, f.Kinds)}
	g.shelf, g.thing = f.shelves[g.kind.Category], pick(r, f.Things[g.kind.Of])
	g.published = f.now.Add(-time.Duration(r.Int64N(int64(oldest * 24 * time.Hour)))).Truncate(time.Second)
	f.name(r, &g)
	f.head(c, r, g, number)
	f.texts(c, r, g)
	f.allergens(c, g)
	f.pictures(c, r, g)
	return f.sell(c, r, g)
}

// name says what it is, and how it was made or where it comes from.
func (f *filler) name(r *rand.Rand, g *good) {
	shape, touch := r.IntN(8), r.IntN(len(f.Touches[g.kind.Touch]))
	g.names = map[i18n.Lang]string{}
	for _, lang := range i18n.Langs() {
		name, comma := i18n.Title(lang, g.fill(g.kind.Name[lang], lang)), ", "
		if lang == i18n.JA {
			comma = " "
		}
		switch shape {
		case 0, 1:
		case 2:
			name += comma + g.by.village.Names[lang]
		default:
			name += comma + f.Touches[g.kind.Touch][touch][lang]
		}
		g.names[lang] = name
	}
	if shape != 2 {
		g.called = g.names[i18n.EN] + g.names[i18n.RU] // no two are alike in both
	}
}

// fill writes the thing into a text of its kind.
func (g good) fill(text string, lang i18n.Lang) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "{g}", g.thing.Gen), "{x}", g.thing.Name[lang])
}

// waiting is among how many goods one waits to be looked at again, while buyers go on seeing it.
const waiting = 1000

func (f *filler) head(c *chunk, r *rand.Rand, g good, number int) {
	state, submitted := "approved", g.published.Add(-time.Duration(within(r, 1, 72))*time.Hour)
	if number%waiting == waiting-1 {
		state, submitted = "submitted", f.now.Add(-time.Duration(within(r, 1, 30*24))*time.Hour)
	}
	var days any
	if g.kind.ShelfLifeDays != nil {
		days = *g.kind.ShelfLifeDays
	}
	c.add("products", g.id, slugOf(g.names), g.by.id, g.shelf.ID, state, days, g.kind.Storage, g.kind.HSCode,
		submitted, g.published, g.published.AddDate(0, 0, -5), g.published)
}

// texts writes what buyers read and what finds it.
func (f *filler) texts(c *chunk, r *rand.Rand, g good) {
	summary, story := pick(r, f.Summaries[g.kind.Touch]), pick(r, f.Stories[g.kind.Touch])
	if !oneIn(r, 3) {
		story = nil // most makers say little
	}
	for _, lang := range i18n.Langs() {
		composition := g.composition(lang)
		state := textState(lang, g.by.lang)
		c.add("product_texts", g.id, string(lang), g.names[lang], summary[lang], story[lang], composition, state, g.published)
		if state == "source" {
			c.add("product_sources", g.id, string(lang), g.names[lang], story[lang], composition, g.published)
		}
	}
	named := f.once(g.called, func() search.Part { return called(g.names) })
	words := f.once(g.kind.Slug+g.thing.Name[i18n.EN]+summary[i18n.EN]+story[i18n.EN], func() search.Part {
		var parts []search.Part
		for _, lang := range i18n.Langs() {
			parts = append(parts, f.other(summary[lang]+" "+g.composition(lang)), f.other(story[lang]))
		}
		return search.Join(append(parts, g.shelf.found)...)
	})
	c.learn(named)
	lines, lexemes := search.Join(named, search.OfKeys(g.id, g.shelf.ID, g.by.village.ID), g.by.found, words).Document()
	c.add("product_search", g.id, lines, lexemes)
}

func (g good) composition(lang i18n.Lang) string {
	return i18n.Title(lang, g.fill(g.kind.Composition[lang], lang))
}

// called is what finds a good by its names, in the order of their languages' codes as the database sorts them.
func called(names map[i18n.Lang]string) search.Part {
	var parts []search.Part
	for _, lang := range slices.Sorted(maps.Keys(names)) {
		parts = append(parts, search.OfName(names[lang]))
	}
	return search.Join(parts...)
}

func (f *filler) other(text string) search.Part {
	return f.once(text, func() search.Part { return search.OfOther(text) })
}

// once works out what many goods are found by once for all of them. What has no key is one good's alone.
func (f *filler) once(key string, work func() search.Part) search.Part {
	if key == "" {
		return work()
	}
	if known, ok := f.known.Load(key); ok {
		if p, ok := known.(search.Part); ok {
			return p
		}
	}
	p := work()
	f.known.Store(key, p)
	return p
}

func (f *filler) allergens(c *chunk, g good) {
	contains := slices.Concat(g.kind.Contains, g.thing.Contains)
	slices.Sort(contains)
	contains = slices.Compact(contains)
	for _, code := range contains {
		c.add("product_allergens", g.id, code, "contains")
	}
	for _, code := range g.kind.MayContain {
		if !slices.Contains(contains, code) {
			c.add("product_allergens", g.id, code, "may_contain")
		}
	}
}

func (f *filler) pictures(c *chunk, r *rand.Rand, g good) {
	first := r.IntN(len(g.shelf.Photos))
	c.add("product_photos", g.id, g.shelf.Photos[first], 0, true)
	if second := r.IntN(len(g.shelf.Photos)); second != first && oneIn(r, 3) {
		c.add("product_photos", g.id, g.shelf.Photos[second], 1, true)
	}
}

// sell writes sizes, what they cost in each market, and the lists that show them.
func (f *filler) sell(c *chunk, r *rand.Rand, g good) error {
	sizes := g.kind.Sizes[:within(r, 1, min(mostSizes, len(g.kind.Sizes)))]
	first := price(r, g.kind, g.by.currency)
	soldOut := oneIn(r, 12)
	prices := make([]money.Amount, len(sizes))
	for i, size := range sizes {
		prices[i] = money.New(rounded(first*size.Tenths/10, g.by.currency)*g.by.currency.MinorPerMajor(), g.by.currency)
		stock := within(r, 1, 60)
		if soldOut || oneIn(r, 20) {
			stock = 0
		}
		c.add("variants", f.variantID(g.id, i), g.id, i, size.Net.Quantity, size.Net.Unit, size.WeightGrams, prices[i].Minor, string(g.by.currency), stock)
	}
	for _, market := range g.kind.Markets {
		if !f.markets[market] || market != "uz" && market != "kg" && oneIn(r, 4) {
			continue
		}
		c.add("product_markets", g.id, market)
		if err := f.offer(c, g, market, prices); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) variantID(product int64, size int) int64 {
	return f.variantBase + (product-f.productBase)*mostSizes + int64(size)
}

// offer prices a good for a market and puts it on the market's lists.
func (f *filler) offer(c *chunk, g good, market string, prices []money.Amount) error {
	var from money.Amount
	for i, base := range prices {
		o, err := f.priceOf(market, base)
		if err != nil {
			return fmt.Errorf("price of %s in %s: %w", base, market, err)
		}
		if !o.sold {
			return nil
		}
		c.add("offers", market, f.variantID(g.id, i), g.id, o.price.Minor, string(o.price.Currency), base.Minor, string(base.Currency), o.rate, o.day, false)
		if from.Minor == 0 || o.price.Minor < from.Minor {
			from = o.price
		}
	}
	c.add("listings", market, g.id, from.Minor, string(from.Currency), g.shelf.ID, g.by.village.ID, g.by.id, g.published)
	return nil
}

// asked is what is priced: makers ask for round sums, so few differ.
type asked struct {
	market string
	base   money.Amount
}

// offer is what it costs, as the table has it.
type offer struct {
	sold  bool
	price money.Amount
	rate  string
	day   any
}

func (f *filler) priceOf(market string, base money.Amount) (offer, error) {
	if known, ok := f.priced.Load(asked{market, base}); ok {
		if o, ok := known.(offer); ok {
			return o, nil
		}
	}
	found, sold, err := f.prices.Offer(market, base)
	if err != nil {
		return offer{}, err
	}
	o := offer{sold: sold, price: found.Price, rate: found.Rate.String()}
	if found.RateDate != nil {
		o.day = found.RateDate.Format(time.DateOnly)
	}
	f.priced.Store(asked{market, base}, o)
	return o, nil
}

// price is what a maker asks for the first size, in major units of her currency.
func price(r *rand.Rand, k content.Kind, currency money.Currency) int64 {
	som := (k.Price[0] + r.Int64N(k.Price[1]-k.Price[0]+1)) * 1000
	if currency == money.KGS {
		som /= content.SomPerKGS
	}
	return rounded(som, currency)
}

// rounded is a sum as people ask for it: in steps of 500 soʻm or 5 som.
func rounded(major int64, currency money.Currency) int64 {
	step := int64(500)
	if currency == money.KGS {
		step = 5
	}
	return max(step, (major+step/2)/step*step)
}
