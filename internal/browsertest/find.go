package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// What an element is to somebody who cannot see it; the browser works it out.
var (
	pressable = []string{"button", "link", "DisclosureTriangle", "DisclosureTriangleGrouped", "tab", "menuitem"}
	writable  = []string{"textbox", "searchbox", "spinbutton", "combobox"}
	tickable  = []string{"radio", "checkbox", "switch"}
)

// element is a node of the page on the protocol's side.
type element struct {
	role, name string
	node       cdp.BackendNodeID
	object     runtime.RemoteObjectID
}

// find waits for an element of one of the roles that has the name: exactly, or
// else as a part of it. ready, unless nil, must be true of it.
func (p *Page) find(ctx context.Context, roles []string, name string, ready func(element) (bool, error)) (element, error) {
	var found element
	var seen []string
	err := poll(ctx, func() (bool, error) {
		all, err := p.elements(ctx, roles)
		if gone(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		seen = seen[:0]
		for _, e := range all {
			seen = append(seen, e.role+" "+e.name)
		}
		for _, e := range matching(all, name) {
			ok, err := p.take(ctx, &e, ready)
			if ok || err != nil && !gone(err) {
				found = e
				return ok, err
			}
		}
		return false, nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no %s named %q that can be used among:\n  %s", strings.Join(roles, " or "), name, strings.Join(seen, "\n  "))
	}
	return found, err
}

// take resolves an element and asks whether it is ready.
func (p *Page) take(ctx context.Context, e *element, ready func(element) (bool, error)) (bool, error) {
	r, err := chromedp.Call(ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: e.node})
	if err != nil {
		return false, err
	}
	e.object = r.Object.ObjectID
	if ready == nil {
		return true, nil
	}
	return ready(*e)
}

// gone reports an error that means the page has just been replaced by another.
func gone(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	for _, part := range []string{"Cannot find context", "No node", "Could not find", "does not belong", "not found", "navigated", "Execution context was destroyed", "Inspected target", "value is null"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// elements lists what has one of the roles, as a screen reader would.
func (p *Page) elements(ctx context.Context, roles []string) ([]element, error) {
	where := "document"
	if p.root != "" {
		where = "document.querySelector(" + quote(p.root) + ")"
	}
	root, err := chromedp.Run(ctx, chromedp.Evaluate[*runtime.RemoteObject](where))
	if err != nil {
		return nil, err
	}
	if root.ObjectID == "" {
		return nil, errors.New("value is null: " + where)
	}
	tree, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{ObjectID: root.ObjectID})
	if err != nil {
		return nil, err
	}
	var list []element
	for _, n := range tree.Nodes {
		role := text(n.Role)
		if !n.Ignored && n.BackendDOMNodeID != 0 && slices.Contains(roles, role) {
			list = append(list, element{role: role, name: plain(text(n.Name)), node: n.BackendDOMNodeID})
		}
	}
	return list, nil
}

func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s string
	if err := json.Unmarshal(v.Value, &s); err != nil {
		return ""
	}
	return s
}

// matching keeps those with exactly the name, or where there are none those
// whose name contains it.
func matching(all []element, name string) []element {
	want := plain(name)
	var exact, part []element
	for _, e := range all {
		switch {
		case e.name == want:
			exact = append(exact, e)
		case strings.Contains(e.name, want):
			part = append(part, e)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return part
}

// plain makes texts comparable: one space between words, whichever kind the
// page has, and small letters, for a style may set capitals.
func plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// on calls a function of the page with an element as `this`.
func on[T any](ctx context.Context, e element, function string, args ...any) (T, error) {
	return chromedp.Run(ctx, chromedp.CallFunctionOn[T](function, func(c *runtime.CallFunctionOnParams) {
		c.ObjectID = e.object
	}, args...))
}
