package web

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// packed is a page's body as it is kept, in Zstandard: a third of the memory,
// and what most visitors take. What others take is made from it.
type packed struct {
	encodings *encodings
	etag      string
	size      int     // of the body as it is
	raw       []byte  // the body as it is, if it is too small to be worth compressing
	zstd      sending // else
	br, gzip  onDemand

	served   atomic.Int64            // to visitors who take the smallest encoding, brotli
	small    atomic.Pointer[sending] // the smallest encoding, once it is made
	squeezed atomic.Bool             // it is being made
	squeezer *squeezer               // where it may be made; nil: nowhere
}

// squeezer has the places where the smallest encodings are made.
type squeezer struct {
	places chan struct{}
	log    *slog.Logger
}

// sending is a page as it leaves in one encoding, its headers ready.
type sending struct {
	encoding []string // nil: as it is
	etag     []string
	length   []string
	body     []byte
}

func newSending(etag, encoding string, body []byte) sending {
	s := sending{etag: []string{etagIn(etag, encoding)}, length: []string{strconv.Itoa(len(body))}, body: body}
	if encoding != "" {
		s.encoding = []string{encoding}
	}
	return s
}

// onDemand is a page in an encoding that is made when it is first asked for.
type onDemand struct {
	once sync.Once
	made atomic.Pointer[sending]
}

// drop forgets it for good, for there is a better one.
func (d *onDemand) drop() {
	d.once.Do(func() {})
	d.made.Store(nil)
}

// smallest is the size from which compressing a page is worth it.
const smallest = 1024

// popular is how many visitors make the smallest encoding of a page worth it.
const popular = 8

// pack takes a copy of a body.
func (p *packed) pack(body []byte, etag string, e *encodings) {
	p.encodings, p.etag, p.size = e, etag, len(body)
	if len(body) < smallest {
		p.raw = bytes.Clone(body)
		return
	}
	p.zstd = newSending(etag, "zstd", e.zstandard.compress(body))
}

// unpack writes the body as it is behind dst.
func (p *packed) unpack(dst []byte) []byte {
	if p.raw != nil || p.size == 0 {
		return append(dst, p.raw...)
	}
	return p.encodings.unpack(dst, p.zstd.body)
}

// bytes is about how much memory the body may come to take: as it is kept, and
// in the two other encodings, of which brotli's smallest replaces its quick one.
func (p *packed) bytes() int { return len(p.raw) + 3*len(p.zstd.body) }

// encoded picks an encoding among those that a visitor takes. The smallest takes
// milliseconds to make: it is made when the page proves popular, and nobody
// waits for it.
func (p *packed) encoded(accept string) sending {
	if p.size < smallest {
		return p.plain()
	}
	br, zs, gz := takes(accept)
	if br {
		if small := p.small.Load(); small != nil {
			return *small
		}
		if p.served.Add(1) >= popular {
			p.squeeze()
		}
	}
	switch {
	case zs:
		return p.zstd
	case br:
		return p.in("br", &p.br, p.encodings.quickBrotli)
	case gz:
		return p.in("gzip", &p.gzip, p.encodings.quickGzip)
	default:
		return p.plain()
	}
}

// takes reads an Accept-Encoding. Most name what they take and nothing else;
// where there are weights, the encodings of weight 0 are refused. What is not
// named is not sent: who says * takes the page as it is as well.
func takes(accept string) (br, zs, gz bool) {
	if strings.IndexByte(accept, ';') < 0 {
		return strings.Contains(accept, "br"), strings.Contains(accept, "zstd"), strings.Contains(accept, "gzip")
	}
	for one := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(one, ";")
		if refused(weight) {
			continue
		}
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, "br"):
			br = true
		case strings.EqualFold(name, "zstd"):
			zs = true
		case strings.EqualFold(name, "gzip"):
			gz = true
		}
	}
	return br, zs, gz
}

// refused reports whether a weight is 0, however it is written.
func refused(weight string) bool {
	name, value, ok := strings.Cut(weight, "=")
	value = strings.TrimSpace(value)
	return ok && strings.EqualFold(strings.TrimSpace(name), "q") && strings.HasPrefix(value, "0") && strings.Trim(value, "0.") == ""
}

func (p *packed) plain() sending {
	return newSending(p.etag, "", p.unpack(make([]byte, 0, p.size)))
}

func (p *packed) in(encoding string, d *onDemand, by encoders) sending {
	d.once.Do(func() {
		made := p.recoded(encoding, by)
		d.made.Store(&made)
	})
	if made := d.made.Load(); made != nil {
		return *made
	}
	if small := p.small.Load(); small != nil { // which has just replaced it
		return *small
	}
	return p.plain()
}

func (p *packed) recoded(encoding string, by encoders) sending {
	buf := getBuffer()
	defer putBuffer(buf)
	buf.Grow(p.size)
	return newSending(p.etag, encoding, by.compress(p.unpack(buf.AvailableBuffer())))
}

// squeeze makes the smallest encoding, unless another page's is being made.
func (p *packed) squeeze() {
	if p.squeezer == nil || !p.squeezed.CompareAndSwap(false, true) {
		return
	}
	select {
	case p.squeezer.places <- struct{}{}:
	default:
		p.squeezed.Store(false)
		return
	}
	go func() {
		defer func() {
			<-p.squeezer.places
			if broke := recover(); broke != nil {
				p.squeezer.log.Error("a page is not made small", "panic", broke)
			}
		}()
		small := p.recoded("br", p.encodings.smallBrotli)
		p.small.Store(&small)
		p.br.drop()
	}()
}
