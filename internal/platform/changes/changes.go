// Package changes brings what the database says has changed to the board that
// pages in memory are checked against, on every node of a shop.
package changes

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"
	"time"

	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// channel is where the triggers of the database speak.
const channel = "awil_changes"

// Feed hears of changes. Run it on a goroutine of its own.
type Feed struct {
	board *watch.Board
	url   string
	db    postgres.DB
	log   *slog.Logger

	mu      sync.Mutex
	waiting map[string]chan struct{}
}

// New returns a feed of the database at url, to which db is connected as well,
// onto board.
func New(url string, db postgres.DB, board *watch.Board, log *slog.Logger) *Feed {
	return &Feed{board: board, url: url, db: db, log: log, waiting: map[string]chan struct{}{}}
}

// Board is what it writes on.
func (f *Feed) Board() *watch.Board { return f.board }

// Run hears until ctx ends.
func (f *Feed) Run(ctx context.Context) {
	postgres.Listener{
		URL: f.url, Channel: channel, Log: f.log, Hear: f.hear,
		Begin: func() { f.board.SetCertain(true) }, Lost: func() { f.board.SetCertain(false) },
		Doubt: f.board.Doubt,
	}.Run(ctx)
}

// mark begins a message that says nothing but that it was heard.
const mark = "mark:"

func (f *Feed) hear(payload string) {
	token, marked := strings.CutPrefix(payload, mark)
	if !marked {
		f.board.Change(watch.Parse(payload)...)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if heard, ours := f.waiting[token]; ours {
		close(heard)
		delete(f.waiting, token)
	}
}

// catchUp is how long somebody waits for her own change to be heard of.
const catchUp = 300 * time.Millisecond

// CatchUp returns when everything that was committed before it was called has
// been heard, or after a moment in which that did not happen: messages come in
// the order of their commits.
func (f *Feed) CatchUp(ctx context.Context) {
	if !f.board.Certain() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	token, heard := rand.Text(), make(chan struct{})
	f.mu.Lock()
	f.waiting[token] = heard
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.waiting, token)
		f.mu.Unlock()
	}()
	if _, err := f.db.Exec(ctx, `/* changes.mark */ select pg_notify($1, $2)`, channel, mark+token); err != nil {
		f.log.WarnContext(ctx, "nobody can be told that pages are fresh", "error", postgres.Err(err))
		return
	}
	select {
	case <-heard:
	case <-ctx.Done():
	}
}
