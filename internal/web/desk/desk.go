// Package desk serves the programme staff's pages below /desk. What a page shows is fetched apart from drawing it; what
// is done on one is done by the domain, which writes it into the audit trail.
package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/curation"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/payments"
	"awil/internal/payouts"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/producers"
	"awil/internal/reconcile"
	"awil/internal/web"
	pages "awil/templates/desk"
	"awil/templates/layout"
)

// Deps are the use cases the desk works with.
type Deps struct {
	Accounts    *accounts.Service
	Places      *places.Service
	Markets     *markets.Service
	Producers   *producers.Service
	Photos      *photos.Service
	Catalog     *catalog.Service
	Curation    *curation.Service
	Assessments *assessments.Service
	Orders      *orders.Service
	Payments    *payments.Service
	Checkout    *checkout.Service
	Payouts     *payouts.Service
	Ledger      *ledger.Service
	Reconcile   *reconcile.Service
	Clock       func() time.Time
}

// Desk holds the pages.
type Desk struct {
	Deps
	zone *time.Location
}

// New returns the pages.
func New(d Deps) *Desk { return &Desk{Deps: d, zone: markets.Zone()} }

// Register adds the desk's routes.
func (d *Desk) Register(s *web.Server) {
	desk := s.Desk()
	desk.GET("", web.Staff, d.home)
	d.registerReview(desk)
	d.registerProducts(desk)
	d.registerFeatures(desk)
	d.registerCollections(desk)
	d.registerInvitations(desk)
	d.registerProducers(desk)
	d.registerOrders(desk)
	d.registerPayouts(desk)
	d.registerClosing(desk)
	d.registerPeople(desk)
	desk.GET("/audit", web.Staff, d.audit)
}

// How many rows lists show, and how many a table file may have.
const (
	rowsShown  = 50
	rowsInFile = 500 // fetched at a time
	mostRows   = 100_000
)

func pageOf(c echo.Context) paging.Page {
	return paging.Page{After: c.QueryParam("after"), Limit: rowsShown}
}

// page returns what every page knows; key is its title's, at the menu's entry it belongs to.
func (d *Desk) page(c echo.Context, key, at string) (pages.Page, error) {
	p := pages.Page{Base: web.Base(c), Zone: d.zone, Now: d.Clock()}
	p.Title = p.T(key)
	return p, d.nav(c.Request().Context(), &p, at)
}

// nav lists the places the viewer may enter, with what waits in them. Whoever has both listings and money to look after
// finds the places of money under one name, so that the menu fits.
func (d *Desk) nav(ctx context.Context, p *pages.Page, at string) error {
	b := &p.Base
	waiting, err := d.Catalog.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("listings waiting: %w", err)
	}
	if p.Care, err = d.Orders.Care(ctx); err != nil {
		return fmt.Errorf("orders to look after: %w", err)
	}
	words, err := d.Producers.NewWords(ctx)
	if err != nil {
		return fmt.Errorf("producers' new words: %w", err)
	}
	link := func(href, key string, count int) layout.Link {
		return layout.Link{Href: href, Text: b.T(key), Count: count, Current: href == at}
	}
	add := func(may bool, href, key string, count int) {
		if may {
			b.Nav.Main = append(b.Nav.Main, link(href, key, count))
		}
	}
	v := b.Viewer
	b.Nav.Main = nil
	add(v.Curator, "/desk/review", "desk.nav.review", waiting)
	add(v.Curator, "/desk/products", "desk.nav.products", 0)
	add(v.Curator, "/desk/features", "desk.nav.features", 0)
	add(v.Curator, "/desk/collections", "desk.nav.collections", 0)
	orders := p.Care.Total()
	if v.Finance { // who finds what goes back under refunds
		orders -= p.Care.Refunds
	}
	add(true, "/desk/orders", "desk.nav.orders", orders)
	if v.Finance {
		notices, err := d.moneyWaiting(ctx, p)
		if err != nil {
			return err
		}
		addMoney(b, v.Curator, []layout.Link{
			link(refundsPath, "refunds.title", p.Matters.Total()), link(payoutsPath, "till.payout.nav", p.Batches),
			link(closingPath, "closing.nav.closing", notices), link(ledgerPath, "closing.nav.ledger", 0),
		})
	}
	add(v.Curator, "/desk/producers", "desk.nav.producers", len(words))
	add(v.Curator, "/desk/invitations", "desk.nav.invitations", 0)
	add(v.Admin, "/desk/people", "desk.nav.people", 0)
	add(true, "/desk/audit", "desk.nav.audit", 0)
	return nil
}

// moneyWaiting counts what waits for finance.
func (d *Desk) moneyWaiting(ctx context.Context, p *pages.Page) (notices int, err error) {
	if p.Matters, err = d.Payments.OpenMatters(ctx); err != nil {
		return 0, fmt.Errorf("refunds to look after: %w", err)
	}
	if p.Batches, err = d.Payouts.ToApprove(ctx); err != nil {
		return 0, fmt.Errorf("batches to approve: %w", err)
	}
	if notices, err = d.Reconcile.Notices(ctx); err != nil {
		return 0, fmt.Errorf("what the last close found: %w", err)
	}
	return notices, nil
}

// addMoney adds the places of money, each by itself or under one name, below which they stand where one is in one.
func addMoney(b *layout.Base, together bool, places []layout.Link) {
	if !together {
		b.Nav.Main = append(b.Nav.Main, places...)
		return
	}
	money := layout.Link{Href: places[0].Href, Text: b.T("desk.nav.money")}
	for _, place := range places {
		money.Count += place.Count
		money.Current = money.Current || place.Current
	}
	if money.Current {
		b.Nav.Sub = places
	}
	b.Nav.Main = append(b.Nav.Main, money)
}

// number reads an id of the path; what is no number names nothing.
func number(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, errs.E(errs.NotFound, "no number in the path", err)
	}
	return n, nil
}

// by is the account that acts.
func by(c echo.Context) int64 { return web.Viewer(c).ID }

// language is the one asked for, or another.
func language(code string, other i18n.Lang) i18n.Lang {
	if lang, ok := i18n.ParseLang(code); ok {
		return lang
	}
	return other
}

// needLang is the language of a form, which a page of ours always sends.
func needLang(lang i18n.Lang) error {
	if _, ok := i18n.ParseLang(string(lang)); !ok {
		return errs.E(errs.Invalid, "no language in the form")
	}
	return nil
}

// conflict reports whether the world has moved on: then a sentence on the page says so.
func conflict(err error) bool {
	return err != nil && errs.KindOf(err) == errs.Conflict && !errors.As(err, new(*errs.Fields))
}

// moved sends back to a page with the sentence about what is different by now.
func moved(c echo.Context, target, key string, args ...any) error {
	web.SetFlash(c, false, key, args...)
	return web.Redirect(c, target)
}
