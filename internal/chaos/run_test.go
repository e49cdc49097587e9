package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is put in on purpose does not sound like an accident, and the last line says how it went.
func TestReportSaysHowItWent(t *testing.T) {
	t.Parallel()
	r := Report{Played: 1000, Steps: 123456, Faults: map[string]int{"process killed": 12}, Took: 61 * time.Second}
	last := func() (all, last string) {
		var out bytes.Buffer
		r.print(Config{Out: &out})
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		return out.String(), lines[len(lines)-1]
	}
	all, line := last()
	if line != "1,000 schedules, no failure, 123,456 steps, 1m1s" || strings.Contains(all, "wrong") || !strings.Contains(all, "faults put in:") {
		t.Errorf("said %q", all)
	}
	r.Played, r.Failures = 1, []Failure{{Seed: 7, Wrong: []error{errors.New("sold twice")}}}
	if all, line = last(); !strings.HasPrefix(line, "1 schedule, 1 failure") || !strings.Contains(all, "FAILED seed 7: sold twice") {
		t.Errorf("said %q", all)
	}
}

func TestSweepRemovesWhatDeadRunsLeft(t *testing.T) {
	t.Parallel()
	ended := exec.Command(os.Args[0], "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	dead := filepath.Join(temp, fmt.Sprintf("%s%d-1", folderPrefix, ended.Process.Pid))
	ours := filepath.Join(temp, fmt.Sprintf("%s%d-1", folderPrefix, os.Getpid()))
	other := filepath.Join(temp, folderPrefix+"notes")
	for _, dir := range []string{dead, ours, other} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sweep(temp)
	for dir, there := range map[string]bool{dead: false, ours: true, other: true} {
		if _, err := os.Stat(dir); (err == nil) != there {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
