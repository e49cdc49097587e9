package search

import (
	"context"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// vocabulary is all words that names of goods, makers and places consist of, to find those that begin so or look alike.
// They are few, however many the goods, so looking through them costs less than asking for them.
type vocabulary struct {
	words []string // sorted by their bytes
	known []known  // the same
}

// known is what decides at a glance that a word is not like another.
type known struct {
	letters uint32 // which occur
	runes   int
	grams   []uint64 // sorted
}

const sqlVocabulary = `/* search.vocabulary */ select word from search_words`

func (s *Service) vocabulary(ctx context.Context) (*vocabulary, error) {
	return s.words.Get(ctx, struct{}{}, func(ctx context.Context) (*vocabulary, error) {
		watch.On(ctx, watch.Vocabulary)
		rows, err := s.db.Query(ctx, sqlVocabulary)
		if err != nil {
			return nil, postgres.Err(err)
		}
		words, err := pgx.CollectRows(rows, pgx.RowTo[string])
		return newVocabulary(words), postgres.Err(err)
	})
}

func newVocabulary(words []string) *vocabulary {
	slices.Sort(words)
	v := &vocabulary{words: words, known: make([]known, len(words))}
	for i, w := range words {
		v.known[i] = known{lettersOf(w), utf8.RuneCountInString(w), gramsOf(w)}
	}
	return v
}

// has reports whether it is a word.
func (v *vocabulary) has(word string) bool {
	_, ok := slices.BinarySearch(v.words, word)
	return ok
}

// beginning are words that begin so, at most so many, and all if they are fewer.
func (v *vocabulary) beginning(with string, most int) (list []string) {
	from, _ := slices.BinarySearch(v.words, with)
	for _, w := range v.words[from:] {
		if len(list) == most || !strings.HasPrefix(w, with) {
			break
		}
		list = append(list, w)
	}
	return list
}

// slips are the words as few slips away as are forgiven, and maybe others.
func (v *vocabulary) slips(form string) (list []string) {
	letters, n := lettersOf(form), utf8.RuneCountInString(form)
	most := 2 * slipsIn(n) // letters: sh and ch may be one
	for i, k := range v.known {
		if max(k.runes-n, n-k.runes) <= most && bits.OnesCount32(letters&^k.letters) <= most && bits.OnesCount32(k.letters&^letters) <= most {
			list = append(list, v.words[i])
		}
	}
	return list
}

// lettersOf says which letters a word has; others share a place with them.
func lettersOf(word string) (set uint32) {
	for _, r := range word {
		set |= 1 << (r % 32)
	}
	return set
}

// alikeAtLeast is how alike two words are that somebody may have taken for each other, as of one.
const alikeAtLeast = 0.3

// nearest are the words that look most like any of these forms, the likest first.
func (v *vocabulary) nearest(forms []string, most int) (list []string) {
	type near struct {
		word  string
		alike float64
	}
	var found []near
	for _, form := range forms {
		grams := gramsOf(form)
		for i, k := range v.known {
			shared := sharedGrams(grams, k.grams)
			if alike := float64(shared) / float64(len(grams)+len(k.grams)-shared); alike >= alikeAtLeast {
				found = append(found, near{v.words[i], alike})
			}
		}
	}
	slices.SortFunc(found, func(a, b near) int {
		switch {
		case a.alike > b.alike:
			return -1
		case a.alike < b.alike:
			return 1
		}
		return strings.Compare(a.word, b.word)
	})
	for _, n := range found {
		if len(list) < most && !slices.Contains(list, n.word) {
			list = append(list, n.word)
		}
	}
	return list
}

// gramsOf are the threes of letters that a word has, with two spaces before it and one after it, sorted and each once.
func gramsOf(word string) []uint64 {
	const place = 21 // bits of a rune
	var gram uint64 = ' '<<place | ' '
	grams := make([]uint64, 0, len(word)+1)
	for _, r := range word + " " {
		gram = (gram<<place | uint64(r)) & (1<<(3*place) - 1)
		grams = append(grams, gram)
	}
	slices.Sort(grams)
	return slices.Compact(grams)
}

func sharedGrams(a, b []uint64) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}
