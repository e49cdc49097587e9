// Package photos checks uploaded pictures, keeps the originals in private, and
// makes what pages show of them: upright JPEG and AVIF renditions in several
// widths, without any metadata, and a tiny preview.
package photos

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"awil/internal/i18n"
)

// State is how far a photo has come.
type State string

// The states. Uploads arrive as Ready, with their JPEG renditions made.
const (
	Processing State = "processing"
	Ready      State = "ready"
	Failed     State = "failed"
)

// States lists every state, in order.
func States() []State { return []State{Processing, Ready, Failed} }

// Extensions of renditions, as in their addresses.
const (
	JPEG = "jpg"
	AVIF = "avif"
)

// Photo is a stored picture.
type Photo struct {
	ID          int64
	Key         string // public part of its addresses, 22 letters and digits
	ProducerID  *int64 // nil for the programme's own pictures
	UploadedBy  *int64 // account
	OriginalKey string // where the original is kept; never shown
	Mime        string // of the original
	Bytes       int64  // of the original
	Width       int    // pixels, upright
	Height      int    // pixels, upright
	Widths      []int  // of the renditions, rising
	State       State
	AVIF        bool // the AVIF renditions exist, too
	Thumbhash   []byte
	Placeholder string // tiny picture as a data: URI, under 300 bytes
	Color       string // average colour, #rrggbb
	SHA256      []byte // of the original
	CreatedAt   time.Time

	Texts map[i18n.Lang]Text `db:"-"`
}

// Ready reports whether there are renditions to show.
func (p Photo) Ready() bool { return p.State == Ready && len(p.Widths) > 0 }

// Src is the address of the JPEG for a place width pixels wide: the narrowest
// rendition that fills it, or the widest there is. It is empty for a photo
// that is not ready.
func (p Photo) Src(width int) string {
	if !p.Ready() {
		return ""
	}
	return address(p.Key, p.nearest(width), JPEG)
}

// SrcSet is the srcset of all renditions as JPEG or AVIF. It is empty while
// there are none of the kind.
func (p Photo) SrcSet(ext string) string {
	if !p.Ready() || ext == AVIF && !p.AVIF {
		return ""
	}
	var b strings.Builder
	for i, width := range p.Widths {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(address(p.Key, width, ext))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(width))
		b.WriteByte('w')
	}
	return b.String()
}

// Size is the size in pixels of the rendition that Src(width) names.
func (p Photo) Size(width int) (w, h int) {
	if !p.Ready() {
		return p.Width, p.Height
	}
	w = p.nearest(width)
	return w, heightFor(p.Width, p.Height, w)
}

func (p Photo) nearest(width int) int {
	i, _ := slices.BinarySearch(p.Widths, width)
	return p.Widths[min(i, len(p.Widths)-1)]
}

func address(key string, width int, ext string) string {
	return "/" + renditionKey(key, width, ext)
}

// renditionKey is both the blob key and, behind a slash, the address.
func renditionKey(key string, width int, ext string) string {
	return "photos/" + key + "/" + strconv.Itoa(width) + "." + ext
}
