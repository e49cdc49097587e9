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
	class   int
	expr    expr
	matched int // how many of the words such hits have, where they need not have all
}

// step is a tier as a statement takes it.
type step struct {
	rank  int    // of the hits: class and words matched
	query string // tsquery
	room  int    // it runs only while fewer hits than that were found
}

// ranks leaves room for the words matched below the class.
const ranks = 64

func (t tier) rank() int { return t.class*ranks + min(t.matched, ranks-1) }

// Most is how many products one search ranks at most, so that a word half the catalog has costs no more than another.
const Most = mostHits

const (
	mostHits     = 240
	mostExamined = 20_000 // products that have the words and are looked at until enough are shown and pass the filters
	mostSteps    = 20
)

// Arguments of the statement: market, most hits, categories, village, least and highest price, allergens to do without,
// only what is in stock, least stars and the moment at which all that is so, most examined, a query that whatever is to be found
// answers (null: none), and then three for each step.
const firstStep = 13

// sqlStep finds what a market shows and the filters let through. Rows are tried one by one, as far as hits are needed:
// "limit" inside keeps the planner from walking through the products and trying the words of each.
const sqlStep = `t%d as materialized (
    select s.product_id, s.names, l.category_id, l.village_id, l.producer_id, l.from_minor, l.published_at, $%d::int as rank
    from (select product_id, names from product_search where words @@ $%d::tsquery limit $11) s
    join listings l on l.market = $1 and l.product_id = s.product_id
    where ($3::bigint[] is null or l.category_id = any ($3)) and ($4::bigint = 0 or l.village_id = $4)
      and ($5::bigint = 0 or l.from_minor >= $5) and ($6::bigint = 0 or l.from_minor <= $6)
      and ($7::text[] is null or not exists (
          select from product_allergens a where a.product_id = s.product_id and a.allergen = any ($7)))
      and (not $8::bool or exists (select from variants v where v.product_id = s.product_id and v.active
          and (v.stock > 0 or exists (select from overdue_holds(v.id, $10::timestamptz)))))
      and ($9::int = 0 or exists (select from product_stars r where r.product_id = s.product_id and r.stars >= $9 and r.valid_until > $10::timestamptz))
      and ($12::text is null or exists (select from probe)) and %s < $%d
    limit $2
), n%[1]d as materialized (select count(*) + %[4]s as n from t%[1]d)`

const sqlHits = `/* search.hits */
with probe as materialized (
    select product_id from product_search where words @@ $12::text::tsquery limit 1
), %s, every as (
    %s
), found as (
    select distinct on (product_id) * from every order by product_id, rank desc
)
select f.*, g.in_stock, case when not g.in_stock then g.free_at end as free_at,
       array(select a.allergen from product_allergens a where a.product_id = f.product_id) as allergens,
       coalesce(r.stars, 0) as stars, r.valid_until as stars_until
from found f
cross join lateral (
    select coalesce(bool_or(v.stock > 0 or exists (select from overdue_holds(v.id, $10::timestamptz))), false) as in_stock,
           min(case when v.stock = 0 then (select min(h.expires_at) from reservations h
               where h.variant_id = v.id and h.state = 'held' and h.expires_at > $10::timestamptz) end) as free_at
    from variants v where v.product_id = f.product_id and v.active
) g
left join product_stars r on r.product_id = f.product_id and r.valid_until > $10::timestamptz
order by f.rank desc, f.product_id desc limit $2`

// statements are the statement with so many steps. Each step is answered by the index of words alone; it runs only if
// those before it left room.
var statements = func() (list [mostSteps + 1]string) {
	for n := range list {
		list[n] = statement(n)
	}
	return list
}()

func statement(steps int) string {
	var with, all []string
	before := "0"
	for i := range steps {
		at := firstStep + 3*i
		with = append(with, fmt.Sprintf(sqlStep, i, at+1, at, before, at+2))
		all = append(all, fmt.Sprintf("select * from t%d", i))
		before = fmt.Sprintf("(select n from n%d)", i)
	}
	return fmt.Sprintf(sqlHits, strings.Join(with, ", "), strings.Join(all, " union all "))
}
