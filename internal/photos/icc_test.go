package photos

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"testing"
)

// profileOf builds an RGB matrix profile with one curve for all channels.
func profileOf(columns [3][3]float64, curve []byte) []byte {
	fixed := func(b []byte, v float64) []byte {
		return binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	var tags, body []byte
	start := uint32(128 + 4 + 6*12)
	add := func(name string, data []byte) {
		tags = append(tags, name...)
		tags = binary.BigEndian.AppendUint32(tags, start+uint32(len(body)))
		tags = binary.BigEndian.AppendUint32(tags, uint32(len(data)))
		body = append(body, data...)
	}
	for i, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		data := append([]byte("XYZ "), 0, 0, 0, 0)
		for _, v := range columns[i] {
			data = fixed(data, v)
		}
		add(name, data)
	}
	for _, name := range []string{"rTRC", "gTRC", "bTRC"} {
		add(name, curve)
	}
	head := make([]byte, 128)
	copy(head[16:], "RGB XYZ ")
	copy(head[36:], "acsp")
	head = binary.BigEndian.AppendUint32(head, 6)
	return append(append(head, tags...), body...)
}

func para(kind uint16, params ...float64) []byte {
	b := append([]byte("para"), 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, kind)
	b = append(b, 0, 0)
	for _, p := range params {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(p*65536))))
	}
	return b
}

func curv(values ...uint16) []byte {
	b := append([]byte("curv"), 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(values)))
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return append(b, 0, 0)
}

// The D50 primaries as Apple's and Google's own profiles state them.
var (
	p3Columns   = [3][3]float64{{.51512, .2412, -.00105}, {.29198, .69225, .04189}, {.1571, .06657, .78407}}
	srgbColumns = [3][3]float64{{.43607, .22249, .01392}, {.38515, .71687, .09708}, {.14307, .06061, .7141}}
)

func srgbCurve() []byte { return para(3, 2.4, 1/1.055, .055/1.055, 1/12.92, .04045) }

func displayP3() []byte { return profileOf(p3Columns, srgbCurve()) }

func zipped(prefix string, data []byte) []byte {
	var buf bytes.Buffer
	buf.WriteString(prefix)
	z := zlib.NewWriter(&buf)
	if _, err := z.Write(data); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

func TestDisplayP3IsConverted(t *testing.T) {
	// Known pairs: Display P3 → sRGB, from the CSS Color 4 transforms.
	pairs := map[color.NRGBA]color.NRGBA{
		{0x80, 0x80, 0x80, 0xFF}: {0x80, 0x80, 0x80, 0xFF},
		{0xFF, 0xFF, 0xFF, 0xFF}: {0xFF, 0xFF, 0xFF, 0xFF},
		{0, 0, 0, 0xFF}:          {0, 0, 0, 0xFF},
		{0xEA, 0x33, 0x23, 0xFF}: {0xFF, 0, 0, 0xFF}, // sRGB red as P3
		{0x64, 0x96, 0x64, 0xFF}: {0x52, 0x98, 0x60, 0xFF},
	}
	c := newConversion(displayP3())
	if c == nil {
		t.Fatal("Display P3 was taken for sRGB")
	}
	for p3, want := range pairs {
		img := image.NewNRGBA(image.Rect(0, 0, 1, 1))
		img.SetNRGBA(0, 0, p3)
		c.apply(img)
		near(t, img, 0, 0, want, 3)
		if img.Pix[3] != 0xFF {
			t.Error("not opaque any more")
		}
	}
}

func TestProfilesInFiles(t *testing.T) {
	plain := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	for i := range 1024 {
		plain.SetNRGBA(i%32, i/32, color.NRGBA{0xEA, 0x33, 0x23, 0xFF})
	}
	red := color.NRGBA{0xFF, 0, 0, 0xFF}
	icc := segment(markerAPP2, append([]byte("ICC_PROFILE\x00\x01\x01"), displayP3()...))
	for name, file := range map[string][]byte{
		"JPEG": withSegments(jpegBytes(t, plain), icc),
		"PNG":  withChunks(pngBytes(t, plain), pngChunk("iCCP", zipped("Display P3\x00\x00", displayP3()))),
	} {
		m := makeJPEGs(t, file)
		near(t, decodeStd(t, m.renditions[0].data), .5, .5, red, 8)
		noTraces(t, m.renditions[0].data)
		if len(m.profile) != 0 {
			t.Errorf("%s: the profile holds on to the upload", name)
		}
	}
}

func TestSRGBIsLeftAlone(t *testing.T) {
	table := make([]uint16, 1024)
	for i := range table {
		table[i] = uint16(math.Round(65535 * srgbToLinear(float64(i)/1023)))
	}
	h, err := inspect(fixture(t, "lossy.webp"))
	if err != nil || len(h.profile) == 0 {
		t.Fatalf("%d bytes of profile, %v", len(h.profile), err)
	}
	for name, profile := range map[string][]byte{
		"parametric":      profileOf(srgbColumns, srgbCurve()),
		"table":           profileOf(srgbColumns, curv(table...)),
		"a browser's own": h.profile,
		"none":            nil,
		"cut":             displayP3()[:150],
		"CMYK":            bytes.Replace(displayP3(), []byte("RGB XYZ "), []byte("CMYKLab "), 1),
		"unknown curve":   profileOf(p3Columns, []byte("vcgt12345678")),
		"short table":     profileOf(p3Columns, curv(1, 2, 3)[:14]),
	} {
		if newConversion(profile) != nil {
			t.Errorf("%s: converted", name)
		}
	}
}

func TestCurves(t *testing.T) {
	half := func(curve []byte) float64 {
		var linear [256]float32
		if !readCurve(curve, &linear) {
			t.Fatalf("unreadable: %q", curve)
		}
		return float64(linear[51]) // a fifth
	}
	for name, tt := range map[string]struct {
		curve []byte
		want  float64
	}{
		"identity":     {curv(), .2},
		"gamma":        {curv(2 << 8), .04},
		"table":        {curv(0, 0x8000, 0xFFFF), .2},
		"para 0":       {para(0, 2), .04},
		"para 1":       {para(1, 2, 1, -.1), .01},
		"para 1 below": {para(1, 2, 1, -.5), 0},
		"para 2":       {para(2, 2, 1, -.1, .1), .11},
		"para 2 below": {para(2, 2, 1, -.5, .1), .1},
		"para 3":       {para(3, 2, 1, 0, .5, .1), .04},
		"para 3 below": {para(3, 2, 1, 0, .5, .3), .1},
		"para 4":       {para(4, 2, 1, 0, .5, .1, .2, .3), .24},
		"para 4 below": {para(4, 2, 1, 0, .5, .3, .2, .3), .4},
	} {
		if got := half(tt.curve); math.Abs(got-tt.want) > .001 {
			t.Errorf("%s: %.4f, want %.4f", name, got, tt.want)
		}
	}
}
