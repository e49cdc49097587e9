package assessments_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"awil/internal/assessments"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/watch"
)

// world is a programme with one product that buyers see, and a clock.
type world struct {
	*testing.T
	pool    *pgxpool.Pool
	service *assessments.Service
	now     time.Time
	staff   int64
	product int64
}

func newWorld(t *testing.T) *world {
	t.Parallel()
	w := &world{T: t, pool: pgtest.New(t), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	w.service = assessments.New(w.pool, func() time.Time { return w.now })
	w.exec(`insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values ('jp', 'JPY', '{JP}', 'ja', '{ja}', 0, 1)`)
	w.exec(`insert into programme (name, default_market, commission_bp) values ('P', 'jp', 1000)`)
	w.staff = w.id(`insert into accounts (email, password_hash, name, lang) values ('c@d.awil', '$argon2id$', 'Curator', 'en') returning id`)
	w.exec(`with r as (insert into regions (slug, country) values ('r', 'UZ') returning id),
     d as (insert into districts (slug, region_id) select 'd', id from r returning id)
insert into villages (slug, district_id, latitude, longitude) select 'v', id, 43, 59 from d`)
	maker := w.id(`insert into producers (slug, kind, village_id, currency, state, source_lang) select 'm', 'family', id, 'UZS', 'active', 'en' from villages returning id`)
	shelf := w.id(`insert into categories (slug, food) values ('c', false) returning id`)
	w.product = w.id(`insert into products (slug, producer_id, category_id, state, published_at) values ('p', $1, $2, 'approved', $3) returning id`, maker, shelf, w.now)
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) exec(sql string, args ...any) {
	w.Helper()
	_, err := w.pool.Exec(w.Context(), sql, args...)
	w.ok(err)
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.Helper()
	w.ok(w.pool.QueryRow(w.Context(), sql, args...).Scan(&id))
	return id
}

func (w *world) assess(community, story, quality int) error {
	_, err := w.service.Assess(w.Context(), w.staff, w.product, assessments.Finding{Lang: i18n.EN, Advice: " Seal the lids. ",
		Points: map[string]int{"community": community, "story": story, "quality": quality}})
	return err
}

func (w *world) stars() int {
	w.Helper()
	a, err := w.service.Current(w.Context(), w.product)
	w.ok(err)
	return a.Stars
}

func TestStarsFollowTheScheme(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ community, story, quality, stars int }{
		{40, 25, 35, 5}, {40, 25, 25, 5}, {40, 25, 24, 4}, {30, 20, 20, 4}, {30, 20, 19, 3}, {20, 15, 15, 3}, {20, 14, 15, 2}, {10, 10, 10, 2}, {0, 0, 29, 1}, {0, 0, 0, 1},
	} {
		w.ok(w.assess(c.community, c.story, c.quality))
		if got := w.stars(); got != c.stars {
			t.Errorf("%d + %d + %d points: %d stars, want %d", c.community, c.story, c.quality, got, c.stars)
		}
	}
	list, err := w.service.OfProduct(t.Context(), w.product)
	w.ok(err)
	if len(list) != 10 || list[0].Points != 0 || list[9].Points != 100 || list[9].By != "Curator" || list[9].Advice != "Seal the lids." {
		t.Errorf("the history is not what was said: %+v", list)
	}
	if want := []assessments.Points{{"community", 40, 40}, {"story", 25, 25}, {"quality", 35, 35}}; !slices.Equal(list[9].Criteria, want) {
		t.Errorf("criteria %v, want %v", list[9].Criteria, want)
	}
}

func TestStarsEndWithTheirTime(t *testing.T) {
	w := newWorld(t)
	w.ok(w.assess(40, 25, 35))
	var notes watch.Notes
	a, err := w.service.Current(watch.Into(t.Context(), &notes), w.product)
	w.ok(err)
	if a.Stars == 0 || !notes.End().Equal(a.ValidUntil) || !a.ValidUntil.Equal(w.now.AddDate(0, 36, 0)) {
		t.Errorf("valid until %v, noted %v", a.ValidUntil, notes.End())
	}
	if !slices.Contains(notes.Topics(), watch.Product(w.product)) || !slices.Contains(notes.Topics(), watch.Markets) {
		t.Errorf("noted %v", notes.Topics())
	}
	w.now = a.ValidUntil.Add(-time.Microsecond)
	if w.stars() != 5 {
		t.Error("gone before their time")
	}
	w.now = a.ValidUntil
	if w.stars() != 0 {
		t.Error("still there after their time")
	}
}

