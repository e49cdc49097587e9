package shop

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/i18n"
	"awil/internal/places"
	"awil/internal/producers"
	"awil/internal/watch"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/shop"
)

func (s *Shop) home(c echo.Context) error {
	page, err := s.homePage(c.Request().Context(), web.Base(c))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Home(page))
}

// homeData is what the front page is made from, as the services gave it.
type homeData struct {
	front    curation.Home
	first    []catalog.Card // the goods of the first collection
	villages []places.Village
	goods    map[int64]int       // of each village
	maker    *producers.Producer // nil: the market has no goods yet
	season   []catalog.Card      // what is in season now
}

func (s *Shop) homeData(ctx context.Context, b layout.Base) (d homeData, err error) {
	if d.front, err = s.Curation.Home(ctx, b.Market.Code, b.Lang()); err != nil {
		return d, err
	}
	if len(d.front.Collections) > 0 {
		_, d.first, err = s.Curation.CollectionBySlug(ctx, b.Market.Code, b.Lang(), d.front.Collections[0].Slug)
		if err != nil {
			return d, err
		}
		d.first = d.first[:min(len(d.first), shelfRow)]
	}
	if d.villages, err = s.Places.Villages(ctx, b.Lang()); err != nil {
		return d, err
	}
	facets, err := s.Catalog.Facets(ctx, catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang()})
	if err != nil {
		return d, err
	}
	d.goods = counts(facets.Villages)
	if d.season, err = s.inSeason(ctx, b, append(slices.Clone(d.shown()), d.first...)); err != nil {
		return d, err
	}
	return d, s.findMaker(ctx, b, &d)
}

// shelfRow is how many cards one row of a shelf holds.
const shelfRow = 4

// shown are the goods in front: those staff chose, else those that came last.
func (d homeData) shown() []catalog.Card {
	if len(d.front.Products) > 0 {
		return d.front.Products
	}
	return d.front.New
}

