package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"math/bits"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// file is one asset with its encodings, each made once, when first wanted.
type file struct {
	raw         []byte
	contentType string
	etag        string // without quotes and without the encoding's suffix
	br          func() []byte
	zstd        func() []byte
	gzip        func() []byte
}

func newFile(raw []byte, contentType string) *file {
	sum := sha256.Sum256(raw)
	f := &file{raw: raw, contentType: contentType, etag: base64.RawURLEncoding.EncodeToString(sum[:12])}
	f.br = sync.OnceValue(func() []byte { return brotliBytes(raw) })
	f.zstd = sync.OnceValue(func() []byte { return zstdBytes(raw) })
	f.gzip = sync.OnceValue(func() []byte { return gzipBytes(raw) })
	return f
}

// compressible says whether encoding the file can gain anything: text and
// drawings do, pictures are compressed already.
func (f *file) compressible() bool {
	return len(f.raw) > 256 && (strings.HasPrefix(f.contentType, "text/") ||
		strings.HasPrefix(f.contentType, "image/svg") || strings.HasPrefix(f.contentType, "application/manifest"))
}

// window is the binary logarithm of a window that holds n bytes: the encoders reserve memory by it, and their largest
// would take thirty megabytes for each small file.
func window(n int) int { return min(max(bits.Len(uint(n+16)), 10), 22) }

func brotliBytes(raw []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: window(len(raw))})
	_, _ = w.Write(raw) // a bytes.Buffer does not fail
	_ = w.Close()
	return b.Bytes()
}

func zstdBytes(raw []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(1<<max(window(len(raw)), 10)), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil
	}
	defer func() { _ = w.Close() }()
	return w.EncodeAll(raw, nil)
}

func gzipBytes(raw []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	_, _ = w.Write(raw)
	_ = w.Close()
	return b.Bytes()
}
