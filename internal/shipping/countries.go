package shipping

import "regexp"

// rule is what we know of a country's addresses: its fields in the order
// people there write them, which of them must be filled, and how it all looks
// on an envelope. Source: google/libaddressinput, data of 2025-06-12, and for
// the member states of the European Union the posts' own formats.
type rule struct {
	fields   []string
	required []string
	layout   []line
	regions  []Region
	// postcode matches a whole tidied postcode; its groups, joined by between,
	// are the way it is written.
	postcode *regexp.Regexp
	between  string
	digits   bool   // a postcode is typed on the numeric keypad
	example  string // a right postcode
	labels   map[string]string
	hints    map[string]string
	badCode  string // message key for a wrong postcode
}

// line is one line of an envelope: the fields it joins, empty ones left out.
type line struct {
	fields  []string
	between string
	prefix  string
}

func lineOf(between string, fields ...string) line { return line{fields: fields, between: between} }

var (
	layoutStreetFirst = []line{ // most of Europe
		lineOf("", FieldName), lineOf("", FieldLine1), lineOf("", FieldLine2), lineOf(" ", FieldPostcode, FieldCity),
		lineOf("", FieldRegion),
	}
	layoutCityCode = []line{ // the United States, Ireland, Japan in Latin letters
		lineOf("", FieldName), lineOf("", FieldLine1), lineOf("", FieldLine2), lineOf(", ", FieldCity, FieldRegion),
		lineOf("", FieldPostcode),
	}
	layoutUS = []line{
		lineOf("", FieldName), lineOf("", FieldLine1), lineOf("", FieldLine2), lineOf(" ", FieldCity, FieldRegion, FieldPostcode),
	}
	layoutJapanese = []line{
		{fields: []string{FieldPostcode}, prefix: "〒"},
		lineOf("", FieldRegion, FieldCity), lineOf("", FieldLine1), lineOf("", FieldLine2), lineOf("", FieldName),
	}
	layoutUZ = []line{
		lineOf("", FieldName), lineOf(", ", FieldLine1, FieldLine2), lineOf(" ", FieldPostcode, FieldCity),
		lineOf("", FieldRegion), lineOf("", FieldLandmark),
	}
	layoutKG = []line{ // from large to small
		lineOf("", FieldRegion), lineOf(" ", FieldPostcode, FieldCity), lineOf(", ", FieldLine1, FieldLine2),
		lineOf("", FieldLandmark), lineOf("", FieldName),
	}
)

var (
	fieldsRegional = []string{FieldName, FieldPhone, FieldRegion, FieldCity, FieldLine1, FieldLine2, FieldLandmark, FieldPostcode}
	fieldsJapan    = []string{FieldName, FieldPostcode, FieldRegion, FieldCity, FieldLine1, FieldLine2, FieldPhone}
	fieldsStreet   = []string{FieldName, FieldLine1, FieldLine2, FieldPostcode, FieldCity, FieldPhone}
	fieldsAll      = []string{FieldName, FieldLine1, FieldLine2, FieldCity, FieldRegion, FieldPostcode, FieldPhone}
)

// Customs forms and couriers ask for the addressee's telephone everywhere, so
// it is required everywhere.
var (
	requiredStreet = []string{FieldName, FieldPhone, FieldPostcode, FieldCity, FieldLine1}
	requiredRegion = []string{FieldName, FieldPhone, FieldRegion, FieldCity, FieldLine1}
	requiredAll    = []string{FieldName, FieldPhone, FieldPostcode, FieldRegion, FieldCity, FieldLine1}
	requiredLeast  = []string{FieldName, FieldPhone, FieldCity, FieldLine1}
)

var sixDigits = regexp.MustCompile(`^(\d{6})$`)

var anywhere = rule{fields: fieldsAll, required: requiredLeast, layout: layoutStreetFirst}

