package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path"
	"time"

	"awil/internal/errs"
)

// Unfinished files live here, outside of every valid key, on the same file
// system as the finished ones so that a rename is atomic.
const partsDir = ".parts"

// Originals are private: nobody outside the group may read them.
const (
	dirMode  = 0o750
	fileMode = 0o640
)

type files struct {
	root *os.Root
}

func openFiles(dir string) (*files, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	f := &files{root: root}
	if err := root.MkdirAll(partsDir, dirMode); err != nil {
		return nil, errors.Join(fmt.Errorf("blob: %w", err), root.Close())
	}
	f.sweep(time.Now().Add(-24 * time.Hour))
	return f, nil
}

// sweep drops parts left behind by a crash. It is housekeeping: what cannot be
// removed now is removed at the next start.
func (f *files) sweep(before time.Time) {
	entries, err := fs.ReadDir(f.root.FS(), partsDir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			_ = f.root.Remove(path.Join(partsDir, e.Name()))
		}
	}
}

// place spreads folders over 256 parents, so that none of them grows to a size
// at which listing and backup tools crawl.
func place(key string) string {
	sum := sha256.Sum256([]byte(path.Dir(key)))
	return path.Join(hex.EncodeToString(sum[:1]), key)
}

func (f *files) Put(ctx context.Context, key string, r io.Reader, size int64, _ string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := checkSize(size); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	part := path.Join(partsDir, rand.Text())
	if err := f.write(part, r, size); err != nil {
		_ = f.root.Remove(part)
		return fmt.Errorf("blob: put %s: %w", key, err)
	}
	target := place(key)
	err := f.root.MkdirAll(path.Dir(target), dirMode)
	if err == nil {
		err = f.root.Rename(part, target)
	}
	if err != nil {
		_ = f.root.Remove(part)
		return fmt.Errorf("blob: put %s: %w", key, err)
	}
	return f.syncDir(path.Dir(target))
}

func (f *files) write(name string, r io.Reader, size int64) (err error) {
	out, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	// One byte more than announced tells a reader that is too long.
	n, err := io.Copy(out, io.LimitReader(r, size+1))
	if err != nil {
		return err
	}
	if n != size {
		return errs.E(errs.Invalid, fmt.Sprintf("read %d bytes where %d were announced", n, size))
	}
	return out.Sync()
}

// syncDir makes a rename survive a power cut.
func (f *files) syncDir(name string) (err error) {
	dir, err := f.root.Open(name)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("blob: sync folder: %w", err)
	}
	return nil
}

func (f *files) Get(_ context.Context, key string) (io.ReadCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	file, err := f.root.Open(place(key))
	if err != nil {
		return nil, Info{}, fileErr(key, err)
	}
	stat, err := file.Stat()
	if err == nil && stat.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, Info{}, errors.Join(fileErr(key, err), file.Close())
	}
	return file, fileInfo(key, stat), nil
}

func (f *files) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	stat, err := f.root.Stat(place(key))
	if err == nil && stat.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return Info{}, fileErr(key, err)
	}
	return fileInfo(key, stat), nil
}

func (f *files) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := f.root.Remove(place(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: delete %s: %w", key, err)
	}
	return nil
}

func fileInfo(key string, stat fs.FileInfo) Info {
	contentType := mime.TypeByExtension(path.Ext(key))
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return Info{Size: stat.Size(), ContentType: contentType, Modified: stat.ModTime()}
}

func fileErr(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errs.E(errs.NotFound, "blob: no "+key, err)
	}
	return fmt.Errorf("blob: %s: %w", key, err)
}
