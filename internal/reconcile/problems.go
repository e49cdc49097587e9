package reconcile

import (
	"fmt"
	"time"

	"awil/internal/errs"
)

// Problem is a sentence about a file, as a message key with its arguments.
type Problem struct {
	Line int // of the file; 0: the file as a whole
	Key  string
	Args []any
}

// problemsShown is how many lines of one file are complained about.
const problemsShown = 20

// FileError says why a file was not taken. Nothing of it was kept.
type FileError struct {
	Problems []Problem
	More     int // lines with problems that are not listed
}

// Error names the first problem, for the log.
func (e *FileError) Error() string {
	if len(e.Problems) == 0 {
		return "reconcile: a file that cannot be read"
	}
	first := e.Problems[0]
	return fmt.Sprintf("reconcile: line %d: %s %v, and %d more", first.Line, first.Key, first.Args, len(e.Problems)-1+e.More)
}

// Kind returns Invalid.
func (e *FileError) Kind() errs.Kind { return errs.Invalid }

// Is reports whether target is the kind Invalid.
func (e *FileError) Is(target error) bool { return target == error(errs.Invalid) }

// whole is the error of a file that is wrong altogether.
func whole(key string, args ...any) error {
	return &FileError{Problems: []Problem{{Key: key, Args: args}}}
}

// SeenError says that the very same file came in before.
type SeenError struct {
	ImportID int64
	At       time.Time
}

// Error names the import, for the log.
func (e *SeenError) Error() string {
	return fmt.Sprintf("reconcile: the file is import %d", e.ImportID)
}

// Kind returns Conflict.
func (e *SeenError) Kind() errs.Kind { return errs.Conflict }

// Is reports whether target is the kind Conflict.
func (e *SeenError) Is(target error) bool { return target == error(errs.Conflict) }

// complaints collects what is wrong with the lines of a file.
type complaints struct{ FileError }

func (c *complaints) add(line int, key string, args ...any) {
	if len(c.Problems) == problemsShown {
		c.More++
		return
	}
	c.Problems = append(c.Problems, Problem{Line: line, Key: key, Args: args})
}

func (c *complaints) err() error {
	if len(c.Problems) == 0 {
		return nil
	}
	return &c.FileError
}
