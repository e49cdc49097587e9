package demo

import (
	"context"
	"fmt"
	"time"

	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/shipping"
)

// markets writes where the programme sells, at which rates, and by which ways goods get there.
func (l *loader) markets(ctx context.Context) error {
	for position, m := range l.programme.Markets {
		methods := make([]markets.PaymentMethod, 0, len(m.Payment))
		for _, p := range m.Payment {
			methods = append(methods, markets.PaymentMethod{Method: markets.Method(p.Method), HoldMinutes: p.HoldMinutes})
		}
		err := l.Markets.Save(ctx, markets.Market{Code: m.Code, Currency: m.Currency, Countries: m.Countries,
			DefaultLang: m.DefaultLanguage, Langs: m.Languages, MarginBP: m.MarginBP, RoundingMinor: m.RoundingMinor,
			Position: position, Active: true, Names: m.Name, Methods: methods})
		if err != nil {
			return fmt.Errorf("market %s: %w", m.Code, err)
		}
	}
	if err := l.rates(ctx); err != nil {
		return err
	}
	if err := l.ways(ctx); err != nil {
		return err
	}
	h := l.programme.Head
	return l.Markets.SaveProgramme(ctx, markets.Programme{Name: h.Name[i18n.EN], DefaultMarket: h.DefaultMarket,
		CommissionBP: h.CommissionBP, BankDetails: h.BankDetails, Demo: true})
}

func (l *loader) rates(ctx context.Context) error {
	for _, r := range l.programme.Rates {
		day, err := time.Parse(time.DateOnly, r.ValidFrom)
		if err != nil {
			return fmt.Errorf("rate %s/%s: %w", r.Base, r.Quote, err)
		}
		err = l.Markets.SetRate(ctx, markets.Rate{Base: r.Base, Quote: r.Quote, Rate: r.Rate, ValidFrom: &day, Source: r.Source})
		if err != nil {
			return fmt.Errorf("rate %s/%s: %w", r.Base, r.Quote, err)
		}
	}
	return nil
}

func (l *loader) ways(ctx context.Context) error {
	currency := map[string]markets.Market{}
	all, err := l.Markets.Every(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		currency[m.Code] = m
	}
	for position, w := range l.programme.Shipping {
		err := l.Shipping.Save(ctx, shipping.NewMethod{Market: w.Market, Code: w.Code, Kind: shipping.Kind(w.Kind),
			Currency: currency[w.Market].Currency, BaseMinor: w.BaseMinor, PerKgMinor: w.PerKgMinor, FreeOverMinor: w.FreeOverMinor,
			MaxGrams: w.MaxGrams, MinDays: w.MinDays, MaxDays: w.MaxDays, Tracked: w.Tracked, Position: position,
			Names: w.Name, Notes: w.Note})
		if err != nil {
			return fmt.Errorf("shipping %s/%s: %w", w.Market, w.Code, err)
		}
	}
	return nil
}
