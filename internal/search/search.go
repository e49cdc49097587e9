// Package search finds products by what people type: in any of six languages, either alphabet, with or without the
// right apostrophe, and with a slip or two.
package search

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// Service answers searches, on a pool or inside a transaction alike.
type Service struct {
	db      postgres.DB
	catalog *catalog.Service
}

// New returns the service on db; the catalog makes the cards of what is found.
func New(db postgres.DB, c *catalog.Service) *Service { return &Service{db: db, catalog: c} }

// Query is what somebody searches for, in a market and a language.
type Query struct {
	Market string
	Lang   i18n.Lang
	Text   string
	Page   paging.Page
}

// Result is a page of what was found.
type Result struct {
	Cards []catalog.Card
	Next  string // cursor of the next page; empty when this is the last
	// Suggestion is a name that was probably meant, when nothing bears the words as they were typed; else empty.
	Suggestion string
	// Loose says that nothing has all the words: what is shown sounds like them or has some.
	Loose bool
}

// Query finds the products a market shows whose names, makers, places, shelves or descriptions have all the words, the
// last of which may be unfinished. A product called exactly that comes first, then names that begin so, names that have
// the words, makers and villages, and other text. Where nothing has all the words it looks for names that sound like
// them, then for any of the words. A text without a letter or digit finds nothing.
func (s *Service) Query(ctx context.Context, q Query) (Result, error) {
	key, err := paging.Key[hitKey](q.Page)
	if err != nil {
		return Result{}, err
	}
	a, ok := ask(q.Text)
	if !ok {
		return Result{}, nil
	}
	hits, err := s.hits(ctx, q, a, key)
	if err != nil {
		return Result{}, err
	}
	hits, next, err := paging.Cut(q.Page, hits, func(h hit) hitKey { return hitKey(h) })
	if err != nil || len(hits) == 0 {
		return Result{}, err
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ProductID
	}
	cards, err := s.catalog.CardsByIDs(ctx, q.Market, q.Lang, ids)
	if err != nil {
		return Result{}, err
	}
	result := Result{Cards: cards, Next: next, Loose: hits[0].Class <= soundsLike}
	if hits[0].Class == soundsLike && len(cards) > 0 {
		result.Suggestion = cards[0].Name
	}
	return result, nil
}

// Classes of hits, the better the higher; the statement below gives the others.
const soundsLike = 1

// hit is a product found and how well it fits.
type hit struct {
	Class     int
	Score     float64
	ProductID int64
}

// hitKey is where a page of hits ends.
type hitKey struct {
	Class     int     `json:"c"`
	Score     float64 `json:"s"`
	ProductID int64   `json:"i"`
}

// mostHits bounds how many products one search ranks, so that a word half the catalog has costs no more than another.
const mostHits = 600

// likeness is how much of its trigrams a misspelt query must share with a name, from 0 to 1; a slip in one of two
// words leaves about a half.
const likeness = "0.45"

// sqlHits ranks what is found. Each tier runs only if those before it left room, and reads no more rows than that; the
// weights of the words are those of Index.
const sqlHits = `/* search.hits */
with named as materialized (
    select s.product_id from product_search s
    where s.words @@ $2::tsquery and exists (select from listings l where l.market = $1 and l.product_id = s.product_id)
    limit $6
), written as materialized (
    select s.product_id from product_search s
    where s.words @@ $4::tsquery and exists (select from listings l where l.market = $1 and l.product_id = s.product_id)
      and (select count(*) from named) < $6
    limit $6
), alike as materialized (
    select s.product_id from product_search s
    where s.names %> $5::text and exists (select from listings l where l.market = $1 and l.product_id = s.product_id)
      and not exists (select from written)  and not exists (select from named)
    limit $6
), partly as materialized (
    select s.product_id from product_search s
    where s.words @@ $7::tsquery and exists (select from listings l where l.market = $1 and l.product_id = s.product_id)
      and not exists (select from written) and not exists (select from named) and not exists (select from alike)
    limit $6
), found as (
    select product_id, 2 as tier from (select product_id from named union select product_id from written) w
    union all select product_id, 1 from alike
    union all select product_id, 0 from partly
), ranked as (
    select s.product_id,
           case when tier < 2 then tier
                when position(E'\n' || $5 || E'\n' in E'\n' || s.names || E'\n') > 0 then 6
                when position(E'\n' || $5 in E'\n' || s.names) > 0 then 5
                when s.words @@ $2::tsquery then 4
                when s.words @@ $3::tsquery then 3
                else 2 end as class,
           case when tier = 1 then word_similarity($5, s.names)
                when tier = 0 then ts_rank(s.words, $7::tsquery)
                else ts_rank(s.words, $4::tsquery) end::float8 as score
    from found f join product_search s on s.product_id = f.product_id
)
select class, score, product_id from ranked
where $8::int is null or (class, score, product_id) < ($8, $9::float8, $10::bigint)
order by class desc, score desc, product_id desc
limit $11`

// hits runs the one statement that finds and ranks. The likeness is set for it alone: both go in one batch, which is one
// transaction.
func (s *Service) hits(ctx context.Context, q Query, a asked, key hitKey) (hits []hit, err error) {
	var class *int
	if !q.Page.First() {
		class = &key.Class
	}
	batch := &pgx.Batch{}
	batch.Queue(`/* search.likeness */ select set_config('pg_trgm.word_similarity_threshold', $1, true)`, likeness)
	batch.Queue(sqlHits, q.Market, a.named, a.placed, a.anywhere, a.folded, mostHits, a.partly, class, key.Score, key.ProductID, q.Page.Fetch()).
		Query(func(rows pgx.Rows) (err error) {
			hits, err = pgx.CollectRows(rows, pgx.RowToStructByName[hit])
			return err
		})
	err = s.db.SendBatch(ctx, batch).Close()
	return hits, postgres.Err(err)
}

// asked is a search in the forms the statement takes.
type asked struct {
	folded   string // as names are kept
	named    string // tsquery: all words in the name
	placed   string // all words in the name, the maker's or the place's
	anywhere string // all words
	partly   string // any word
}

const (
	longestText = 200 // characters of a search that are looked at
	mostWords   = 12
)

// ask reads what was typed; false if there is nothing to look for in it.
func ask(text string) (asked, bool) {
	runes := []rune(text)
	words := withoutFillers(fold(string(runes[:min(len(runes), longestText)])))
	words = words[:min(len(words), mostWords)]
	if len(words) == 0 {
		return asked{}, false
	}
	first := make([]string, len(words))
	for i, w := range words {
		first[i] = w.forms[0]
	}
	return asked{
		folded:   strings.Join(first, " "),
		named:    tsquery(words, "A", " & "),
		placed:   tsquery(words, "AB", " & "),
		anywhere: tsquery(words, "", " & "),
		partly:   tsquery(words, "", " | "),
	}, true
}
