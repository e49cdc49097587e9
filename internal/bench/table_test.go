package bench

import (
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 0.04567: "0.046", 1: "1.00", 1.234: "1.23", 45.678: "45.7", 456.78: "457", 999.7: "1,000",
		1999.5: "2,000", 62_345.6: "62,346", 1_234_567: "1,234,567", -12_345: "-12,345",
	} {
		if got := number(value); got != want {
			t.Errorf("number(%v) = %q, want %q", value, got, want)
		}
	}
}

func TestTableLinesUp(t *testing.T) {
	figures := []Figure{
		Figure{Name: "home page, warm", Unit: "requests/s", Ours: 31_000}.withYardstick("nginx", 60_000).atLeast(0.5),
		Figure{Name: "memory, idle", Unit: "MB", Ours: 75}.limit(60),
		{Name: "page, p99", Unit: "ms", Ours: 4.5},
	}
	var b strings.Builder
	if err := writeTable(&b, figures); err != nil {
		t.Fatal(err)
	}
	want := `
what             unit          ours  yardstick    ratio  goal             beside
home page, warm  requests/s  31,000     60,000  0.517 ×  ≥ 0.5 ×  holds   nginx
memory, idle     MB            75.0          –        –  ≤ 60 MB  missed
page, p99        ms            4.50          –        –
`
	if got := "\n" + b.String(); got != want {
		t.Errorf("got%swant%s", got, want)
	}
	if got := markdownTable(figures[:1]); got != "| what | unit | ours | yardstick | ratio | goal |  | beside |\n"+
		"| --- | --- | ---: | ---: | ---: | --- | --- | --- |\n"+
		"| home page, warm | requests/s | 31,000 | 60,000 | 0.517 × | ≥ 0.5 × | holds | nginx |\n" {
		t.Errorf("document: %s", got)
	}
}
