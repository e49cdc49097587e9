package studio

import (
	"errors"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/payouts"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// moneyTo asks where her money shall go.
func (s *Studio) moneyTo(c echo.Context) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	now, err := s.Payouts.Destination(c.Request().Context(), own.ID)
	if err != nil {
		return err
	}
	typed := payouts.Typed{Kind: now.Kind, Holder: now.Holder, BankCode: now.BankCode, HandedBy: now.HandedBy}
	if !now.Known() {
		typed.Kind = payouts.KindCard
	}
	return s.moneyToPage(c, typed, nil)
}

func (s *Studio) moneyToPage(c echo.Context, typed payouts.Typed, problems *errs.Fields) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	now, err := s.Payouts.Destination(c.Request().Context(), own.ID)
	if err != nil {
		return err
	}
	p := pages.MoneyTo{Frame: frame(c, web.Base(c).T("money.to.title")), Typed: typed, Now: now}
	if f, ok := payouts.FormatOf(own.Currency); ok {
		p.Format = f
	}
	p.Top.Back, p.Top.BackLabel, p.Problems = "/studio/money", p.T("money.title"), problems
	return web.Render(c, web.FormStatus(problems), pages.MoneyToPage(p))
}

func (s *Studio) saveMoneyTo(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	var form web.MoneyTo
	if err = web.Decode(c, &form); err == nil {
		err = s.Payouts.SetDestination(c.Request().Context(), by.ProducerID, by.AccountID, form.Typed())
	}
	var problems *errs.Fields
	if errors.As(err, &problems) {
		return s.moneyToPage(c, form.Typed(), problems)
	}
	if err != nil {
		return err
	}
	return web.Done(c, "/studio/money", "money.to.saved")
}
