package shop

import (
	"strings"
	"testing"
)

func TestCleanMark(t *testing.T) {
	for in, want := range map[string]string{
		"":           "",
		"not a mark": "",
		`<svg viewBox="0 0 9 9"><path d="M0 0h9"/></svg>`:                          `<svg class="mark" aria-hidden="true" viewBox="0 0 9 9"><path d="M0 0h9"></path></svg>`,
		`<svg viewBox="0 0 9 9" width="900" onload="x()"><path d="M0 0"/></svg>`:   `<svg class="mark" aria-hidden="true" viewBox="0 0 9 9"><path d="M0 0"></path></svg>`,
		`<svg><script>alert(1)</script><style>*{}</style><path d="M0 0"/></svg>`:   `<svg class="mark" aria-hidden="true"><path d="M0 0"></path></svg>`,
		`<svg><foreignObject><g><path d="M0 0"/></g></foreignObject></svg>`:        `<svg class="mark" aria-hidden="true"></svg>`,
		`<svg><g fill="url(#x)" stroke="currentColor" style="x"><path/></g></svg>`: `<svg class="mark" aria-hidden="true"><g stroke="currentColor"><path></path></g></svg>`,
		`<svg><path d="M0 0" fill="#a63a2b" transform="rotate(45 3 3)"/></svg>`:    `<svg class="mark" aria-hidden="true"><path d="M0 0" fill="#a63a2b" transform="rotate(45 3 3)"></path></svg>`,
		`<svg><a href="javascript:x"><path d="M0 0"/></a><use href="#h"/></svg>`:   `<svg class="mark" aria-hidden="true"></svg>`,
		`<svg xmlns:x="u"><path x:d="M0 0" x="1&quot; onload=&quot;x"/></svg>`:     `<svg class="mark" aria-hidden="true"><path></path></svg>`,
		`<svg><!-- note --><title>t</title>text<path d="M0 0"/></svg>`:             `<svg class="mark" aria-hidden="true"><path d="M0 0"></path></svg>`,
		`<svg><path d="M0 0"/></svg><script>x</script>`:                            "",
		`<path d="M0 0"/>`:           "",
		`<svg><path d="M0 0"></svg>`: "",
		`<!DOCTYPE svg [<!ENTITY e "x">]><svg><path d="&e;"/></svg>`:                "",
		`<svg>` + strings.Repeat(`<g>`, 20) + strings.Repeat(`</g>`, 20) + `</svg>`: "",
		`<svg>` + strings.Repeat(`<path d="M0 0"/>`, 300) + `</svg>`:                "",
		`<svg><svg><path d="M0 0"/></svg></svg>`:                                    "",
	} {
		if got := CleanMark(in); got != want {
			t.Errorf("%.80s\n got %s\nwant %s", in, got, want)
		}
	}
}

// FuzzCleanMark looks for a way to get anything but shapes through.
func FuzzCleanMark(f *testing.F) {
	f.Add(`<svg viewBox="0 0 9 9"><g fill="red"><path d="M0 0h9"/></g></svg>`)
	f.Add(`<svg><script>x</script></svg>`)
	f.Fuzz(func(t *testing.T, in string) {
		clean := strings.ToLower(CleanMark(in))
		for _, bad := range []string{"<script", "<style", "href", "url(", "javascript", "onload", "<a", "<!", "&"} {
			if strings.Contains(clean, bad) {
				t.Errorf("%q became %q", in, clean)
			}
		}
		if again := CleanMark(clean); clean != "" && again == "" {
			t.Errorf("cleaned twice, %q is gone", clean)
		}
	})
}
