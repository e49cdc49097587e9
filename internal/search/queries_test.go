package search_test

import (
	"bufio"
	_ "embed"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/search"
)

//go:embed testdata/queries.txt
var labelled string

// A further set of queries, in a file of the same form, is judged instead with -queries FILE.
var otherQueries = flag.String("queries", "", "judge this file of labelled queries")

// query is a line of the labelled set: what somebody types, and what is right.
type query struct {
	lang       i18n.Lang
	kind, text string
	right      []string // slugs
}

// kinds of queries; those that are not typed as the name is written are marked.
var kinds = map[string]bool{
	"plain": false, "prefix": false, "place": false, "maker": false, "attribute": false,
	"other_script": true, "typo": true, "cross_language": true,
}

func readQueries(t *testing.T, text string) (list []query) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, " | ")
		if len(f) != 4 || strings.Fields(f[3]) == nil {
			t.Fatalf("not a query: %q", line)
		}
		if _, known := kinds[f[1]]; !known || !slices.Contains(i18n.Langs(), i18n.Lang(f[0])) {
			t.Fatalf("unknown language or kind: %q", line)
		}
		list = append(list, query{i18n.Lang(f[0]), f[1], f[2], strings.Fields(f[3])})
	}
	return list
}

// score sums what a group of queries found.
type score struct {
	n                  int
	recall, reciprocal float64
}

func (s score) perQuery() (recall, mrr float64) {
	return s.recall / float64(s.n), s.reciprocal / float64(s.n)
}

// The best ten must hold nearly everything that is right, and the first right one stand nearly on top.
func TestLabelledQueries(t *testing.T) {
	list := readQueries(t, labelled)
	if *otherQueries != "" {
		text, err := os.ReadFile(*otherQueries)
		if err != nil {
			t.Fatal(err)
		}
		list = readQueries(t, string(text))
	}
	w := newWorld(t)
	w.demo()
	judge(t, w.search, list)
}

// The way a million products are searched finds the same.
func TestLabelledQueriesAmongMany(t *testing.T) {
	w := newWorld(t)
	w.demo()
	w.exec("analyze product_search")
	if err := w.search.Scrimp(t.Context()); err != nil {
		t.Fatal(err)
	}
	judge(t, w.search, readQueries(t, labelled))
}

func judge(t *testing.T, s *search.Service, list []query) {
	t.Helper()
	scores := map[string]*score{}
	for _, q := range list {
		found := q.find(t, s)
		recall, reciprocal := q.judge(found)
		for _, group := range []string{"all", "lang " + string(q.lang), "kind " + q.kind} {
			if scores[group] == nil {
				scores[group] = &score{}
			}
			scores[group].n++
			scores[group].recall += recall
			scores[group].reciprocal += reciprocal
		}
		if recall < 1 || reciprocal < 1 {
			t.Logf("%s %s %q: found %.2f, first at %.2f: %q", q.lang, q.kind, q.text, recall, reciprocal, found[:min(len(found), 5)])
		}
	}
	for _, group := range slices.Sorted(maps.Keys(scores)) {
		recall, mrr := scores[group].perQuery()
		t.Logf("%-20s %3d queries, recall@10 %.3f, MRR %.3f", group, scores[group].n, recall, mrr)
		wantRecall, wantMRR := 0.0, 0.0
		switch {
		case group == "all":
			wantRecall, wantMRR = 0.95, 0.85
		case strings.HasPrefix(group, "lang "):
			wantRecall, wantMRR = 0.9, 0.75
		}
		if recall < wantRecall || mrr < wantMRR {
			t.Errorf("%s: want recall@10 %.2f and MRR %.2f", group, wantRecall, wantMRR)
		}
	}
}

// The set stays what it is meant to be: large, even over the languages, half of it hard.
func TestLabelledSet(t *testing.T) {
	hard, perLang := map[i18n.Lang]int{}, map[i18n.Lang]int{}
	seen := map[string]bool{}
	for _, q := range readQueries(t, labelled) {
		perLang[q.lang]++
		if kinds[q.kind] {
			hard[q.lang]++
		}
		if key := fmt.Sprint(q.lang, q.text); seen[key] {
			t.Errorf("%s %q is asked twice", q.lang, q.text)
		} else {
			seen[key] = true
		}
	}
	for _, lang := range i18n.Langs() {
		if perLang[lang] < 50 || 2*hard[lang] < perLang[lang] {
			t.Errorf("%s: %d queries, %d of them hard", lang, perLang[lang], hard[lang])
		}
	}
}

func (q query) find(t *testing.T, s *search.Service) (slugs []string) {
	t.Helper()
	// The home market shows everything.
	r, err := s.Query(t.Context(), search.Query{Market: "uz", Lang: q.lang, Text: q.text, Page: paging.Page{Limit: 10}})
	if err != nil {
		t.Fatalf("%q: %v", q.text, err)
	}
	for _, c := range r.Cards {
		slugs = append(slugs, c.SlugBase)
	}
	return slugs
}

func (q query) judge(found []string) (recall, reciprocal float64) {
	for _, slug := range q.right {
		if at := slices.Index(found, slug); at >= 0 {
			recall += 1 / float64(len(q.right))
			reciprocal = max(reciprocal, 1/float64(at+1))
		}
	}
	return recall, reciprocal
}
