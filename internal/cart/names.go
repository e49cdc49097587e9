package cart

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// name is what a variant is called in a language, and how it looks.
type name struct {
	VariantID    int64
	ProductID    int64
	ProducerID   int64
	Name         string
	VariantLabel string
	ProductSlug  string
	ProducerName string
	ProducerSlug string
	VillageName  string
	PhotoID      *int64
}

type nameKey struct {
	variantID int64
	lang      i18n.Lang
}

// mostNames bounds what is remembered of names, in bytes.
const mostNames = 2 << 20

// newNames returns the memory of what things are called; without a board it
// remembers nothing. Unlike other memories it may be asked inside a transaction:
// what it does not know is read there, and nobody waits for anybody.
func newNames(board *watch.Board, clock func() time.Time) *watch.Memory[nameKey, name] {
	return watch.NewMemory(board, clock, mostNames, watch.Traits[nameKey, name]{
		Topics: func(nameKey) []watch.Topic { return []watch.Topic{watch.Places} },
		Shows: func(n *name) []watch.Topic {
			return []watch.Topic{watch.Product(n.ProductID), watch.Producer(n.ProducerID)}
		},
		Bytes: (*name).bytes,
	})
}

// nameBytes is about what a name takes besides its words.
const nameBytes = 140

func (n *name) bytes() int {
	return nameBytes + len(n.Name) + len(n.VariantLabel) + len(n.ProductSlug) + len(n.ProducerName) + len(n.ProducerSlug) + len(n.VillageName)
}

// Watch makes the service remember what things are called until the board says
// that it changed. Call it before the first use.
func (s *Service) Watch(board *watch.Board) { s.names = newNames(board, s.clock) }

// On returns the service inside a transaction, with the same memory.
func (s *Service) On(tx pgx.Tx) *Service { return &Service{db: tx, clock: s.clock, names: s.names} }

const sqlNames = `/* cart.names */
select v.id as variant_id, v.product_id, p.producer_id, coalesce(t.name, p.slug) as name, coalesce(vt.label, '') as variant_label,
       p.slug || '-' || p.id as product_slug, coalesce(pt.name, pr.slug) as producer_name,
       pr.slug || '-' || pr.id as producer_slug, coalesce(vi.name, '') as village_name, ph.photo_id
from variants v
join products p on p.id = v.product_id
join producers pr on pr.id = p.producer_id
left join lateral (
    select name from product_texts t where t.product_id = p.id and t.state <> 'draft'
    order by t.lang = $2 desc, t.lang = 'en' desc, t.state = 'source' desc, t.lang limit 1
) t on true
left join lateral (
    select label from variant_texts t where t.variant_id = v.id order by t.lang = $2 desc, t.lang = 'en' desc, t.lang limit 1
) vt on true
left join lateral (
    select name from producer_texts t where t.producer_id = pr.id and t.state <> 'draft'
    order by t.lang = $2 desc, t.lang = 'en' desc, t.state = 'source' desc, t.lang limit 1
) pt on true
left join lateral (
    select name from village_texts t where t.village_id = pr.village_id
    order by t.lang = $2 desc, t.lang = 'en' desc, t.lang limit 1
) vi on true
left join lateral (
    select photo_id from product_photos f where f.product_id = p.id and f.shown order by f.position, f.photo_id limit 1
) ph on true
where v.id = any ($1)`

// Name fills in what the things of a cart are called in a language, or in the
// best there is.
func (s *Service) Name(ctx context.Context, c Cart, lang i18n.Lang) error {
	ids := make([]int64, len(c.Lines))
	for i, l := range c.Lines {
		ids[i] = l.VariantID
	}
	known, err := s.named(ctx, ids, lang)
	if err != nil {
		return err
	}
	for i, n := range known {
		if n == nil { // gone since the cart was read
			continue
		}
		l := &c.Lines[i]
		l.Name, l.VariantLabel, l.ProductSlug, l.PhotoID = n.Name, n.VariantLabel, n.ProductSlug, n.PhotoID
		l.ProducerName, l.ProducerSlug, l.VillageName = n.ProducerName, n.ProducerSlug, n.VillageName
	}
	return nil
}

// NameOf is what a variant is called in a language, or errs.NotFound.
func (s *Service) NameOf(ctx context.Context, variantID int64, lang i18n.Lang) (string, error) {
	known, err := s.named(ctx, []int64{variantID}, lang)
	if err != nil {
		return "", err
	}
	if known[0] == nil {
		return "", errs.E(errs.NotFound, "no such variant")
	}
	return known[0].Name, nil
}

// named returns the names of variants, nil for those there are none of: from
// memory, the others from the database all at once.
func (s *Service) named(ctx context.Context, ids []int64, lang i18n.Lang) ([]*name, error) {
	keys := make([]nameKey, len(ids))
	for i, id := range ids {
		keys[i] = nameKey{id, lang}
	}
	return s.names.Get(ctx, keys, func(ctx context.Context, missing []nameKey) (map[nameKey]*name, error) {
		return s.readNames(ctx, missing, lang)
	})
}

func (s *Service) readNames(ctx context.Context, keys []nameKey, lang i18n.Lang) (map[nameKey]*name, error) {
	ids := make([]int64, len(keys))
	for i, key := range keys {
		ids[i] = key.variantID
	}
	rows, err := s.db.Query(ctx, sqlNames, ids, lang)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByName[name])
	if err != nil {
		return nil, fmt.Errorf("read names: %w", postgres.Err(err))
	}
	all := make(map[nameKey]*name, len(list))
	for _, n := range list {
		all[nameKey{n.VariantID, lang}] = n
	}
	return all, nil
}

const sqlSoldIn = `/* cart.sold_in */
select e.variant_id, array_agg(e.market order by e.market)
from offers e
join variants v on v.id = e.variant_id and v.active
join listings x on x.market = e.market and x.product_id = e.product_id
where e.variant_id = any ($1) group by e.variant_id`

// soldIn notes which markets sell what this one does not.
func (s *Service) soldIn(ctx context.Context, lines []Line) error {
	elsewhere := map[int64]*Line{}
	var ids []int64
	for i := range lines {
		if l := &lines[i]; !l.Here {
			elsewhere[l.VariantID] = l
			ids = append(ids, l.VariantID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := s.db.Query(ctx, sqlSoldIn, ids)
	if err != nil {
		return postgres.Err(err)
	}
	var id int64
	var markets []string
	_, err = pgx.ForEachRow(rows, []any{&id, &markets}, func() error {
		elsewhere[id].SoldIn = markets
		markets = nil
		return nil
	})
	return postgres.Err(err)
}
