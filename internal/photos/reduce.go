package photos

import (
	"image"
	"image/color"
)

// paper shows through transparent pixels: the page's own colour in light mode
// (design token "paper"), so that a cut-out sits on the page without a frame.
var paper = color.NRGBA{R: 0xFB, G: 0xF8, B: 0xF3, A: 0xFF}

// flatten returns an opaque copy of img on paper, each side divided by factor
// (rounded up) by averaging. It goes row by row, so that no second full-size
// copy exists, and never hands a palette to the resizer, which dies of an
// index outside of it (CVE-2023-36308).
func flatten(img image.Image, factor int) *image.NRGBA {
	b := img.Bounds()
	width, height := (b.Dx()+factor-1)/factor, (b.Dy()+factor-1)/factor
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	read := rowReader(img)
	row := make([]uint8, 3*b.Dx())
	sums := make([]uint32, 3*width)
	for y := range height {
		clear(sums)
		first, last := y*factor, min((y+1)*factor, b.Dy())
		for sy := first; sy < last; sy++ {
			read(b.Min.Y+sy, row)
			for x := range b.Dx() {
				sum, px := sums[x/factor*3:][:3], row[3*x:][:3]
				sum[0] += uint32(px[0])
				sum[1] += uint32(px[1])
				sum[2] += uint32(px[2])
			}
		}
		line := out.Pix[y*out.Stride:]
		for x := range width {
			n := uint32((last - first) * (min((x+1)*factor, b.Dx()) - x*factor))
			for i := range 3 {
				line[4*x+i] = uint8((sums[3*x+i] + n/2) / n)
			}
			line[4*x+3] = 0xFF
		}
	}
	return out
}

// rowReader returns a function that reads line y of img into 8-bit RGB on
// paper. The common kinds are read directly; the rest pixel by pixel.
func rowReader(img image.Image) func(y int, row []uint8) {
	b := img.Bounds()
	switch img := img.(type) {
	case *image.Paletted:
		return palettedRows(img)
	case *image.NRGBA:
		return func(y int, row []uint8) {
			pix := img.Pix[img.PixOffset(b.Min.X, y):]
			for x := range b.Dx() {
				a := uint32(pix[4*x+3])
				row[3*x] = blend(pix[4*x], paper.R, a)
				row[3*x+1] = blend(pix[4*x+1], paper.G, a)
				row[3*x+2] = blend(pix[4*x+2], paper.B, a)
			}
		}
	case image.RGBA64Image:
		return func(y int, row []uint8) {
			for x := range b.Dx() {
				putOnPaper(row[3*x:], img.RGBA64At(b.Min.X+x, y))
			}
		}
	}
	return func(y int, row []uint8) {
		for x := range b.Dx() {
			putOnPaper(row[3*x:], color.RGBA64Model.Convert(img.At(b.Min.X+x, y)).(color.RGBA64))
		}
	}
}

func palettedRows(img *image.Paletted) func(y int, row []uint8) {
	// Every byte is a valid index here; those outside the palette are paper.
	var table [256][3]uint8
	for i := range table {
		table[i] = [3]uint8{paper.R, paper.G, paper.B}
		if i < len(img.Palette) {
			putOnPaper(table[i][:], color.RGBA64Model.Convert(img.Palette[i]).(color.RGBA64))
		}
	}
	b := img.Bounds()
	return func(y int, row []uint8) {
		pix := img.Pix[img.PixOffset(b.Min.X, y):]
		for x := range b.Dx() {
			copy(row[3*x:3*x+3], table[pix[x]][:])
		}
	}
}

func blend(v, under uint8, alpha uint32) uint8 {
	return uint8((uint32(v)*alpha + uint32(under)*(255-alpha) + 127) / 255)
}

// putOnPaper composes a premultiplied 16-bit colour over paper.
func putOnPaper(dst []uint8, c color.RGBA64) {
	rest := 0xFFFF - uint32(c.A)
	dst[0] = uint8((uint32(c.R)*255 + uint32(paper.R)*rest + 0x7FFF) / 0xFFFF)
	dst[1] = uint8((uint32(c.G)*255 + uint32(paper.G)*rest + 0x7FFF) / 0xFFFF)
	dst[2] = uint8((uint32(c.B)*255 + uint32(paper.B)*rest + 0x7FFF) / 0xFFFF)
}
