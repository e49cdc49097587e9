package photos

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"runtime"
	"strings"
	"testing"

	"awil/internal/errs"
)

// pngHeader is a PNG that claims a size and then begins its pixels.
func pngHeader(width, height uint32, depth, colorType byte) []byte {
	body := binary.BigEndian.AppendUint32(nil, width)
	body = binary.BigEndian.AppendUint32(body, height)
	body = append(body, depth, colorType, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", body)...)
	if colorType == 3 {
		out = append(out, pngChunk("PLTE", []byte{1, 2, 3})...)
	}
	return append(out, pngChunk("IDAT", nil)...)
}

// jpegHeader is a JPEG that claims a size and holds no pixels.
func jpegHeader(sof byte, precision byte, width, height uint16, components byte) []byte {
	body := []byte{precision}
	body = binary.BigEndian.AppendUint16(body, height)
	body = binary.BigEndian.AppendUint16(body, width)
	body = append(body, components)
	for c := range components {
		body = append(body, c+1, 0x11, 0)
	}
	out := append([]byte{0xFF, markerSOI}, segment(sof, body)...)
	out = append(out, segment(markerSOS, []byte{components, 1, 0, 0, 63, 0})...)
	return append(out, 0xFF, markerEOI)
}

func webpHeader(width, height uint32, flags byte, chunk string, data []byte) []byte {
	head := []byte{flags, 0, 0, 0, byte(width - 1), byte((width - 1) >> 8), byte((width - 1) >> 16), byte(height - 1), byte((height - 1) >> 8), byte((height - 1) >> 16)}
	body := []byte("WEBPVP8X\x0a\x00\x00\x00")
	body = append(body, head...)
	body = append(body, chunk...)
	body = binary.LittleEndian.AppendUint32(body, uint32(len(data)))
	body = append(body, data...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func rejectionOf(t testing.TB, err error) *Rejected {
	t.Helper()
	var r *Rejected
	if !errors.As(err, &r) {
		t.Fatalf("not a rejection: %v", err)
	}
	return r
}

func TestRejections(t *testing.T) {
	photo := jpegBytes(t, quarters(300, 200))
	picture := pngBytes(t, quarters(300, 200))
	tests := []struct {
		name   string
		file   []byte
		reason Reason
		format string
	}{
		{"nothing", nil, NotPicture, ""},
		{"text", []byte("Assalawma áleykum"), NotPicture, ""},
		{"a JPEG's first byte", photo[:1], NotPicture, ""},
		{"HTML posing as a picture", []byte("<html><img src=x></html>"), NotPicture, ""},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), Unsupported, "HEIC"},
		{"AVIF", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"), Unsupported, "AVIF"},
		{"video", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00mp42isom"), Unsupported, "MP4"},
		{"GIF", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), Unsupported, "GIF"},
		{"PDF", []byte("%PDF-1.7\n"), Unsupported, "PDF"},
		{"TIFF", []byte("II*\x00\x08\x00\x00\x00"), Unsupported, "TIFF"},
		{"BMP", []byte("BM\x46\x00\x00\x00\x00\x00\x00\x00\x36"), Unsupported, "BMP"},
		{"SVG", []byte("<?xml version=\"1.0\"?><svg onload=\"x\"/>"), Unsupported, "SVG"},
		{"animated WebP", webpHeader(10, 10, webpAnimated, "ANIM", make([]byte, 6)), Unsupported, "WebP animation"},
		{"arithmetic JPEG", jpegHeader(0xC9, 8, 10, 10, 3), Unsupported, "JPEG (lossless or arithmetic)"},
		{"12-bit JPEG", jpegHeader(markerSOF1, 12, 10, 10, 3), Unsupported, "JPEG (12 bit)"},
		{"palette bomb", pngHeader(12000, 12000, 8, 3), TooManyPixels, "PNG"},
		{"one-bit bomb", pngHeader(50000, 50000, 1, 0), TooManyPixels, "PNG"},
		{"wide PNG", pngHeader(30000, 1, 8, 2), TooManyPixels, "PNG"},
		{"deep PNG", pngHeader(7000, 7000, 16, 6), TooManyPixels, "PNG"},
		{"JPEG bomb", jpegHeader(markerSOF0, 8, 65535, 65535, 3), TooManyPixels, "JPEG"},
		{"progressive bomb", jpegHeader(markerSOF2, 8, 7000, 7000, 3), TooManyPixels, "JPEG"},
		{"WebP bomb", webpHeader(16000, 16000, 0, "VP8L", []byte{0x2f, 0, 0, 0, 0, 0}), TooManyPixels, "WebP"},
		{"WebP with two sizes", webpHeader(10, 10, 0, "VP8L", []byte{0x2f, 0xff, 0xff, 0xff, 0x0f, 0}), Broken, "WebP"},
		{"empty JPEG", jpegHeader(markerSOF0, 8, 0, 10, 3), Broken, "JPEG"},
		{"two frames", append(jpegHeader(markerSOF0, 8, 10, 10, 3)[:21], jpegHeader(markerSOF0, 8, 10, 10, 3)[2:]...), Broken, "JPEG"},
		{"JPEG cut in the head", photo[:100], Broken, "JPEG"},
		{"JPEG cut in the picture", photo[:len(photo)-200], Broken, "JPEG"},
		{"JPEG of zeros", append(append([]byte{}, photo[:20]...), make([]byte, 500)...), Broken, "JPEG"},
		{"PNG cut in the head", picture[:20], Broken, "PNG"},
		{"PNG cut in the picture", picture[:len(picture)-40], Broken, "PNG"},
		{"WebP cut", fixture(t, "lossless.webp")[:500], Broken, "WebP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewMaker().jpegs(t.Context(), bytesSource(tt.file))
			r := rejectionOf(t, err)
			if r.Reason != tt.reason || r.Format != tt.format {
				t.Errorf("%v, want %s (%s)", r, tt.reason, tt.format)
			}
			if errs.KindOf(err) != errs.Invalid || !errors.Is(err, errs.Invalid) {
				t.Errorf("kind %v", errs.KindOf(err))
			}
		})
	}
}

// A refused bomb must not have cost memory: a palette picture of 144
// megapixels in a file of 20 KB.
func TestBombsAreCheap(t *testing.T) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	row := make([]byte, 1+12000/8)
	for range 12000 {
		if _, err := z.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	head := pngHeader(12000, 12000, 1, 3)
	bomb := append(head[:len(head)-12], pngChunk("IDAT", packed.Bytes())...)
	bomb = append(bomb, pngChunk("IEND", nil)...)
	if len(bomb) > 20_000 {
		t.Fatalf("the bomb is %d bytes", len(bomb))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := NewMaker().jpegs(t.Context(), bytesSource(bomb))
	runtime.ReadMemStats(&after)
	if r := rejectionOf(t, err); r.Reason != TooManyPixels {
		t.Errorf("%v", r)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("refusing took %d bytes", used)
	}
}

func TestLimits(t *testing.T) {
	for name, tt := range map[string]struct {
		file []byte
		fits bool
	}{
		"a 50-megapixel phone":        {jpegHeader(markerSOF0, 8, 8192, 6144, 3), true},
		"a progressive 24":            {jpegHeader(markerSOF2, 8, 6000, 4000, 3), true},
		"one more row than 50 × 2^20": {pngHeader(10240, 5121, 8, 3), false},
		"exactly 50 × 2^20":           {pngHeader(10240, 5120, 8, 3), true},
		"RGBA at the limit":           {pngHeader(10240, 5120, 8, 6), true},
		"a panorama":                  {jpegHeader(markerSOF0, 8, 16000, 3000, 3), true},
		"a longer one":                {jpegHeader(markerSOF0, 8, MaxSide+1, 100, 3), false},
	} {
		h, err := inspect(tt.file)
		if (err == nil) != tt.fits {
			t.Errorf("%s: %d × %d, %v", name, h.width, h.height, err)
		}
	}
}

func TestRejectedMessages(t *testing.T) {
	for _, reason := range Reasons() {
		r := &Rejected{Reason: reason, Format: "HEIC"}
		if r.MessageKey() != "errors.photo_"+string(reason) || len(r.MessageArgs())%2 != 0 {
			t.Errorf("%s: %s %v", reason, r.MessageKey(), r.MessageArgs())
		}
		want := errs.Invalid
		if reason == TooLarge {
			want = errs.TooLarge
		}
		if errs.KindOf(r) != want || !errors.Is(r, want) {
			t.Errorf("%s is %v", reason, errs.KindOf(r))
		}
		if !strings.Contains(r.Error(), string(reason)) {
			t.Errorf("text %q", r.Error())
		}
	}
	if args := (&Rejected{Reason: TooLarge}).MessageArgs(); args[1] != 40 {
		t.Errorf("the largest upload is said to be %v MB", args[1])
	}
}

func TestExifOrientation(t *testing.T) {
	for want := 1; want <= 8; want++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			if got := exifOrientation(tiff(order, want)); got != want {
				t.Errorf("%v: %d, want %d", order, got, want)
			}
		}
	}
	for _, broken := range [][]byte{
		nil, []byte("II*\x00"), []byte("XX*\x00\x08\x00\x00\x00"), []byte("MM\x00*\xff\xff\xff\xff"),
		tiff(binary.LittleEndian, 9), tiff(binary.LittleEndian, 0), tiff(binary.BigEndian, 6)[:25],
	} {
		if got := exifOrientation(broken); got != 1 {
			t.Errorf("%q: %d", broken, got)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(withSegments(jpegBytes(f, quarters(20, 10)), exifSegment(6), segment(markerAPP2, append([]byte("ICC_PROFILE\x00\x01\x01"), displayP3()...))))
	f.Add(withChunks(pngBytes(f, quarters(20, 10)), pngChunk("eXIf", tiff(binary.BigEndian, 3)), pngChunk("iCCP", zipped("P3\x00\x00", displayP3()))))
	f.Add(cmykJPEG(f, 16, [4]uint8{0, 255, 255, 0}))
	f.Add(pngBytes(f, image.NewPaletted(image.Rect(0, 0, 5, 5), color.Palette{madder})))
	f.Add(jpegHeader(markerSOF2, 8, 20, 20, 3))
	f.Add(webpHeader(10, 10, 0, "VP8L", []byte{0x2f, 0, 0, 0, 0, 0}))
	for _, name := range []string{"lossy.webp", "alpha.webp", "lossless.webp"} {
		f.Add(fixture(f, name))
	}
	m := NewMaker()
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := inspect(data)
		if err != nil {
			rejectionOf(t, err)
			return
		}
		if h.width < 1 || h.height < 1 || h.width > MaxSide || h.height > MaxSide || h.width*h.height > MaxPixels ||
			h.orientation < 1 || h.orientation > 8 || h.bytesPerPixel <= 0 {
			t.Fatalf("let through: %+v", h)
		}
		newConversion(h.profile)
		if h.width*h.height > 1<<16 {
			return
		}
		if _, err := m.jpegs(t.Context(), bytesSource(data)); err != nil {
			rejectionOf(t, err)
		}
	})
}
