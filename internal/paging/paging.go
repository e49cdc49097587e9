// Package paging cuts long lists into pages by key: a page begins after the
// last key of the one before, so that it costs the same however far one leafs
// and nothing is shown twice when rows are added meanwhile.
package paging

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"awil/internal/errs"
)

// maxCursor bounds a cursor's length; keys are a few numbers, times and short
// texts.
const maxCursor = 512

// Page says which part of a list is wanted.
type Page struct {
	After  string // cursor of the last row seen, as the page before returned it; empty for the beginning
	Before string // instead of After, on lists that lead back: cursor of the first row of the page that follows
	Limit  int    // rows to show
}

// back marks a cursor that leads back; no cursor has it inside.
const back = "~"

// Either makes a Page from a cursor of Leaf, which says itself which way it
// leads; empty is the beginning.
func Either(cursor string, limit int) Page {
	if before, ok := strings.CutPrefix(cursor, back); ok && before != "" {
		return Page{Before: before, Limit: limit}
	}
	return Page{After: cursor, Limit: limit}
}

// Back reports whether the page is wanted for what lies before a row: then
// rows are fetched in the other direction, the nearest first.
func (p Page) Back() bool { return p.Before != "" }

// Parse makes a Page from query parameters. A limit that is missing or no
// number becomes usual; any other is clamped to 1 … most.
func Parse(after, limit string, usual, most int) Page {
	n, err := strconv.Atoi(limit)
	if err != nil {
		n = usual
	}
	return Page{After: after, Limit: min(max(n, 1), most)}
}

// First reports whether the page is the beginning of the list.
func (p Page) First() bool { return p.After == "" && p.Before == "" }

// Fetch is how many rows to ask the database for: one more than is shown,
// which tells whether another page follows.
func (p Page) Fetch() int { return p.Limit + 1 }

// Key decodes the cursor into the key the list is sorted by. On the first page
// it is the zero K. A cursor that Cut did not make for such a key is
// errs.Invalid.
func Key[K any](p Page) (K, error) {
	var key K
	if p.First() {
		return key, nil
	}
	cursor := cmp.Or(p.Before, p.After)
	if len(cursor) > maxCursor {
		return key, errs.E(errs.Invalid, "cursor too long")
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return key, errs.E(errs.Invalid, "cursor", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&key); err != nil {
		var none K
		return none, errs.E(errs.Invalid, "cursor", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		var none K
		return none, errs.E(errs.Invalid, "cursor: something follows the key")
	}
	return key, nil
}

// Cut takes the rows fetched for p, drops the surplus one and returns the
// cursor of the next page, empty when this is the last. The key of a row must
// be what the list is sorted by, down to a unique column. It fails only if the
// key cannot be written as JSON.
func Cut[R, K any](p Page, fetched []R, key func(R) K) (rows []R, next string, err error) {
	if len(fetched) <= p.Limit {
		return fetched, "", nil
	}
	rows = fetched[:p.Limit]
	if next, err = encode(key(rows[len(rows)-1])); err != nil {
		return nil, "", err
	}
	return rows, next, nil
}

// Around are the cursors of the pages beside one, for Either; empty where there
// is none.
type Around struct{ Previous, Next string }

// Leaf is Cut for lists that lead back as well. Rows that were fetched for what
// lies before one come nearest first and are put into the list's order.
func Leaf[R, K any](p Page, fetched []R, key func(R) K) (rows []R, beside Around, err error) {
	more := len(fetched) > p.Limit
	rows = fetched[:min(len(fetched), p.Limit)]
	if p.Back() {
		slices.Reverse(rows)
	}
	if len(rows) == 0 {
		return rows, beside, nil
	}
	if more || p.Back() {
		if beside.Next, err = encode(key(rows[len(rows)-1])); err != nil {
			return nil, Around{}, err
		}
	}
	if more && p.Back() || p.After != "" {
		if beside.Previous, err = encode(key(rows[0])); err != nil {
			return nil, Around{}, err
		}
		beside.Previous = back + beside.Previous
	}
	return rows, beside, nil
}

func encode(key any) (string, error) {
	text, err := json.Marshal(key)
	if err != nil {
		return "", errs.E(errs.Internal, "encode cursor", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}
