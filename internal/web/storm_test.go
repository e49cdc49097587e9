package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/watch"
	"awil/internal/web"
)

// stormy is a shop of one kind of page that shows how often something was
// edited, and takes its time for it.
type stormy struct {
	http.Handler
	board    *watch.Board
	edited   [pagesInStorm]atomic.Int64
	at       [pagesInStorm]sync.Map // of an edition: when it came
	rendered [pagesInStorm]atomic.Int64
}

const (
	pagesInStorm = 5
	slowPage     = 30 * time.Millisecond
)

func newStormy(t *testing.T) *stormy {
	t.Helper()
	st := &stormy{board: watch.NewBoard()}
	st.board.SetCertain(true)
	s := newServer(t, newWorld(), func(c *web.Config) {
		c.Changes, c.PagesBytes, c.Clock = &news{board: st.board}, 16<<20, time.Now
	})
	s.Shop().GET("/storm/:n", web.Public, func(c echo.Context) error {
		n, err := strconv.Atoi(c.Param("n"))
		if err != nil {
			return err
		}
		st.rendered[n].Add(1)
		watch.On(c.Request().Context(), watch.Product(int64(n)))
		edition := st.edited[n].Load()
		time.Sleep(slowPage)
		return render(c, http.StatusOK, fmt.Sprintf("Edition (%d)", edition), noteForm{}, nil)
	})
	st.Handler = s.Handler()
	return st
}

func (st *stormy) edit(n int) {
	st.at[n].Store(st.edited[n].Add(1), time.Now())
	st.board.Change(watch.Product(int64(n)))
}

// look returns how long a visitor waited and for how long what she saw had not
// been so any more when she asked.
func (st *stormy) look(t *testing.T, n int) (waited, old time.Duration) {
	asked, w := time.Now(), httptest.NewRecorder()
	st.ServeHTTP(w, httptest.NewRequest(http.MethodGet, fmt.Sprintf("https://awil.test/en-jp/storm/%d", n), nil))
	_, after, _ := strings.Cut(w.Body.String(), "Edition (")
	number, _, _ := strings.Cut(after, ")")
	edition, err := strconv.ParseInt(number, 10, 64)
	if w.Code != http.StatusOK || err != nil {
		t.Errorf("page %d: %d %v", n, w.Code, err)
		return 0, 0
	}
	if next, edited := st.at[n].Load(edition + 1); edited {
		old = max(0, asked.Sub(next.(time.Time)))
	}
	return time.Since(asked), old
}

// TestStorm: a hundred edits a second, in a time that only the test lets pass.
// Each page is made at most once a breath; who finds it made anew behind the
// back of others does not wait; and nobody sees what was over a second ago.
func TestStorm(t *testing.T) {
	st := newStormy(t)
	synctest.Test(t, func(t *testing.T) {
		const span = 10 * time.Second
		for n := range pagesInStorm {
			st.look(t, n)
		}
		begin := time.Now()
		var all sync.WaitGroup
		all.Go(func() {
			for i := 0; time.Since(begin) < span; i++ {
				st.edit(i % pagesInStorm)
				time.Sleep(10 * time.Millisecond)
			}
		})
		var mu sync.Mutex
		var waited, visits int
		for v := range 20 {
			all.Go(func() {
				for i := v; time.Since(begin) < span; i++ {
					wait, old := st.look(t, i%pagesInStorm)
					mu.Lock()
					visits++
					if wait > 0 {
						waited++
					}
					mu.Unlock()
					if wait > 2*slowPage {
						t.Errorf("waited %v", wait)
					}
					if old > time.Second-slowPage {
						t.Errorf("saw what was over for %v", old)
					}
					time.Sleep(17 * time.Millisecond)
				}
			})
		}
		all.Wait()
		if visits < 1000 || waited > visits/100 {
			t.Errorf("%d of %d visits waited", waited, visits)
		}
		for n := range pagesInStorm {
			if got, most := st.rendered[n].Load(), int64(span/(400*time.Millisecond))+2; got > most || got < most/3 {
				t.Errorf("page %d was made %d times, want at most %d", n, got, most)
			}
		}
	})
}

// TestRareVisitsInStorm: pages that nobody looks at are not made anew, and are
// right when somebody does.
func TestRareVisitsInStorm(t *testing.T) {
	st := newStormy(t)
	synctest.Test(t, func(t *testing.T) {
		for i := range 500 {
			st.edit(1)
			time.Sleep(10 * time.Millisecond)
			if i%100 == 99 {
				if _, old := st.look(t, 1); old > 0 {
					t.Errorf("saw what was over for %v", old)
				}
			}
		}
		if got := st.rendered[1].Load(); got != 5 {
			t.Errorf("made %d times for 5 visits", got)
		}
	})
}
