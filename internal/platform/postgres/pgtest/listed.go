package pgtest

import (
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Listed returns the words that a rule allows, which is one of those that a
// function checks for a table: "order_sound" has "orders_status_check".
func Listed(t testing.TB, pool *pgxpool.Pool, function, rule string) []string {
	t.Helper()
	var source string
	if err := pool.QueryRow(t.Context(), `select prosrc from pg_proc where proname = $1`, function).Scan(&source); err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`when not \(\w+ in \(([^)]*)\)\) then public\.broken\('\w+', '` + rule + `'\)`).FindStringSubmatch(source)
	if found == nil {
		t.Fatalf("%s has no rule %s that lists words", function, rule)
	}
	var words []string
	for _, m := range regexp.MustCompile(`'(\w+)'`).FindAllStringSubmatch(found[1], -1) {
		words = append(words, m[1])
	}
	return words
}
