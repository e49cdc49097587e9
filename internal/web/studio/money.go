package studio

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/payouts"
	"awil/internal/producers"
	"awil/internal/web"
	pages "awil/templates/studio"
)

func (s *Studio) moneyRoutes(r web.Routes) {
	r.GET("/money", web.Producer, s.money)
	r.GET("/money/to", web.Producer, s.moneyTo)
	r.POST("/money/to", web.Producer, s.saveMoneyTo)
	r.GET("/money/:period", web.Producer, s.moneyPeriod)
}

// How much of it the page of money shows.
const (
	moneyLines   = 30
	heldShown    = 5
	payoutsShown = 12
	monthsShown  = 12
)

// books is whose money a page is about, and in which currency.
type books struct {
	own      producers.Producer
	currency money.Currency
	zone     *time.Location
}

// books reads the viewer's producer and the currency asked for, which is her
// own unless she says so.
func (s *Studio) books(c echo.Context) (b books, err error) {
	if b.own, err = s.own(c); err != nil {
		return b, err
	}
	b.currency, b.zone = b.own.Currency, zone(b.own.Country)
	if code := c.QueryParam("in"); code != "" {
		if b.currency, err = money.ParseCurrency(code); err != nil {
			return b, notFound("no such currency")
		}
	}
	return b, nil
}

// money is what is hers, what is on its way, and how it was counted.
func (s *Studio) money(c echo.Context) error {
	b, err := s.books(c)
	if err != nil {
		return err
	}
	p, err := s.moneyPage(c, b)
	if err != nil {
		return err
	}
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	if p.Frame, err = s.tabbed(c, by, web.Base(c).T("money.title"), tabMoney); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.MoneyPage(p))
}

func (s *Studio) moneyPage(c echo.Context, b books) (p pages.Money, err error) {
	ctx := c.Request().Context()
	if p.MoneySlip, err = s.counted(c, b, payouts.Since); err != nil {
		return p, err
	}
	if p.Held, err = s.Payouts.Held(ctx, b.own.ID, b.currency, heldShown); err != nil {
		return p, err
	}
	if p.To, err = s.Payouts.Destination(ctx, b.own.ID); err != nil {
		return p, err
	}
	if p.Payouts, err = s.Payouts.OfProducer(ctx, b.own.ID, b.currency, payoutsShown); err != nil {
		return p, err
	}
	if p.Others, err = s.otherCurrencies(ctx, b); err != nil {
		return p, err
	}
	first := payouts.Month(b.own.CreatedAt.In(b.zone))
	for at, n := s.Clock().In(b.zone), 0; n < monthsShown; n++ {
		month := payouts.Month(at)
		p.Months = append(p.Months, month)
		if month.Name() <= first.Name() {
			break
		}
		start, _ := month.IsMonth()
		at = start.AddDate(0, 0, -1)
	}
	return p, nil
}

// otherCurrencies are those she has money in besides the one shown.
func (s *Studio) otherCurrencies(ctx context.Context, b books) ([]money.Currency, error) {
	stands, err := s.Payouts.Standing(ctx, b.own.ID)
	if err != nil {
		return nil, err
	}
	list := make([]money.Currency, 0, len(stands))
	for _, one := range stands {
		if one.Currency != b.currency {
			list = append(list, one.Currency)
		}
	}
	if len(list) == 0 && b.currency != b.own.Currency {
		list = append(list, b.own.Currency)
	}
	return list, nil
}

// counted is the statement of a period with a page of its lines.
func (s *Studio) counted(c echo.Context, b books, period payouts.Period) (p pages.MoneySlip, err error) {
	ctx := c.Request().Context()
	st, err := s.Payouts.Statement(ctx, b.own.ID, b.currency, period)
	if err != nil {
		return p, err
	}
	p.Document = payouts.Document{Statement: st, Localizer: web.Base(c).Localizer, Zone: b.zone, ProducerName: b.own.Name}
	page := paging.Page{After: c.QueryParam("after"), Limit: moneyLines}
	var next string
	if p.Lines, next, err = s.Payouts.Lines(ctx, b.own.ID, b.currency, period, page); err != nil {
		return p, err
	}
	if next != "" {
		p.Next = pages.MoneyURL(period, "", b.currency, b.own.Currency, url.Values{"after": {next}})
	}
	p.Own = b.own.Currency
	return p, nil
}

// moneyPeriod is the statement of one period, as a page or a file.
func (s *Studio) moneyPeriod(c echo.Context) error {
	b, err := s.books(c)
	if err != nil {
		return err
	}
	name, ending := web.Ending(c.Param("period"))
	period, err := payouts.ParsePeriod(name, b.zone)
	if err != nil {
		return err
	}
	if first, month := period.IsMonth(); month && first.After(s.Clock()) {
		return notFound("a month that has not begun")
	}
	if ending != "" {
		return s.moneyFile(c, b, period, ending)
	}
	p := pages.MoneyPeriod{}
	if p.MoneySlip, err = s.counted(c, b, period); err != nil {
		return err
	}
	p.Frame = frame(c, p.Document.Heading())
	p.Top.Back, p.Top.BackLabel, p.Top.Title = "/studio/money", p.T("money.title"), p.Days()
	return web.Render(c, http.StatusOK, pages.MoneyPeriodPage(p))
}

func (s *Studio) moneyFile(c echo.Context, b books, period payouts.Period, ending string) error {
	ctx := c.Request().Context()
	programme, err := s.Markets.Programme(ctx)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	return web.SendStatement(c, s.Payouts, payouts.Document{Statement: payouts.Statement{ProducerID: b.own.ID, Currency: b.currency, Period: period},
		Localizer: web.Base(c).Localizer, Zone: b.zone, ProducerName: b.own.Name, Programme: programme.Name}, ending)
}
