// Package web is what every page of Awıl is served with: routes that carry
// who may use them, the base of each page, rendering, forms, sessions, errors.
//
// A feature is a struct with its services and a method that registers its
// routes. A handler fetches, then renders; an error is returned, never written:
//
//	type Villages struct{ places *places.Service }
//
//	func (v *Villages) Register(s *web.Server) {
//		shop := s.Shop()
//		shop.GET("/villages/:slug", web.Public, v.village)
//		shop.POST("/villages/:slug/postcard", web.Visitor, v.sendPostcard, web.Throttle(10))
//	}
//
//	type postcardForm struct {
//		Email string `form:"email" max:"254"`
//		Words string `form:"words" max:"500"`
//	}
//
//	func (v *Villages) sendPostcard(c echo.Context) error {
//		var form postcardForm
//		err := web.Decode(c, &form)
//		if err == nil {
//			err = v.places.SendPostcard(c.Request().Context(), c.Param("slug"), form.Email, form.Words)
//		}
//		if problems := web.Problems(err); problems != nil {
//			return v.page(c, form, problems) // the same page: 422, values kept
//		}
//		if err != nil {
//			return err
//		}
//		return web.Done(c, web.Base(c).URL("/villages/"+c.Param("slug")), "shop.postcard.sent")
//	}
//
//	func (v *Villages) page(c echo.Context, form postcardForm, problems *errs.Fields) error {
//		village, err := v.places.VillageBySlug(c.Request().Context(), c.Param("slug"))
//		if err != nil {
//			return err
//		}
//		b := web.Base(c)
//		b.Title, b.Problems = village.Name, problems
//		return web.Render(c, web.FormStatus(problems), pages.Village(b, village, form.Email, form.Words))
//	}
//
// Pages take a layout.Base and their own data; visible words come from the
// catalogues by b.T, addresses of shop pages from b.URL.
package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"awil/assets"
	"awil/internal/accounts"
	"awil/internal/i18n"
	"awil/internal/watch"
	"awil/templates/layout"
)

// Markets knows the destinations the shop sells to.
type Markets interface {
	// All returns the active markets in the order they are offered, exactly
	// one of them the default.
	All(ctx context.Context) ([]layout.Market, error)
}

// Accounts knows the people behind sessions.
type Accounts interface {
	// Viewer returns errs.NotFound for an account that is gone or disabled.
	Viewer(ctx context.Context, id int64) (accounts.Viewer, error)
}

// Members knows who belongs to a producer.
type Members interface {
	IsProducer(ctx context.Context, accountID int64) (bool, error)
}

// Navigation fills header and footer.
type Navigation interface {
	// Shop returns the shop's links; the answer is kept for a short while for
	// each language and market.
	Shop(ctx context.Context, lang i18n.Lang, market layout.Market) (layout.Nav, error)
}

// Config is what the server needs from the program around it.
type Config struct {
	BaseURL *url.URL // public address, without a path
	Secret  []byte   // signs cookies; at least 32 bytes
	Log     *slog.Logger
	Clock   func() time.Time
	Assets  *assets.Store

	Markets  Markets
	Accounts Accounts
	Members  Members
	Nav      Navigation // may be nil: no links
	Sessions scs.Store

	Ready func(context.Context) error // nil: always

	// TrustedProxies are the networks whose X-Forwarded-For and CountryHeader
	// are believed; without any, the peer's address is the visitor's.
	TrustedProxies []netip.Prefix
	CountryHeader  string // such as CF-IPCountry; empty: none

	// FormTargets are origins a form of ours may lead to by redirect, such as
	// the pay page of the card provider.
	FormTargets []string
	// PictureOrigins are origins besides our own that pictures come from.
	PictureOrigins []string

	// Changes lets Public pages of the shop be kept until something they show
	// changes; nil keeps none. PagesBytes bounds what they take in memory.
	Changes    Changes
	PagesBytes int64

	// MetricsToken lets its bearer read /metrics from elsewhere; empty: only this machine may.
	MetricsToken string

	Demo bool // every page says that this is a demonstration
	Dev  bool // styles page, details on error pages
}

