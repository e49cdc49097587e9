package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// endings of words, folded, the longest first: Russian cases and adjectives, English plurals and participles, Turkic
// plurals, cases and possessives. They need not be right: a wrong stem only finds a little more.
var endings = func() []string {
	list := strings.Fields(`
ami iami ogo emu omu imi ih ii ie aia iaia oe uiu iu ov ev om em oi ei ah iah am a ia o e u i
skii skaia skoe skie chik ochka ochki ichka ichki ushka ushki ik ek ka ki
ies es s ing ed
lardan lerden lordon lordon larga lerge lorgo larda lerde lordo dardan derden dordon tardan terden tordon lor dor tor lorun dorun torun
dagi degi dogi tagi tegi togi cha che cho chalar chi isi sidan sining go ko don ton non
larin lerin larning lerning larni lerni lardin lerdin lari leri lar ler dar der tar ter
ning nin ning ni din tin di ti dan den tan ten nan nen ga ge ka ke da de ta te li lu lik luu si si in im nun nun du tu don ton goi`)
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(list)
}()

// shortestRest is how many letters must be left of a word without its ending, or it might be any word.
const shortestRest = 4

// hard gives a consonant back that softens before a Turkic ending: of yongʻogʻi, yongʻoq; of kitobi and kitabı, kitap.
func hard(root string) (string, bool) {
	for soft, hard := range map[string]string{"g": "k", "b": "p"} {
		if rest, ok := strings.CutSuffix(root, soft); ok {
			return rest + hard, true
		}
	}
	return root, false
}

// stem is a word without its ending, for looking up longer and other forms of it; false if it has none to lose.
func stem(form string) (string, bool) {
	for _, ending := range endings {
		if rest, ok := strings.CutSuffix(form, ending); ok && utf8.RuneCountInString(rest) >= shortestRest {
			return rest, true
		}
	}
	return form, false
}
