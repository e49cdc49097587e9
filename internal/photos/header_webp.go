package photos

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/image/webp"
)

const webpAnimated = 1 << 1

// inspectWebP reads the list of chunks. The decoder's own look at the head
// comes second: it vouches for the size that decoding will really use.
func inspectWebP(data []byte) (header, error) {
	h := header{format: formatWebP, orientation: 1, bytesPerPixel: 1.5}
	rest := data[12:]
	for len(rest) >= 8 {
		kind, length := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		body := rest[:min(length, int64(len(rest)))]
		switch kind {
		case "VP8X":
			if len(body) > 0 && body[0]&webpAnimated != 0 {
				return h, reject(Unsupported, "WebP animation", nil)
			}
		case "VP8L", "ALPH":
			// Pixels at four bytes, the transparency apart, and its source.
			h.bytesPerPixel = 6.5
		case "ICCP":
			h.profile = body
		case "EXIF":
			body = bytes.TrimPrefix(body, []byte("Exif\x00\x00"))
			h.orientation = exifOrientation(body)
		}
		rest = rest[min(length+length&1, int64(len(rest))):]
	}
	config, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return h, err
	}
	h.width, h.height = config.Width, config.Height
	return h, nil
}
