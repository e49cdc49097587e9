// Package buy serves the pages between wanting something and having it: cart,
// checkout, the private page of an order, sign-in and the visitor's own
// account; in a demonstration also the letters that were kept, not sent.
package buy

import (
	"log/slog"
	"time"

	"awil/internal/accounts"
	"awil/internal/cart"
	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/photos"
	"awil/internal/platform/mail"
	"awil/internal/web"
)

// Deps are the services the pages are made from.
type Deps struct {
	Accounts *accounts.Service
	Members  web.Members
	Markets  *markets.Service
	Photos   *photos.Service
	Cart     *cart.Service
	Orders   *orders.Service
	Checkout *checkout.Service
	Outbox   *mail.Outbox // nil: letters really leave, or are nobody's to read
	// SharedAccounts says that everybody signs in with the same accounts, as in a demo: passwords stay.
	SharedAccounts bool
	Clock          func() time.Time
	Log            *slog.Logger // of what pages could do without
}

// Buy holds the handlers.
type Buy struct {
	Deps
	tries  *tries
	outbox bool // the outbox has pages
}

// New returns the pages on the given services.
func New(d Deps) *Buy { return &Buy{Deps: d, tries: newTries(d.Clock)} }

// How often one address may put something into a cart, and place orders. Villages and offices share an address, so both
// leave room for many people; a script that buys everything, or has letters written to a stranger, is slowed to a crawl.
const (
	cartsPerMinute  = 240
	ordersPerMinute = 60
)

// Register adds the routes of all pages, and tells the server how sign-in
// looks.
func (p *Buy) Register(s *web.Server) {
	shop, root := s.Shop(), s.Root()
	shop.GET("/cart", web.Visitor, p.cart)
	shop.POST("/cart/lines", web.Visitor, p.addLine, web.Throttle(cartsPerMinute))
	shop.POST("/cart/lines/:variant", web.Visitor, p.changeLine)
	shop.POST("/cart/lines/:variant/remove", web.Visitor, p.removeLine)
	shop.POST("/cart/tidy", web.Visitor, p.tidyCart)
	shop.GET("/checkout", web.Visitor, p.checkout)
	shop.POST("/checkout", web.Visitor, p.place, web.Throttle(ordersPerMinute))
	shop.GET("/orders/:token", web.Visitor, p.order)
	shop.POST("/orders/:token/pay", web.Visitor, p.payOrder, web.Throttle(60))
	shop.POST("/orders/:token/cancel", web.Visitor, p.cancelOrder)
	shop.POST("/orders/:token/received", web.Visitor, p.received)
	shop.GET("/orders/:token/refund", web.Visitor, p.ask)
	shop.GET("/orders/:token/refund/total", web.Visitor, p.askTotal)
	shop.POST("/orders/:token/refund", web.Visitor, p.askFor, web.Upload(askBytes), web.Throttle(asksPerMinute))
	shop.POST("/orders/:token/refund/withdraw", web.Visitor, p.withdraw)

	root.GET(web.SignInPath, web.Visitor, p.signInPage)
	root.POST(web.SignInPath, web.Visitor, p.signIn, web.Throttle(40))
	root.POST("/sign-out", web.Visitor, p.signOut)
	root.GET("/account", web.SignedIn, p.account)
	root.POST("/account/language", web.SignedIn, p.setLanguage)
	root.POST("/account/password", web.SignedIn, p.setPassword, web.Throttle(20))
	root.POST("/account/elsewhere", web.SignedIn, p.signOutElsewhere, web.Throttle(20))
	s.ShowSignIn(p.showSignIn)

	if p.outbox = p.Outbox != nil && (s.Demo || s.Dev); p.outbox {
		root.GET("/dev/outbox", web.Visitor, p.letters)
		root.GET("/dev/outbox/:id", web.Visitor, p.letter)
	}
}
