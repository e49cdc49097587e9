package assets

import "testing"

func TestMinifyCSS(t *testing.T) {
	for in, want := range map[string]string{
		"a {\n  color: red;\n}\n":                                     "a{color:red}",
		"/* one */ a , b > c { }":                                     "a,b > c{}",
		"a :hover { x: calc(1px - (2px + 3px)) }":                     "a :hover{x:calc(1px - (2px + 3px))}",
		`q::before { content: "/* not  a comment */ ;" }`:             `q::before{content:"/* not  a comment */ ;"}`,
		`x { content: "a\"b  c"; }`:                                   `x{content:"a\"b  c"}`,
		"@media (min-width: 40rem) and (print) { a { b: c; d: e; } }": "@media (min-width:40rem) and (print){a{b:c;d:e}}",
		"a { b: c /* d */ e }":                                        "a{b:c e}",
		":is(a, b) c { font: 400 1rem/1.5 var(--x) }":                 ":is(a,b) c{font:400 1rem/1.5 var(--x)}",
	} {
		if got := string(minifyCSS([]byte(in))); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}
