// Package assessments owns the programme's scoring of products: a published rubric (a scheme of criteria with points, and
// stars for their sum), what staff found of a product by it, and the advice they gave its producer. Buyers see the stars
// while they hold.
package assessments

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// MaxAdvice is the length of advice, in characters, as the table allows it.
const MaxAdvice = 2000

// MaxStars is the most a product can have.
const MaxStars = 5

// MaxPoints is the most all criteria of a scheme come to together.
const MaxPoints = 100

// Service holds the use cases, on a pool or inside a transaction alike.
type Service struct {
	db    postgres.DB
	clock func() time.Time
	kept  *watch.Group[int64, Assessment] // by product; nil: read each time
}

// mostKept is how many products' assessments are remembered.
const mostKept = 5000

// New returns the service on db; clock is the program's clock.
func New(db postgres.DB, clock func() time.Time) *Service { return &Service{db: db, clock: clock} }

// Watch makes the service remember what it reads for pages until the board says that it changed. Call it before the
// first use.
func (s *Service) Watch(board *watch.Board) {
	s.kept = watch.NewGroup[int64, Assessment](board, s.clock, mostKept)
}

func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// Criterion is one thing a product is scored by.
type Criterion struct {
	Code string // names it in the catalogues, below grading.criterion
	Most int    // points
}

// Band is from how many points on a product has so many stars.
type Band struct {
	Stars int
	Least int // points
}

// Scheme is a rubric: what is looked at, and what it comes to.
type Scheme struct {
	Code        string
	ValidMonths int
	Source      string // where the numbers come from
	AsOf        time.Time
	Criteria    []Criterion
	Bands       []Band // the best first
}

// Stars is what a sum of points comes to.
func (s Scheme) Stars(points int) int {
	for _, b := range s.Bands {
		if points >= b.Least {
			return b.Stars
		}
	}
	return 0
}

// Scheme returns the rubric the programme uses.
func (s *Service) Scheme(ctx context.Context) (Scheme, error) { return scheme(ctx, s.db, "") }

// scheme reads a rubric; the programme's for an empty code.
func scheme(ctx context.Context, db postgres.DB, code string) (found Scheme, err error) {
	err = db.QueryRow(ctx, `/* assessments.scheme */
select code, valid_months, source, as_of from grading_schemes
where code = coalesce(nullif($1, ''), (select grading_scheme from programme), 'ocop')`, code).
		Scan(&found.Code, &found.ValidMonths, &found.Source, &found.AsOf)
	if err != nil {
		return found, postgres.Err(err)
	}
	rows, err := db.Query(ctx, `/* assessments.criteria */ select code, most from grading_criteria where scheme = $1 order by position, code`, found.Code)
	if err != nil {
		return found, postgres.Err(err)
	}
	if found.Criteria, err = pgx.CollectRows(rows, pgx.RowToStructByName[Criterion]); err != nil {
		return found, postgres.Err(err)
	}
	if rows, err = db.Query(ctx, `/* assessments.bands */ select stars, least from grading_bands where scheme = $1 order by stars desc`, found.Code); err != nil {
		return found, postgres.Err(err)
	}
	found.Bands, err = pgx.CollectRows(rows, pgx.RowToStructByName[Band])
	return found, postgres.Err(err)
}

// Finding is what staff write down of a product.
type Finding struct {
	Points map[string]int // by criterion; all of them
	Advice string         // for the producer; may be empty
	Lang   i18n.Lang      // the advice's
}

func (f Finding) validate(scheme Scheme) error {
	var wrong errs.Fields
	for _, c := range scheme.Criteria {
		points, given := f.Points[c.Code]
		switch {
		case !given:
			wrong.Add(Field(c.Code), "errors.required")
		case points < 0 || points > c.Most:
			wrong.Add(Field(c.Code), "errors.range", "min", 0, "max", c.Most)
		}
	}
	if utf8.RuneCountInString(f.Advice) > MaxAdvice {
		wrong.Add("advice", "errors.too_long", "n", MaxAdvice)
	}
	return wrong.Err()
}

// Field is the name under which what is wrong with a criterion's points is told.
func Field(criterion string) string { return "points-" + criterion }

