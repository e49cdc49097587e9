package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"awil/internal/money"
)

func TestPluralForms(t *testing.T) {
	tests := map[Lang]map[string][]int64{
		EN:  {"one": {1, -1}, "other": {0, 2, 5, 11, 21, 101}},
		UZ:  {"one": {1}, "other": {0, 2, 5, 21}},
		KAA: {"one": {1}, "other": {0, 2, 5, 21}},
		KY:  {"one": {1}, "other": {0, 2, 5, 21}},
		JA:  {"other": {0, 1, 2, 21}},
		RU: {
			"one":  {1, 21, 101, 1001, -1, -21},
			"few":  {2, 3, 4, 22, 104, -2, -34},
			"many": {0, 5, 11, 12, 13, 14, 20, 111, 112, 114, 1011, -11, -12, -5},
		},
	}
	for lang, forms := range tests {
		for want, numbers := range forms {
			for _, n := range numbers {
				if got := formNames[pluralForm(lang, n)]; got != want {
					t.Errorf("%s: %d is %s, want %s", lang, n, got, want)
				}
			}
		}
	}
}

// load makes localizers of catalogues given as text.
func load(t testing.TB, texts map[string]string) map[Lang]*Localizer {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys["catalog/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	all, err := readCatalogs(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return newLocalizers(all)
}

func TestT(t *testing.T) {
	all := load(t, map[string]string{
		"en/shop.json": `{"_meta": {"review": "native"},
			"shop.title": "Made in the village",
			"shop.hello": "Hello, {name}. {name} again.",
			"shop.jars": {"one": "one jar", "other": "{n} jars from {village}"},
			"shop.price": "{price} on {day}, {ok}",
			"shop.only": "English only, {n}"}`,
		"ru/shop.json": `{
			"shop.title": "Сделано в селе",
			"shop.hello": "Здравствуйте, {name}.",
			"shop.jars": {"one": "{n} банка", "few": "{n} банки", "many": "{n} банок", "other": "{n} банки"},
			"shop.price": "{price}, {day}, {ok}"}`,
	})
	day := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{EN, "shop.title", nil, "Made in the village"},
		{EN, "shop.title", []any{"unused", 1}, "Made in the village"},
		{RU, "shop.title", nil, "Сделано в селе"},
		{JA, "shop.title", nil, "Made in the village"},
		{EN, "shop.hello", []any{"name", "Aysulu"}, "Hello, Aysulu. Aysulu again."},
		{EN, "shop.hello", []any{"nom", "Aysulu"}, "Hello, {name}. {name} again."},
		{EN, "shop.hello", []any{"name"}, "Hello, {name}. {name} again."},
		{EN, "shop.jars", []any{"n", 1}, "one jar"},
		{EN, "shop.jars", []any{"n", 1200, "village", "Muynak"}, "1,200 jars from Muynak"},
		{EN, "shop.jars", []any{"n", "many", "village", "Muynak"}, "many jars from Muynak"},
		{EN, "shop.jars", []any{"village", "Muynak"}, "{n} jars from Muynak"},
		{RU, "shop.jars", []any{"n", int64(21)}, "21 банка"},
		{RU, "shop.jars", []any{"n", int32(3)}, "3 банки"},
		{RU, "shop.jars", []any{"n", int16(5)}, "5 банок"},
		{RU, "shop.jars", []any{"n", int8(11)}, "11 банок"},
		{RU, "shop.only", []any{"n", 5000}, "English only, 5\u00a0000"},
		{KY, "shop.jars", []any{"n", 2, "village", "Кочкор"}, "2 jars from Кочкор"},
		{EN, "shop.price", []any{"price", money.New(1480, money.JPY), "day", day, "ok", true}, "¥1,480 on March 9, 2026, true"},
		{RU, "shop.price", []any{"price", money.New(1480, money.JPY), "day", day, "ok", EN}, "1\u00a0480\u00a0¥, 9 марта 2026 г., en"},
		{EN, "shop.none", []any{"n", 1}, "shop.none"},
	}
	for _, tt := range tests {
		if got := all[tt.lang].T(tt.key, tt.args...); got != tt.want {
			t.Errorf("%s: T(%q, %v) = %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
		}
	}
	if !all[JA].Has("shop.title") || all[EN].Has("shop.none") || all[EN].Has("_meta") {
		t.Error("Has is wrong")
	}
}

func TestBadCatalogsAreRefused(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"en/shop.json", `[]`, "not a JSON object"},
		{"en/shop.json", `{"shop.a": "x"`, "en/shop.json"},
		{"en/shop.json", `{"shop.a": "x", "shop.a": "y"}`, "shop.a is there twice"},
		{"en/shop.json", `{"shop.a": 5}`, "shop.a"},
		{"en/shop.json", `{"shop.a": ""}`, "empty text"},
		{"en/shop.json", `{"shop.a": "{open"}`, "bad placeholder"},
		{"en/shop.json", `{"shop.a": "shut}"}`, "bad placeholder"},
		{"en/shop.json", `{"shop.a": "{Name}"}`, "bad placeholder"},
		{"en/shop.json", `{"shop.a": "{}"}`, "bad placeholder"},
		{"en/shop.json", `{"shop.a": {"one": "x"}}`, `"other" is missing`},
		{"en/shop.json", `{"shop.a": {"two": "x", "other": "y"}}`, `"two"`},
		{"en/shop.json", `{"shop.a": {"other": "{"}}`, "form other"},
		{"en/shop.json", `{"_meta": 5}`, "_meta"},
		{"de/shop.json", `{}`, "no such language"},
	}
	for _, tt := range tests {
		_, err := readCatalogs(fstest.MapFS{"catalog/" + tt.name: {Data: []byte(tt.text)}})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.name) {
			t.Errorf("%s: %v; want the file's name and %q", tt.text, err, tt.want)
		}
	}
}
