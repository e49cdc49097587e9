package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Sort is the order of a list.
type Sort string

// The orders a buyer may choose.
const (
	SortNew       Sort = "new" // the newest first
	SortPriceUp   Sort = "price_up"
	SortPriceDown Sort = "price_down"
)

// Sorts lists every order as a page offers them.
var Sorts = []Sort{SortNew, SortPriceUp, SortPriceDown}

// ParseSort reads a query parameter; anything unknown is SortNew.
func ParseSort(text string) Sort {
	for _, s := range Sorts {
		if text == string(s) {
			return s
		}
	}
	return SortNew
}

// ListQuery says which products of a market are wanted; zero filters do not narrow.
type ListQuery struct {
	Market     string
	Lang       i18n.Lang
	Category   int64 // products on its inner shelves included
	Village    int64
	Producer   int64
	Collection int64
	Month      time.Month // which month it is: facets count what is in season then; 0: they do not
	InSeason   bool       // only what has a season that Month lies in
	Sort       Sort
	Page       paging.Page
}

// listKey is where a page ends.
type listKey struct {
	Sort  Sort       `json:"s"`
	At    *time.Time `json:"a,omitempty"`
	Minor int64      `json:"m,omitempty"`
	ID    int64      `json:"i"`
}

// leading is what the list sorts by before the id.
func (k listKey) leading() any {
	if k.Sort == SortNew {
		return k.At
	}
	return k.Minor
}

// order is how a Sort sorts: by a column that leads, then the id.
type order struct {
	column  string
	falling bool
}

var orders = map[Sort]order{SortNew: {"l.published_at", true}, SortPriceUp: {"l.from_minor", false}, SortPriceDown: {"l.from_minor", true}}

// read returns how rows are ordered, from what is seen last or back from it, and what lies behind a key that way, with
// places for the two arguments.
func (o order) read(back bool) (by, behind string) {
	if o.falling != back {
		return o.column + " desc, l.product_id desc", "(" + o.column + ", l.product_id) < (%s, %s)"
	}
	return o.column + ", l.product_id", "(" + o.column + ", l.product_id) > (%s, %s)"
}

// Listing returns a page of the products a market shows, and the cursors of those beside it. It is one query, and one round trip
// for those of the products that are not known. A cursor of another order is errs.Invalid.
func (s *Service) Listing(ctx context.Context, q ListQuery) (cards []Card, beside paging.Around, err error) {
	q.Sort = ParseSort(string(q.Sort))
	key, err := paging.Key[listKey](q.Page)
	if err != nil {
		return nil, beside, err
	}
	if !q.Page.First() && (key.Sort != q.Sort || q.Sort == SortNew && key.At == nil) {
		return nil, beside, errs.E(errs.Invalid, "cursor of another list")
	}
	page, err := s.memory.lists.Get(ctx, q.anyLang(), func(ctx context.Context) (listed, error) { return s.listed(ctx, q, key) })
	if err != nil {
		return nil, beside, err
	}
	cards, err = s.CardsByIDs(ctx, q.Market, q.Lang, page.ids)
	return cards, page.beside, err
}

// listed is a page of a list, in whatever language.
type listed struct {
	ids    []int64
	beside paging.Around
}

// anyLang is the query as all who ask for the same products share it.
func (q ListQuery) anyLang() ListQuery {
	q.Lang = ""
	if !q.InSeason {
		q.Month = 0
	}
	return q
}

// listRow is what a list is ordered by.
type listRow struct {
	ProductID   int64
	PublishedAt time.Time
	FromMinor   int64
}

func (s *Service) listed(ctx context.Context, q ListQuery, after listKey) (page listed, err error) {
	q.watch(ctx)
	sql, args := q.statement(after)
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return page, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[listRow])
	if err != nil {
		return page, postgres.Err(err)
	}
	list, page.beside, err = paging.Leaf(q.Page, list, q.key)
	for _, row := range list {
		page.ids = append(page.ids, row.ProductID)
	}
	return page, err
}

// watch notes what decides who is on the list.
func (q ListQuery) watch(ctx context.Context) {
	switch {
	case q.Producer != 0:
		watch.On(ctx, watch.OfProducer(q.Market, q.Producer))
	case q.Village != 0:
		watch.On(ctx, watch.OfVillage(q.Market, q.Village))
	default: // a category has others inside
		watch.On(ctx, watch.List(q.Market))
	}
	if q.Category != 0 {
		watch.On(ctx, watch.Categories)
	}
	if q.Collection != 0 {
		watch.On(ctx, watch.Curation)
	}
	if q.InSeason {
		watch.On(ctx, watch.Seasons(q.Market))
	}
	if q.Sort != SortNew {
		watch.On(ctx, watch.Prices(q.Market))
	}
}

func (q ListQuery) key(r listRow) listKey {
	if q.Sort == SortNew {
		return listKey{Sort: q.Sort, At: &r.PublishedAt, ID: r.ProductID}
	}
	return listKey{Sort: q.Sort, Minor: r.FromMinor, ID: r.ProductID}
}

// statement writes the query with only the filters that narrow, so that each finds its index. A category is looked
// through shelf by shelf, for the index of each has its products in order.
func (q ListQuery) statement(key listKey) (string, []any) {
	args := arguments{}
	by, behind := orders[q.Sort].read(q.Page.Back())
	where := q.filters(&args)
	if !q.Page.First() {
		where = append(where, fmt.Sprintf(behind, args.add(key.leading()), args.add(key.ID)))
	}
	fetch := args.add(q.Page.Fetch())
	rows := `listings l where ` + strings.Join(where, " and ")
	if q.Category != 0 {
		rows = fmt.Sprintf(`categories c cross join lateral (
        select * from %s and l.category_id = c.id order by %s limit %s
    ) l where %s`, rows, by, fetch, q.shelves(&args))
	}
	return fmt.Sprintf(`/* catalog.listing */
select l.product_id, l.published_at, l.from_minor from %s order by %s limit %s`, rows, by, fetch), args
}

// filters are the conditions that narrow, but for the category.
func (q ListQuery) filters(args *arguments) []string {
	where := []string{"l.market = " + args.add(q.Market)}
	narrow := func(condition string, id int64) {
		if id != 0 {
			where = append(where, fmt.Sprintf(condition, args.add(id)))
		}
	}
	narrow("l.village_id = %s", q.Village)
	narrow("l.producer_id = %s", q.Producer)
	narrow("l.product_id in (select product_id from collection_items where collection_id = %s)", q.Collection)
	if q.InSeason {
		where = append(where, fmt.Sprintf("l.season is not null and l.season & %s <> 0", args.add(bit(q.Month))))
	}
	return where
}

// shelves is the condition for a category c to be the one asked for or inside it.
func (q ListQuery) shelves(args *arguments) string {
	return fmt.Sprintf("%[1]s in (c.id, c.parent_id)", args.add(q.Category))
}

// arguments are what a statement is run with, in the order of their places.
type arguments []any

// add appends an argument and returns its place.
func (a *arguments) add(value any) string {
	*a = append(*a, value)
	return fmt.Sprintf("$%d", len(*a))
}
