package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Text is what can be read on the page.
func (p *Page) Text() string {
	p.t.Helper()
	text, err := eval[string](p, `((`+p.within()+`).body || `+p.within()+` || {innerText: ''}).innerText`)
	if err != nil {
		p.t.Fatalf("read the page: %v", err)
	}
	return text
}

// Shows reports whether a text can be read on the page now. Spaces of any kind
// and capitals do not matter.
func (p *Page) Shows(text string) bool {
	p.t.Helper()
	return strings.Contains(plain(p.Text()), plain(text))
}

// See waits until all the texts can be read on the page.
func (p *Page) See(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		ctx, cancel := context.WithTimeout(p.ctx, actionTime)
		err := poll(ctx, func() (bool, error) { return p.Shows(text), nil })
		cancel()
		if err != nil {
			p.t.Fatalf("%s does not say %q; it says:\n%s", p.watch.address(), text, p.Text())
		}
	}
}

// NotSee fails when one of the texts can be read on the page.
func (p *Page) NotSee(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if p.Shows(text) {
			p.t.Fatalf("%s says %q", p.watch.address(), text)
		}
	}
}

// Find reports whether a link, button or field has the name.
func (p *Page) Find(name string) bool {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	all, err := p.elements(ctx, append(append([]string{}, pressable...), writable...))
	if err != nil {
		p.t.Fatalf("look for %q: %v", name, err)
	}
	return len(matching(all, name)) > 0
}

// Wait waits until a script of the page is true; what says for what.
func (p *Page) Wait(what, script string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	err := poll(ctx, func() (bool, error) {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+script+")"))
		if gone(err) {
			return false, nil
		}
		return ok, err
	})
	if err != nil {
		p.t.Fatalf("wait for %s on %s: %v", what, p.watch.address(), err)
	}
}

// Eval returns the value of a script, for what cannot be seen: text.
func (p *Page) Eval(script string) string {
	p.t.Helper()
	s, err := eval[string](p, script)
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return s
}

// SeeLater reloads the page until the text can be read: background work will
// have it done soon.
func (p *Page) SeeLater(text string) {
	p.t.Helper()
	deadline := time.Now().Add(actionTime)
	for !p.Shows(text) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s never says %q; it says:\n%s", p.watch.address(), text, p.Text())
		}
		p.Reload()
	}
}

// Screenshot returns what the window shows as JPEG of the quality, 1 to 100.
func (p *Page) Screenshot(quality int64) []byte {
	p.t.Helper()
	shot, err := p.capture(quality)
	if err != nil {
		p.t.Fatalf("screenshot: %v", err)
	}
	return shot
}

func (p *Page) capture(quality int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	r, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatJpeg, Quality: &quality})
	return r.Data, err
}

// keepShot writes a picture of the page among the test's artifacts.
func (p *Page) keepShot() string {
	shot, err := p.capture(60)
	if err != nil {
		return ""
	}
	file := filepath.Join(p.t.ArtifactDir(), fmt.Sprintf("%s-%d.jpg", p.o.View.Name, time.Now().UnixNano()))
	if err := os.WriteFile(file, shot, 0o600); err != nil {
		return ""
	}
	return ", see " + file
}

// glimpse is the start of what the page says, for the report of a failed test.
func (p *Page) glimpse() string {
	text, err := eval[string](p, `document.body ? document.body.innerText : ''`)
	if err != nil {
		return err.Error()
	}
	const most = 600
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}
