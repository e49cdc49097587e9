package checkout

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/shipping"
)

// PlaceInput is a filled-in checkout form.
type PlaceInput struct {
	CartToken     string
	CheckoutToken string // the form's own, from NewFormToken: one form, one order
	AccountID     int64  // 0: nobody is signed in
	Market        string
	Lang          i18n.Lang
	Email         string
	Address       shipping.Address
	Note          string
	ShippingID    int64
	Method        markets.Method
	// Shown is the total the page showed for this way of sending. If it is
	// another now nothing happens; see PriceChangedError.
	Shown money.Amount
}

const maxNote = 1000

var formToken = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// check tidies the form and collects what a person can correct. The complaints
// are under the names of the form's inputs: email, country, note, shipping,
// payment and those of shipping.AddressForm.
func (in PlaceInput) check(m markets.Market) (PlaceInput, *errs.Fields, error) {
	if !formToken.MatchString(in.CheckoutToken) {
		return in, nil, errs.E(errs.Invalid, "checkout: malformed form token")
	}
	bad := &errs.Fields{}
	var err error
	if in.Email, err = shipping.CheckEmail(in.Email); !collect(bad, err) {
		return in, nil, err
	}
	if !m.ShipsTo(in.Address.Country) {
		bad.Add("country", "checkout.errors.country")
	}
	if in.Address, err = in.Address.Check(); !collect(bad, err) {
		return in, nil, err
	}
	in.Note = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(in.Note, "\x00", ""), ""))
	if utf8.RuneCountInString(in.Note) > maxNote {
		bad.Add("note", "checkout.errors.too_long", "max", maxNote)
	}
	if in.ShippingID == 0 {
		bad.Add("shipping", "checkout.errors.shipping")
	}
	if _, offered := m.Method(in.Method); !offered {
		bad.Add("payment", "checkout.errors.payment")
	}
	return in, bad, nil
}

// collect adds the complaints of err to bad; it reports whether that was all
// err was.
func collect(bad *errs.Fields, err error) bool {
	var fields *errs.Fields
	if err == nil {
		return true
	}
	if !errors.As(err, &fields) {
		return false
	}
	for _, f := range fields.All() {
		bad.Add(f.Name, f.Key, f.Args...)
	}
	return true
}

// need complains about a text that must be there, and be no longer than so many
// characters.
func need(bad *errs.Fields, field, text string, most int) {
	if text == "" {
		bad.Add(field, "errors.required")
		return
	}
	atMost(bad, field, text, most)
}

// atMost complains about a text of more than so many characters.
func atMost(bad *errs.Fields, field, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		bad.Add(field, "errors.too_long", "n", most)
	}
}

// complain is a complaint about a single field.
func complain(field, key string, args ...any) error {
	var bad errs.Fields
	bad.Add(field, key, args...)
	return bad.Err()
}
