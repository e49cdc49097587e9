package part

import (
	"context"
	"io"
	"strconv"
	"sync"

	"github.com/a-h/templ"
)

// Img draws a photo: the browser picks the size and the format, the place is
// kept from the start, nothing jumps. A page has dozens, so they are written
// without a detour.
func Img(p Picture, how Show) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		buf, _ := scratch.Get().(*[]byte)
		defer scratch.Put(buf)
		*buf = p.appendImg((*buf)[:0], how)
		_, err := w.Write(*buf)
		return err
	})
}

// scratch is where pictures are written before they go onto the page.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

func (p Picture) appendImg(dst []byte, how Show) []byte {
	sizes := how.Sizes
	if sizes == "" {
		sizes = "100vw"
	}
	if p.AVIF {
		dst = append(dst, `<picture><source type="image/avif" srcset="`...)
		dst = p.appendSet(dst, "avif")
		dst = appendAttr(append(dst, '"'), "sizes", sizes)
		dst = append(dst, '>')
	}
	dst = append(dst, `<img src="`...)
	dst = appendURL(dst, p.Key, p.nearest(800), "jpg")
	if len(p.Widths) > 1 {
		dst = append(dst, `" srcset="`...)
		dst = p.appendSet(dst, "jpg")
		dst = appendAttr(append(dst, '"'), "sizes", sizes)
		dst = append(dst, ` width="`...)
	} else {
		dst = append(dst, `" width="`...)
	}
	dst = strconv.AppendInt(dst, int64(p.Width), 10)
	dst = append(dst, `" height="`...)
	dst = strconv.AppendInt(dst, int64(p.Height), 10)
	dst = appendAttr(append(dst, '"'), "alt", p.Alt)
	if how.Class != "" {
		dst = appendAttr(dst, "class", how.Class)
	}
	if how.Eager {
		dst = append(dst, ` fetchpriority="high"`...)
	} else {
		dst = append(dst, ` loading="lazy" decoding="async"`...)
	}
	dst = append(p.appendGround(dst), '>')
	if p.AVIF {
		dst = append(dst, `</picture>`...)
	}
	return dst
}

func appendAttr(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, ' '), name...), `="`...)
	return append(append(dst, templ.EscapeString(value)...), '"')
}

// appendSet writes a srcset of all renditions.
func (p Picture) appendSet(dst []byte, ext string) []byte {
	for i, w := range p.Widths {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendURL(dst, p.Key, w, ext)
		dst = append(strconv.AppendInt(append(dst, ' '), int64(w), 10), 'w')
	}
	return dst
}

func appendURL(dst []byte, key string, width int, ext string) []byte {
	dst = append(dst, "/photos/"...)
	dst = append(dst, templ.EscapeString(key)...)
	dst = strconv.AppendInt(append(dst, '/'), int64(width), 10)
	return append(append(dst, '.'), ext...)
}

// URL returns the address of the rendition next to the wanted width: the
// smallest that is at least as wide, else the widest.
func (p Picture) URL(width int) string {
	return string(appendURL(nil, p.Key, p.nearest(width), "jpg"))
}

func (p Picture) nearest(width int) int {
	best := width
	for _, w := range p.Widths {
		best = w
		if w >= width {
			break
		}
	}
	return best
}

// appendGround writes the inline style that fills the place until the picture
// arrives. Both values come from our own photo pipeline and are checked all the
// same: nothing else may end up in a style attribute.
func (p Picture) appendGround(dst []byte) []byte {
	color, picture := isColor(p.Color), isPictureURI(p.Placeholder)
	if !color && !picture {
		return dst
	}
	dst = append(dst, ` style="`...)
	if color {
		dst = append(append(append(dst, "background-color:"...), p.Color...), ';')
	}
	if picture {
		dst = append(append(append(dst, "background-image:url("...), p.Placeholder...), ");background-size:cover"...)
	}
	return append(dst, '"')
}
