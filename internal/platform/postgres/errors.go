package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"awil/internal/errs"
)

// The SQLSTATE codes we act on (PostgreSQL manual, appendix A).
const (
	stringTooLong        = "22001"
	invalidText          = "22P02"
	characterNotInSet    = "22021"
	datetimeOverflow     = "22008"
	notNullViolation     = "23502"
	foreignKeyViolation  = "23503"
	uniqueViolation      = "23505"
	checkViolation       = "23514"
	exclusionViolation   = "23P01"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
)

// kindByCode maps a SQLSTATE to the kind a caller can act on.
var kindByCode = map[string]errs.Kind{
	stringTooLong:        errs.Invalid,
	invalidText:          errs.Invalid,
	characterNotInSet:    errs.Invalid,
	datetimeOverflow:     errs.Invalid,
	notNullViolation:     errs.Invalid,
	foreignKeyViolation:  errs.Invalid,
	checkViolation:       errs.Invalid,
	uniqueViolation:      errs.Conflict,
	exclusionViolation:   errs.Conflict,
	serializationFailure: errs.Conflict,
	deadlockDetected:     errs.Conflict,
	lockNotAvailable:     errs.Unavailable,
	queryCanceled:        errs.Unavailable,
}

// Err gives a database error its errs kind and keeps the cause reachable:
// no rows is NotFound; a unique or serialization failure Conflict; a check,
// foreign key or malformed value Invalid; a lost, full or overdue server
// Unavailable. nil, an error that already has a kind, and one it does not know
// come back as they are.
func Err(err error) error {
	if err == nil || classified(err) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return errs.E(errs.NotFound, "", err)
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		if kind, ok := kindOfCode(pg.Code); ok {
			return errs.E(kind, "", err)
		}
		return err
	}
	if lost(err) || errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err) {
		return errs.E(errs.Unavailable, "", err)
	}
	return err
}

// lost reports whether the connection to the server could not be made, or
// broke. What was under way may have been done.
func lost(err error) bool {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return connecting || network || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func classified(err error) bool {
	var with interface{ Kind() errs.Kind }
	return errors.As(err, &with)
}

func kindOfCode(code string) (errs.Kind, bool) {
	if kind, ok := kindByCode[code]; ok {
		return kind, true
	}
	// Classes 08 connection, 53 resources exhausted, 57P operator intervention.
	for _, class := range []string{"08", "53", "57P"} {
		if strings.HasPrefix(code, class) {
			return errs.Unavailable, true
		}
	}
	return errs.Internal, false
}

// Violates reports whether err comes from the named constraint or unique
// index, for callers that turn it into a message by a field.
func Violates(err error, constraint string) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.ConstraintName == constraint
}
