package shipping

import (
	"strings"

	"awil/internal/i18n"
)

// Address is where goods go and who receives them. Country is ISO 3166-1
// alpha-2; Region is an ISO 3166-2 code where the country's form offers a
// list, and free text elsewhere; Phone is E.164 once checked.
type Address struct {
	Name     string
	Phone    string
	Country  string
	Postcode string
	Region   string
	City     string
	Line1    string
	Line2    string
	Landmark string // what to look for where streets have no names
}

// The names of an address form's inputs.
const (
	FieldName     = "name"
	FieldPhone    = "phone"
	FieldPostcode = "postcode"
	FieldRegion   = "region"
	FieldCity     = "city"
	FieldLine1    = "line1"
	FieldLine2    = "line2"
	FieldLandmark = "landmark"
)

// part returns the piece of the address a field holds.
func (a *Address) part(field string) *string {
	switch field {
	case FieldName:
		return &a.Name
	case FieldPhone:
		return &a.Phone
	case FieldPostcode:
		return &a.Postcode
	case FieldRegion:
		return &a.Region
	case FieldCity:
		return &a.City
	case FieldLine1:
		return &a.Line1
	case FieldLine2:
		return &a.Line2
	case FieldLandmark:
		return &a.Landmark
	}
	return nil
}

// Value returns what the address holds for a field of its form.
func (a Address) Value(field string) string {
	if part := a.part(field); part != nil {
		return *part
	}
	return ""
}

// Field is one input of an address form.
type Field struct {
	Name         string // of the input
	LabelKey     string
	HintKey      string // empty: none
	Autocomplete string // the HTML token
	InputMode    string // empty: the browser's own
	Required     bool
	MaxLength    int      // in characters
	Pattern      string   // for the HTML attribute; empty: anything
	Example      string   // what a right value looks like
	Options      []Region // a list to choose from; empty: free text
}

// Form is how people of a country write an address, field by field in their
// order.
type Form struct {
	Country string
	Fields  []Field
}

// AddressForm returns the form of a country; one we have no rules for gets
// all fields, with no more than street and city required.
func AddressForm(country string) Form {
	rule := ruleOf(country)
	form := Form{Country: country, Fields: make([]Field, 0, len(rule.fields))}
	for _, name := range rule.fields {
		form.Fields = append(form.Fields, rule.field(name))
	}
	return form
}

// Envelope writes the address as an envelope of its country carries it, without
// the country itself. A Japanese address in Japanese goes from large to small,
// anything else as the world's posts read it.
func (a Address) Envelope(lang i18n.Lang) []string {
	rule := ruleOf(a.Country)
	layout := rule.layout
	if a.Country == "JP" && lang == i18n.JA {
		layout = layoutJapanese
	}
	a.Region = RegionName(a.Country, a.Region, lang)
	lines := make([]string, 0, len(layout))
	for _, line := range layout {
		pieces := make([]string, 0, len(line.fields))
		for _, field := range line.fields {
			if value := a.Value(field); value != "" {
				pieces = append(pieces, value)
			}
		}
		if len(pieces) > 0 {
			lines = append(lines, line.prefix+strings.Join(pieces, line.between))
		}
	}
	return lines
}

// RegionName returns the name for a stored region: that of the country's list,
// or the text as it was written.
func RegionName(country, region string, lang i18n.Lang) string {
	for _, r := range ruleOf(country).regions {
		if r.Code == region {
			return r.Name(lang)
		}
	}
	return region
}

// Region is one entry of a country's list of regions.
type Region struct {
	Code                    string // ISO 3166-2
	en, ru, uz, kaa, ky, ja string
}

// Name returns the region's name in a language, in English where it has none.
func (r Region) Name(lang i18n.Lang) string {
	var name string
	switch lang {
	case i18n.RU:
		name = r.ru
	case i18n.UZ:
		name = r.uz
	case i18n.KAA:
		name = r.kaa
	case i18n.KY:
		name = r.ky
	case i18n.JA:
		name = r.ja
	}
	if name == "" {
		return r.en
	}
	return name
}