// Server holds the routes and answers requests.
type Server struct {
	Config
	echo     *echo.Echo
	routes   []Route
	sessions *scs.SessionManager
	csrf     *http.CrossOriginProtection
	csp      string
	key      [sha256.Size]byte
	markets  marketCache
	nav      navCache
	pages    *pageCache // nil: none
	signIn   SignInPage
}

// New returns a server with its own routes: locale redirects, assets, health.
// Features add theirs, then Handler answers.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Server{Config: cfg, echo: echo.New(), key: sha256.Sum256(cfg.Secret)}
	s.csp = s.contentPolicy()
	s.csrf = http.NewCrossOriginProtection()
	if err := s.csrf.AddTrustedOrigin(s.origin()); err != nil {
		return nil, fmt.Errorf("web: base URL: %w", err)
	}
	s.markets.source, s.markets.clock = cfg.Markets, cfg.Clock
	s.nav = navCache{cfg.Nav, &s.markets, layout.Base{Assets: cfg.Assets, Demo: cfg.Demo}, watch.NewGroup[string, links](cfg.board(), cfg.Clock, mostNav)}
	s.sessions = s.newSessions()
	pages, err := newPageCache(cfg.Changes, cfg.PagesBytes, cfg.Clock, cfg.Log)
	if err != nil {
		return nil, err
	}
	s.pages = pages
	s.setUpEcho()
	if err := s.setUpMetrics(); err != nil {
		return nil, err
	}
	s.ownRoutes()
	return s, nil
}

// board is where changes are noted; nil if nobody hears of them.
func (cfg Config) board() *watch.Board {
	if cfg.Changes == nil {
		return nil
	}
	return cfg.Changes.Board()
}

func (cfg Config) check() error {
	switch {
	case cfg.BaseURL == nil || cfg.BaseURL.Host == "":
		return errors.New("web: no base URL")
	case len(cfg.Secret) < 32:
		return errors.New("web: the secret has less than 32 bytes")
	case cfg.Log == nil, cfg.Clock == nil, cfg.Assets == nil, cfg.Markets == nil, cfg.Accounts == nil,
		cfg.Members == nil, cfg.Sessions == nil:
		return errors.New("web: configuration incomplete")
	}
	return nil
}

func (s *Server) setUpEcho() {
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = s.ipExtractor()
	e.Use(s.begin, s.recover)
}

func (s *Server) ownRoutes() {
	r := s.Root()
	r.GET("/", Public, s.toLocale)
	r.GET("/locale", Public, s.switchLocale)
	r.GET("/:locale", Public, s.addSlash)
	r.GET("/healthz", Machine, s.healthz)
	r.GET("/readyz", Machine, s.readyz)
	r.GET("/favicon.ico", Public, s.favicon)
	s.echo.Match([]string{http.MethodGet, http.MethodHead}, assets.Prefix+"*", echo.WrapHandler(s.Assets))
	s.record(http.MethodGet, assets.Prefix+"*", Public)
	for _, lang := range i18n.Langs() {
		r.GET("/"+string(lang), Public, s.toMarket(lang))
		r.GET("/"+string(lang)+"/*", Public, s.toMarket(lang))
	}
	if s.Dev {
		r.GET("/dev/styles", Public, s.styles)
	}
}

// origin returns scheme and host of the site.
func (s *Server) origin() string { return s.BaseURL.Scheme + "://" + s.BaseURL.Host }

// secure reports whether visitors come by https.
func (s *Server) secure() bool { return s.BaseURL.Scheme == "https" }

// Handler answers requests; pages are compressed on the way out unless they
// already are.
func (s *Server) Handler() http.Handler { return s.front(compress(s.echo)) }

// HTTPServer returns a server of Handler, or of what was put around it, with limits on slow clients. Bodies
// have their own deadline, set by the route.
func (s *Server) HTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ConnContext:       withConn,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second, // routes that take pictures allow themselves more
		WriteTimeout:      5 * time.Minute,  // a picture over a village's connection
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
}
