package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// program is awil as it is shipped, built once for the tests that need
// to kill it.
type program struct {
	once sync.Once
	dir  string
	err  error
}

var built program

// path returns the built program's.
func (b *program) path(t *testing.T) string {
	t.Helper()
	b.once.Do(func() {
		if b.dir, b.err = os.MkdirTemp("", "awil-binary-"); b.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", b.dir, "awil/cmd/awil")
		build.Stderr = os.Stderr
		b.err = build.Run()
	})
	if b.err != nil {
		t.Fatalf("build the program: %v", b.err)
	}
	return filepath.Join(b.dir, "awil")
}

func (b *program) remove() error {
	if b.dir == "" {
		return nil
	}
	return os.RemoveAll(b.dir)
}
