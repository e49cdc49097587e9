package search

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Nobody waits for what is known of common words to be read anew: while one does, the others go by the old.
func TestCommonWordsAreReadBehindBacks(t *testing.T) {
	t.Parallel()
	var r remembered
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	known := func(c *common, err error) func(context.Context) (*common, error) {
		return func(context.Context) (*common, error) { return c, err }
	}
	none := func(context.Context) (*common, error) {
		t.Error("read though it is known")
		return nil, errors.New("read")
	}
	look := func(when string, read func(context.Context) (*common, error), want *common) {
		t.Helper()
		if got, err := r.get(t.Context(), now, read); got != want || (err == nil) != (want != nil) {
			t.Errorf("%s: %p, want %p: %v", when, got, want, err)
		}
	}
	first, second := &common{}, &common{}
	look("the database is away", known(nil, errors.New("away")), nil)
	look("first", known(first, nil), first)
	now = now.Add(longestRemembered - time.Second)
	look("soon", none, first)
	now = now.Add(time.Second)
	look("too old", func(context.Context) (*common, error) {
		look("meanwhile", none, first)
		return second, nil
	}, second)
	look("read anew", none, second)
	now = now.Add(longestRemembered)
	look("it failed", known(nil, errors.New("away")), second)
	look("soon after", none, second)
	now = now.Add(untilRetried)
	look("it failed again", known(nil, errors.New("away")), second)
	now = now.Add(untilRetried)
	look("tried again", known(first, nil), first)
}
