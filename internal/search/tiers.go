package search

import (
	"fmt"
	"strings"
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
	class int
	expr  expr
}

// step is a tier as a statement takes it.
type step struct {
	class int
	query string // tsquery
	room  int    // it runs only while fewer hits than that were found
}

// Most is how many products one search ranks at most, so that a word half the catalog has costs no more than another.
const Most = mostHits

const (
	mostHits     = 240
	mostExamined = 20_000 // products that have the words and are looked at until enough are shown and pass the filters
	mostSteps    = 16
)

// Arguments of the statement: market, most hits, categories, village, least and highest price, allergens to do without,
// only what is in stock, most examined, a query for each word, and then three for each step.
const firstStep = 11

// sqlShown says that a market shows a product and the filters let it through. It is tried row by row, as far as hits are
// needed.
const sqlShown = `exists (select from listings l where l.market = $1 and l.product_id = s.product_id
        and ($3::bigint[] is null or l.category_id = any ($3)) and ($4::bigint = 0 or l.village_id = $4)
        and ($5::bigint = 0 or l.from_minor >= $5) and ($6::bigint = 0 or l.from_minor <= $6)
        and ($7::text[] is null or not exists (
            select from product_allergens a where a.product_id = s.product_id and a.allergen = any ($7)))
        and (not $8::bool or exists (select from variants v where v.product_id = s.product_id and v.active and v.stock > 0)))`

const sqlRanked = `
select f.class, f.product_id, l.category_id, l.village_id, l.producer_id, l.from_minor, l.published_at,
       case when f.class = 1 then (select count(*) from unnest($10::text[]) q where s.words @@ q::tsquery) else 0 end::int as matched,
       exists (select from variants v where v.product_id = f.product_id and v.active and v.stock > 0) as in_stock,
       s.names,
       array(select a.allergen from product_allergens a where a.product_id = f.product_id) as allergens
from found f
join listings l on l.market = $1 and l.product_id = f.product_id
join product_search s on s.product_id = f.product_id
order by f.class desc, f.product_id desc limit $2`

// statements are the statement with so many steps. Each step is answered by the index of words alone; it runs only if
// those before it left room, and reads no more rows than are needed. "limit" inside keeps the planner from walking through
// the products and trying the words of each.
var statements = func() (list [mostSteps + 1]string) {
	for n := range list {
		list[n] = statement(n)
	}
	return list
}()

func statement(steps int) string {
	var with, all []string
	for i := range steps {
		before, at := "0", firstStep+3*i
		if i > 0 {
			before = fmt.Sprintf("(select n from n%d)", i-1)
		}
		with = append(with, fmt.Sprintf(`t%d as materialized (
    select s.product_id from (select product_id from product_search where words @@ $%d::tsquery limit $9) s
    where %s and %s < $%d limit $2
)`, i, at, sqlShown, before, at+2))
		with = append(with, fmt.Sprintf("n%d as materialized (select count(*) + %s as n from t%[1]d)", i, before))
		all = append(all, fmt.Sprintf("select product_id, $%d::int as class from t%d", at+1, i))
	}
	return fmt.Sprintf(`/* search.hits */
with %s, found as (
    select product_id, max(class) as class from (
        %s
    ) t group by product_id
)`, strings.Join(with, ", "), strings.Join(all, " union all ")) + sqlRanked
}
