package payouts

import (
	"bytes"
	"embed"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"awil/internal/money"
)

//go:embed font/*.ttf
var fontFiles embed.FS

// The sheet: A4, in millimetres.
const (
	margin     = 18.0
	paperWidth = 210.0
	lineHeight = 5.2
	bottom     = 297.0 - 20
)

// MostLines is how many lines a printed statement has; a table file has all.
const MostLines = 3000

// PDF writes the document to be printed. The same document makes the same
// bytes.
func (d Document) PDF(each Each) ([]byte, error) {
	s, err := newSheet(d)
	if err != nil {
		return nil, err
	}
	s.head()
	s.summary()
	s.columns()
	more, err := each(func(l Line) error {
		s.line(l)
		return s.pdf.Error()
	})
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	if more {
		s.space(lineHeight)
		s.text(margin, paperWidth-2*margin, "", 9, d.T("money.more"), false)
	}
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	return out.Bytes(), nil
}

// sheet draws from top to bottom; y is where the next line begins.
type sheet struct {
	Document
	pdf *fpdf.Fpdf
	y   float64
}

func newSheet(d Document) (*sheet, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	for _, f := range []struct{ family, style, file string }{
		{"noto", "", "NotoSans-Regular"}, {"noto", "B", "NotoSans-Bold"}, {"motoya", "", "MotoyaLCedar"},
	} {
		bytes, err := fontFiles.ReadFile("font/" + f.file + ".ttf")
		if err != nil {
			return nil, fmt.Errorf("statement: %w", err)
		}
		pdf.AddUTF8FontFromBytes(f.family, f.style, bytes)
	}
	s := &sheet{Document: d, pdf: pdf}
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetTitle(d.Heading()+", "+d.ProducerName, true)
	pdf.SetAuthor(d.Programme, true)
	pdf.SetLang(d.Lang().Tag())
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(d.Until.UTC())
	pdf.SetModificationDate(d.Until.UTC())
	s.page()
	return s, pdf.Error()
}

func (s *sheet) page() {
	s.pdf.AddPage()
	s.y = bottom + 8
	s.text(margin, paperWidth-2*margin, "", 8, s.T("money.page", "n", s.pdf.PageNo()), true)
	s.y = margin
}

// space goes on, on a new page where there is no room for so much more.
func (s *sheet) space(height float64) {
	if s.y += height; s.y > bottom {
		s.page()
	}
}

// run is a piece of text in one font.
type run struct{ family, text string }

// runs takes text apart by what has its letters: Japanese and full-width ones
// the one font, all others the other.
func runs(text string) []run {
	var all []run
	for _, r := range text {
		family := "noto"
		if r >= 0x2E80 {
			family = "motoya"
		}
		if r == '\u202f' {
			r = '\u00a0' // a narrow space, which the font lacks
		}
		if n := len(all); n > 0 && (all[n-1].family == family || r == ' ') {
			all[n-1].text += string(r)
		} else {
			all = append(all, run{family, string(r)})
		}
	}
	return all
}

func (s *sheet) font(family, style string, size float64) {
	if family == "motoya" {
		style = "" // it has no bold
	}
	s.pdf.SetFont(family, style, size)
}

func (s *sheet) width(style string, size float64, text string) float64 {
	w := 0.0
	for _, r := range runs(text) {
		s.font(r.family, style, size)
		w += s.pdf.GetStringWidth(r.text)
	}
	return w
}

// text writes one line within a width, cut where it is too long, and does not
// go on.
func (s *sheet) text(x, width float64, style string, size float64, text string, right bool) {
	text = s.fitting(style, size, text, width)
	if right {
		x += width - s.width(style, size, text)
	}
	for _, r := range runs(text) {
		s.font(r.family, style, size)
		s.pdf.Text(x, s.y+size*0.35, r.text)
		x += s.pdf.GetStringWidth(r.text)
	}
}

func (s *sheet) fitting(style string, size float64, text string, width float64) string {
	if s.width(style, size, text) <= width {
		return text
	}
	letters := []rune(text)
	for len(letters) > 0 && s.width(style, size, string(letters)+"…") > width {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimSpace(string(letters)) + "…"
}

func (s *sheet) rule() {
	s.pdf.SetDrawColor(0xc9, 0xc1, 0xb5)
	s.pdf.Line(margin, s.y, paperWidth-margin, s.y)
	s.space(1.6)
}

func (s *sheet) head() {
	wide := paperWidth - 2*margin
	s.text(margin, wide, "", 9, s.Programme, false)
	s.space(8)
	s.text(margin, wide, "B", 17, s.Heading(), false)
	s.space(9)
	s.text(margin, wide, "B", 11, s.ProducerName, false)
	s.space(6)
	s.text(margin, wide, "", 10, s.Days(), false)
	if draft := s.Draft(); draft != "" {
		s.space(6)
		s.text(margin, wide, "B", 9, draft, false)
	}
	s.space(9)
}

// summary is how it was counted.
func (s *sheet) summary() {
	s.sum("", s.T("money.opening"), s.Opening.Whole())
	for _, sum := range s.Sums() {
		s.sum("", sum.Text, sum.Amount)
	}
	s.rule()
	s.sum("B", s.T("money.closing"), s.Closing.Whole())
	s.sum("", s.T("money.closing.ready"), s.Closing.Payable)
	s.sum("", s.T("money.closing.held"), s.Closing.Held)
	s.space(6)
}

func (s *sheet) sum(style, text string, amount money.Amount) {
	const wide = paperWidth - 2*margin
	s.text(margin, wide-45, style, 10, text, false)
	s.text(margin+wide-45, 45, style, 10, s.Money(amount), true)
	s.space(lineHeight + 0.6)
}

// The columns of the lines: where they begin, and how wide they are.
const (
	dateX, dateW   = margin, 22.0
	whatX, whatW   = dateX + dateW, 84.0
	priceX, priceW = whatX + whatW, 34.0
	yoursX, yoursW = priceX + priceW, paperWidth - margin - priceX - priceW
)

func (s *sheet) columns() {
	s.text(dateX, dateW, "B", 8.5, s.T("money.col.date"), false)
	s.text(whatX, whatW, "B", 8.5, s.T("money.col.what"), false)
	s.text(priceX, priceW, "B", 8.5, s.T("money.col.price"), true)
	s.text(yoursX, yoursW, "B", 8.5, s.T("money.col.yours"), true)
	s.space(lineHeight)
	s.rule()
}

func (s *sheet) line(l Line) {
	details := joined(s.Goods(l), s.Share(l))
	height := lineHeight
	if details != "" {
		height *= 2
	}
	why := s.Why(l)
	if why != "" {
		height += lineHeight
	}
	if s.y+height > bottom {
		s.page()
		s.columns()
	}
	s.text(dateX, dateW, "", 9, s.DateShort(l.At.In(s.Zone)), false)
	s.text(whatX, whatW, "", 9, joined(s.What(l), l.Order()), false)
	if l.Product != "" {
		s.text(priceX, priceW, "", 9, s.Money(l.Price()), true)
	}
	s.text(yoursX, yoursW, "", 9, s.Money(l.Amount()), true)
	s.y += lineHeight
	for _, text := range []string{details, why} {
		if text != "" {
			s.text(whatX, whatW+priceW, "", 8, text, false)
			s.y += lineHeight * 0.9
		}
	}
	s.y += 1.2
}

func joined(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, ", ")
}
