package i18n

import "golang.org/x/text/language"

// maxHeader bounds how much of an Accept-Language header is looked at.
const maxHeader = 1024

// Match returns the language a browser's Accept-Language header asks for, the
// first it lists that we speak or stand in for; English if there is none.
func Match(acceptLanguage string) Lang {
	if len(acceptLanguage) > maxHeader {
		return EN
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return EN
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		if lang, ok := stands(base.String()); ok {
			return lang
		}
	}
	return EN
}

// stands maps a base language, whatever its script and region, to the one of
// ours that serves its readers. It is a table because the general matcher
// sends Cyrillic Uzbek to Russian and knows nothing of Karakalpak.
func stands(base string) (Lang, bool) {
	switch base {
	case "en", "ru", "uz", "kaa", "ky", "ja":
		return Lang(base), true
	case "kk", "tg", "tk", "be":
		// Readers of these mostly know Russian. Kazakh is near to Karakalpak and
		// Kyrgyz, but is written in Cyrillic while our Karakalpak is in Latin, and
		// half understanding a price or a delivery term is worse than Russian.
		return RU, true
	}
	return "", false
}
