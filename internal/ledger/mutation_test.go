package ledger_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMutation proves that the tests of the rules catch a rule gone wrong: it
// flips the side of each entry, drops it, books it on another account, rounds
// the other way, adds instead of taking away, one at a time, and each time a
// test must fail. All mutants are built into one program and chosen when it runs.
func TestMutation(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tests once more")
	}
	m := mutator{set: token.NewFileSet(), overlay: map[string]string{}, dir: t.TempDir()}
	for _, file := range []string{"draft.go", "sale.go", "part.go", "refund.go", "provider.go", "payout.go"} {
		m.file(t, file)
	}
	m.put(t, "mutant.go", []byte(chooser))
	program := m.build(t)
	caught := 0
	for _, name := range append([]string{""}, m.names...) {
		run := exec.CommandContext(t.Context(), program, "-test.run", "^(TestRules|TestRulesRefuse|TestSaleConserves|TestRefundsReverseExactly|TestCashIsASaleOfItsParcel|TestPayoutAndFeeEmptyTheTill)$", "-rapid.nofailfile")
		run.Env = append(os.Environ(), "AWIL_MUTANT="+name)
		output, err := run.CombinedOutput()
		switch {
		case name == "" && err != nil:
			t.Fatalf("without a mutant: %v\n%s", err, output)
		case name != "" && err == nil:
			t.Errorf("nobody noticed: %s", name)
		case name != "":
			caught++
		}
	}
	t.Logf("%d of %d mutants caught", caught, len(m.names))
}

const chooser = `package ledger

import "os"

var chosen = os.Getenv("AWIL_MUTANT")

func mutant[T any](name string, right, wrong T) T {
	if name == chosen {
		return wrong
	}
	return right
}
`

// nothing is, for each builder of entries, one that builds none.
var nothing = map[string]string{
	"debit":    "func(Account, money.Amount) {}",
	"credit":   "func(Account, money.Amount) {}",
	"exchange": "func(money.Amount, money.Amount, money.Rate) {}",
	"rated":    "func(money.Amount, money.Rate, money.Currency) {}",
	"goods":    "func(SaleLine, linePart, Account) {}",
	"shipping": "func(SaleParcel, shippingPart, Account) {}",
}

// opposite is what is called instead.
var opposite = map[string]string{
	"debit": "credit", "credit": "debit", "Sub": "Add", "Add": "Sub",
	"reserve": "payable", "payable": "reserve",
	"Down": "Up", "HalfUp": "Down",
}

type mutator struct {
	set     *token.FileSet
	dir     string
	overlay map[string]string
	names   []string
	edits   []edit
}

// edit puts text into a file. Of those at one place the ends of inner
// expressions come first, then the beginnings of outer ones.
type edit struct {
	at, order int
	text      string
}

func (m *mutator) file(t *testing.T, path string) {
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	syntax, err := parser.ParseFile(m.set, path, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	m.edits = nil
	for _, declaration := range syntax.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if ok && f.Name.Name != "check" { // the balance it looks at is the database's to keep
			ast.Inspect(f.Body, func(n ast.Node) bool { m.node(source, f.Name.Name, n); return true })
		}
	}
	slices.SortFunc(m.edits, func(a, b edit) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.order - b.order
	})
	var out bytes.Buffer
	from := 0
	for _, e := range m.edits {
		out.Write(source[from:e.at])
		out.WriteString(e.text)
		from = e.at
	}
	out.Write(source[from:])
	m.put(t, path, out.Bytes())
}

func (m *mutator) node(source []byte, where string, n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		selector, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		name := selector.Sel.Name
		receiver := string(source[m.offset(selector.X.Pos()):m.offset(selector.X.End())])
		if none, ok := nothing[name]; ok {
			m.wrap(where, "drops", n.Fun, none, source)
		}
		if other, ok := opposite[name]; ok {
			m.wrap(where, "calls "+other+" for", n.Fun, receiver+"."+other, source)
		}
		if name == "debit" || name == "credit" {
			account := string(source[m.offset(n.Args[0].Pos()):m.offset(n.Args[0].End())])
			wrong := "programme(Suspense)"
			if account == wrong {
				wrong = "programme(Fees)"
			}
			m.wrap(where, "books elsewhere than", n.Args[0], wrong, source)
		}
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && x.Name == "money" && opposite[n.Sel.Name] != "" {
			m.wrap(where, "rounds "+opposite[n.Sel.Name]+" for", n, "money."+opposite[n.Sel.Name], source)
		}
	case *ast.Ident:
		if n.Name == "reserve" || n.Name == "payable" {
			m.wrap(where, "takes "+opposite[n.Name]+" for", n, opposite[n.Name], source)
		}
	}
}

// wrap makes a mutant of an expression: wrong instead of what it is.
func (m *mutator) wrap(where, does string, expression ast.Node, wrong string, source []byte) {
	from, to := m.offset(expression.Pos()), m.offset(expression.End())
	position := m.set.Position(expression.Pos())
	name := fmt.Sprintf("%s:%d:%d %s %s %s", filepath.Base(position.Filename), position.Line, position.Column, where, does, source[from:to])
	name = strings.Join(strings.Fields(name), " ")
	m.names = append(m.names, name)
	n := len(m.names)
	m.edits = append(m.edits,
		edit{from, n, fmt.Sprintf("mutant(%q, ", name)},
		edit{to, -n, ", " + wrong + ")"})
}

func (m *mutator) offset(p token.Pos) int { return m.set.Position(p).Offset }

func (m *mutator) put(t *testing.T, path string, source []byte) {
	t.Helper()
	in, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	m.overlay[in] = filepath.Join(m.dir, filepath.Base(path))
	if err := os.WriteFile(m.overlay[in], source, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (m *mutator) build(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Replace": m.overlay})
	if err != nil {
		t.Fatal(err)
	}
	overlay, program := filepath.Join(m.dir, "overlay.json"), filepath.Join(m.dir, "ledger.test")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-overlay", overlay, "-o", program, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build the mutants: %v\n%s", err, output)
	}
	return program
}
