package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"awil/internal/errs"
	"awil/internal/platform/blob"
)

func fileStore(t *testing.T) (blob.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "made", "on", "demand")
	store, err := blob.Open(t.Context(), "file://"+dir)
	if err != nil {
		t.Fatal(err)
	}
	return store, dir
}

func s3URL(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(server.Close)
	return "s3://id:secret@" + strings.TrimPrefix(server.URL, "http://") + "/photos?insecure=1&region=us-east-1"
}

func eachStore(t *testing.T, test func(t *testing.T, store blob.Store)) {
	t.Run("file", func(t *testing.T) {
		store, _ := fileStore(t)
		test(t, store)
	})
	t.Run("s3", func(t *testing.T) {
		store, err := blob.Open(t.Context(), s3URL(t))
		if err != nil {
			t.Fatal(err)
		}
		test(t, store)
	})
}

func put(t *testing.T, store blob.Store, key, text string) {
	t.Helper()
	if err := store.Put(t.Context(), key, strings.NewReader(text), int64(len(text)), "image/jpeg"); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, store blob.Store, key string) (string, blob.Info) {
	t.Helper()
	r, info, err := store.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), info
}

func TestRoundTrip(t *testing.T) {
	eachStore(t, func(t *testing.T, store blob.Store) {
		put(t, store, "photos/aB3/800.jpg", "first")
		put(t, store, "photos/aB3/800.jpg", "second one")
		got, info := read(t, store, "photos/aB3/800.jpg")
		if got != "second one" || info.Size != 10 || info.ContentType != "image/jpeg" {
			t.Errorf("got %q %+v", got, info)
		}
		if age := time.Since(info.Modified); age < -time.Minute || age > time.Minute {
			t.Errorf("modified %v", info.Modified)
		}
		stat, err := store.Stat(t.Context(), "photos/aB3/800.jpg")
		if err != nil || stat.Size != 10 || stat.ContentType != "image/jpeg" {
			t.Errorf("stat %+v %v", stat, err)
		}
	})
}

func TestMissing(t *testing.T) {
	eachStore(t, func(t *testing.T, store blob.Store) {
		put(t, store, "photos/here/1.jpg", "x")
		for _, key := range []string{"photos/none/1.jpg", "photos/here", "photos/here/2.jpg"} {
			if _, _, err := store.Get(t.Context(), key); errs.KindOf(err) != errs.NotFound {
				t.Errorf("get %s: %v", key, err)
			}
			if _, err := store.Stat(t.Context(), key); errs.KindOf(err) != errs.NotFound {
				t.Errorf("stat %s: %v", key, err)
			}
		}
		for range 2 {
			if err := store.Delete(t.Context(), "photos/here/1.jpg"); err != nil {
				t.Errorf("delete: %v", err)
			}
		}
		if _, err := store.Stat(t.Context(), "photos/here/1.jpg"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("after delete: %v", err)
		}
	})
}

func TestBadKeys(t *testing.T) {
	eachStore(t, func(t *testing.T, store blob.Store) {
		for _, key := range []string{
			"", ".", "..", "/", "/etc/passwd", "a//b", "a/", "../x", "a/../b", "a/./b", ".parts/x", "a/.hidden",
			"a\\b", "a\x00b", "a b", "ü.jpg", "%2e%2e/x", strings.Repeat("a", 513),
		} {
			if err := store.Put(t.Context(), key, strings.NewReader("x"), 1, "text/plain"); errs.KindOf(err) != errs.Invalid {
				t.Errorf("put %q: %v", key, err)
			}
			if _, _, err := store.Get(t.Context(), key); errs.KindOf(err) != errs.Invalid {
				t.Errorf("get %q: %v", key, err)
			}
			if _, err := store.Stat(t.Context(), key); errs.KindOf(err) != errs.Invalid {
				t.Errorf("stat %q: %v", key, err)
			}
			if err := store.Delete(t.Context(), key); errs.KindOf(err) != errs.Invalid {
				t.Errorf("delete %q: %v", key, err)
			}
		}
	})
}

func TestSizeMustMatch(t *testing.T) {
	eachStore(t, func(t *testing.T, store blob.Store) {
		put(t, store, "a/old.jpg", "old")
		for _, size := range []int64{5, 3, 0, -1} {
			for _, key := range []string{"a/new.jpg", "a/old.jpg"} {
				if err := store.Put(t.Context(), key, strings.NewReader("four"), size, "image/jpeg"); errs.KindOf(err) != errs.Invalid {
					t.Errorf("announced %d, sent 4: %v", size, err)
				}
			}
			if _, err := store.Stat(t.Context(), "a/new.jpg"); errs.KindOf(err) != errs.NotFound {
				t.Errorf("announced %d, sent 4: stored all the same (%v)", size, err)
			}
		}
		if got, _ := read(t, store, "a/old.jpg"); got != "old" {
			t.Errorf("a failed put left %q", got)
		}
	})
}

