package shop

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/templates/layout"
	"awil/templates/part"
)

// ProductPage is one product as a market sells it.
type ProductPage struct {
	layout.Base
	Crumbs    []layout.Link
	Product   catalog.ProductPage
	Photos    []part.Picture
	Maker     Maker
	Map       templ.Component // where her village lies
	Variants  []Variant
	Elsewhere []layout.Link // the markets that sell it, where this one does not
	Way       Way
	Sending   string // the quickest way in one line
	Season    string // when there is some, in one line; empty: all year
	Related   []part.Card
	Found     assessments.Assessment // without stars: none that holds
}

// Variant is a size or colour with its price and how that came about.
type Variant struct {
	catalog.PricedVariant
	Name   string // "250 g", "38–39"; empty for the only one
	Rows   []part.Row
	Notes  []string // rate and share, one sentence each
	Chosen bool
}

// MostAtOnce is how many pieces the page offers to put into the cart at once.
const MostAtOnce = 10

func (p *ProductPage) most() int {
	most := 1
	for _, v := range p.Variants {
		most = max(most, min(v.Stock, MostAtOnce))
	}
	return most
}

// NewVariants prepares the variants of a product for its page. share is what the
// programme keeps of the maker's price, in basis points.
func NewVariants(b layout.Base, p catalog.ProductPage, share int) ([]Variant, error) {
	list := make([]Variant, len(p.Variants))
	begin := beginning(p.Variants)
	for i, v := range p.Variants {
		list[i] = Variant{PricedVariant: v, Name: variantName(b, v), Chosen: i == begin}
		if err := list[i].explain(b, share); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// beginning is the place of the variant the page begins with: the cheapest in
// stock, whose price its card names; the first where all are sold out.
func beginning(list []catalog.PricedVariant) int {
	best := 0
	for i, v := range list {
		if v.Stock > 0 && (list[best].Stock <= 0 || v.PriceMinor < list[best].PriceMinor) {
			best = i
		}
	}
	return best
}

// variantName says what tells a variant from its sisters: its label, how much
// it holds, or both.
func variantName(b layout.Base, v catalog.PricedVariant) string {
	var parts []string
	if v.Label != "" {
		parts = append(parts, v.Label)
	}
	if size := netOf(b, v); size != "" {
		parts = append(parts, size)
	}
	return strings.Join(parts, ", ")
}

// netOf writes how much a variant holds; that a single piece is one piece goes
// without saying.
func netOf(b layout.Base, v catalog.PricedVariant) string {
	if v.NetQuantity == nil || v.NetUnit == catalog.Piece && *v.NetQuantity == 1 {
		return ""
	}
	return b.Quantity(*v.NetQuantity, string(v.NetUnit))
}

// explain writes how the price is made: the maker's part, at the rate of the
// day; what packing, papers and the programme add; together what is paid. The
// second row is what remains, so that the rows add up to the price exactly.
func (v *Variant) explain(b layout.Base, share int) error {
	makers, rate, err := makersPart(b, v.PricedVariant)
	if err != nil {
		return err
	}
	added, err := v.Price().Sub(makers)
	if err != nil {
		return err
	}
	term := b.T("shop.made.maker")
	if v.BaseIn != v.Currency {
		term = b.T("shop.made.maker_in", "sum", v.Base())
	}
	v.Rows = append(v.Rows, part.Row{Term: term, Amount: b.Money(makers)})
	switch {
	case added.Sign() > 0:
		v.Rows = append(v.Rows, part.Row{Term: b.T("shop.made.programme"), Amount: b.Money(added)})
	case added.Sign() < 0:
		v.Rows = append(v.Rows, part.Row{Term: b.T("shop.made.reduced"), Amount: b.Money(added)})
	}
	v.Rows = append(v.Rows, part.Row{Term: b.T("shop.made.total"), Amount: b.Money(v.Price()), Total: true})
	if rate != "" {
		v.Notes = append(v.Notes, rate)
	}
	if v.ByHand {
		v.Notes = append(v.Notes, b.T("shop.made.by_hand"))
	}
	if share > 0 {
		v.Notes = append(v.Notes, b.T("shop.made.share", "share", b.Percent(share)))
	}
	return nil
}

// makersPart is what the maker asks, in the market's currency, and the
// sentence about the rate, which is empty where nothing is exchanged.
func makersPart(b layout.Base, v catalog.PricedVariant) (money.Amount, string, error) {
	if v.BaseIn == v.Currency {
		return v.Base(), "", nil
	}
	makers, err := v.Base().Convert(v.Rate, v.Currency, money.HalfUp)
	if err != nil || v.RateDate == nil {
		return makers, "", err
	}
	left, right, err := rateExample(v.BaseIn, v.Currency, v.Rate)
	if err != nil {
		return money.Amount{}, "", err
	}
	return makers, b.T("shop.made.rate", "from", left, "to", right, "date", *v.RateDate), nil
}

// rateExample shows a rate by round sums: the least power of ten of the
// maker's currency that comes to a thousand minor units of the market's, so
// that three figures of the rate can be read.
func rateExample(base, quote money.Currency, rate money.Rate) (from, to money.Amount, err error) {
	from = money.New(base.MinorPerMajor(), base)
	for range 9 {
		if to, err = from.Convert(rate, quote, money.HalfUp); err != nil || to.Minor >= 1000 {
			return from, to, err
		}
		if from, err = from.Mul(10); err != nil {
			return from, to, err
		}
	}
	return from, to, nil
}

// keeps writes a shelf life the way people count: in months where it is whole
// months and at least two, else in days.
func keeps(b layout.Base, days int) string {
	const month = 30
	if days >= 2*month && days%month == 0 {
		return b.T("shop.keeps.months", "n", days/month)
	}
	if days == 365 || days == 730 {
		return b.T("shop.keeps.months", "n", days/365*12)
	}
	return b.T("shop.keeps.days", "n", days)
}

func (p *ProductPage) facts() []part.Fact {
	var facts []part.Fact
	made := p.Product
	if made.Composition.Text != "" {
		term := p.T("shop.fact.materials")
		if made.Food {
			term = p.T("shop.fact.ingredients")
		}
		facts = append(facts, part.Fact{Term: term, Body: said(p.Base, made.Composition)})
	}
	if made.Food || len(made.Allergens.Contains)+len(made.Allergens.MayContain) > 0 {
		facts = append(facts, part.Fact{Term: p.T("shop.fact.allergens"), Body: allergens(p.Base, made.Allergens)})
	}
	if sizes := p.sizes(); sizes != "" {
		facts = append(facts, part.Fact{Term: p.T("shop.fact.net"), Text: sizes})
	}
	if made.ShelfDays != nil {
		facts = append(facts, part.Fact{Term: p.T("shop.fact.keeps"), Text: keeps(p.Base, *made.ShelfDays)})
	}
	if made.Storage != catalog.StoreAny && made.Storage != "" {
		facts = append(facts, part.Fact{Term: p.T("shop.fact.storage"), Text: p.T("shop.storage." + string(made.Storage))})
	}
	return append(facts, part.Fact{Term: p.T("shop.fact.origin"), Text: p.T("shop.fact.origin_in", "village", p.Maker.Village, "country", p.Maker.Country)})
}

// sizes lists how much each variant holds.
func (p *ProductPage) sizes() string {
	var sizes []string
	for _, v := range p.Variants {
		size := netOf(p.Base, v.PricedVariant)
		if size != "" && !slices.Contains(sizes, size) {
			sizes = append(sizes, size)
		}
	}
	return strings.Join(sizes, " / ")
}

// Listed turns allergen codes into their names in the page's language.
func listed(b layout.Base, codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = b.Allergen(code)
	}
	return b.List(names)
}

// seen is what the browser remembers of the product.
func (p *ProductPage) seen() part.SeenHere {
	here := part.SeenHere{Path: "/products/" + p.Product.Slug(), Name: p.Product.Name.Text, Lang: p.nameTag()}
	if len(p.Photos) > 0 {
		here.Picture = p.Photos[0]
	}
	return here
}

func (p *ProductPage) nameTag() string { return foreign(p.Product.Name.Lang, p.Lang()) }

// foreignText is the language of the first text that is not translated yet, for
// the note about it; the page's own where all are.
func (p *ProductPage) foreignText() i18n.Lang {
	for _, s := range []catalog.Said{p.Product.Story, p.Product.Summary, p.Product.Name} {
		if s.Text != "" && foreign(s.Lang, p.Lang()) != "" {
			return s.Lang
		}
	}
	return p.Lang()
}
