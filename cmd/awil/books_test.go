package main

import (
	"awil/internal/books"
	"awil/internal/browsertest"
	"awil/internal/i18n"
)

// proven wants every entry of the books to be what happened.
func (w *world) proven() {
	w.t.Helper()
	report, err := books.Check(w.t.Context(), w.pool, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if !report.OK() || report.Entries == 0 {
		w.t.Errorf("the books: %d entries, %v", report.Entries, report.Sentences())
	}
}

// finance stands at a page of the desk.
func (w *world) finance(path string) *browsertest.Page {
	w.t.Helper()
	return w.signedIn(browsertest.Desktop, "finance@demo.awil", path)
}

// producerName is what the producer of a good is called in a language.
func (w *world) producerName(g good, lang i18n.Lang) string {
	w.t.Helper()
	return w.text("select t.name from producer_names t join products p on p.producer_id = t.producer_id where p.id = $1 and t.lang = $2",
		g.id, string(lang))
}
