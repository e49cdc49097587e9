package shop

import (
	"context"
	"fmt"

	"github.com/labstack/echo/v4"

	"awil/internal/search"
	"awil/internal/web"
	"awil/templates/layout"
)

// suggestions is how many goods are offered while somebody types.
const suggestions = 6

// suggestion is a line under the search field.
type suggestion struct {
	Kind    string `json:"kind"` // product, category, village or producer
	Name    string `json:"name"`
	Lang    string `json:"lang,omitempty"` // of the name, if not the page's
	Href    string `json:"href"`
	Note    string `json:"note,omitempty"` // what or where it is
	Picture string `json:"picture,omitempty"`
}

// suggest answers the script of the search field.
func (s *Shop) suggest(c echo.Context) error {
	list, err := s.suggestions(c.Request().Context(), web.Base(c), queryOf(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=60")
	return web.JSON(c, list)
}

func (s *Shop) suggestions(ctx context.Context, b layout.Base, text string) ([]suggestion, error) {
	list := []suggestion{}
	if text == "" {
		return list, nil
	}
	found, err := s.Search.Suggest(ctx, b.Market.Code, b.Lang(), text, suggestions)
	if err != nil {
		return nil, err
	}
	a, err := s.album(ctx, b.Lang(), photoIDs(found.Cards)...)
	if err != nil {
		return nil, err
	}
	for i, card := range cards(b, a, found.Cards, 0) {
		line := suggestion{Kind: "product", Name: card.Name, Lang: card.NameLang, Href: card.Href, Note: found.Cards[i].VillageName}
		if note := found.Notes[i]; note != "" {
			line.Note = note
		}
		if card.Picture.Key != "" {
			const small = 1 // the smallest there is
			line.Picture = card.Picture.URL(small)
		}
		list = append(list, line)
	}
	for _, p := range found.Places {
		list = append(list, suggestion{Kind: string(p.Kind), Name: p.Name, Href: b.URL(placePath(p)), Note: b.T("shop.suggest." + string(p.Kind))})
	}
	return list, nil
}

func placePath(p search.Place) string {
	switch p.Kind {
	case search.KindVillage:
		return "/villages/" + p.Slug
	case search.KindProducer:
		return fmt.Sprintf("/producers/%s-%d", p.Slug, p.ID)
	}
	return "/categories/" + p.Slug
}
