package photos

import (
	"bytes"
	"errors"
	"fmt"
)

const maxMegapixels = 50

const (
	// MaxBytes is the largest upload taken, in bytes (40 MB).
	MaxBytes = 40 << 20
	// MaxPixels is the largest picture taken. Mega is 2^20 here, for what
	// phones sell as 50 megapixels is 8192 × 6144, or 50.3 million.
	MaxPixels = maxMegapixels << 20
	// MaxSide is the longest side taken, in pixels: room for a panorama.
	MaxSide = 20000
	// maxMemory bounds what decoding one picture may allocate, in bytes. Deep,
	// interlaced or progressive pictures reach it before MaxPixels.
	maxMemory = 350 << 20
)

// format is a file format that uploads may have.
type format string

const (
	formatJPEG format = "JPEG"
	formatPNG  format = "PNG"
	formatWebP format = "WebP"
)

func (f format) mime() string {
	switch f {
	case formatPNG:
		return "image/png"
	case formatWebP:
		return "image/webp"
	}
	return "image/jpeg"
}

func (f format) ext() string {
	switch f {
	case formatPNG:
		return "png"
	case formatWebP:
		return "webp"
	}
	return "jpg"
}

// header is what a picture's head tells without decoding a single pixel.
type header struct {
	format        format
	width, height int     // as stored
	orientation   int     // EXIF, 1 to 8
	profile       []byte  // ICC profile, nil when absent
	components    int     // colour components of a JPEG
	bytesPerPixel float64 // what its decoder allocates at full size
}

func (h header) memory() int64 {
	return int64(h.bytesPerPixel * float64(h.width) * float64(h.height))
}

// upright returns the size after turning the picture as its orientation says.
func (h header) upright() (width, height int) {
	if h.orientation >= 5 {
		return h.height, h.width
	}
	return h.width, h.height
}

// inspect reads the head of a file and applies every limit. Its errors are
// all *Rejected. It allocates next to nothing, whatever the file claims.
func inspect(data []byte) (header, error) {
	var h header
	var err error
	switch kind := sniff(data); kind {
	case string(formatJPEG):
		h, err = inspectJPEG(data)
	case string(formatPNG):
		h, err = inspectPNG(data)
	case string(formatWebP):
		h, err = inspectWebP(data)
	case "":
		return header{}, reject(NotPicture, "", nil)
	default:
		return header{}, reject(Unsupported, kind, nil)
	}
	if err != nil {
		if known := (*Rejected)(nil); errors.As(err, &known) {
			return header{}, err
		}
		return header{}, reject(Broken, string(h.format), err)
	}
	return h, h.check()
}

func (h header) check() error {
	if h.width <= 0 || h.height <= 0 {
		return reject(Broken, string(h.format), errors.New("no pixels"))
	}
	if h.width > MaxSide || h.height > MaxSide || int64(h.width)*int64(h.height) > MaxPixels || h.memory() > maxMemory {
		return reject(TooManyPixels, string(h.format), fmt.Errorf("%d × %d", h.width, h.height))
	}
	return nil
}

// sniff names a file's format by its first bytes; names and types sent by
// browsers are hearsay. Formats we do not take are named for the message.
func sniff(data []byte) string {
	has := func(offset int, magic string) bool {
		return len(data) >= offset+len(magic) && string(data[offset:offset+len(magic)]) == magic
	}
	switch {
	case has(0, "\xff\xd8\xff"):
		return string(formatJPEG)
	case has(0, "\x89PNG\r\n\x1a\n"):
		return string(formatPNG)
	case has(0, "RIFF") && has(8, "WEBP"):
		return string(formatWebP)
	case has(0, "GIF8"):
		return "GIF"
	case has(0, "BM") && has(6, "\x00\x00\x00\x00"):
		return "BMP"
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		return "TIFF"
	case has(0, "%PDF-"):
		return "PDF"
	case has(4, "ftyp"):
		return sniffBrand(data)
	case bytes.Contains(data[:min(len(data), 512)], []byte("<svg")):
		return "SVG"
	}
	return ""
}

// sniffBrand names the members of the ISO media family.
func sniffBrand(data []byte) string {
	if len(data) < 12 {
		return ""
	}
	switch string(data[8:12]) {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
		return "HEIC"
	case "avif", "avis":
		return "AVIF"
	}
	return "MP4"
}
