package browsertest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe is axe-core as `make test` installs it, read once.
var axe = sync.OnceValues(func() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(root, "bin", "tools", "axe.min.js"))
	return string(source), err
})

// checked are the kinds of pages axe has seen in this test program.
var checked sync.Map

// moduleRoot is the folder of go.mod, above the package under test.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

var (
	localePart = regexp.MustCompile(`^/[a-z]{2,3}-[a-z]{2}(/|$)`)
	ownPart    = regexp.MustCompile(`[^/]*\d[^/]*|[A-Za-z0-9_-]{16,}`)
)

// kind is what pages have in common that differ only in what they show.
func (p *Page) kind() string {
	path := localePart.ReplaceAllString(p.URL().Path, "/:locale/")
	path = ownPart.ReplaceAllString(path, "*")
	scheme := "light"
	if p.o.Dark {
		scheme = "dark"
	}
	_, status := p.watch.state()
	return fmt.Sprintf("%s %d %s %s script=%t", path, status, p.o.View.Name, scheme, !p.o.NoScript)
}

// violation is one finding of axe.
type violation struct {
	ID, Help string
	Nodes    []string
}

// check runs axe with WCAG 2.2 AA and best practices and returns what it finds.
// What a bar at the window's edge half covers counts as too small there, though
// it only has to be scrolled to: that is left out.
const check = `axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}).then(r => r.violations.map(v => ({
	ID: v.id, Help: v.help, Nodes: v.nodes.map(n => n.target.join(' ') + '  ' + n.html.slice(0, 200) + '  ' + (n.any[0] || n.all[0] || n.none[0] || {message: ''}).message)
		.filter(text => v.id != 'target-size' || !text.includes('obscured')),
})).filter(v => v.Nodes.length))`

// accessible has axe look at a page of each kind once in each view.
func (p *Page) accessible() {
	p.t.Helper()
	kind := p.kind()
	if _, again := checked.LoadOrStore(kind, true); again {
		return
	}
	p.Accessible()
	p.Fits()
}

// sideways lists what sticks out to the right of the page, unless it scrolls
// in a frame of its own.
const sideways = `(() => {
	const wide = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= wide && visualViewport.width <= wide + 1) return '';
	const clipped = e => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement) if (getComputedStyle(e).overflowX !== 'visible') return true; };
	return 'the page is ' + document.documentElement.scrollWidth + ' pixels wide on a screen of ' + wide + '\n' +
		[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > screen.width + 1 && !clipped(e))
		.slice(0, 8).map(e => '    ' + Math.round(e.getBoundingClientRect().right) + ' ' + e.outerHTML.slice(0, 160)).join('\n');
})()`

// Fits wants nothing to be reached only by scrolling sideways, as WCAG 2.2
// asks under 1.4.10. Pages visited are measured once for each kind and view;
// words of another language may be longer.
func (p *Page) Fits() {
	p.t.Helper()
	wide, err := eval[string](p, sideways)
	if err != nil {
		p.t.Fatalf("measure %s: %v", p.watch.address(), err)
	}
	if wide != "" {
		p.t.Errorf("%s on a %s: %s", p.watch.address(), p.o.View.Name, wide)
	}
}

// Accessible has axe look at the page as it stands, for what only shows after
// a press: a panel, a chosen tab.
func (p *Page) Accessible() {
	p.t.Helper()
	source, err := axe()
	if err != nil {
		if os.Getenv("CI") == "true" {
			p.t.Fatalf("axe-core is missing, `make test` installs it: %v", err)
		}
		p.t.Logf("SKIPPED, accessibility of %s: %v", p.kind(), err)
		return
	}
	found, err := p.runAxe(source)
	if err != nil {
		p.t.Fatalf("axe on %s: %v", p.watch.address(), err)
	}
	for _, v := range found {
		p.t.Errorf("axe on %s (%s): %s: %s\n    %s", p.watch.address(), p.kind(), v.ID, v.Help, strings.Join(v.Nodes, "\n    "))
	}
}

func (p *Page) runAxe(source string) ([]violation, error) {
	if p.o.NoScript {
		if err := p.scripts(true); err != nil {
			return nil, err
		}
		defer func() { _ = p.scripts(false) }()
	}
	if _, err := eval[chromedp.Void](p, source+";0"); err != nil {
		return nil, err
	}
	return chromedp.Run(p.ctx, chromedp.Evaluate[[]violation](check, chromedp.EvalAwaitPromise))
}

// scripts lets the checker run on a page that was built without scripts.
func (p *Page) scripts(allowed bool) error {
	return chromedp.Do(p.ctx, call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed}))
}
