package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const maxLines = 500

func TestOnlyCommandsReadTheEnvironment(t *testing.T) {
	reads := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}
	used := map[string]bool{}
	for _, f := range goFiles(t) {
		if covers("cmd/...", f.pkg) {
			continue
		}
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || !slices.Contains(reads, selector.Sel.Name) {
				return true
			}
			if from, ok := selector.X.(*ast.Ident); !ok || from.Name != "os" && from.Name != "syscall" {
				return true
			}
			used[f.pkg] = true
			if mayReadEnvironment[f.pkg] == "" {
				t.Errorf("%s calls os.%s: only cmd reads the environment", f.path, selector.Sel.Name)
			}
			return true
		})
	}
	wantUsed(t, mayReadEnvironment, used)
}

// TestMoneyIsNotComputedByHand looks for the factor a hundred: how many minor
// units a currency has is known to internal/money alone.
func TestMoneyIsNotComputedByHand(t *testing.T) {
	used := map[string]bool{}
	report := func(place string) {
		used[place] = true
		if byHundred[place] == "" {
			t.Errorf("%s multiplies or divides by a hundred: use internal/money, or list it in byHundred "+
				"with what it computes", place)
		}
	}
	for _, f := range goFiles(t) {
		if f.pkg == "internal/money" || f.generated() {
			continue
		}
		for _, declaration := range f.syntax.Decls {
			if hundredIn(declaration) {
				report(f.path + " " + nameOf(declaration))
			}
		}
	}
	factor := regexp.MustCompile(`[*/%]\s*100(\.0*)?\b`)
	walk(t, func(path string) {
		if strings.HasSuffix(path, ".sql") || strings.HasSuffix(path, ".js") || strings.HasSuffix(path, ".templ") {
			if factor.MatchString(read(t, path)) {
				report(path)
			}
		}
	})
	wantUsed(t, byHundred, used)
}

func hundredIn(declaration ast.Decl) (found bool) {
	factor := regexp.MustCompile(`[*/%]\s*100(\.0*)?\b`)
	ast.Inspect(declaration, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.BinaryExpr:
			scales := n.Op == token.MUL || n.Op == token.QUO || n.Op == token.REM
			found = found || scales && (isHundred(n.X) || isHundred(n.Y))
		case *ast.AssignStmt:
			scales := n.Tok == token.MUL_ASSIGN || n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN
			found = found || scales && isHundred(n.Rhs[0])
		case *ast.BasicLit:
			found = found || n.Kind == token.STRING && factor.MatchString(n.Value)
		}
		return true
	})
	return found
}

func isHundred(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return isHundred(x.X)
	case *ast.CallExpr: // a conversion such as int64(100)
		return len(x.Args) == 1 && isHundred(x.Args[0])
	case *ast.BasicLit:
		value, err := strconv.ParseFloat(x.Value, 64)
		return err == nil && value == 100
	}
	return false
}

func nameOf(declaration ast.Decl) string {
	if f, ok := declaration.(*ast.FuncDecl); ok {
		return f.Name.Name
	}
	return "declarations"
}

func TestFilesStayShort(t *testing.T) {
	used := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.generated() || f.lines <= maxLines {
			continue
		}
		used[f.path] = true
		if longFiles[f.path] == "" {
			t.Errorf("%s has %d lines: split it, or list it in longFiles with the reason", f.path, f.lines)
		}
	}
	wantUsed(t, longFiles, used)
}

// wantUsed fails on exceptions that nothing needs any more.
func wantUsed(t *testing.T, exceptions map[string]string, used map[string]bool) {
	t.Helper()
	for place := range exceptions {
		if !used[place] {
			t.Errorf("the exception for %s is not needed any more; remove it", place)
		}
	}
}
