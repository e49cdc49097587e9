// Package producers owns those who sell: the workshop, family or cooperative behind the products, its members, and
// the invitations by which they join.
package producers

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Kind is what sort of house a producer is.
type Kind string

// The kinds, as the table producers lists them.
const (
	Workshop    Kind = "workshop"
	Family      Kind = "family"
	Cooperative Kind = "cooperative"
)

// Kinds lists every kind in the order forms show them.
var Kinds = []Kind{Workshop, Family, Cooperative}

// State says whether a producer sells.
type State string

// The states: Joining until the first listing is approved; Active ones are shown to buyers; Paused ones are not.
const (
	Joining State = "joining"
	Active  State = "active"
	Paused  State = "paused"
)

// Producer is one producer with its texts in one language: those buyers read, or before there are any her own.
type Producer struct {
	ID          int64
	SlugBase    string `db:"slug"`
	Kind        Kind
	Name        string
	Story       string
	Words       string // one thing she says herself
	TextLang    i18n.Lang
	SourceLang  i18n.Lang
	VillageID   int64
	VillageSlug string
	VillageName string
	Country     string
	Currency    money.Currency
	SinceYear   *int
	WomenLed    bool
	MarkSVG     string // drawn mark; empty: show the monogram
	PhotoID     *int64
	Phone       string
	State       State
	CreatedAt   time.Time
}

// Slug is the producer's last URL segment: its name and its id.
func (p Producer) Slug() string { return fmt.Sprintf("%s-%d", p.SlugBase, p.ID) }

// Monogram is the first letter of the name, for producers without a drawn mark.
func (p Producer) Monogram() string {
	for _, r := range p.Name {
		return strings.ToUpper(string(r))
	}
	return ""
}

// IDFromSlug reads the id at the end of a URL segment; without one it gives errs.NotFound.
func IDFromSlug(slug string) (int64, error) {
	_, tail, found := lastCut(slug, "-")
	if !found {
		tail = slug
	}
	id, err := strconv.ParseInt(tail, 10, 64)
	if err != nil || id <= 0 {
		return 0, errs.E(errs.NotFound, "no id in slug")
	}
	return id, nil
}

