package markets_test

import (
	"context"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/platform/postgres/pgtest"
)

func minutes(n int) *int { return &n }

func japan() markets.Market {
	return markets.Market{
		Code: "jp", Currency: money.JPY, Countries: []string{"JP"}, DefaultLang: i18n.JA, Langs: []i18n.Lang{i18n.JA, i18n.EN},
		MarginBP: 3500, RoundingMinor: 10, Position: 2, Active: true,
		Names:   map[i18n.Lang]string{i18n.EN: "Japan", i18n.JA: "日本"},
		Methods: []markets.PaymentMethod{{Method: markets.Card, HoldMinutes: minutes(30)}},
	}
}

func uzbekistan() markets.Market {
	return markets.Market{
		Code: "uz", Currency: money.UZS, Countries: []string{"UZ"}, DefaultLang: i18n.UZ, Langs: []i18n.Lang{i18n.UZ, i18n.KAA, i18n.RU},
		RoundingMinor: 100000, Position: 1, Active: true, Names: map[i18n.Lang]string{i18n.EN: "Uzbekistan"},
		Methods: []markets.PaymentMethod{{Method: markets.COD}, {Method: markets.Bank, HoldMinutes: minutes(4320)}},
	}
}

func save(t *testing.T, s *markets.Service, list ...markets.Market) {
	t.Helper()
	for _, m := range list {
		if err := s.Save(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMarkets(t *testing.T) {
	t.Parallel()
	s := markets.New(pgtest.New(t), time.Now)
	closed := japan()
	closed.Code, closed.Active = "kr", false
	save(t, s, japan(), uzbekistan(), closed)

	all, err := s.All(t.Context())
	if err != nil || len(all) != 2 || all[0].Code != "uz" || all[1].Code != "jp" {
		t.Fatalf("want uz, jp in their order; got %+v, %v", all, err)
	}
	jp, err := s.ByCode(t.Context(), "jp")
	if err != nil {
		t.Fatal(err)
	}
	if jp.Name(i18n.JA) != "日本" || jp.Name(i18n.KY) != "Japan" || jp.Langs[1] != i18n.EN || !jp.ShipsTo("JP") || jp.ShipsTo("UZ") {
		t.Errorf("read back as %+v", jp)
	}
	if rule := jp.Rule(); rule != (markets.PriceRule{Currency: money.JPY, MarginBP: 3500, RoundingMinor: 10}) {
		t.Errorf("rule %+v", rule)
	}
	if _, err := s.ByCode(t.Context(), "kr"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("a closed market: %v", err)
	}
	every, err := s.Every(t.Context())
	if err != nil || len(every) != 3 {
		t.Errorf("every: %d, %v", len(every), err)
	}
	methods, err := s.PaymentMethods(t.Context(), "uz")
	if err != nil || len(methods) != 2 || methods[0].Method != markets.COD || methods[0].Hold() != 0 || methods[1].Hold() != 72*time.Hour {
		t.Errorf("methods %+v, %v", methods, err)
	}
	if _, ok := jp.Method(markets.COD); ok {
		t.Error("no cash on delivery in Japan")
	}
}

func TestMarketsAreRemembered(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	s := markets.New(pool, func() time.Time { return now })
	save(t, s, uzbekistan())
	ctx, queries := pgtest.CountQueries(t.Context())
	mustSee := func(want int) {
		t.Helper()
		if all, err := s.All(ctx); err != nil || len(all) != want {
			t.Fatalf("%d markets, %v; want %d", len(all), err, want)
		}
	}
	mustSee(1)
	save(t, markets.New(pool, time.Now), japan()) // another process
	mustSee(1)
	if queries.N() != 1 {
		t.Errorf("%d queries, want 1", queries.N())
	}
	now = now.Add(time.Minute)
	mustSee(2)
	save(t, s, func() markets.Market { m := japan(); m.Code = "kr"; return m }())
	mustSee(3)

	failed, cancel := context.WithCancel(t.Context())
	cancel()
	s.Forget()
	if _, err := s.All(failed); err == nil {
		t.Error("want the failure")
	}
	mustSee(3)
}

func TestRates(t *testing.T) {
	t.Parallel()
	s := markets.New(pgtest.New(t), time.Now)
	day := func(d int) *time.Time {
		at := time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC)
		return &at
	}
	for d, text := range map[int]string{1: "0.0120", 10: "0.0128", 20: "0.0131"} {
		err := s.SetRate(t.Context(), markets.Rate{Base: money.UZS, Quote: money.JPY, Rate: rate(t, text), ValidFrom: day(d), Source: "test"})
		if err != nil {
			t.Fatal(err)
		}
	}
	for d, want := range map[int]string{1: "0.012", 9: "0.012", 10: "0.0128", 19: "0.0128", 30: "0.0131"} {
		late := day(d).Add(23 * time.Hour)
		got, err := s.Rate(t.Context(), money.UZS, money.JPY, late)
		if err != nil || !got.Rate.Equal(rate(t, want)) {
			t.Errorf("day %d: %v, %v; want %s", d, got.Rate, err, want)
		}
		table, err := s.RatesOn(t.Context(), late)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := table.Between(money.UZS, money.JPY); !ok || !got.Rate.Equal(rate(t, want)) {
			t.Errorf("table of day %d: %v; want %s", d, got.Rate, want)
		}
		if _, ok := table.Between(money.JPY, money.UZS); ok {
			t.Error("nobody gave the way back")
		}
	}
	if _, err := s.Rate(t.Context(), money.UZS, money.JPY, day(1).Add(-time.Hour)); errs.KindOf(err) != errs.NotFound {
		t.Errorf("before the first: %v", err)
	}
	same, err := s.Rate(t.Context(), money.KGS, money.KGS, *day(1))
	if err != nil || same.Rate.String() != "1" || same.ValidFrom != nil {
		t.Errorf("a currency and itself: %+v, %v", same, err)
	}
	if err := s.SetRate(t.Context(), markets.Rate{Base: money.UZS, Quote: money.UZS, Rate: rate(t, "1"), ValidFrom: day(1)}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a rate to itself: %v", err)
	}
}

func TestProgramme(t *testing.T) {
	t.Parallel()
	s := markets.New(pgtest.New(t), time.Now)
	if _, err := s.Programme(t.Context()); errs.KindOf(err) != errs.NotFound {
		t.Errorf("before it is set up: %v", err)
	}
	save(t, s, uzbekistan())
	want := markets.Programme{Name: "OVOP Karakalpakstan", DefaultMarket: "uz", CommissionBP: 1250, ContactEmail: "a@b.uz", Demo: true,
		HoldDays: 7, CompleteDays: 14, RequestDays: 30} // as the schema has them
	for range 2 {
		if err := s.SaveProgramme(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		got, err := s.Programme(t.Context())
		if err != nil || got != want {
			t.Fatalf("%+v, %v", got, err)
		}
		want.Name = "OVOP Nukus"
	}
	cut, err := want.Commission(money.New(1004, money.UZS))
	if err != nil || cut.Minor != 126 { // 125.5
		t.Errorf("commission %v, %v", cut, err)
	}
}
