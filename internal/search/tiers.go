package search

import (
	"fmt"
	"strings"
	"sync"
)

// The classes of hits, the better the higher.
const (
	partly  = 1 + iota // some of the words, or words like them
	slip               // all words, or words like them
	near               // the same in the name, the maker's or the place's
	implied            // all words, or what means the same
	written            // all words
	placed             // all words, in the name, the maker's or the place's
	meant              // all words in the name, or what means the same
	named              // all words in the name
	begins             // a name that begins so
	exact              // a name
)

// tier is one way to find hits of a class.
type tier struct {
	class   int
	expr    expr
	matched int // how many of the words such hits have, where they need not have all
}

// step is a tier as a statement takes it.
type step struct {
	rank  int      // of the hits: class and words matched
	query []string // tsqueries that all have to be answered, the one that reads least first
	room  int      // it runs only while fewer hits than that were found
}

// ranks leaves room for the words matched below the class.
const ranks = 64

func (t tier) rank() int { return t.class*ranks + min(t.matched, ranks-1) }

// Most is how many products one search ranks at most, so that a word half the catalog has costs no more than another.
const Most = mostHits

const (
	mostHits     = 240
	mostExamined = 6_000 // products that have the words and are looked at until enough are shown and pass the filters
	mostSteps    = 20

	// Without filters, so many for each hit that is wanted, and some: a market shows most goods, or hardly any of a kind.
	triedForOne = 4
	triedAnyWay = 200
)

// mostKeys is into how many tsqueries one that wants several things is cut. The index walks them side by side and passes over
// what the rarest has not; within a single one it would look at each entry of the others.
const mostKeys = 3

// Arguments of the statement: market, most hits, most examined, a query that whatever is to be found answers (null: none), for
// each step a query, the rank of its hits and its room, and then those of the filters: categories, village, least and
// highest price, allergens to do without, only what is in stock, least stars, and the moment at which all that is so. Each
// query is as many arguments as there are keys.
const probeAt = 4

// sqlStep finds what a market shows of what has the words and no step before has looked at. Rows are tried one by one, as far
// as hits are needed: a list that is materialized is read no further, and keeps the planner from walking through the
// products and trying the words of each.
const sqlStep = `s%[1]d as materialized (
    select product_id from product_search
    where %[2]s and ($4::text is null or exists (select from probe)) and %[4]s < $%[5]d limit $3
), t%[1]d as materialized (
    select l.product_id, l.category_id, l.village_id, l.producer_id, l.from_minor, $%[3]d::int as rank
    from s%[1]d s join listings l on l.market = $1 and l.product_id = s.product_id
    where true%[6]s%[7]s
    limit $2
), n%[1]d as materialized (select count(*) + %[4]s as n from t%[1]d)`

// sqlWithin is what the filters let through, of whatever number their first argument has.
const sqlWithin = `
      and ($%[1]d::bigint[] is null or l.category_id = any ($%[1]d)) and ($%[2]d::bigint = 0 or l.village_id = $%[2]d)
      and ($%[3]d::bigint = 0 or l.from_minor >= $%[3]d) and ($%[4]d::bigint = 0 or l.from_minor <= $%[4]d)
      and ($%[5]d::text[] is null or not exists (
          select from product_allergens a where a.product_id = s.product_id and a.allergen = any ($%[5]d)))
      and (not $%[6]d::bool or exists (select from variants v where v.product_id = s.product_id and v.active
          and (v.stock > 0 or exists (select from overdue_holds(v.id, $%[8]d::timestamptz)))))
      and ($%[7]d::int = 0 or exists (select from product_stars r
          where r.product_id = s.product_id and r.stars >= $%[7]d and r.valid_until > $%[8]d::timestamptz))`

const sqlHits = `/* search.hits */
with probe as materialized (
    select product_id from product_search where %s limit 1
), %s
%s`

// shape is what statements differ in.
type shape struct {
	steps, keys int
	filters     bool
}

// statements are those that were asked for so far: of all there are most never will be, and they would take megabytes.
type statements struct {
	mu   sync.Mutex
	made map[shape]string
}

func (s *statements) of(is shape) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sql, ok := s.made[is]
	if !ok {
		if s.made == nil {
			s.made = map[shape]string{}
		}
		sql = is.statement()
		s.made[is] = sql
	}
	return sql
}

// statement is a search of a shape. Each step is answered by the index of words alone; it runs only if those before it left room.
func (s shape) statement() string {
	var with, all, tried []string
	within, before := "", "0"
	at, each := probeAt+s.keys, s.keys+2
	if end := at + s.steps*each; s.filters {
		within = fmt.Sprintf(sqlWithin, end, end+1, end+2, end+3, end+4, end+5, end+6, end+7)
	}
	for i := range s.steps {
		with = append(with, fmt.Sprintf(sqlStep, i, s.answers(at, "::tsquery"), at+s.keys, before, at+s.keys+1, untried(tried), within))
		tried = append(tried, fmt.Sprintf("select product_id from s%d", i))
		all = append(all, fmt.Sprintf("select * from t%d", i))
		before = fmt.Sprintf("(select n from n%d)", i)
		at += each
	}
	return fmt.Sprintf(sqlHits, s.answers(probeAt, "::text::tsquery"), strings.Join(with, ", "), strings.Join(all, " union all "))
}

// answers is the condition that words answer a query whose first argument has this number.
func (s shape) answers(at int, as string) string {
	parts := make([]string, s.keys)
	for i := range parts {
		parts[i] = fmt.Sprintf("words @@ $%d%s", at+i, as)
	}
	return strings.Join(parts, " and ")
}

// spreadOver is a query as so many arguments: what is short of them is said twice, which costs nothing.
func spreadOver(query []string, keys int) (args []any) {
	for i := range keys {
		if i < len(query) {
			args = append(args, query[i])
		} else if len(query) > 0 {
			args = append(args, query[0])
		} else {
			args = append(args, nil)
		}
	}
	return args
}

// untried is what the steps before have not looked at.
func untried(before []string) string {
	if len(before) == 0 {
		return ""
	}
	return " and s.product_id not in (" + strings.Join(before, " union all ") + ")"
}
