package assets

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Prefix is the path under which the assets are served.
const Prefix = "/assets/"

// shared are the stylesheets that every area's begins with: one request gives a
// page all it needs.
func shared() []string {
	return []string{"css/tokens.css", "css/base.css", "css/parts.css"}
}

// Store is a set of assets, ready to be served. It is safe for concurrent use.
type Store struct {
	version string
	files   map[string]*file
	disk    fs.FS // set only in development: read again on each request
}

// New reads the embedded assets, bundles the stylesheets and computes the
// fingerprint. Compressed forms are made when first asked for, or by Warm.
func New() (*Store, error) {
	files, err := load(embedded)
	if err != nil {
		return nil, err
	}
	return &Store{version: fingerprint(files), files: files}, nil
}

// Dev serves the assets of a folder as they are on disk at each request,
// uncompressed and uncached, for work on them.
func Dev(dir string) (*Store, error) {
	disk := os.DirFS(dir)
	if _, err := load(disk); err != nil {
		return nil, err
	}
	return &Store{version: "dev", disk: disk}, nil
}

// URL returns the address of an asset, such as "css/shop.css". It does not
// look whether there is one: the address of a missing asset answers 404.
func (s *Store) URL(name string) string {
	return Prefix + s.version + "/" + name
}

// Has reports whether there is an asset of that name.
func (s *Store) Has(name string) bool {
	f, err := s.lookup(name)
	return err == nil && f != nil
}

// Names returns the names of all assets, in no particular order.
func (s *Store) Names() []string {
	files := s.files
	if s.disk != nil {
		files, _ = load(s.disk)
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	return names
}

func (s *Store) lookup(name string) (*file, error) {
	if s.disk == nil {
		return s.files[name], nil
	}
	files, err := load(s.disk)
	if err != nil {
		return nil, err
	}
	return files[name], nil
}

func load(fsys fs.FS) (map[string]*file, error) {
	files := map[string]*file{}
	for _, dir := range []string{"css", "js", "img"} {
		err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return read(fsys, name, files)
		})
		if err != nil {
			return nil, fmt.Errorf("read assets: %w", err)
		}
	}
	return files, nil
}

func read(fsys fs.FS, name string, files map[string]*file) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if path.Ext(name) == ".css" {
		if slices.Contains(shared(), name) {
			return nil // part of every bundle, never served alone
		}
		if data, err = bundle(fsys, data); err != nil {
			return err
		}
	}
	files[name] = newFile(data, contentType(name))
	return nil
}

func bundle(fsys fs.FS, area []byte) ([]byte, error) {
	var all []byte
	for _, name := range shared() {
		part, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		all = append(append(all, part...), '\n')
	}
	return minifyCSS(append(all, area...)), nil
}

// contentType knows the kinds of files there are; to ask the machine would read
// its table of all there might be, two megabytes.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json": // the only kind there is
		return "application/speculationrules+json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".png":
		return "image/png"
	case ".jpg":
		return "image/jpeg"
	case ".avif":
		return "image/avif"
	}
	return "application/octet-stream"
}

// fingerprint hashes names and contents in an order that does not depend on
// the map's.
func fingerprint(files map[string]*file) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		fmt.Fprintf(h, "%s %d\n", name, len(files[name].raw))
		h.Write(files[name].raw)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))[:12]
}

// split parts "/assets/{version}/{name}".
func split(urlPath string) (version, name string, ok bool) {
	rest, ok := strings.CutPrefix(urlPath, Prefix)
	if !ok {
		return "", "", false
	}
	version, name, ok = strings.Cut(rest, "/")
	return version, name, ok && name != ""
}
