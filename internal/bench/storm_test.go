package bench

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres/pgtest"
)

// TestGusts: the edits of a storm are statements of this schema.
func TestGusts(t *testing.T) {
	url := pgtest.URL(t)
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	for i := range gusts {
		if err := gust(t.Context(), db, i, 999_999); err != nil {
			t.Errorf("%s: %v", gusts[i], err)
		}
	}
}
