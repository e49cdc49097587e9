package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// beside starts a second program for the same shop.
func (w *world) beside() *app {
	w.t.Helper()
	c := w.app.Config
	c.Addr, c.BaseURL = "127.0.0.1:0", ""
	a, err := open(w.t.Context(), c, serveOptions{web: true, demo: true}, w.app.log)
	if err != nil {
		w.t.Fatalf("start a second program: %v", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Errorf("the second program ended with: %v", err)
		}
		if err := a.close(); err != nil {
			w.t.Errorf("the second program closed with: %v", err)
		}
	})
	return a
}

// crowd are many visitors of one shop that two programs serve.
type crowd struct {
	bases    []string
	secrets  []string // what is on pages of single people only
	variants []int    // that carts are filled with
	public   []string // paths of pages that are the same for everybody

	mu   sync.Mutex
	seen map[string][]byte // what everybody sees, by address
}

// stranger is one of them, and what she has done so far.
type stranger struct {
	*client
	crowd  *crowd
	random *rand.Rand
	login  string // empty: nobody
	locale string // chosen last
	cart   map[string]int
	told   bool // a sentence about what she has done waits for her next own page
}

// TestNobodySeesAnothersThings: many visitors walk about on two programs at
// once, some signed in, with carts, in languages and markets of their own. Each
// finds her own things on her pages, and nobody's on those of everybody, which
// are the same for all.
func TestNobodySeesAnothersThings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.eventually("the demo's pictures", func() bool {
		return w.number("select count(*) from river_job where state in ('available', 'running', 'retryable')") == 0
	})
	c := &crowd{bases: []string{w.app.BaseURL, w.beside().BaseURL}, seen: map[string][]byte{},
		public: []string{"/", "/products", "/products?sort=price_up", "/villages", "/search?q=jam", "/search?q=qqqqqq"}}
	logins := []string{"buyer@demo.awil", "melon@demo.awil", "curator@demo.awil"}
	for i, login := range logins {
		name := fmt.Sprintf("Marked%d", i)
		w.exec("update accounts set name = $2 where email = $1", login, name)
		c.secrets = append(c.secrets, login, name)
	}
	for _, slug := range []string{"melon-jam", "liquorice-tea", "sesame-cookies"} {
		g := w.good(slug, "en")
		c.public = append(c.public, "/products/"+g.slug)
		variant := w.number("select min(id) from variants where product_id = $1", g.id)
		w.exec("update variants set stock = 1000 where id = $1", variant)
		c.variants = append(c.variants, variant)
	}
	strangers, steps := 9, 60
	if testing.Short() {
		steps = 25
	}
	var all sync.WaitGroup
	for i := range strangers {
		s := &stranger{client: newClient(t, c.bases[i%2]), crowd: c, random: rand.New(rand.NewPCG(uint64(i), 3)), locale: "en-uz", cart: map[string]int{}}
		if i%3 == 0 {
			s.login = logins[i/3]
			s.signIn(t, s.login, demoKey)
		}
		all.Go(func() {
			for step := range steps {
				s.base = c.bases[s.random.IntN(len(c.bases))]
				if err := s.step(); err != nil {
					t.Errorf("visitor %d, step %d: %v", i, step, err)
					return
				}
			}
		})
	}
	all.Wait()
	if got := len(c.seen); got < 20 {
		t.Errorf("only %d pages of everybody were looked at", got)
	}
}

// step is something she does, by chance.
func (s *stranger) step() error {
	switch chance := s.random.IntN(10); {
	case chance < 5:
		return s.looks()
	case chance == 5:
		return s.chooses()
	case chance == 6:
		return s.puts()
	case chance == 7:
		return s.comesAgain()
	case chance == 8 && s.login != "":
		return s.hasAnAccount()
	}
	return s.hasACart()
}

var (
	strangersLangs   = []string{"en", "ru", "uz", "kaa", "ky", "ja"}
	strangersMarkets = []string{"uz", "jp", "us"}
)

func (s *stranger) anyLocale() string {
	return strangersLangs[s.random.IntN(len(strangersLangs))] + "-" + strangersMarkets[s.random.IntN(len(strangersMarkets))]
}

// looks at a page of everybody's.
func (s *stranger) looks() error {
	path := "/" + s.anyLocale() + s.crowd.public[s.random.IntN(len(s.crowd.public))]
	response, err := s.http.Get(s.base + path)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || len(response.Cookies()) > 0 {
		return fmt.Errorf("%s: %d, with the cookies %v", path, response.StatusCode, response.Cookies())
	}
	return s.crowd.same(path, bytes.ReplaceAll(body.Bytes(), []byte(s.crowd.bases[1]), []byte(s.crowd.bases[0])))
}

