package shop

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"awil/templates/layout"
)

// Map is a small drawing of where villages lie, made on the server from their
// coordinates: no tiles, no script, nothing fetched from others.
type Map struct {
	Label string // says in words what the drawing shows
	Here  []Point
	Wide  bool // for several villages, with room to name each
}

// Point is a village on a map.
type Point struct {
	Name                string
	Latitude, Longitude float64
}

// sketch is a map worked out to the coordinates of its drawing.
type sketch struct {
	w, h   float64
	frame  frame
	paths  []stroke
	grid   string
	labels []label
	dots   []spot
}

type stroke struct{ class, d string }

type spot struct {
	x, y  float64
	place bool // a village of ours; otherwise a town to find one's way by
}

type label struct {
	x, y   float64
	anchor string
	class  string
	text   string
}

// frame says which part of the world is drawn and how large.
type frame struct {
	mid   coord
	k     float64 // degrees of longitude shrink towards the pole
	scale float64 // units of the drawing for a degree of latitude
	w, h  float64
}

func (f frame) point(c coord) (x, y float64) {
	return f.w/2 + (c.lon-f.mid.lon)*f.k*f.scale, f.h/2 - (c.lat-f.mid.lat)*f.scale
}

func (f frame) holds(c coord) bool {
	x, y := f.point(c)
	return x >= 0 && y >= 0 && x <= f.w && y <= f.h
}

// The least a map shows, in degrees of latitude: enough for water or a town to
// be in it; less where the villages themselves show the way.
const (
	leastSpan     = 3.8
	leastSpanWide = 2.8
)

func frameOf(here []Point, w, h, least float64) frame {
	lo, hi := coord{180, 90}, coord{-180, -90}
	for _, p := range here {
		lo = coord{math.Min(lo.lon, p.Longitude), math.Min(lo.lat, p.Latitude)}
		hi = coord{math.Max(hi.lon, p.Longitude), math.Max(hi.lat, p.Latitude)}
	}
	f := frame{mid: coord{(lo.lon + hi.lon) / 2, (lo.lat + hi.lat) / 2}, w: w, h: h}
	f.k = math.Cos(f.mid.lat * math.Pi / 180)
	const margin = 1.4
	lat := math.Max((hi.lat-lo.lat)*margin, least)
	lon := math.Max((hi.lon-lo.lon)*f.k*margin, least*w/h)
	f.scale = math.Min(h/lat, w/lon)
	return f
}

