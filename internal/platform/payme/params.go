package payme

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"awil/internal/money"
)

// object is a JSON object whose fields are read by their exact names and types.
type object map[string]json.RawMessage

// objectOf reads an object; anything else is false.
func objectOf(raw json.RawMessage) (object, bool) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return nil, false
	}
	var o object
	err := json.Unmarshal(raw, &o)
	return o, err == nil
}

func (o object) text(name string) (string, bool) {
	raw := bytes.TrimSpace(o[name])
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	var text string
	err := json.Unmarshal(raw, &text)
	return text, err == nil && !strings.ContainsRune(text, 0) // which no name of ours has, and the database does not take
}

// whole is how the protocol writes integers; more digits than that none has.
var whole = regexp.MustCompile(`^-?[0-9]{1,18}$`)

func (o object) integer(name string) (int64, bool) {
	raw := string(bytes.TrimSpace(o[name]))
	if !whole.MatchString(raw) {
		return 0, false
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	return n, err == nil
}

// idLength is how long Payme's names of transactions are.
const idLength = 24

// transactionID reads Payme's name of a transaction.
func (o object) transactionID() (string, error) {
	id, ok := o.text("id")
	if !ok || len(id) != idLength || !printable(id) {
		return "", fail(codeBadRequest)
	}
	return id, nil
}

func printable(text string) bool {
	for _, r := range text {
		if r <= ' ' || r >= utf8.RuneSelf || r == 0x7f {
			return false
		}
	}
	return true
}

// Times are milliseconds since 1970.
const (
	firstStamp = 1_000_000_000_000 // the first of 13 digits, in 2001
	stamps     = 10_000_000_000_000
)

// stamp reads when a transaction began.
func (o object) stamp(name string) (time.Time, error) {
	n, ok := o.integer(name)
	if !ok || n < firstStamp || n >= stamps {
		return time.Time{}, fail(codeBadRequest)
	}
	return time.UnixMilli(n).UTC(), nil
}

// edge reads an end of a period, which may be the beginning of time.
func (o object) edge(name string) (time.Time, error) {
	n, ok := o.integer(name)
	if !ok || n < 0 || n >= stamps {
		return time.Time{}, fail(codeBadRequest)
	}
	return time.UnixMilli(n).UTC(), nil
}

// amount reads a sum in tiyin. One that nobody can ask for is a wrong sum, not
// a wrong request.
func (o object) amount() (money.Amount, error) {
	n, ok := o.integer("amount")
	if !ok {
		return money.Amount{}, fail(codeBadRequest)
	}
	return money.New(n, money.UZS), nil
}

// maxReference is more than any reference has, however it is typed.
const maxReference = 64

// order reads which order is to be paid. A number is taken as it is written.
func (o object) order() (string, error) {
	account, ok := objectOf(o["account"])
	if !ok {
		return "", fail(codeBadRequest)
	}
	text, ok := account.text(accountField)
	if !ok {
		if n, number := account.integer(accountField); number {
			text, ok = strconv.FormatInt(n, 10), true
		}
	}
	if !ok || text == "" || len(text) > maxReference {
		return "", failAccount(codeNoOrder)
	}
	return text, nil
}
