// Package csvsafe keeps table files harmless to whoever opens them in a
// spreadsheet.
package csvsafe

import "strings"

const (
	formulas   = "=+-@＝＋－＠"
	separators = ";\t\r\n"
	passedOver = " \"\u00A0\u200B\uFEFF" // what programs drop before they look
)

// Cell puts an apostrophe before whatever a spreadsheet would run as a formula:
// at the beginning of a cell, and after what some countries' spreadsheets part
// cells at, though the file parts them at commas. Names and notes come from
// strangers.
func Cell(text string) string {
	if !strings.ContainsAny(text, formulas+"\t\r") {
		return text
	}
	var b strings.Builder
	begins := true
	for i, r := range text {
		switch {
		case strings.ContainsRune(separators, r):
			if i == 0 && r != ';' {
				b.WriteByte('\'')
			}
			begins = true
		case begins && strings.ContainsRune(formulas, r):
			b.WriteByte('\'')
			begins = false
		case !strings.ContainsRune(passedOver, r):
			begins = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
