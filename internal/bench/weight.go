package bench

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	weightGoal = 60 // kilobytes of page, styles, scripts and drawings
	scriptGoal = 15 // kilobytes of it
)

// weighed are the kinds of page whose weight has a goal.
var weighed = []string{"home", "listing", "product"}

// weights measures what a browser with an empty cache loads for a page, as
// sent, without photos.
func (r *run) weights(ctx context.Context) error {
	pages, err := r.site.pages(ctx)
	if err != nil {
		return err
	}
	for _, p := range pages {
		if !slices.Contains(weighed, p.name) {
			continue
		}
		r.say("weight of the %s page", p.name)
		w, err := r.site.weigh(ctx, p.path)
		if err != nil {
			return err
		}
		r.add(
			Figure{Name: p.name + " page, first visit", Unit: "KB", Ours: kilobytes(w.page + w.styles + w.scripts + w.drawings)}.limit(weightGoal),
			Figure{Name: p.name + " page, first visit, the page itself", Unit: "KB", Ours: kilobytes(w.page)},
			Figure{Name: p.name + " page, first visit, styles", Unit: "KB", Ours: kilobytes(w.styles)},
			Figure{Name: p.name + " page, first visit, scripts", Unit: "KB", Ours: kilobytes(w.scripts)}.limit(scriptGoal),
		)
	}
	return nil
}

func kilobytes(n int) float64 { return float64(n) / kilobyte }

// weight is the bytes of a first visit, by what they are.
type weight struct{ page, styles, scripts, drawings int }

// weigh follows a page to its styles, scripts and icons.
func (s *site) weigh(ctx context.Context, path string) (weight, error) {
	page, err := fetch(ctx, s.client, s.url(path), "")
	if err != nil {
		return weight{}, err
	}
	packed, err := fetch(ctx, s.client, s.url(path), browserEncodings)
	if err != nil {
		return weight{}, err
	}
	w := weight{page: len(packed.body)}
	seen := map[string]bool{}
	for t := range tags(string(page.body)) {
		kind, address := w.refers(t)
		if kind == nil || seen[address] {
			continue
		}
		seen[address] = true
		if t.name == "script" {
			err = s.weighModule(ctx, address, kind)
		} else {
			err = s.weighFile(ctx, address, kind)
		}
		if err != nil {
			return weight{}, err
		}
	}
	return w, nil
}

// refers returns what a tag makes the browser load, and where it counts; nil
// for nothing. Photos have goals of their own; icons that a page shows inline
// are drawings, those of the browser's own tabs load later.
func (w *weight) refers(t tag) (kind *int, address string) {
	switch t.name {
	case "link":
		if slices.Contains(strings.Fields(t.attr("rel")), "stylesheet") {
			kind, address = &w.styles, t.attr("href")
		}
	case "script":
		kind, address = &w.scripts, t.attr("src")
	case "use":
		kind, address = &w.drawings, t.attr("href")
	}
	address, _, _ = strings.Cut(address, "#")
	if address == "" {
		return nil, ""
	}
	return kind, address
}

func (s *site) weighFile(ctx context.Context, address string, into *int) error {
	file, err := fetch(ctx, s.client, s.url(address), browserEncodings)
	if err != nil {
		return err
	}
	*into += len(file.body)
	return nil
}

var (
	imported = regexp.MustCompile(`(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+)["']`)
	attached = regexp.MustCompile(`[{,]\s*["']?([a-z][a-z-]*)["']?\s*:\s*["']`)
)

// weighModule counts a script, the modules it imports, and every behaviour its
// table names, although a page loads only those that it has places for.
func (s *site) weighModule(ctx context.Context, address string, into *int) error {
	base, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("script %q: %w", address, err)
	}
	script, err := fetch(ctx, s.client, s.url(address), "")
	if err != nil {
		return err
	}
	if err := s.weighFile(ctx, address, into); err != nil {
		return err
	}
	for _, name := range modules(string(script.body)) {
		next, err := base.Parse(name)
		if err != nil {
			return fmt.Errorf("script %q: %w", name, err)
		}
		if err := s.weighFile(ctx, next.Path, into); err != nil {
			return err
		}
	}
	return nil
}

// modules are the relative addresses of what a script imports or attaches.
func modules(script string) []string {
	var names []string
	for _, m := range imported.FindAllStringSubmatch(script, -1) {
		names = append(names, m[1])
	}
	if strings.Contains(script, "attach(") {
		for _, m := range attached.FindAllStringSubmatch(script, -1) {
			names = append(names, "./"+m[1]+".js")
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