// Assess writes down what the programme found of a product that buyers see, in the name of staff account by, by the
// programme's scheme of now; it holds from now on for as long as the scheme says. *errs.Fields: points-CRITERION, advice.
// The very same said again within some minutes is one form sent twice, and stays one assessment.
// errs.NotFound without such a product, errs.Conflict for one that was never approved or is withdrawn.
func (s *Service) Assess(ctx context.Context, by, productID int64, f Finding) (id int64, err error) {
	f.Advice = strings.TrimSpace(strings.ReplaceAll(f.Advice, "\r\n", "\n"))
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := assessable(ctx, tx, productID); err != nil {
			return err
		}
		rubric, err := scheme(ctx, tx, "")
		if err != nil {
			return err
		}
		if err := f.validate(rubric); err != nil {
			return err
		}
		if id, err = s.justSaid(ctx, tx, by, productID, rubric, f); err != nil || id != 0 {
			return err
		}
		if id, err = s.write(ctx, tx, by, productID, rubric, f); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "product.assessed", SubjectKind: "product", SubjectID: productID,
			Detail: map[string]any{"assessment": id, "scheme": rubric.Code}})
	})
	return id, err
}

func assessable(ctx context.Context, tx pgx.Tx, productID int64) error {
	var shown bool
	err := tx.QueryRow(ctx, `/* assessments.assessable */
select published_at is not null and state <> 'withdrawn' from products where id = $1 for no key update`, productID).Scan(&shown)
	if err != nil {
		return postgres.Err(err)
	}
	if !shown {
		return errs.E(errs.Conflict, "a product that no buyer sees is not assessed")
	}
	return nil
}

// sentAgain is for how long the same finding is taken for the same form.
const sentAgain = 10 * time.Minute

// justSaid returns the product's latest assessment if it is this one, said by the same person a moment ago; 0 if not.
func (s *Service) justSaid(ctx context.Context, tx pgx.Tx, by, productID int64, rubric Scheme, f Finding) (id int64, err error) {
	criteria, points, _ := f.ordered(rubric)
	err = tx.QueryRow(ctx, `/* assessments.just_said */
select coalesce(max(a.id), 0) from assessments a
where a.id = (select max(id) from assessments where product_id = $1)
  and a.assessed_by = $2 and a.scheme = $3 and a.advice = $4 and a.lang = $5 and a.assessed_at > $6
  and not exists (select from unnest($7::text[], $8::int[]) as w (criterion, points)
                  left join assessment_points p on p.assessment_id = a.id and p.criterion = w.criterion
                  where p.points is distinct from w.points)`,
		productID, by, rubric.Code, f.Advice, f.Lang, s.now().Add(-sentAgain), criteria, points).Scan(&id)
	return id, postgres.Err(err)
}

// ordered are the points in the scheme's order, and what they come to.
func (f Finding) ordered(rubric Scheme) (criteria []string, points []int, total int) {
	for _, c := range rubric.Criteria {
		total += f.Points[c.Code]
		criteria, points = append(criteria, c.Code), append(points, f.Points[c.Code])
	}
	return criteria, points, total
}

func (s *Service) write(ctx context.Context, tx pgx.Tx, by, productID int64, rubric Scheme, f Finding) (id int64, err error) {
	criteria, points, total := f.ordered(rubric)
	now := s.now()
	err = tx.QueryRow(ctx, `/* assessments.assess */
insert into assessments (product_id, scheme, points, stars, advice, lang, assessed_by, assessed_at, valid_until)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
		productID, rubric.Code, total, rubric.Stars(total), f.Advice, f.Lang, by, now, now.AddDate(0, rubric.ValidMonths, 0)).Scan(&id)
	if err != nil {
		return 0, postgres.Err(err)
	}
	_, err = tx.Exec(ctx, `/* assessments.points */
insert into assessment_points (assessment_id, scheme, criterion, points)
select $1, $2, criterion, points from unnest($3::text[], $4::int[]) as w (criterion, points)`, id, rubric.Code, criteria, points)
	return id, postgres.Err(err)
}
