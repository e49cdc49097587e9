package web

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"awil/internal/i18n"
	"awil/internal/watch"
	"awil/templates/layout"
)

// marketCache remembers the last markets that could be read, so that pages
// about a database that is away still have their frame.
type marketCache struct {
	source Markets
	clock  func() time.Time
	mu     sync.Mutex
	last   []layout.Market
}

// all returns the active markets; when they cannot be read, the last known
// ones without an error, if there are any: a page with those soon becomes
// another.
func (m *marketCache) all(ctx context.Context) ([]layout.Market, error) {
	list, err := m.source.All(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		m.last = list
		return list, nil
	}
	if m.last != nil {
		watch.Until(ctx, m.clock().Add(uncertain))
		return m.last, nil
	}
	return nil, err
}

// byCode returns an active market; ok is false when there is none of that code.
func (m *marketCache) byCode(ctx context.Context, code string) (layout.Market, bool, error) {
	list, err := m.all(ctx)
	if err != nil {
		return layout.Market{}, false, err
	}
	i := slices.IndexFunc(list, func(m layout.Market) bool { return m.Code == code })
	if i < 0 {
		return layout.Market{}, false, nil
	}
	return list[i], true, nil
}

// navCache keeps the links of header and footer, which every shop page needs,
// by language and market.
type navCache struct {
	source  Navigation
	markets *marketCache
	frame   layout.Base // what is the same on all pages of all locales
	kept    *watch.Group[string, links]
}

// mostNav is how many markets in languages there may be.
const mostNav = 1000

// links are a market's links before it is known which of them is the page, and
// the headers and footers drawn with them.
type links struct {
	layout.Nav
	frames *layout.Frames // nil: each page draws its own
}

// get returns the links of a language in a market. After a failure the last
// known ones are returned along with the error.
func (n *navCache) get(ctx context.Context, lang i18n.Lang, m layout.Market) (links, error) {
	if n.source == nil {
		return links{}, nil
	}
	locale := layout.Locale(lang, m.Code)
	nav, err := n.kept.Get(ctx, locale, func(ctx context.Context) (links, error) {
		nav, err := n.source.Shop(ctx, lang, m)
		if err != nil {
			return links{}, err
		}
		return links{nav, n.frames(ctx, lang, m.Code, nav)}, nil
	})
	if err != nil {
		nav, _ = n.kept.Last(locale)
	}
	return nav, err
}

// frames prepares the frames of a language in a market, of the markets as they
// are when the links are read: what changes them changes the links as well.
func (n *navCache) frames(ctx context.Context, lang i18n.Lang, code string, nav layout.Nav) *layout.Frames {
	list, err := n.markets.all(ctx)
	i := slices.IndexFunc(list, func(m layout.Market) bool { return m.Code == code })
	if err != nil || i < 0 {
		return nil
	}
	b := n.frame
	b.Localizer, b.Market, b.Markets, b.Nav = i18n.For(lang), list[i], list, nav
	return layout.NewFrames(b)
}

// at marks the entry of the header that the path lies under.
func (l links) at(path string) layout.Nav {
	nav := l.Nav
	nav.Main = slices.Clone(nav.Main)
	for i, link := range nav.Main {
		nav.Main[i].Current = path == link.Href || strings.HasPrefix(path, strings.TrimSuffix(link.Href, "/")+"/")
	}
	return nav
}
