package localpg

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// ErrMissing means that PostgreSQL is not installed, or not where we look.
var ErrMissing = errors.New("PostgreSQL 15 or newer is not installed: on Debian or Ubuntu run " +
	"`apt-get install postgresql`, elsewhere install it and put its programs on the PATH")

// oldest is the first major version whose CREATE DATABASE and MERGE we use.
const oldest = 15

type binaries struct{ postgres, initdb string }

// findBinaries looks for a server where Debian and Red Hat keep them, then on
// the PATH, then where Homebrew keeps them. A cluster can be read by its own
// major version only, so when there is one (not 0) that version is preferred;
// otherwise the newest.
func findBinaries(cluster int) (binaries, error) {
	system := byVersion("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
	if dir, ok := system[cluster]; ok {
		return in(dir), nil
	}
	newest := 0
	for version := range system {
		newest = max(newest, version)
	}
	if newest >= oldest {
		return in(system[newest]), nil
	}
	if path, err := exec.LookPath("postgres"); err == nil && complete(filepath.Dir(path)) {
		return in(filepath.Dir(path)), nil
	}
	for version, dir := range byVersion("/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin") {
		if version >= oldest {
			return in(dir), nil
		}
	}
	return binaries{}, ErrMissing
}

// byVersion lists the folders that hold a whole server by the major version in
// their path.
func byVersion(patterns ...string) map[int]string {
	dirs := map[int]string{}
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // fails on a malformed pattern only
		for _, bin := range found {
			if version := majorVersion(filepath.Dir(bin)); complete(bin) {
				dirs[version] = bin
			}
		}
	}
	return dirs
}

func in(dir string) binaries {
	return binaries{postgres: filepath.Join(dir, "postgres"), initdb: filepath.Join(dir, "initdb")}
}

func complete(dir string) bool {
	for _, program := range []string{"postgres", "initdb"} {
		info, err := os.Stat(filepath.Join(dir, program))
		if err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

// majorVersion reads the number at the end of a folder's name, 0 if none.
func majorVersion(dir string) int {
	name := filepath.Base(dir)
	start := len(name)
	for start > 0 && name[start-1] >= '0' && name[start-1] <= '9' {
		start--
	}
	version, err := strconv.Atoi(name[start:])
	if err != nil {
		return 0
	}
	return version
}