// special are the countries whose addresses differ from the European way.
var special = map[string]rule{
	"UZ": {
		fields: fieldsRegional, required: requiredRegion, layout: layoutUZ, regions: regionsUZ,
		postcode: sixDigits, digits: true, example: "230100", badCode: "checkout.errors.postcode_uz",
		labels: map[string]string{FieldCity: "checkout.field.city_district", FieldLine1: "checkout.field.mahalla_street"},
		hints:  map[string]string{FieldLandmark: "checkout.hint.landmark", FieldPhone: "checkout.hint.phone_courier"},
	},
	"KG": {
		fields: fieldsRegional, required: requiredRegion, layout: layoutKG, regions: regionsKG,
		postcode: sixDigits, digits: true, example: "720001", badCode: "checkout.errors.postcode_kg",
		labels: map[string]string{FieldCity: "checkout.field.city_district"},
		hints:  map[string]string{FieldLandmark: "checkout.hint.landmark", FieldPhone: "checkout.hint.phone_courier"},
	},
	"JP": {
		fields: fieldsJapan, required: requiredAll, layout: layoutCityCode, regions: regionsJP,
		postcode: regexp.MustCompile(`^(\d{3})-?(\d{4})$`), between: "-", digits: true, example: "220-0012",
		badCode: "checkout.errors.postcode_jp",
		labels: map[string]string{
			FieldRegion: "checkout.field.prefecture", FieldCity: "checkout.field.city_ward",
			FieldLine2: "checkout.field.building",
		},
	},
	"US": {
		fields: fieldsAll, required: requiredAll, layout: layoutUS, regions: regionsUS,
		postcode: regexp.MustCompile(`^(\d{5})(?:[ \-]?(\d{4}))?$`), between: "-", digits: true, example: "94103",
		badCode: "checkout.errors.postcode_us",
		labels: map[string]string{
			FieldRegion: "checkout.field.state", FieldPostcode: "checkout.field.zip", FieldLine2: "checkout.field.building",
		},
	},
	"IE": {
		fields: fieldsStreet, required: requiredLeast, layout: layoutCityCode,
		postcode: regexp.MustCompile(`^([A-Z]\d[0-9W]) ?([0-9A-Z]{4})$`), between: " ", example: "D02 X285",
	},
	"KZ": {
		fields: fieldsAll, required: requiredLeast, layout: layoutStreetFirst, postcode: sixDigits, digits: true, example: "050000",
	},
	"RU": {
		fields: fieldsAll, required: requiredStreet, layout: layoutStreetFirst, postcode: sixDigits, digits: true, example: "101000",
	},
	"KR": {
		fields: fieldsAll, required: requiredStreet, layout: layoutCityCode,
		postcode: regexp.MustCompile(`^(\d{5})$`), digits: true, example: "04524",
	},
	"AE": {
		fields:   []string{FieldName, FieldLine1, FieldLine2, FieldCity, FieldRegion, FieldPhone},
		required: requiredLeast, layout: layoutStreetFirst,
	},
}

// european are the countries that write name, street, postcode and city.
var european = map[string]struct{ pattern, between, example string }{
	"AT": {`(\d{4})`, "", "1010"},
	"BE": {`(\d{4})`, "", "1000"},
	"BG": {`(\d{4})`, "", "1000"},
	"CY": {`(\d{4})`, "", "1010"},
	"CZ": {`(\d{3}) ?(\d{2})`, " ", "110 00"},
	"DE": {`(\d{5})`, "", "10115"},
	"DK": {`(\d{4})`, "", "1050"},
	"EE": {`(\d{5})`, "", "10111"},
	"ES": {`(\d{5})`, "", "28001"},
	"FI": {`(\d{5})`, "", "00100"},
	"FR": {`(\d{2}) ?(\d{3})`, "", "75001"},
	"GR": {`(\d{3}) ?(\d{2})`, " ", "105 57"},
	"HR": {`(\d{5})`, "", "10000"},
	"HU": {`(\d{4})`, "", "1011"},
	"IT": {`(\d{5})`, "", "00118"},
	"LT": {`(?:LT-?)?(\d{5})`, "", "01001"},
	"LU": {`(?:L-?)?(\d{4})`, "", "1009"},
	"LV": {`(?:LV-?)?(\d{4})`, "", "1050"},
	"MT": {`([A-Z]{3}) ?(\d{4})`, " ", "VLT 1117"},
	"NL": {`(\d{4}) ?([A-Z]{2})`, " ", "1012 JS"},
	"PL": {`(\d{2})-?(\d{3})`, "-", "00-950"},
	"PT": {`(\d{4})-?(\d{3})`, "-", "1000-260"},
	"RO": {`(\d{6})`, "", "010011"},
	"SE": {`(\d{3}) ?(\d{2})`, " ", "111 57"},
	"SI": {`(?:SI-?)?(\d{4})`, "", "1000"},
	"SK": {`(\d{3}) ?(\d{2})`, " ", "811 01"},
}

var rules = makeRules()

func makeRules() map[string]rule {
	all := make(map[string]rule, len(special)+len(european))
	for country, r := range special {
		all[country] = r
	}
	for country, e := range european {
		all[country] = rule{
			fields: fieldsStreet, required: requiredStreet, layout: layoutStreetFirst,
			postcode: regexp.MustCompile("^" + e.pattern + "$"), between: e.between, example: e.example,
			digits: country != "NL" && country != "MT",
		}
	}
	return all
}

func ruleOf(country string) rule {
	if r, known := rules[country]; known {
		return r
	}
	return anywhere
}
