package bench

import (
	"strings"
	"testing"
)

func TestGoalsAreJudged(t *testing.T) {
	base := Figure{Name: "page", Unit: "requests/s", Ours: 50}
	tests := []struct {
		name    string
		figure  Figure
		goal    string
		verdict string
	}{
		{"no goal", base.withYardstick("nginx", 200), "", ""},
		{"ratio enough", base.atLeast(0.25).withYardstick("nginx", 200), "≥ 0.25 ×", "holds"},
		{"ratio too small", base.withYardstick("nginx", 200).atLeast(0.5), "≥ 0.5 ×", "missed"},
		{"ratio small enough", base.withYardstick("vips", 50).ratioAtMost(1), "≤ 1 ×", "holds"},
		{"ratio too large", base.ratioAtMost(1).withYardstick("vips", 40), "≤ 1 ×", "missed"},
		{"value small enough", base.limit(50), "≤ 50 requests/s", "holds"},
		{"value too large", base.limit(49), "≤ 49 requests/s", "missed"},
		{"yardstick missing", base.atLeast(0.5), "≥ 0.5 ×", "not measured"},
		{"yardstick dead", base.atLeast(0.5).withYardstick("nginx", 0), "≥ 0.5 ×", "not measured"},
	}
	for _, tt := range tests {
		if got := tt.figure.goal(); got != tt.goal {
			t.Errorf("%s: goal %q, want %q", tt.name, got, tt.goal)
		}
		if got := tt.figure.verdict(); got != tt.verdict {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.verdict)
		}
	}
}

func TestFiguresAsJSON(t *testing.T) {
	var b strings.Builder
	err := writeJSON(&b, []Figure{
		Figure{Name: "home page, warm", Unit: "requests/s", Ours: 50}.withYardstick("nginx", 200).atLeast(0.5),
		{Name: "page at 200 requests/s, p99", Unit: "ms", Ours: 4.5},
		Figure{Name: "memory, idle", Unit: "MB", Ours: 30}.limit(60),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"home page, warm","unit":"requests/s","ours":50,"yardstick":200,"ratio":0.25,"goal":0.5,"holds":false}
{"name":"page at 200 requests/s, p99","unit":"ms","ours":4.5,"yardstick":null,"ratio":null,"goal":null,"holds":null}
{"name":"memory, idle","unit":"MB","ours":30,"yardstick":null,"ratio":null,"goal":60,"holds":true}
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
