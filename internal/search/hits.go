package search

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// The classes of hits, the better the higher. The statement below has a tier for each.
const (
	resembles = iota // a name that looks like the words
	partly           // some of the words, or words but for a slip
	slip             // all words, but for a slip in any
	written          // all words
	placed           // all words, in the name, the maker's or the place's
	named            // all words in the name
	begins           // a name that begins so
	exact            // a name
)

// mostHits bounds how many products one search ranks, so that a word half the catalog has costs no more than another.
const mostHits = 240

// likeness is how much of its trigrams a misspelt query must share with a name, from 0 to 1; a slip in one of two
// words leaves about a half.
const likeness = "0.45"

// sqlHits ranks what is found. A tier runs only if those before it left room (in the lower half: found nothing), and
// reads no more rows than that. All but the last are answered by the index of words alone; only t1 is ranked by the words
// themselves, which are long, and so looks at fewer.
const sqlHits = `/* search.hits */
with t7 as materialized (
    select s.product_id from product_search s where s.words @@ $2::tsquery
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9
), t6 as materialized (
    select s.product_id from product_search s where s.words @@ $3::tsquery
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9
), t5 as materialized (
    select s.product_id from product_search s where s.words @@ $4::tsquery
      and (select count(*) from t6) < $9
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9
), t4 as materialized (
    select s.product_id from product_search s where s.words @@ $5::tsquery
      and (select count(*) from t5) + (select count(*) from t6) < $9
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9
), t3 as materialized (
    select s.product_id from product_search s where s.words @@ $6::tsquery
      and (select count(*) from t4) + (select count(*) from t5) + (select count(*) from t6) < $9
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9
), t2 as materialized (
    select s.product_id from product_search s where s.words @@ $7::tsquery
      and not exists (select from t3) and not exists (select from t4) and not exists (select from t5) and not exists (select from t6)
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9
), t1 as materialized (
    select s.product_id from product_search s where s.words @@ $8::tsquery
      and not exists (select from t2) and not exists (select from t3) and not exists (select from t4)
      and not exists (select from t5) and not exists (select from t6)
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9 / 4
), t0 as materialized (
    select s.product_id from product_search s where s.names %> $10::text
      and not exists (select from t1) and not exists (select from t2) and not exists (select from t3)
      and not exists (select from t4) and not exists (select from t5) and not exists (select from t6)
      and exists (select from listings l where l.market = $1 and l.product_id = s.product_id) limit $9
), found as (
    select product_id, max(class) as class from (
        select product_id, 7 as class from t7 union all select product_id, 6 from t6 union all select product_id, 5 from t5
        union all select product_id, 4 from t4 union all select product_id, 3 from t3 union all select product_id, 2 from t2
        union all select product_id, 1 from t1 union all select product_id, 0 from t0
    ) t group by product_id
), ranked as (
    select f.product_id, f.class,
           case when f.class > 2 then 0 else (
               select word_similarity($10, s.names) + case when f.class = 1 then ts_rank(s.words, $8::tsquery) else 0 end
               from product_search s where s.product_id = f.product_id) end::float8 as score
    from found f
)
select class, score, product_id from ranked
where $11::int is null or (class, score, product_id) < ($11, $12::float8, $13::bigint)
order by class desc, score desc, product_id desc
limit $14`

// sqlSettings are for the statement alone: both go in one batch, which is one transaction. Beside the likeness, they keep
// the planner to the indexes: it takes reading the table until enough rows match for cheap, and each row's words are long.
const sqlSettings = `/* search.settings */
select set_config('pg_trgm.word_similarity_threshold', $1, true), set_config('enable_seqscan', 'off', true)`

// hits runs the one statement that finds and ranks.
func (s *Service) hits(ctx context.Context, q Query, a asked, key hitKey) (hits []hit, err error) {
	var class *int
	if !q.Page.First() {
		class = &key.Class
	}
	batch := &pgx.Batch{}
	batch.Queue(sqlSettings, likeness)
	batch.Queue(sqlHits, q.Market, a.exact, a.begins, a.named, a.placed, a.written, a.slip, a.partly, mostHits, a.folded,
		class, key.Score, key.ProductID, q.Page.Fetch()).
		Query(func(rows pgx.Rows) (err error) {
			hits, err = pgx.CollectRows(rows, pgx.RowToStructByName[hit])
			return err
		})
	err = s.db.SendBatch(ctx, batch).Close()
	return hits, postgres.Err(err)
}

// asked is a search in the forms the statement takes: as names are kept, and a tsquery for each class but the last.
type asked struct {
	folded                                              string
	exact, begins, named, placed, written, slip, partly string
}

const (
	longestText = 200 // characters of a search that are looked at
	mostWords   = 12
)

// ask reads what was typed; false if there is nothing to look for in it.
func ask(text string) (asked, bool) {
	runes := []rune(text)
	all := fold(string(runes[:min(len(runes), longestText)]))
	words := slices.DeleteFunc(withoutFillers(all), word.collapsed)
	words = words[:min(len(words), mostWords)]
	if len(words) == 0 {
		return asked{}, false
	}
	under := func(marks ...string) func(word, bool) string {
		return func(w word, last bool) string { return w.query(last, marks...) }
	}
	return asked{
		folded:  plain(words),
		exact:   term(markWhole+plain(all), false),
		begins:  term(markWhole+plain(all), true),
		named:   every(words, " & ", under(markName)),
		placed:  every(words, " & ", under(markName, markPlace)),
		written: every(words, " & ", under("")),
		slip:    every(words, " & ", word.slipping),
		partly:  every(words, " | ", word.slipping),
	}, true
}
