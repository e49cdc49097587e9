package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func someReport(commit string, quick bool, home float64) report {
	return report{
		When: time.Date(2026, 11, 21, 20, 30, 0, 0, time.UTC), Took: 301 * time.Second, Quick: quick,
		Machine: machine{CPU: "A CPU, 2 cores", Memory: "24 GB memory", System: "Debian Linux 6.1", Programs: "go1.26, PostgreSQL 15.14", Commit: commit},
		Figures: []Figure{
			Figure{Name: "home page, warm", Unit: "requests/s", Ours: home}.withYardstick("nginx", 1000).atLeast(0.5),
			Figure{Name: "memory, idle", Unit: "MB", Ours: 41.5}.limit(60),
		},
		Notes: []string{"Something was missing."},
	}
}

func TestReportKeepsOlderRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "docs", "benchmarks.md")
	for _, r := range []report{someReport("aaaa", false, 100), someReport("bbbb", true, 600), someReport("cccc", false, 700)} {
		if err := r.write(file); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, want := range []string{
		"# Benchmarks\n", "## 2026-11-21 20:30 UTC, commit cccc\n",
		"A CPU, 2 cores, 24 GB memory, Debian Linux 6.1. go1.26, PostgreSQL 15.14. A full run of 5m1s.\n",
		"| home page, warm | requests/s | 700 | 1,000 | 0.700 × | ≥ 0.5 × | holds | nginx |\n",
		"\nSomething was missing.\n",
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is there %d times", want, strings.Count(text, want))
		}
	}
	_, table, _ := strings.Cut(text, historyTitle)
	var order []string
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, " | "); len(cells) > 3 && strings.HasPrefix(cells[0], "| 2026") {
			order = append(order, cells[1]+" "+cells[2]+" "+cells[3])
		}
	}
	if got := strings.Join(order, ", "); got != "cccc full 0.700 ×, bbbb quick 0.600 ×, aaaa full 0.100 ×" {
		t.Errorf("runs: %s", got)
	}
	if rows := olderRuns("no document of ours"); rows != nil {
		t.Errorf("a strange document holds runs: %v", rows)
	}
}
