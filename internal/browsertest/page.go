package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Page is a tab in a profile of its own. Its methods fail the test when they
// cannot do what they say; they belong to the test's goroutine.
type Page struct {
	t     testing.TB
	ctx   context.Context
	o     Options
	watch *watch
	root  string // elements are looked for below it; empty: anywhere
}

// In returns the page seen through a hole: elements are looked for only inside
// the first that the CSS selector names.
func (p *Page) In(selector string) *Page {
	part := *p
	part.root = selector
	return &part
}

// Visit opens a path of the site, or a whole address on it, and waits until it
// is loaded. The page must be found: for others there is VisitStatus.
func (p *Page) Visit(address string) {
	p.t.Helper()
	p.VisitStatus(address, 200)
}

// VisitStatus opens a path and wants a certain HTTP status at its end.
func (p *Page) VisitStatus(address string, status int) {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.o.Base + address
	}
	p.leads("visit "+address, status, func(ctx context.Context) error {
		r, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: address})
		if err == nil && r.ErrorText != "" {
			err = fmt.Errorf("%s", r.ErrorText)
		}
		return err
	})
}

// Reload fetches the page again.
func (p *Page) Reload() {
	p.t.Helper()
	p.leads("reload", 200, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.Reload, page.ReloadParams{})
		return err
	})
}

// Back returns to the page before this one.
func (p *Page) Back() {
	p.t.Helper()
	p.leads("back", 0, func(ctx context.Context) error {
		h, err := chromedp.Run(ctx, chromedp.NavigationEntries())
		if err != nil {
			return err
		}
		if h.CurrentIndex < 1 {
			return fmt.Errorf("no page before this one")
		}
		id := h.Entries[h.CurrentIndex-1].ID
		_, err = chromedp.Call(ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: id})
		return err
	})
}

// leads does what brings a new document, waits for its load event, wants its
// status (0: any) and has it checked.
func (p *Page) leads(what string, status int, do func(ctx context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	before, _ := p.watch.state()
	if err := do(ctx); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	err := poll(ctx, func() (bool, error) {
		loads, _ := p.watch.state()
		return loads > before, nil
	})
	if err != nil {
		p.t.Fatalf("%s: no new page came: %v%s", what, err, p.problems())
	}
	if _, got := p.watch.state(); status != 0 && int(got) != status {
		p.t.Fatalf("%s: %s answered %d, want %d", what, p.watch.address(), got, status)
	}
	p.complain()
	p.accessible()
}

// problems quotes what the page says is wrong with a form: the usual reason
// why it goes nowhere.
func (p *Page) problems() string {
	const script = `[...document.querySelectorAll(':invalid, .problem, [role=alert]')].map(e => e.name || e.innerText).filter(Boolean).join('; ')`
	text, err := eval[string](p, script)
	if err != nil || text == "" {
		return ""
	}
	return "; on the page: " + text
}

// complain reports what was wrong since it was last asked.
func (p *Page) complain() {
	p.t.Helper()
	for _, wrong := range p.watch.take() {
		p.t.Errorf("%s page, %s", p.o.View.Name, wrong)
	}
}

// Status is the HTTP status of the document shown.
func (p *Page) Status() int {
	_, status := p.watch.state()
	return int(status)
}

// URL is the address in the bar.
func (p *Page) URL() *url.URL {
	p.t.Helper()
	u, err := url.Parse(p.watch.address())
	if err != nil {
		p.t.Fatal(err)
	}
	return u
}

// Path is the path of the address in the bar.
func (p *Page) Path() string {
	p.t.Helper()
	return p.URL().Path
}

// eval returns the value of a script, which works with JavaScript off as well.
func eval[T any](p *Page, script string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script))
}

// call makes a protocol command without a result a step.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// pollEvery is how often the page is asked about what is waited for.
const pollEvery = 20 * time.Millisecond

// poll asks until the answer is yes, an error, or ctx is over.
func poll(ctx context.Context, done func() (bool, error)) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
