package search

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// What a text is to a product, as sqlTexts says it.
const (
	inName  = "name"
	inPlace = "place" // village
	inMaker = "maker" // producer, district, region

	inCountry  = "country"  // its code
	inCategory = "category" // its id
	inVillage  = "village"  // its id
	inOther    = "other"
)

// sqlTexts reads every text a product is found by, in all languages, but for drafts nobody has looked at.
const sqlTexts = `/* search.texts */
with wanted as (
    select p.id, p.category_id, m.id as producer_id, v.id as village_id, d.id as district_id, r.id as region_id, r.country
    from products p join producers m on m.id = p.producer_id join villages v on v.id = m.village_id
    join districts d on d.id = v.district_id join regions r on r.id = d.region_id
    where p.id = any ($1) and p.published_at is not null
), texts as (
    select w.id as product_id, 'name' as part, t.name as text, t.lang
    from wanted w join product_texts t on t.product_id = w.id and t.state <> 'draft'
    union all
    select w.id, 'maker', t.name, t.lang from wanted w join producer_texts t on t.producer_id = w.producer_id and t.state <> 'draft'
    union all
    select w.id, 'place', t.name, t.lang from wanted w join village_texts t on t.village_id = w.village_id and t.state <> 'draft'
    union all
    select w.id, 'maker', t.name, t.lang from wanted w join district_texts t on t.district_id = w.district_id
    union all
    select w.id, 'maker', t.name, t.lang from wanted w join region_texts t on t.region_id = w.region_id
    union all
    select w.id, 'country', w.country, 'en' from wanted w
    union all
    select w.id, 'category', w.category_id::text, 'en' from wanted w
    union all
    select w.id, 'village', w.village_id::text, 'en' from wanted w
    union all
    select w.id, 'other', t.name, t.lang from wanted w join categories c on c.id = w.category_id
    join category_texts t on t.category_id in (c.id, c.parent_id)
    union all
    select w.id, 'other', t.summary || ' ' || t.composition, t.lang
    from wanted w join product_texts t on t.product_id = w.id and t.state <> 'draft'
    union all
    select w.id, 'other', t.story, t.lang from wanted w join product_texts t on t.product_id = w.id and t.state <> 'draft'
)
select product_id, part, text from texts where text <> '' order by product_id, lang, part, text`

type textRow struct {
	ProductID int64
	Part      string
	Text      string
}

const sqlWrite = `/* search.write */
insert into product_search (product_id, names, words)
select product_id, names, words::tsvector from unnest($1::bigint[], $2::text[], $3::text[]) as t (product_id, names, words)
on conflict (product_id) do update set names = excluded.names, words = excluded.words
where (product_search.names, product_search.words) is distinct from (excluded.names, excluded.words)`

// sqlSpell learns words. It looks before it writes, so that only a word that is new to the programme may make two
// transactions wait for each other.
const sqlSpell = `/* search.spell */
insert into search_words (word)
select w from unnest($1::text[]) as w
where char_length(w) between $2 and $3 and not exists (select from search_words s where s.word = w)
order by w on conflict do nothing`

// Index brings the words products are found by up to date, in the transaction that changed them. Products that were
// never approved have none.
func Index(ctx context.Context, tx pgx.Tx, productIDs ...int64) error {
	texts, err := readTexts(ctx, tx, productIDs)
	if err != nil || len(texts) == 0 {
		return err
	}
	var ids []int64
	var names, words, spelt []string
	for id, its := range eachProduct(texts) {
		d := document(its)
		d.add(sliceOf(id))
		ids, names, words = append(ids, id), append(names, strings.Join(d.names, "\n")), append(words, d.tsvector())
		spelt = append(spelt, d.spelt...)
	}
	slices.Sort(spelt)
	batch := &pgx.Batch{}
	batch.Queue(sqlWrite, ids, names, words)
	batch.Queue(sqlSpell, slices.Compact(spelt), shortestWord, longestWord)
	return postgres.Err(tx.SendBatch(ctx, batch).Close())
}

func readTexts(ctx context.Context, db postgres.DB, productIDs []int64) ([]textRow, error) {
	rows, err := db.Query(ctx, sqlTexts, productIDs)
	if err != nil {
		return nil, postgres.Err(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[textRow])
	return texts, postgres.Err(err)
}

// eachProduct goes through products with their texts.
func eachProduct(texts []textRow) iter.Seq2[int64, []textRow] {
	return func(yield func(int64, []textRow) bool) {
		for len(texts) > 0 {
			id, n := texts[0].ProductID, 1
			for n < len(texts) && texts[n].ProductID == id {
				n++
			}
			if !yield(id, texts[:n]) {
				return
			}
			texts = texts[n:]
		}
	}
}

// doc is what one product is found by.
type doc struct {
	names   []string // folded, each once
	lexemes []string // each once
	spelt   []string // words of names, for whoever misspells them
	known   map[string]bool
}

// document gathers what a product is found by from its texts. How often a word occurs, and where, does not count, so
// that the index stays small; what sort of text it is in is part of the lexeme, so that the index alone tells.
func document(texts []textRow) doc {
	d := doc{known: map[string]bool{}}
	for _, t := range texts {
		switch t.Part {
		case inCategory:
			d.add(markCategory + t.Text)
			continue
		case inVillage:
			d.add(markVillage + t.Text)
			continue
		case inCountry:
			t.Part, t.Text = inMaker, countryNames(t.Text)
		}
		words := fold(t.Text)
		if t.Part == inName {
			d.addName(words)
		}
		for _, w := range words {
			d.addWord(w, t.Part)
		}
		for _, u := range units(words) {
			d.addMeaning(u, t.Part)
		}
	}
	return d
}

// countryNames is what a country is called in all languages.
func countryNames(code string) string {
	var names []string
	for _, lang := range i18n.Langs() {
		names = append(names, i18n.For(lang).Country(code))
	}
	return strings.Join(names, " ")
}

func (d *doc) addName(words []word) {
	if name := plain(words); name != "" && d.add(markWhole+name) {
		d.names = append(d.names, name)
		for _, form := range words[0].forms {
			d.add(markFirst + form)
		}
	}
}

func (d *doc) addWord(w word, part string) {
	for _, lexeme := range w.lexemes() {
		d.add(lexeme)
		switch part {
		case inName:
			d.add(markName + lexeme)
		case inPlace, inMaker:
			d.add(markPlace + lexeme)
		}
	}
	if part != inOther && !w.cjk {
		d.spelt = append(d.spelt, w.forms...)
	}
}

func (d *doc) addMeaning(u unit, part string) {
	for _, g := range u.means() {
		id := meanings().groups[g].id
		if (part == inPlace || part == inMaker) && !meanings().groups[g].place { // a workshop called Felt makes other things too
			continue
		}
		d.add(markMeaning + id)
		if part == inName {
			d.add(markNameMeaning + id)
		}
	}
}

// longestLexeme is in bytes; nobody searches for a longer word, and PostgreSQL takes none from 2 kB on.
const longestLexeme = 600

func (d *doc) add(lexeme string) (isNew bool) {
	if d.known[lexeme] || len(lexeme) > longestLexeme {
		return false
	}
	d.known[lexeme] = true
	d.lexemes = append(d.lexemes, lexeme)
	return true
}

// tsvector writes the lexemes as PostgreSQL reads them; they hold nothing that would end a quotation.
func (d doc) tsvector() string { return "'" + strings.Join(d.lexemes, "' '") + "'" }
