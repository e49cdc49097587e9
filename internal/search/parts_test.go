package search

import (
	"slices"
	"strings"
	"testing"
)

func TestOtherLayout(t *testing.T) {
	for typed, want := range map[string]string{"ghbdtn": "привет", "Lsyz": "дыня", "jht[b vtl": "орехи мед", "ьудщт": "melon", "bp.v": "изюм"} {
		if got, ok := otherLayout(typed); !ok || got != want {
			t.Errorf("%q is %q, %t, want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"", "500", "メロン", "қовун", "meлон"} {
		if got, ok := otherLayout(typed); ok {
			t.Errorf("%q is %q", typed, got)
		}
	}
}

func TestRomaji(t *testing.T) {
	for latin, kana := range map[string]string{
		"meron": "めろん", "jamu": "じやむ", "kukkii": "くつきい", "hachimitsu": "はちみつ", "sekken": "せつけん", "kōhii": "こうひい", "sutoru": "すとる",
	} {
		if got, ok := fromRomaji(latin); !ok || got != kana {
			t.Errorf("%s is %q, %t, want %q", latin, got, ok, kana)
		}
	}
	for _, latin := range []string{"", "no", "felt", "qovun", "melon", "дыня"} {
		if got, ok := fromRomaji(latin); ok {
			t.Errorf("%s is %q", latin, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"melon", "melon", 0}, {"melun", "melon", 1}, {"meoln", "melon", 1}, {"elon", "melon", 1}, {"nelon", "melon", 1}, {"melonn", "melon", 1},
		{"bukthron", "buckthorn", 2}, {"embrodary", "embroidery", 2}, {"jam", "rug", 3}, {"ab", "abcdef", 3},
	} {
		if got := distance(tt.a, tt.b, 2); min(got, 3) != tt.want {
			t.Errorf("%s and %s are %d apart, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// One word in six languages and several alphabets means one thing.
func TestThesaurus(t *testing.T) {
	for id, texts := range map[string]string{
		"melon": "melon дыня дыни qovun қовун qawın коон メロン めろん meron", "walnut": "walnuts орехи yong'oq ёнғоқ ǵoz жаңгак くるみ 胡桃",
		"rug": "carpet ковёр kovyor gilam килем 絨毯 じゅうたん juutan", "silk": "silk шёлк ipak jipek жибек 絹 シルク",
	} {
		for _, text := range strings.Fields(texts) {
			if !slices.ContainsFunc(meanings().ofWord(fold(text)[0]), func(g int) bool { return meanings().groups[g].id == id }) {
				t.Errorf("%s is no %s", text, id)
			}
		}
	}
	for _, broken := range []string{`{`, `{"groups": [{"id": "a", "en": ["—"]}]}`, `{"groups": [{"id": "a", "also": ["b"]}]}`, `{"groups": [{"id": "a"}, {"id": "a"}]}`} {
		if _, err := readThesaurus([]byte(broken)); err == nil {
			t.Errorf("%s is read", broken)
		}
	}
}

func TestParts(t *testing.T) {
	for run, want := range map[string]string{"めろんじやむ": "めろん じやむ", "羊毛すりつぱ": "羊毛 すりつぱ", "絹の布": "絹 布", "ごまくつきー": "ごま くつき"} {
		var got []string
		for _, p := range meanings().parts(Fold(run)) {
			got = append(got, p.words[0].forms[0])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s consists of %q, want %s", run, got, want)
		}
	}
}

func TestExpr(t *testing.T) {
	a, b, c := term("a", false), term("b", true), term("c", false)
	for want, e := range map[string]expr{
		"'a'": anyOf(a, a), "('a'&'b':*)": allOf(a, allOf(b)), "('a'|'b':*|'c')": anyOf(anyOf(a, b), c, expr{}),
		"(('a'|'b':*)&'c')": allOf(anyOf(a, b), c), "": allOf(a, anyOf()),
	} {
		if got := e.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// What half the goods have is looked for in the newest of them first, by its common words; what few have, at once.
func TestSteps(t *testing.T) {
	c := &common{products: 1e6, part: map[string]float64{"=jam": .1, "=jams": .05, "=qawin": .001}, lexemes: []string{"=jam", "=jams", "=qawin"},
		newest: 10 * sliceSize, bounds: usual, words: newVocabulary([]string{"jam", "jams", "qawin"})}
	steps, probe := c.steps([]tier{{class: named, expr: term("=jam", true)}, {class: meant, expr: allOf(term("=jam", true), term("=qawin", false))}}, expr{}, 240)
	if len(steps) != 2 || probe != nil {
		t.Fatalf("%+v, probe %v", steps, probe)
	}
	if want := []string{"('@11'|'@10'|'@9')", "('=jam'|'=jams')"}; !slices.Equal(steps[0].query, want) || steps[0].room != 240 {
		t.Errorf("%+v, want %s", steps[0], want)
	}
	if want := []string{"'=qawin'", "('=jam'|'=jams')"}; !slices.Equal(steps[1].query, want) { // the rare before the common
		t.Errorf("%+v, want %s", steps[1], want)
	}

	// All the words in old goods come before some of the words in new ones.
	both := allOf(term("=jam", false), term("=jams", false))
	steps, _ = c.steps([]tier{{class: near, expr: both}, {class: partly, expr: term("=jam", false)}}, expr{}, 240)
	if len(steps) != 4 || !slices.Equal(steps[1].query, []string{"'=jams'", "'=jam'"}) || steps[1].room != 24 || !slices.Equal(steps[3].query, []string{"'=jam'"}) {
		t.Errorf("%+v", steps)
	}
}
