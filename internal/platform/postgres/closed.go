package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// closed is what comes of a batch that is not sent, as its transaction is over.
type closed struct{}

func (closed) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, pgx.ErrTxClosed }
func (closed) Query() (pgx.Rows, error)         { return closedRows{}, pgx.ErrTxClosed }
func (closed) QueryRow() pgx.Row                { return closedRows{} }
func (closed) Close() error                     { return pgx.ErrTxClosed }
func (closed) Tx() pgx.Tx                       { return nil }

// closedRows are none.
type closedRows struct{}

func (closedRows) Close()                                       {}
func (closedRows) Err() error                                   { return pgx.ErrTxClosed }
func (closedRows) CommandTag() pgconn.CommandTag                { return pgconn.CommandTag{} }
func (closedRows) FieldDescriptions() []pgconn.FieldDescription { return nil }
func (closedRows) Next() bool                                   { return false }
func (closedRows) Scan(...any) error                            { return pgx.ErrTxClosed }
func (closedRows) Values() ([]any, error)                       { return nil, pgx.ErrTxClosed }
func (closedRows) RawValues() [][]byte                          { return nil }
func (closedRows) TypeMap() *pgtype.Map                         { return nil }
func (closedRows) Conn() *pgx.Conn                              { return nil }
