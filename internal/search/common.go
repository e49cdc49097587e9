package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"awil/internal/platform/postgres"
)

// common knows which lexemes many products have, so that no search reads hundreds of thousands of entries of the index for
// the first few hits. It is an estimate, of what the database found out when it last analysed the table.
type common struct {
	products float64
	part     map[string]float64 // of the products that have a lexeme
	lexemes  []string           // sorted
	newest   int64              // product
	bounds   bounds

	words *vocabulary // of names
}

// bounds say what is too much to read.
type bounds struct {
	shop  float64 // products up to which everything is simply read
	few   float64 // entries of the index that are read without a thought
	known int     // words looked for instead of a beginning, of those that are common and of those that names consist of
	page  int     // hits that are enough for whatever costs more
	slow  float64 // entries times lexemes that no misspelt search is worth
}

var usual = bounds{shop: 10_000, few: 8_000, known: 12, page: 24, slow: 200_000}

// sliceSize is how many products one after another bear the lexeme of one slice. In the few newest slices a common word is found
// often enough.
const (
	sliceSize = 4096
	markSlice = "@"
)

// everything finds all products: each is in some slice.
var everything = term(markSlice, true)

func (e expr) all() bool { return e.lexeme == markSlice }

func sliceOf(productID int64) string { return fmt.Sprint(markSlice, productID/sliceSize) }

const sqlCommon = `/* search.common */
select greatest(c.reltuples, 0)::float8, coalesce((select max(product_id) from product_search), 0),
       coalesce(s.most_common_elems::text::text[], '{}'), coalesce(s.most_common_elem_freqs, '{}')
from pg_class c left join pg_stats s on s.schemaname = c.relnamespace::regnamespace::text and s.tablename = c.relname and s.attname = 'words'
where c.oid = 'product_search'::regclass`

func readCommon(ctx context.Context, db postgres.DB) (*common, error) {
	c := &common{part: map[string]float64{}, bounds: usual}
	var lexemes []string
	var parts []float32
	if err := db.QueryRow(ctx, sqlCommon).Scan(&c.products, &c.newest, &lexemes, &parts); err != nil {
		return nil, postgres.Err(err)
	}
	for i, l := range lexemes {
		c.part[l] = float64(parts[i])
	}
	slices.Sort(lexemes)
	c.lexemes = lexemes
	return c, nil
}

// remembered is what a service knows of common lexemes.
type remembered struct {
	mu      sync.Mutex
	what    *common
	read    time.Time
	reading bool
}

// longestRemembered is how old it may be: it only decides how hits are looked for.
const longestRemembered = 2 * time.Minute

// untilRetried is for how long what is too old is used on when it cannot be read.
const untilRetried = 5 * time.Second

// get returns what is known, and reads it when it is too old; whoever comes meanwhile gets the old, and so does everybody where
// it cannot be read: whether the database is away the search itself will tell.
func (r *remembered) get(ctx context.Context, now time.Time, read func(context.Context) (*common, error)) (*common, error) {
	r.mu.Lock()
	if r.what != nil && (r.reading || now.Sub(r.read) < longestRemembered) {
		defer r.mu.Unlock()
		return r.what, nil
	}
	r.reading = true
	r.mu.Unlock()
	var c *common
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.reading = false; c != nil {
			r.what, r.read = c, now
		}
	}()
	made, err := read(ctx)
	if err != nil {
		return r.old(now, err)
	}
	c = made
	return c, nil
}

// old is what is known though it is too old, or the error if nothing is; it is read again a little later.
func (r *remembered) old(now time.Time, err error) (*common, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.what == nil {
		return nil, err
	}
	r.read = now.Add(untilRetried - longestRemembered)
	return r.what, nil
}

// most is how many hits a search without filters finds at least where it did not find all there are.
func (r *remembered) most() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.what != nil && r.what.products > r.what.bounds.shop {
		return min(r.what.bounds.page, mostHits)
	}
	return mostHits
}

// having is how many products have the lexeme, or one that begins so.
func (c *common) having(e expr) float64 {
	if e.all() {
		return c.products
	}
	if !e.prefix {
		return c.part[e.lexeme] * c.products
	}
	sum := 0.0
	for _, l := range c.beginning(e.lexeme) {
		sum += c.part[l]
	}
	return sum * c.products
}

// beginning are the common lexemes that begin so.
func (c *common) beginning(prefix string) []string {
	from, _ := slices.BinarySearch(c.lexemes, prefix)
	to := from
	for to < len(c.lexemes) && strings.HasPrefix(c.lexemes[to], prefix) {
		to++
	}
	return c.lexemes[from:to]
}

// reads is how many entries of the index are read for a tsquery: of what all are wanted of, those of the rarest.
func (c *common) reads(e expr) (n float64) {
	switch e.joined {
	case '&':
		for i, p := range e.parts {
			if one := c.reads(p); i == 0 || one < n {
				n = one
			}
		}
	case '|':
		for _, p := range e.parts {
			n += c.reads(p)
		}
	default:
		n = c.having(e)
	}
	return n
}

