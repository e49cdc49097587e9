package main

import (
	"context"
	"log/slog"
	"testing"

	"awil/internal/search"
)

// TestStartsBeforeSearchIsUpToDate: a program whose goods an earlier one wrote into the index does not wait until they are
// written anew; whoever works does that while it serves, and awil migrate does it at once.
func TestStartsBeforeSearchIsUpToDate(t *testing.T) {
	t.Parallel()
	w := startWorld(t, serveOptions{web: true, demo: true})
	const old = `select count(*) from product_search where names = 'old'`
	age := func() {
		w.exec(`update search_index set version = 0, building = 0, done = 0`)
		w.exec(`update product_search set names = 'old'`)
	}
	age()
	all := w.number(old)
	web := w.another(serveOptions{web: true})
	if got := w.number(old); got != all || all == 0 {
		t.Errorf("of %d products %d were written anew before the start", all, all-got)
	}
	if found := w.page(newClient(t, web.BaseURL), "/en-us/search?q=melon+jam").Find("main article").Length(); found == 0 {
		t.Error("nothing is found by what the earlier program wrote")
	}
	w.another(serveOptions{worker: true})
	w.eventually("everything is written anew", func() bool {
		return w.number(`select version from search_index`) == search.Version && w.number(old) == 0
	})
	age()
	if err := (&database{url: w.app.DatabaseURL}).index(t.Context()); err != nil || w.number(old) != 0 {
		t.Errorf("awil migrate left %d as they were: %v", w.number(old), err)
	}
}

// another starts a program more on the world's database.
func (w *world) another(o serveOptions) *app {
	w.t.Helper()
	c := w.app.Config
	c.BaseURL = ""
	a, err := open(w.t.Context(), c, o, slog.New(w.log))
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Errorf("it ended with: %v", err)
		}
		if err := a.close(); err != nil {
			w.t.Errorf("it closed with: %v", err)
		}
	})
	return a
}
