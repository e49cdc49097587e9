package content_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"awil/internal/demo/content"
	"awil/internal/i18n"
)

// each calls do with every text in v and the way to it.
func each(v reflect.Value, at string, do func(at string, text content.Text)) {
	if text, ok := v.Interface().(content.Text); ok {
		do(at, text)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				each(v.Field(i), at+"."+v.Type().Field(i).Name, do)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			name := fmt.Sprint(i)
			if one := v.Index(i); one.Kind() == reflect.Struct && one.FieldByName("Slug").IsValid() {
				name = one.FieldByName("Slug").String()
			}
			each(v.Index(i), at+"."+name, do)
		}
	}
}

// Letters beyond those of the alphabet that names of others bring along.
var foreign = map[i18n.Lang]string{
	i18n.RU: "Awıl EMS Glycyrrhiza glabra", i18n.KY: "Awıl EMS Glycyrrhiza glabra", i18n.UZ: "áıóúńǵwAı",
}

// The Karakalpak alphabet of 2016 (Í is the capital of ı).
const karakalpak = "aábcdefgǵhiıjklmnńoópqrstuúvwxyzAÁBCDEFGǴHIÍJKLMNŃOÓPQRSTUÚVWXYZ"

func belongs(lang i18n.Lang, r rune) bool {
	if !unicode.IsLetter(r) {
		return true
	}
	switch lang {
	case i18n.RU, i18n.KY:
		return unicode.Is(unicode.Cyrillic, r) || strings.ContainsRune(foreign[lang], r)
	case i18n.KAA:
		return strings.ContainsRune(karakalpak, r)
	case i18n.UZ:
		return r < utf8.RuneSelf || r == 'ʻ' || r == 'ʼ' || strings.ContainsRune(foreign[lang], r)
	case i18n.EN:
		return unicode.Is(unicode.Latin, r)
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Latin) || r == 'ー' || r == '々'
}

func TestWordsAreWrittenInTheirOwnLetters(t *testing.T) {
	each(reflect.ValueOf(load(t)), "", func(at string, text content.Text) {
		for lang, words := range text {
			for _, r := range words {
				if !belongs(lang, r) {
					t.Errorf("%s %s: %q in %.60q", at, lang, r, words)
				}
			}
			if strings.ContainsAny(words, "!！'’`\u00ad") && (lang != i18n.EN || strings.ContainsAny(words, "!\u00ad")) {
				t.Errorf("%s %s: a mark we do not use in %.60q", at, lang, words)
			}
			if strings.Contains(words, "  ") || strings.TrimSpace(words) != words {
				t.Errorf("%s %s: spaces in %.60q", at, lang, words)
			}
		}
	})
}

// The database keeps texts of these lengths.
func TestTextsFit(t *testing.T) {
	limit := map[string]int{"Name": 120, "Summary": 400, "Story": 4000, "Composition": 1000, "Words": 600, "Label": 60, "Alt": 400, "Note": 400, "Notice": 400}
	each(reflect.ValueOf(load(t)), "", func(at string, text content.Text) {
		field := at[strings.LastIndex(at, ".")+1:]
		if limit[field] == 0 {
			t.Fatalf("%s: no limit for %s", at, field)
		}
		for lang, words := range text {
			if n := utf8.RuneCountInString(words); n > limit[field] {
				t.Errorf("%s %s has %d letters", at, lang, n)
			}
		}
	})
}

func TestTextRefusesMissingLanguages(t *testing.T) {
	for _, bad := range []string{
		`{"en": "a", "ru": "a", "uz": "a", "kaa": "a", "ky": "a"}`,
		`{"en": "a", "ru": "a", "uz": "a", "kaa": "a", "ky": "a", "ja": " "}`,
		`{"en": "a", "ru": "a", "uz": "a", "kaa": "a", "ky": "a", "ja": "a", "de": "a"}`,
		`"melon jam"`,
	} {
		var text content.Text
		if err := json.Unmarshal([]byte(bad), &text); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
