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

// caseEndings are those of them that short Turkic nouns are followed by, as bal is in балдын and baldan.
var caseEndings = foldedSet(`lardan lerden larga lerge larda lerde lar ler lor lordon
dan den don tan ten ton nan nen da de do ta te to ga ge go ka ke ko ni ning nin nun din dun du tin tun li lu
ami om oi ov ah am`)

// ofShort are the groups of a noun of three letters before a case ending; only in what somebody asks for, where too much
// found does little harm, as mayda is small and not of oil.
func (t *thesaurus) ofShort(w word) (groups []int) {
	for _, form := range w.forms {
		if !w.cjk && len(form) > shortestTerm && caseEndings[form[shortestTerm:]] {
			groups = append(groups, t.byTerm[form[:shortestTerm]]...)
		}
	}
	return groups
}

// begun are the groups of a word that is still being typed, if few begin so: seabuck will be seabuckthorn.
func (t *thesaurus) begun(w word) (groups []int) {
	const shortest, most = 5, 3
	form := w.forms[0]
	if w.cjk || len(form) < shortest {
		return nil
	}
	for _, term := range t.letters {
		if strings.HasPrefix(term, form) {
			for _, g := range t.byTerm[term] {
				if !slices.Contains(groups, g) {
					groups = append(groups, g)
				}
			}
		}
		if len(groups) > most {
			return nil
		}
	}
	return groups
}

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
func stem(form string) (string, bool) { return stemTo(shortestRest, form) }

func stemTo(shortest int, form string) (string, bool) {
	for _, ending := range endings {
		if rest, ok := strings.CutSuffix(form, ending); ok && utf8.RuneCountInString(rest) >= shortest {
			return rest, true
		}
	}
	return form, false
}
