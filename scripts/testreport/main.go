// Command testreport reads `go test -json` on standard input and prints a line
// a package, what took long, the whole output of what failed, every skipped
// test with its reason, and a closing count. It fails when a test did, when none ran, and,
// with CI=true, when one was skipped.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// event is one line of go test -json (see `go doc test2json`).
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64
}

type report struct {
	out     io.Writer
	printed map[string][]string // output so far, by package and test
	skips   []string
	slow    map[string][]string // lines about tests that took long, by package
	passed  int
	failed  int
	skipped int
	broken  int // packages that failed
}

func main() {
	began := time.Now()
	r := &report{out: os.Stdout, printed: map[string][]string{}, slow: map[string][]string{}}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	r.close(time.Since(began))
	if !r.good(os.Getenv("CI") == "true") {
		os.Exit(1)
	}
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(r.out, lines.Text())
			continue
		}
		r.add(e)
	}
	return lines.Err()
}

func (r *report) add(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		r.printed[key] = append(r.printed[key], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e, key)
		} else {
			r.endTest(e, key)
		}
		delete(r.printed, key)
	}
}

// long is how many seconds a test takes that is named with its time.
const long = 60

func (r *report) endTest(e event, key string) {
	if e.Elapsed >= long && !strings.Contains(e.Test, "/") {
		r.slow[e.Package] = append(r.slow[e.Package], fmt.Sprintf("    \t%s\t%.1fs\n", e.Test, e.Elapsed))
	}
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		fmt.Fprintf(r.out, "\n%s %s\n%s", e.Package, e.Test, strings.Join(r.printed[key], ""))
	case "skip":
		r.skipped++
		r.skips = append(r.skips, e.Package+" "+e.Test+"\n"+reason(r.printed[key]))
	}
}

func (r *report) endPackage(e event, key string) {
	cached := ""
	if strings.Contains(strings.Join(r.printed[key], ""), "(cached)") {
		cached = "\t(cached)"
	}
	switch e.Action {
	case "pass":
		fmt.Fprintf(r.out, "ok  \t%s\t%.1fs%s\n", e.Package, e.Elapsed, cached)
		fmt.Fprint(r.out, strings.Join(r.slow[e.Package], ""))
	case "fail":
		r.broken++
		r.unfinished(e.Package)
		fmt.Fprintf(r.out, "%sFAIL\t%s\t%.1fs\n", strings.Join(r.printed[key], ""), e.Package, e.Elapsed)
	}
}

// unfinished prints what the tests said that a package's end cut off: one of them says why it died.
func (r *report) unfinished(pkg string) {
	for _, key := range slices.Sorted(maps.Keys(r.printed)) {
		if test, ok := strings.CutPrefix(key, pkg+" "); ok && test != "" {
			fmt.Fprintf(r.out, "\n%s did not end\n%s", key, strings.Join(r.printed[key], ""))
			delete(r.printed, key)
		}
	}
}

// reason keeps what a skipped test said and drops the runner's own lines.
func reason(lines []string) string {
	var said strings.Builder
	for _, line := range lines {
		if !strings.HasPrefix(strings.TrimSpace(line), "=== ") && !strings.HasPrefix(strings.TrimSpace(line), "--- ") {
			said.WriteString(line)
		}
	}
	return said.String()
}

func (r *report) close(took time.Duration) {
	if len(r.skips) > 0 {
		fmt.Fprintf(r.out, "\nSKIPPED, so not tested:\n%s", strings.Join(r.skips, ""))
	}
	verdict := "PASS"
	if r.broken > 0 || r.failed > 0 {
		verdict = "FAIL"
	}
	fmt.Fprintf(r.out, "\n%s in %s\n", verdict, took.Round(time.Second))
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.passed, r.failed+r.brokenAlone(), r.skipped)
}

// brokenAlone counts packages that failed without a failing test: they did not
// build, or died.
func (r *report) brokenAlone() int {
	if r.failed > 0 {
		return 0
	}
	return r.broken
}

func (r *report) good(strict bool) bool {
	if r.failed > 0 || r.broken > 0 || r.passed == 0 {
		return false
	}
	return !strict || r.skipped == 0
}
