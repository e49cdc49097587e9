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