type brokenReader struct{ n int }

var errLine = errors.New("line dropped")

func (b *brokenReader) Read(p []byte) (int, error) {
	if b.n == 0 {
		return 0, errLine
	}
	n := min(b.n, len(p))
	b.n -= n
	return n, nil
}

func TestBrokenReaderStoresNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, store blob.Store) {
		err := store.Put(t.Context(), "a/b.jpg", &brokenReader{n: 100}, 200, "image/jpeg")
		if !errors.Is(err, errLine) {
			t.Errorf("put: %v", err)
		}
		if _, err := store.Stat(t.Context(), "a/b.jpg"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("stat: %v", err)
		}
	})
}

func TestCancelled(t *testing.T) {
	eachStore(t, func(t *testing.T, store blob.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := store.Put(ctx, "a/b.jpg", strings.NewReader("x"), 1, "image/jpeg"); !errors.Is(err, context.Canceled) {
			t.Errorf("put: %v", err)
		}
	})
}

// Readers during rewrites must see one whole version or the other.
func TestPutIsAtomic(t *testing.T) {
	store, dir := fileStore(t)
	versions := [][]byte{bytes.Repeat([]byte("a"), 1<<18), bytes.Repeat([]byte("b"), 1<<17)}
	put(t, store, "k/v.jpg", string(versions[0]))
	var writers sync.WaitGroup
	for i := range 2 {
		writers.Go(func() {
			for range 10 {
				if err := store.Put(t.Context(), "k/v.jpg", bytes.NewReader(versions[i]), int64(len(versions[i])), "image/jpeg"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 50 {
		got, _ := read(t, store, "k/v.jpg")
		if got != string(versions[0]) && got != string(versions[1]) {
			t.Fatalf("torn read of %d bytes", len(got))
		}
	}
	writers.Wait()
	if left, _ := os.ReadDir(filepath.Join(dir, ".parts")); len(left) != 0 {
		t.Errorf("%d parts left behind", len(left))
	}
}

func TestFoldersAreSpread(t *testing.T) {
	store, dir := fileStore(t)
	for i := range 64 {
		put(t, store, fmt.Sprintf("photos/k%d/800.jpg", i), "x")
	}
	tops, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(tops) < 32 {
		t.Errorf("64 photos share %d folders", len(tops))
	}
	for _, top := range tops {
		if info, err := top.Info(); err != nil || info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s is open to everyone: %v %v", top.Name(), info.Mode(), err)
		}
	}
}

func TestOldPartsAreSwept(t *testing.T) {
	_, dir := fileStore(t)
	old, fresh := filepath.Join(dir, ".parts", "old"), filepath.Join(dir, ".parts", "fresh")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Open(t.Context(), "file://"+dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("a part from yesterday is still there")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("a part being written now was removed")
	}
}

func TestSymlinkOutIsRefused(t *testing.T) {
	store, dir := fileStore(t)
	put(t, store, "a/b.jpg", "x")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*", "a", "b.jpg"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if err := errors.Join(os.Remove(found[0]), os.Symlink(secret, found[0])); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Get(t.Context(), "a/b.jpg"); err == nil {
		t.Error("a link led out of the folder")
	}
}

func TestOpenRefuses(t *testing.T) {
	for rawURL, want := range map[string]errs.Kind{
		"":                       errs.Invalid,
		"photos":                 errs.Invalid,
		"file://host/x":          errs.Invalid,
		"file://":                errs.Invalid,
		"ftp://x/y":              errs.Invalid,
		"s3://k:hush@host":       errs.Invalid,
		"s3://k:hush@host/a/b":   errs.Invalid,
		"s3://k:hush@host:x/b":   errs.Invalid,
		"s3://k:hush@%zz/bucket": errs.Invalid,
	} {
		_, err := blob.Open(t.Context(), rawURL)
		if errs.KindOf(err) != want {
			t.Errorf("%q: %v, want %v", rawURL, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: the message shows the secret: %v", rawURL, err)
		}
	}
}

func TestUnreachableS3(t *testing.T) {
	server := httptest.NewServer(nil)
	address := strings.TrimPrefix(server.URL, "http://")
	server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := blob.Open(ctx, "s3://k:hush@"+address+"/photos?insecure=1")
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("%v", err)
	}
}

func TestBucketIsReused(t *testing.T) {
	rawURL := s3URL(t)
	first, err := blob.Open(t.Context(), rawURL)
	if err != nil {
		t.Fatal(err)
	}
	put(t, first, "a/b.jpg", "kept")
	second, err := blob.Open(t.Context(), rawURL)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := read(t, second, "a/b.jpg"); got != "kept" {
		t.Errorf("got %q", got)
	}
}
