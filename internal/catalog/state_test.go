package catalog_test

import (
	"regexp"
	"slices"
	"testing"

	"awil/internal/catalog"
	"awil/internal/platform/postgres/pgtest"
)

// The database lists the same values as the program.
func TestChecksListTheSame(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	for constraint, want := range map[string][]string{
		"products_state_check":           texts(catalog.States),
		"products_storage_check":         texts(catalog.Storages),
		"variants_net_unit_check":        texts(catalog.Units),
		"product_reviews_topics_check":   texts(catalog.Topics),
		"product_reviews_decision_check": {"submitted", "approved", "changes_requested", "withdrawn", "restored"},
		"text_state_check":               {"source", "draft", "approved", "stale"},
	} {
		var definition string
		err := pool.QueryRow(t.Context(), `select pg_get_constraintdef(oid) from pg_constraint where conname = $1`, constraint).Scan(&definition)
		if err != nil {
			t.Fatalf("%s: %v", constraint, err)
		}
		var got []string
		for _, match := range regexp.MustCompile(`'([a-z_]+)'::text`).FindAllStringSubmatch(definition, -1) {
			got = append(got, match[1])
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the database has %q, the program %q", constraint, got, want)
		}
	}
}

func texts[T ~string](list []T) (all []string) {
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

func TestMoves(t *testing.T) {
	t.Parallel()
	for from, tos := range catalog.Moves {
		if from.May(from) {
			t.Errorf("%s leads to itself", from)
		}
		for _, to := range tos {
			if !slices.Contains(catalog.States, to) {
				t.Errorf("%s leads to %q, which is no state", from, to)
			}
		}
	}
	for _, s := range catalog.States {
		if s != catalog.Withdrawn && !s.May(catalog.Withdrawn) {
			t.Errorf("%s cannot be withdrawn", s)
		}
		if len(catalog.Moves[s]) == 0 {
			t.Errorf("%s is a dead end", s)
		}
	}
	if catalog.Draft.May(catalog.Approved) {
		t.Error("nothing is approved without having been submitted")
	}
}
