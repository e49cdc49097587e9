package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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
}

// bounds say what is too much to read.
type bounds struct {
	few   float64 // entries of the index that are read without a thought
	broad float64 // entries a beginning may have before only the lexemes of it that are common are looked for
	known int     // lexemes looked for instead of a beginning, at most
	page  int     // hits that are enough for whatever costs more
}

var usual = bounds{few: 12_000, broad: 4_000, known: 24, page: 24}

// sliceSize is how many products one after another bear the lexeme of one slice. In the few newest slices a common word is found
// often enough.
const (
	sliceSize = 4096
	markSlice = "@"
)

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
	mu   sync.Mutex
	what *common
	read time.Time
}

// longestRemembered is how old it may be: it only decides how hits are looked for.
const longestRemembered = 2 * time.Minute

func (r *remembered) get(ctx context.Context, db postgres.DB) (*common, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.what != nil && time.Since(r.read) < longestRemembered {
		return r.what, nil
	}
	c, err := readCommon(ctx, db)
	if err != nil {
		return nil, err
	}
	r.what, r.read = c, time.Now()
	return c, nil
}

// having is how many products have the lexeme, or one that begins so.
func (c *common) having(e expr) float64 {
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

// concrete replaces beginnings that too many products have by the commonest lexemes that begin so, for the entries of a
// beginning are all read before anything is known of the rest.
func (c *common) concrete(e expr) expr {
	if e.joined != 0 {
		parts := make([]expr, len(e.parts))
		for i, p := range e.parts {
			parts[i] = c.concrete(p)
		}
		return join(e.joined, parts)
	}
	if !e.prefix || c.having(e) <= c.bounds.broad {
		return e
	}
	lexemes := slices.Clone(c.beginning(e.lexeme))
	slices.SortStableFunc(lexemes, func(a, b string) int {
		if a == e.lexeme || b == e.lexeme { // as it was typed before all others
			return cmp.Compare(len(a), len(b))
		}
		return cmp.Compare(c.part[b], c.part[a])
	})
	var terms []expr
	for _, l := range lexemes[:min(len(lexemes), c.bounds.known)] {
		terms = append(terms, term(l, false))
	}
	return anyOf(terms...)
}

// newestSlices is the part of a tsquery for the newest products, those since it was remembered too.
func (c *common) newestSlices() expr {
	var terms []expr
	for n := range int64(3) {
		terms = append(terms, term(sliceOf(c.newest+(1-n)*sliceSize), false))
	}
	return anyOf(terms...)
}

// steps writes tiers within these filters as a statement takes them. What reads too much is looked for among the newest
// products, and everywhere only if that and all else leaves a page half empty: then meanings stand for the words too, as
// they hold them.
func (c *common) steps(tiers []tier, within expr) (list []step) {
	var late []step
	for i, t := range tiers {
		all := c.concrete(t.expr)
		if !within.nothing() {
			all = allOf(all, within)
		}
		switch {
		case all.nothing():
		case c.reads(all) <= c.bounds.few:
			list = append(list, step{t.rank(), all.String(), mostHits})
		default:
			list = append(list, step{t.rank(), allOf(all, c.newestSlices()).String(), mostHits})
			if !heldBy(tiers[i+1:], t.class) {
				late = append(late, step{t.rank(), all.String(), c.bounds.page})
			}
		}
	}
	return append(list, late...)
}

// heldBy reports whether a tier further on finds all that one of this class finds.
func heldBy(later []tier, class int) bool {
	holds := map[int]int{exact: named, begins: named, named: meant, placed: implied, written: implied}[class]
	return slices.ContainsFunc(later, func(t tier) bool { return t.class == holds })
}
