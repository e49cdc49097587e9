package layout

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// Frame is the header and the footer of a shop page, drawn once for all pages
// of a locale below the same entry of the menu. They differ in nothing but
// their own address, for the switches of market and language: both are cut
// where it stands.
type Frame struct {
	above, below []string
}

// here stands for a page's address while a frame is drawn. No text of the
// database can hold it.
const here = "\x00here\x00"

// newFrame draws the frame of a page; the address of the page does not matter.
func newFrame(b Base) (*Frame, error) {
	b.Path, b.Query = here, ""
	top, err := drawn(above(b))
	if err != nil {
		return nil, err
	}
	bottom, err := drawn(below(b))
	if err != nil {
		return nil, err
	}
	f := &Frame{strings.Split(top, here), strings.Split(bottom, url.QueryEscape(here))}
	if whole := slices.Concat(f.above, f.below); slices.ContainsFunc(whole, holdsHere) {
		return nil, fmt.Errorf("frame of %s: a page's address stands where none is filled in", b.Locale())
	}
	return f, nil
}

func holdsHere(text string) bool {
	return strings.Contains(text, here) || strings.Contains(text, url.QueryEscape(here))
}

func drawn(c templ.Component) (string, error) {
	var out strings.Builder
	err := c.Render(context.Background(), &out)
	return out.String(), err
}

// top writes what stands above a page's content.
func (f *Frame) top(address string) templ.Component {
	return joined{f.above, templ.EscapeString(address)}
}

// bottom writes what stands below it.
func (f *Frame) bottom(address string) templ.Component {
	return joined{f.below, url.QueryEscape(address)}
}

// joined writes pieces with the same text between them.
type joined struct {
	pieces []string
	text   string
}

// Render writes the pieces.
func (j joined) Render(_ context.Context, w io.Writer) error {
	for i, piece := range j.pieces {
		if i > 0 {
			if _, err := io.WriteString(w, j.text); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, piece); err != nil {
			return err
		}
	}
	return nil
}

// Frames are the frames of a locale, each drawn when it is first asked for.
type Frames struct {
	base  Base
	mu    sync.Mutex
	drawn map[string]*Frame // by the address of the current entry of the menu
}

// NewFrames returns the frames of a locale: of b all is used that is the same
// for its pages.
func NewFrames(b Base) *Frames { return &Frames{base: b, drawn: map[string]*Frame{}} }

// Of returns the frame of pages below the current entry of a menu, nil where
// each page must draw its own.
func (f *Frames) Of(menu []Link) *Frame {
	current := ""
	if i := slices.IndexFunc(menu, func(l Link) bool { return l.Current }); i >= 0 {
		current = menu[i].Href
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	frame, ok := f.drawn[current]
	if !ok {
		b := f.base
		b.Nav.Main = slices.Clone(b.Nav.Main)
		for i, l := range b.Nav.Main {
			b.Nav.Main[i].Current = l.Href == current
		}
		frame, _ = newFrame(b) // a page that draws its own says what is wrong
		f.drawn[current] = frame
	}
	return frame
}
