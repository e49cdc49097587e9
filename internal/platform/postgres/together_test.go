package postgres_test

import (
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

func TestTogether(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var all postgres.Together
	all.Add("few", `select n from generate_series($1::int, $2) n where n <> $1::int + 1`, 4, 7)
	all.Add("more", `select n + $1 as n from few where n < $2`, 10, 7)
	var got []int
	b := &pgx.Batch{}
	all.Queue(b, "test.together", `select n from few union all select n from more order by n`).Query(func(rows pgx.Rows) (err error) {
		got, err = pgx.CollectRows(rows, pgx.RowTo[int])
		return err
	})
	err := pool.SendBatch(t.Context(), b).Close()
	if err != nil || !slices.Equal(got, []int{4, 6, 7, 14, 16}) {
		t.Errorf("%v, %v", got, err)
	}
}
