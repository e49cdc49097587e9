package photos

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/disintegration/imaging"
	"go.n16f.net/thumbhash"
)

// maxPlaceholder is the length a placeholder stays below, in bytes: it is
// written into every page that shows the picture.
const maxPlaceholder = 300

// preview is what a page can show before the picture has arrived.
type preview struct {
	thumbhash   []byte // about 21 bytes; see evanw.github.io/thumbhash
	placeholder string // tiny PNG as a data: URI, under maxPlaceholder bytes
	color       string // average colour, #rrggbb
}

func newPreview(img *image.NRGBA) (preview, error) {
	small := imaging.Fit(img, 100, 100, imaging.Box)
	placeholder, err := tinyPNG(small)
	if err != nil {
		return preview{}, err
	}
	dot := imaging.Resize(small, 1, 1, imaging.Box).NRGBAAt(0, 0)
	return preview{
		thumbhash:   thumbhash.EncodeImage(small),
		placeholder: placeholder,
		color:       fmt.Sprintf("#%02x%02x%02x", dot.R, dot.G, dot.B),
	}, nil
}

// tinyPNG draws the picture eight pixels long, or fewer where that would take
// too many bytes. Colours are coarse, for they will be blurred.
func tinyPNG(img *image.NRGBA) (string, error) {
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	var uri string
	for side := 8; side > 0; side-- {
		tiny := imaging.Fit(img, side, side, imaging.Box)
		opaque := image.NewRGBA(tiny.Rect)
		for y := range tiny.Rect.Dy() {
			for x := range tiny.Rect.Dx() {
				c := tiny.NRGBAAt(x, y)
				opaque.SetRGBA(x, y, color.RGBA{R: coarse(c.R), G: coarse(c.G), B: coarse(c.B), A: 0xFF})
			}
		}
		var buf bytes.Buffer
		if err := encoder.Encode(&buf, opaque); err != nil {
			return "", fmt.Errorf("encode placeholder: %w", err)
		}
		uri = "data:image/png;base64," + base64.StdEncoding.EncodeToString(buf.Bytes())
		if len(uri) < maxPlaceholder {
			break
		}
	}
	return uri, nil
}

// coarse keeps 32 levels spread over the whole range.
func coarse(v uint8) uint8 { return v&0xF8 | v>>5 }
