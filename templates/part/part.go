// Package part holds the pieces that pages are put together from: fields with
// their problems, cards, pictures, steps. Each takes the page's base, for its
// words and addresses, and a small struct.
package part

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"awil/templates/layout"
)

// Input describes one field of a form. The input's name is its id as well, and
// the key under which b.Problems holds what is wrong with it.
type Input struct {
	Name         string
	ID           string // where a page has the name more than once; empty: the name
	Label        string
	Hint         string // one quiet sentence between label and field
	Value        string
	Type         string // "text" when empty
	Autocomplete string // a token of the HTML standard, such as "postal-code"; "off" where it makes no sense
	Mode         string // inputmode: "numeric", "email", "tel" …
	Placeholder  string
	Lang         string // BCP 47, where the text is not in the page's language
	Max          int    // longest text in characters; 0: no limit of its own
	Rows         int    // of a text area; 0: four
	Required     bool
	Optional     bool // says "(if any)" after the label
	Half         bool // shares a row of a .leaf with its neighbour
	Attrs        templ.Attributes
}

// id makes an element id out of a name such as "variants[0].price".
func (in Input) id() string {
	if in.ID != "" {
		return in.ID
	}
	return elementID(in.Name)
}

func elementID(name string) string { return intoID.Replace(name) }

// intoID is made once: making it takes far longer than using it.
var intoID = strings.NewReplacer("[", "-", "]", "", ".", "-")

func (in Input) inputType() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

// describedBy names the hint and the problem, whichever are there.
func (in Input) describedBy(problem string) string {
	var ids []string
	if in.Hint != "" {
		ids = append(ids, in.id()+"-hint")
	}
	if problem != "" {
		ids = append(ids, in.id()+"-problem")
	}
	return strings.Join(ids, " ")
}

// sentence is what stands under the field: the server's words, or those the
// browser's own check should show.
func (in Input) sentence(b layout.Base, problem string) string {
	switch {
	case problem != "":
		return problem
	case in.Type == "email":
		return b.T("errors.email")
	case in.Required:
		return b.T("errors.required")
	default:
		return ""
	}
}

// Option is one entry of a Select.
type Option struct {
	Value, Text string
	Lang        string // BCP 47, where the text is not in the page's language
}

// Choice is one of several radio buttons, drawn as a slip that is the target.
type Choice struct {
	Value string
	Text  string
	Aside string // at the end of the line: a price
	Hint  string // second line
}

// Checkbox is one box with its words.
type Checkbox struct {
	Name     string
	Value    string // "on" when empty
	Text     string
	Checked  bool
	Required bool
	Count    string // at the end of the line: how many there are
}

func (c Checkbox) value() string {
	if c.Value == "" {
		return "on"
	}
	return c.Value
}

func (c Checkbox) id() string {
	if c.Value == "" {
		return elementID(c.Name)
	}
	return elementID(c.Name + "-" + c.Value)
}

// Picture is a photo in the sizes the server keeps.
type Picture struct {
	Key           string
	Widths        []int // of the renditions, in pixels, rising
	Width, Height int   // of the upright original, for its proportions
	AVIF          bool  // there are AVIF renditions too
	Alt           string
	Color         string // "#rrggbb", the ground until the picture arrives
	Placeholder   string // data URI of a tiny blurred picture; empty: the colour alone
}

// Show says how a picture is used on the page.
type Show struct {
	Sizes string // the sizes attribute; empty: "100vw"
	Eager bool   // in view from the start: fetched at once and first
	Class string
}

// The sizes attributes of the places pictures stand in.
const (
	SizesCard    = "(min-width: 80rem) 18rem, (min-width: 60rem) 23vw, (min-width: 40rem) 30vw, 45vw"
	SizesHero    = "(min-width: 56rem) 60vw, 100vw"
	SizesGallery = "(min-width: 80rem) 42rem, (min-width: 56rem) 55vw, 100vw"
	SizesThumb   = "10rem"
	SizesLine    = "5rem"
	SizesStory   = "(min-width: 56rem) 40vw, 100vw"
)

// isPictureURI accepts data:image/TYPE;base64,DATA and nothing that could end
// the string it is put into.
func isPictureURI(s string) bool {
	rest, ok := strings.CutPrefix(s, "data:image/")
	kind, data, found := strings.Cut(rest, ";base64,")
	return ok && found && isAlphabet(kind, "+-") && isAlphabet(data, "+/=")
}

func isAlphabet(s, also string) bool {
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(also, r) {
			return false
		}
	}
	return true
}

func isColor(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	_, err := strconv.ParseUint(s[1:], 16, 32)
	return err == nil
}

// Card is a product on a shelf: picture, name, where from, price; nothing else.
type Card struct {
	Href     string
	Name     string
	NameLang string // BCP 47, where the name is not in the page's language
	Village  string
	Producer string
	Price    string // formatted; empty where the market does not sell it
	Picture  Picture
	Eager    bool
}

// Step is one stage of a way: how it travels, how an order stands.
type Step struct {
	Label string // small, above: "Day 1", a date
	Title string
	Text  string
	State StepState
	Body  templ.Component // further content under the text; may be nil
}

// StepState says whether a stage is behind, here or ahead.
type StepState string

// The states of a step; a way that nobody walks yet has none.
const (
	StepPlain StepState = ""
	StepDone  StepState = "done"
	StepHere  StepState = "here"
	StepLater StepState = "later"
)

// Fact is a term and what it is.
type Fact struct {
	Term string
	Text string
	Body templ.Component // instead of the text
}

// Row is one line of a sum.
type Row struct {
	Term   string
	Amount string // formatted
	Total  bool
}

// Pages is the place in a numbered list.
type Pages struct {
	Current, Last int
	URL           func(page int) string
}

// shown lists the page numbers to draw; 0 stands for a gap.
func (p Pages) shown() []int {
	var list []int
	for n := 1; n <= p.Last; n++ {
		near := n >= p.Current-1 && n <= p.Current+1
		if n == 1 || n == p.Last || near {
			list = append(list, n)
		} else if list[len(list)-1] != 0 {
			list = append(list, 0)
		}
	}
	return list
}

// Empty is a place where nothing is yet: the ornament, a sentence, a way on.
type Empty struct {
	Title  string
	Text   string
	Action layout.Link // empty Href: none
}
