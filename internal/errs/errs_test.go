package errs_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"awil/internal/errs"
)

func TestKindOf(t *testing.T) {
	wrapped := fmt.Errorf("load product 7: %w", errs.E(errs.NotFound, "no product"))
	tests := []struct {
		name string
		err  error
		want errs.Kind
	}{
		{"made by E", errs.E(errs.Conflict, "sold out"), errs.Conflict},
		{"wrapped", wrapped, errs.NotFound},
		{"bare kind", errs.Gone, errs.Gone},
		{"wrapped bare kind", fmt.Errorf("cart: %w", errs.Gone), errs.Gone},
		{"unknown", io.EOF, errs.Internal},
		{"nil", nil, errs.Internal},
		{"outermost wins", errs.E(errs.Forbidden, "not hers", wrapped), errs.Forbidden},
		{"joined", errors.Join(io.EOF, errs.TooLarge), errs.TooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := errs.KindOf(tt.err); got != tt.want {
				t.Errorf("KindOf(%v) = %v, want %v", tt.err, got, tt.want)
			}
		})
	}
}

func TestIsAndText(t *testing.T) {
	err := fmt.Errorf("save: %w", errs.E(errs.Unavailable, "store photo", io.ErrUnexpectedEOF, nil))
	if !errors.Is(err, errs.Unavailable) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v should be both Unavailable and its cause", err)
	}
	if errors.Is(err, errs.NotFound) {
		t.Errorf("%v should not be NotFound", err)
	}
	if got, want := err.Error(), "save: store photo: unexpected EOF"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got, want := errs.E(errs.NotFound, "").Error(), "not found"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

func TestEveryKindHasAName(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range errs.Kinds() {
		if k.String() == "" || k.String() == "unknown" || seen[k.String()] {
			t.Errorf("kind %d: name %q", k, k)
		}
		seen[k.String()] = true
	}
	if got := errs.Kind(200).String(); got != "unknown" {
		t.Errorf("kind 200 is called %q", got)
	}
}

func TestFields(t *testing.T) {
	var f errs.Fields
	if f.Err() != nil {
		t.Fatal("empty Fields must not be an error")
	}
	f.Add("name", "errors.required")
	f.Add("postcode", "errors.postcode_jp", "example", "100-0001")
	f.Add("name", "errors.too_long")

	err := fmt.Errorf("place order: %w", f.Err())
	if errs.KindOf(err) != errs.Invalid || !errors.Is(err, errs.Invalid) {
		t.Errorf("%v should be Invalid", err)
	}
	var got *errs.Fields
	if !errors.As(err, &got) || got.Len() != 2 {
		t.Fatalf("want two fields back, got %v", got)
	}
	if name, _ := got.Get("name"); name.Key != "errors.required" {
		t.Errorf("the first complaint should stand, got %q", name.Key)
	}
	all := got.All()
	if all[0].Name != "name" || all[1].Name != "postcode" || all[1].Args[1] != "100-0001" {
		t.Errorf("order or arguments lost: %+v", all)
	}
	if got.Has("city") {
		t.Error("no complaint about city was made")
	}
	if want := "invalid fields: name=errors.required, postcode=errors.postcode_jp"; f.Error() != want {
		t.Errorf("text %q, want %q", f.Error(), want)
	}
}

func TestNilFields(t *testing.T) {
	var f *errs.Fields
	if f.Len() != 0 || f.Has("x") || f.All() != nil || f.Err() != nil {
		t.Error("a nil *Fields should be empty")
	}
}