// concrete replaces beginnings by words that begin so, for all entries of a beginning are read before anything is known of
// the rest.
func (c *common) concrete(e expr) expr {
	switch {
	case c.products <= c.bounds.shop:
		return e
	case e.joined != 0:
		parts := make([]expr, len(e.parts))
		for i, p := range e.parts {
			parts[i] = c.concrete(p)
		}
		return join(e.joined, parts)
	case e.all(), !e.prefix && c.borne(e.lexeme):
		return e
	case !e.prefix:
		return expr{}
	}
	mark, word := unmarked(e.lexeme)
	var terms []expr
	if c.borne(e.lexeme) {
		terms = append(terms, term(e.lexeme, false))
	}
	if longer := c.words.beginning(word, c.bounds.known); len(longer) < c.bounds.known { // else they are any
		for _, w := range longer {
			terms = append(terms, term(mark+w, false))
		}
	}
	often := slices.Clone(c.beginning(e.lexeme))
	slices.SortStableFunc(often, func(a, b string) int { return cmp.Compare(c.part[b], c.part[a]) })
	for _, l := range often[:min(len(often), c.bounds.known)] {
		terms = append(terms, term(l, false))
	}
	return anyOf(terms...)
}

// borne reports whether something may bear a lexeme: of words of names all are known.
func (c *common) borne(lexeme string) bool {
	mark, word := unmarked(lexeme)
	if mark != markName && mark != markFirst && mark != markPlace || strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII }) {
		return true
	}
	return len(word) < shortestWord || len(word) > longestWord || c.words.has(word)
}

// unmarked takes a lexeme's mark off.
func unmarked(lexeme string) (mark, word string) {
	word = strings.TrimLeft(lexeme, "=+^#")
	return lexeme[:len(lexeme)-len(word)], word
}

// newestSlices is the part of a tsquery for the newest products, those since it was remembered too: as many as a
// page takes of what so many have.
func (c *common) newestSlices(have float64, most int) expr {
	const mostSlices = 3
	n := 1
	for n < mostSlices && have/c.products*float64(n*sliceSize) < 2*float64(most) {
		n++
	}
	if c.newest%sliceSize < sliceSize/2 {
		n++
	}
	var terms []expr
	for i := range int64(n + 1) { // the one that begins next, too
		terms = append(terms, term(sliceOf(c.newest+(1-i)*sliceSize), false))
	}
	return anyOf(terms...)
}

// steps writes tiers within these filters as a statement takes them. What reads too much is looked for among the newest
// products, and everywhere only if that and all else leaves a page half empty: then meanings stand for the words too, as
// they hold them. The probe is what all tiers' hits answer, if that is read in no time.
func (c *common) steps(tiers []tier, within expr, most int) (list []step, probe []string) {
	var late []step
	said := map[string]bool{}
	add := func(to *[]step, t tier, query []string, room int) {
		if q := strings.Join(query, "\n"); !said[q] {
			said[q] = true
			*to = append(*to, step{t.rank(), query, room})
		}
	}
	for i, t := range tiers {
		if t.class == partly && len(late) > 0 { // all the words somewhere before some of them anywhere
			list, late = append(list, late...), nil
		}
		all := c.concrete(t.expr)
		switch {
		case !within.nothing() && all.all():
			all = within
		case !within.nothing():
			all = allOf(all, within)
		}
		n := c.reads(all)
		switch {
		case all.nothing():
		case c.products <= c.bounds.shop || n <= c.bounds.few:
			if t.class == implied {
				probe = c.keys(all)
			}
			add(&list, t, c.keys(all), most)
		default:
			newest := c.newestSlices(n, most)
			if all.all() {
				add(&list, t, []string{newest.String()}, most)
			} else {
				add(&list, t, c.keys(all, newest), most)
			}
			// Some of the words are found in less time than all misspelt ones; and names hold more than places.
			if t.class == slip || t.class == near && n*float64(all.terms()) > c.bounds.slow || t.class == placed && len(late) > 0 {
				continue
			}
			if !heldBy(tiers[i+1:], t.class) {
				add(&late, t, c.keys(all), min(most/4, c.bounds.page))
			}
		}
	}
	list = append(list, late...)
	return list[:min(len(list), mostSteps)], probe
}

// keys cuts what all is wanted of into tsqueries, behind those that are given the one that reads least.
func (c *common) keys(e expr, before ...expr) (queries []string) {
	parts := []expr{e}
	if e.joined == '&' {
		parts = slices.Clone(e.parts)
		slices.SortStableFunc(parts, func(a, b expr) int { return cmp.Compare(c.reads(a), c.reads(b)) })
	}
	parts = append(slices.Clone(before), parts...)
	if len(parts) > mostKeys {
		parts = append(parts[:mostKeys-1:mostKeys-1], allOf(parts[mostKeys-1:]...))
	}
	for _, p := range parts {
		queries = append(queries, p.String())
	}
	return queries
}

// heldBy reports whether a tier further on finds all that one of this class finds.
func heldBy(later []tier, class int) bool {
	holds := map[int]int{exact: named, begins: named, named: meant, placed: implied, written: implied}[class]
	return slices.ContainsFunc(later, func(t tier) bool { return t.class == holds })
}

// plan is what a search has to know of common and of longer words.
func (s *Service) plan(ctx context.Context) (*common, error) {
	c, err := s.common.get(ctx, s.clock(), func(ctx context.Context) (*common, error) { return readCommon(ctx, s.db) })
	if err != nil || c.products <= c.bounds.shop {
		return c, err
	}
	own := *c
	own.words, err = s.vocabulary(ctx)
	return &own, err
}
