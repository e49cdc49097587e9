package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// link is one connection to the database while an actor holds it.
type link struct {
	actor *actor
	conn  *pgx.Conn
	free  func()
	pid   uint32
	ended bool
}

// hold takes a connection out of the pool for an actor.
func hold(ctx context.Context, pool *postgres.Pool, a *actor) (*link, error) {
	c, err := pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	l := &link{actor: a, conn: c.Conn(), free: c.Release, pid: c.Conn().PgConn().PID()}
	a.links = append(a.links, l)
	a.held = append(a.held, l.pid)
	return l, nil
}

// release gives the connection back to the pool, which drops a broken one.
func (l *link) release() {
	if l.ended {
		return
	}
	l.ended = true
	a := l.actor
	a.links = slices.DeleteFunc(a.links, func(o *link) bool { return o == l })
	a.held = slices.DeleteFunc(a.held, func(pid uint32) bool { return pid == l.pid })
	l.free()
}

// outcome of a connection that is torn down must not depend on when the
// server notices, so that what it would do is done first.
const tearDown = 10 * time.Second

// rollBack ends whatever the connection has open and gives it back.
func (l *link) rollBack() {
	if l.ended {
		return
	}
	l.tell("rollback")
	l.actor.open = 0
	l.release()
}

// tell runs a bare command. A connection that refuses is broken.
func (l *link) tell(command string) error {
	ctx, cancel := context.WithTimeout(context.Background(), tearDown)
	defer cancel()
	if l.conn.IsClosed() {
		return errors.New("the connection is gone")
	}
	_, err := l.conn.PgConn().Exec(ctx, command).ReadAll()
	return err
}

// cut tears the connection: what was open is rolled back, and every further
// use fails as it does when a network cable is pulled.
func (l *link) cut() {
	l.tell("rollback")
	l.conn.PgConn().Conn().Close()
}

// fail makes the server end the open transaction with an error of its own.
func (l *link) fail(code string) error {
	err := l.tell(fmt.Sprintf(`do $$ begin raise exception 'injected' using errcode = '%s'; end $$`, code))
	if err == nil {
		err = errors.New("the injected error did not come")
	}
	return err
}

// The codes of a broken deadlock and of a statement's time limit (PostgreSQL
// manual, appendix A).
const (
	codeDeadlock = "40P01"
	codeTimeout  = "57014"
)

// hurt prepares a fault that comes before a statement; a non-nil error is the
// statement's answer.
func (l *link) hurt(f fault) error {
	switch f {
	case cut:
		l.cut()
	case clash:
		return l.fail(codeDeadlock)
	case slow:
		return l.fail(codeTimeout)
	}
	return nil
}
