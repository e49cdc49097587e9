package photos

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"image/png"

	"github.com/disintegration/imaging"
	"github.com/gen2brain/jpegn"
	"golang.org/x/image/webp"
)

// decode returns the picture as stored, unrotated, reduced as far as it stays
// at least atLeast wide and high. The result is of a kind the resizer handles
// safely: opaque NRGBA, Gray, or sound YCbCr. Its errors are *Rejected.
func decode(data []byte, h header, atLeast image.Point) (img image.Image, err error) {
	defer func() {
		// Decoders panic on some damaged files; it is the file's fault.
		if p := recover(); p != nil {
			img, err = nil, reject(Broken, string(h.format), fmt.Errorf("decoder panicked: %v", p))
		}
	}()
	img, err = decodeFormat(data, h, atLeast)
	if err != nil {
		return nil, reject(Broken, string(h.format), err)
	}
	if img.Bounds().Empty() {
		return nil, reject(Broken, string(h.format), errors.New("no pixels"))
	}
	return img, nil
}

func decodeFormat(data []byte, h header, atLeast image.Point) (image.Image, error) {
	r := bytes.NewReader(data)
	var img image.Image
	var err error
	switch {
	case h.format == formatPNG:
		img, err = png.Decode(r)
	case h.format == formatWebP:
		img, err = webp.Decode(r)
	case h.components == 4:
		img, err = stdjpeg.Decode(r) // jpegn panics on some of these
	default:
		return decodeJPEG(data, h, atLeast)
	}
	if err != nil {
		return nil, err
	}
	if h.format == formatWebP {
		img = videoRange(img)
	}
	return flatten(img, reduction(h, atLeast)), nil
}

// decodeJPEG scales inside the inverse transform, which costs less than a full
// decode.
func decodeJPEG(data []byte, h header, atLeast image.Point) (image.Image, error) {
	scale := 1
	for _, s := range []int{2, 4, 8} {
		if s <= reduction(h, atLeast) {
			scale = s
		}
	}
	img, err := jpegn.Decode(bytes.NewReader(data), &jpegn.Options{ScaleDenom: scale})
	if err != nil {
		return nil, err
	}
	switch img := img.(type) {
	case *image.Gray:
		return img, nil
	case *image.YCbCr:
		if sound(img) {
			return img, nil
		}
		return nil, errors.New("planes do not fit the picture")
	}
	return flatten(img, 1), nil
}

// reduction is the largest factor by which both sides can be divided.
func reduction(h header, atLeast image.Point) int {
	return max(1, min(h.width/max(1, atLeast.X), h.height/max(1, atLeast.Y)))
}

// sound checks that the last sample of each plane is there, for the resizer
// reads them in goroutines whose panic nobody can recover.
func sound(img *image.YCbCr) bool {
	last := img.Rect.Max.Sub(image.Pt(1, 1))
	chroma := img.COffset(last.X, last.Y)
	return img.Rect.Min == image.Point{} && img.YOffset(last.X, last.Y) < len(img.Y) &&
		chroma < len(img.Cb) && chroma < len(img.Cr)
}

// turn makes a stored picture upright. The resizer's rotations run against the
// clock, EXIF counts with it.
func turn(img *image.NRGBA, orientation int) *image.NRGBA {
	switch orientation {
	case 2:
		return imaging.FlipH(img)
	case 3:
		return imaging.Rotate180(img)
	case 4:
		return imaging.FlipV(img)
	case 5:
		return imaging.Transpose(img)
	case 6:
		return imaging.Rotate270(img)
	case 7:
		return imaging.Transverse(img)
	case 8:
		return imaging.Rotate90(img)
	}
	return img
}