// findMaker lets each producer of the goods in front speak in turn, a day each.
func (s *Shop) findMaker(ctx context.Context, b layout.Base, d *homeData) error {
	var ids []int64
	for _, c := range d.shown() {
		if !slices.Contains(ids, c.ProducerID) {
			ids = append(ids, c.ProducerID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	const day = 24 * time.Hour
	watch.Until(ctx, s.Clock().UTC().Truncate(day).Add(day))
	p, err := s.Producers.Shown(ctx, b.Lang(), ids[s.Clock().UTC().YearDay()%len(ids)])
	d.maker = &p
	return err
}

func (s *Shop) homePage(ctx context.Context, b layout.Base) (pages.HomePage, error) {
	d, err := s.homeData(ctx, b)
	if err != nil {
		return pages.HomePage{}, err
	}
	ids := append(photoIDs(d.shown(), d.first, d.season), heroIDs(d.villages)...)
	for _, col := range d.front.Collections {
		ids = append(ids, col.PhotoIDs...)
	}
	if d.maker != nil {
		ids = append(ids, at(d.maker.PhotoID))
	}
	a, err := s.album(ctx, b.Lang(), ids...)
	if err != nil {
		return pages.HomePage{}, err
	}
	methods, err := s.Shipping.Methods(ctx, b.Market.Code, b.Lang())
	if err != nil {
		return pages.HomePage{}, err
	}
	way, err := s.way(ctx, b, methods, "")
	if err != nil {
		return pages.HomePage{}, err
	}
	page := pages.HomePage{Features: cards(b, a, d.shown(), 0), Chosen: len(d.front.Products) > 0, Way: way}
	if len(d.season) > 1 { // one alone is no shelf
		page.Season, page.SeasonHref = cards(b, a, d.season, 0), b.URL(filter{season: true, sort: catalog.SortNew}.path())
		page.Month = i18n.Title(b.Lang(), b.Month(s.month(ctx)))
	}
	d.place(b, a, &page)
	d.collect(b, a, &page)
	d.describe(&b)
	share(&b, page.Hero)
	page.Base = b
	return page, nil
}

// place fills in the villages: one for the great picture, up to three with
// theirs, the rest as an index.
func (d homeData) place(b layout.Base, a album, page *pages.HomePage) {
	page.VillageCount = len(d.villages)
	list := slices.Clone(d.villages)
	slices.SortStableFunc(list, func(x, y places.Village) int { return cmp.Compare(d.goods[y.ID], d.goods[x.ID]) })
	hero := d.hero(a, list)
	var seen []int64
	for _, v := range list {
		p := place(b, a, v, d.goods[v.ID])
		switch {
		case hero != nil && v.ID == hero.ID:
			page.Hero = p.Picture
			page.HeroCaption = b.T("shop.place", "village", v.Name, "region", v.Region)
			page.Others = append(page.Others, p)
		case len(page.Villages) < 3 && p.Picture.Key != "" && !slices.Contains(seen, at(v.HeroPhotoID)) &&
			(hero == nil || at(v.HeroPhotoID) != at(hero.HeroPhotoID)):
			seen = append(seen, at(v.HeroPhotoID))
			page.Villages = append(page.Villages, p)
		case p.Goods > 0:
			page.Others = append(page.Others, p)
		}
	}
	slices.SortStableFunc(page.Others, func(x, y pages.Place) int { return cmp.Compare(x.Name.Body, y.Name.Body) })
	d.present(b, a, page)
}

// hero is the village of the first of the goods in front that has a picture.
func (d homeData) hero(a album, list []places.Village) *places.Village {
	for _, c := range d.shown() {
		i := slices.IndexFunc(list, func(v places.Village) bool { return v.ID == c.VillageID })
		if i >= 0 && a.picture(at(list[i].HeroPhotoID), "").Key != "" {
			return &list[i]
		}
	}
	return nil
}

// present lets the maker of the day speak. Without a photo of hers, one of her
// things in front stands for her.
func (d homeData) present(b layout.Base, a album, page *pages.HomePage) {
	if d.maker == nil || d.maker.Words == "" && d.maker.Story == "" {
		return
	}
	i := slices.IndexFunc(d.villages, func(v places.Village) bool { return v.ID == d.maker.VillageID })
	var at places.Village
	if i >= 0 {
		at = d.villages[i]
	}
	m := maker(b, a, *d.maker, at)
	if m.Picture.Key == "" {
		for _, c := range d.shown() {
			if c.ProducerID == d.maker.ID {
				m.Picture = a.picture(c.PhotoID, c.Name)
				break
			}
		}
	}
	page.Maker = &m
}

// collect fills in the collections: the first with some of its goods, the
// others by a picture.
func (d homeData) collect(b layout.Base, a album, page *pages.HomePage) {
	for i, col := range d.front.Collections {
		link := layout.Link{Href: b.URL("/collections/" + col.Slug), Text: b.T("shop.collection.more")}
		title := textOf(col.Name, col.NameLang)
		if i == 0 {
			page.Collection = &pages.Shelf{Label: b.T("shop.collection.label"), Title: title, Text: textOf(col.Summary, col.SummaryLang),
				More: link, Cards: cards(b, a, d.first, 0)}
			continue
		}
		tile := pages.Tile{Href: link.Href, Title: title, Text: textOf(col.Summary, col.SummaryLang), Goods: col.Items}
		if len(col.PhotoIDs) > 0 {
			tile.Picture = a.picture(col.PhotoIDs[0], "")
		}
		page.Tiles = append(page.Tiles, tile)
	}
}

func (d homeData) describe(b *layout.Base) {
	b.Title = "Awıl: " + b.T("shop.home.title")
	b.Description = b.T("shop.home.description", "market", b.Market.Name(b.Lang()))
	home := b.Absolute(b.URL("/"))
	b.Schema = []layout.Thing{
		layout.WebSite{Name: "Awıl", URL: home, Language: b.Lang().Tag(), Search: b.Absolute(b.URL("/search")) + "?q={query}"},
		layout.Organization{Name: "Awıl", URL: b.Absolute("/"), Logo: b.Absolute(b.Asset("img/touch-icon.png")), Description: b.T("common.about")},
	}
}
