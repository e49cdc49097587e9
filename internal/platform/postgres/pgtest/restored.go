package pgtest

import (
	"os/exec"
	"path/filepath"
	"testing"

	"awil/internal/platform/postgres/localpg"
)

// Restored returns the connection string of a database made from a backup of
// another one, got from URL, as README.md says how; dropped when t ends. An
// error on the way fails t.
func Restored(t testing.TB, url string) string {
	t.Helper()
	restored := empty(t)
	backup := filepath.Join(t.TempDir(), "awil.sql")
	runProgram(t, "pg_dump", "--no-owner", "--no-privileges", "--file="+backup, url)
	runProgram(t, "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file="+backup, restored)
	return restored
}

func runProgram(t testing.TB, name string, args ...string) {
	t.Helper()
	path, err := localpg.Program(name)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
