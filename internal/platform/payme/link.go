package payme

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"awil/internal/i18n"
	"awil/internal/money"
)

// accountField is what a payment is for: the order's reference.
const accountField = "order_id"

// Link is what a checkout link says.
type Link struct {
	Merchant string
	Order    string // the order's reference
	Amount   money.Amount
	Lang     string // ru, uz or en; empty: Payme's choice
	Return   string // where the buyer comes back to, paid or not; empty: nowhere
}

// Encode writes the link's last part: standard base64, as Payme reads it.
func (l Link) Encode() string {
	first := l.join("l="+l.Lang, "c="+l.Return)
	// A slash in base64 would part the address's path in two. Another order of
	// the values moves whatever made it.
	if strings.Contains(first, "/") {
		if second := l.join("c="+l.Return, "l="+l.Lang); !strings.Contains(second, "/") {
			return second
		}
	}
	return first
}

func (l Link) join(optional ...string) string {
	parts := []string{"m=" + l.Merchant, "ac." + accountField + "=" + l.Order, "a=" + strconv.FormatInt(l.Amount.Minor, 10)}
	for _, o := range optional {
		if name, value, _ := strings.Cut(o, "="); value != "" {
			parts = append(parts, name+"="+strings.ReplaceAll(value, ";", "%3B"))
		}
	}
	return base64.StdEncoding.EncodeToString([]byte(strings.Join(parts, ";")))
}

// ParseLink reads what Encode wrote.
func ParseLink(text string) (Link, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Link{}, fmt.Errorf("payme: link: %w", err)
	}
	l := Link{Amount: money.New(0, money.UZS)}
	for _, part := range strings.Split(string(raw), ";") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "m":
			l.Merchant = value
		case "ac." + accountField:
			l.Order = value
		case "a":
			minor, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return l, fmt.Errorf("payme: link: %w", err)
			}
			l.Amount = money.New(minor, money.UZS)
		case "l":
			l.Lang = value
		case "c":
			l.Return = value
		}
	}
	return l, nil
}

// Language is the nearest of the languages Payme's pages speak.
func Language(lang i18n.Lang) string {
	switch lang {
	case i18n.UZ, i18n.KAA:
		return "uz"
	case i18n.RU, i18n.KY:
		return "ru"
	}
	return "en"
}
