package photos

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	stdjpeg "image/jpeg"

	"github.com/gen2brain/jpegn"
)

const (
	markerSOF0 = 0xC0
	markerSOF1 = 0xC1
	markerSOF2 = 0xC2
	markerDHT  = 0xC4
	markerJPG  = 0xC8
	markerDAC  = 0xCC
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP1 = 0xE1
	markerAPP2 = 0xE2
)

// inspectJPEG walks the segments up to the first scan, as leniently as the
// decoder does, and then makes sure that the decoder saw the same size.
func inspectJPEG(data []byte) (header, error) {
	h := header{format: formatJPEG, orientation: 1}
	rest := data[2:]
	for {
		marker, tail, err := nextMarker(rest)
		if err != nil {
			return h, err
		}
		rest = tail
		if marker == 0x01 || marker >= 0xD0 && marker <= markerSOI {
			continue
		}
		if marker == markerEOI || marker == 0 {
			return h, errors.New("no picture data")
		}
		if len(rest) < 2 || int(binary.BigEndian.Uint16(rest)) < 2 || int(binary.BigEndian.Uint16(rest)) > len(rest) {
			return h, errors.New("segment cut short")
		}
		length := int(binary.BigEndian.Uint16(rest))
		body := rest[2:length]
		rest = rest[length:]
		if marker == markerSOS {
			break
		}
		if err := h.segment(marker, body); err != nil {
			return h, err
		}
	}
	// A stuffed zero follows each 0xFF inside a scan, so this pair is the real
	// end. Without one the upload was cut off, and the decoder would fill the
	// missing part with grey.
	if bytes.LastIndex(rest, []byte{0xFF, markerEOI}) < 0 {
		return h, errors.New("ends inside the picture")
	}
	if err := h.check(); err != nil {
		return h, err
	}
	return h, h.confirmJPEG(data)
}

// nextMarker skips stray bytes and the 0xFF that may fill up before a marker.
func nextMarker(data []byte) (marker byte, rest []byte, err error) {
	start := bytes.IndexByte(data, 0xFF)
	if start < 0 {
		return 0, nil, errors.New("ends before the picture")
	}
	for rest = data[start:]; len(rest) > 0 && rest[0] == 0xFF; rest = rest[1:] {
	}
	if len(rest) == 0 {
		return 0, nil, errors.New("ends before the picture")
	}
	return rest[0], rest[1:], nil
}

func (h *header) segment(marker byte, body []byte) error {
	switch {
	case marker == markerAPP1:
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && h.orientation == 1 {
			h.orientation = exifOrientation(tiff)
		}
	case marker == markerAPP2:
		// Only a profile in one piece can be a matrix profile; the large
		// ones in several are tables that we could not use.
		if chunk, ok := bytes.CutPrefix(body, []byte("ICC_PROFILE\x00")); ok && len(chunk) > 2 && chunk[0] == 1 && chunk[1] == 1 {
			h.profile = chunk[2:]
		}
	case marker == markerSOF0 || marker == markerSOF1 || marker == markerSOF2:
		return h.frame(body, marker == markerSOF2)
	case marker > markerSOF2 && marker <= 0xCF && marker != markerDHT && marker != markerJPG && marker != markerDAC:
		return reject(Unsupported, "JPEG (lossless or arithmetic)", nil)
	}
	return nil
}

// frame reads the start of a frame: precision, size, and each component's
// sampling, from which follows the memory its decoder takes.
func (h *header) frame(body []byte, progressive bool) error {
	if h.components != 0 {
		return errors.New("two frames")
	}
	if len(body) < 6 || len(body) < 6+3*int(body[5]) || body[5] == 0 {
		return errors.New("frame cut short")
	}
	if body[0] != 8 {
		return reject(Unsupported, "JPEG (12 bit)", nil)
	}
	h.height = int(binary.BigEndian.Uint16(body[1:]))
	h.width = int(binary.BigEndian.Uint16(body[3:]))
	h.components = int(body[5])
	var widest, highest, area int
	for i := range h.components {
		across, down := int(body[7+3*i]>>4), int(body[7+3*i]&15)
		widest, highest = max(widest, across), max(highest, down)
		area += across * down
	}
	if widest*highest == 0 {
		return errors.New("component without samples")
	}
	samples := float64(area) / float64(widest*highest)
	h.bytesPerPixel = samples
	if progressive {
		h.bytesPerPixel += 4 * samples // coefficients are kept as int32 until the last scan
	}
	if h.components == 4 {
		h.bytesPerPixel += 4
	}
	return nil
}

// confirmJPEG asks the decoder itself for the size: a file that shows one size
// to a check and another to the decoder is an attack.
func (h *header) confirmJPEG(data []byte) error {
	decodeConfig := jpegn.DecodeConfig
	if h.components == 4 {
		decodeConfig = stdjpeg.DecodeConfig
	}
	config, err := decodeConfig(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if config.Width != h.width || config.Height != h.height {
		return fmt.Errorf("two sizes: %d × %d and %d × %d", h.width, h.height, config.Width, config.Height)
	}
	return nil
}
