package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// nginx serves saved pages from disk: the fastest a page can be had on this
// machine.
type nginx struct {
	addr    string
	process *process
}

// saved is a page as our server sent it.
type saved struct {
	name string // of the file, and the path nginx serves it at
	sent
}

// startNginx saves the pages under dir and serves them with a configuration of
// its own. errMissing means that nginx is not installed.
func startNginx(ctx context.Context, dir string, pages []saved) (*nginx, error) {
	program, err := find("nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "pages"), 0o755); err != nil {
		return nil, fmt.Errorf("set up nginx: %w", err)
	}
	for _, page := range pages {
		if err := os.WriteFile(filepath.Join(dir, "pages", page.name), page.body, 0o644); err != nil {
			return nil, fmt.Errorf("set up nginx: %w", err)
		}
	}
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(nginxConfig(dir, addr, os.Getuid() == 0, pages)), 0o600); err != nil {
		return nil, fmt.Errorf("set up nginx: %w", err)
	}
	n := &nginx{addr: addr}
	if n.process, err = start(filepath.Join(dir, "nginx.out"), nil, program, "-p", dir, "-c", file, "-e", "nginx.log"); err != nil {
		return nil, err
	}
	err = n.process.await(ctx, 5*time.Millisecond, stopTimeout, func(ctx context.Context) bool {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", addr)
		if err != nil {
			return false
		}
		_ = c.Close()
		return true
	})
	if err != nil {
		return nil, stopAfter(err, n.process)
	}
	return n, nil
}

// nginxConfig is a server that does nothing but send the pages, each with the
// headers ours carried.
func nginxConfig(dir, addr string, root bool, pages []saved) string {
	var b strings.Builder
	if root {
		b.WriteString("user root;\n") // the files are ours alone
	}
	fmt.Fprintf(&b, `daemon off;
worker_processes auto;
pid nginx.pid;
events { worker_connections 1024; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	open_file_cache max=100;
	keepalive_timeout 600s;
	keepalive_requests 1000000000;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	types { }
	server {
		listen %s backlog=1024;
		root %s;
`, addr, nginxQuote(filepath.Join(dir, "pages")))
	for _, page := range pages {
		fmt.Fprintf(&b, "\t\tlocation = /%s {\n\t\t\tdefault_type %s;\n", page.name, nginxQuote(page.header.Get("Content-Type")))
		for _, name := range copiedHeaders(page.header) {
			for _, value := range page.header[name] {
				fmt.Fprintf(&b, "\t\t\tadd_header %s %s;\n", name, nginxQuote(value))
			}
		}
		b.WriteString("\t\t}\n")
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

// copiedHeaders are those that nginx does not make itself. It has no way to
// write a dollar sign.
func copiedHeaders(h http.Header) []string {
	own := []string{"Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date", "Server",
		"Etag", "Last-Modified", "Accept-Ranges"}
	var names []string
	for name, values := range h {
		if !slices.Contains(own, name) && !strings.Contains(strings.Join(values, ""), "$") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func nginxQuote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}
