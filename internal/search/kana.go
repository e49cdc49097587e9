package search

import "strings"

// small kana are typed large by whoever does not find them, and the other way round.
const (
	smallKana = "ぁぃぅぇぉっゃゅょゎゕゖ"
	largeKana = "あいうえおつやゆよわかけ"
)

// oldKanji are forms that one keyboard offers and another does not.
const (
	oldKanji = "繡鹼絲國澤邊邉廣龍櫻藝靜鹽麥蟲驛圓"
	newKanji = "繍鹸糸国沢辺辺広竜桜芸静塩麦虫駅円"
)

var kanaAlike, kanjiAlike = table(smallKana, largeKana), table(oldKanji, newKanji)

func table(from, to string) map[rune]rune {
	m, become := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		m[r] = become[i]
	}
	return m
}

// foldKana writes katakana as hiragana, whose block lies 0x60 below, small kana as large ones, old kanji as new ones, and
// drops the long-vowel mark.
func foldKana(r rune) rune {
	if r == 'ー' {
		return -1
	}
	if r >= 'ァ' && r <= 'ヶ' {
		r -= 'ァ' - 'ぁ'
	}
	if large, ok := kanaAlike[r]; ok {
		return large
	}
	if modern, ok := kanjiAlike[r]; ok {
		return modern
	}
	return r
}

// syllables are what romaji spells, in Hepburn's way and the school's, longest first where one begins with another.
var syllables = map[string]string{
	"a": "あ", "i": "い", "u": "う", "e": "え", "o": "お", "n": "ん",
	"shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ", "ji": "じ", "sha": "しゃ", "shu": "しゅ", "sho": "しょ", "she": "しぇ",
	"cha": "ちゃ", "chu": "ちゅ", "cho": "ちょ", "che": "ちぇ", "ja": "じゃ", "ju": "じゅ", "jo": "じょ", "je": "じぇ",
	"fa": "ふぁ", "fi": "ふぃ", "fe": "ふぇ", "fo": "ふぉ", "thi": "てぃ", "dhi": "でぃ", "va": "ゔぁ", "vu": "ゔ",
}

func init() {
	for row, kana := range map[string]string{
		"k": "かきくけこ", "g": "がぎぐげご", "s": "さしすせそ", "z": "ざじずぜぞ", "t": "たちつてと", "d": "だぢづでど",
		"n": "なにぬねの", "h": "はひふへほ", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ", "m": "まみむめも", "r": "らりるれろ",
	} {
		sounds := []rune(kana)
		for i, vowel := range "aiueo" {
			syllables[row+string(vowel)] = string(sounds[i])
		}
		for i, vowel := range []string{"ya", "yu", "yo"} {
			syllables[row+vowel] = string(sounds[1]) + string([]rune("ゃゅょ")[i])
		}
	}
	for sound, kana := range map[string]string{"ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を"} {
		syllables[sound] = kana
	}
}

// The two ways of writing long vowels, made one.
var (
	withoutMacrons = strings.NewReplacer("ā", "aa", "ī", "ii", "ū", "uu", "ē", "ee", "ō", "ou")
	withShortOnes  = strings.NewReplacer("aa", "a", "ii", "i", "uu", "u", "ee", "e", "oo", "o", "ou", "o")
)

// fromRomaji reads Latin letters as the kana they spell, folded: fully, as meron is めろん, or not at all.
func fromRomaji(latin string) (kana string, ok bool) {
	const shortest = 3 // letters; two are any word of any language
	latin = withoutMacrons.Replace(latin)
	if len(latin) < shortest {
		return "", false
	}
	var b strings.Builder
	for latin != "" {
		if len(latin) > 1 && latin[0] == latin[1] && !strings.ContainsRune("aiueon", rune(latin[0])) {
			b.WriteString("っ")
			latin = latin[1:]
			continue
		}
		n := min(3, len(latin))
		for n > 0 && syllables[latin[:n]] == "" {
			n--
		}
		if n == 0 {
			return "", false
		}
		b.WriteString(syllables[latin[:n]])
		latin = latin[n:]
	}
	return strings.Map(foldKana, b.String()), true
}

// kana is a word of Latin letters as the Japanese it may spell: as it is, and with long vowels, which katakana marks by a
// dash that folding drops, as short ones.
func (w word) kana() (readings []word) {
	if w.cjk {
		return nil
	}
	short := withShortOnes.Replace(w.typed)
	for i, latin := range []string{w.typed, short} {
		if kana, ok := fromRomaji(latin); ok && (i == 0 || short != w.typed) && len([]rune(kana)) > 1 {
			readings = append(readings, word{forms: []string{kana}, cjk: true})
		}
	}
	return readings
}
