package studio

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// farMarket is the market whose price stands under every maker's own: the one
// the programme sells to first. Where it is closed, the first abroad.
const farMarket = "jp"

// gain tells what becomes of a price: her part, the programme's, and what a
// buyer far away sees. Nothing is told about no price.
func (s *Studio) gain(ctx context.Context, lang i18n.Lang, price money.Amount) (pages.Gain, error) {
	var g pages.Gain
	if price.Sign() <= 0 {
		return g, nil
	}
	if err := s.shares(ctx, price, &g); err != nil {
		return g, err
	}
	m, found, err := s.far(ctx, price.Currency)
	if err != nil || !found {
		return g, err
	}
	rate, err := s.Markets.Rate(ctx, price.Currency, m.Currency, s.Clock())
	if errors.Is(err, errs.NotFound) {
		return g, nil
	}
	if err != nil {
		return g, err
	}
	seen, err := m.Rule().Price(price, rate.Rate)
	if errors.Is(err, errs.Invalid) {
		return g, nil // out of range: the field says so
	}
	g.Seen = []pages.Seen{{Market: m.Name(lang), Price: seen}}
	return g, err
}

func (s *Studio) shares(ctx context.Context, price money.Amount, g *pages.Gain) error {
	programme, err := s.Markets.Programme(ctx)
	if errors.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if g.Share, err = programme.Commission(price); err != nil {
		return err
	}
	g.ShareBP, g.HasShare = programme.CommissionBP, true
	g.Gets, err = price.Sub(g.Share)
	return err
}

func (s *Studio) far(ctx context.Context, home money.Currency) (markets.Market, bool, error) {
	all, err := s.Markets.All(ctx)
	if err != nil {
		return markets.Market{}, false, err
	}
	for _, m := range all {
		if m.Code == farMarket {
			return m, true, nil
		}
	}
	for _, m := range all {
		if m.Currency != home {
			return m, true, nil
		}
	}
	return markets.Market{}, false, nil
}

type quoteForm struct {
	Price string `form:"price" max:"40"`
}

// quote answers the script under the price field while she types.
func (s *Studio) quote(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	var form quoteForm
	if err := web.Decode(c, &form); err != nil && web.Problems(err) == nil {
		return err
	}
	ctx := c.Request().Context()
	producer, err := s.Producers.ByID(ctx, web.Lang(c), by.ProducerID)
	if err != nil {
		return err
	}
	price, err := money.Parse(form.Price, producer.Currency)
	if err != nil {
		price = money.Zero(producer.Currency) // half a number: nothing to tell yet
	}
	g, err := s.gain(ctx, web.Lang(c), price)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.GainList(web.Base(c), g))
}
