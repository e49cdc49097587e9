// Package shop serves the buyers' pages: front page, lists of goods, products,
// villages, producers, collections, search, photos, and what search engines
// read. Its pages follow from their address and the moment alone, never from
// who looks.
package shop

import (
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/markets"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/producers"
	"awil/internal/search"
	"awil/internal/shipping"
	"awil/internal/web"
	"awil/templates/layout"
)

// Deps are the services the pages are made from.
type Deps struct {
	Catalog     *catalog.Service
	Assessments *assessments.Service
	Curation    *curation.Service
	Markets     *markets.Service
	Photos      *photos.Service
	Places      *places.Service
	Producers   *producers.Service
	Search      *search.Service
	Shipping    *shipping.Service
	Clock       func() time.Time
}

// Shop holds the handlers.
type Shop struct {
	Deps
	drawings drawings
}

// New returns the shop's pages on the given services.
func New(d Deps) *Shop { return &Shop{Deps: d} }

// Register adds the routes of all pages.
func (s *Shop) Register(srv *web.Server) {
	shop, root := srv.Shop(), srv.Root()
	shop.GET("/", web.Public, s.home)
	shop.GET("/products", web.Public, s.allGoods)
	shop.GET("/categories/:slug", web.Public, s.category)
	shop.GET("/products/:slug", web.Public, s.product)
	shop.GET("/villages", web.Public, s.villages)
	shop.GET("/villages/:slug", web.Public, s.village)
	shop.GET("/producers/:slug", web.Public, s.producer)
	shop.GET("/collections/:slug", web.Public, s.collection)
	shop.GET("/search", web.Public, s.search)
	shop.GET("/search/suggest", web.Public, s.suggest)
	root.GET("/photos/:key/:file", web.Public, s.photo)
	root.GET("/sitemap.xml", web.Public, s.sitemap)
	root.GET("/sitemaps/:locale/:category", web.Public, s.sitemapPart)
	root.GET("/robots.txt", web.Public, s.robots)
}

// moved sends whoever came by an old address to the page's own, for good.
func moved(c echo.Context, b layout.Base, path string) error {
	target := b.URL(path)
	if q := c.Request().URL.RawQuery; q != "" {
		target += "?" + q
	}
	return web.Moved(c, target)
}

// home link and the way to it, as every page's crumbs begin.
func crumbs(b layout.Base, way ...layout.Link) []layout.Link {
	return append([]layout.Link{{Href: b.URL("/"), Text: b.T("shop.crumb.home")}}, way...)
}

// breadcrumbs is the same way for search engines.
func breadcrumbs(b layout.Base, way []layout.Link) layout.Breadcrumbs {
	list := make(layout.Breadcrumbs, len(way))
	for i, l := range way {
		list[i] = layout.Crumb{Name: l.Text}
		if l.Href != "" {
			list[i].URL = b.Absolute(l.Href)
		}
	}
	return list
}
