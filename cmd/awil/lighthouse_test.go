package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestLighthouse has Lighthouse look at the pages buyers come by, in three
// scripts. Only what does not hang on the clock is held to; how fast pages are
// is measured by `make lighthouse`.
func TestLighthouse(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "bin/tools/lighthouse/node_modules/lighthouse")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("Lighthouse is not installed; `make test` does it where it may")
	}
	w := newWorld(t)
	d := newDoors(w)
	args := []string{"scripts/lighthouse/run.mjs", w.app.BaseURL, "0"}
	paths := []string{"/en-jp/", "/en-jp/products", "/en-jp/products/{slug}", "/en-jp/search?q=jam", "/en-jp/cart", "/ja-jp/", "/ru-uz/products/{slug}"}
	for _, path := range paths {
		args = append(args, d.fill(path))
	}
	var out, said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	seen := 0
	for lines := json.NewDecoder(&out); lines.More(); seen++ {
		var page struct {
			Path         string
			Scores       map[string]int
			Wrong        []string
			Shift, Bytes float64
		}
		if err := lines.Decode(&page); err != nil {
			t.Fatal(err)
		}
		for _, category := range []string{"accessibility", "best-practices", "seo"} {
			if page.Scores[category] != 100 {
				t.Errorf("%s: %s %d", page.Path, category, page.Scores[category])
			}
		}
		const moves, heavy = .02, 1 << 20 // with the pictures a phone takes
		if len(page.Wrong) > 0 || page.Shift > moves || page.Bytes == 0 || page.Bytes > heavy {
			t.Errorf("%s: %v; moves by %.3f, %.0f bytes", page.Path, page.Wrong, page.Shift, page.Bytes)
		}
	}
	if seen != len(paths) {
		t.Errorf("%d pages of %d", seen, len(paths))
	}
}
