package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// DeskItem is a listing in the programme's list of all of them.
type DeskItem struct {
	ID           int64
	SlugBase     string `db:"slug"`
	Name         string // as buyers read it, else as the producer wrote it; empty in a young draft
	NameLang     i18n.Lang
	ProducerID   int64
	ProducerName string
	CategoryName string // empty until one is chosen
	State        State
	Published    bool
	PhotoID      int64    // 0: none
	Markets      []string // where the programme lets it be sold
	FromMinor    *int64   // what the producer asks for the cheapest variant; nil before there is one
	Currency     money.Currency
	Stock        int
	UpdatedAt    time.Time
}

// Live reports whether buyers may see the product.
func (i DeskItem) Live() bool { return live(i.State, i.Published) }

// Slug is the product's last URL segment.
func (i DeskItem) Slug() string { return slugWithID(i.SlugBase, i.ID) }

// Price is what the producer asks for her cheapest variant; zero before there is one.
func (i DeskItem) Price() money.Amount {
	if i.FromMinor == nil {
		return money.Zero(i.Currency)
	}
	return money.New(*i.FromMinor, i.Currency)
}

// DeskQuery says which listings staff look for; zero values do not narrow. Text is looked for in the names in every
// language, the producer's too: with Words, as package search has them for the text, in the index of what has been
// published; without, in every single name. Newest narrows Words to some goods up to one, the newest of those.
type DeskQuery struct {
	Lang       i18n.Lang // names are shown in
	Text       string
	Words      string
	Newest     func(words string, productID int64) string
	State      State
	ProducerID int64
	Page       paging.Page
}

const sqlDesk = `/* catalog.desk */
select p.id, p.slug, coalesce(t.name, s.name) as name, coalesce(t.lang, s.lang) as name_lang, p.producer_id,
       coalesce(mt.name, '') as producer_name, coalesce(ct.name, '') as category_name, p.state, p.published_at is not null as published,
       coalesce((select f.photo_id from product_photos f where f.product_id = p.id order by f.position, f.photo_id limit 1), 0) as photo_id,
       array(select pm.market from product_markets pm join markets k on k.code = pm.market
             where pm.product_id = p.id order by k.position, k.code) as markets,
       v.from_minor, m.currency, coalesce(v.stock, 0) as stock, p.updated_at
from products p
join product_sources s on s.product_id = p.id
join producers m on m.id = p.producer_id
left join lateral (select name, lang from product_texts t where t.product_id = p.id and t.state <> 'draft'
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) t on true
left join lateral (select name from producer_names t where t.producer_id = m.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = m.source_lang desc limit 1) mt on true
left join lateral (select name from category_texts t where t.category_id = p.category_id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang limit 1) ct on true
left join lateral (select min(price_minor) as from_minor, sum(stock)::int as stock
    from variants where product_id = p.id and active) v on true
where `

// sqlDeskNames finds a text in a product's names, and in its maker's.
const sqlDeskNames = `(strpos(lower(s.name), lower(%[1]s)) > 0
       or exists (select from product_texts o where o.product_id = p.id and strpos(lower(o.name), lower(%[1]s)) > 0)
       or exists (select from producer_names o where o.producer_id = p.producer_id and strpos(lower(o.name), lower(%[1]s)) > 0))`

// sqlDeskFound are the youngest that are found by their words, and those that are in no index yet by their names. What many
// have is found among the newest, and only what fewer have is looked for among all: in its order all goods would be gone
// through for the few that have it.
const sqlDeskFound = `p.id = any (array(
    with newest as materialized (
        select p.id from products p join product_search f on f.product_id = p.id where f.words @@ %[5]s::tsquery and %[3]s
    ), older as materialized (
        select p.id from products p join product_search f on f.product_id = p.id
        where (select count(*) from newest) < %[4]s and f.words @@ %[1]s::tsquery and %[3]s
    ), unpublished as (
        select p.id from products p join product_sources s on s.product_id = p.id where p.published_at is null and %[2]s and %[3]s
        order by p.id desc limit %[4]s
    )
    select id from (select id from newest union select id from older union select id from unpublished) u order by id desc limit %[4]s))`

// sqlDeskTop is up to where the newest are looked for.
const sqlDeskTop = `/* catalog.desk_top */ select coalesce(max(product_id), 0) from product_search`

// statement writes the query with only the filters that narrow, so that each finds its index; top is the newest product
// that may be found.
func (q DeskQuery) statement(before, top int64) (string, []any) {
	args := arguments{q.Lang}
	where := []string{"true"}
	if q.State != "" {
		where = append(where, "p.state = "+args.add(q.State))
	}
	if q.ProducerID != 0 {
		where = append(where, "p.producer_id = "+args.add(q.ProducerID))
	}
	if before != 0 {
		where = append(where, "p.id < "+args.add(before))
	}
	narrow, limit := strings.Join(where, " and "), args.add(q.Page.Fetch())
	if text := strings.TrimSpace(q.Text); text != "" {
		names := fmt.Sprintf(sqlDeskNames, args.add(text))
		if q.Words != "" {
			narrow = fmt.Sprintf(sqlDeskFound, args.add(q.Words), names, narrow, limit, args.add(q.Newest(q.Words, top)))
		} else {
			narrow += " and " + names
		}
	}
	return sqlDesk + narrow + " order by p.id desc limit " + limit, args
}

// Desk lists listings in every state for staff, the youngest first, with the cursor of the next page.
func (s *Service) Desk(ctx context.Context, q DeskQuery) (items []DeskItem, next string, err error) {
	before, err := paging.Key[int64](q.Page)
	if err != nil {
		return nil, "", err
	}
	top := before
	if q.Words != "" && before == 0 {
		if err := s.db.QueryRow(ctx, sqlDeskTop).Scan(&top); err != nil {
			return nil, "", postgres.Err(err)
		}
	}
	sql, args := q.statement(before, top)
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	items, err = pgx.CollectRows(rows, pgx.RowToStructByName[DeskItem])
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	return paging.Cut(q.Page, items, func(i DeskItem) int64 { return i.ID })
}
