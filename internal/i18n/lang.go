// Package i18n speaks the programme's six languages: message catalogues with
// plural rules, numbers, money and dates the way each language writes them,
// letter case, and transliteration between their alphabets.
//
// Where Unicode's CLDR has no data or the wrong data (Karakalpak has neither
// plural rules nor month names there, and its letter ı pairs with Í), the rules
// are our own and say so.
package i18n

// Lang is one of the languages everything is written in. Its value is the
// first part of a locale in URLs and what the database stores.
type Lang string

// The languages, each in one script: Uzbek and Karakalpak in Latin, Kyrgyz in
// Cyrillic.
const (
	EN  Lang = "en"
	RU  Lang = "ru"
	UZ  Lang = "uz"
	KAA Lang = "kaa"
	KY  Lang = "ky"
	JA  Lang = "ja"
)

// Langs returns all languages in the order they are offered.
func Langs() []Lang { return []Lang{EN, RU, UZ, KAA, KY, JA} }

// ParseLang returns the language of a code such as "kaa", exactly as written
// in URLs.
func ParseLang(code string) (Lang, bool) {
	l := Lang(code)
	return l, l.Tag() != ""
}

// Tag returns the BCP 47 tag for lang attributes, hreflang and headers. It
// names the script where CLDR would assume another or has both: untagged kaa
// means Cyrillic. An unknown language has none.
func (l Lang) Tag() string {
	switch l {
	case EN, RU, KY, JA:
		return string(l)
	case UZ:
		return "uz-Latn"
	case KAA:
		return "kaa-Latn"
	}
	return ""
}

// Endonym returns the language's name in itself, as a switch shows it.
func (l Lang) Endonym() string {
	switch l {
	case EN:
		return "English"
	case RU:
		return "Русский"
	case UZ:
		return "Oʻzbekcha"
	case KAA:
		return "Qaraqalpaqsha"
	case KY:
		return "Кыргызча"
	case JA:
		return "日本語"
	}
	return ""
}
