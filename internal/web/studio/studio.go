// Package studio serves the producers' pages: joining by an invitation, listing
// goods in steps, packing and sending, the producer's own profile.
//
// Whose studio it is follows from the session alone: every call to the domain
// takes the producer of the viewer's membership, so that the id of somebody
// else's product or parcel leads to a 404 whatever the form says.
package studio

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payouts"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/producers"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/studio"
)

// Deps are the services the studio works with.
type Deps struct {
	Accounts    *accounts.Service
	Producers   *producers.Service
	Places      *places.Service
	Photos      *photos.Service
	Catalog     *catalog.Service
	Assessments *assessments.Service
	Markets     *markets.Service
	Orders      *orders.Service
	Checkout    *checkout.Service
	Payouts     *payouts.Service
	Clock       func() time.Time
}

// Studio holds the handlers.
type Studio struct{ Deps }

// New returns the studio on its services.
func New(d Deps) *Studio { return &Studio{d} }

// Register adds all routes of the studio and of the way into it.
func (s *Studio) Register(w *web.Server) {
	s.joinRoutes(w.Root())
	r := w.Studio()
	s.languageRoutes(r)
	r.GET("", web.Producer, s.home)
	s.goodsRoutes(r)
	s.photoRoutes(r)
	s.stepRoutes(r)
	s.sizeRoutes(r)
	s.orderRoutes(r)
	s.moneyRoutes(r)
	s.profileRoutes(r)
}

// maker is on whose behalf the viewer acts: the producer she joined last.
func (s *Studio) maker(c echo.Context) (catalog.Maker, error) {
	viewer := web.Viewer(c)
	list, err := s.Producers.Memberships(c.Request().Context(), viewer.ID)
	if err != nil {
		return catalog.Maker{}, err
	}
	if len(list) == 0 {
		return catalog.Maker{}, errs.E(errs.Forbidden, "no producer behind this account")
	}
	return catalog.Maker{ProducerID: list[0].ProducerID, AccountID: viewer.ID}, nil
}

// frame begins a page with a title.
func frame(c echo.Context, title string) pages.Frame {
	b := web.Base(c)
	b.Title = title
	return pages.Frame{Base: b}
}

// The tabs at the bottom.
const (
	tabHome   = "home"
	tabGoods  = "goods"
	tabOrders = "orders"
	tabMoney  = "money"
	tabMe     = "me"
)

// tabs draws the bar at the bottom, one tab of which is here.
func tabs(b *layout.Base, here string, waiting orders.JobCounts) {
	link := func(name, href, icon string, count int) layout.Link {
		return layout.Link{Href: href, Text: b.T("studio.tab." + name), Icon: icon, Count: count, Current: name == here}
	}
	b.Nav.Main = []layout.Link{
		link(tabHome, "/studio", "home", 0),
		link(tabGoods, "/studio/goods", "jar", 0),
		link(tabOrders, "/studio/orders", "box", waiting.ToPack),
		{Href: "/studio/money", Text: b.T("money.tab"), Icon: "coins", Current: here == tabMoney},
		link(tabMe, "/studio/profile", "person", 0),
	}
}

// tabbed is a frame with tabs.
func (s *Studio) tabbed(c echo.Context, by catalog.Maker, title, here string) (pages.Frame, error) {
	counts, err := s.Orders.JobCounts(c.Request().Context(), by.ProducerID)
	if err != nil {
		return pages.Frame{}, err
	}
	f := frame(c, title)
	tabs(&f.Base, here, counts)
	return f, nil
}

// zone is where a producer's days begin. Neither country changes its clocks in
// summer, and a machine may come without the list of the world's zones.
func zone(country string) *time.Location {
	if country == "KG" {
		return time.FixedZone("+06", 6*60*60)
	}
	return time.FixedZone("+05", 5*60*60)
}

// photosOf fetches the pictures of a page at once; ids of none (0) may be among
// them.
func (s *Studio) photosOf(ctx context.Context, ids ...int64) (pages.Photos, error) {
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
	slices.Sort(ids)
	found, err := s.Photos.ByIDs(ctx, slices.Compact(ids))
	return pages.Photos(found), err
}

// wantsJSON reports whether a script of ours asks; see web.
func wantsJSON(c echo.Context) bool {
	return c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON
}

// answered is what a script gets for what has been saved.
func answered(c echo.Context, answer any) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, answer)
}

// notFound is for ids that are none.
func notFound(what string) error { return errs.E(errs.NotFound, what) }
