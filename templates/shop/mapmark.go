package shop

import (
	"cmp"
	"slices"
	"strconv"

	"awil/templates/layout"
)

// pin is a village on a map, or several that lie too close to be told apart:
// the one with most goods stands for them.
type pin struct {
	Point
	x, y  float64
	more  int    // others that it stands for
	group string // where all of them are listed; empty: nowhere
	name  *label // nil: there is no room
}

// How far apart pins stand, in units of the drawing; farther where many would
// make a crowd.
const (
	apart      = 9.0
	apartCrowd = 30.0
	crowd      = 30
)

// pins lays villages out on a map, those with most goods first.
func (f frame) pins(here []Point) []pin {
	least := apart
	if len(here) > crowd {
		least = apartCrowd
	}
	points := slices.Clone(here)
	slices.SortStableFunc(points, func(a, b Point) int {
		return cmp.Or(cmp.Compare(b.Goods, a.Goods), cmp.Compare(a.Name, b.Name))
	})
	var pins []pin
	for _, p := range points {
		x, y := f.point(coord{p.Longitude, p.Latitude})
		i := slices.IndexFunc(pins, func(k pin) bool { return (k.x-x)*(k.x-x)+(k.y-y)*(k.y-y) < least*least })
		if i < 0 {
			pins = append(pins, pin{Point: p, x: x, y: y, group: p.Group})
			continue
		}
		pins[i].more++
	}
	return pins
}

// room is what a pin takes.
func (k pin) room() box {
	if k.more > 0 {
		return box{k.x - 8, k.y - 8, k.x + 8, k.y + 8}
	}
	return box{k.x - 6, k.y - 7, k.x + 6, k.y + 7}
}

// href leads to the village, or to the list that names those around it.
func (k pin) href() string {
	if k.more > 0 && k.group != "" {
		return "#" + k.group
	}
	return k.Href
}

// says is what a pin stands for, in words.
func (k pin) says(b layout.Base) string {
	if k.more > 0 {
		return b.T("browse.map.more", "village", k.Name, "n", k.more)
	}
	return k.Name
}

// others is how many more villages a pin stands for, as it is written on it.
func (k pin) others() string { return "+" + strconv.Itoa(k.more) }

func (k pin) rhomb() string { return "m" + num(k.x) + " " + num(k.y-6.5) + " 5 6.5-5 6.5-5-6.5z" }

// namePins writes names beside the pins. Who finds no room goes first in the
// next try, unless they are many: then most have none.
func (s *sketch) namePins(taken *[]box, size float64) {
	order := make([]int, len(s.pins))
	for i := range order {
		order[i] = i
	}
	const tries = 5
	for try := range tries {
		room, names, without := slices.Clone(*taken), make([]*label, len(s.pins)), []int(nil)
		for _, i := range order {
			if names[i] = s.namePin(&room, s.pins[i], size); names[i] == nil {
				without = append(without, i)
			}
		}
		if len(without) == 0 || try == tries-1 || len(s.pins) > crowd/2 {
			for i := range s.pins {
				s.pins[i].name = names[i]
			}
			*taken = room
			return
		}
		order = append(without, slices.DeleteFunc(order, func(i int) bool { return slices.Contains(without, i) })...)
	}
}

func (s *sketch) namePin(taken *[]box, k pin, size float64) *label {
	gap := 9.0
	if k.more > 0 {
		gap = 11
	}
	l, ok := s.place(taken, k.x, k.y, gap, k.Name, size)
	if !ok {
		return nil
	}
	l.class = "here"
	return &l
}
