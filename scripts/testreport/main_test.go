package main

import (
	"strings"
	"testing"
	"time"
)

func TestReport(t *testing.T) {
	const pass = `{"Action":"output","Package":"awil/a","Test":"TestA","Output":"quiet\n"}
{"Action":"pass","Package":"awil/a","Test":"TestA"}
{"Action":"pass","Package":"awil/a","Elapsed":0.3}
`
	const skip = `{"Action":"output","Package":"awil/b","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"awil/b","Test":"TestB","Output":"    b_test.go:3: no browser\n"}
{"Action":"skip","Package":"awil/b","Test":"TestB"}
{"Action":"pass","Package":"awil/b"}
`
	const fail = `{"Action":"output","Package":"awil/c","Test":"TestC","Output":"    c_test.go:9: got 1\n"}
{"Action":"fail","Package":"awil/c","Test":"TestC"}
{"Action":"fail","Package":"awil/c"}
`
	const unbuilt = `{"Action":"build-output","ImportPath":"awil/d","Output":"d.go:1: undefined: x\n"}
{"Action":"fail","Package":"awil/d"}
`
	const died = `{"Action":"output","Package":"awil/f","Test":"TestF","Output":"panic: nobody caught it\n"}
{"Action":"output","Package":"awil/f","Output":"FAIL\tawil/f\t9.9s\n"}
{"Action":"fail","Package":"awil/f"}
`
	const slow = `{"Action":"pass","Package":"awil/e","Test":"TestE/part","Elapsed":80}
{"Action":"pass","Package":"awil/e","Test":"TestE","Elapsed":81.26}
{"Action":"pass","Package":"awil/e","Test":"TestQuick","Elapsed":59}
{"Action":"pass","Package":"awil/e","Elapsed":90}
`
	tests := []struct {
		name, in     string
		good, strict bool
		says         []string
		count        string
	}{
		{"passes", pass, true, true, []string{"ok  \tawil/a\t0.3s"}, "1 passed, 0 failed, 0 skipped"},
		{"skips", pass + skip, true, false, []string{"SKIPPED", "awil/b TestB\n    b_test.go:3: no browser"}, "1 passed, 0 failed, 1 skipped"},
		{"fails", pass + fail, false, false, []string{"c_test.go:9: got 1", "FAIL\tawil/c"}, "1 passed, 1 failed, 0 skipped"},
		{"does not build", pass + unbuilt, false, false, []string{"d.go:1: undefined: x"}, "1 passed, 1 failed, 0 skipped"},
		{"dies", pass + died, false, false, []string{"awil/f TestF did not end\npanic: nobody caught it", "FAIL\tawil/f"}, "1 passed, 1 failed, 0 skipped"},
		{"takes long", pass + slow, true, true, []string{"ok  \tawil/e\t90.0s\n    \tTestE\t81.3s\n"}, "4 passed, 0 failed, 0 skipped"},
		{"nothing ran", "", false, false, nil, "0 passed, 0 failed, 0 skipped"},
		{"not JSON", "oops\n" + pass, true, true, []string{"oops"}, "1 passed, 0 failed, 0 skipped"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			r := &report{out: &out, printed: map[string][]string{}, slow: map[string][]string{}}
			if err := r.read(strings.NewReader(tt.in)); err != nil {
				t.Fatal(err)
			}
			r.close(time.Second)
			if r.good(false) != tt.good || r.good(true) != tt.strict {
				t.Errorf("good is %v, with CI %v; want %v, %v", r.good(false), r.good(true), tt.good, tt.strict)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if last := lines[len(lines)-1]; last != tt.count {
				t.Errorf("closing line %q, want %q", last, tt.count)
			}
			for _, want := range tt.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is missing from:\n%s", want, out.String())
				}
			}
			if strings.Contains(out.String(), "quiet") {
				t.Error("a passing test's output was printed")
			}
		})
	}
}
