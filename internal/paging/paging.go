// Package paging cuts long lists into pages by key: a page begins after the
// last key of the one before, so that it costs the same however far one leafs
// and nothing is shown twice when rows are added meanwhile.
package paging

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strconv"

	"awil/internal/errs"
)

// maxCursor bounds a cursor's length; keys are a few numbers, times and short
// texts.
const maxCursor = 512

// Page says which part of a list is wanted.
type Page struct {
	After string // cursor of the last row seen, as the page before returned it; empty for the beginning
	Limit int    // rows to show
}

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
func (p Page) First() bool { return p.After == "" }

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
	if len(p.After) > maxCursor {
		return key, errs.E(errs.Invalid, "cursor too long")
	}
	text, err := base64.RawURLEncoding.DecodeString(p.After)
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
	text, err := json.Marshal(key(rows[len(rows)-1]))
	if err != nil {
		return nil, "", errs.E(errs.Internal, "encode cursor", err)
	}
	return rows, base64.RawURLEncoding.EncodeToString(text), nil
}
