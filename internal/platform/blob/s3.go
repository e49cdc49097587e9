package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"awil/internal/errs"
)

type bucket struct {
	core minio.Core
	name string
}

func openBucket(ctx context.Context, u *url.URL) (*bucket, error) {
	secret, _ := u.User.Password()
	name := strings.Trim(u.Path, "/")
	if u.Host == "" || name == "" || strings.Contains(name, "/") {
		return nil, errs.E(errs.Invalid, "blob: an S3 URL is s3://key:secret@host:port/bucket")
	}
	region := u.Query().Get("region")
	if region == "" {
		// A fixed region spares a request for the bucket's location; services
		// other than AWS ignore it or call theirs this.
		region = "us-east-1"
	}
	core, err := minio.NewCore(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(u.User.Username(), secret, ""),
		Secure: u.Query().Get("insecure") != "1",
		Region: region,
		// The default of ten keeps a request waiting for half a minute.
		MaxRetries: 4,
	})
	if err != nil {
		return nil, errs.E(errs.Invalid, "blob: S3 URL", err)
	}
	b := &bucket{core: *core, name: name}
	if err := b.ensure(ctx, region); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *bucket) ensure(ctx context.Context, region string) error {
	exists, err := b.core.BucketExists(ctx, b.name)
	if err != nil {
		return s3Err("open bucket "+b.name, err)
	}
	if exists {
		return nil
	}
	if err := b.core.MakeBucket(ctx, b.name, minio.MakeBucketOptions{Region: region}); err != nil {
		// Another node starting at the same moment may have made it.
		if exists, _ := b.core.BucketExists(ctx, b.name); !exists {
			return s3Err("make bucket "+b.name, err)
		}
	}
	return nil
}

func (b *bucket) Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := checkSize(size); err != nil {
		return err
	}
	exact := &exactReader{r: r, left: size}
	_, err := b.core.Client.PutObject(ctx, b.name, key, exact, size, minio.PutObjectOptions{ContentType: contentType})
	if exact.err != nil {
		return fmt.Errorf("blob: put %s: %w", key, exact.err)
	}
	if err != nil {
		return s3Err("put "+key, err)
	}
	return nil
}

func (b *bucket) Get(ctx context.Context, key string) (io.ReadCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	// The core call fails at once for a missing key; Client.GetObject would
	// report it only on the first read.
	body, object, _, err := b.core.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, s3Err("get "+key, err)
	}
	return body, objectInfo(object), nil
}

func (b *bucket) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	object, err := b.core.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, s3Err("stat "+key, err)
	}
	return objectInfo(object), nil
}

func (b *bucket) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := b.core.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{})
	if err != nil && minio.ToErrorResponse(err).StatusCode != http.StatusNotFound {
		return s3Err("delete "+key, err)
	}
	return nil
}

func objectInfo(o minio.ObjectInfo) Info {
	return Info{Size: o.Size, ContentType: o.ContentType, Modified: o.LastModified}
}

// s3Err classifies: a 404 is a missing object, other answers below 500 are a
// wrong set-up of ours, and anything else means the service is not there.
func s3Err(what string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("blob: %s: %w", what, err)
	}
	switch status := minio.ToErrorResponse(err).StatusCode; {
	case status == http.StatusNotFound:
		return errs.E(errs.NotFound, "blob: "+what, err)
	case status >= 400 && status < 500:
		return fmt.Errorf("blob: %s: %w", what, err)
	}
	return errs.E(errs.Unavailable, "blob: "+what, err)
}

// exactReader fails when its source holds more or less than was announced;
// left to itself the client would store a cut object without complaint.
type exactReader struct {
	r    io.Reader
	left int64
	err  error
}

func (e *exactReader) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	// Look one byte past the end together with the last bytes, before the
	// client believes the object complete.
	last := int64(len(p)) >= e.left
	if last {
		p = p[:e.left]
	}
	n, err := io.ReadFull(e.r, p)
	e.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.err = errs.E(errs.Invalid, fmt.Sprintf("reader ended %d bytes early", e.left))
	case err != nil:
		e.err = err
	case last:
		if extra, _ := io.ReadFull(e.r, make([]byte, 1)); extra > 0 {
			e.err = errs.E(errs.Invalid, "reader holds more bytes than announced")
		}
	}
	return n, e.err
}