func lastCut(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// Service holds the use cases of producers, on a pool or inside a transaction alike.
type Service struct {
	db     postgres.DB
	clock  func() time.Time
	shown  *watch.Memory[shownKey, Producer] // as buyers see them
	active *watch.Group[shownKey, []Producer]
}

// shownKey is a producer, or the producers of a village, in a language.
type shownKey struct {
	id   int64
	lang i18n.Lang
}

// What is remembered of producers: some thousands in the languages they are asked for, and the lists of some villages.
const (
	mostShown  = 4 << 20 // bytes
	mostActive = 100
)

// New returns the service on db; clock is the program's clock.
func New(db postgres.DB, clock func() time.Time) *Service {
	s := &Service{db: db, clock: clock}
	s.shown = newShown(nil, clock)
	return s
}

// Watch makes the service remember what buyers see until the board says that it changed. Call it before the first use.
func (s *Service) Watch(board *watch.Board) {
	s.shown = newShown(board, s.clock)
	s.active = watch.NewGroup[shownKey, []Producer](board, s.clock, mostActive)
}

func newShown(board *watch.Board, clock func() time.Time) *watch.Memory[shownKey, Producer] {
	return watch.NewMemory(board, clock, mostShown, watch.Traits[shownKey, Producer]{
		Topics: func(k shownKey) []watch.Topic { return []watch.Topic{watch.Producer(k.id), watch.Places} },
		Bytes:  func(p *Producer) int { return 500 + len(p.Name) + len(p.Story) + len(p.Words) + len(p.MarkSVG) },
	})
}

const sqlProducer = `
select p.id, p.slug, p.kind, t.name, t.story, t.words, t.lang as text_lang, p.source_lang,
       p.village_id, v.slug as village_slug, vt.name as village_name, r.country, p.currency, p.since_year, p.women_led,
       p.mark_svg, p.photo_id, coalesce(p.phone, '') as phone, p.state, p.created_at
from producers p
join villages v on v.id = p.village_id
join districts d on d.id = v.district_id
join regions r on r.id = d.region_id
join lateral (
    select * from village_texts t where t.village_id = v.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = v.source_lang desc limit 1
) vt on true
join lateral (
    select * from producer_names t where t.producer_id = p.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = p.source_lang desc limit 1
) t on true
`

// ByID returns one producer in any state as she is now, or errs.NotFound.
func (s *Service) ByID(ctx context.Context, lang i18n.Lang, id int64) (Producer, error) {
	rows, err := s.db.Query(ctx, `/* producers.by_id */`+sqlProducer+`where p.id = $2`, lang, id)
	if err != nil {
		return Producer{}, postgres.Err(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Producer])
	watch.On(ctx, watch.Producer(id), watch.Places)
	return p, postgres.Err(err)
}

// Shown is ByID for pages of the shop, from memory if what they show of her has not changed; the rest may be older.
func (s *Service) Shown(ctx context.Context, lang i18n.Lang, id int64) (Producer, error) {
	p, err := s.shown.One(ctx, shownKey{id, lang}, func(ctx context.Context) (*Producer, error) {
		p, err := s.ByID(ctx, lang, id)
		return &p, err
	})
	if err != nil {
		return Producer{}, err
	}
	return *p, nil
}

// BySlug returns the active producer whose id ends the slug. The caller compares p.Slug() and redirects to it.
func (s *Service) BySlug(ctx context.Context, lang i18n.Lang, slug string) (Producer, error) {
	id, err := IDFromSlug(slug)
	if err != nil {
		return Producer{}, err
	}
	p, err := s.Shown(ctx, lang, id)
	if err == nil && p.State != Active {
		return Producer{}, errs.E(errs.NotFound, "producer is not active")
	}
	return p, err
}

// Active lists the producers buyers may see, of one village or (0) of all. The list is shared: it must not be changed.
func (s *Service) Active(ctx context.Context, lang i18n.Lang, villageID int64) ([]Producer, error) {
	read := func(ctx context.Context) ([]Producer, error) {
		watch.On(ctx, watch.Makers)
		return s.list(ctx, `/* producers.active */`+sqlProducer+
			`where p.state = 'active' and ($2 = 0 or p.village_id = $2) order by t.name`, lang, villageID)
	}
	if villageID == 0 {
		return read(ctx)
	}
	return s.active.Get(ctx, shownKey{villageID, lang}, read)
}

// asWritten has LIKE take a text for what it is.
var asWritten = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Desk lists producers in every state for staff, the newest first, with the cursor of the next page; all, or those that
// are called something with text in it in any language.
func (s *Service) Desk(ctx context.Context, lang i18n.Lang, text string, page paging.Page) (list []Producer, next string, err error) {
	before, err := paging.Key[int64](page)
	if err != nil {
		return nil, "", err
	}
	args := []any{lang, page.Fetch()}
	where := "true"
	if before != 0 {
		args = append(args, before)
		where += fmt.Sprintf(" and p.id < $%d", len(args))
	}
	if text = strings.TrimSpace(text); text != "" {
		args = append(args, "%"+asWritten.Replace(text)+"%")
		where += fmt.Sprintf(` and p.id = any (array(
    select producer_id from producer_texts where state <> 'draft' and lower(name) like lower($%[1]d)
    union select producer_id from producer_sources where lower(name) like lower($%[1]d)))`, len(args))
	}
	list, err = s.list(ctx, `/* producers.desk */`+sqlProducer+`where `+where+` order by p.id desc limit $2`, args...)
	if err != nil {
		return nil, "", err
	}
	return paging.Cut(page, list, func(p Producer) int64 { return p.ID })
}

// Address is a producer's page.
type Address struct {
	ID       int64
	SlugBase string `db:"slug"`
}

// Slug is the last segment of the page's URL.
func (a Address) Slug() string { return fmt.Sprintf("%s-%d", a.SlugBase, a.ID) }

// Addresses lists the pages of all active producers, for maps of the site.
func (s *Service) Addresses(ctx context.Context) ([]Address, error) {
	watch.On(ctx, watch.Makers)
	rows, err := s.db.Query(ctx, `/* producers.addresses */ select id, slug from producers where state = 'active' order by id`)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Address])
	return list, postgres.Err(err)
}

// Some returns producers in every state by their numbers, for the desk; those there are none of are left out.
func (s *Service) Some(ctx context.Context, lang i18n.Lang, ids ...int64) ([]Producer, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.list(ctx, `/* producers.some */`+sqlProducer+`where p.id = any ($2) order by p.id desc`, lang, ids)
}

// All lists every producer, newest first.
func (s *Service) All(ctx context.Context, lang i18n.Lang) ([]Producer, error) {
	return s.list(ctx, `/* producers.all */`+sqlProducer+`order by p.id desc`, lang)
}

func (s *Service) list(ctx context.Context, sql string, args ...any) ([]Producer, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Producer])
	watch.On(ctx, watch.Places)
	for _, p := range list {
		watch.On(ctx, watch.Producer(p.ID))
	}
	return list, postgres.Err(err)
}
