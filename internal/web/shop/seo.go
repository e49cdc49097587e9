package shop

import (
	"context"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/web"
	"awil/templates/layout"
)

// sku is how structured data and feeds call a variant.
func sku(variantID int64) string { return "v" + strconv.FormatInt(variantID, 10) }

// robots keeps programs away from what belongs to one visitor and from the many
// ways to narrow a search, and shows them the map.
func (s *Shop) robots(c echo.Context) error {
	text := "User-agent: *\n" +
		"Disallow: /studio\nDisallow: /desk\nDisallow: /locale\nDisallow: /sign-in\n" +
		"Disallow: /*/checkout\nDisallow: /*/orders/\nDisallow: /*/search?*&\n" +
		"\nSitemap: " + web.Base(c).Origin + "/sitemap.xml\n"
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}

// Bounds of sitemaps: the protocol takes 50,000 addresses a file; well below
// that one file holds them all, above it each locale has its own, cut by the
// ids of goods.
const (
	mostInOne  = 10_000
	mostInPart = 50_000
)

type sitemapURL struct {
	Loc string `xml:"loc"`
	Mod string `xml:"lastmod,omitempty"`
}

type urlSet struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapIndex struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Maps    []sitemapURL `xml:"sitemap"`
}

// sitemap lists every public page in each market's own languages, or the
// partial maps where that is too much for one.
func (s *Shop) sitemap(c echo.Context) error {
	ctx, origin := c.Request().Context(), web.Base(c).Origin
	list, err := s.Markets.All(ctx)
	if err != nil {
		return err
	}
	total := 0
	for _, m := range list {
		facets, err := s.Catalog.Facets(ctx, catalog.ListQuery{Market: m.Code, Lang: m.DefaultLang})
		if err != nil {
			return err
		}
		for _, f := range facets.Categories {
			total += f.Count * len(m.Langs)
		}
	}
	if total > mostInOne {
		return s.sitemapOfMaps(c, list)
	}
	var set urlSet
	for _, m := range list {
		urls, err := s.marketURLs(ctx, origin, m)
		if err != nil {
			return err
		}
		goods, err := s.allGoodsURLs(ctx, origin, m)
		if err != nil {
			return err
		}
		set.URLs = append(append(set.URLs, urls...), goods...)
	}
	return sendXML(c, set)
}

func (s *Shop) sitemapOfMaps(c echo.Context, list []markets.Market) error {
	ctx, origin := c.Request().Context(), web.Base(c).Origin
	var index sitemapIndex
	for _, m := range list {
		parts, err := s.Catalog.AddressParts(ctx, m.Code)
		if err != nil {
			return err
		}
		for _, lang := range m.Langs {
			base := origin + "/sitemaps/" + layout.Locale(lang, m.Code) + "/"
			index.Maps = append(index.Maps, sitemapURL{Loc: base + "pages.xml"})
			for _, part := range parts {
				index.Maps = append(index.Maps, sitemapURL{Loc: base + "goods-" + strconv.FormatInt(part, 10) + ".xml"})
			}
		}
	}
	return sendXML(c, index)
}

// sitemapPart is one locale's pages ("pages.xml") or some of the goods there
// ("goods-{part}.xml").
func (s *Shop) sitemapPart(c echo.Context) error {
	ctx, origin := c.Request().Context(), web.Base(c).Origin
	code, market, _ := strings.Cut(c.Param("locale"), "-")
	m, err := s.Markets.ByCode(ctx, market)
	if err != nil {
		return err
	}
	lang := i18n.Lang(code)
	name, isXML := strings.CutSuffix(c.Param("category"), ".xml")
	if !isXML || !slices.Contains(m.Langs, lang) {
		return errs.E(errs.NotFound, "no such sitemap")
	}
	m.Langs = []i18n.Lang{lang}
	if name == "pages" {
		urls, err := s.marketURLs(ctx, origin, m)
		if err != nil {
			return err
		}
		return sendXML(c, urlSet{URLs: urls})
	}
	number, isGoods := strings.CutPrefix(name, "goods-")
	part, err := strconv.ParseInt(number, 10, 32)
	if !isGoods || err != nil || part < 0 {
		return errs.E(errs.NotFound, "no such sitemap")
	}
	urls, err := s.goodsURLs(ctx, origin, m, part)
	if err == nil && len(urls) == 0 {
		err = errs.E(errs.NotFound, "no such sitemap")
	}
	if err != nil {
		return err
	}
	return sendXML(c, urlSet{URLs: urls})
}

// marketURLs are all pages of a market but the goods, in its languages.
func (s *Shop) marketURLs(ctx context.Context, origin string, m markets.Market) ([]sitemapURL, error) {
	paths := []string{"/", "/products", "/villages"}
	facets, err := s.Catalog.Facets(ctx, catalog.ListQuery{Market: m.Code, Lang: m.DefaultLang})
	if err != nil {
		return nil, err
	}
	categories, err := s.Catalog.Categories(ctx, m.DefaultLang)
	if err != nil {
		return nil, err
	}
	tree := newShelves(categories, facets.Categories)
	for _, c := range categories {
		if tree.counts[c.ID] > 0 {
			paths = append(paths, "/categories/"+c.Slug)
		}
	}
	villages, err := s.Places.Villages(ctx, m.DefaultLang)
	if err != nil {
		return nil, err
	}
	for _, v := range villages {
		paths = append(paths, "/villages/"+v.Slug)
	}
	makers, err := s.Producers.Addresses(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range makers {
		paths = append(paths, "/producers/"+p.Slug())
	}
	collections, err := s.Curation.Collections(ctx, m.Code, m.DefaultLang)
	if err != nil {
		return nil, err
	}
	for _, col := range collections {
		paths = append(paths, "/collections/"+col.Slug)
	}
	var urls []sitemapURL
	for _, lang := range m.Langs {
		for _, path := range paths {
			urls = append(urls, sitemapURL{Loc: origin + "/" + layout.Locale(lang, m.Code) + path})
		}
	}
	return urls[:min(len(urls), mostInPart)], nil
}

// goodsURLs are the products a market shows, of one part, in its languages.
func (s *Shop) goodsURLs(ctx context.Context, origin string, m markets.Market, part int64) ([]sitemapURL, error) {
	list, err := s.Catalog.Addresses(ctx, m.Code, part)
	if err != nil {
		return nil, err
	}
	urls := make([]sitemapURL, 0, len(list)*len(m.Langs))
	for _, lang := range m.Langs {
		base := origin + "/" + layout.Locale(lang, m.Code) + "/products/"
		for _, a := range list {
			urls = append(urls, sitemapURL{Loc: base + a.Slug(), Mod: a.PublishedAt.UTC().Format("2006-01-02")})
		}
	}
	return urls, nil
}

// allGoodsURLs are all products a market shows, where they are few.
func (s *Shop) allGoodsURLs(ctx context.Context, origin string, m markets.Market) ([]sitemapURL, error) {
	parts, err := s.Catalog.AddressParts(ctx, m.Code)
	if err != nil {
		return nil, err
	}
	var urls []sitemapURL
	for _, part := range parts {
		some, err := s.goodsURLs(ctx, origin, m, part)
		if err != nil {
			return nil, err
		}
		urls = append(urls, some...)
	}
	return urls, nil
}

func sendXML(c echo.Context, value any) error {
	body, err := xml.Marshal(value)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return c.Blob(http.StatusOK, "application/xml; charset=utf-8", append([]byte(xml.Header), body...))
}
