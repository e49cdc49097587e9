package bench

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestReadQueries(t *testing.T) {
	file := filepath.Join(t.TempDir(), "queries.txt")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# What people type\n\nen | plain | melon jam | melon-jam\nja | other_script | めろん | melon-jam dried-melon\nen|typo|jm|melon-jam\n")
	got, err := readQueries(file)
	if err != nil || !slices.Equal(got, []typed{{"en", "plain", "melon jam"}, {"ja", "other_script", "めろん"}, {"en", "typo", "jm"}}) {
		t.Fatalf("%v %v", got, err)
	}
	easy, hard := searches(got, 1, 7)
	if !slices.Equal(easy, []string{"/en-us/search?q=melon+jam&time=7"}) ||
		!slices.Equal(hard, []string{"/ja-us/search?q=%E3%82%81%E3%82%8D%E3%82%93&time=7", "/en-us/search?q=jm&time=7"}) {
		t.Errorf("%q %q", easy, hard)
	}
	if easy, hard := searches(got, 2, 0); len(easy) != 1 || len(hard) != 1 {
		t.Errorf("every second: %q %q", easy, hard)
	}
	want := []string{"/en-us/search/suggest?q=mel", "/en-us/search/suggest?q=melon+", "/en-us/search/suggest?q=melon+jam",
		"/ja-us/search/suggest?q=%E3%82%81%E3%82%8D%E3%82%93", "/en-us/search/suggest?q=jm"}
	if got := beginnings(got, 1); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	write("en | plain | melon jam\n")
	if _, err := readQueries(file); err == nil {
		t.Error("half a query is fine")
	}
}

// TestLabelledQueries: the set that the bench asks can be read.
func TestLabelledQueries(t *testing.T) {
	got, err := readQueries(filepath.Join("..", "..", labelledQueries))
	if err != nil || len(got) < 300 {
		t.Fatalf("%d queries, %v", len(got), err)
	}
	if easy, hard := searches(got, 1, 0); len(hard) < len(easy)/2 {
		t.Errorf("%d queries as written, %d otherwise", len(easy), len(hard))
	}
}

func TestMadeOf(t *testing.T) {
	once, err := madeOf()
	again, errAgain := madeOf()
	if err != nil || errAgain != nil || once != again || len(once) != 64 {
		t.Errorf("%q %v, %q %v", once, err, again, errAgain)
	}
}

func TestTogether(t *testing.T) {
	got := together(tally{requests: 2, bytes: 5, latencies: []time.Duration{1, 9}}, tally{requests: 1, bytes: 7, latencies: []time.Duration{4}})
	if got.requests != 3 || got.bytes != 12 || !slices.Equal(got.latencies, []time.Duration{1, 4, 9}) {
		t.Errorf("%+v", got)
	}
}
