package layout_test

import (
	"context"
	"strings"
	"testing"

	"awil/internal/i18n"
	"awil/templates/layout"
)

// TestFrameDrawnBefore: a page with a frame that was drawn before is the page
// that draws its own, whatever its address holds.
func TestFrameDrawnBefore(t *testing.T) {
	for _, lang := range i18n.Langs() {
		b := base(lang)
		b.Nav.Main = []layout.Link{{Href: b.URL("/categories/food"), Text: "Food & drink"}, {Href: b.URL("/villages"), Text: "Villages"}}
		frames := layout.NewFrames(b)
		for _, at := range []struct{ path, query string }{
			{"/", ""}, {"/villages/moynaq", ""}, {"/search", `q="><b>&lang=ja`}, {"/products/дыня", "q=%00here%00+&n='1'"},
		} {
			b.Path, b.Query = at.path, at.query
			b.Nav.Main[1].Current = strings.HasPrefix(at.path, "/villages")
			b.Frame = nil
			want := html(t, b)
			if b.Frame = frames.Of(b.Nav.Main); b.Frame == nil {
				t.Fatal("no frame")
			}
			if got := html(t, b); got != want {
				t.Errorf("%s %s?%s: the frame differs:\n%s\n%s", lang, at.path, at.query, got, want)
			}
		}
	}
}

func html(t *testing.T, b layout.Base) string {
	t.Helper()
	var out strings.Builder
	if err := layout.Shop(b).Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
