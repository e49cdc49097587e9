package shop

import (
	"context"
	"slices"
	"time"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/paging"
	"awil/internal/watch"
	"awil/templates/layout"
)

// month is the month it is where the programme is. Whatever is read by it
// becomes another when it ends.
func (s *Shop) month(ctx context.Context) time.Month {
	now := s.Clock().In(markets.Zone())
	watch.Until(ctx, time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, now.Location()))
	return now.Month()
}

// inSeason lists the newest goods that are in season now, those that are on the
// page already last.
func (s *Shop) inSeason(ctx context.Context, b layout.Base, shown []catalog.Card) ([]catalog.Card, error) {
	list, _, err := s.Catalog.Listing(ctx, catalog.ListQuery{Market: b.Market.Code, Lang: b.Lang(), Month: s.month(ctx), InSeason: true,
		Page: paging.Page{Limit: 2 * shelfRow}})
	if err != nil {
		return nil, err
	}
	there := func(c catalog.Card) int {
		if slices.ContainsFunc(shown, func(o catalog.Card) bool { return o.ID == c.ID }) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, c catalog.Card) int { return there(a) - there(c) })
	return list[:min(len(list), shelfRow)], nil
}

// season says in one line when there is some of a product; "" for all year.
func (s *Shop) season(ctx context.Context, b layout.Base, of catalog.Season) string {
	if of.All() {
		return ""
	}
	text := b.Month(of.From)
	if of.To != of.From {
		text = b.T("browse.season.span", "from", text, "to", b.Month(of.To))
	}
	text = i18n.Title(b.Lang(), text)
	if of.Holds(s.month(ctx)) {
		return b.T("browse.season.now", "season", text)
	}
	return text
}
