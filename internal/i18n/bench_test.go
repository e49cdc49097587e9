package i18n

import (
	"testing"
	"time"

	"awil/internal/money"
)

func benchmarkLocalizer(b *testing.B) *Localizer {
	return load(b, map[string]string{"ru/shop.json": `{"shop.title": "Сделано в селе", "shop.from": "{name} из села {village}",
		"shop.jars": {"one": "{n} банка", "few": "{n} банки", "many": "{n} банок", "other": "{n} банки"}}`})[RU]
}

func BenchmarkT(b *testing.B) {
	l := benchmarkLocalizer(b)
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.T("shop.title")
		}
	})
	b.Run("placeholders", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.T("shop.from", "name", "Варенье", "village", "Мойнақ")
		}
	})
	b.Run("plural", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.T("shop.jars", "n", 22)
		}
	})
}

func BenchmarkMoney(b *testing.B) {
	l, price := benchmarkLocalizer(b), money.New(123456789, money.KGS)
	b.ReportAllocs()
	for b.Loop() {
		l.Money(price)
	}
}

func BenchmarkDate(b *testing.B) {
	l, day := benchmarkLocalizer(b), time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		l.Date(day)
	}
}

func BenchmarkFor(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		For(RU)
	}
}

// Pages translate hundreds of texts: a text that never changes must cost no
// memory, any other its own and nothing else.
func TestAllocations(t *testing.T) {
	l := For(RU)
	price := money.New(123456789, money.KGS)
	tests := []struct {
		name string
		most float64
		do   func()
	}{
		{"For", 0, func() { For(RU) }},
		{"T without placeholders", 0, func() { l.T("terms.unit.kg") }},
		{"Money", 1, func() { l.Money(price) }},
		{"Number", 1, func() { l.Number(1234567) }},
	}
	for _, tt := range tests {
		if got := testing.AllocsPerRun(100, tt.do); got > tt.most {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.most)
		}
	}
}
