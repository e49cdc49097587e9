package layout

// Link is one entry of a menu; its text is in the page's language already.
type Link struct {
	Href    string
	Text    string
	Count   int // shown beside the text when not zero: what waits there
	Icon    string
	Current bool // this is where the visitor is
}

// Nav is what the header and the footer link to.
type Nav struct {
	Main   []Link // the header's places: categories, villages
	Sub    []Link // the desk's places below the one where the visitor is
	Shop   []Link // the footer's columns
	Makers []Link
	Help   []Link
}
