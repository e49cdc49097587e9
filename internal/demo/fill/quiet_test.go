package fill

import (
	"testing"

	"awil/internal/platform/postgres/pgtest"
)

// Whatever becomes of tidying, the connection goes back as it came.
func TestTidyLeavesTheConnectionAsItWas(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for _, sql := range []string{"", "drop table listing_counts cascade"} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		conns := pool.AcquireAllIdle(t.Context())
		for _, c := range conns[1:] {
			_ = c.Conn().Close(t.Context())
			c.Release()
		}
		conns[0].Release()
		const timeout = `select current_setting('statement_timeout')`
		var before, after string
		if err := pool.QueryRow(t.Context(), timeout).Scan(&before); err != nil {
			t.Fatal(err)
		}
		if err := tidy(t.Context(), Config{DB: pool, Progress: func(Progress) {}}); (err != nil) != (sql != "") {
			t.Fatalf("%q: %v", sql, err)
		}
		if err := pool.QueryRow(t.Context(), timeout).Scan(&after); err != nil || after != before || before == "0" {
			t.Errorf("%q: statement_timeout %s, then %s: %v", sql, before, after, err)
		}
	}
}
