package shipping_test

import (
	"errors"
	"testing"

	"awil/internal/errs"
	"awil/internal/shipping"
)

// Vectors: npm s10 1.0.0 and the BWIPP notes on UPU S10.
func TestValidS10(t *testing.T) {
	for serial, check := range map[string]string{
		"47312482": "9", "12345678": "5", "00071759": "5", "00071758": "1", "96633102": "0", "76129403": "8",
		"00000000": "5", "00000008": "0",
	} {
		for digit := '0'; digit <= '9'; digit++ {
			id := "RR" + serial + string(digit) + "UZ"
			if got, want := shipping.ValidS10(id), string(digit) == check; got != want {
				t.Errorf("%s: %v, want %v", id, got, want)
			}
		}
	}
	for _, id := range []string{"RR473124829GB", "EE471108151FR", "EB000717595HK"} {
		if !shipping.ValidS10(id) {
			t.Errorf("%s should hold", id)
		}
	}
	for _, id := range []string{"", "RR473124829", "rr473124829gb", "R1473124829GB", "RR4731248290GB"} {
		if shipping.ValidS10(id) {
			t.Errorf("%q should not hold", id)
		}
	}
}

func TestCheckTracking(t *testing.T) {
	tests := []struct {
		name, carrier, number string
		want                  shipping.Tracking
		field, key            string
	}{
		{name: "spaces and small letters", carrier: "uzpost", number: " cp 7612 9403 8 uz ", want: shipping.Tracking{Carrier: "uzpost", Number: "CP761294038UZ"}},
		{name: "full width", carrier: "ems", number: "ＥＥ４７１１０８１５１ＦＲ", want: shipping.Tracking{Carrier: "ems", Number: "EE471108151FR"}},
		{name: "wrong check digit", carrier: "uzpost", number: "CP761294037UZ", field: "tracking", key: "checkout.errors.tracking_postal"},
		{name: "a digit is missing", carrier: "kyrgyzpost", number: "CP76129408KG", field: "tracking", key: "checkout.errors.tracking_postal"},
		{name: "a post's inland number", carrier: "uzpost", number: "4471223", want: shipping.Tracking{Carrier: "uzpost", Number: "4471223"}},
		{name: "another carrier numbers as it likes", carrier: "Azamat taxi", number: "CP761294037UZ", want: shipping.Tracking{Carrier: "Azamat taxi", Number: "CP761294037UZ"}},
		{name: "no number", carrier: "uzpost", want: shipping.Tracking{Carrier: "uzpost"}},
		{name: "nothing at all", want: shipping.Tracking{}},
		{name: "no carrier", number: "123456", field: "carrier", key: "checkout.errors.carrier"},
		{name: "not a number", carrier: "dhl", number: "<b>", field: "tracking", key: "checkout.errors.tracking"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := shipping.CheckTracking(tt.carrier, tt.number)
			var bad *errs.Fields
			if errors.As(err, &bad) {
				if f, _ := bad.Get(tt.field); f.Key != tt.key {
					t.Errorf("got %v", err)
				}
				return
			}
			if tt.key != "" || err != nil || got != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestTrackingURL(t *testing.T) {
	const id = "EE471108151FR"
	if shipping.TrackingURL("ems", id, "JP") == "" || shipping.TrackingURL("uzpost", id, "US") == "" {
		t.Error("Japan and the United States follow every S10 id")
	}
	if got := shipping.TrackingURL("uzpost", id, "UZ"); got != "" {
		t.Errorf("we know no page for that, got %s", got)
	}
	if got := shipping.TrackingURL("Azamat taxi", "12", "JP"); got != "" {
		t.Errorf("no such page: %s", got)
	}
}
