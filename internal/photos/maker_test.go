package photos

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/disintegration/imaging"
	"github.com/gen2brain/avif"
)

func makeJPEGs(t testing.TB, data []byte) made {
	t.Helper()
	m, err := NewMaker().jpegs(t.Context(), bytesSource(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func widthsOf(m made) []int {
	var widths []int
	for _, r := range m.renditions {
		widths = append(widths, r.width)
	}
	return widths
}

// noTraces fails when metadata of the camera survived.
func noTraces(t testing.TB, data []byte) {
	t.Helper()
	for _, trace := range []string{"Exif", "GPS", "SecretCamera", "II*\x00", "MM\x00*", "http://ns.adobe.com", "ICC_PROFILE"} {
		if bytes.Contains(data, []byte(trace)) {
			t.Errorf("a rendition still holds %q", trace)
		}
	}
}

func TestEveryOrientation(t *testing.T) {
	upright := quarters(240, 180)
	// What a camera stores so that the orientation makes it upright again.
	stored := map[int]image.Image{
		1: upright, 2: imaging.FlipH(upright), 3: imaging.Rotate180(upright), 4: imaging.FlipV(upright),
		5: imaging.Transpose(upright), 6: imaging.Rotate90(upright), 7: imaging.Transverse(upright), 8: imaging.Rotate270(upright),
	}
	check := func(t *testing.T, file []byte) {
		m := makeJPEGs(t, file)
		if w, h := m.upright(); w != 240 || h != 180 {
			t.Errorf("size %d × %d", w, h)
		}
		for _, r := range m.renditions {
			img := decodeStd(t, r.data)
			if img.Bounds() != image.Rect(0, 0, r.width, r.width*180/240) {
				t.Errorf("rendition %d is %v", r.width, img.Bounds())
			}
			near(t, img, .25, .25, madder, 6)
			near(t, img, .75, .25, apricot, 6)
			near(t, img, .25, .75, aral, 6)
			near(t, img, .75, .75, ink, 6)
			noTraces(t, r.data)
		}
	}
	for orientation, img := range stored {
		t.Run(fmt.Sprintf("JPEG %d", orientation), func(t *testing.T) {
			check(t, withSegments(jpegBytes(t, img), exifSegment(orientation)))
		})
		t.Run(fmt.Sprintf("PNG %d", orientation), func(t *testing.T) {
			check(t, withChunks(pngBytes(t, img), pngChunk("eXIf", tiff(binary.LittleEndian, orientation))))
		})
	}
}

// A phone held upright: stored sideways, with the place it was taken.
func TestPhonePhoto(t *testing.T) {
	file := withSegments(jpegBytes(t, imaging.Rotate90(quarters(1800, 2400))), exifSegment(6))
	if !bytes.Contains(file, []byte("SecretCamera")) {
		t.Fatal("the fixture has no traces to remove")
	}
	m := makeJPEGs(t, file)
	if got := widthsOf(m); !slices.Equal(got, []int{160, 400, 800, 1600}) {
		t.Errorf("widths %v", got)
	}
	check := func(width int, img image.Image, data []byte) {
		if b := img.Bounds(); b.Dx() != width || b.Dy() != heightFor(1800, 2400, width) {
			t.Errorf("rendition %d is %v", width, b)
		}
		near(t, img, .25, .25, madder, 8)
		near(t, img, .75, .75, ink, 8)
		noTraces(t, data)
	}
	for _, r := range m.renditions {
		check(r.width, decodeStd(t, r.data), r.data)
	}
	var widths []int
	err := NewMaker().avifs(t.Context(), bytesSource(file), func(r rendition) error {
		widths = append(widths, r.width)
		img, err := avif.Decode(bytes.NewReader(r.data))
		if err != nil {
			return err
		}
		check(r.width, img, r.data)
		return nil
	})
	if err != nil || !slices.Equal(widths, widthsOf(m)) {
		t.Errorf("AVIF %v %v", widths, err)
	}
}

// phonePhoto is a photo as a phone writes it: stored sideways, with the camera and the place in it. AWIL_PHONE_PHOTO names
// another, such as one of full size.
func phonePhoto(t testing.TB) []byte {
	t.Helper()
	name := os.Getenv("AWIL_PHONE_PHOTO")
	if name == "" {
		name = "testdata/phone.jpg"
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRealPhonePhoto(t *testing.T) {
	data := phonePhoto(t)
	h, err := inspect(data)
	if err != nil {
		t.Fatal(err)
	}
	m := makeJPEGs(t, data)
	if h.orientation < 5 || !bytes.Contains(data, []byte("Exif")) {
		t.Fatalf("not a photo to learn from: orientation %d", h.orientation)
	}
	width, height := h.upright()
	for _, r := range m.renditions {
		if b := decodeStd(t, r.data).Bounds(); b.Dx() != r.width || b.Dy() != heightFor(width, height, r.width) {
			t.Errorf("rendition %d is %v", r.width, b)
		}
		noTraces(t, r.data)
		t.Logf("%d: %d bytes", r.width, len(r.data))
	}
	t.Logf("%d × %d, orientation %d, %s, %d bytes of placeholder", width, height, h.orientation, m.color, len(m.placeholder))
}

func TestWidths(t *testing.T) {
	for _, tt := range []struct {
		width, height int
		want          []int
	}{
		{1, 1, []int{1}},
		{100, 80, []int{100}},
		{160, 120, []int{160}},
		{180, 120, []int{160}},
		{399, 300, []int{160, 399}},
		{900, 600, []int{160, 400, 800}},
		{1000, 750, []int{160, 400, 800, 1000}},
		{1599, 1200, []int{160, 400, 800, 1599}},
		{1600, 1200, []int{160, 400, 800, 1600}},
		{8192, 6144, []int{160, 400, 800, 1600}},
		{2600, 20000, []int{160, 400, 800}},
		{20000, 1, []int{160, 400, 800, 1600}},
		{1, 20000, []int{1}},
	} {
		if got := widthsFor(tt.width, tt.height); !slices.Equal(got, tt.want) {
			t.Errorf("%d × %d: %v, want %v", tt.width, tt.height, got, tt.want)
		}
	}
}

func TestKindsOfPictures(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 50, 40))
	deep := image.NewNRGBA64(image.Rect(0, 0, 50, 40))
	clear := image.NewNRGBA(image.Rect(0, 0, 50, 40))
	palette := image.NewPaletted(image.Rect(0, 0, 50, 40), color.Palette{madder, color.Transparent})
	for y := range 40 {
		for x := range 50 {
			grey.SetGray(x, y, color.Gray{Y: 0x80})
			deep.Set(x, y, aral)
			palette.SetColorIndex(x, y, uint8(2*x/50))
		}
	}
	tests := []struct {
		name        string
		file        []byte
		width       int
		left, right color.NRGBA
	}{
		{"grey JPEG", jpegBytes(t, grey), 50, color.NRGBA{0x80, 0x80, 0x80, 0xFF}, color.NRGBA{0x80, 0x80, 0x80, 0xFF}},
		{"grey PNG", pngBytes(t, grey), 50, color.NRGBA{0x80, 0x80, 0x80, 0xFF}, color.NRGBA{0x80, 0x80, 0x80, 0xFF}},
		{"16-bit PNG", pngBytes(t, deep), 50, aral, aral},
		{"transparent PNG", pngBytes(t, clear), 50, paper, paper},
		{"palette PNG", pngBytes(t, palette), 50, madder, paper},
		{"one pixel PNG", pngBytes(t, quarters(1, 1)), 1, madder, madder},
		{"one pixel JPEG", jpegBytes(t, quarters(1, 1)), 1, madder, madder},
		{"WebP", fixture(t, "lossy.webp"), 40, madder, aral},
		{"WebP with transparency", fixture(t, "alpha.webp"), 40, madder, paper},
		{"lossless WebP", fixture(t, "lossless.webp"), 40, madder, paper},
		{"CMYK JPEG", cmykJPEG(t, 64, [4]uint8{255, 0, 0, 255}), 64, color.NRGBA{0xFF, 0, 0, 0xFF}, color.NRGBA{0xFF, 0, 0, 0xFF}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := makeJPEGs(t, tt.file)
			if got := widthsOf(m); !slices.Equal(got, []int{tt.width}) {
				t.Fatalf("widths %v", got)
			}
			img := decodeStd(t, m.renditions[0].data)
			near(t, img, .25, .25, tt.left, 12)
			near(t, img, .75, .25, tt.right, 12)
			if strings.Contains(tt.name, "WebP") {
				near(t, img, .75, .75, apricot, 12)
			}
		})
	}
}

// The palette that kills imaging: an index outside of it.
func TestIndexOutsidePalette(t *testing.T) {
	img := image.NewPaletted(image.Rect(0, 0, 40, 40), color.Palette{madder})
	for i := range img.Pix {
		img.Pix[i] = uint8(i % 256)
	}
	got := flatten(img, 1)
	if got.NRGBAAt(0, 0) != madder || got.NRGBAAt(1, 0) != paper {
		t.Errorf("got %v, %v", got.NRGBAAt(0, 0), got.NRGBAAt(1, 0))
	}
	makeJPEGs(t, pngBytes(t, image.NewPaletted(image.Rect(0, 0, 5, 5), color.Palette{madder})))
}

func TestFlattenAverages(t *testing.T) {
	img := image.NewNRGBA(image.Rect(10, 10, 15, 13)) // not at the origin
	for i := range img.Pix {
		img.Pix[i] = 0xFF
	}
	img.SetNRGBA(10, 10, color.NRGBA{A: 0xFF})
	got := flatten(img, 2)
	if got.Rect != image.Rect(0, 0, 3, 2) {
		t.Fatalf("size %v", got.Rect)
	}
	if c := got.NRGBAAt(0, 0); c != (color.NRGBA{0xBF, 0xBF, 0xBF, 0xFF}) {
		t.Errorf("three white and a black pixel make %v", c)
	}
	if c := got.NRGBAAt(2, 1); c != (color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}) {
		t.Errorf("the corner, alone in its box, is %v", c)
	}
}

func TestScaledDecodeKeepsQuality(t *testing.T) {
	// Fine structure at many angles, like fabric.
	img := image.NewNRGBA(image.Rect(0, 0, 2600, 1950))
	for y := range 1950 {
		for x := range 2600 {
			dx, dy := float64(x-1300), float64(y-975)
			v := uint8(128 + 100*math.Sin((dx*dx+dy*dy)/60000))
			img.SetNRGBA(x, y, color.NRGBA{R: v, G: 255 - v, B: uint8(x / 11), A: 255})
		}
	}
	file := jpegBytes(t, img)
	m := makeJPEGs(t, file)
	for _, r := range m.renditions {
		want := imaging.Resize(decodeStd(t, file), r.width, 0, imaging.Lanczos)
		if s := ssim(want, decodeStd(t, r.data)); s < 0.97 {
			t.Errorf("rendition %d: SSIM %.4f against one direct reduction", r.width, s)
		}
	}
}

// ssim compares brightness over windows of 8 × 8 pixels.
func ssim(a, b image.Image) float64 {
	luma := func(img image.Image, x, y int) float64 {
		return float64(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
	}
	var sum, n float64
	for y := 0; y+8 <= a.Bounds().Dy(); y += 8 {
		for x := 0; x+8 <= a.Bounds().Dx(); x += 8 {
			var sa, sb, saa, sbb, sab float64
			for i := range 64 {
				va, vb := luma(a, x+i%8, y+i/8), luma(b, x+i%8, y+i/8)
				sa, sb = sa+va, sb+vb
				saa, sbb, sab = saa+va*va, sbb+vb*vb, sab+va*vb
			}
			ma, mb := sa/64, sb/64
			va, vb, cov := saa/64-ma*ma, sbb/64-mb*mb, sab/64-ma*mb
			const c1, c2 = 6.5025, 58.5225
			sum += (2*ma*mb + c1) * (2*cov + c2) / ((ma*ma + mb*mb + c1) * (va + vb + c2))
			n++
		}
	}
	return sum / n
}

func TestPreview(t *testing.T) {
	for _, size := range []image.Point{{1200, 900}, {900, 1200}, {1, 1}, {2000, 3}} {
		noisy := quarters(size.X, size.Y)
		for i := range noisy.Pix {
			if i%4 != 3 {
				noisy.Pix[i] += uint8(i * 7919 >> 3)
			}
		}
		m := makeJPEGs(t, pngBytes(t, noisy))
		if len(m.placeholder) >= maxPlaceholder || !strings.HasPrefix(m.placeholder, "data:image/png;base64,") {
			t.Errorf("%v: placeholder of %d bytes: %s", size, len(m.placeholder), m.placeholder)
		}
		if len(m.thumbhash) == 0 || len(m.thumbhash) > 32 {
			t.Errorf("%v: thumbhash of %d bytes", size, len(m.thumbhash))
		}
		if !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(m.color) {
			t.Errorf("%v: colour %q", size, m.color)
		}
	}
	plain := image.NewNRGBA(image.Rect(0, 0, 30, 20))
	for i := range 600 {
		plain.SetNRGBA(i%30, i/30, aral)
	}
	if m := makeJPEGs(t, pngBytes(t, plain)); m.color != "#1f5c6b" {
		t.Errorf("a plain picture's colour is %s", m.color)
	}
}

func TestAtMostTwoAtOnce(t *testing.T) {
	m := NewMaker()
	var running, most atomic.Int32
	small := jpegBytes(t, quarters(40, 30))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := m.withPicture(t.Context(), bytesSource(small), func([]byte, header) error {
				now := running.Add(1)
				for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
				}
				time.Sleep(5 * time.Millisecond)
				running.Add(-1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() > atOnce {
		t.Errorf("%d pictures at once", most.Load())
	}
}

func TestHeavyPictureGoesAlone(t *testing.T) {
	m := NewMaker()
	// 30 megapixels of palette would do; the header alone decides here.
	big := pngHeader(6000, 5000, 8, 2)
	err := m.withPicture(t.Context(), bytesSource(big), func([]byte, header) error {
		if m.slots.TryAcquire(1) {
			t.Error("a slot is free beside a heavy picture")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !m.slots.TryAcquire(atOnce) {
		t.Error("slots were not given back")
	}
}

func TestWaitingEndsWithContext(t *testing.T) {
	m := NewMaker()
	if !m.slots.TryAcquire(atOnce) {
		t.Fatal("slots taken")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	read := false
	_, err := m.jpegs(ctx, func() ([]byte, error) { read = true; return nil, nil })
	if !errors.Is(err, context.DeadlineExceeded) || read {
		t.Errorf("err %v, read while waiting: %t", err, read)
	}
}

func BenchmarkPhonePhoto(b *testing.B) {
	data := phonePhoto(b)
	m := NewMaker()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.jpegs(b.Context(), bytesSource(data)); err != nil {
			b.Fatal(err)
		}
	}
}

// The same work without a real file: twelve megapixels, held sideways.
func BenchmarkTwelveMegapixels(b *testing.B) {
	data := withSegments(jpegBytes(b, quarters(4032, 3024)), exifSegment(6))
	m := NewMaker()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.jpegs(b.Context(), bytesSource(data)); err != nil {
			b.Fatal(err)
		}
	}
}
