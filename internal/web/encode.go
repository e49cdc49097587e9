package web

import (
	"bytes"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoder is what the writers of all encodings have in common.
type encoder interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// encodings are how pages are compressed. The first visitors of a page, who may
// be its only ones, get it quickly made: to compress it well takes ten times as
// long, and saves a sixth.
type encodings struct {
	zstandard, quickBrotli, quickGzip encoders
	smallBrotli                       encoders // for pages that prove popular
	unpackers                         *sync.Pool
}

// What of gzip and brotli takes about as long as the fastest Zstandard, and
// comes to as much.
const (
	quickBrotli = 1
	quickGzip   = 2
	smallBrotli = 5
)

func newEncodings() *encodings {
	return &encodings{
		zstandard:   openedBy(newZstandard),
		quickBrotli: openedBy(func() encoder { return brotli.NewWriterV2(nil, quickBrotli) }),
		quickGzip:   openedBy(newQuickGzip),
		smallBrotli: openedBy(func() encoder { return brotli.NewWriterLevel(nil, smallBrotli) }),
		unpackers:   &sync.Pool{New: newUnpacker},
	}
}

// newZstandard, newUnpacker and newQuickGzip would fail only for options that there are not.
func newZstandard() encoder {
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	return e
}

func newUnpacker() any {
	d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	return d
}

func newQuickGzip() encoder {
	e, _ := gzip.NewWriterLevel(nil, quickGzip)
	return e
}

// encoders compress pages in one encoding, each encoder one page at a time.
// What an encoder looks up most, up to a quarter of a megabyte, should be in
// the processor's cache: so the one that was used last is used next.
type encoders struct{ idle *sync.Pool }

func openedBy(open func() encoder) encoders {
	return encoders{&sync.Pool{New: func() any { return open() }}}
}

// compress encodes into a buffer of the pool: how little a page comes to is
// known only then.
func (p encoders) compress(body []byte) []byte {
	e, _ := p.idle.Get().(encoder)
	defer p.idle.Put(e)
	buf := getBuffer()
	defer putBuffer(buf)
	if whole, ok := e.(*zstd.Encoder); ok { // needs no copy of what it has at once
		buf.Grow(len(body))
		return bytes.Clone(whole.EncodeAll(body, buf.AvailableBuffer()))
	}
	e.Reset(buf)
	_, _ = e.Write(body) // a bytes.Buffer does not fail
	_ = e.Close()
	return bytes.Clone(buf.Bytes())
}

// unpack writes what a Zstandard encoder of ours was given behind dst.
func (e *encodings) unpack(dst, packed []byte) []byte {
	d, _ := e.unpackers.Get().(*zstd.Decoder)
	defer e.unpackers.Put(d)
	dst, _ = d.DecodeAll(packed, dst) // of what we compressed ourselves
	return dst
}
