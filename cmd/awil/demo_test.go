package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// loadedDemo is the demo programme, loaded once for all tests: a database to
// copy and a folder of pictures to link. Making its pictures takes seconds,
// a copy milliseconds.
type loadedDemo struct {
	once   sync.Once
	err    error
	server string // URL of any database on its server
	name   string
	photos string
}

// loaded is filled by the first test that needs it.
var loaded loadedDemo

// copyTo makes the database at target, which belongs to t, a copy of the demo,
// and photos a folder with its pictures.
func (d *loadedDemo) copyTo(t *testing.T, target, photos string) {
	t.Helper()
	d.once.Do(func() { d.err = d.load(t, target) })
	if d.err != nil {
		t.Fatalf("load the demo: %v", d.err)
	}
	name := databaseName(t, target)
	err := d.admin(t.Context(),
		fmt.Sprintf("drop database if exists %s with (force)", name),
		fmt.Sprintf("create database %s template %s strategy file_copy", name, d.name))
	if err != nil {
		t.Fatalf("copy the demo: %v", err)
	}
	if err := linkAll(d.photos, photos); err != nil {
		t.Fatalf("copy the demo's pictures: %v", err)
	}
}

// load fills a database of its own. It carries the run's name in its own, so
// that it is swept up should this program be killed.
func (d *loadedDemo) load(t *testing.T, target string) error {
	d.server, d.name = withDatabase(t, target, "postgres"), databaseName(t, target)+"_demo"
	if err := d.admin(t.Context(), fmt.Sprintf("create database %s template %s strategy file_copy", d.name, databaseName(t, target))); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "awil-demo-")
	if err != nil {
		return err
	}
	d.photos = dir
	c := Config{Addr: "127.0.0.1:0", DataDir: filepath.Join(dir, "data"), DatabaseURL: withDatabase(t, target, d.name),
		PhotosURL: fileURL(dir), MailFrom: "Awıl <shop@localhost>", DatabaseConns: 6}
	a, err := open(t.Context(), c, serveOptions{demo: true, goodsOnly: true}, quiet())
	if err != nil {
		return err
	}
	// The journeys look at their own pictures only; these have their JPEG.
	_, err = a.services.pool.Exec(t.Context(), "delete from river_job")
	if e := a.close(); err == nil {
		err = e
	}
	return err
}

func (d *loadedDemo) admin(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, d.server)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// drop removes what load made.
func (d *loadedDemo) drop() error {
	if d.name == "" {
		return nil
	}
	if err := os.RemoveAll(d.photos); err != nil {
		return err
	}
	return d.admin(context.Background(), fmt.Sprintf("drop database if exists %s with (force)", d.name))
}

// linkAll makes a folder with the same files, without copying their bytes:
// pictures are only ever replaced whole.
func linkAll(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o750)
		}
		return os.Link(path, target)
	})
}

func fileURL(dir string) string { return (&url.URL{Scheme: "file", Path: dir}).String() }

func databaseName(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

func withDatabase(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
