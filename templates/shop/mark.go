package shop

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/a-h/templ"
)

// What a producer's mark may be drawn with: shapes and their geometry, and
// colours. Nothing that can refer, animate, style or run.
var (
	markElements = wordSet("svg g path circle ellipse rect line polyline polygon")
	markNumbers  = wordSet("viewBox d points transform cx cy r rx ry x y x1 y1 x2 y2 width height stroke-width stroke-opacity " +
		"fill-opacity opacity stroke-miterlimit stroke-dasharray")
	markWordings = wordSet("fill stroke fill-rule clip-rule stroke-linecap stroke-linejoin")
	markNumber   = regexp.MustCompile(`^[-+0-9.,eE\sMmLlHhVvCcSsQqTtAaZz]*$|^(\s*(translate|scale|rotate|matrix|skewX|skewY)\([-+0-9.,eE\s]*\)\s*)+$`)
	markWording  = regexp.MustCompile(`^(#[0-9a-fA-F]{3,8}|[a-zA-Z]{1,24})$`)
)

// maxMarkDepth and maxMarkNodes bound what a mark may be made of.
const (
	maxMarkDepth = 8
	maxMarkNodes = 200
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

var errMark = errors.New("not a mark")

// CleanMark rewrites a drawn mark from the elements and attributes of an
// allow-list, so that nothing else can reach a page. What is no such drawing
// comes back empty, and the monogram stands in its place.
func CleanMark(svg string) string {
	if svg == "" {
		return ""
	}
	var out bytes.Buffer
	if err := cleanMark(xml.NewDecoder(strings.NewReader(svg)), &out); err != nil {
		return ""
	}
	return out.String()
}

func cleanMark(in *xml.Decoder, out *bytes.Buffer) error {
	depth, nodes, skip := 0, 0, 0
	for {
		token, err := in.Token()
		if err == io.EOF {
			if nodes == 0 || depth != 0 {
				return errMark
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			nodes++
			depth++
			root := t.Name.Local == "svg"
			if depth > maxMarkDepth || nodes > maxMarkNodes || (nodes == 1) != root || (depth == 1) != root {
				return errMark
			}
			if skip > 0 || !markElements[t.Name.Local] {
				skip++
				continue
			}
			openMark(t, nodes == 1, out)
		case xml.EndElement:
			depth--
			if skip > 0 {
				skip--
				continue
			}
			out.WriteString("</" + t.Name.Local + ">")
		}
	}
}

func openMark(t xml.StartElement, root bool, out *bytes.Buffer) {
	out.WriteString("<" + t.Name.Local)
	if root {
		out.WriteString(` class="mark" aria-hidden="true"`)
	}
	for _, a := range t.Attr {
		name, value := a.Name.Local, strings.TrimSpace(a.Value)
		sized := root && (name == "width" || name == "height") // the page says how large
		if a.Name.Space != "" || sized {
			continue
		}
		if markNumbers[name] && markNumber.MatchString(value) || markWordings[name] && markWording.MatchString(value) {
			out.WriteString(" " + name + `="` + value + `"`)
		}
	}
	out.WriteString(">")
}

// Mark is a drawing that has been cleaned; the zero Mark is none.
type Mark struct{ svg string }

// NewMark cleans a producer's drawing.
func NewMark(svg string) Mark { return Mark{CleanMark(svg)} }

// mark draws a producer's mark, or her monogram where there is none.
func mark(m Mark, monogram string) templ.Component {
	if m == (Mark{}) {
		return initial(monogram)
	}
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, m.svg)
		return err
	})
}
