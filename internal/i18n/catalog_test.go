package i18n

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// catalogs reads the embedded catalogues, by area and language.
func catalogs(t *testing.T) map[string]map[Lang]catalogFile {
	t.Helper()
	all, err := readCatalogs(files)
	if err != nil {
		t.Fatal(err)
	}
	byArea := map[string]map[Lang]catalogFile{}
	for _, file := range all {
		if byArea[file.area] == nil {
			byArea[file.area] = map[Lang]catalogFile{}
		}
		byArea[file.area][file.lang] = file
	}
	return byArea
}

// langsOf returns the languages an area must be written in.
func langsOf(area string) []Lang {
	switch area {
	case "desk", "till", "closing", "refunds":
		return []Lang{EN, RU} // staff pages
	}
	return Langs()
}

func TestEveryLanguageHasEveryMessage(t *testing.T) {
	for area, byLang := range catalogs(t) {
		english, ok := byLang[EN]
		if !ok {
			t.Errorf("catalog/en/%s.json is missing", area)
			continue
		}
		for _, lang := range langsOf(area) {
			file, ok := byLang[lang]
			if !ok {
				t.Errorf("catalog/%s/%s.json is missing", lang, area)
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(english.messages)) {
				m := file.messages[key]
				if m == nil {
					t.Errorf("%s: %s is missing", file.name, key)
					continue
				}
				compare(t, file, key, english.messages[key], m)
			}
			for _, key := range slices.Sorted(maps.Keys(file.messages)) {
				if english.messages[key] == nil {
					t.Errorf("%s: %s is not in English", file.name, key)
				}
			}
		}
	}
}

// compare checks a translation against the English message.
func compare(t *testing.T, file catalogFile, key string, english, m *message) {
	t.Helper()
	if want, got := placeholders(english), placeholders(m); !slices.Equal(want, got) {
		t.Errorf("%s: %s has placeholders %v, English has %v", file.name, key, got, want)
	}
	forms := formsOf(file.lang)
	if english.plural && !m.plural && len(forms) > 1 {
		t.Errorf("%s: %s must be an object of plural forms", file.name, key)
	}
	if !m.plural {
		return
	}
	for f, pattern := range m.forms {
		switch wanted := slices.Contains(forms, form(f)); {
		case wanted && pattern == nil:
			t.Errorf("%s: %s lacks the plural form %q", file.name, key, formNames[f])
		case !wanted && pattern != nil:
			t.Errorf("%s: %s has the plural form %q, which its language does not know", file.name, key, formNames[f])
		}
	}
}

// placeholders returns the sorted names a message uses in any of its forms.
func placeholders(m *message) []string {
	names := map[string]bool{}
	for _, p := range m.forms {
		for _, s := range p {
			if s.arg != "" {
				names[s.arg] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func TestKeysBelongToTheirArea(t *testing.T) {
	for area, byLang := range catalogs(t) {
		for _, file := range byLang {
			for key := range file.messages {
				if !strings.HasPrefix(key, area+".") || !validKey(key) {
					t.Errorf("%s: %q should be %s. and then small letters, digits, _ and dots", file.name, key, area)
				}
			}
		}
	}
}

func validKey(key string) bool {
	for part := range strings.SplitSeq(key, ".") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return false
		}
	}
	return true
}

func TestTranslatorsNotes(t *testing.T) {
	for area, byLang := range catalogs(t) {
		for _, file := range byLang {
			if file.meta.Review != "native" && file.meta.Review != "needed" {
				t.Errorf(`%s: _meta.review is %q, want "native" or "needed"`, file.name, file.meta.Review)
			}
			for _, key := range file.meta.Doubtful {
				if file.messages[key] == nil {
					t.Errorf("%s: _meta.doubtful names %q, which is not there", file.name, key)
				}
			}
			for _, prefix := range file.meta.Dynamic {
				if !strings.HasPrefix(prefix, area+".") {
					t.Errorf("%s: _meta.dynamic %q is not of this area", file.name, prefix)
				}
			}
		}
	}
}

// The house's way of writing, as far as a program can see it.
func TestTextsFollowTheHouseStyle(t *testing.T) {
	for _, byLang := range catalogs(t) {
		for _, file := range byLang {
			for key, m := range file.messages {
				for _, text := range texts(m) {
					if fault := styleFault(file.lang, text); fault != "" {
						t.Errorf("%s: %s: %s: %q", file.name, key, fault, text)
					}
				}
			}
		}
	}
}

// texts returns a message's texts with {} for each placeholder.
func texts(m *message) []string {
	if m.fixed() {
		return []string{m.plain}
	}
	var all []string
	for _, p := range m.forms {
		var text strings.Builder
		for _, s := range p {
			text.WriteString(s.text)
			if s.arg != "" {
				text.WriteString("{}")
			}
		}
		if p != nil {
			all = append(all, text.String())
		}
	}
	return all
}

func styleFault(lang Lang, text string) string {
	switch {
	case strings.ContainsAny(text, "!！"):
		return "no exclamation marks"
	case strings.TrimSpace(text) != text:
		return "space at an end"
	case strings.Contains(text, "  "):
		return "two spaces"
	case lang == UZ && NormalizeUzbek(text) != text:
		return "Uzbek is written with ʻ (U+02BB) after o and g, ʼ (U+02BC) elsewhere"
	case lang == KAA && strings.ContainsRune(text, 'í'):
		return "Karakalpak has no í: the small letter of Í is ı"
	case lang == KAA && strings.ContainsAny(text, "ʻ"):
		return "Karakalpak marks its letters with accents: á ǵ ı ń ó ú"
	}
	return ""
}
