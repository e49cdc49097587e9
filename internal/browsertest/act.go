package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Press clicks or taps a link or button by its name and waits for the page it
// leads to, which must be found.
func (p *Page) Press(name string) {
	p.t.Helper()
	p.PressStatus(name, 200)
}

// PressStatus is Press for a page that comes with another status, such as 422
// for a form that has to be looked at again.
func (p *Page) PressStatus(name string, status int) {
	p.t.Helper()
	p.leads(fmt.Sprintf("press %q", name), status, func(ctx context.Context) error {
		return p.click(ctx, pressable, name)
	})
}

// Click clicks or taps a link or button that changes this page only.
func (p *Page) Click(name string) {
	p.t.Helper()
	p.act(fmt.Sprintf("click %q", name), func(ctx context.Context) error {
		return p.click(ctx, pressable, name)
	})
}

// Choose ticks a radio button or a box by its name; one that is ticked stays so.
func (p *Page) Choose(name string) {
	p.t.Helper()
	p.act(fmt.Sprintf("choose %q", name), func(ctx context.Context) error {
		e, err := p.find(ctx, tickable, name, nil)
		if err != nil {
			return err
		}
		if on, err := on[bool](ctx, e, `function() { return this.checked }`); on || err != nil {
			return err
		}
		if err := p.click(ctx, tickable, name); err != nil {
			return err
		}
		return poll(ctx, func() (bool, error) {
			return on[bool](ctx, e, `function() { return this.checked }`)
		})
	})
}

// Fill writes into the field with the label, in place of what stands there. In
// a list that folds out it chooses the entry with that text, or value.
func (p *Page) Fill(label, value string) {
	p.t.Helper()
	p.act(fmt.Sprintf("fill %q", label), func(ctx context.Context) error {
		e, err := p.find(ctx, writable, label, func(e element) (bool, error) {
			return on[bool](ctx, e, `function() { return !this.disabled && !this.readOnly }`)
		})
		if err != nil {
			return err
		}
		if is, err := on[bool](ctx, e, `function() { return this.localName == 'select' }`); err != nil {
			return err
		} else if is {
			return pick(ctx, e, value)
		}
		return p.write(ctx, e, value)
	})
}

// pick chooses in a list, whose unfolded form is not part of the page.
func pick(ctx context.Context, e element, value string) error {
	ok, err := on[bool](ctx, e, `function(want) {
		const plain = s => s.replace(/\s+/g, ' ').trim().toLowerCase();
		const all = [...this.options];
		const it = all.find(o => plain(o.text) == plain(want)) || all.find(o => o.value == want) || all.find(o => plain(o.text).includes(plain(want)));
		if (!it) return false;
		this.focus();
		it.selected = true;
		this.dispatchEvent(new Event('input', {bubbles: true}));
		this.dispatchEvent(new Event('change', {bubbles: true}));
		return true;
	}`, value)
	if err == nil && !ok {
		err = fmt.Errorf("no entry %q in the list", value)
	}
	return err
}

func (p *Page) write(ctx context.Context, e element, value string) error {
	if _, err := on[chromedp.Void](ctx, e, `function() { this.scrollIntoView({block: 'center', behavior: 'instant'}); this.focus(); this.select() }`); err != nil {
		return err
	}
	if value == "" {
		return chromedp.Do(ctx, chromedp.KeyEvent("\b"))
	}
	if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: value}); err != nil {
		return err
	}
	got, err := on[string](ctx, e, `function() { return this.value }`)
	if err == nil && plain(got) != plain(value) {
		err = fmt.Errorf("the field holds %q after writing %q", got, value)
	}
	return err
}

// Key presses a key where the focus is, such as kb.ArrowDown.
func (p *Page) Key(key string) {
	p.t.Helper()
	p.act(fmt.Sprintf("press the key %q", key), func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent(key)) })
}

// Value is what stands in the field with the label.
func (p *Page) Value(label string) string {
	p.t.Helper()
	var value string
	p.act(fmt.Sprintf("read %q", label), func(ctx context.Context) error {
		e, err := p.find(ctx, writable, label, nil)
		if err == nil {
			value, err = on[string](ctx, e, `function() { return this.value }`)
		}
		return err
	})
	return value
}

// Upload gives files to the field for files whose label contains the text, as
// if they were chosen from the gallery. Empty: the page's only such field.
func (p *Page) Upload(label string, files ...string) {
	p.t.Helper()
	p.act(fmt.Sprintf("upload to %q", label), func(ctx context.Context) error {
		return p.upload(ctx, label, files)
	})
}

func (p *Page) upload(ctx context.Context, label string, files []string) error {
	whole := make([]string, len(files))
	for i, file := range files {
		path, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		if _, err := os.Stat(path); err != nil {
			return err
		}
		whole[i] = path
	}
	script := `[...(` + p.within() + `).querySelectorAll('input[type=file]')].find(e => ` + quote(label) + ` == '' || [...e.labels].some(l => l.innerText.toLowerCase().includes(` + quote(plain(label)) + `))) || null`
	var field *runtime.RemoteObject
	err := poll(ctx, func() (bool, error) {
		var err error
		field, err = chromedp.Run(ctx, chromedp.Evaluate[*runtime.RemoteObject](script))
		return err == nil && field.ObjectID != "", err
	})
	if err != nil {
		return fmt.Errorf("no field for files: %w", err)
	}
	_, err = chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: whole, ObjectID: field.ObjectID})
	return err
}

func (p *Page) within() string {
	if p.root == "" {
		return "document"
	}
	return "document.querySelector(" + quote(p.root) + ")"
}

// Leads runs what brings a new page without a press of its own, such as an
// upload that goes on by itself, and waits for that page.
func (p *Page) Leads(what string, do func()) {
	p.t.Helper()
	p.leads(what, 200, func(context.Context) error {
		do()
		return nil
	})
}

func (p *Page) act(what string, do func(ctx context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	if err := do(ctx); err != nil {
		p.t.Fatalf("%s on %s: %v", what, p.watch.address(), err)
	}
}

// spot is where an element can be hit.
type spot struct {
	X, Y float64
	Free bool // nothing lies over it
}

// aim brings an element into view and says where to press. One hidden behind
// its label is pressed there.
const aim = `function() {
	const small = r => r.width < 4 || r.height < 4;
	const at = e => [...e.getClientRects()].find(r => !small(r));
	const see = e => getComputedStyle(e).opacity !== '0' && at(e);
	let e = this;
	if (!see(e) && this.labels) e = [...this.labels].find(at) || this;
	if (!at(e) || this.disabled) return {X: 0, Y: 0, Free: false};
	e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
	const r = at(e), x = r.x + r.width / 2, y = r.y + r.height / 2;
	const hit = document.elementFromPoint(x, y);
	const mine = hit && (e.contains(hit) || hit.contains(e) && hit.closest('label, a, button, summary') === hit || this.labels && [...this.labels].some(l => l.contains(hit)));
	return {X: x, Y: y, Free: !!mine};
}`

func (p *Page) click(ctx context.Context, roles []string, name string) error {
	var at spot
	_, err := p.find(ctx, roles, name, func(e element) (bool, error) {
		var err error
		at, err = on[spot](ctx, e, aim)
		return at.Free, err
	})
	if err != nil {
		return err
	}
	if p.o.View.Touch {
		return chromedp.Do(ctx, chromedp.TapXY(at.X, at.Y))
	}
	return chromedp.Do(ctx, chromedp.MouseClickXY(at.X, at.Y))
}
