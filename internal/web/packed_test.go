package web

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

func TestEncodingsWithWeights(t *testing.T) {
	p := &packed{}
	p.pack([]byte(strings.Repeat("A melon a day. ", 200)), `W/"x"`, newEncodings())
	for accept, want := range map[string]string{
		"":                          "",
		"gzip, deflate, br, zstd":   "zstd",
		"gzip, br":                  "br",
		"gzip":                      "gzip",
		"identity":                  "",
		"gzip;q=0.8":                "gzip",
		"br;q=0.001":                "br",
		"gzip;q=1.0, br;q=0.8":      "br",
		"zstd;q=0, br;q=0.0, gzip":  "gzip",
		"br;q=0.000, gzip;q=0.5":    "gzip",
		"br;Q=0,GZIP;q=1":           "gzip",
		"br ; q=0 , zstd ; q=0.3":   "zstd",
		"gzip;q=0":                  "",
		"*;q=0":                     "",
		"gzip, *;q=0":               "gzip",
		"identity;q=0.5, *;q=0":     "",
		"gzip;q=0.5, identity;q=0":  "gzip",
		"deflate;q=1, brotli;q=0.5": "",
	} {
		got := ""
		if s := p.encoded(accept); s.encoding != nil {
			got = s.encoding[0]
		}
		if got != want {
			t.Errorf("%q is answered in %q, want %q", accept, got, want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { takes("gzip;q=1.0, br;q=0.8, *;q=0") }); n > 0 {
		t.Errorf("reading weights allocates %v times", n)
	}
}

// broken is an encoder that fails as none should.
type broken struct{}

func (broken) Write([]byte) (int, error) { panic("broken") }
func (broken) Close() error              { return nil }
func (broken) Reset(io.Writer)           {}

// popularPage is a page that has just been asked for often enough.
func popularPage(e *encodings, log io.Writer) *packed {
	p := &packed{squeezer: &squeezer{make(chan struct{}, 1), slog.New(slog.NewTextHandler(log, nil))}}
	p.pack([]byte(strings.Repeat("A melon a day. ", 200)), `W/"x"`, e)
	for range popular {
		p.encoded("br")
	}
	synctest.Wait()
	return p
}

func TestWhatBreaksOffBehindBacksIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEncodings()
		e.smallBrotli = encoders{&sync.Pool{New: func() any { return broken{} }}}
		var log bytes.Buffer
		p := popularPage(e, &log)
		if !strings.Contains(log.String(), "broken") || len(p.squeezer.places) != 0 {
			t.Errorf("logged %q, %d places taken", log.String(), len(p.squeezer.places))
		}
		if s := p.encoded("br"); s.encoding == nil || s.encoding[0] != "br" {
			t.Error("the quick encoding is gone")
		}
	})
}

// TestPopularPagesTakeNoMoreThanIsCounted: the smallest encoding replaces the quick one.
func TestPopularPagesTakeNoMoreThanIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := popularPage(newEncodings(), io.Discard)
		p.encoded("gzip")
		if p.small.Load() == nil || p.br.made.Load() != nil {
			t.Fatal("a page is kept in brotli twice, or not small at all")
		}
		if s := p.in("br", &p.br, p.encodings.quickBrotli); s.encoding == nil || &s.body[0] != &p.small.Load().body[0] {
			t.Error("who came while it was replaced gets something else")
		}
	})
}
