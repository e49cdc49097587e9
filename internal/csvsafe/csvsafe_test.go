package csvsafe_test

import (
	"testing"

	"awil/internal/csvsafe"
)

func TestCell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "Jam; melon": "Jam; melon", "A-B": "A-B", "a@b.uz": "a@b.uz", "+998901234567": "'+998901234567", "=1+1": "'=1+1", " =1": " '=1",
		"＝1": "'＝1", "\tx": "'\tx", "A;=1+1;B": "A;'=1+1;B", "A\n@x": "A\n'@x", "A\t-1": "A\t'-1", "A\r\n+1": "A\r\n'+1", `A; "=1"`: `A; "'=1"`,
		";;-1": ";;'-1", "A;'=1": "A;'=1",
	} {
		if got := csvsafe.Cell(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
