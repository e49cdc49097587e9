package localpg

import (
	"fmt"
	"os"
	"path/filepath"
)

// Program returns where one of PostgreSQL's other programs is, such as pg_dump:
// beside the server that Start would start on a new folder, or ErrMissing.
func Program(name string) (string, error) {
	bin, err := findBinaries(0)
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(bin.postgres), name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return path, nil
}
