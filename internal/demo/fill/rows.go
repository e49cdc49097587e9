package fill

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/search"
)

// table is one that is filled, with the columns its rows are written in.
type table struct{ name, columns string }

// tables are those a chunk of goods fills, those that are referred to first.
var tables = []table{
	{"producers", "id, slug, kind, village_id, currency, since_year, women_led, state, source_lang, created_at"},
	{"producer_sources", "producer_id, lang, name, story, words, updated_at"},
	{"producer_texts", "producer_id, lang, name, story, words, state, updated_at"},
	{"products", "id, slug, producer_id, category_id, state, shelf_life_days, storage, hs_code, submitted_at, published_at, created_at, updated_at"},
	{"product_sources", "product_id, lang, name, story, composition, updated_at"},
	{"product_texts", "product_id, lang, name, summary, story, composition, state, updated_at"},
	{"product_allergens", "product_id, allergen, kind"},
	{"product_photos", "product_id, photo_id, position, shown"},
	{"variants", "id, product_id, position, net_quantity, net_unit, weight_grams, price_minor, currency, stock"},
	{"product_markets", "product_id, market"},
	{"offers", "market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand"},
	{"listings", "market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at"},
	{"product_search", "product_id, names, words"},
}

// rows are the rows of one table as COPY reads them.
type rows struct {
	buf   []byte
	begun bool // a value of this row has been written
}

// add writes a row. A nil value is null.
func (r *rows) add(values ...any) {
	for _, v := range values {
		if r.begun {
			r.buf = append(r.buf, '\t')
		}
		r.begun = true
		r.value(v)
	}
	r.buf, r.begun = append(r.buf, '\n'), false
}

func (r *rows) value(v any) {
	switch v := v.(type) {
	case nil:
		r.buf = append(r.buf, `\N`...)
	case int:
		r.buf = strconv.AppendInt(r.buf, int64(v), 10)
	case int64:
		r.buf = strconv.AppendInt(r.buf, v, 10)
	case bool:
		r.buf = strconv.AppendBool(r.buf, v)
	case time.Time:
		r.buf = v.AppendFormat(r.buf, time.RFC3339Nano)
	case string:
		r.text(v)
	case fmt.Stringer:
		r.text(v.String())
	default:
		r.text(fmt.Sprint(v))
	}
}

var escapes = [...]byte{'\\': '\\', '\t': 't', '\n': 'n', '\r': 'r'}

// text escapes what would end a value or a row.
func (r *rows) text(s string) {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\', '\t', '\n', '\r':
			r.buf = append(r.buf, '\\', escapes[c])
		default:
			r.buf = append(r.buf, c)
		}
	}
}

// chunk is what some goods write into each table.
type chunk struct {
	goods int
	into  map[string]*rows
	spelt map[string]bool
}

func newChunk(goods int) *chunk {
	c := &chunk{goods: goods, into: make(map[string]*rows, len(tables)), spelt: map[string]bool{}}
	for _, t := range tables {
		c.into[t.name] = &rows{}
	}
	return c
}

func (c *chunk) add(table string, values ...any) { c.into[table].add(values...) }

// learn keeps the words people may misspell.
func (c *chunk) learn(p search.Part) {
	for _, word := range p.Spelt() {
		c.spelt[word] = true
	}
}

// write copies a chunk into the database.
func (c *chunk) write(ctx context.Context, tx pgx.Tx) error {
	for _, t := range tables {
		if err := t.copy(ctx, tx, c.into[t.name].buf); err != nil {
			return err
		}
	}
	return nil
}

func (t table) copy(ctx context.Context, tx pgx.Tx, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	_, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(data), fmt.Sprintf("copy %s (%s) from stdin", t.name, t.columns))
	if err != nil {
		return fmt.Errorf("fill %s: %w", t.name, err)
	}
	return nil
}
