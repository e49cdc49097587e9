package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is one thing a text is made of, folded: a word of letters, a number, or an unbroken run of Japanese. Letters
// that two of our alphabets read differently give it several forms, the likeliest first.
type word struct {
	forms []string
	typed string // the letters as they were typed, small, before spellings that sound alike were made one
	cjk   bool
	whole bool // too short and too well known to be the beginning of another, as kiyiz, folded kiz, is of qızıl
}

// mostForms bounds what one word can be read as; more ambiguous letters than that keep their first reading.
const mostForms = 8

// Fold writes a text in the one alphabet everything is searched in: Latin without marks, apostrophes or case for
// Uzbek, Karakalpak, Kyrgyz, Russian and English in whichever alphabet they are typed, hiragana for all kana, words
// apart by single spaces. Two spellings of a word that people mix up come out the same; what comes out is for
// comparing, never for showing.
func Fold(text string) string { return plain(fold(text)) }

func fold(text string) []word {
	var words []word
	for _, piece := range split(text) {
		if w, ok := piece.fold(); ok {
			words = append(words, w)
		}
	}
	return words
}

// script is what sort of characters an unbroken piece of text consists of.
type script int

const (
	between script = iota // spaces, punctuation
	letters
	digits
	cjk
)

type piece struct {
	script script
	runes  []rune
}

// split cuts a text where one kind of character ends and another begins.
func split(text string) []piece {
	var pieces []piece
	runes := []rune(strings.Map(dropApostrophe, norm.NFKC.String(strings.Map(dropApostrophe, text))))
	for i, r := range runes {
		kind := scriptOf(r)
		if kind == cjk && particle(runes, i) {
			kind = between
		}
		last := len(pieces) - 1
		switch {
		case kind == between:
			pieces = append(pieces, piece{script: between})
		case last >= 0 && pieces[last].script == kind:
			pieces[last].runes = append(pieces[last].runes, r)
		default:
			pieces = append(pieces, piece{kind, []rune{r}})
		}
	}
	return pieces
}

// dropApostrophe removes the signs that stand for the hook of oʻ and gʻ, for the glottal stop and for old Karakalpak
// accents: half of them are typed as whatever the keyboard has, and just as often left out. It runs before compatibility
// normalisation, which would turn ´ into a space, and after it, which brings some forth.
func dropApostrophe(r rune) rune {
	switch r {
	case '\'', '’', '‘', 'ʻ', 'ʼ', 'ʽ', 'ʹ', 'ˈ', '`', '´', '′', '‛', '＇', '\u00ad', '\u200b', '\u200c', '\u200d', '\ufeff':
		return -1
	}
	return r
}

func scriptOf(r rune) script {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul), r == 'ー':
		return cjk
	case unicode.IsDigit(r):
		return digits
	case unicode.IsLetter(r), unicode.Is(unicode.Mn, r):
		return letters
	}
	return between
}

// isCJK reports whether a folded word is Japanese.
func isCJK(form string) bool {
	r, _ := utf8.DecodeRuneInString(form)
	return scriptOf(r) == cjk
}

// particle reports whether the hiragana at i joins two nouns, as in メロンのジャム: people leave it out when they search.
// Beside hiragana nobody can tell it from a letter of a word.
func particle(runes []rune, i int) bool {
	if i == 0 || i+1 == len(runes) {
		return false
	}
	switch foldKana(runes[i]) {
	case 'の', 'と', 'や':
	default:
		return false
	}
	before, after := runes[i-1], runes[i+1]
	if unicode.Is(unicode.Katakana, runes[i]) || runes[i] == 'ゃ' { // 山ノ茶: what it is folded to is one between kanji
		return kanjiBeside(before) && kanjiBeside(after)
	}
	return beside(before) && beside(after)
}

func kanjiBeside(r rune) bool { return r == 'ー' || isKanji(r) }

// beside reports whether a particle may stand next to a character: the nouns it joins end in kanji or katakana, in a bracket,
// or in what is not Japanese at all. Beside a space it may be what katakana was folded to.
func beside(r rune) bool {
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Katakana) || scriptOf(r) != cjk && !unicode.IsSpace(r)
}

// fold returns the piece's word; false if nothing of it is left.
func (p piece) fold() (word, bool) {
	switch p.script {
	case digits:
		return word{forms: []string{asciiDigits(p.runes)}, typed: string(p.runes)}, true
	case cjk:
		run := strings.Map(foldKana, string(p.runes))
		return word{forms: []string{run}, typed: string(p.runes), cjk: true}, run != ""
	case letters:
		forms := foldLetters(p.runes)
		return word{forms: forms, typed: strings.ToLower(string(p.runes))}, len(forms) > 0
	}
	return word{}, false
}

func asciiDigits(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		if r > unicode.MaxASCII { // other digits than ours come in tens, from their zero up
			zero := r
			for unicode.IsDigit(zero - 1) {
				zero--
			}
			r = '0' + (r-zero)%10
		}
		b.WriteRune(r)
	}
	return b.String()
}

// foldLetters reads a word of Latin or Cyrillic letters, in every way its ambiguous letters allow.
func foldLetters(runes []rune) []string {
	readings := []string{""}
	for i, r := range runes {
		readings = spread(readings, latin(unicode.ToLower(r), runes, i))
	}
	var forms []string
	seen := map[string]bool{}
	for _, reading := range readings {
		form := soundAlike(reading)
		if form != "" && !seen[form] {
			seen[form] = true
			forms = append(forms, form)
		}
	}
	return forms
}

func spread(readings, letter []string) []string {
	if len(readings)*len(letter) > mostForms {
		letter = letter[:1]
	}
	longer := make([]string, 0, len(readings)*len(letter))
	for _, one := range letter {
		for _, reading := range readings {
			longer = append(longer, reading+one)
		}
	}
	return longer
}
