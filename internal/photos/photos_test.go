package photos

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The states in Go and in the database are the same.
func TestStatesMatchSchema(t *testing.T) {
	f := newService(t)
	named := func(sql string, want ...string) {
		t.Helper()
		var check string
		if err := f.pool.QueryRow(t.Context(), sql).Scan(&check); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range regexp.MustCompile(`'(\w+)'::text`).FindAllStringSubmatch(check, -1) {
			got = append(got, m[1])
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("the schema knows %q, Go %q", got, want)
		}
	}
	var states, texts []string
	for _, s := range States() {
		states = append(states, string(s))
	}
	for _, s := range TextStates() {
		texts = append(texts, string(s))
	}
	named(`select pg_get_constraintdef(oid) from pg_constraint where conname = 'photos_state_check'`, states...)
	named(`select pg_get_constraintdef(c.oid) from pg_constraint c join pg_type t on t.oid = c.contypid where t.typname = 'text_state'`, texts...)
}

func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		key := newKey()
		if !isKey(key) || seen[key] {
			t.Fatalf("key %q", key)
		}
		seen[key] = true
	}
	for _, bad := range []string{"", strings.Repeat("a", 21), strings.Repeat("a", 23), strings.Repeat("a", 21) + ".", "aaaaaaaaaa/aaaaaaaaaaa"} {
		if isKey(bad) {
			t.Errorf("%q passes for a key", bad)
		}
	}
}

func TestAddresses(t *testing.T) {
	p := Photo{Key: "k", Width: 1000, Height: 750, Widths: []int{160, 400, 800, 1000}, State: Ready}
	for width, want := range map[int]string{0: "/photos/k/160.jpg", 160: "/photos/k/160.jpg", 161: "/photos/k/400.jpg", 801: "/photos/k/1000.jpg", 5000: "/photos/k/1000.jpg"} {
		if got := p.Src(width); got != want {
			t.Errorf("%d: %s, want %s", width, got, want)
		}
	}
	if w, h := p.Size(700); w != 800 || h != 600 {
		t.Errorf("size %d × %d", w, h)
	}
	const set = "/photos/k/160.jpg 160w, /photos/k/400.jpg 400w, /photos/k/800.jpg 800w, /photos/k/1000.jpg 1000w"
	if got := p.SrcSet(JPEG); got != set {
		t.Error(got)
	}
	p.AVIF = true
	if got := p.SrcSet(AVIF); got != strings.ReplaceAll(set, "jpg", "avif") {
		t.Error(got)
	}
	p.State = Failed
	if p.Src(100) != "" || p.SrcSet(JPEG) != "" || p.SrcSet(AVIF) != "" {
		t.Error("a failed photo has addresses")
	}
}
