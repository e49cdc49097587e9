package photos

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math"

	"github.com/disintegration/imaging"
	"github.com/gen2brain/avif"
	"github.com/gen2brain/jpegn"
	"golang.org/x/sync/semaphore"
)

const (
	// atOnce is how many pictures are decoded at the same time in a process.
	atOnce = 2
	// heavy is the memory from which a picture is decoded alone, in bytes.
	heavy = 64 << 20
	// maxRendition keeps very tall pictures from growing huge renditions, in pixels.
	maxRendition = 8 << 20
	// jpegQuality is where the artefacts of felt and embroidery stop to show.
	jpegQuality = 80
	// avifQuality looks like jpegQuality at about half the bytes.
	avifQuality = 60
	// avifSpeed 10 costs 4 % more bytes than 8 and a third of its time.
	avifSpeed = 10
)

// standardWidths are the widths of renditions in pixels, for srcset.
var standardWidths = []int{160, 400, 800, 1600}

// Maker makes renditions. One Maker serves a whole process, for it bounds the
// memory that decoding takes: two pictures at once, a heavy one alone.
type Maker struct {
	slots *semaphore.Weighted
	avif  *semaphore.Weighted
}

// NewMaker returns a Maker with all its slots free.
func NewMaker() *Maker {
	return &Maker{slots: semaphore.NewWeighted(atOnce), avif: semaphore.NewWeighted(1)}
}

// source fetches the uploaded bytes. It is called again when a picture has to
// wait for its turn, so that waiting ones hold no memory.
type source func() ([]byte, error)

// rendition is one encoded size.
type rendition struct {
	width int
	data  []byte
}

// made is all that is known of a picture after its JPEG renditions exist.
type made struct {
	header
	preview
	renditions []rendition // by rising width
}

// jpegs checks the upload and makes its JPEG renditions and preview. A picture
// that cannot be used is a *Rejected.
func (m *Maker) jpegs(ctx context.Context, src source) (made, error) {
	var out made
	err := m.withPicture(ctx, src, func(data []byte, h header) error {
		images, err := cascade(ctx, data, h)
		if err != nil {
			return err
		}
		out.header = h
		out.profile = nil // a slice of the upload, which should not live on
		if out.preview, err = newPreview(images[0]); err != nil {
			return err
		}
		for _, img := range images {
			encoded, err := encodeJPEG(img)
			if err != nil {
				return err
			}
			out.renditions = append(out.renditions, rendition{width: img.Rect.Dx(), data: encoded})
		}
		return nil
	})
	return out, err
}

// avifs makes the same renditions as AVIF and hands each to save. They take
// seconds, so one picture after the other, and without a decoding slot.
func (m *Maker) avifs(ctx context.Context, src source, save func(rendition) error) error {
	if err := m.avif.Acquire(ctx, 1); err != nil {
		return fmt.Errorf("wait to encode: %w", err)
	}
	defer m.avif.Release(1)
	var images []*image.NRGBA
	err := m.withPicture(ctx, src, func(data []byte, h header) (err error) {
		images, err = cascade(ctx, data, h)
		return err
	})
	if err != nil {
		return err
	}
	for _, img := range images {
		if err := ctx.Err(); err != nil {
			return err
		}
		encoded, err := encodeAVIF(img)
		if err != nil {
			return err
		}
		if err := save(rendition{width: img.Rect.Dx(), data: encoded}); err != nil {
			return err
		}
	}
	return nil
}

// withPicture runs use while holding a slot, or all of them for a heavy picture.
func (m *Maker) withPicture(ctx context.Context, src source, use func([]byte, header) error) error {
	big, err := m.try(ctx, 1, src, use)
	if err == nil && big {
		_, err = m.try(ctx, atOnce, src, use)
	}
	return err
}

// try reports big when the picture needs more slots than it was given; then
// use has not been called.
func (m *Maker) try(ctx context.Context, slots int64, src source, use func([]byte, header) error) (big bool, err error) {
	if err := m.slots.Acquire(ctx, slots); err != nil {
		return false, fmt.Errorf("wait to decode: %w", err)
	}
	defer m.slots.Release(slots)
	data, err := src()
	if err != nil {
		return false, err
	}
	h, err := inspect(data)
	if err != nil {
		return false, err
	}
	if slots < atOnce && h.memory() > heavy {
		return true, nil
	}
	return false, use(data, h)
}

// cascade decodes a picture and returns it in every width, smallest first:
// the largest is made from the original, each other one from the next larger.
// Turning and colours come after the first reduction, where they cost least.
func cascade(ctx context.Context, data []byte, h header) ([]*image.NRGBA, error) {
	width, height := h.upright()
	widths := widthsFor(width, height)
	largest := image.Pt(widths[len(widths)-1], heightFor(width, height, widths[len(widths)-1]))
	stored := largest
	if h.orientation >= 5 {
		stored = image.Pt(largest.Y, largest.X)
	}
	full, err := decode(data, h, stored)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	img := imaging.Resize(full, stored.X, stored.Y, imaging.Lanczos)
	if c := newConversion(h.profile); c != nil {
		c.apply(img)
	}
	img = turn(img, h.orientation)
	images := make([]*image.NRGBA, len(widths))
	images[len(widths)-1] = img
	for i := len(widths) - 2; i >= 0; i-- {
		img = imaging.Resize(img, widths[i], heightFor(width, height, widths[i]), imaging.Lanczos)
		images[i] = img
	}
	return images, nil
}

// widthsFor lists the widths a picture is kept in: the standard ones it can
// fill, never enlarged, and its own when it has clearly more to show than the
// largest of them. There is always at least one.
func widthsFor(width, height int) []int {
	var widths []int
	for _, w := range standardWidths {
		if w <= width {
			widths = append(widths, w)
		}
	}
	if len(widths) == 0 || len(widths) < len(standardWidths) && 5*width >= 6*widths[len(widths)-1] {
		widths = append(widths, width)
	}
	for len(widths) > 1 && widths[len(widths)-1]*heightFor(width, height, widths[len(widths)-1]) > maxRendition {
		widths = widths[:len(widths)-1]
	}
	return widths
}

// heightFor keeps the proportions, with at least one pixel.
func heightFor(width, height, w int) int {
	return max(1, int(math.Round(float64(height)*float64(w)/float64(width))))
}

func encodeJPEG(img *image.NRGBA) ([]byte, error) {
	var buf bytes.Buffer
	err := jpegn.Encode(&buf, img, &jpegn.EncodeOptions{
		Quality: jpegQuality, OptimizeCoding: true, Progressive: true, AdaptiveQuantization: true,
	})
	if err != nil {
		return nil, fmt.Errorf("encode JPEG: %w", err)
	}
	return buf.Bytes(), nil
}

func encodeAVIF(img *image.NRGBA) ([]byte, error) {
	var buf bytes.Buffer
	err := avif.Encode(&buf, img, avif.Options{
		Quality: avifQuality, Speed: avifSpeed, ChromaSubsampling: image.YCbCrSubsampleRatio420,
	})
	if err != nil {
		return nil, fmt.Errorf("encode AVIF: %w", err)
	}
	return buf.Bytes(), nil
}
