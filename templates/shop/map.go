package shop

import (
	"math"
	"strconv"
	"strings"

	"awil/templates/layout"
)

// Map is a small drawing of where villages lie, made on the server from their
// coordinates: no tiles, no script, nothing fetched from others.
type Map struct {
	ID    string // of the drawing on its page
	Label string // says in words what the drawing shows
	Here  []Point
	Wide  bool // for several villages, with room to name them
}

// Point is a village on a map.
type Point struct {
	Name                string
	Lang                string // BCP 47, where the name is not in the page's language
	Href                string // empty: the page is about it
	Group               string // where a list on the page names those around it; empty: nowhere
	Goods               int    // who has more is named first
	Latitude, Longitude float64
}

// sketch is a map worked out to the coordinates of its drawing.
type sketch struct {
	w, h   float64
	frame  frame
	paths  []stroke
	grid   string
	labels []label
	pins   []pin
	towns  []spot
}

type stroke struct{ class, d string }

// spot is a town to find one's way by.
type spot struct{ x, y float64 }

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

// sizes of the letters of names; the stylesheet writes none larger.
const (
	nameSize     = 14.0
	nameSizeWide = 13.5
	townSize     = 10.0
)

func (m Map) sketch(b layout.Base) sketch {
	w, h, least, size := 220.0, 236.0, leastSpan, nameSize
	if m.Wide {
		w, h, least, size = 360, 290, leastSpanWide, nameSizeWide
	}
	f := frameOf(m.Here, w, h, least)
	s := sketch{w: w, h: h, frame: f, grid: f.graticule()}
	s.pins = f.pins(m.Here)
	var taken []box
	for _, k := range s.pins {
		taken = append(taken, k.room())
	}
	s.drawWaters()
	s.namePins(&taken, size)
	s.nameTowns(b, m.Here, &taken)
	s.nameWaters(b, &taken)
	s.nameParallels(taken)
	return s
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
