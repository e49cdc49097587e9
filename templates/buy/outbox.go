package buy

import (
	"regexp"
	"strings"
	"time"

	"awil/templates/layout"
)

// Letter is a mail that was kept instead of sent.
type Letter struct {
	ID      string
	To      string
	Subject string
	At      time.Time
	Text    string
	HTML    string
}

// Outbox lists the letters, newest first.
type Outbox struct {
	layout.Base
	Letters []Letter
}

// OneLetter shows a letter as its reader would see it.
type OneLetter struct {
	layout.Base
	Letter Letter
}

// frame is the letter for a frame of its own: its links open in the window
// around it.
func (l Letter) frame() string {
	const base = `<base target="_top">`
	if strings.Contains(l.HTML, "<head>") {
		return strings.Replace(l.HTML, "<head>", "<head>"+base, 1)
	}
	return base + l.HTML
}

// piece is a run of a letter's text; Href is set where it is an address.
type piece struct{ Text, Href string }

var webAddress = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:)]`)

// pieces cuts a letter's text where addresses begin and end.
func (l Letter) pieces() []piece {
	var list []piece
	rest := l.Text
	for {
		at := webAddress.FindStringIndex(rest)
		if at == nil {
			return append(list, piece{Text: rest})
		}
		url := rest[at[0]:at[1]]
		list = append(list, piece{Text: rest[:at[0]]}, piece{Text: url, Href: url})
		rest = rest[at[1]:]
	}
}
