package desk

import (
	"strings"
	"testing"

	"awil/internal/i18n"
)

func TestAllergensAreSetApart(t *testing.T) {
	for _, try := range []struct {
		text  string
		lang  i18n.Lang
		codes []string
		want  string
	}{
		{"Wheat flour, eggs, milk powder", i18n.EN, []string{"wheat", "egg", "milk"}, "[Wheat] flour, [egg]s, [milk] powder"},
		{"melon, sugar", i18n.EN, []string{"milk"}, "melon, sugar"},
		{"小麦粉、卵、ごま、食塩", i18n.JA, []string{"wheat", "egg", "sesame"}, "[小麦]粉、[卵]、[ごま]、食塩"},
		{"qawın, sút, arpa", i18n.KAA, []string{"milk"}, "qawın, [sút], arpa"},
		{"oats and honey", i18n.EN, []string{"gluten_other"}, "[oats] and honey"},
		{"", i18n.EN, []string{"milk"}, ""},
		{"İ milk", i18n.EN, []string{"milk"}, "İ milk"},
	} {
		var got strings.Builder
		for _, r := range emphasise(try.text, try.lang, try.codes) {
			if r.strong {
				got.WriteString("[" + r.text + "]")
			} else {
				got.WriteString(r.text)
			}
		}
		if got.String() != try.want {
			t.Errorf("%q gives %q, want %q", try.text, got.String(), try.want)
		}
	}
}
