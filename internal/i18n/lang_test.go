package i18n_test

import (
	"strings"
	"testing"

	"awil/internal/i18n"
)

func TestLangs(t *testing.T) {
	tags := map[i18n.Lang]string{"en": "en", "ru": "ru", "uz": "uz-Latn", "kaa": "kaa-Latn", "ky": "ky", "ja": "ja"}
	if len(i18n.Langs()) != len(tags) {
		t.Fatalf("languages %v", i18n.Langs())
	}
	for _, l := range i18n.Langs() {
		if l.Tag() != tags[l] || l.Endonym() == "" {
			t.Errorf("%s: tag %q, endonym %q", l, l.Tag(), l.Endonym())
		}
		if got, ok := i18n.ParseLang(string(l)); !ok || got != l {
			t.Errorf("ParseLang(%q) = %q, %v", l, got, ok)
		}
		if i18n.For(l).Lang() != l {
			t.Errorf("For(%s) speaks %s", l, i18n.For(l).Lang())
		}
	}
	for _, bad := range []string{"", "EN", "de", "uz-Latn"} {
		if l, ok := i18n.ParseLang(bad); ok || l.Endonym() != "" {
			t.Errorf("ParseLang(%q) should fail", bad)
		}
	}
	if got := i18n.For("de").Lang(); got != i18n.EN {
		t.Errorf("an unknown language is served in %s", got)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		header string
		want   i18n.Lang
	}{
		{"", i18n.EN},
		{"ja", i18n.JA},
		{"ja-JP,ja;q=0.9,en;q=0.8", i18n.JA},
		{"en-US,en;q=0.9,ru;q=0.8", i18n.EN},
		{"ru;q=0.5, ky;q=0.9", i18n.KY},
		{"uz", i18n.UZ},
		{"uz-UZ", i18n.UZ},
		{"uz-Cyrl-UZ", i18n.UZ},
		{"uz-Latn", i18n.UZ},
		{"kaa", i18n.KAA},
		{"kaa-Cyrl", i18n.KAA},
		{"kk-KZ", i18n.RU},
		{"tg", i18n.RU},
		{"de-DE,de;q=0.9", i18n.EN},
		{"de-DE,de;q=0.9,ja;q=0.5", i18n.JA},
		{"*", i18n.EN},
		{"ja;q=0,ru", i18n.RU},
		{";;;,,,;q=", i18n.EN},
		{strings.Repeat("ja,", 1000), i18n.EN},
	}
	for _, tt := range tests {
		if got := i18n.Match(tt.header); got != tt.want {
			t.Errorf("Match(%.40q) = %s, want %s", tt.header, got, tt.want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("ja-JP,ja;q=0.9")
	f.Fuzz(func(t *testing.T, header string) {
		if l := i18n.Match(header); l.Tag() == "" {
			t.Fatalf("Match(%q) = %q", header, l)
		}
	})
}

func TestCase(t *testing.T) {
	tests := []struct{ name, got, want string }{
		{"kaa upper", i18n.Upper(i18n.KAA, "awıl, qıyar, iyul"), "AWÍL, QÍYAR, IYUL"},
		{"kaa lower", i18n.Lower(i18n.KAA, "AWÍL QÍYAR IYUL ÁǴŃÓÚ"), "awıl qıyar iyul áǵńóú"},
		{"kaa lower, letter in two parts", i18n.Lower(i18n.KAA, "AWI\u0301L"), "awıl"},
		{"kaa title", i18n.Title(i18n.KAA, "ıqlas qızı"), "Íqlas qızı"},
		{"uz upper", i18n.Upper(i18n.UZ, "oʻzbek choyi"), "OʻZBEK CHOYI"},
		{"uz title", i18n.Title(i18n.UZ, "shoʻrva"), "Shoʻrva"},
		{"ru title", i18n.Title(i18n.RU, "дыня"), "Дыня"},
		{"en lower", i18n.Lower(i18n.EN, "Í I"), "í i"},
		{"empty", i18n.Title(i18n.KAA, ""), ""},
		{"ja", i18n.Title(i18n.JA, "村"), "村"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}
