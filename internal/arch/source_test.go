package arch

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	pathpkg "path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "awil"
	root   = "../.."
)

// file is one Go file of the module that is not a test.
type file struct {
	path    string // from the module's root, with slashes
	pkg     string // the folder it is in
	syntax  *ast.File
	lines   int
	imports []string
}

func (f file) generated() bool { return ast.IsGenerated(f.syntax) }

// goFiles parses the module. The files are read here, not by a go list run
// aside, so that the test cache knows what the outcome depends on.
func goFiles(t *testing.T) []file {
	t.Helper()
	var files []file
	positions := token.NewFileSet()
	walk(t, func(path string) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		full := filepath.Join(root, path)
		if built, err := build.Default.MatchFile(filepath.Dir(full), filepath.Base(full)); err != nil || !built {
			return
		}
		syntax, err := parser.ParseFile(positions, full, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		f := file{
			path:   path,
			pkg:    pathpkg.Dir(path),
			syntax: syntax,
			lines:  positions.File(syntax.FileStart).LineCount(),
		}
		for _, spec := range syntax.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			f.imports = append(f.imports, name)
		}
		files = append(files, f)
	})
	if len(files) == 0 {
		t.Fatal("no Go files found")
	}
	return files
}

// walk calls visit with the path of each file that belongs to the project.
func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	skip := []string{"bin", "node_modules", "testdata", "var"}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || slices.Contains(skip, name)) {
				return filepath.SkipDir
			}
			return nil
		}
		path, err = filepath.Rel(root, path)
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// covers reports whether pattern names pkg: itself, or with /... at its end
// also what is below.
func covers(pattern, pkg string) bool {
	base, below := strings.CutSuffix(pattern, "/...")
	return pkg == base || below && strings.HasPrefix(pkg, base+"/")
}

func anyCovers(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return covers(pattern, pkg) })
}
