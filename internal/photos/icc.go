package photos

import (
	"encoding/binary"
	"image"
	"math"
)

// matrix maps linear RGB to another linear RGB or to XYZ.
type matrix [3][3]float64

// fromD50 turns XYZ relative to D50, the connection space of ICC profiles,
// into linear sRGB (Bradford adaptation included).
var fromD50 = matrix{
	{3.1338561, -1.6168667, -0.4906146},
	{-0.9787684, 1.9161415, 0.0334540},
	{0.0719453, -0.2289914, 1.4052427},
}

// conversion takes the colours of a matrix profile, such as the Display P3 of
// many phones, to sRGB.
type conversion struct {
	linear [3][256]float32
	mix    matrix
}

// newConversion reads an ICC profile. It returns nil when there is nothing to
// convert: the profile is sRGB itself or near it, or is not a plain RGB matrix
// profile. Table and CMYK profiles are left as they are; phones and browsers do
// not write them.
func newConversion(profile []byte) *conversion {
	const headerSize = 128
	if len(profile) < headerSize+4 || string(profile[16:24]) != "RGB XYZ " {
		return nil
	}
	var c conversion
	var toXYZ matrix
	for i, name := range []string{"r", "g", "b"} {
		column, ok := xyzTag(iccTag(profile, name+"XYZ"))
		if !ok {
			return nil
		}
		for row := range 3 {
			toXYZ[row][i] = column[row]
		}
		if !readCurve(iccTag(profile, name+"TRC"), &c.linear[i]) {
			return nil
		}
	}
	c.mix = fromD50.times(toXYZ)
	if c.isIdentity() {
		return nil
	}
	return &c
}

func iccTag(profile []byte, name string) []byte {
	const table, entry = 128, 12
	entries := profile[table+4:]
	for range min(binary.BigEndian.Uint32(profile[table:]), 100) {
		if len(entries) < entry {
			return nil
		}
		if string(entries[:4]) == name {
			offset, size := int64(binary.BigEndian.Uint32(entries[4:])), int64(binary.BigEndian.Uint32(entries[8:]))
			if offset+size > int64(len(profile)) {
				return nil
			}
			return profile[offset : offset+size]
		}
		entries = entries[entry:]
	}
	return nil
}

func xyzTag(tag []byte) (xyz [3]float64, ok bool) {
	if len(tag) < 20 || string(tag[:4]) != "XYZ " {
		return xyz, false
	}
	for i := range xyz {
		xyz[i] = fixed16(tag[8+4*i:])
	}
	return xyz, true
}

// fixed16 reads an s15Fixed16Number.
func fixed16(b []byte) float64 {
	return float64(int32(binary.BigEndian.Uint32(b))) / 65536
}

// readCurve fills the table of linear light for each 8-bit value.
func readCurve(tag []byte, linear *[256]float32) bool {
	if len(tag) < 12 {
		return false
	}
	var curve func(float64) float64
	switch string(tag[:4]) {
	case "curv":
		curve = sampledCurve(tag[8:])
	case "para":
		curve = parametricCurve(binary.BigEndian.Uint16(tag[8:]), tag[12:])
	}
	if curve == nil {
		return false
	}
	for i := range linear {
		v := curve(float64(i) / 255)
		if math.IsNaN(v) {
			return false
		}
		linear[i] = float32(min(max(v, 0), 1))
	}
	return true
}

func sampledCurve(b []byte) func(float64) float64 {
	count := int64(binary.BigEndian.Uint32(b))
	values := b[4:]
	if count*2 > int64(len(values)) {
		return nil
	}
	switch count {
	case 0:
		return func(x float64) float64 { return x }
	case 1:
		gamma := float64(binary.BigEndian.Uint16(values)) / 256
		return func(x float64) float64 { return math.Pow(x, gamma) }
	}
	at := func(i int64) float64 { return float64(binary.BigEndian.Uint16(values[2*i:])) / 65535 }
	return func(x float64) float64 {
		position := x * float64(count-1)
		i := min(int64(position), count-2)
		part := position - float64(i)
		return at(i)*(1-part) + at(i+1)*part
	}
}

// parametricCurve covers the function types 0 to 4 of ICC.1:2022, 10.18:
// Y = (aX + b)^g + e from X = d on, and cX + f below.
func parametricCurve(kind uint16, b []byte) func(float64) float64 {
	counts := []int{1, 3, 4, 5, 7}
	if int(kind) >= len(counts) || len(b) < 4*counts[kind] {
		return nil
	}
	var p [7]float64 // g a b c d e f
	for i := range counts[kind] {
		p[i] = fixed16(b[4*i:])
	}
	g, a, shift, c, d, e, f := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	switch kind {
	case 0:
		a, d = 1, math.Inf(-1)
	case 1, 2:
		if a == 0 {
			return nil
		}
		// Type 1 has no offset; type 2 adds its own to both branches.
		d, e, f, c = -shift/a, c, c, 0
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(a*x+shift, g) + e
		}
		return c*x + f
	}
}

func (m matrix) times(n matrix) (product matrix) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				product[i][j] += m[i][k] * n[k][j]
			}
		}
	}
	return product
}

// isIdentity tells whether the conversion would change no colour visibly.
func (c *conversion) isIdentity() bool {
	const near = 0.01
	for i := range 3 {
		for j := range 3 {
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(c.mix[i][j]-want) > near {
				return false
			}
		}
		for v, light := range c.linear[i] {
			if math.Abs(float64(light)-srgbToLinear(float64(v)/255)) > near {
				return false
			}
		}
	}
	return true
}

func srgbToLinear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func linearToSRGB(v float64) float64 {
	if v <= 0.0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// apply converts the picture in place. Colours outside sRGB are clipped.
func (c *conversion) apply(img *image.NRGBA) {
	const steps = 4096
	var encode [steps + 1]uint8
	for i := range encode {
		encode[i] = uint8(math.Round(255 * linearToSRGB(float64(i)/steps)))
	}
	var mix [3][3]float32
	for i := range 3 {
		for j := range 3 {
			mix[i][j] = float32(c.mix[i][j]) * steps
		}
	}
	for p := img.Pix; len(p) >= 4; p = p[4:] {
		r, g, b := c.linear[0][p[0]], c.linear[1][p[1]], c.linear[2][p[2]]
		for i := range 3 {
			v := mix[i][0]*r + mix[i][1]*g + mix[i][2]*b
			p[i] = encode[int(min(max(v, 0), steps)+0.5)]
		}
	}
}
