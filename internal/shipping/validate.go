package shipping

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"awil/internal/errs"
)

// Check tidies an address and says what is wrong with it, field by field: white
// space and control characters out, the postcode as its country writes it, the
// telephone as E.164. Fields the country's form does not have are emptied, so
// that a changed country leaves nothing behind. The country itself is the
// caller's to check: it is the market that says where goods may go.
func (a Address) Check() (Address, error) {
	var bad errs.Fields
	rule := ruleOf(a.Country)
	for name := range autocomplete {
		part := a.part(name)
		*part = oneLine(*part)
		if !slices.Contains(rule.fields, name) {
			*part = ""
		}
	}
	for _, name := range rule.fields {
		rule.check(&a, name, &bad)
	}
	return a, bad.Err()
}

func (r rule) check(a *Address, name string, bad *errs.Fields) {
	part := a.part(name)
	if *part == "" {
		if slices.Contains(r.required, name) {
			bad.Add(name, "checkout.errors.required_"+name)
		}
		return
	}
	if limit := maxLength[name]; utf8.RuneCountInString(*part) > limit {
		bad.Add(name, "checkout.errors.too_long", "max", limit)
		return
	}
	switch name {
	case FieldPostcode:
		r.checkPostcode(part, bad)
	case FieldRegion:
		r.checkRegion(part, bad)
	case FieldPhone:
		checkPhone(part, a.Country, bad)
	}
}

func (r rule) checkPostcode(code *string, bad *errs.Fields) {
	if r.postcode == nil {
		return
	}
	match := r.postcode.FindStringSubmatch(tidyPostcode(*code))
	if match == nil {
		key := r.badCode
		if key == "" {
			key = "checkout.errors.postcode"
		}
		bad.Add(FieldPostcode, key, "example", r.example)
		return
	}
	groups := slices.DeleteFunc(match[1:], func(s string) bool { return s == "" })
	*code = strings.Join(groups, r.between)
}

// dashes are what keyboards of various countries make of a hyphen.
var dashes = strings.NewReplacer("‐", "-", "‑", "-", "–", "-", "—", "-", "−", "-", "ー", "-", "〒", "")

func tidyPostcode(code string) string {
	return strings.TrimSpace(strings.ToUpper(dashes.Replace(norm.NFKC.String(code))))
}

// checkRegion takes a code of the country's list, or a name in it, which is
// what a browser's autofill may have put there.
func (r rule) checkRegion(region *string, bad *errs.Fields) {
	if len(r.regions) == 0 {
		return
	}
	for _, one := range r.regions {
		if one.Code == *region || one.named(*region) {
			*region = one.Code
			return
		}
	}
	bad.Add(FieldRegion, "checkout.errors.region")
}

func (r Region) named(text string) bool {
	_, short, _ := strings.Cut(r.Code, "-")
	return slices.ContainsFunc([]string{r.en, r.ru, r.uz, r.kaa, r.ky, r.ja, short}, func(name string) bool {
		return name != "" && strings.EqualFold(name, text)
	})
}

const maxEmail = 254 // RFC 5321, a path without its brackets

var emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$`)

// CheckEmail tidies an e-mail address, its domain in small letters. The
// complaint is under the field "email".
func CheckEmail(text string) (string, error) {
	var bad errs.Fields
	email := strings.TrimSpace(norm.NFKC.String(text))
	switch {
	case email == "":
		bad.Add("email", "checkout.errors.required_email")
	case len(email) > maxEmail || !emailPattern.MatchString(email) || !parses(email):
		bad.Add("email", "checkout.errors.email")
	default:
		local, domain, _ := strings.Cut(email, "@")
		email = local + "@" + strings.ToLower(domain)
	}
	return email, bad.Err()
}

func parses(email string) bool {
	a, err := mail.ParseAddress(email)
	return err == nil && a.Address == email
}

// oneLine takes white space apart from single spaces, and control characters,
// out of what was typed in one line.
func oneLine(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(clean), " ")
}
