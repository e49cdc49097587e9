package bench

import (
	"encoding/json"
	"fmt"
	"io"
)

// Figure is one thing that was measured, beside its yardstick.
type Figure struct {
	Name string  `json:"name"`
	Unit string  `json:"unit"`
	Ours float64 `json:"ours"`
	// Yardstick is the same of the program we compare with; nil where there is
	// nothing to compare with.
	Yardstick *float64 `json:"yardstick"`
	// Ratio is Ours divided by Yardstick.
	Ratio *float64 `json:"ratio"`
	// Goal limits Ratio where there is a yardstick, else Ours; nil where we
	// have set ourselves none.
	Goal *float64 `json:"goal"`
	// Holds tells whether the goal is reached; nil without a goal, and where
	// its yardstick could not be measured.
	Holds *bool `json:"holds"`

	beside  string // what the yardstick is
	ofRatio bool   // the goal limits the ratio
	atMost  bool   // the goal is an upper limit
}

// withYardstick compares: value is what beside achieved in the same rounds.
func (f Figure) withYardstick(beside string, value float64) Figure {
	f.beside, f.Yardstick = beside, &value
	if value > 0 {
		ratio := f.Ours / value
		f.Ratio = &ratio
	}
	return f.judge()
}

// atLeast sets a goal for the ratio, which must not be below it.
func (f Figure) atLeast(goal float64) Figure {
	f.Goal, f.ofRatio = &goal, true
	return f.judge()
}

// ratioAtMost sets a goal for the ratio, which must not exceed it.
func (f Figure) ratioAtMost(goal float64) Figure {
	f.Goal, f.ofRatio, f.atMost = &goal, true, true
	return f.judge()
}

// limit sets a goal for the figure itself, which must not exceed it.
func (f Figure) limit(goal float64) Figure {
	f.Goal, f.atMost = &goal, true
	holds := f.Ours <= goal
	f.Holds = &holds
	return f
}

// judge compares the ratio with its goal once both are known.
func (f Figure) judge() Figure {
	if !f.ofRatio || f.Ratio == nil {
		return f
	}
	holds := *f.Ratio >= *f.Goal
	if f.atMost {
		holds = *f.Ratio <= *f.Goal
	}
	f.Holds = &holds
	return f
}

// goal is the goal in words.
func (f Figure) goal() string {
	switch {
	case f.Goal == nil:
		return ""
	case !f.ofRatio:
		return "≤ " + exact(*f.Goal) + " " + f.Unit
	case f.atMost:
		return "≤ " + exact(*f.Goal) + " ×"
	}
	return "≥ " + exact(*f.Goal) + " ×"
}

// verdict says in a word whether the goal is reached.
func (f Figure) verdict() string {
	switch {
	case f.Goal == nil:
		return ""
	case f.Holds == nil:
		return "not measured"
	case *f.Holds:
		return "holds"
	}
	return "missed"
}

// writeJSON prints one line a figure.
func writeJSON(w io.Writer, figures []Figure) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, f := range figures {
		if err := enc.Encode(f); err != nil {
			return fmt.Errorf("print figures: %w", err)
		}
	}
	return nil
}
