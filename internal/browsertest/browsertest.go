// Package browsertest drives a real Chromium through pages the way people do:
// elements are found by role and accessible name, touched or clicked where they
// are on the screen, and fields filled by their labels.
//
// A test opens pages, each in a profile of its own:
//
//	page := browsertest.Open(t, browsertest.Options{Base: server.URL, View: browsertest.Phone})
//	page.Visit("/sign-in")
//	page.Fill("E-mail", "melon@demo.awil")
//	page.Press("Sign in")
//	page.See("What to pack today")
//
// Every page is watched. What a visitor's browser would complain about fails
// the test: errors on the console, uncaught exceptions, violations of the
// content policy, files that cannot be loaded, requests to other sites, and
// what axe finds wrong for people with disabilities.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// actionTime is how long one action may take, waiting for its element and for
// the page it leads to included. Two cores do other work meanwhile.
const actionTime = 30 * time.Second

// View is the window a page is seen in.
type View struct {
	Name          string
	Width, Height int64   // CSS pixels
	Scale         float64 // device pixels for each
	Touch         bool
}

// The views the site is made for. They are never changed.
var (
	Phone   = View{Name: "phone", Width: 360, Height: 780, Scale: 2, Touch: true}
	Desktop = View{Name: "desktop", Width: 1280, Height: 900, Scale: 1}
)

// Options say who looks at the site, and how.
type Options struct {
	Base     string // address of the site, without a slash at the end
	View     View   // the zero value: Desktop
	Lang     string // what the browser accepts, such as "ja"; empty: English
	NoScript bool   // JavaScript is off
	Dark     bool   // prefers a dark page
}

// errMissing says that there is no browser to test with.
var errMissing = errors.New("no Chromium or Chrome on this machine; `make test` installs it where it may")

// process is the one browser of this test program and the way to end it.
type process struct {
	ctx  context.Context
	stop func() error
}

// browser is started by the first test that asks, and ended by Close.
var browser = sync.OnceValues(start)

func start() (process, error) {
	path := executable()
	if path == "" {
		return process{}, errMissing
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		// A page restored whole would fire no load event to wait for.
		chromedp.Flag("disable-features", "Translate,BackForwardCache,MediaRouter,OptimizationHints"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		cancelAllocator()
		return process{}, fmt.Errorf("start %s: %w", path, err)
	}
	stop := func() error {
		defer cancelAllocator()
		return chromedp.Cancel(ctx)
	}
	return process{ctx, stop}, nil
}

// executable finds a browser, Debian's Chromium first.
func executable() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Close ends the browser and removes its profile. A test program calls it once,
// after its last test: from TestMain.
func Close() error {
	p, err := browser()
	if err != nil {
		return nil
	}
	return p.stop()
}

// Open returns an empty page in a profile of its own: no cookies, nothing kept.
// It closes when t ends, and t fails if the page had anything to complain about.
// With `go test -artifacts` a test that fails leaves a picture of the page.
// Where there is no browser the test is skipped, or fails when the environment
// says CI=true.
func Open(t testing.TB, o Options) *Page {
	t.Helper()
	p, err := browser()
	if errors.Is(err, errMissing) && os.Getenv("CI") != "true" {
		t.Skipf("SKIPPED, no browser: %v", err)
	}
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	if o.View == (View{}) {
		o.View = Desktop
	}
	if o.Lang == "" {
		o.Lang = "en"
	}
	w := newWatch(o.Base)
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.event))
	if err := chromedp.Do(ctx, prepare(o)...); err != nil {
		cancel()
		t.Fatalf("open a page: %v", err)
	}
	page := &Page{t: t, ctx: ctx, o: o, watch: w}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the %s page stood at %s%s\n%s", o.View.Name, w.address(), page.keepShot(), page.glimpse())
		}
		cancel()
		page.complain()
	})
	return page
}

// prepare makes a fresh tab what the options say.
func prepare(o Options) []chromedp.Action[chromedp.Void] {
	v := o.View
	viewport := []chromedp.EmulateViewportOption{chromedp.EmulateScale(v.Scale)}
	if v.Touch {
		viewport = append(viewport, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	scheme := "light"
	if o.Dark {
		scheme = "dark"
	}
	return []chromedp.Action[chromedp.Void]{
		chromedp.EmulateViewport(v.Width, v.Height, viewport...),
		call(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": o.Lang}}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}}),
		call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript}),
	}
}