// An assessment that was better and is over does not come back for one that is worse, nor for one that is over itself.
func TestTheLatestCounts(t *testing.T) {
	w := newWorld(t)
	w.ok(w.assess(40, 25, 35))
	w.now = w.now.AddDate(1, 0, 0)
	w.ok(w.assess(10, 10, 10))
	if got := w.stars(); got != 2 {
		t.Errorf("%d stars, want 2", got)
	}
}

// A form that is sent twice is one assessment; the same found again later is another, which holds anew.
func TestSentTwice(t *testing.T) {
	w := newWorld(t)
	count := func(want int, after string) {
		t.Helper()
		list, err := w.service.OfProduct(t.Context(), w.product)
		w.ok(err)
		if len(list) != want {
			t.Errorf("%d assessments after %s, want %d", len(list), after, want)
		}
	}
	var group errgroup.Group
	for range 8 {
		group.Go(func() error { return w.assess(30, 20, 20) })
	}
	w.ok(group.Wait())
	count(1, "the same form eight times at once")
	w.ok(w.assess(30, 20, 21))
	w.ok(w.assess(30, 20, 20))
	count(3, "something else and back")
	w.now = w.now.Add(time.Hour)
	w.ok(w.assess(30, 20, 20))
	count(4, "an hour")
	if got := w.id(`select count(*) from audit_events where action = 'product.assessed'`); got != 4 {
		t.Errorf("%d lines in the audit trail, want 4", got)
	}
}

func TestWhatIsNotAssessed(t *testing.T) {
	w := newWorld(t)
	for name, points := range map[string]map[string]int{
		"nothing":        {},
		"one is missing": {"community": 1, "story": 1},
		"too many":       {"community": 41, "story": 1, "quality": 1},
		"less than none": {"community": 1, "story": -1, "quality": 1},
	} {
		_, err := w.service.Assess(t.Context(), w.staff, w.product, assessments.Finding{Points: points, Lang: i18n.EN})
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.exec(`update products set state = 'withdrawn'`)
	if err := w.assess(1, 1, 1); errs.KindOf(err) != errs.Conflict {
		t.Errorf("a withdrawn product: %v", err)
	}
	w.product = 999999
	if err := w.assess(1, 1, 1); errs.KindOf(err) != errs.NotFound {
		t.Errorf("no product: %v", err)
	}
}

// The database keeps assessments as they were said, and to their scheme.
func TestTheDatabaseKeepsTheScheme(t *testing.T) {
	w := newWorld(t)
	w.ok(w.assess(30, 20, 20))
	for _, wrong := range []string{
		`update assessments set stars = 5`, `delete from assessments`, `truncate assessments cascade`, `truncate assessment_points`,
		`update assessment_points set points = 40`, `delete from assessment_points`,
		`insert into assessments (product_id, scheme, points, stars, advice, lang, assessed_by, assessed_at, valid_until)
		 select product_id, scheme, points, stars, '', 'en', assessed_by, assessed_at, valid_until from assessments`, // without its points
		`with a as (insert into assessments (product_id, scheme, points, stars, advice, lang, assessed_by, assessed_at, valid_until)
		     select product_id, scheme, points, 5, '', 'en', assessed_by, assessed_at, valid_until from assessments returning id)
		 insert into assessment_points select a.id, p.scheme, p.criterion, p.points from a, assessment_points p`, // more stars than points
		`with a as (insert into assessments (product_id, scheme, points, stars, advice, lang, assessed_by, assessed_at, valid_until)
		     select product_id, scheme, points + 1, stars, '', 'en', assessed_by, assessed_at, valid_until from assessments returning id)
		 insert into assessment_points select a.id, p.scheme, p.criterion, p.points from a, assessment_points p`, // another sum
		`with a as (insert into assessments (product_id, scheme, points, stars, advice, lang, assessed_by, assessed_at, valid_until)
		     select product_id, scheme, 70, 4, '', 'en', assessed_by, assessed_at, valid_until from assessments returning id)
		 insert into assessment_points select a.id, 'ocop', c.criterion, c.points from a, (values ('community', 20), ('story', 30), ('quality', 20)) c (criterion, points)`,
		`insert into assessment_points select id, scheme, 'beauty', 1 from assessments`,
	} {
		if _, err := w.pool.Exec(t.Context(), wrong); err == nil {
			t.Errorf("accepted: %s", wrong)
		}
	}
	if got := w.stars(); got != 4 {
		t.Errorf("%d stars, want 4", got)
	}
}
