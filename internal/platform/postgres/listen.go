package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Listener hears what transactions say on a channel, from the moment they
// commit.
type Listener struct {
	URL     string
	Channel string
	Log     *slog.Logger
	// Hear is told each message; Lost that from now on messages may be missed;
	// Begin that messages are heard from now on, and what was said before may
	// have been missed. Doubt is told that the server does not answer, so that
	// messages may come late; or that it does again, and none was missed. All are
	// called one after the other.
	Hear  func(payload string)
	Begin func()
	Lost  func()
	Doubt func(doubtful bool)
}

const (
	firstPause   = time.Second / 8
	longestPause = 5 * time.Second
	// quiet is after how long without a message the connection is tried: a cable
	// that was pulled says nothing. If no answer comes within patience, what was
	// said may not have been heard: a second after the last that was.
	quiet    = time.Second / 2
	patience = time.Second / 2
)

// Run listens until ctx ends, on a connection of its own, made anew whenever it
// is lost.
func (l Listener) Run(ctx context.Context) {
	pause := firstPause
	for ctx.Err() == nil {
		heard, err := l.listen(ctx)
		if heard {
			pause = firstPause
			l.Lost()
		}
		if ctx.Err() != nil {
			return
		}
		l.Log.WarnContext(ctx, "the connection that hears of changes is lost; trying again", "error", Err(err))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

func (l Listener) listen(ctx context.Context) (heard bool, err error) {
	conn, err := pgx.Connect(ctx, l.URL)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it is given up either way
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{l.Channel}.Sanitize()); err != nil {
		return false, err
	}
	if err := l.hears(ctx, conn); err != nil {
		return false, err
	}
	l.Begin()
	for {
		n, err := l.next(ctx, conn)
		if err != nil {
			return true, err
		}
		l.hear(n)
	}
}

// hear passes a message on, unless it is none or only a trial.
func (l Listener) hear(payload string) {
	if payload != "" && !strings.HasPrefix(payload, trial) {
		l.Hear(payload)
	}
}

// trial begins a message with which a listener finds out whether it hears. It
// says nothing else.
const trial = "trial:"

// hears makes sure that what others say comes: what stands between us and the
// server may take the command to listen and pass nothing on, as poolers do that
// lend a connection for one transaction at a time. Messages that come meanwhile
// are among those that may have been missed.
func (l Listener) hears(ctx context.Context, conn *pgx.Conn) error {
	waiting, cancel := context.WithTimeout(ctx, longestPause)
	defer cancel()
	said := trial + rand.Text()
	if err := l.say(waiting, said); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(waiting)
		switch {
		case err == nil && n.Payload == said:
			return nil
		case err != nil:
			return fmt.Errorf("no message comes through: the address of the database must lead to the server itself, or to a pooler that keeps sessions: %w", err)
		}
	}
}

// say speaks on the channel as others do, on another connection: a pooler may
// pass on what a session says to itself.
func (l Listener) say(ctx context.Context, payload string) error {
	other, err := pgx.Connect(ctx, l.URL)
	if err != nil {
		return err
	}
	_, err = other.Exec(ctx, `/* postgres.trial */ select pg_notify($1, $2)`, l.Channel, payload)
	return errors.Join(err, other.Close(context.WithoutCancel(ctx)))
}

// next waits for a message; empty if there was none for a while and the
// connection is sound.
func (l Listener) next(ctx context.Context, conn *pgx.Conn) (string, error) {
	waiting, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	n, err := conn.WaitForNotification(waiting)
	switch {
	case err == nil:
		return n.Payload, nil
	case ctx.Err() != nil || waiting.Err() == nil:
		return "", err
	}
	return "", l.try(ctx, conn)
}

// try asks the server for a sign of life. One that is slow to answer is no
// reason to give up a connection and all that was heard by it.
func (l Listener) try(ctx context.Context, conn *pgx.Conn) error {
	trying, cancel := context.WithTimeout(ctx, longestPause)
	defer cancel()
	doubted := make(chan struct{})
	slow := time.AfterFunc(patience, func() {
		l.Doubt(true)
		close(doubted)
	})
	err := conn.Ping(trying)
	if slow.Stop() {
		return err
	}
	<-doubted
	if err == nil {
		l.hearArrived(conn)
		l.Doubt(false)
	}
	return err
}

// hearArrived hears what came before the server's answer.
func (l Listener) hearArrived(conn *pgx.Conn) {
	arrived, cancel := context.WithCancel(context.Background())
	cancel() // it does not wait for more
	for {
		n, err := conn.WaitForNotification(arrived)
		if err != nil {
			return
		}
		l.hear(n.Payload)
	}
}
