package i18n_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bojanz/currency"

	"awil/internal/i18n"
	"awil/internal/money"
)

func TestMoney(t *testing.T) {
	tests := []struct {
		amount money.Amount
		want   map[i18n.Lang]string
	}{
		{money.New(5600000, money.UZS), map[i18n.Lang]string{
			i18n.EN: "56,000\u00a0soʻm", i18n.RU: "56\u00a0000\u00a0сум", i18n.UZ: "56\u00a0000\u00a0soʻm",
			i18n.KAA: "56\u00a0000\u00a0soʻm", i18n.KY: "56\u00a0000\u00a0сум", i18n.JA: "56,000スム",
		}},
		{money.New(5600050, money.UZS), map[i18n.Lang]string{
			i18n.EN: "56,000.50\u00a0soʻm", i18n.RU: "56\u00a0000,50\u00a0сум", i18n.UZ: "56\u00a0000,50\u00a0soʻm",
			i18n.KAA: "56\u00a0000,50\u00a0soʻm", i18n.KY: "56\u00a0000,50\u00a0сум", i18n.JA: "56,000.50スム",
		}},
		{money.New(1480, money.JPY), map[i18n.Lang]string{
			i18n.EN: "¥1,480", i18n.RU: "1\u00a0480\u00a0¥", i18n.UZ: "1\u00a0480\u00a0¥",
			i18n.KAA: "1\u00a0480\u00a0¥", i18n.KY: "1\u00a0480\u00a0¥", i18n.JA: "1,480円",
		}},
		{money.New(123450, money.KGS), map[i18n.Lang]string{
			i18n.EN: "KGS\u00a01,234.50", i18n.RU: "1\u00a0234,50\u00a0сом", i18n.UZ: "1\u00a0234,50\u00a0KGS",
			i18n.KAA: "1\u00a0234,50\u00a0KGS", i18n.KY: "1\u00a0234,50\u00a0сом", i18n.JA: "1,234.50ソム",
		}},
		{money.New(100000, money.KGS), map[i18n.Lang]string{i18n.KY: "1\u00a0000,00\u00a0сом"}},
		{money.New(123450, money.USD), map[i18n.Lang]string{
			i18n.EN: "$1,234.50", i18n.RU: "1\u00a0234,50\u00a0$", i18n.UZ: "1\u00a0234,50\u00a0$",
			i18n.KAA: "1\u00a0234,50\u00a0$", i18n.KY: "1\u00a0234,50\u00a0$", i18n.JA: "$1,234.50",
		}},
		{money.New(5, money.EUR), map[i18n.Lang]string{i18n.EN: "€0.05", i18n.RU: "0,05\u00a0€", i18n.JA: "€0.05"}},
		{money.New(-123450, money.USD), map[i18n.Lang]string{i18n.EN: "−$1,234.50", i18n.RU: "−1\u00a0234,50\u00a0$"}},
		{money.New(-1480, money.JPY), map[i18n.Lang]string{i18n.JA: "−1,480円"}},
		{money.New(1234567, "KWD"), map[i18n.Lang]string{i18n.EN: "KWD\u00a01,234.567", i18n.RU: "1\u00a0234,567\u00a0KWD"}},
		{money.New(7, "KWD"), map[i18n.Lang]string{i18n.EN: "KWD\u00a00.007"}},
		{money.New(0, money.UZS), map[i18n.Lang]string{i18n.UZ: "0\u00a0soʻm"}},
		{money.New(7, "XYZ"), map[i18n.Lang]string{i18n.EN: "7 XYZ"}},
	}
	for _, tt := range tests {
		for lang, want := range tt.want {
			if got := i18n.For(lang).Money(tt.amount); got != want {
				t.Errorf("%s: %v = %q, want %q", lang, tt.amount, got, want)
			}
		}
	}
}

// Where we do not deviate on purpose, sums must read as CLDR has them.
func TestMoneyAgreesWithCLDR(t *testing.T) {
	ours := map[money.Currency]bool{money.UZS: true, money.KGS: true, money.JPY: true, money.USD: true}
	for _, lang := range i18n.Langs() {
		locale := string(lang)
		if lang == i18n.KAA {
			locale = "uz"
		}
		cldr := currency.NewFormatter(currency.NewLocale(locale))
		for _, code := range currency.GetCurrencyCodes() {
			cur := money.Currency(code)
			if ours[cur] {
				continue
			}
			for _, minor := range []int64{0, 1, -1, 99, 100, 12345, -123456, 1234567, 9223372036854775807, -9223372036854775808} {
				a := money.New(minor, cur)
				exact, err := currency.NewAmount(a.Decimal(), code)
				if err != nil {
					t.Fatal(err)
				}
				want := strings.Replace(cldr.Format(exact), "-", "−", 1) // a minus, on purpose
				if got := i18n.For(lang).Money(a); got != want {
					t.Errorf("%s: %v = %q, CLDR %q", lang, a, got, want)
				}
			}
		}
	}
}

