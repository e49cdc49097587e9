package i18n

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// use is a key, or the beginning of one, written in the program's sources.
type use struct {
	at     string // file:line
	text   string
	prefix bool // something is appended to it
	must   bool // it is handed to the localizer as it stands
}

var (
	// T("key" …, Has("key" … and Add(field, "key" …, with what follows.
	called = regexp.MustCompile(`\b(T|Has)\(\s*"([^"\n]+)"\s*(\+)?`)
	added  = regexp.MustCompile(`\.Add\([^,\n]+,\s*"([^"\n]+)"\s*(\+)?`)
	// Any text that looks like a key, wherever it stands.
	quoted = regexp.MustCompile("[\"`]([a-z]+\\.[a-z0-9_.%-]*)[\"`]")
)

// uses finds keys in all sources that people write.
func uses(t *testing.T) []use {
	t.Helper()
	root := repository(t)
	var found []use
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		written := strings.HasSuffix(name, ".templ") ||
			strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go")
		if !written {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found = append(found, usesIn(rel, string(text))...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func repository(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above this package")
	return ""
}

func usesIn(file, text string) []use {
	var found []use
	for n, line := range strings.Split(text, "\n") {
		at := fmt.Sprintf("%s:%d", file, n+1)
		for _, m := range called.FindAllStringSubmatch(line, -1) {
			if m[1] == "T" || strings.Contains(m[2], ".") {
				found = append(found, use{at, m[2], m[3] != "", true})
			}
		}
		for _, m := range added.FindAllStringSubmatch(line, -1) {
			if first, _, ok := strings.Cut(m[1], "."); ok && (first == "errors" || first == "error") {
				found = append(found, use{at, m[1], m[2] != "", true})
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			text, _, cut := strings.Cut(m[1], "%")
			found = append(found, use{at, text, cut || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "_"), false})
		}
	}
	return found
}

func TestEveryKeyInTheSourcesExists(t *testing.T) {
	messages := map[string]*message{}
	for _, byLang := range catalogs(t) {
		for key, m := range byLang[EN].messages {
			messages[key] = m
		}
	}
	known := func(u use) bool {
		if !u.prefix {
			return messages[u.text] != nil
		}
		for key := range messages {
			if strings.HasPrefix(key, u.text) {
				return true
			}
		}
		return false
	}
	for _, u := range uses(t) {
		if u.must && !known(u) {
			area, _, _ := strings.Cut(u.text, ".")
			t.Errorf("%s: %q is not in catalog/en/%s.json", u.at, u.text, area)
		}
	}
}

func TestNoMessageIsDead(t *testing.T) {
	exact, prefixes := map[string]bool{}, map[string]bool{}
	for _, u := range uses(t) {
		exact[u.text] = true
		if u.prefix {
			prefixes[u.text] = true
		}
	}
	for area, byLang := range catalogs(t) {
		english := byLang[EN]
		for _, p := range english.meta.Dynamic {
			prefixes[p] = true
		}
		for key := range english.messages {
			if !exact[key] && !begun(key, area, exact, prefixes) {
				t.Errorf("%s: nothing uses %s (list its prefix in _meta.dynamic if the code puts the key together)", english.name, key)
			}
		}
	}
}

// begun reports whether the sources have the beginning of a key: one they
// append to, or a whole number of its parts below the area.
func begun(key, area string, exact, prefixes map[string]bool) bool {
	for i := len(area) + 1; i < len(key); i++ {
		if prefixes[key[:i]] || key[i] == '.' && exact[key[:i]] {
			return true
		}
	}
	return false
}

func TestUsesAreFound(t *testing.T) {
	source := `b.T("shop.cart.title", "n", 5) + l.T("shop.state." + s) ; if l.Has("shop.x.y") || fields.Has("name")
f.Add("postcode", "errors.postcode_jp"); header.Add("Vary", "x.y")
keys = []string{"shop.a_b"}; fmt.Sprintf("shop.kind.%s", k)`
	want := []use{
		{"f:1", "shop.cart.title", false, true}, {"f:1", "shop.state.", true, true}, {"f:1", "shop.x.y", false, true},
		{"f:2", "errors.postcode_jp", false, true}, {"f:3", "shop.a_b", false, false}, {"f:3", "shop.kind.", true, false},
	}
	got := map[use]bool{}
	for _, u := range usesIn("f", source) {
		got[u] = true
	}
	for _, u := range want {
		if !got[u] {
			t.Errorf("not found: %+v", u)
		}
	}
	if got[use{"f:1", "name", false, true}] || got[use{"f:2", "x.y", false, true}] {
		t.Error("found a key where there is none")
	}
}
