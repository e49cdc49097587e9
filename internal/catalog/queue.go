package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
)

// QueueItem is a listing that waits for the programme.
type QueueItem struct {
	ID           int64
	Name         string // as the producer wrote it
	NameLang     i18n.Lang
	ProducerID   int64
	ProducerName string
	VillageName  string
	CategoryName string
	PhotoID      int64 // 0: none
	Again        bool  // buyers see it already, in the words approved before
	SubmittedAt  time.Time
}

type queueKey struct {
	At time.Time `json:"a"`
	ID int64     `json:"i"`
}

const sqlQueue = `/* catalog.queue */
select p.id, s.name, s.lang as name_lang, p.producer_id, mt.name as producer_name, vt.name as village_name,
       coalesce(ct.name, '') as category_name,
       coalesce((select f.photo_id from product_photos f where f.product_id = p.id order by f.position, f.photo_id limit 1), 0) as photo_id,
       p.published_at is not null as again, p.submitted_at
from products p
join product_sources s on s.product_id = p.id
join producers m on m.id = p.producer_id
join lateral (select name from producer_names t where t.producer_id = m.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang = m.source_lang desc limit 1) mt on true
join lateral (select name from village_texts t where t.village_id = m.village_id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = 'ru' desc, t.lang limit 1) vt on true
left join lateral (select name from category_texts t where t.category_id = p.category_id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang limit 1) ct on true
where p.state = 'submitted' and ($2::timestamptz is null or (p.submitted_at, p.id) > ($2, $3))
order by p.submitted_at, p.id limit $4`

// Queue lists the listings that wait for the programme, the longest waiting first, named in the language of the desk.
func (s *Service) Queue(ctx context.Context, lang i18n.Lang, page paging.Page) (items []QueueItem, next string, err error) {
	key, err := paging.Key[queueKey](page)
	if err != nil {
		return nil, "", err
	}
	var after *time.Time
	if !page.First() {
		after = &key.At
	}
	rows, err := s.db.Query(ctx, sqlQueue, lang, after, key.ID, page.Fetch())
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	items, err = pgx.CollectRows(rows, pgx.RowToStructByName[QueueItem])
	if err != nil {
		return nil, "", postgres.Err(err)
	}
	return paging.Cut(page, items, func(i QueueItem) queueKey { return queueKey{i.SubmittedAt, i.ID} })
}

// Waiting says how many listings wait for the programme.
func (s *Service) Waiting(ctx context.Context) (n int, err error) {
	err = s.db.QueryRow(ctx, `/* catalog.waiting */ select count(*) from products where state = 'submitted'`).Scan(&n)
	return n, postgres.Err(err)
}

// StateCounts says how many listings are in each state, those in none left out.
func (s *Service) StateCounts(ctx context.Context) (map[State]int, error) {
	rows, err := s.db.Query(ctx, `/* catalog.state_counts */ select state, n as count from product_counts where n > 0`)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		State State
		Count int
	}])
	counts := make(map[State]int, len(list))
	for _, one := range list {
		counts[one.State] = one.Count
	}
	return counts, postgres.Err(err)
}
