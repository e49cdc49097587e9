package desk

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"

	pages "awil/templates/desk"
)

// qrOf draws a link as a code for a phone's camera. Medium correction survives a crease in the card; the quiet zone
// around it is part of the drawing.
func qrOf(link string) (pages.QR, error) {
	code, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		return pages.QR{}, fmt.Errorf("draw the code of a link: %w", err)
	}
	squares := code.Bitmap()
	return pages.QR{Size: len(squares), Path: squarePath(squares)}, nil
}

// squarePath draws each row's runs of dark squares.
func squarePath(squares [][]bool) string {
	var path strings.Builder
	for y, row := range squares {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
		}
	}
	return path.String()
}
