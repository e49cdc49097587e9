package photos

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"image/png"
	"os"
	"testing"
)

var (
	madder  = color.NRGBA{R: 0xA6, G: 0x3A, B: 0x2B, A: 0xFF}
	aral    = color.NRGBA{R: 0x1F, G: 0x5C, B: 0x6B, A: 0xFF}
	apricot = color.NRGBA{R: 0xE3, G: 0xA2, B: 0x4A, A: 0xFF}
	ink     = color.NRGBA{R: 0x22, G: 0x1E, B: 0x1A, A: 0xFF}
)

// quarters paints madder, apricot over aral, ink: no two orientations of it
// look the same.
func quarters(width, height int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := [2][2]color.NRGBA{{madder, apricot}, {aral, ink}}[2*y/height][2*x/width]
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func jpegBytes(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := stdjpeg.Encode(&buf, img, &stdjpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func pngBytes(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// tiff builds an EXIF body: camera, orientation, and a GPS position.
func tiff(order binary.AppendByteOrder, orientation int) []byte {
	const gpsAt, positionAt, makeAt = 8 + 2 + 3*12 + 4, 8 + 2 + 3*12 + 4 + 2 + 2*12 + 4, 8 + 2 + 3*12 + 4 + 2 + 2*12 + 4 + 24
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	entry := func(tag, kind uint16, count uint32, value uint32, short bool) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		if short {
			b = order.AppendUint16(order.AppendUint16(b, uint16(value)), 0)
		} else {
			b = order.AppendUint32(b, value)
		}
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	entry(0x010F, 2, 12, makeAt, false)
	entry(tagOrientation, 3, 1, uint32(orientation), true)
	entry(0x8825, 4, 1, gpsAt, false)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 2)
	entry(0x0001, 2, 2, uint32('N')<<24|uint32('N'), false)
	entry(0x0002, 5, 3, positionAt, false)
	b = order.AppendUint32(b, 0)
	for _, v := range []uint32{43, 1, 46, 1, 5999, 100} {
		b = order.AppendUint32(b, v)
	}
	return append(b, "SecretCamera"...)
}

// withSegments inserts marker segments right after the start of a JPEG.
func withSegments(jpeg []byte, segments ...[]byte) []byte {
	out := append([]byte{}, jpeg[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, jpeg[2:]...)
}

func segment(marker byte, body []byte) []byte {
	out := binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2))
	return append(out, body...)
}

func exifSegment(orientation int) []byte {
	return segment(markerAPP1, append([]byte("Exif\x00\x00"), tiff(binary.BigEndian, orientation)...))
}

func pngChunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// withChunks inserts chunks right after the IHDR of a PNG.
func withChunks(file []byte, chunks ...[]byte) []byte {
	const head = 8 + 12 + 13
	out := append([]byte{}, file[:head]...)
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, file[head:]...)
}

// cmykJPEG is a baseline JPEG of four components, each in a scan of its own
// whose bytes come from a grey JPEG of the wanted level. Its Adobe marker makes
// it plain CMYK, where 255 is no ink.
func cmykJPEG(t testing.TB, size int, levels [4]uint8) []byte {
	t.Helper()
	var out []byte
	var scans []byte
	for i, level := range levels {
		grey := image.NewGray(image.Rect(0, 0, size, size))
		for p := range grey.Pix {
			grey.Pix[p] = level
		}
		file := jpegBytes(t, grey)
		sof := bytes.Index(file, []byte{0xFF, markerSOF0})
		sos := bytes.Index(file, []byte{0xFF, markerSOS})
		if i == 0 {
			length := int(binary.BigEndian.Uint16(file[sof+2:]))
			out = append(out, file[:sof]...)
			out = append(out, segment(0xEE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))...)
			body := append([]byte{}, file[sof+4:sof+9]...)
			body = append(body, 4)
			for c := range 4 {
				body = append(body, byte(c+1), 0x11, 0)
			}
			out = append(out, segment(markerSOF0, body)...)
			out = append(out, file[sof+2+length:sos]...)
		}
		scan := append([]byte{}, file[sos:len(file)-2]...)
		scan[5] = byte(i + 1) // the component this scan fills
		scans = append(scans, scan...)
	}
	return append(append(out, scans...), 0xFF, markerEOI)
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func bytesSource(data []byte) source {
	return func() ([]byte, error) { return data, nil }
}

func decodeStd(t testing.TB, data []byte) image.Image {
	t.Helper()
	img, err := stdjpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// near fails unless the colour at a relative place is want, give or take the
// losses of compression.
func near(t testing.TB, img image.Image, atX, atY float64, want color.NRGBA, tolerance int) {
	t.Helper()
	b := img.Bounds()
	x, y := b.Min.X+int(atX*float64(b.Dx())), b.Min.Y+int(atY*float64(b.Dy()))
	got := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
		if d > tolerance || d < -tolerance {
			t.Errorf("at %.2f, %.2f: %v, want %v", atX, atY, got, want)
			return
		}
	}
}
