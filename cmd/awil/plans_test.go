package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// goods is how many generated products plans are looked at with: enough for PostgreSQL to choose as it does for many more.
var goods = flag.Int("goods", 20000, "generated products that plans of statements are looked at with")

// bigTables grow with the goods: no page may read one from beginning to end.
var bigTables = []string{"products", "product_texts", "product_sources", "product_photos", "product_markets", "product_search",
	"variants", "offers", "listings"}

// makerTables grow with the goods too, but slowly: while they are small, reading all of one is the shortest way.
var makerTables = []string{"producers", "producer_texts", "producer_sources"}

// mostForNothing is how many rows a statement may read that it has no use for.
func mostForNothing() int { return *goods / 10 }

// mayReadAll are statements that read whole tables here, and why that is right.
var mayReadAll = map[string]string{
	"catalog.addresses": "a part of the site map has as many goods as there are here",
}

// settings are statements that others run behind.
var settings = map[string]string{"search.hits": "search.settings"}

// statements are what a pool was asked, each once, with what it was asked first.
type statements struct {
	mu   sync.Mutex
	args map[string][]any
}

func (s *statements) note(sql string, args []any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.args[sql]; !known {
		s.args[sql] = slices.Clone(args)
	}
}

// of is the statement that calls itself so; empty if none does.
func (s *statements) of(name string) string {
	for sql := range s.args {
		if name != "" && tag(sql) == name {
			return sql
		}
	}
	return ""
}

