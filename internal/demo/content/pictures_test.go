package content_test

import (
	"encoding/xml"
	"errors"
	"image"
	_ "image/jpeg" // the demo's photos
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"awil/assets/demo"
	"awil/internal/demo/content"
)

func TestPicturesExistAndAreUsed(t *testing.T) {
	p := load(t)
	used := map[string]bool{}
	for _, h := range p.Heroes {
		used[h.File] = true
	}
	for _, v := range p.Villages {
		if !slices.ContainsFunc(p.Heroes, func(h content.Photo) bool { return h.File == v.Hero }) {
			t.Errorf("%s: hero %q", v.Slug, v.Hero)
		}
	}
	for _, g := range products(p) {
		if len(g.Photos) == 0 {
			t.Errorf("%s has no photo", g.Slug)
		}
		for _, photo := range g.Photos {
			used[photo.File] = true
		}
	}
	photos, err := fs.ReadDir(demo.Files, "photos")
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, photo := range photos {
		info, err := photo.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if !used[photo.Name()] {
			t.Errorf("nobody shows %s", photo.Name())
		}
		delete(used, photo.Name())
		if w, h := size(t, photo.Name()); w < 900 || w > 1600 || h < 500 {
			t.Errorf("%s is %d×%d", photo.Name(), w, h)
		}
	}
	for name := range used {
		t.Errorf("no picture %s", name)
	}
	if total > 6<<20 {
		t.Errorf("the photos weigh %d bytes", total)
	}
}

func size(t *testing.T, name string) (width, height int) {
	t.Helper()
	file, err := demo.Files.Open("photos/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // an embedded file
	config, _, err := image.DecodeConfig(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return config.Width, config.Height
}

// A mark is put into pages as it is, several to a page: it must be small, take
// the page's colour, and carry neither ids nor scripts.
func TestMarksAreDrawnForThePage(t *testing.T) {
	makers := load(t).Producers
	for _, m := range makers {
		if len(m.MarkSVG) > 1500 {
			t.Errorf("%s: mark of %d bytes", m.Slug, len(m.MarkSVG))
		}
		if !strings.Contains(m.MarkSVG, "currentColor") {
			t.Errorf("%s: the mark has a colour of its own", m.Slug)
		}
		dec := xml.NewDecoder(strings.NewReader(m.MarkSVG))
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", m.Slug, err)
			}
			if element, ok := token.(xml.StartElement); ok {
				harmless(t, m.Slug, element)
			}
		}
	}
	marks, err := fs.ReadDir(demo.Files, "marks")
	if err != nil || len(marks) != len(makers) {
		t.Errorf("%d marks for %d makers, %v", len(marks), len(makers), err)
	}
}

func harmless(t *testing.T, slug string, element xml.StartElement) {
	t.Helper()
	if !slices.Contains([]string{"svg", "g", "path", "circle", "ellipse", "rect"}, element.Name.Local) {
		t.Errorf("%s: <%s> in a mark", slug, element.Name.Local)
	}
	for _, attr := range element.Attr {
		if attr.Name.Local == "id" || attr.Name.Local == "href" || strings.HasPrefix(attr.Name.Local, "on") {
			t.Errorf("%s: %s in a mark", slug, attr.Name.Local)
		}
	}
}
