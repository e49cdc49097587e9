package search

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Each line lists spellings of one thing that people really type; all must fold alike in their first reading.
func TestFoldsAlike(t *testing.T) {
	for _, spellings := range [][]string{
		{"qovun", "Qovun", "QOVUN", "ковун", "қовун", "kovun"},
		{"moʻynoq", "mo'ynoq", "mo’ynoq", "mo‘ynoq", "moʼynoq", "mo`ynoq", "mo´ynoq", "Moynoq", "мўйноқ"},
		{"moynaq", "Мойнақ", "мойнак", "moynak"},
		{"kurak", "курак", "Қурақ", "quraq"},
		{"дыня", "dynya", "dinya", "ДЫНЯ"},
		{"варенье", "varenye", "varenie", "варенье"},
		{"мёд", "мед", "med"},
		{"ｼﾞｬﾑ", "ジャム", "じゃむ"},
		{"ﾒﾛﾝｼﾞｬﾑ", "メロンジャム", "めろんじゃむ"},
		{"コーヒー", "コーヒ", "ｺｰﾋｰ"},
		{"メロンのジャム", "メロン ジャム", "メロン・ジャム", "（メロン）のジャム", "メロンの「ジャム」"},
		{"suzani 刺繍", "suzaniの刺繍"}, {"茶の木", "茶ノ木"},
		{"Xoʻjayli", "xojayli", "ходжайли", "khojayli", "hojayli", "Хўжайли"},
		{"qawın", "qawin", "qavin", "қавин"},
		{"Shımbay", "shimbay", "шымбай", "Shymbay"},
		{"ǵarrı", "garri", "g'arri", "ғарры"},
		{"Kókónis", "kokonis", "ко'конис"},
		{"чай", "chay", "choy-"[:2] + "ay"},
		{"жүн", "jun", "zhun"},
		{"өрүк", "oruk", "öruk", "örük"},
		{"murabbosi", "murabosi", "мураббоси"},
		{"500 г", "500 g", "500г", "５００g"},
		{"women's", "women’s", "womens"},
		{"sea-buckthorn", "sea buckthorn", "Sea  Buckthorn"},
		{"етти", "yetti", "etti"},
		{"felt", "FELT", "felt!"},
		{"Бозатау", "bozatau"},
		{"цех", "tsekh", "sekh"},
		{"щавель", "shavel", "schavel", "shchavel"},
	} {
		want := Fold(spellings[0])
		if want == "" {
			t.Errorf("%q folds to nothing", spellings[0])
		}
		for _, s := range spellings[1:] {
			if got := Fold(s); got != want {
				t.Errorf("%q folds to %q, but %q to %q", spellings[0], want, s, got)
			}
		}
	}
}

// Where an ambiguous letter is typed, one of the readings must be what the other language writes.
func TestSecondReadings(t *testing.T) {
	for typed, meant := range map[string]string{
		"қаўын": "qawın", "ўрик": "oʻrik", "ёғ": "yogʻ", "мёд": "мед", "таң": "tań", "Токтоңгул": "Toktongul",
	} {
		found := false
		for _, form := range fold(typed)[0].forms {
			found = found || form == Fold(meant)
		}
		if !found {
			t.Errorf("%q reads as %q, none of which is %q", typed, fold(typed)[0].forms, Fold(meant))
		}
	}
}

func TestStaysApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"jam", "jom"}, {"felt", "belt"}, {"шал", "сал"}, {"чай", "шай"}, {"メロン", "レモン"}, {"茶", "蜜"}, {"10", "100"},
	} {
		if a, b := Fold(pair[0]), Fold(pair[1]); a == b {
			t.Errorf("%q and %q both fold to %q", pair[0], pair[1], a)
		}
	}
}

func TestNothingToFold(t *testing.T) {
	for _, s := range []string{"", "   ", "'", "—…!", "🍈", "ー", "\xff\xfe"} {
		if got := Fold(s); got != "" {
			t.Errorf("%q folds to %q", s, got)
		}
	}
}

// Folding settles: what is folded folds to itself, so that names and queries meet whichever was folded when.
func TestFoldSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(
			rapid.RuneFrom([]rune("abcehijknoqstuwxyzáǵıńóú'ʻʼ -")),
			rapid.RuneFrom([]rune("абвгғдеёжзийкқлмнңоөпрстуүўфхҳцчшщъыьэюяә")),
			rapid.RuneFrom([]rune("メロンのジャム茶緑めｼﾞｬﾑー5")),
			rapid.Rune(),
		)).Draw(t, "text")
		once := Fold(text)
		if again := Fold(once); again != once {
			t.Fatalf("%q → %q → %q", text, once, again)
		}
		if !utf8.ValidString(once) {
			t.Fatalf("%q → %q is no UTF-8", text, once)
		}
	})
}
