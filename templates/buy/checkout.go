package buy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"awil/internal/markets"
	"awil/internal/shipping"
	"awil/templates/part"
)

// when are the classes of what is shown while the i-th way of sending is
// chosen; "now" marks the one chosen as the page is drawn.
func (p Checkout) when(i int) string {
	classes := "when when-" + strconv.Itoa(i+1)
	if p.Deliveries[i].Method.ID == p.Typed.ShippingID {
		classes += " now"
	}
	return classes
}

// focus puts the cursor into the first field that needs another look.
func (p Checkout) focus(name string) templ.Attributes {
	order := []string{"email", shipping.FieldPhone, "country"}
	for _, f := range p.Form.Fields {
		order = append(order, f.Name)
	}
	for _, field := range order {
		if p.Problems.Has(field) {
			return templ.Attributes{"autofocus": field == name}
		}
	}
	return nil
}

// half lets postcode and region share a row where they follow each other, as
// they do in Japan.
func (p Checkout) half(i int) bool {
	short := func(j int) bool {
		if j < 0 || j >= len(p.Form.Fields) {
			return false
		}
		name := p.Form.Fields[j].Name
		return name == shipping.FieldPostcode || name == shipping.FieldRegion
	}
	return short(i) && (short(i-1) || short(i+1))
}

// input draws a field of a country's address. A label may say itself that the
// field can stay empty.
func (p Checkout) input(f shipping.Field, half bool) part.Input {
	in := part.Input{
		Name: f.Name, Label: p.T(f.LabelKey), Value: p.Typed.Address.Value(f.Name), Autocomplete: f.Autocomplete, Mode: f.InputMode,
		Max: f.MaxLength, Required: f.Required, Half: half, Placeholder: f.Example, Attrs: p.focus(f.Name),
	}
	in.Optional = !f.Required && !strings.ContainsAny(in.Label, "(（")
	if f.HintKey != "" {
		in.Hint = p.T(f.HintKey)
	}
	if f.Name == shipping.FieldPhone {
		in.Type = "tel"
	}
	if len(f.Options) > 0 {
		in.Placeholder = p.T("buy.checkout.choose")
	}
	return in
}

func (p Checkout) regionOptions(f shipping.Field) []part.Option {
	options := make([]part.Option, len(f.Options))
	for i, r := range f.Options {
		options[i] = part.Option{Value: r.Code, Text: r.Name(p.Lang())}
	}
	return options
}

func (p Checkout) countryAttrs() templ.Attributes {
	attrs := templ.Attributes{"data-presses": "#show-fields"}
	for name, value := range p.focus("country") {
		attrs[name] = value
	}
	return attrs
}

func (p Checkout) countryOptions() []part.Option {
	options := make([]part.Option, len(p.Countries))
	for i, code := range p.Countries {
		options[i] = part.Option{Value: code, Text: p.Country(code)}
	}
	slices.SortFunc(options, func(a, b part.Option) int { return strings.Compare(a.Text, b.Text) })
	return options
}

func (p Checkout) deliveryChoices() []part.Choice {
	choices := make([]part.Choice, len(p.Deliveries))
	for i, d := range p.Deliveries {
		hint := span(p.Base, local(p.Now, p.Form.Country), d.Method.MinDays, d.Method.MaxDays)
		if d.Method.Note != "" {
			hint += " · " + d.Method.Note
		}
		choices[i] = part.Choice{
			Value: strconv.FormatInt(d.Method.ID, 10), Text: d.Method.Name, Aside: price(p.Base, d.Total), Hint: hint,
		}
	}
	return choices
}

func (p Checkout) payChoices() []part.Choice {
	choices := make([]part.Choice, len(p.Ways))
	for i, w := range p.Ways {
		choices[i] = part.Choice{Value: string(w.Method), Text: p.T("checkout.method." + string(w.Method)), Hint: p.payHint(w)}
	}
	return choices
}

func (p Checkout) payHint(w markets.PaymentMethod) string {
	switch w.Method {
	case markets.Card:
		return p.T("buy.checkout.pay_card")
	case markets.Payme:
		return p.T("buy.checkout.pay_payme")
	case markets.Click:
		return p.T("buy.checkout.pay_click")
	case markets.COD:
		return p.T("buy.checkout.pay_cod")
	case markets.Bank:
		return p.T("buy.checkout.pay_bank", "day", local(p.Now.Add(w.Hold()), p.Form.Country))
	}
	return ""
}

// abroad reports whether the goods pass a border on their way, which is when
// the programme's hub sends one box for all.
func (p Checkout) abroad() bool {
	return slices.ContainsFunc(p.Deliveries, func(d Delivery) bool { return d.Method.Kind == shipping.Box })
}

func (p Checkout) slip() []line {
	lines := make([]line, 0, len(p.Lines))
	for _, l := range p.Lines {
		total, err := l.Total()
		if err != nil {
			continue // the sum of the goods has been worked out before, from these very lines
		}
		lines = append(lines, line{
			Href: p.URL("/products/" + l.ProductSlug), Name: l.Name, Label: pieces(p.Base, size(p.Base, l.VariantLabel, l.NetQuantity, l.NetUnit), l.Quantity),
			From: from(l.ProducerName, l.VillageName), Total: total, Picture: p.Pictures.picture(l.PhotoID),
		})
	}
	return lines
}