// same holds a page against what others saw there, and against what is nobody
// else's business.
func (c *crowd) same(path string, body []byte) error {
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return err
	}
	lang, _, _ := strings.Cut(path[1:], "-")
	if got, _, _ := strings.Cut(page.Find("html").AttrOr("lang", ""), "-"); got != lang {
		return fmt.Errorf("%s is in %q", path, got)
	}
	if page.Find(".flash").Length() > 0 {
		return fmt.Errorf("%s tells somebody what she has done", path)
	}
	for _, secret := range c.secrets {
		if bytes.Contains(body, []byte(secret)) {
			return fmt.Errorf("%s shows %s", path, secret)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if before, ok := c.seen[path]; ok && !bytes.Equal(before, body) {
		return fmt.Errorf("%s is not what another saw", path)
	}
	c.seen[path] = body
	return nil
}

// chooses another language and market.
func (s *stranger) chooses() error {
	s.locale = s.anyLocale()
	lang, market, _ := strings.Cut(s.locale, "-")
	a, err := s.get("/locale?lang=" + lang + "&market=" + market + "&page=/villages")
	if err == nil && a.to != "/"+s.locale+"/villages" {
		err = fmt.Errorf("chose %s and was led to %s", s.locale, a.to)
	}
	if err != nil {
		return err
	}
	return s.comesAgain()
}

// comesAgain to the address without a language, which leads to hers.
func (s *stranger) comesAgain() error {
	if _, chosen := s.chosen(); !chosen {
		return nil
	}
	a, err := s.get("/")
	if err == nil && a.to != "/"+s.locale+"/" {
		err = fmt.Errorf("came again and was led to %s instead of %s", a.to, s.locale)
	}
	return err
}

// chosen is the locale that her browser remembers.
func (s *stranger) chosen() (string, bool) {
	base, err := url.Parse(s.base)
	if err != nil {
		return "", false
	}
	cookies := s.http.Jar.Cookies(base)
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Value == s.locale })
	if i < 0 {
		return "", false
	}
	return cookies[i].Value, true
}

// puts something in her cart.
func (s *stranger) puts() error {
	variant, quantity := strconv.Itoa(s.crowd.variants[s.random.IntN(len(s.crowd.variants))]), 1+s.random.IntN(3)
	a, err := s.post("/"+s.locale+"/cart/lines", url.Values{"variant": {variant}, "quantity": {strconv.Itoa(quantity)}})
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("into the cart: %d", a.status)
	}
	if err != nil {
		return err
	}
	s.cart[variant] += quantity
	s.told = true
	return nil
}

// hasACart with her things in it, and nobody else's.
func (s *stranger) hasACart() error {
	a, err := s.get("/" + s.locale + "/cart")
	if err != nil {
		return err
	}
	page, err := a.page()
	if err != nil || a.status != http.StatusOK {
		return fmt.Errorf("her cart: %d %w", a.status, err)
	}
	found := map[string]int{}
	page.Find("input[id^=quantity-]").Each(func(_ int, field *goquery.Selection) {
		variant := strings.TrimPrefix(field.AttrOr("id", ""), "quantity-")
		found[variant], _ = strconv.Atoi(field.AttrOr("value", "")) // what is no number is not hers
	})
	if fmt.Sprint(found) != fmt.Sprint(s.cart) {
		return fmt.Errorf("her cart holds %v instead of %v", found, s.cart)
	}
	return s.isTold(page)
}

// hasAnAccount of hers.
func (s *stranger) hasAnAccount() error {
	a, err := s.get("/account")
	if err != nil {
		return err
	}
	for i := 0; i < len(s.crowd.secrets); i += 2 {
		login := s.crowd.secrets[i]
		if bytes.Contains(a.body, []byte(login)) != (login == s.login) || a.status != http.StatusOK {
			return fmt.Errorf("the account of %s: %d, about %s", s.login, a.status, login)
		}
	}
	page, err := a.page()
	if err != nil {
		return err
	}
	return s.isTold(page)
}

// isTold once what she has done, and nothing else.
func (s *stranger) isTold(page *goquery.Document) error {
	if got := page.Find(".flash").Length() > 0; got != s.told {
		return fmt.Errorf("told %v what she has done, want %v: %s", got, s.told, page.Find(".flash").Text())
	}
	s.told = false
	return nil
}
