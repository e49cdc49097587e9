package search

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// weightName is the weight of words in a product's name. After it come B for maker, village and district, C for shelf,
// summary and composition, D for the story.
const weightName = "A"

// sqlTexts reads every text a product is found by, in all languages, but for drafts nobody has looked at.
const sqlTexts = `/* search.texts */
with wanted as (
    select p.id, p.category_id, m.id as producer_id, v.id as village_id, v.district_id
    from products p join producers m on m.id = p.producer_id join villages v on v.id = m.village_id
    where p.id = any ($1) and p.published_at is not null
), texts as (
    select w.id as product_id, 'A' as weight, t.name as text, t.lang
    from wanted w join product_texts t on t.product_id = w.id and t.state <> 'draft'
    union all
    select w.id, 'B', t.name, t.lang from wanted w join producer_texts t on t.producer_id = w.producer_id and t.state <> 'draft'
    union all
    select w.id, 'B', t.name, t.lang from wanted w join village_texts t on t.village_id = w.village_id and t.state <> 'draft'
    union all
    select w.id, 'B', t.name, t.lang from wanted w join district_texts t on t.district_id = w.district_id
    union all
    select w.id, 'C', t.name, t.lang from wanted w join categories c on c.id = w.category_id
    join category_texts t on t.category_id in (c.id, c.parent_id)
    union all
    select w.id, 'C', t.summary || ' ' || t.composition, t.lang
    from wanted w join product_texts t on t.product_id = w.id and t.state <> 'draft'
    union all
    select w.id, 'D', t.story, t.lang from wanted w join product_texts t on t.product_id = w.id and t.state <> 'draft'
)
select product_id, weight, text from texts where text <> '' order by product_id, weight, lang, text`

type textRow struct {
	ProductID int64
	Weight    string
	Text      string
}

const sqlWrite = `/* search.write */
insert into product_search (product_id, names, words)
select product_id, names, words::tsvector from unnest($1::bigint[], $2::text[], $3::text[]) as t (product_id, names, words)
on conflict (product_id) do update set names = excluded.names, words = excluded.words
where (product_search.names, product_search.words) is distinct from (excluded.names, excluded.words)`

// Index brings the words products are found by up to date, in the transaction that changed them. Products that were
// never approved have none.
func Index(ctx context.Context, tx pgx.Tx, productIDs ...int64) error {
	rows, err := tx.Query(ctx, sqlTexts, productIDs)
	if err != nil {
		return postgres.Err(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowToStructByName[textRow])
	if err != nil {
		return postgres.Err(err)
	}
	var ids []int64
	var names, words []string
	for len(texts) > 0 {
		id, n := texts[0].ProductID, 1
		for n < len(texts) && texts[n].ProductID == id {
			n++
		}
		d := document(texts[:n])
		ids, names, words = append(ids, id), append(names, strings.Join(d.names, "\n")), append(words, d.tsvector())
		texts = texts[n:]
	}
	if len(ids) == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, sqlWrite, ids, names, words)
	return postgres.Err(err)
}

// doc is the words of one product.
type doc struct {
	names   []string // folded, each once
	lexemes []string // in the order they first come
	weight  map[string]string
}

// document gathers the texts of a product, the best weights first. A lexeme counts once, at its best weight: how often
// a story repeats a word says nothing, and the index stays small.
func document(texts []textRow) doc {
	d := doc{weight: map[string]string{}}
	known := map[string]bool{}
	for _, t := range texts {
		words := fold(t.Text)
		if t.Weight == weightName {
			if name := Fold(t.Text); name != "" && !known[name] {
				known[name] = true
				d.names = append(d.names, name)
			}
		}
		for _, w := range words {
			d.add(w.lexemes(), t.Weight)
		}
	}
	return d
}

func (d *doc) add(lexemes []string, weight string) {
	for _, lexeme := range lexemes {
		if _, known := d.weight[lexeme]; !known && len(lexeme) <= longestLexeme {
			d.weight[lexeme] = weight
			d.lexemes = append(d.lexemes, lexeme)
		}
	}
}

// What PostgreSQL takes: a lexeme below 2 kB, positions up to 16383. Nobody searches for a word of that length.
const (
	longestLexeme = 200
	lastPosition  = 16383
)

// tsvector writes the words as PostgreSQL reads them. Lexemes are letters and digits only.
func (d doc) tsvector() string {
	var b strings.Builder
	for i, lexeme := range d.lexemes {
		fmt.Fprintf(&b, "'%s':%d%s ", lexeme, min(i+1, lastPosition), d.weight[lexeme])
	}
	return b.String()
}

// rebuildBatch is how many products Rebuild does in one transaction.
const rebuildBatch = 500

// Rebuild indexes every product that has been approved anew, a few hundred in a transaction: after a changed category,
// village or way of folding. It returns how many it went through.
func Rebuild(ctx context.Context, db postgres.DB) (products int, err error) {
	var after int64
	for {
		rows, err := db.Query(ctx, `/* search.rebuild */
select id from products where published_at is not null and id > $1 order by id limit $2`, after, rebuildBatch)
		if err != nil {
			return products, postgres.Err(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil || len(ids) == 0 {
			return products, postgres.Err(err)
		}
		if err := postgres.InTx(ctx, db, func(tx pgx.Tx) error { return Index(ctx, tx, ids...) }); err != nil {
			return products, err
		}
		products += len(ids)
		after = ids[len(ids)-1]
	}
}
