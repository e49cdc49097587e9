package shop_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/assets"
	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/demo"
	"awil/internal/markets"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/producers"
	"awil/internal/search"
	"awil/internal/shipping"
	"awil/internal/web"
	"awil/internal/web/shop"
)

const origin = "https://awil.test"

// fixture is the shop over a database with the demo programme in it.
type fixture struct {
	shop.Deps
	t      *testing.T
	url    string
	db     *pgxpool.Pool
	store  blob.Store
	people *accounts.Service
	assets *assets.Store
	server http.Handler
	log    strings.Builder
	ahead  time.Duration // added to the clock, for what is remembered for a while
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, url: pgtest.URL(t)}
	f.db = pgtest.Open(t, f.url)
	store, err := blob.Open(t.Context(), (&url.URL{Scheme: "file", Path: t.TempDir()}).String())
	if err != nil {
		t.Fatal(err)
	}
	f.store, f.people = store, accounts.New(f.db, f.clock)
	f.Deps = f.deps(t)
	err = demo.Load(t.Context(), demo.Services{Accounts: f.people, Places: f.Places, Markets: f.Markets, Producers: f.Producers,
		Photos: f.Photos, Catalog: f.Catalog, Curation: f.Curation, Assessments: f.Assessments, Shipping: f.Shipping, Clock: f.clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if f.assets, err = assets.New(); err != nil {
		t.Fatal(err)
	}
	f.server = f.serve(t, f.Deps, nil)
	return f
}

func (f *fixture) clock() time.Time { return time.Now().Add(f.ahead) }

// deps are services of their own, which remember nothing yet.
func (f *fixture) deps(t *testing.T) shop.Deps {
	t.Helper()
	queue, err := jobs.New(f.db, jobs.Config{})
	if err != nil {
		t.Fatal(err)
	}
	goods := catalog.New(f.db, f.clock, search.Index)
	return shop.Deps{
		Catalog: goods, Assessments: assessments.New(f.db, f.clock), Curation: curation.New(f.db, f.clock, goods), Markets: markets.New(f.db, f.clock),
		Photos: photos.New(f.db, f.store, photos.NewMaker(), queue), Places: places.New(f.db), Producers: producers.New(f.db, f.clock),
		Search: search.New(f.db, goods, f.clock), Shipping: shipping.New(f.db), Clock: f.clock,
	}
}

// serve puts pages on services; without changes none is kept.
func (f *fixture) serve(t *testing.T, d shop.Deps, changes web.Changes) http.Handler {
	t.Helper()
	server, err := web.New(web.Config{
		BaseURL: &url.URL{Scheme: "https", Host: "awil.test"}, Secret: []byte(strings.Repeat("k", 32)),
		Log: slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelWarn})), Clock: f.clock, Assets: f.assets,
		Markets: shop.NewMarkets(d.Markets), Accounts: f.people, Members: d.Producers,
		Nav: shop.NewNavigation(d.Catalog, d.Markets), Sessions: memstore.New(), Demo: true, Changes: changes, PagesBytes: 64 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	shop.New(d).Register(server)
	return server.Handler()
}

// answer is a page with its document.
type answer struct {
	*http.Response
	body string
	doc  *goquery.Document
}

func (f *fixture) do(t *testing.T, method, path string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, origin+path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.server.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, string(body), doc}
}

func (f *fixture) get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	return f.do(t, http.MethodGet, path, headers...)
}

// page gets a page that must be there.
func (f *fixture) page(t *testing.T, path string) answer {
	t.Helper()
	res := f.get(t, path)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d\n%s", path, res.StatusCode, f.log.String())
	}
	return res
}

// exec changes the database behind the services' backs and lets what they
// remember grow old.
func (f *fixture) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := f.db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
	f.ahead += time.Minute
}

// href finds the address of a link to something whose address holds part.
func (a answer) href(t *testing.T, part string) string {
	t.Helper()
	href, ok := a.doc.Find(`a[href*="` + part + `"]`).First().Attr("href")
	if !ok {
		t.Fatalf("no link to %s", part)
	}
	return href
}

// things are the page's descriptions for search engines, by type.
func (a answer) things(t *testing.T) map[string]map[string]any {
	t.Helper()
	var graph struct {
		Context string           `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(a.doc.Find(`script[type="application/ld+json"]`).Text()), &graph); err != nil {
		t.Fatal(err)
	}
	if graph.Context != "https://schema.org" {
		t.Errorf("context %q", graph.Context)
	}
	byType := map[string]map[string]any{}
	for _, thing := range graph.Graph {
		kind, _ := thing["@type"].(string)
		byType[kind] = thing
	}
	return byType
}