func (m Map) sketch(b layout.Base) sketch {
	w, h, least, size := 220.0, 236.0, leastSpan, 14.0
	if m.Wide {
		w, h, least, size = 360, 290, leastSpanWide, 11.5
	}
	f := frameOf(m.Here, w, h, least)
	s := sketch{w: w, h: h, frame: f, grid: f.graticule()}
	var taken []box
	for _, p := range m.Here {
		x, y := f.point(coord{p.Longitude, p.Latitude})
		taken = append(taken, box{x - 6, y - 7, x + 6, y + 7})
		s.dots = append(s.dots, spot{x, y, true})
	}
	s.drawWaters()
	for i, p := range m.Here {
		s.name(&taken, s.dots[i], p.Name, "here", size)
	}
	s.nameTowns(b, m.Here, &taken)
	s.nameWaters(b, &taken)
	s.nameParallels(taken)
	return s
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

func (s *sketch) drawWaters() {
	for _, w := range waters {
		if !s.frame.touches(w.line) {
			continue
		}
		class := "river"
		switch {
		case w.closed:
			class = "water"
		case w.faint:
			class = "river faint"
		}
		s.paths = append(s.paths, stroke{class, s.frame.curve(w.line, w.closed)})
	}
}

func (f frame) touches(line []coord) bool {
	for _, c := range line {
		if f.holds(c) {
			return true
		}
	}
	return false
}

func (s *sketch) nameTowns(b layout.Base, here []Point, taken *[]box) {
	for _, t := range towns {
		if !s.frame.holds(t.at) || near(here, t.at) {
			continue
		}
		x, y := s.frame.point(t.at)
		dot := spot{x, y, false}
		s.dots = append(s.dots, dot)
		*taken = append(*taken, box{x - 3, y - 3, x + 3, y + 3})
		s.name(taken, dot, b.T(t.key), "", 10)
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

// name puts a label on that side of its dot where it covers least.
func (s *sketch) name(taken *[]box, at spot, text, class string, size float64) {
	w := width(text, size)
	gap := 5.0
	if at.place {
		gap = 9
	}
	up, down := size*.8, size*.25
	side := func(dx, dy float64, anchor string) label { return label{at.x + dx, at.y + dy, anchor, class, text} }
	sides := []label{
		side(gap, size*.3, "start"), side(-gap, size*.3, "end"),
		side(gap*.7, -gap*.6, "start"), side(gap*.7, gap*.6+up, "start"),
		side(-gap*.7, -gap*.6, "end"), side(-gap*.7, gap*.6+up, "end"),
		side(0, -gap, "middle"), side(0, gap+up, "middle"),
	}
	best, cost := 0, math.Inf(1)
	for i, l := range sides {
		r := l.room(w, up, down)
		outside := math.Max(0, 2-r.x0) + math.Max(0, r.x1-s.w+2) + math.Max(0, 2-r.y0) + math.Max(0, r.y1-s.h+2)
		if c := r.hits(*taken) + 64*outside + float64(i); c < cost {
			best, cost = i, c
		}
	}
	*taken = append(*taken, sides[best].room(w, up, down))
	s.labels = append(s.labels, sides[best])
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
			em += .68
		default:
			em += .53
		}
	}
	return em * size
}

// graticule is the net of whole degrees, or of every second where many show.
func (f frame) graticule() string {
	const step = 1
	half := coord{f.w / 2 / f.k / f.scale, f.h / 2 / f.scale}
	var d strings.Builder
	for lat := math.Ceil((f.mid.lat-half.lat)/step) * step; lat <= f.mid.lat+half.lat; lat += step {
		_, y := f.point(coord{f.mid.lon, lat})
		d.WriteString("M0 " + num(y) + "h" + num(f.w))
	}
	for lon := math.Ceil((f.mid.lon-half.lon)/step) * step; lon <= f.mid.lon+half.lon; lon += step {
		x, _ := f.point(coord{lon, f.mid.lat})
		d.WriteString("M" + num(x) + " 0v" + num(f.h))
	}
	return d.String()
}

// curve draws a line softly through the middles between its points.
func (f frame) curve(line []coord, closed bool) string {
	mid := func(a, b coord) coord { return coord{(a.lon + b.lon) / 2, (a.lat + b.lat) / 2} }
	at := func(c coord) string { x, y := f.point(c); return num(x) + " " + num(y) }
	n := len(line)
	if closed {
		d := "M" + at(mid(line[n-1], line[0]))
		for i, c := range line {
			d += "Q" + at(c) + " " + at(mid(c, line[(i+1)%n]))
		}
		return d + "z"
	}
	d := "M" + at(line[0])
	for i := 1; i < n-1; i++ {
		d += "Q" + at(line[i]) + " " + at(mid(line[i], line[i+1]))
	}
	return d + "L" + at(line[n-1])
}

func num(x float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
}

func rhomb(d spot) string { return "m" + num(d.x) + " " + num(d.y-6.5) + " 5 6.5-5 6.5-5-6.5z" }

// At writes coordinates the way maps do, in degrees and minutes.
func At(b layout.Base, latitude, longitude float64) string {
	return b.T("shop.map.at", "lat", degrees(latitude), "lon", degrees(longitude))
}

func degrees(x float64) string {
	minutes := int(math.Round(math.Abs(x) * 60))
	return strconv.Itoa(minutes/60) + "°" + pad(minutes%60) + "′"
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
