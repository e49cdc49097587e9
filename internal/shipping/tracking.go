package shipping

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"awil/internal/errs"
)

// Carrier is someone who carries parcels.
type Carrier struct {
	Code   string
	Name   string // a proper name, the same in every language
	Postal bool   // its international numbers are S10 ids of the Universal Postal Union
}

// carriers are the ones offered by name; anything else is written by hand.
var carriers = []Carrier{
	{Code: "uzpost", Name: "Oʻzbekiston pochtasi", Postal: true},
	{Code: "kyrgyzpost", Name: "Кыргыз почтасы", Postal: true},
	{Code: "ems", Name: "EMS", Postal: true},
	{Code: "dhl", Name: "DHL Express"},
	{Code: "bts", Name: "BTS Express"},
}

// Carriers lists the carriers a form offers by name.
func Carriers() []Carrier { return append([]Carrier(nil), carriers...) }

// CarrierName returns the name for a stored carrier: that of a known code, or
// what was written by hand.
func CarrierName(carrier string) string {
	if c, known := carrierByCode(carrier); known {
		return c.Name
	}
	return carrier
}

func carrierByCode(code string) (Carrier, bool) {
	for _, c := range carriers {
		if c.Code == code {
			return c, true
		}
	}
	return Carrier{}, false
}

var (
	s10Pattern    = regexp.MustCompile(`^[A-Z]{2}\d{9}[A-Z]{2}$`)
	s10Intended   = regexp.MustCompile(`^[A-Z]{2}.*[A-Z]{2}$`)
	numberPattern = regexp.MustCompile(`^[A-Z0-9][A-Z0-9/.-]{3,39}$`)
	s10Weights    = [8]int{8, 6, 4, 2, 3, 5, 9, 7}
)

// ValidS10 reports whether text is an item id of UPU standard S10: two
// letters, eight digits and their check digit, two letters of the country.
func ValidS10(text string) bool {
	if !s10Pattern.MatchString(text) {
		return false
	}
	sum := 0
	for i, weight := range s10Weights {
		sum += weight * int(text[2+i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return int(text[10]-'0') == check
}

// Tracking is a checked carrier and number, as they are stored. An empty
// number is a parcel that is not followed.
type Tracking struct{ Carrier, Number string }

const maxCarrier = 60

// CheckTracking tidies what a producer typed: spaces out, capitals, full-width
// digits made plain. A known post's number that begins and ends like an S10 id
// must be a right one, so that a slip of the thumb is seen at once; other
// carriers number as they like. Complaints are under the fields "carrier" and
// "tracking".
func CheckTracking(carrier, number string) (Tracking, error) {
	var bad errs.Fields
	t := Tracking{Carrier: oneLine(carrier), Number: tidyNumber(number)}
	known, _ := carrierByCode(t.Carrier)
	switch {
	case t.Carrier == "" && t.Number != "":
		bad.Add("carrier", "checkout.errors.carrier")
	case len(t.Carrier) > maxCarrier:
		bad.Add("carrier", "checkout.errors.too_long", "max", maxCarrier)
	}
	switch {
	case t.Number == "":
	case known.Postal && s10Intended.MatchString(t.Number) && !ValidS10(t.Number):
		bad.Add("tracking", "checkout.errors.tracking_postal")
	case !numberPattern.MatchString(t.Number):
		bad.Add("tracking", "checkout.errors.tracking")
	}
	return t, bad.Err()
}

func tidyNumber(text string) string {
	return strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(text)), ""))
}

// TrackingURL is where a buyer in a country can follow the parcel, or empty
// where we know no page for it: the posts of Japan and the United States
// follow every international item addressed to them.
func TrackingURL(carrier, number, country string) string {
	if known, _ := carrierByCode(carrier); known.Code == "dhl" && number != "" {
		return "https://www.dhl.com/en/express/tracking.html?AWB=" + number
	}
	if !ValidS10(number) {
		return ""
	}
	switch country {
	case "JP":
		return "https://trackings.post.japanpost.jp/services/srv/search/direct?searchKind=S004&locale=en&reqCodeNo1=" + number
	case "US":
		return "https://tools.usps.com/go/TrackConfirmAction?tLabels=" + number
	}
	return ""
}
