package photos

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image/png"
	"io"
)

// A matrix profile is a few kilobytes; a compressed megabyte is an attack.
const maxProfile = 1 << 20

// inspectPNG reads the chunks in front of the pixels.
func inspectPNG(data []byte) (header, error) {
	h := header{format: formatPNG, orientation: 1}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return h, err
	}
	h.width, h.height = config.Width, config.Height
	rest := data[8:]
	for len(rest) >= 12 {
		length := int64(binary.BigEndian.Uint32(rest))
		if length+12 > int64(len(rest)) {
			break
		}
		kind, body := string(rest[4:8]), rest[8:8+length]
		rest = rest[12+length:]
		switch kind {
		case "IHDR":
			if len(body) != 13 {
				return h, errors.New("bad IHDR")
			}
			h.bytesPerPixel = pngBytesPerPixel(body[8], body[9], body[12])
		case "iCCP":
			h.profile = pngProfile(body)
		case "eXIf":
			h.orientation = exifOrientation(body)
		case "IDAT":
			return h, nil
		}
	}
	return h, errors.New("ends before the picture")
}

// pngBytesPerPixel is what image/png allocates: one byte with a palette, four
// or eight otherwise (transparency may add to grey ones), and up to half as
// much again for the passes of an interlaced picture.
func pngBytesPerPixel(depth, colorType, interlace byte) float64 {
	const palette = 3
	size := 4.0
	switch {
	case colorType == palette:
		size = 1
	case depth == 16:
		size = 8
	}
	if interlace != 0 {
		size *= 1.5
	}
	return size
}

func pngProfile(body []byte) []byte {
	_, packed, found := bytes.Cut(body, []byte{0})
	if !found || len(packed) < 2 || packed[0] != 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(r, maxProfile))
	if err != nil {
		return nil
	}
	return profile
}
