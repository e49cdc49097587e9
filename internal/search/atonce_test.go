package search

import (
	"context"
	"strings"
	"testing"

	"awil/internal/errs"
)

func TestSearchesTakeTurns(t *testing.T) {
	s := New(nil, nil, nil)
	var leave [atOnce]func()
	for i := range leave {
		var err error
		if leave[i], err = s.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.enter(late); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("one too many: %v", err)
	}
	leave[0]()
	if _, err := s.enter(t.Context()); err != nil {
		t.Error(err)
	}
}

// Whatever is typed, what the database is asked stays small.
func TestQueriesStaySmall(t *testing.T) {
	for name, text := range map[string]string{
		"kanji":       strings.Repeat("日本酒味噌醤油昆布", 12),
		"hiragana":    strings.Repeat("めろんじゃむさけ", 13),
		"squared":     strings.Repeat("㌀㌖㍍㍑", 25),
		"one of many": strings.Repeat("ﷺ", 100),
		"readings":    strings.Repeat("ёңўёңў ", 16),
		"latin":       strings.Repeat("qawın", 20),
	} {
		a, ok := ask(text)
		if !ok {
			continue
		}
		size := 0
		for _, tier := range append(a.tiers(), a.looseTiers(likely{})...) {
			size += len(tier.expr.String())
		}
		if size > 64<<10 {
			t.Errorf("%s: %d bytes are asked for", name, size)
		}
	}
}

// What is offered to whoever found nothing is looked for in turn as well.
func TestNearestTakesTurns(t *testing.T) {
	s := New(nil, nil, nil)
	for range atOnce {
		if _, err := s.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	a, _ := ask("xyzzy")
	if _, err := s.nearest(late, Query{Market: "jp", Text: "xyzzy"}, a); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("one too many: %v", err)
	}
}
