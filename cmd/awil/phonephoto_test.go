package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// phonePhoto writes a picture as a phone held upright takes it: 12 megapixels
// lying on their side, with EXIF that says so (orientation 6: turn a quarter to
// the right) and where it was taken. Upright, its upper left quarter is red and
// its upper right one blue.
func phonePhoto(t *testing.T) string {
	t.Helper()
	const width, height = 4032, 3024
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for y := range height {
		for x := range width {
			setPixel(img, x, y, quarter(x < width/2, y < height/2))
		}
	}
	var body bytes.Buffer
	if err := jpeg.Encode(&body, img, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	exif := phoneEXIF()
	var file bytes.Buffer
	file.Write(body.Bytes()[:2]) // start of image
	file.Write([]byte{0xFF, 0xE1})
	_ = binary.Write(&file, binary.BigEndian, uint16(len(exif)+2))
	file.Write(exif)
	file.Write(body.Bytes()[2:])
	path := filepath.Join(t.TempDir(), "IMG_0042.jpg")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// quarter is the colour of a quarter of the picture as it lies.
func quarter(left, top bool) color.RGBA {
	switch {
	case left && !top:
		return color.RGBA{R: 200, G: 30, B: 30, A: 255}
	case left:
		return color.RGBA{R: 30, G: 30, B: 200, A: 255}
	default:
		return color.RGBA{R: 220, G: 210, B: 180, A: 255}
	}
}

func setPixel(img *image.YCbCr, x, y int, c color.RGBA) {
	luma, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
	img.Y[img.YOffset(x, y)] = luma
	img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)] = cb, cr
}

// phoneEXIF is a segment with orientation and position, as TIFF 6.0 and EXIF
// 2.32 lay them out.
func phoneEXIF() []byte {
	const (
		short, ascii, long, rational = 3, 2, 4, 5
		gpsAt                        = 8 + 2 + 2*12 + 4
		latitudeAt                   = gpsAt + 2 + 2*12 + 4
	)
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v)
		}
	}
	entry := func(tag, kind uint16, count, value uint32) { put(tag, kind, count, value) }
	put([]byte("II"), uint16(42), uint32(8), uint16(2))
	entry(0x0112, short, 1, 6)
	entry(0x8825, long, 1, gpsAt)
	put(uint32(0), uint16(2))
	entry(0x0001, ascii, 2, uint32('N'))
	entry(0x0002, rational, 3, latitudeAt)
	put(uint32(0), uint32(43), uint32(1), uint32(46), uint32(1), uint32(12), uint32(1))
	return append([]byte("Exif\x00\x00"), b.Bytes()...)
}

// wantUpright checks a rendition as buyers get it.
func wantUpright(t *testing.T, address string, file []byte) {
	t.Helper()
	for _, trace := range []string{"Exif", "GPS", "IMG_0042"} {
		if bytes.Contains(file, []byte(trace)) {
			t.Errorf("%s carries %q of the original", address, trace)
		}
	}
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Errorf("%s: %v", address, err)
		return
	}
	size := img.Bounds()
	if size.Dx() >= size.Dy() {
		t.Errorf("%s is %v: it lies on its side", address, size)
	}
	left, right := img.At(size.Dx()/4, size.Dy()/4), img.At(3*size.Dx()/4, size.Dy()/4)
	lr, _, lb, _ := left.RGBA()
	rr, _, rb, _ := right.RGBA()
	if lr < 2*lb || rb < 2*rr {
		t.Errorf("%s is %v above left and %v above right, want red and blue", address, left, right)
	}
}
