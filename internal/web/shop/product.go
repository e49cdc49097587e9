package shop

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/paging"
	"awil/internal/places"
	"awil/internal/producers"
	"awil/internal/shipping"
	"awil/internal/web"
	"awil/templates/layout"
	"awil/templates/part"
	pages "awil/templates/shop"
)

func (s *Shop) product(c echo.Context) error {
	b, ctx := web.Base(c), c.Request().Context()
	p, err := s.Catalog.ProductBySlug(ctx, b.Market.Code, b.Lang(), c.Param("slug"))
	if err != nil {
		return err
	}
	if p.Slug() != c.Param("slug") {
		return moved(c, b, "/products/"+p.Slug())
	}
	page, err := s.productPage(ctx, b, p)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Product(page))
}

// productData is what a product's page is made from, besides the product.
type productData struct {
	producer producers.Producer
	village  places.Village
	methods  []shipping.Method
	share    int // what the programme keeps of the maker's price, basis points
	related  []catalog.Card
	found    assessments.Assessment // without stars: none that holds
	pictures album
}

func (s *Shop) productData(ctx context.Context, b layout.Base, p catalog.ProductPage) (d productData, err error) {
	if d.producer, err = s.Producers.Shown(ctx, b.Lang(), p.ProducerID); err != nil {
		return d, err
	}
	villages, err := s.Places.VillagesByID(ctx, b.Lang(), p.VillageID)
	if err != nil {
		return d, err
	}
	d.village = villages[p.VillageID]
	if d.methods, err = s.Shipping.Methods(ctx, b.Market.Code, b.Lang()); err != nil {
		return d, err
	}
	programme, err := s.Markets.Programme(ctx)
	if err != nil {
		return d, err
	}
	d.share = programme.CommissionBP
	if d.related, err = s.related(ctx, b, p); err != nil {
		return d, err
	}
	if p.Scored {
		if d.found, err = s.Assessments.Current(ctx, p.ID); err != nil {
			return d, err
		}
	}
	ids := append(photoIDs(d.related), at(d.producer.PhotoID), at(d.village.HeroPhotoID))
	d.pictures, err = s.album(ctx, b.Lang(), append(ids, p.PhotoIDs...)...)
	return d, err
}

// related lists goods from near by, filled up with the newest so that the row is
// whole.
func (s *Shop) related(ctx context.Context, b layout.Base, p catalog.ProductPage) ([]catalog.Card, error) {
	market := b.Market.Code
	list, err := s.Catalog.Related(ctx, market, b.Lang(), p, shelfRow)
	if err != nil || len(list) == shelfRow {
		return list, err
	}
	newest, _, err := s.Catalog.Listing(ctx, catalog.ListQuery{Market: market, Lang: b.Lang(), Page: paging.Page{Limit: 2 * shelfRow}})
	for _, c := range newest {
		known := slices.ContainsFunc(list, func(o catalog.Card) bool { return o.ID == c.ID })
		if len(list) < shelfRow && c.ID != p.ID && !known {
			list = append(list, c)
		}
	}
	return list, err
}

func (s *Shop) productPage(ctx context.Context, b layout.Base, p catalog.ProductPage) (pages.ProductPage, error) {
	d, err := s.productData(ctx, b, p)
	if err != nil {
		return pages.ProductPage{}, err
	}
	page := pages.ProductPage{
		Product: p, Maker: maker(b, d.pictures, d.producer, d.village), Map: s.drawings.villageMap(b, d.producer.VillageName, d.village),
		Sending: pages.Sending(b, d.methods), Related: cards(b, d.pictures, d.related, 0),
		Found: d.found,
	}
	if page.Maker.Picture.Key == "" {
		page.Maker.Picture = d.pictures.picture(at(d.village.HeroPhotoID), "")
	}
	for _, id := range p.PhotoIDs {
		if picture := d.pictures.picture(id, p.Name.Text); picture.Key != "" {
			page.Photos = append(page.Photos, picture)
		}
	}
	if page.Variants, err = pages.NewVariants(b, p, d.share); err != nil {
		return pages.ProductPage{}, err
	}
	if p.Sold() {
		page.Way, err = s.way(ctx, b, d.methods, p.VillageName, d.village.Country)
	} else {
		page.Elsewhere, err = s.elsewhere(ctx, b, p)
	}
	if err != nil {
		return pages.ProductPage{}, err
	}
	page.Season = s.season(ctx, b, p.Season)
	page.Crumbs = productCrumbs(b, p)
	describeProduct(&b, page)
	page.Base = b
	return page, nil
}

// elsewhere links to the product in the markets that sell it, in the page's
// language.
func (s *Shop) elsewhere(ctx context.Context, b layout.Base, p catalog.ProductPage) ([]layout.Link, error) {
	var links []layout.Link
	for _, code := range p.Markets {
		m, err := s.Markets.ByCode(ctx, code)
		if err != nil {
			return nil, err
		}
		links = append(links, layout.Link{Href: "/" + layout.Locale(b.Lang(), code) + "/products/" + p.Slug(), Text: m.Name(b.Lang())})
	}
	return links, nil
}

func productCrumbs(b layout.Base, p catalog.ProductPage) []layout.Link {
	var way []layout.Link
	if p.ParentSlug != "" {
		way = append(way, layout.Link{Href: b.URL("/categories/" + p.ParentSlug), Text: p.ParentName})
	}
	return crumbs(b, append(way,
		layout.Link{Href: b.URL("/categories/" + p.CategorySlug), Text: p.CategoryName},
		layout.Link{Href: b.URL("/products/" + p.Slug()), Text: p.Name.Text})...)
}

// describeProduct writes what search engines and messengers read.
func describeProduct(b *layout.Base, page pages.ProductPage) {
	p := page.Product
	b.Title = p.Name.Text + ", " + p.VillageName
	b.Description = pages.Excerpt(b.T("shop.product.description", "name", p.Name.Text, "producer", p.ProducerName,
		"village", p.VillageName, "summary", p.Summary.Text))
	b.Kind = "product"
	if len(page.Photos) > 0 {
		share(b, page.Photos[0])
	}
	b.Schema = []layout.Thing{productThing(*b, page), breadcrumbs(*b, page.Crumbs)}
}

func productThing(b layout.Base, page pages.ProductPage) layout.Product {
	p := page.Product
	url := b.Absolute(b.URL("/products/" + p.Slug()))
	thing := layout.Product{
		Name: p.Name.Text, Description: p.Summary.Text, Category: p.CategoryName, URL: url, Images: images(b, page.Photos),
		Maker: &layout.Organization{Name: p.ProducerName, URL: b.Absolute(b.URL("/producers/" + p.ProducerSlug))},
	}
	for _, v := range page.Variants {
		thing.Offers = append(thing.Offers, layout.Offer{Name: v.Name, SKU: sku(v.ID), Price: v.Price().Decimal(),
			Currency: string(v.Currency), InStock: v.Stock > 0, URL: url, ShipsTo: b.Market.Countries})
	}
	return thing
}

func images(b layout.Base, pictures []part.Picture) []string {
	const wide = 1600
	urls := make([]string, len(pictures))
	for i, p := range pictures {
		urls[i] = b.Absolute(p.URL(wide))
	}
	return urls
}
