package shipping

import (
	"slices"
	"strings"
)

// autocomplete are the HTML tokens of the fields.
var autocomplete = map[string]string{
	FieldName:     "name",
	FieldPhone:    "tel",
	FieldPostcode: "postal-code",
	FieldRegion:   "address-level1",
	FieldCity:     "address-level2",
	FieldLine1:    "address-line1",
	FieldLine2:    "address-line2",
	FieldLandmark: "off",
}

var maxLength = map[string]int{
	FieldName: 100, FieldPhone: 40, FieldPostcode: 12, FieldRegion: 80, FieldCity: 100,
	FieldLine1: 160, FieldLine2: 160, FieldLandmark: 160,
}

func (r rule) field(name string) Field {
	f := Field{
		Name:         name,
		LabelKey:     "checkout.field." + name,
		HintKey:      r.hints[name],
		Autocomplete: autocomplete[name],
		Required:     slices.Contains(r.required, name),
		MaxLength:    maxLength[name],
	}
	if label, other := r.labels[name]; other {
		f.LabelKey = label
	}
	switch name {
	case FieldPhone:
		f.InputMode = "tel"
		if f.HintKey == "" {
			f.HintKey = "checkout.hint.phone"
		}
	case FieldRegion:
		f.Options = slices.Clone(r.regions)
	case FieldPostcode:
		f.Example = r.example
		if r.digits {
			f.InputMode = "numeric"
		}
		if r.postcode != nil {
			f.Pattern = htmlPattern(r.postcode.String())
		}
	}
	return f
}

// htmlPattern turns our expression into one for the pattern attribute, which
// is anchored by itself. Browsers see what was typed before we tidy it, so
// small letters and full-width digits must pass there. They read it as
// JavaScript does with the flag v, where a hyphen in a class is escaped.
func htmlPattern(expression string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(expression, "^"), "$")
	inner = strings.ReplaceAll(inner, `\d`, `[0-9０-９]`)
	inner = strings.ReplaceAll(inner, "[A-Z]", "[A-Za-z]")
	inner = strings.ReplaceAll(inner, "[0-9A-Z]", "[0-9A-Za-z]")
	inner = strings.ReplaceAll(inner, "[0-9W]", "[0-9Ww]")
	inner = strings.ReplaceAll(inner, `[ \-]?`, `[ \-－‐−ー]?`)
	return strings.ReplaceAll(inner, "-?", `[\-－‐−ー]?`)
}