// TraceQueryStart implements pgx.QueryTracer.
func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s.note(data.SQL, data.Args)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (s *statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	for _, q := range data.Batch.QueuedQueries {
		s.note(q.SQL, q.Arguments)
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (s *statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (s *statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// traced serves the world's program a second time, and notes what it asks the database.
func (w *world) traced() (*client, *statements) {
	w.t.Helper()
	seen := &statements{args: map[string][]any{}}
	pool, err := postgres.Open(w.t.Context(), w.app.DatabaseURL, postgres.Options{ApplicationName: "awil test", MaxConns: 4, Tracer: seen})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(pool.Close)
	second := *w.app
	if second.services, err = newServices(w.t.Context(), second.Config, pool, nil, nil, quiet()); err != nil {
		w.t.Fatal(err)
	}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	w.t.Cleanup(server.Close)
	second.BaseURL = server.URL
	s, err := newServer(&second)
	if err != nil {
		w.t.Fatal(err)
	}
	handler = s.Handler
	return newClient(w.t, server.URL), seen
}

// Links to the pages beside one: the cursor of the one before begins with a tilde.
const (
	pageAfter  = `a[href*="after="]:not([href*="after=~"])`
	pageBefore = `a[href*="after=~"]`
)

// TestNoPageReadsWholeTables: each statement that pages of the shop and lists of the desk send finds its index.
func TestNoPageReadsWholeTables(t *testing.T) {
	t.Parallel()
	w := startWorld(t, serveOptions{web: true, demo: true})
	w.fillWith(*goods)
	c, seen := w.traced()
	for _, path := range w.shopPaths() {
		for n := range 3 { // the page, the two after it, and the second again by the way back
			page := w.page(c, path)
			if back, there := page.Find(pageBefore).Last().Attr("href"); n == 2 && there {
				w.page(c, onward(path, back))
			}
			next, there := page.Find(pageAfter).Last().Attr("href")
			if !there {
				break
			}
			path = onward(path, next)
		}
	}
	if a, err := c.post("/sign-in", url.Values{"login": {"admin@demo.awil"}, "password": {demoKey}}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("sign in: %d, %v", a.status, err)
	}
	for _, path := range []string{"/desk/products", "/desk/products?state=approved", "/desk/products?state=draft", "/desk/products?q=melon",
		"/desk/products?q=cup", "/desk/products?q=melon&state=draft", "/desk/products?q=melon&state=approved",
		"/desk/products?q=nothing-like-it", "/desk/review", "/desk/producers", "/desk/orders"} {
		page := w.page(c, path)
		if next, there := page.Find(pageAfter).Last().Attr("href"); there {
			w.page(c, onward(path, next))
		}
	}
	w.plans(seen)
}

// shopPaths are pages of each kind, each list in each order and narrowed in each way.
func (w *world) shopPaths() []string {
	w.t.Helper()
	village := w.text("select slug from villages order by id limit 1")
	small := w.text("select slug from villages order by id desc limit 1")
	producer := w.text("select slug || '-' || id from producers order by id desc limit 1")
	product := w.text("select p.slug || '-' || p.id from products p join listings l on l.product_id = p.id and l.market = 'us' order by p.id desc limit 1")
	paths := []string{"/", "/villages", "/villages/" + village, "/villages/" + small, "/producers/" + producer, "/products/" + product,
		"/collections/table-of-tea", "/search?q=melon+jam", "/search?q=дыня", "/search?q=melno", "/search?q=jam&without=walnut&ready=1&stars=3",
		"/search?q=xyzzy", "/search/suggest?q=me", "/search/suggest?q=felt+sli"}
	for _, order := range []string{"", "sort=price_up", "sort=price_down"} {
		for _, list := range []string{"/products?", "/products?village=" + village + "&", "/categories/food?", "/categories/ceramics?",
			"/categories/ceramics?village=" + village + "&", "/categories/ceramics?village=" + small + "&"} {
			paths = append(paths, list+order)
		}
	}
	for i, path := range paths {
		paths[i] = "/en-us" + path
	}
	return append(paths, "/sitemap.xml", "/sitemaps/en-us/pages.xml", "/sitemaps/en-us/goods-0.xml")
}

// onward is where a link of a page leads.
func onward(from, link string) string {
	base, err := url.Parse(from)
	if err != nil {
		return link
	}
	to, err := base.Parse(link)
	if err != nil {
		return link
	}
	return to.RequestURI()
}

var wholeTable = regexp.MustCompile(`Seq Scan on (\w+)[^(\n]*(?:\(cost[^)]*\) \((never|actual))?`)

// plans has PostgreSQL say how it does what it was asked.
func (w *world) plans(seen *statements) {
	w.t.Helper()
	looked := 0
	for sql, args := range seen.args {
		plan, err := w.plan(seen.of(settings[tag(sql)]), sql, args)
		if err != nil {
			w.t.Errorf("%.200s\n%v", sql, err)
			continue
		}
		if plan == "" {
			continue
		}
		looked++
		if n := forNothing(plan); n > mostForNothing() && mayReadAll[tag(sql)] == "" {
			w.t.Errorf("%d rows are read for nothing by\n%s\nwith %v:\n%s", n, sql, args, plan)
		}
		for _, table := range wholeTable.FindAllStringSubmatch(plan, -1) {
			if slices.Contains(bigTables, table[1]) && !strings.HasPrefix(table[2], "never") && mayReadAll[tag(sql)] == "" {
				w.t.Errorf("all of %s is read by\n%s\nwith %v:\n%s", table[1], sql, args, plan)
			}
		}
	}
	if looked < 40 {
		w.t.Errorf("only %d statements were looked at", looked)
	}
}

// tag is what a statement calls itself.
func tag(sql string) string {
	_, rest, _ := strings.Cut(sql, "/*")
	name, _, _ := strings.Cut(rest, "*/")
	return strings.TrimSpace(name)
}

var reads = regexp.MustCompile(`(?s)^\s*(/\*.*?\*/)?\s*(select|with|update|delete|insert)\b`)

var writes = regexp.MustCompile(`(?i)\b(insert into|update|delete from|for update|for no key update)\b`)

// plan explains a statement, run behind another unless that is empty: what is only read is read for it.
func (w *world) plan(behind, sql string, args []any) (string, error) {
	if !reads.MatchString(sql) {
		return "", nil
	}
	explain := "explain (analyze, timing off, summary off) "
	if writes.MatchString(sql) {
		explain = "explain "
	}
	tx, err := w.pool.Begin(w.t.Context())
	if err != nil {
		return "", fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(w.t.Context()) }()
	if behind != "" {
		if _, err := tx.Exec(w.t.Context(), behind); err != nil {
			return "", fmt.Errorf("settings: %w", err)
		}
	}
	rows, err := tx.Query(w.t.Context(), explain+sql, args...)
	if err != nil {
		return "", fmt.Errorf("explain: %w", err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}

var (
	scans   = regexp.MustCompile(`(Seq )?Scan (?:Backward )?(?:using \w+ )?on (\w+).*rows=(\d+) loops=(\d+)`)
	loops   = regexp.MustCompile(`loops=(\d+)`)
	removed = regexp.MustCompile(`Rows Removed by (?:Filter|Index Recheck): (\d+)`)
)

// forNothing is how many rows of tables that grow a plan read and had no use for: where there is no index for what was asked,
// PostgreSQL takes another and looks through what it finds. Of a table of makers it reads from end to end all rows count.
func forNothing(plan string) (total int) {
	counts, times := false, 1
	for line := range strings.Lines(plan) {
		if m := scans.FindStringSubmatch(line); m != nil {
			makers := slices.Contains(makerTables, m[2])
			counts, times = makers || slices.Contains(bigTables, m[2]), number(m[4])
			if makers && m[1] != "" {
				total += number(m[3]) * times
			}
		} else if loops.MatchString(line) {
			counts = false
		}
		if m := removed.FindStringSubmatch(line); m != nil && counts {
			total += number(m[1]) * times
		}
	}
	return total
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
