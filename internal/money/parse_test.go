package money_test

import (
	"errors"
	"testing"

	"awil/internal/errs"
	"awil/internal/money"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		cur  money.Currency
		want int64
	}{
		{"56000", money.UZS, 5600000},
		{"56 000", money.UZS, 5600000},
		{"56\u00a0000", money.UZS, 5600000},
		{"56\u202f000", money.UZS, 5600000},
		{"56.000", money.UZS, 5600000},
		{"56'000", money.UZS, 5600000},
		{"56000,50", money.UZS, 5600050},
		{"1 234,50", money.KGS, 123450},
		{"1 234,5 сом", money.KGS, 123450},
		{"56 000 so'm", money.UZS, 5600000},
		{"56 000 soʻm", money.UZS, 5600000},
		{"56 000 SOʻM", money.UZS, 5600000},
		{"56 000 сум", money.UZS, 5600000},
		{"UZS 56,000.00", money.UZS, 5600000},
		{"1,480", money.JPY, 1480},
		{"¥1,480", money.JPY, 1480},
		{"1,480円", money.JPY, 1480},
		{"￥１，４８０", money.JPY, 1480},
		{"１４８０", money.JPY, 1480},
		{"$1,234.50", money.USD, 123450},
		{"1.234,50 €", money.EUR, 123450},
		{"1,234,567.89", money.USD, 123456789},
		{"0.5", money.USD, 50},
		{"0", money.JPY, 0},
		{"007", money.JPY, 7},
		{"1.234", "KWD", 1234},
		{"1,234", "KWD", 1234},
		{"1,234.567", "KWD", 1234567},
		{"92233720368547758.07", money.USD, 9223372036854775807},
	}
	for _, tt := range tests {
		got, err := money.Parse(tt.text, tt.cur)
		if err != nil || got != money.New(tt.want, tt.cur) {
			t.Errorf("Parse(%q, %s) = %v, %v; want %d minor", tt.text, tt.cur, got, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		text string
		cur  money.Currency
		want error
	}{
		{"", money.UZS, money.ErrSyntax},
		{"   ", money.UZS, money.ErrSyntax},
		{"so'm", money.UZS, money.ErrSyntax},
		{"-5", money.UZS, money.ErrSyntax},
		{"−5", money.UZS, money.ErrSyntax},
		{"+5", money.UZS, money.ErrSyntax},
		{"abc", money.UZS, money.ErrSyntax},
		{"5 6", money.UZS, money.ErrSyntax},
		{"1 23 456", money.UZS, money.ErrSyntax},
		{"1234 567", money.UZS, money.ErrSyntax},
		{"1,234.567,89", money.UZS, money.ErrSyntax},
		{"1..5", money.UZS, money.ErrSyntax},
		{"5.", money.USD, money.ErrSyntax},
		{".5", money.USD, money.ErrSyntax},
		{"1e5", money.USD, money.ErrSyntax},
		{"0x10", money.USD, money.ErrSyntax},
		{"5 €", money.USD, money.ErrSyntax},
		{"$5$", money.USD, money.ErrSyntax},
		{"٥", money.AED, money.ErrSyntax},
		{"5\x00", money.USD, money.ErrSyntax},
		{"0.555", money.USD, money.ErrDecimals},
		{"1,234.567", money.USD, money.ErrDecimals},
		{"1480.0", money.JPY, money.ErrDecimals},
		{"1.2345", "KWD", money.ErrDecimals},
		{"92233720368547758.08", money.USD, money.ErrOverflow},
		{"99999999999999999999", money.JPY, money.ErrOverflow},
	}
	for _, tt := range tests {
		got, err := money.Parse(tt.text, tt.cur)
		if !errors.Is(err, tt.want) || errs.KindOf(err) != errs.Invalid {
			t.Errorf("Parse(%q, %s) = %v, %v; want %v", tt.text, tt.cur, got, err, tt.want)
		}
	}
	if _, err := money.Parse("5", "XYZ"); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("unknown currency: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"56 000 so'm", "1 234,50", "￥１，４８０", "1.234,50 €", "-5", "0.5", "1,234,567.89", "5\x00"} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(1))
	}
	currencies := []money.Currency{money.UZS, money.JPY, money.USD, "KWD", money.KGS}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		cur := currencies[int(which)%len(currencies)]
		got, err := money.Parse(text, cur)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("Parse(%q): %v is not Invalid", text, err)
			}
			return
		}
		if got.Minor < 0 || got.Currency != cur {
			t.Fatalf("Parse(%q) = %v", text, got)
		}
		if again, err := money.Parse(got.Decimal(), cur); err != nil || again != got {
			t.Fatalf("Parse(%q) = %v, but its decimal gives %v, %v", text, got, again, err)
		}
	})
}
