package arch

import (
	"slices"
	"strings"
	"testing"
)

func TestImportRule(t *testing.T) {
	for _, f := range goFiles(t) {
		may, known := allowed(f.pkg)
		if !known {
			t.Errorf("%s: the package %s has no line in the rules; say there what it may import", f.path, f.pkg)
			continue
		}
		for _, name := range f.imports {
			if fault := check(f.pkg, may, name); fault != "" {
				t.Errorf("%s imports %s: %s", f.path, name, fault)
			}
		}
	}
}

// allowed returns what a package may import of this module.
func allowed(pkg string) (may []string, known bool) {
	if place := slices.Index(domain, pkg); place >= 0 {
		return join(basics, services, domain[:place], domainExtras[pkg]), true
	}
	for _, r := range rules {
		if covers(r.packages, pkg) {
			return r.may, true
		}
	}
	return nil, false
}

// check says what is wrong with an import, if anything.
func check(pkg string, may []string, name string) string {
	if own, ours := strings.CutPrefix(name, module+"/"); ours {
		switch {
		case anyCovers(onlyCommands, own) && !covers("cmd/...", pkg) && !sameTree(pkg, own):
			return "only a command may"
		case own == "internal/platform/postgres/pgtest":
			return "it is for tests"
		case !anyCovers(may, own) && pkg != own:
			return "imports go cmd → web → domain → platform and basics, and in the domain only to packages before it"
		}
		return ""
	}
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") {
		return "" // the standard library
	}
	for _, library := range libraries {
		if covers(library.packages, name) {
			if anyCovers(library.may, pkg) {
				return ""
			}
			return "it is for " + strings.Join(library.may, ", ")
		}
	}
	return "the library has no line in the rules; say there who may use it"
}

// sameTree reports whether both packages are under the same top folder of
// internal.
func sameTree(a, b string) bool {
	top := func(pkg string) string {
		parts := strings.SplitN(pkg, "/", 3)
		return strings.Join(parts[:min(2, len(parts))], "/")
	}
	return top(a) == top(b)
}

func TestRulesCatchWhatTheyShould(t *testing.T) {
	tests := []struct {
		pkg, imports string
		fine         bool
	}{
		{"internal/catalog", "awil/internal/markets", true},
		{"internal/markets", "awil/internal/catalog", false},
		{"internal/orders", "awil/internal/checkout", false},
		{"internal/checkout", "awil/internal/orders", true},
		{"internal/catalog", "awil/internal/web", false},
		{"internal/catalog", "github.com/labstack/echo/v4", false},
		{"internal/catalog", "github.com/jackc/pgx/v5", true},
		{"internal/catalog", "github.com/jackc/pgx/v5/pgxpool", false},
		{"internal/payments", "github.com/stripe/stripe-go/v76", false},
		{"internal/platform/stripe", "github.com/stripe/stripe-go/v76/webhook", true},
		{"internal/platform/postgres", "awil/internal/catalog", false},
		{"internal/web/shop", "awil/internal/web", true},
		{"internal/web/shop", "awil/internal/web/desk", false},
		{"internal/web/shop", "github.com/labstack/echo/v4", true},
		{"internal/web", "awil/internal/web/shop", false},
		{"internal/web/shop", "awil/internal/demo", false},
		{"internal/bench", "awil/internal/demo", false},
		{"cmd/awil", "awil/internal/demo", true},
		{"cmd/awil", "awil/internal/platform/postgres/pgtest", false},
		{"templates/shop", "awil/internal/catalog", true},
		{"templates/shop", "awil/internal/web", false},
		{"internal/money", "awil/internal/i18n", false},
		{"internal/money", "example.com/unknown", false},
		{"internal/money", "math/big", true},
	}
	for _, tt := range tests {
		may, known := allowed(tt.pkg)
		fault := check(tt.pkg, may, tt.imports)
		if !known || (fault == "") != tt.fine {
			t.Errorf("%s importing %s: fine is %v, want %v (%s)", tt.pkg, tt.imports, fault == "", tt.fine, fault)
		}
	}
	if _, known := allowed("internal/helpers"); known {
		t.Error("a package nobody planned is known")
	}
}
