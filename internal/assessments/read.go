package assessments

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Points are what a product had by one criterion.
type Points struct {
	Criterion string
	Points    int
	Most      int
}

// Assessment is what was found of a product.
type Assessment struct {
	ID         int64
	ProductID  int64
	Scheme     string
	Points     int
	Stars      int
	Advice     string
	Lang       i18n.Lang // the advice's
	By         string    // who assessed it
	AssessedAt time.Time
	ValidUntil time.Time
	Criteria   []Points // in the scheme's order
}

// Holds reports whether the stars may be shown at a time.
func (a Assessment) Holds(at time.Time) bool { return at.Before(a.ValidUntil) }

const sqlAssessments = `
select a.id, a.product_id, a.scheme, a.points, a.stars, a.advice, a.lang, c.name as by, a.assessed_at, a.valid_until,
       p.criteria, p.given, p.most
from assessments a
join accounts c on c.id = a.assessed_by
join lateral (
    select array_agg(g.code order by g.position, g.code) as criteria, array_agg(p.points order by g.position, g.code) as given,
           array_agg(g.most order by g.position, g.code) as most
    from assessment_points p join grading_criteria g on g.scheme = p.scheme and g.code = p.criterion where p.assessment_id = a.id
) p on true `

// OfProduct lists a product's assessments, the latest first.
func (s *Service) OfProduct(ctx context.Context, productID int64) ([]Assessment, error) {
	return s.list(ctx, `/* assessments.of_product */`+sqlAssessments+`where a.product_id = $1 order by a.id desc`, productID)
}

// Current returns the assessment whose stars a product shows now; without stars when there is none.
func (s *Service) Current(ctx context.Context, productID int64) (Assessment, error) {
	return s.kept.Get(ctx, productID, func(ctx context.Context) (Assessment, error) {
		watch.On(ctx, watch.Product(productID), watch.Markets) // the rubric is the programme's
		list, err := s.list(ctx, `/* assessments.current */`+sqlAssessments+`
where a.id = (select assessment_id from product_stars where product_id = $1 and valid_until > $2)`, productID, s.now())
		if err != nil || len(list) == 0 {
			return Assessment{}, err
		}
		watch.Until(ctx, list[0].ValidUntil)
		return list[0], nil
	})
}

func (s *Service) list(ctx context.Context, sql string, args ...any) ([]Assessment, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Assessment, err error) {
		var criteria []string
		var given, most []int
		err = row.Scan(&a.ID, &a.ProductID, &a.Scheme, &a.Points, &a.Stars, &a.Advice, &a.Lang, &a.By, &a.AssessedAt, &a.ValidUntil, &criteria, &given, &most)
		for i, c := range criteria {
			a.Criteria = append(a.Criteria, Points{Criterion: c, Points: given[i], Most: most[i]})
		}
		return a, err
	})
	return list, postgres.Err(err)
}
