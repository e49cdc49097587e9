package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"awil/assets/demo"
)

// The photo is as a common phone takes it: 12 megapixels, held upright, so that
// the picture lies on its side and EXIF says how to turn it.
const (
	phoneWidth   = 4000
	phoneHeight  = 3000
	phoneQuality = 92
	turnRight    = 6 // EXIF orientation
	motif        = "photos/shyrdak-rug.jpg"
)

// phoneJPEG is a JPEG file without its first two bytes, the start mark, so that
// segments can be put in front.
type phoneJPEG []byte

// phonePhoto enlarges a photo of the demo programme to a phone's size, with
// the grain of a small sensor: without it the file would be too easy to read.
func phonePhoto() (phoneJPEG, error) {
	file, err := demo.Files.Open(motif)
	if err != nil {
		return nil, fmt.Errorf("photo to measure with: %w", err)
	}
	defer file.Close()
	small, err := jpeg.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("photo to measure with: %w", err)
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, enlarge(small, phoneWidth, phoneHeight), &jpeg.Options{Quality: phoneQuality}); err != nil {
		return nil, fmt.Errorf("photo to measure with: %w", err)
	}
	return buf.Bytes()[2:], nil
}

// numbered is the photo as a file, different for each n: the same bytes would
// be known already.
func (p phoneJPEG) numbered(n int) []byte {
	comment := binary.BigEndian.AppendUint32([]byte("shot "), uint32(n))
	file := []byte{0xff, 0xd8}
	file = appendSegment(file, 0xe1, exifOrientation(turnRight))
	file = appendSegment(file, 0xfe, comment)
	return append(file, p...)
}

func appendSegment(file []byte, marker byte, content []byte) []byte {
	file = append(file, 0xff, marker)
	file = binary.BigEndian.AppendUint16(file, uint16(len(content)+2))
	return append(file, content...)
}

// exifOrientation is an EXIF block that holds nothing else (TIFF 6.0, one
// directory of one entry).
func exifOrientation(orientation uint16) []byte {
	block := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	block = binary.BigEndian.AppendUint16(block, orientation)
	return append(block, 0, 0, 0, 0, 0, 0)
}

// enlarge scales a picture up between its points and adds grain, the same each
// time.
func enlarge(from image.Image, width, height int) *image.RGBA {
	b := from.Bounds()
	source := image.NewRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			source.Set(x, y, from.At(x, y))
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	grain := uint32(1)
	for y := range height {
		fy := y * (b.Dy() - 1) * 256 / height
		for x := range width {
			fx := x * (b.Dx() - 1) * 256 / width
			c := between(source, b.Min.X+fx/256, b.Min.Y+fy/256, fx%256, fy%256)
			grain ^= grain << 13
			grain ^= grain >> 17
			grain ^= grain << 5
			out.SetRGBA(x, y, grainy(c, int(grain%17)-8))
		}
	}
	return out
}

// between mixes four neighbours; dx and dy are 256ths of the way to the next.
func between(p *image.RGBA, x, y, dx, dy int) (c [3]int) {
	i := p.PixOffset(x, y)
	for channel := range c {
		at := func(offset int) int { return int(p.Pix[i+offset+channel]) }
		top := at(0)*(256-dx) + at(4)*dx
		bottom := at(p.Stride)*(256-dx) + at(p.Stride+4)*dx
		c[channel] = (top*(256-dy) + bottom*dy) >> 16
	}
	return c
}

func grainy(c [3]int, grain int) color.RGBA {
	tone := func(v int) uint8 { return uint8(min(max(v+grain, 0), 255)) }
	return color.RGBA{R: tone(c[0]), G: tone(c[1]), B: tone(c[2]), A: 255}
}
