package i18n

import (
	"strings"
	"unicode"
)

// Latin transliterates Cyrillic text into the Latin script by the rules of its
// language and leaves everything else as it is: Uzbek and Karakalpak into their
// own alphabets (that of 2016 for Karakalpak), Kyrgyz after BGN/PCGN 1979,
// Russian after ICAO 9303 as in passports. English and Japanese have no rules
// of their own; Cyrillic in them is read as Russian.
//
// Uzbek comes back through UzbekCyrillic; the others lose distinctions (in
// Karakalpak е and э, ш and щ), so keep the original.
func Latin(l Lang, s string) string {
	return schemeOf(l).convert(s)
}

// scheme is a way to write Cyrillic in Latin, letter by letter.
type scheme struct {
	lang    Lang // for the capitals of what comes out
	letters map[rune]string
	ye      bool // е is ye at the start of a word and after a vowel, ъ or ь; сҳ is sʼh
	dotNG   bool // нг is n·g, to keep it apart from ң
}

func schemeOf(l Lang) *scheme {
	switch l {
	case UZ:
		return &uzbek
	case KAA:
		return &karakalpak
	case KY:
		return &kyrgyz
	}
	return &russian
}

var (
	uzbek = scheme{lang: UZ, ye: true, letters: letters(map[rune]string{
		'ғ': "gʻ", 'ж': "j", 'й': "y", 'қ': "q", 'ў': "oʻ", 'х': "x", 'ҳ': "h", 'ц': "ts",
		'щ': "shch", 'ъ': "ʼ", 'ы': "i", 'ь': "", 'ю': "yu", 'я': "ya",
	})}
	karakalpak = scheme{lang: KAA, letters: letters(map[rune]string{
		'ә': "á", 'ғ': "ǵ", 'ж': "j", 'й': "y", 'қ': "q", 'ң': "ń", 'ө': "ó", 'ү': "ú", 'ў': "w", 'х': "x",
		'ҳ': "h", 'ц': "c", 'щ': "sh", 'ъ': "", 'ы': "ı", 'ь': "", 'ю': "yu", 'я': "ya",
	})}
	kyrgyz = scheme{lang: KY, dotNG: true, letters: letters(map[rune]string{
		'ж': "j", 'й': "y", 'ң': "ng", 'ө': "ö", 'ү': "ü", 'х': "kh", 'ц': "ts",
		'щ': "shch", 'ъ': "ʺ", 'ы': "y", 'ь': "ʹ", 'ю': "yu", 'я': "ya",
	})}
	russian = scheme{lang: RU, letters: letters(map[rune]string{
		'ё': "e", 'ж': "zh", 'й': "i", 'х': "kh", 'ц': "ts", 'щ': "shch", 'ъ': "ie", 'ы': "y", 'ь': "",
		'ю': "iu", 'я': "ia", 'қ': "k", 'ғ': "g", 'ң': "n", 'ө': "o", 'ү': "u", 'ў': "u", 'ҳ': "kh", 'ә': "a",
	})}
)

// letters completes a scheme with the letters that are alike in all of them.
func letters(own map[rune]string) map[rune]string {
	all := map[rune]string{
		'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "yo", 'з': "z", 'и': "i", 'к': "k",
		'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f",
		'ч': "ch", 'ш': "sh", 'э': "e",
	}
	for from, to := range own {
		all[from] = to
	}
	return all
}

func (sc *scheme) convert(s string) string {
	var out strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		low := unicode.ToLower(r)
		latin, ok := sc.letters[low]
		switch {
		case !ok:
			out.WriteRune(r)
			continue
		case low == 'е' && sc.ye && opensYe(runes[:i]):
			latin = "ye"
		case low == 'ҳ' && sc.ye && i > 0 && unicode.ToLower(runes[i-1]) == 'с':
			latin = "ʼh"
		case low == 'г' && sc.dotNG && i > 0 && unicode.ToLower(runes[i-1]) == 'н':
			latin = "·g"
		}
		switch {
		case low == r:
			out.WriteString(latin)
		case shouted(runes, i):
			out.WriteString(Upper(sc.lang, latin))
		default:
			out.WriteString(Title(sc.lang, latin))
		}
	}
	return out.String()
}

// opensYe reports whether an е after these letters is spoken with a y.
func opensYe(before []rune) bool {
	if len(before) == 0 {
		return true
	}
	last := unicode.ToLower(before[len(before)-1])
	return !unicode.IsLetter(last) || strings.ContainsRune("аоуўэиёюяеыъь", last)
}

// shouted reports whether the capital at i is one of a word in capitals, where
// Ш is SH, rather than the first letter of one, where it is Sh.
func shouted(runes []rune, i int) bool {
	if i+1 < len(runes) && unicode.IsLetter(runes[i+1]) {
		return unicode.IsUpper(runes[i+1])
	}
	return i > 0 && unicode.IsUpper(runes[i-1])
}
