package shipping_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/shipping"
)

func nukus() shipping.Address {
	return shipping.Address{
		Name: " Gulnara  Allambergenova ", Phone: "91 234 56 78", Country: "UZ", Region: "UZ-QR", City: "Nókis",
		Line1: "Ǵárezsizlik kóshesi 12", Landmark: "bazar qasında",
	}
}

func yokohama() shipping.Address {
	return shipping.Address{
		Name: "山田 花子", Phone: "090-1234-5678", Country: "JP", Postcode: "２２０ー００１２", Region: "神奈川県",
		City: "横浜市西区", Line1: "みなとみらい2-3-1", Line2: "クイーンズタワー 12F",
	}
}

func TestCheckTidies(t *testing.T) {
	got, err := nukus().Check()
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Gulnara Allambergenova" || got.Phone != "+998912345678" {
		t.Errorf("got %+v", got)
	}
	got, err = yokohama().Check()
	if err != nil {
		t.Fatal(err)
	}
	if got.Postcode != "220-0012" || got.Region != "JP-14" || got.Phone != "+819012345678" {
		t.Errorf("got %+v", got)
	}
}

func TestCheckEmptiesWhatTheCountryDoesNotAsk(t *testing.T) {
	a := yokohama()
	a.Landmark = "left from another country"
	if got, err := a.Check(); err != nil || got.Landmark != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPostcodes(t *testing.T) {
	tests := []struct{ country, typed, want, key string }{
		{"JP", "2200012", "220-0012", ""},
		{"JP", "〒220-0012", "220-0012", ""},
		{"JP", "220-00", "", "checkout.errors.postcode_jp"},
		{"US", "94103 1234", "94103-1234", ""},
		{"US", "9410", "", "checkout.errors.postcode_us"},
		{"UZ", "230100", "230100", ""},
		{"UZ", "23010", "", "checkout.errors.postcode_uz"},
		{"KG", "72000", "", "checkout.errors.postcode_kg"},
		{"NL", "1012js", "1012 JS", ""},
		{"PL", "00950", "00-950", ""},
		{"LV", "lv-1050", "1050", ""},
		{"SE", "11157", "111 57", ""},
		{"IE", "d02x285", "D02 X285", ""},
		{"DE", "1011", "", "checkout.errors.postcode"},
		{"BR", "whatever 5", "whatever 5", ""},
	}
	for _, tt := range tests {
		t.Run(tt.country+" "+tt.typed, func(t *testing.T) {
			got, err := shipping.Address{Country: tt.country, Postcode: tt.typed}.Check()
			var bad *errs.Fields
			if !errors.As(err, &bad) {
				t.Fatalf("the rest is missing, yet %v", err)
			}
			complaint, _ := bad.Get("postcode")
			if complaint.Key != tt.key || tt.key == "" && got.Postcode != tt.want {
				t.Errorf("got %q and %q", got.Postcode, complaint.Key)
			}
		})
	}
}

func TestCheckNamesEveryMissingField(t *testing.T) {
	_, err := shipping.Address{Country: "JP"}.Check()
	var bad *errs.Fields
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	for _, field := range []string{"name", "postcode", "region", "city", "line1", "phone"} {
		if f, _ := bad.Get(field); f.Key != "checkout.errors.required_"+field {
			t.Errorf("%s: %q", field, f.Key)
		}
	}
	if bad.Has("line2") {
		t.Error("a building is nobody's duty")
	}
}

func TestCheckRegionAndPhone(t *testing.T) {
	a := nukus()
	a.Region, a.Phone = "Nowhere", "12"
	_, err := a.Check()
	var bad *errs.Fields
	if !errors.As(err, &bad) || !bad.Has("region") || !bad.Has("phone") || bad.Len() != 2 {
		t.Errorf("got %v", err)
	}
	for _, written := range []string{"Karakalpakstan", "qaraqalpaqstan", "QR", "UZ-QR", "Каракалпакстан"} {
		a := nukus()
		a.Region = written
		if got, err := a.Check(); err != nil || got.Region != "UZ-QR" {
			t.Errorf("%s: %q, %v", written, got.Region, err)
		}
	}
}

func TestCheckEmail(t *testing.T) {
	if got, err := shipping.CheckEmail(" Hanako@Example.JP "); err != nil || got != "Hanako@example.jp" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, wrong := range []string{"", "hanako", "a@b", "a b@example.jp", "a@example.jp, b@example.jp", "a@@example.jp", "<a@example.jp>", "a@example..jp"} {
		if _, err := shipping.CheckEmail(wrong); !errors.Is(err, errs.Invalid) {
			t.Errorf("%q should be refused, got %v", wrong, err)
		}
	}
}

func TestEnvelope(t *testing.T) {
	home, _ := nukus().Check()
	abroad, _ := yokohama().Check()
	tests := []struct {
		name    string
		address shipping.Address
		lang    i18n.Lang
		want    string
	}{
		{"Nukus", home, i18n.KAA, "Gulnara Allambergenova|Ǵárezsizlik kóshesi 12|Nókis|Qaraqalpaqstan|bazar qasında"},
		{"Yokohama in Japanese", abroad, i18n.JA, "〒220-0012|神奈川県横浜市西区|みなとみらい2-3-1|クイーンズタワー 12F|山田 花子"},
		{"Yokohama for the world", abroad, i18n.EN, "山田 花子|みなとみらい2-3-1|クイーンズタワー 12F|横浜市西区, Kanagawa|220-0012"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(tt.address.Envelope(tt.lang), "|"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

var countries = strings.Fields("UZ KG JP US AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK KZ RU KR AE BR")

// TestForms: each country's form is whole, its example passes its own checks,
// and every message it needs is in every language.
func TestForms(t *testing.T) {
	for _, country := range countries {
		t.Run(country, func(t *testing.T) {
			form := shipping.AddressForm(country)
			var names []string
			for _, f := range form.Fields {
				names = append(names, f.Name)
				checkField(t, country, f)
			}
			for _, must := range []string{"name", "phone", "city", "line1"} {
				if !slices.Contains(names, must) {
					t.Errorf("no field %s", must)
				}
			}
		})
	}
}

func checkField(t *testing.T, country string, f shipping.Field) {
	t.Helper()
	if f.Autocomplete == "" || f.MaxLength == 0 {
		t.Errorf("%s: %+v", f.Name, f)
	}
	if f.Pattern != "" {
		for _, class := range regexp.MustCompile(`\[[^\]]*\]`).FindAllString(f.Pattern, -1) {
			if regexp.MustCompile(`(^\[-)|[^\\0０Aa]-`).MatchString(class) {
				t.Errorf("browsers refuse the hyphen in %s", class)
			}
		}
		if !regexp.MustCompile("^(?:" + f.Pattern + ")$").MatchString(f.Example) {
			t.Errorf("example %q is not like %q", f.Example, f.Pattern)
		}
		_, err := shipping.Address{Country: country, Postcode: f.Example}.Check()
		var bad *errs.Fields
		if errors.As(err, &bad) && bad.Has("postcode") {
			t.Errorf("our own example %q is refused", f.Example)
		}
	}
	for _, lang := range i18n.Langs() {
		l := i18n.For(lang)
		for _, key := range []string{f.LabelKey, f.HintKey} {
			if key != "" && !l.Has(key) {
				t.Errorf("%s: no message %s", lang, key)
			}
		}
		if f.Required && !l.Has("checkout.errors.required_"+f.Name) {
			t.Errorf("%s: no message for missing %s", lang, f.Name)
		}
		for _, region := range f.Options {
			if region.Name(lang) == "" {
				t.Errorf("%s has no name in %s", region.Code, lang)
			}
		}
	}
}

func TestRegionLists(t *testing.T) {
	for country, want := range map[string]int{"JP": 47, "UZ": 14, "KG": 9, "US": 51} {
		seen := map[string]bool{}
		for _, f := range shipping.AddressForm(country).Fields {
			for _, region := range f.Options {
				if !strings.HasPrefix(region.Code, country+"-") || seen[region.Code] {
					t.Errorf("region %s", region.Code)
				}
				seen[region.Code] = true
			}
		}
		if len(seen) != want {
			t.Errorf("%s has %d regions, want %d", country, len(seen), want)
		}
	}
}
