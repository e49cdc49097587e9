package bench

import (
	"bytes"
	"image/jpeg"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

func TestNginxConfig(t *testing.T) {
	header := http.Header{
		"Content-Type": {"text/html; charset=UTF-8"}, "Content-Encoding": {"gzip"}, "Content-Length": {"12"}, "Etag": {`W/"x"`},
		"Permissions-Policy": {`geolocation=(), x="y"`}, "X-Price": {"$5"}, "Vary": {"Accept-Encoding"}, "Date": {"now"},
	}
	got := nginxConfig("/place", "127.0.0.1:81", false, []saved{{"home", sent{header: header}}})
	for _, want := range []string{
		"daemon off;", "worker_processes auto;", "listen 127.0.0.1:81 ", `root "/place/pages";`, "location = /home {",
		`default_type "text/html; charset=UTF-8";`, `add_header Content-Encoding "gzip";`,
		`add_header Permissions-Policy "geolocation=(), x=\"y\"";`, `add_header Vary "Accept-Encoding";`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, no := range []string{"Content-Length", "Etag", "X-Price", "Date", "user root"} {
		if strings.Contains(got, no) {
			t.Errorf("%q is in\n%s", no, got)
		}
	}
	if !strings.HasPrefix(nginxConfig("/place", "", true, nil), "user root;\n") {
		t.Error("root's files cannot be read by another user")
	}
}

func TestMeasuredProgramHasItsOwnConfiguration(t *testing.T) {
	got := foreign([]string{"PATH=/bin", "AWIL_DATABASE_URL=x", "STRIPE_SECRET_KEY=x", "CLICK_SECRET_KEY=x", "SMTP_URL=x", "PGHOST=x", "HOME=/h", "GOGC=off"})
	if !slices.Equal(got, []string{"PATH=/bin", "HOME=/h"}) {
		t.Errorf("got %v", got)
	}
}

func TestModules(t *testing.T) {
	const script = `import { attach } from './attach.js'; import "../x/y.js";
attach({ 'cart-count': '[data-cart-count]', gallery: "[data-gallery]", once: 'form[method=post]' });`
	want := []string{"../x/y.js", "./attach.js", "./cart-count.js", "./gallery.js", "./once.js"}
	if got := modules(script); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := modules(`const x = { a: 'b' }`); len(got) != 0 {
		t.Errorf("a table that attaches nothing: %v", got)
	}
}

func TestProcKilobytes(t *testing.T) {
	status := []byte("Name:\tawil\nVmHWM:\t   50000 kB\nVmRSS:\t   41000 kB\n")
	if n, err := procKilobytes(status, "VmRSS"); n != 41_000*1024 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := procKilobytes(status, "VmSwap"); err == nil {
		t.Error("what is not there was found")
	}
}

func TestParseArea(t *testing.T) {
	if a, err := ParseArea("checkout"); a != Checkout || err != nil {
		t.Errorf("%v, %v", a, err)
	}
	if _, err := ParseArea("chekout"); err == nil || !strings.Contains(err.Error(), "weight, pages") {
		t.Errorf("the areas are not told: %v", err)
	}
}

func TestPhonePhoto(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	p, err := phonePhoto()
	if err != nil {
		t.Fatal(err)
	}
	one, two := p.numbered(1), p.numbered(2)
	if bytes.Equal(one, two) {
		t.Error("two photos are the same")
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(one))
	if err != nil || cfg.Width*cfg.Height != 12_000_000 {
		t.Errorf("%d × %d, %v", cfg.Width, cfg.Height, err)
	}
	if size := len(one) / megabyte; size < 2 || size > 6 {
		t.Errorf("%d MB is not what a phone makes", size)
	}
}

func TestBusyMachineIsTold(t *testing.T) {
	for average, want := range map[string]bool{"0.35": false, "1.00": false, "1.01": true, "17.2": true, "": false} {
		if got := busyAt(average, 2) != ""; got != want {
			t.Errorf("load %q: told is %v", average, got)
		}
	}
}

func TestCommitOfTheBuild(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	for want, settings := range map[string][]debug.BuildSetting{
		"":                        {{Key: "CGO_ENABLED", Value: "1"}},
		"0123456789":              {revision, {Key: "vcs.modified", Value: "false"}},
		"0123456789 with changes": {revision, {Key: "vcs.modified", Value: "true"}},
	} {
		if got := builtFrom(settings); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
