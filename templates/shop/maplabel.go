package shop

import (
	"math"
	"strconv"
	"unicode"

	"awil/templates/layout"
)

// label is a name on a map, at a place where it covers nothing.
type label struct {
	x, y   float64
	anchor string
	class  string
	text   string
}

// nameParallels writes the degree on each line of latitude, at the edge.
func (s *sketch) nameParallels(taken []box) {
	for lat := math.Ceil(s.frame.mid.lat - s.h/2/s.frame.scale); ; lat++ {
		x := s.w - 22
		_, y := s.frame.point(coord{s.frame.mid.lon, lat})
		if y < 12 {
			return
		}
		if at := (box{x, y - 12, s.w, y}); y < s.h-2 && at.hits(taken) == 0 {
			s.labels = append(s.labels, label{x, y - 3, "start", "", strconv.Itoa(int(lat)) + "°"})
		}
	}
}

func (s *sketch) nameTowns(b layout.Base, here []Point, taken *[]box) {
	for _, t := range towns {
		if !s.frame.holds(t.at) || near(here, t.at) {
			continue
		}
		x, y := s.frame.point(t.at)
		dot := box{x - 3, y - 3, x + 3, y + 3}
		if dot.hits(*taken) > 0 {
			continue
		}
		s.towns = append(s.towns, spot{x, y})
		*taken = append(*taken, dot)
		if l, ok := s.place(taken, x, y, 5, b.T(t.key), townSize); ok {
			s.labels = append(s.labels, l)
		}
	}
}

// near reports whether one of the villages is the town itself.
func near(here []Point, c coord) bool {
	for _, p := range here {
		if math.Abs(p.Latitude-c.lat) < .06 && math.Abs(p.Longitude-c.lon) < .08 {
			return true
		}
	}
	return false
}

func (s *sketch) nameWaters(b layout.Base, taken *[]box) {
	for _, w := range waters {
		if w.key == "" || !s.frame.touches(w.line) {
			continue
		}
		x, y := s.frame.point(w.at)
		text := b.T(w.key)
		bounds := box{x, y - 8, x + width(text, 10), y + 3}
		if bounds.x0 < 2 || bounds.y0 < 2 || bounds.x1 > s.w-2 || bounds.y1 > s.h-2 || bounds.hits(*taken) > 0 {
			continue
		}
		*taken = append(*taken, bounds)
		s.labels = append(s.labels, label{x, y, "start", "wet", text})
	}
}

// box is the room a label or a dot takes.
type box struct{ x0, y0, x1, y1 float64 }

// hits is the area shared with others.
func (r box) hits(others []box) float64 {
	var area float64
	for _, o := range others {
		w := math.Min(r.x1, o.x1) - math.Max(r.x0, o.x0)
		h := math.Min(r.y1, o.y1) - math.Max(r.y0, o.y0)
		if w > 0 && h > 0 {
			area += w * h
		}
	}
	return area
}

// place finds that side of a dot where a name fits without covering anything;
// false where there is none.
func (s *sketch) place(taken *[]box, x, y, gap float64, text string, size float64) (label, bool) {
	w, up, down := width(text, size), size*.8, size*.25
	side := func(dx, dy float64, anchor string) label {
		return label{x: x + dx, y: y + dy, anchor: anchor, text: text}
	}
	for _, l := range []label{
		side(gap, size*.3, "start"), side(-gap, size*.3, "end"),
		side(gap*.7, -gap*.6, "start"), side(gap*.7, gap*.6+up, "start"),
		side(-gap*.7, -gap*.6, "end"), side(-gap*.7, gap*.6+up, "end"),
		side(0, -gap, "middle"), side(0, gap+up, "middle"),
	} {
		room := l.room(w, up, down)
		if room.x0 >= 2 && room.y0 >= 2 && room.x1 <= s.w-2 && room.y1 <= s.h-2 && room.hits(*taken) == 0 {
			*taken = append(*taken, room)
			return l, true
		}
	}
	return label{}, false
}

// room is what a label covers: so wide, so much above and below its line.
func (l label) room(w, up, down float64) box {
	x := l.x
	switch l.anchor {
	case "end":
		x -= w
	case "middle":
		x -= w / 2
	}
	return box{x, l.y - up, x + w, l.y + down}
}

// width estimates how wide a text runs at a font size.
func width(text string, size float64) float64 {
	var em float64
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー':
			em++
		case unicode.IsUpper(r):
			em += .72
		case unicode.Is(unicode.Cyrillic, r):
			em += .63
		default:
			em += .57
		}
	}
	return em * size
}
