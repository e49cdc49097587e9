package catalog

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// kin is in what way goods are related.
type kin int

const (
	ofProducer kin = iota
	ofShelf
	ofVillage
)

// newestKey is the newest goods that a market shows of a producer, a shelf or a village. All goods of these share the list,
// so that a product's relatives cost no statement once some of theirs are known.
type newestKey struct {
	kin    kin
	market string
	id     int64
}

// newest is how many goods such a list has: enough for twice a row of four, if the other lists name the same.
const newest = 17

var sqlNewest = map[kin]string{
	ofProducer: `/* catalog.newest_of_producer */
select product_id from listings where market = $1 and producer_id = $2 order by published_at desc, product_id desc limit $3`,
	ofShelf: `/* catalog.newest_of_shelf */
select product_id from listings where market = $1 and category_id = $2 order by published_at desc, product_id desc limit $3`,
	ofVillage: `/* catalog.newest_of_village */
select product_id from listings where market = $1 and village_id = $2 order by published_at desc, product_id desc limit $3`,
}

func (k newestKey) topics() []watch.Topic {
	switch k.kin {
	case ofProducer:
		return []watch.Topic{watch.OfProducer(k.market, k.id)}
	case ofShelf:
		return []watch.Topic{watch.Shelf(k.market, k.id)}
	default:
		return []watch.Topic{watch.OfVillage(k.market, k.id)}
	}
}

func newestBytes(ids *[]int64) int { return 150 + 8*len(*ids) }

// newest reads lists, those that are not known in one round trip.
func (s *Service) newest(ctx context.Context, keys ...newestKey) ([]*[]int64, error) {
	return s.memory.newest.Get(ctx, keys, func(ctx context.Context, missing []newestKey) (map[newestKey]*[]int64, error) {
		found, batch := make(map[newestKey]*[]int64, len(missing)), &pgx.Batch{}
		for _, key := range missing {
			ids := &[]int64{}
			found[key] = ids
			postgres.EachOf(batch, func(r *postgres.Row) { *ids = append(*ids, r.Int64()) }, sqlNewest[key.kin], key.market, key.id, newest)
		}
		if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
			return nil, postgres.Err(err)
		}
		return found, nil
	})
}

// Related returns up to limit other products a market shows, those that can be ordered first: two of the same producer,
// one of the same shelf, one of the same village, then more in this order, the newest first. It looks at twice as many, of
// the newest of each.
func (s *Service) Related(ctx context.Context, market string, lang i18n.Lang, p ProductPage, limit int) ([]Card, error) {
	lists, err := s.newest(ctx, newestKey{ofProducer, market, p.ProducerID}, newestKey{ofShelf, market, p.CategoryID},
		newestKey{ofVillage, market, p.VillageID})
	if err != nil {
		return nil, err
	}
	ids := mixed(p.ID, 2*limit, lists)
	front := min(limit, len(ids))
	list, err := s.CardsByIDs(ctx, market, lang, ids[:front])
	if err != nil {
		return nil, err
	}
	if len(list) < front || slices.ContainsFunc(list, func(c Card) bool { return !c.InStock }) {
		rest, err := s.CardsByIDs(ctx, market, lang, ids[front:])
		if err != nil {
			return nil, err
		}
		list = append(list, rest...)
	}
	slices.SortStableFunc(list, func(a, b Card) int {
		switch {
		case a.InStock == b.InStock:
			return 0
		case a.InStock:
			return -1
		}
		return 1
	})
	return list[:min(len(list), limit)], nil
}

// mixed chooses the relatives of a product from lists of each kin: the first two or one of each, then the others. What is
// on several lists is of the first.
func mixed(of int64, most int, lists []*[]int64) []int64 {
	var first, others []int64
	for i, list := range lists {
		ahead := 1
		if kin(i) == ofProducer {
			ahead = 2
		}
		for _, id := range *list {
			switch {
			case id == of || slices.Contains(first, id) || slices.Contains(others, id):
			case ahead > 0:
				first = append(first, id)
				ahead--
			default:
				others = append(others, id)
			}
		}
	}
	list := append(first, others...)
	return list[:min(len(list), most)]
}
