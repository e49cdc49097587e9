package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/watch"
	"awil/internal/web"
	"awil/templates/layout"
)

// renaming are markets of which one is renamed right after somebody has read
// them.
type renaming struct {
	*world
	board *watch.Board
	done  bool
}

func (r *renaming) All(ctx context.Context) ([]layout.Market, error) {
	list, err := r.world.All(ctx)
	if r.done {
		list[0].Names = map[i18n.Lang]string{"en": "Nippon", "ja": "日本"}
	} else {
		r.done = true
		r.board.Change(watch.Markets)
	}
	return list, err
}

// TestMarketOfTheAddressIsNotOld: a market that changes between being looked up
// and the page being made is shown as it is.
func TestMarketOfTheAddressIsNotOld(t *testing.T) {
	w, n := newWorld(), &news{board: watch.NewBoard()}
	n.board.SetCertain(true)
	s := newServer(t, w, func(c *web.Config) {
		c.Changes, c.PagesBytes, c.Markets = n, 16<<20, &renaming{world: w, board: n.board}
	})
	s.Shop().GET("/market", web.Public, func(c echo.Context) error {
		return render(c, http.StatusOK, "Sent to "+web.Base(c).Market.Names["en"], noteForm{}, nil)
	})
	b := newBrowser(t, s)
	for range 2 {
		if !strings.Contains(b.get("/en-jp/market").body, "Sent to Nippon") {
			t.Error("the page shows the market as it was before")
		}
		w.pass(time.Hour)
	}
}

// flaky are markets and links that cannot be read for a while.
type flaky struct {
	*world
	markets, links bool
}

func (f *flaky) All(ctx context.Context) ([]layout.Market, error) {
	if f.markets {
		return nil, errs.E(errs.Unavailable, "canceling statement due to statement timeout")
	}
	return f.world.All(ctx)
}

func (f *flaky) Shop(ctx context.Context, l i18n.Lang, m layout.Market) (layout.Nav, error) {
	if f.links {
		return layout.Nav{}, errors.New("canceling statement due to statement timeout")
	}
	return f.world.Shop(ctx, l, m)
}

// TestPagesThatLackSomethingAreNotKept: a page whose frame could not be read is
// made anew within a second.
func TestPagesThatLackSomethingAreNotKept(t *testing.T) {
	w, n := newWorld(), &news{board: watch.NewBoard()}
	n.board.SetCertain(true)
	f := &flaky{world: w}
	s := newServer(t, w, func(c *web.Config) {
		c.Changes, c.PagesBytes, c.Nav, c.Markets = n, 16<<20, f, f
	})
	made := 0
	s.Shop().GET("/framed", web.Public, func(c echo.Context) error {
		made++
		return render(c, http.StatusOK, "Framed", noteForm{}, nil)
	})
	b := newBrowser(t, s)
	f.links = true
	if b.get("/en-jp/framed"); made != 1 {
		t.Fatalf("made %d times", made)
	}
	f.links = false
	w.pass(time.Second)
	if !strings.Contains(b.get("/en-jp/framed").body, "Food and tea") || made != 2 {
		t.Errorf("made %d times: a page without links is kept", made)
	}
	f.markets = true
	b.get("/ja-jp/framed")
	w.pass(time.Second)
	f.markets = false
	if b.get("/ja-jp/framed"); made != 4 {
		t.Errorf("made %d times: a page with markets from before is kept", made)
	}
	w.pass(time.Hour)
	if b.get("/en-jp/framed"); made != 4 {
		t.Errorf("made %d times: a whole page is not kept", made)
	}
}

// TestOneSlowPageIsServedAsItWas: and no other, for the database is there.
func TestOneSlowPageIsServedAsItWas(t *testing.T) {
	w, s, n, rendered := keeping(t)
	slow, tried := false, 0
	s.Shop().GET("/slow", web.Public, func(c echo.Context) error {
		watch.On(c.Request().Context(), watch.Product(1))
		tried++
		if slow {
			return errs.E(errs.Unavailable, "canceling statement due to statement timeout")
		}
		return render(c, http.StatusOK, "Much to read", noteForm{}, nil)
	})
	b := newBrowser(t, s)
	counted, before := b.get("/en-jp/counted").body, b.get("/en-jp/slow").body
	slow = true
	w.pass(10 * time.Hour)
	n.board.Change(watch.Product(1))
	for range 3 {
		if res := b.get("/en-jp/slow"); res.StatusCode != http.StatusOK || res.body != before {
			t.Errorf("%d instead of the page as it was", res.StatusCode)
		}
	}
	if tried != 2 {
		t.Errorf("tried %d times within a second", tried-1)
	}
	if res := b.get("/en-jp/slow?q=unknown"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a page nobody has: %d", res.StatusCode)
	}
	if b.get("/en-jp/counted").body == counted || rendered.Load() != 2 {
		t.Error("another page is as it was ten hours ago, for one is slow")
	}
}

// TestWhatIsGoneStaysGone: a page that was answered otherwise since does not
// come back while the database is away.
func TestWhatIsGoneStaysGone(t *testing.T) {
	for name, instead := range map[string]func(echo.Context) error{
		"gone":   func(echo.Context) error { return errs.E(errs.Gone, "withdrawn") },
		"never":  func(echo.Context) error { return errs.E(errs.NotFound, "unknown") },
		"moved":  func(c echo.Context) error { return web.Moved(c, "/en-jp/villages") },
		"hidden": func(c echo.Context) error { return c.String(http.StatusOK, "plain") },
	} {
		t.Run(name, func(t *testing.T) {
			w, s, n, _ := keeping(t)
			over := false
			s.Shop().GET("/recalled", web.Public, func(c echo.Context) error {
				watch.On(c.Request().Context(), watch.Product(9))
				switch {
				case w.down:
					return errs.E(errs.Unavailable, "away")
				case over:
					return instead(c)
				}
				return render(c, http.StatusOK, "Recalled jam", noteForm{}, nil)
			})
			b := newBrowser(t, s)
			b.get("/en-jp/recalled")
			over = true
			n.board.Change(watch.Product(9))
			w.pass(time.Hour)
			b.get("/en-jp/recalled")
			w.down = true
			n.board.SetCertain(false)
			for range 2 {
				if res := b.get("/en-jp/recalled"); res.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("%d %q", res.StatusCode, res.doc.Find("h1").Text())
				}
			}
		})
	}
}
