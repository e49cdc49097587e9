package studio

import "awil/internal/i18n"

// languageChoices lists all languages, one of them first.
func languageChoices(first string) []i18n.Lang {
	list := make([]i18n.Lang, 0, len(i18n.Langs()))
	for _, l := range i18n.Langs() {
		if string(l) == first {
			list = append([]i18n.Lang{l}, list...)
		} else {
			list = append(list, l)
		}
	}
	return list
}
