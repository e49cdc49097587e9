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

// Most is how many products one search finds at most.
const Most = mostHits

// mostHits bounds how many products one search ranks, so that a word half the catalog has costs no more than another.
const mostHits = 240

// The strict statement finds what has the words or their meaning; the loose one, with words that resemble them. Each has
// a tier for each class, answered by the index of words alone. A tier runs only if none before it was filled up, and
// reads no more rows than that.
var (
	sqlStrict = statement("search.strict", exact, implied)
	sqlLoose  = statement("search.loose", near, partly)
)

// Arguments of both statements: market, most hits, categories, village, least and highest price, allergens to do
// without, a query for each word, and then a query for each tier.
const firstTier = 9

// sqlShown says that a market shows a product and the filters let it through. It is tried row by row, as far as hits are
// needed.
const sqlShown = `exists (select from listings l where l.market = $1 and l.product_id = s.product_id
        and ($3::bigint[] is null or l.category_id = any ($3)) and ($4::bigint = 0 or l.village_id = $4)
        and ($5::bigint = 0 or l.from_minor >= $5) and ($6::bigint = 0 or l.from_minor <= $6)
        and ($7::text[] is null or not exists (
            select from product_allergens a where a.product_id = s.product_id and a.allergen = any ($7))))`

const sqlRanked = `
select f.class, f.product_id, l.category_id, l.village_id, l.producer_id, l.from_minor,
       case when f.class = 1 then (select count(*) from unnest($8::text[]) q where s.words @@ q::tsquery) else 0 end::int as matched,
       exists (select from variants v where v.product_id = f.product_id and v.active and v.stock > 0) as in_stock,
       s.names,
       array(select a.allergen from product_allergens a where a.product_id = f.product_id) as allergens
from found f
join listings l on l.market = $1 and l.product_id = f.product_id
join product_search s on s.product_id = f.product_id
order by f.class desc, f.product_id desc limit $2`

// statement writes a statement with a tier for each class from the best to the worst. "offset 0" keeps the planner from
// walking through the products and trying the words of each.
func statement(name string, best, worst int) string {
	var tiers, all []string
	for class := best; class >= worst; class-- {
		room := ""
		for better := best; better > class; better-- {
			room += fmt.Sprintf("\n      and (select count(*) from t%d) < $2", better)
		}
		tiers = append(tiers, fmt.Sprintf(`t%d as materialized (
    select s.product_id from (select product_id from product_search where words @@ $%d::tsquery offset 0) s
    where %s%s limit $2
)`, class, firstTier+best-class, sqlShown, room))
		all = append(all, fmt.Sprintf("select product_id, %d as class from t%[1]d", class))
	}
	return fmt.Sprintf(`/* %s */
with %s, found as (
    select product_id, max(class) as class from (
        %s
    ) t group by product_id
)`, name, strings.Join(tiers, ", "), strings.Join(all, " union all ")) + sqlRanked
}
