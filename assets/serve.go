package assets

import (
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
)

// ServeHTTP answers /assets/{version}/{name}: for a year where the version is
// the current one, for a minute where it is another (a page rendered by the
// release before or after this one still finds its stylesheet).
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, ok := split(r.URL.Path)
	if !ok || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		http.NotFound(w, r)
		return
	}
	f, err := s.lookup(name)
	if err != nil {
		http.Error(w, "assets cannot be read", http.StatusInternalServerError)
		return
	}
	if f == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", s.cacheControl(version))
	f.serve(w, r, s.disk != nil)
}

func (s *Store) cacheControl(version string) string {
	switch {
	case s.disk != nil:
		return "no-store"
	case version == s.version:
		return "public, max-age=31536000, immutable"
	default:
		return "public, max-age=60"
	}
}

func (f *file) serve(w http.ResponseWriter, r *http.Request, plain bool) {
	encoding, body := "", f.raw
	if f.compressible() && !plain {
		w.Header().Add("Vary", "Accept-Encoding")
		encoding, body = f.encode(r.Header.Get("Accept-Encoding"))
	}
	etag := `"` + f.etag + encoding + `"`
	h := w.Header()
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	_, _ = w.Write(body) // the client has gone: nothing left to do
}

// encode picks the smallest form the client takes.
func (f *file) encode(accept string) (encoding string, body []byte) {
	switch {
	case accepts(accept, "br"):
		return "br", f.br()
	case accepts(accept, "zstd"):
		return "zstd", f.zstd()
	case accepts(accept, "gzip"):
		return "gzip", f.gzip()
	default:
		return "", f.raw
	}
}

// accepts reports whether an Accept-Encoding header names the coding without
// forbidding it by q=0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !found || err != nil || weight > 0
	}
	return false
}

func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		tag := strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if tag == etag || tag == "*" {
			return true
		}
	}
	return false
}

// Warm makes the compressed forms before anyone asks for them, but for those
// that hardly anyone does: who takes zstd takes Brotli as well. It takes some
// tenths of a second of one core and is meant to run beside the start.
func (s *Store) Warm() {
	for _, f := range s.files {
		if f.compressible() {
			f.br()
			f.gzip()
		}
	}
	debug.FreeOSMemory() // what the encoders took is not needed again
}
