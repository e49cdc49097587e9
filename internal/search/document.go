package search

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"awil/internal/platform/postgres"
)

// Part is what one text of a product adds to what it is found by, for whoever indexes many products that share their texts.
type Part struct{ doc doc }

func part(kind, text string) Part {
	if text == "" {
		return Part{}
	}
	return Part{document([]textRow{{Part: kind, Text: text}})}
}

// OfName is a name of the product.
func OfName(text string) Part { return part(inName, text) }

// OfMaker is a name of its producer, of her district or her region.
func OfMaker(text string) Part { return part(inMaker, text) }

// OfPlace is a name of its village.
func OfPlace(text string) Part { return part(inPlace, text) }

// OfCountry is where it comes from, by its code.
func OfCountry(code string) Part { return part(inCountry, code) }

// OfOther is a name of its shelf, or any other text.
func OfOther(text string) Part { return part(inOther, text) }

// OfKeys is which product it is, of which category and village: what the index of words narrows by.
func OfKeys(productID, categoryID, villageID int64) Part {
	d := document([]textRow{{Part: inCategory, Text: fmt.Sprint(categoryID)}, {Part: inVillage, Text: fmt.Sprint(villageID)}})
	d.add(sliceOf(productID))
	return Part{d}
}

// Join puts parts together; of what several have it keeps one.
func Join(parts ...Part) Part {
	d := doc{known: make(map[string]bool, 256)}
	for _, p := range parts {
		d.names = append(d.names, slices.DeleteFunc(slices.Clone(p.doc.names), func(n string) bool { return d.known[markWhole+n] })...)
		for _, lexeme := range p.doc.lexemes {
			d.add(lexeme)
		}
		d.spelt = append(d.spelt, p.doc.spelt...)
	}
	d.known = nil // parts are kept; what they consist of is in their lexemes
	return Part{d}
}

// Document is what a product of these texts is found by, as Index would write it into the table product_search.
func (p Part) Document() (names, words string) {
	return strings.Join(p.doc.names, "\n"), p.doc.tsvector()
}

// Spelt are the words of names that people may misspell: Learn keeps them.
func (p Part) Spelt() []string { return p.doc.spelt }

// NameQuery is the tsquery that finds, in the words of product_search, goods whose names or makers have all words of a text,
// the last of which may be unfinished. It is false where the text has no word.
func NameQuery(text string) (query string, ok bool) {
	words := fold(text)
	if a, ok := ask(text); ok && len(a.words) > 0 {
		words = a.words
	}
	if len(words) == 0 {
		return "", false
	}
	return every(words, func(w word, last bool) expr { return w.query(last, markName, markPlace) }).String(), true
}

// AmongNewest narrows a tsquery to a few thousand goods, the newest up to one: what many have is soon found among them, and
// the index alone finds it.
func AmongNewest(query string, productID int64) string {
	return fmt.Sprintf("(%s)&('%s'|'%s')", query, sliceOf(productID), sliceOf(max(productID-sliceSize, 0)))
}

// Learn keeps words, sorted and each once, that misspelt ones may have been meant to be.
func Learn(ctx context.Context, db postgres.DB, words []string) error {
	_, err := db.Exec(ctx, sqlSpell, words, shortestWord, longestWord)
	return postgres.Err(err)
}
