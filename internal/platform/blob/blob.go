// Package blob keeps bytes under a key: in a local folder, or in a bucket of
// any S3-compatible service. What the bytes are is their owner's business.
package blob

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"awil/internal/errs"
)

// Info describes a stored object.
type Info struct {
	Size        int64     // bytes
	ContentType string    // MIME type; a file store derives it from the key's extension
	Modified    time.Time // when it was last written
}

// Store keeps objects under keys. A key is a relative path of plain segments,
// "photos/ab12/800.jpg"; any other form is errs.Invalid. Every method may
// return errs.Unavailable when the storage does not answer.
type Store interface {
	// Put writes exactly size bytes of r under key, replacing what was there.
	// Readers see the old object or the new one, never a part of it. A reader
	// that yields fewer or more bytes is errs.Invalid and stores nothing, as is
	// an empty object: nothing we keep is empty unless something went wrong.
	Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error
	// Get opens the object; the caller closes it. A missing one is errs.NotFound.
	Get(ctx context.Context, key string) (io.ReadCloser, Info, error)
	// Stat describes the object without reading it. A missing one is errs.NotFound.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes the object; removing a missing one is no error.
	Delete(ctx context.Context, key string) error
}

// Open returns the store that rawURL names:
//
//	file:///var/lib/awil/photos                         a folder, made when missing
//	s3://key:secret@host:9000/bucket?region=eu-1        a bucket, made when missing
//	s3://key:secret@host:9000/bucket?insecure=1         the same without TLS
//
// An URL it cannot use is errs.Invalid, an unreachable service errs.Unavailable.
func Open(ctx context.Context, rawURL string) (Store, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// The parser's message quotes the URL, which may hold a secret.
		return nil, errs.E(errs.Invalid, "blob: malformed URL")
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" || u.Path == "" {
			return nil, errs.E(errs.Invalid, "blob: a file URL needs an absolute path: file:///folder")
		}
		return openFiles(u.Path)
	case "s3":
		return openBucket(ctx, u)
	}
	return nil, errs.E(errs.Invalid, fmt.Sprintf("blob: unknown scheme %q: use file or s3", u.Scheme))
}

const maxKey = 512

// checkKey admits keys that mean the same thing to a file system, a URL and
// S3: segments of letters, digits, '-', '_' and '.', none beginning with a dot.
func checkKey(key string) error {
	if key == "" || len(key) > maxKey {
		return errs.E(errs.Invalid, "blob: empty or overlong key")
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment[0] == '.' || strings.ContainsFunc(segment, oddRune) {
			return errs.E(errs.Invalid, fmt.Sprintf("blob: bad key %q", key))
		}
	}
	return nil
}

func checkSize(size int64) error {
	if size <= 0 {
		return errs.E(errs.Invalid, "blob: nothing to store")
	}
	return nil
}

func oddRune(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return r != '-' && r != '_' && r != '.'
}
