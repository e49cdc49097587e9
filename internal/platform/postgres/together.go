package postgres

import (
	"strconv"

	"github.com/jackc/pgx/v5"
)

// Together is one statement made of the queries of several packages, each under
// a name by which later ones use what it returns: what is written together
// goes to the database, is begun and is ended there once.
type Together struct {
	sql  []byte
	args []any
}

// Add adds a query under a name. It counts its arguments from $1, as if it were
// alone; a dollar stands in it for nothing else.
func (t *Together) Add(name, query string, args ...any) {
	if len(t.sql) > 0 {
		t.sql = append(t.sql, ",\n"...)
	}
	t.sql = append(append(t.sql, name...), " as ("...)
	before := len(t.args)
	for i := 0; i < len(query); i++ {
		t.sql = append(t.sql, query[i])
		if query[i] != '$' {
			continue
		}
		n := 0
		for ; i+1 < len(query) && query[i+1] >= '0' && query[i+1] <= '9'; i++ {
			n = 10*n + int(query[i+1]-'0')
		}
		t.sql = strconv.AppendInt(t.sql, int64(before+n), 10)
	}
	t.sql = append(t.sql, ')')
	t.args = append(t.args, args...)
}

// Queue adds to a batch that they all run, and returns the rows of last, which
// takes no arguments of its own. title names the statement.
func (t *Together) Queue(b *pgx.Batch, title, last string) *pgx.QueuedQuery {
	return b.Queue("/* "+title+" */\nwith "+string(t.sql)+"\n"+last, t.args...)
}
