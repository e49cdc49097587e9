package localpg

import (
	"os"
	"path/filepath"
	"testing"
)

func TestByVersionTakesWholeServersOnly(t *testing.T) {
	root := t.TempDir()
	install := func(version string, programs ...string) string {
		dir := filepath.Join(root, version, "bin")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, program := range programs {
			if err := os.WriteFile(filepath.Join(dir, program), nil, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	nine := install("9", "postgres", "initdb")
	sixteen := install("16", "postgres", "initdb")
	install("17", "psql")

	found := byVersion(filepath.Join(root, "*", "bin"))
	if len(found) != 2 || found[9] != nine || found[16] != sixteen {
		t.Errorf("found %v", found)
	}
}

func TestMajorVersion(t *testing.T) {
	for name, want := range map[string]int{
		"/usr/lib/postgresql/15": 15, "/usr/pgsql-16": 16, "postgresql@17": 17, "/usr/local": 0, "": 0,
	} {
		if got := majorVersion(name); got != want {
			t.Errorf("majorVersion(%q) = %d, want %d", name, got, want)
		}
	}
}
