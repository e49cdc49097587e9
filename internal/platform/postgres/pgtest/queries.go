package pgtest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Queries is what was sent to the database while somebody was counting.
type Queries struct {
	mu  sync.Mutex
	sql []string
}

// N is the number of statements so far. Those of a batch count one by one;
// what only frames a transaction (begin, commit, savepoint) does not count.
func (q *Queries) N() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.sql)
}

// SQL returns the statements so far, in order, for the message of a test that
// found too many.
func (q *Queries) SQL() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.sql)
}

// Reset starts the count over.
func (q *Queries) Reset() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sql = nil
}

func (q *Queries) add(sql string) {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(sql)), " ")
	if slices.Contains([]string{"begin", "commit", "rollback", "savepoint", "release"}, first) {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sql = append(q.sql, sql)
}

type counterKey struct{}

// CountQueries returns a context under which every statement on a pool of this
// package is counted.
func CountQueries(ctx context.Context) (context.Context, *Queries) {
	q := &Queries{}
	return context.WithValue(ctx, counterKey{}, q), q
}

// CountPool counts every statement on pool from now on until t ends, for tests
// that reach it through a server and cannot hand over a context. The pool must
// come from New or Open.
func CountPool(t testing.TB, pool *pgxpool.Pool) *Queries {
	t.Helper()
	tr, ok := pool.Config().ConnConfig.Tracer.(*tracer)
	if !ok {
		t.Fatal("this pool was not opened by pgtest")
	}
	q := &Queries{}
	tr.watch(q)
	t.Cleanup(func() { tr.unwatch(q) })
	return q
}

// tracer sees all statements of a pool.
type tracer struct {
	mu       sync.Mutex
	watchers []*Queries
}

func (tr *tracer) watch(q *Queries) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.watchers = append(tr.watchers, q)
}

func (tr *tracer) unwatch(q *Queries) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.watchers = slices.DeleteFunc(tr.watchers, func(w *Queries) bool { return w == q })
}

func (tr *tracer) saw(ctx context.Context, sql string) {
	if q, ok := ctx.Value(counterKey{}).(*Queries); ok {
		q.add(sql)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, q := range tr.watchers {
		q.add(sql)
	}
}

// TraceQueryStart implements pgx.QueryTracer.
func (tr *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	tr.saw(ctx, data.SQL)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (tr *tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (tr *tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	for _, query := range data.Batch.QueuedQueries {
		tr.saw(ctx, query.SQL)
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (tr *tracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (tr *tracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// TraceCopyFromStart implements pgx.CopyFromTracer.
func (tr *tracer) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromStartData) context.Context {
	tr.saw(ctx, "copy "+data.TableName.Sanitize())
	return ctx
}

// TraceCopyFromEnd implements pgx.CopyFromTracer.
func (tr *tracer) TraceCopyFromEnd(context.Context, *pgx.Conn, pgx.TraceCopyFromEndData) {}