func TestDates(t *testing.T) {
	nukus := time.FixedZone("UZT", 5*60*60)
	at := time.Date(2026, time.March, 9, 20, 5, 0, 0, time.UTC)
	tests := []struct {
		lang                  i18n.Lang
		long, short, dateTime string
	}{
		{i18n.EN, "March 9, 2026", "9 Mar 2026", "March 10, 2026, 01:05"},
		{i18n.RU, "9 марта 2026 г.", "09.03.2026", "10 марта 2026 г., 01:05"},
		{i18n.UZ, "9-mart, 2026", "09.03.2026", "10-mart, 2026, 01:05"},
		{i18n.KAA, "2026-jıl 9-mart", "09.03.2026", "2026-jıl 10-mart, 01:05"},
		{i18n.KY, "2026-ж., 9-март", "09.03.2026", "2026-ж., 10-март, 01:05"},
		{i18n.JA, "2026年3月9日", "2026/03/09", "2026年3月10日 01:05"},
	}
	for _, tt := range tests {
		l := i18n.For(tt.lang)
		for name, pair := range map[string][2]string{
			"Date":      {l.Date(at), tt.long},
			"DateShort": {l.DateShort(at), tt.short},
			"DateTime":  {l.DateTime(at.In(nukus)), tt.dateTime},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s %s = %q, want %q", tt.lang, name, pair[0], pair[1])
			}
		}
	}
	if got, want := i18n.For(i18n.RU).Date(time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC)), "31 декабря 2026 г."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNumbers(t *testing.T) {
	en, ru, ja, kaa := i18n.For(i18n.EN), i18n.For(i18n.RU), i18n.For(i18n.JA), i18n.For(i18n.KAA)
	tests := []struct{ name, got, want string }{
		{"en number", en.Number(1234567), "1,234,567"},
		{"en small", en.Number(-12), "-12"},
		{"en least", en.Number(-9223372036854775808), "-9,223,372,036,854,775,808"},
		{"kaa number", kaa.Number(1234567), "1\u00a0234\u00a0567"},
		{"ru thousand", ru.Number(1000), "1\u00a0000"},
		{"en percent", en.Percent(1050), "10.5%"},
		{"en whole percent", en.Percent(800), "8%"},
		{"en hundredths", en.Percent(-5), "-0.05%"},
		{"en minus", en.Percent(-1050), "-10.5%"},
		{"ru percent", ru.Percent(1050), "10,5\u00a0%"},
		{"kaa percent", kaa.Percent(1050), "10,5%"},
		{"en grams", en.Weight(250), "250\u00a0g"},
		{"en kilograms", en.Weight(1480), "1.48\u00a0kg"},
		{"ru kilogram", ru.Weight(1000), "1\u00a0кг"},
		{"ru kilograms", ru.Weight(1005), "1,005\u00a0кг"},
		{"ja grams", ja.Weight(250), "250g"},
		{"en millilitres", en.Quantity(330, "ml"), "330\u00a0ml"},
		{"en litres", en.Quantity(1500, "ml"), "1.5\u00a0l"},
		{"en piece", en.Quantity(1, "piece"), "1\u00a0piece"},
		{"ru pieces", ru.Quantity(5, "piece"), "5\u00a0штук"},
		{"no items", en.List(nil), ""},
		{"one item", en.List([]string{"a"}), "a"},
		{"en list", en.List([]string{"a", "b", "c"}), "a, b and c"},
		{"ru list", ru.List([]string{"a", "b"}), "a и b"},
		{"kaa list", kaa.List([]string{"a", "b"}), "a hám b"},
		{"ja list", ja.List([]string{"a", "b", "c"}), "a、b、c"},
		{"country", ja.Country("JP"), "日本"},
		{"no country", ja.Country("ZZ"), "ZZ"},
		{"allergen", ru.Allergen("sesame"), "кунжут"},
		{"language", en.Language(i18n.KAA), "Karakalpak"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}
