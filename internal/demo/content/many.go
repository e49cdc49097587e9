package content

import (
	"awil/internal/i18n"
	"awil/internal/money"
)

// Lists are what any number of further goods can be put together from: kinds of goods of things and patterns, makers called
// by given names, villages called by two words.
type Lists struct {
	First, Second    []Text          // what a village is called: one of each, written together
	People           []Text          // given names
	Makers           map[string]Text // by the maker's kind; {n} stands for a given name or a village's
	Things           map[string][]Thing
	Kinds            []Kind
	Touches          map[string][]Text // what is said behind a name, for food and for craft
	Summaries        map[string][]Text
	Stories          map[string][]Text
	MakerStories     []Text `json:"maker_stories"`
	MakerWords       []Text `json:"maker_words"`
	VillageSummaries []Text `json:"village_summaries"`
}

// Thing is what a good is made of, or shows.
type Thing struct {
	Name     Text
	Gen      string   // the Russian genitive; empty where no kind asks for it
	Contains []string // allergens it brings along
}

// Kind is a kind of good. In its texts {x} stands for a thing and {g} for the thing's Russian genitive.
type Kind struct {
	Slug          string
	Category      string
	HSCode        string `json:"hs_code"`
	Of            string // key of Lists.Things
	Touch         string // key of Lists.Touches, Summaries and Stories
	Name          Text
	Composition   Text
	Price         [2]int64 // of the first size, from and to, in thousands of soʻm
	Sizes         []Size
	ShelfLifeDays *int `json:"shelf_life_days"`
	Storage       string
	Contains      []string
	MayContain    []string `json:"may_contain"`
	Markets       []string
}

// Size is a variant of a kind.
type Size struct {
	Net         Net
	WeightGrams int   `json:"weight_grams"`
	Tenths      int64 // of the first size's price
}

// SomPerKGS is about how many soʻm buy one som, so that makers of both countries ask for about as much.
const SomPerKGS = 140

// Currency returns what a maker of a country asks in.
func Currency(country string) money.Currency {
	if country == "KG" {
		return money.KGS
	}
	return money.UZS
}

// Tongue returns what a maker of a country writes in.
func Tongue(country string) i18n.Lang {
	if country == "KG" {
		return i18n.KY
	}
	return i18n.KAA
}

// LoadLists reads the lists, as strictly as Load.
func LoadLists() (Lists, error) {
	var l Lists
	for _, name := range []string{"places", "people", "things", "kinds", "sentences"} {
		file := struct {
			Meta   Meta `json:"_meta"`
			*Lists      // each file fills its own
		}{Lists: &l}
		if err := read("many/"+name+".json", &file); err != nil {
			return Lists{}, err
		}
	}
	return l, nil
}
