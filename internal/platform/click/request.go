package click

import (
	"crypto/md5" // #nosec G501 -- the protocol's own signature
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"awil/internal/money"
)

// The protocol's actions.
const (
	actionPrepare  = "0"
	actionComplete = "1"
)

// request is a call as it came: the signature is over these very strings.
type request struct {
	Trans     string // click_trans_id
	Service   string
	Paydoc    string
	Order     string // merchant_trans_id
	Prepare   string // merchant_prepare_id, when completing
	Amount    string
	Action    string
	Error     string
	ErrorNote string
	SignTime  string
	Sign      string
}

// Fields of the form, as the protocol names them.
const (
	fieldTrans     = "click_trans_id"
	fieldService   = "service_id"
	fieldPaydoc    = "click_paydoc_id"
	fieldOrder     = "merchant_trans_id"
	fieldPrepare   = "merchant_prepare_id"
	fieldAmount    = "amount"
	fieldAction    = "action"
	fieldError     = "error"
	fieldErrorNote = "error_note"
	fieldSignTime  = "sign_time"
	fieldSign      = "sign_string"
)

// maxField is more than any field of the protocol needs.
const maxField = 255

// read takes a form apart. It is false when a field is missing, twice there,
// too long, or no text; whatever could be read is in the request all the same.
func read(body []byte) (request, bool) {
	form, err := url.ParseQuery(string(body))
	whole := err == nil
	field := func(name string, needed bool) string {
		values := form[name]
		if len(values) == 0 {
			whole = whole && !needed
			return ""
		}
		if len(values) > 1 || len(values[0]) > maxField || needed && values[0] == "" || !storable(values[0]) {
			whole = false
			return ""
		}
		return values[0]
	}
	r := request{
		Trans: field(fieldTrans, true), Service: field(fieldService, true), Paydoc: field(fieldPaydoc, true),
		Order: field(fieldOrder, true), Amount: field(fieldAmount, true), Action: field(fieldAction, true),
		Error: field(fieldError, true), ErrorNote: field(fieldErrorNote, false), SignTime: field(fieldSignTime, true),
		Sign: field(fieldSign, true),
	}
	r.Prepare = field(fieldPrepare, r.Action == actionComplete)
	return r, whole
}

// storable reports whether a text is one the database takes.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// Sign is the protocol's signature over strings as they are sent; prepareID
// counts only when completing.
func Sign(secret, trans, service, order, prepareID, amount, action, signTime string) string {
	if action != actionComplete {
		prepareID = ""
	}
	sum := md5.Sum([]byte(trans + service + secret + order + prepareID + amount + action + signTime)) // #nosec G401 -- the protocol's own
	return hex.EncodeToString(sum[:])
}

func (r request) signed(secret string) bool {
	want := Sign(secret, r.Trans, r.Service, r.Order, r.Prepare, r.Amount, r.Action, r.SignTime)
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(r.Sign))) == 1
}

// sums are decimal, with a point; nothing is less than a tiyin.
var sums = regexp.MustCompile(`^([0-9]{1,13})(?:\.([0-9]{1,2})0*)?$`)

// amount reads the sum exactly. The vendor's own code lets it differ by 0.01
// because it counts in fractions; we do not.
func (r request) amount() (money.Amount, bool) {
	parts := sums.FindStringSubmatch(r.Amount)
	if parts == nil {
		return money.Amount{}, false
	}
	text := parts[1]
	if parts[2] != "" {
		text += "." + parts[2]
	}
	amount, err := money.Parse(text, money.UZS)
	return amount, err == nil
}

// names reports whether Click's name of an order is this reference, whatever
// case, gaps and hyphens it was typed with.
func names(typed, reference string) bool {
	bare := strings.NewReplacer(" ", "", "-", "")
	return strings.EqualFold(bare.Replace(typed), bare.Replace(reference))
}
