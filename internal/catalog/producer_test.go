package catalog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
)

func TestSubmitSaysWhatIsMissing(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, err := w.catalog.CreateDraft(ctx, w.maker, i18n.KAA)
	w.ok(err)
	steps := func() (names []string) {
		t.Helper()
		var f *errs.Fields
		if err := w.catalog.Submit(ctx, w.maker, id); !errors.As(err, &f) {
			t.Fatalf("want fields, got %v", err)
		}
		for _, one := range f.All() {
			names = append(names, one.Name)
		}
		return names
	}
	want := func(names ...string) {
		t.Helper()
		if got := steps(); !slices.Equal(got, names) {
			t.Fatalf("missing %q, want %q", got, names)
		}
	}
	want("photo", "name", "category", "price", "stock", "weight")
	w.ok(w.catalog.AddPhoto(ctx, w.maker, id, w.photo(w.maker)))
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, source("Qawın varenyesi", "", "")))
	want("category", "price", "stock", "weight")
	w.ok(w.catalog.SetCategory(ctx, w.maker, id, w.food))
	empty := jar(0)
	empty.Stock = 0
	variant, err := w.catalog.SaveVariant(ctx, w.maker, id, empty)
	w.ok(err)
	want("stock", "composition", "allergens")
	w.ok(w.setStock(w.maker, id, variant, 3))
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Composition: new("qawın, qant")}))
	days := 300
	w.ok(w.catalog.SetFacts(ctx, w.maker, id, catalog.Facts{ShelfDays: &days, Storage: catalog.StoreCoolDry}))
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	w.mustBe(id, catalog.Submitted)
	w.ok(w.catalog.Submit(ctx, w.maker, id)) // pressed twice

	p := w.mine(w.maker, id)
	if p.Source.Name != "Qawın varenyesi" || p.Source.Composition != "qawın, qant" || p.Source.Lang != i18n.KAA {
		t.Errorf("source %+v", p.Source)
	}
	if !strings.HasPrefix(p.Slug(), "qawin-varenyesi-") || p.CategorySlug != "jams" || !p.Food || len(p.Photos) != 1 || len(p.Variants) != 1 {
		t.Errorf("product %+v", p)
	}
	history, err := w.catalog.History(ctx, w.maker, id)
	w.ok(err)
	if len(history) != 1 || history[0].Decision != catalog.WasSubmitted || history[0].AccountName != "Altın Qawın" {
		t.Errorf("history %+v", history)
	}
}

// What waits for the programme must stay complete; a craft needs no composition.
func TestSubmittedStaysComplete(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.draft(w.maker, "Qawın")
	w.ok(w.catalog.SetCategory(ctx, w.maker, id, w.craft))
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Composition: new("")}))
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	photo := w.mine(w.maker, id).Photos[0].ID
	for name, err := range map[string]error{
		"name":        w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Name: new("  ")}),
		"price":       w.catalog.RemoveVariant(ctx, w.maker, id, variant),
		"photo":       w.catalog.RemovePhoto(ctx, w.maker, id, photo),
		"composition": w.catalog.SetCategory(ctx, w.maker, id, w.food),
	} {
		var f *errs.Fields
		if !errors.As(err, &f) || !f.Has(name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if p := w.mine(w.maker, id); p.Source.Name != "Qawın" || len(p.Variants) != 1 || len(p.Photos) != 1 || *p.CategoryID != w.craft {
		t.Errorf("a refused change left its mark: %+v", p)
	}
}

func TestRefusedInput(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.draft(w.maker, "Qawın")
	edit := func(change func(*catalog.VariantEdit)) error {
		e := jar(variant)
		e.Seen = w.seen(id, variant)
		change(&e)
		_, err := w.catalog.SaveVariant(ctx, w.maker, id, e)
		return err
	}
	many := 0
	for field, err := range map[string]error{
		"name":         w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Name: new(strings.Repeat("қ", 121))}),
		"story":        w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Story: new(strings.Repeat("a", 4001))}),
		"category":     w.catalog.SetCategory(ctx, w.maker, id, 999999),
		"shelf_life":   w.catalog.SetFacts(ctx, w.maker, id, catalog.Facts{ShelfDays: &many, Storage: catalog.StoreRoom}),
		"storage":      w.catalog.SetFacts(ctx, w.maker, id, catalog.Facts{Storage: "cellar"}),
		"allergens":    w.catalog.SetFacts(ctx, w.maker, id, catalog.Facts{Storage: catalog.StoreRoom, Allergens: catalog.Allergens{Contains: []string{"dust"}}}),
		"price":        edit(func(e *catalog.VariantEdit) { e.PriceMinor = 0 }),
		"stock":        edit(func(e *catalog.VariantEdit) { e.Stock = -1 }),
		"weight":       edit(func(e *catalog.VariantEdit) { e.WeightGrams = 30001 }),
		"net_quantity": edit(func(e *catalog.VariantEdit) { e.NetQuantity = &many }),
		"net_unit":     edit(func(e *catalog.VariantEdit) { e.NetUnit = "pood" }),
		"label":        edit(func(e *catalog.VariantEdit) { e.Label = strings.Repeat("a", 61) }),
	} {
		var f *errs.Fields
		if !errors.As(err, &f) || !f.Has(field) {
			t.Errorf("%s: got %v", field, err)
		}
	}
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Name: new(strings.Repeat("қ", 120))}))
}

func TestVariantsAndPhotos(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, first := w.draft(w.maker, "Shal")
	blue := jar(0)
	blue.Label, blue.NetQuantity, blue.NetUnit = "kók", nil, catalog.Piece
	second, err := w.catalog.SaveVariant(ctx, w.maker, id, blue)
	w.ok(err)
	blue.ID, blue.Label, blue.PriceMinor, blue.Seen = second, "aq", 5000000, w.seen(id, second)
	_, err = w.catalog.SaveVariant(ctx, w.maker, id, blue)
	w.ok(err)
	p := w.mine(w.maker, id)
	if len(p.Variants) != 2 || p.Variants[1].Label != "aq" || p.Variants[1].Price().Minor != 5000000 || p.Variants[0].ID != first {
		t.Errorf("variants %+v", p.Variants)
	}
	w.ok(w.catalog.RemoveVariant(ctx, w.maker, id, first))
	wantKind(t, w.catalog.RemoveVariant(ctx, w.maker, id, first), errs.NotFound)
	wantKind(t, w.setStock(w.maker, id, first, 1), errs.NotFound)
	if p := w.mine(w.maker, id); len(p.Variants) != 1 || p.Variants[0].ID != second {
		t.Errorf("after removal %+v", p.Variants)
	}

	one := p.Photos[0].ID
	two, three := w.photo(w.maker), w.photo(w.maker)
	w.ok(w.catalog.AddPhoto(ctx, w.maker, id, two))
	w.ok(w.catalog.AddPhoto(ctx, w.maker, id, three))
	w.ok(w.catalog.AddPhoto(ctx, w.maker, id, two)) // again
	w.ok(w.catalog.OrderPhotos(ctx, w.maker, id, []int64{three, one, two}))
	wantKind(t, w.catalog.OrderPhotos(ctx, w.maker, id, []int64{three, one}), errs.Conflict)
	wantKind(t, w.catalog.OrderPhotos(ctx, w.maker, id, []int64{three, one, one}), errs.Conflict)
	w.ok(w.catalog.RemovePhoto(ctx, w.maker, id, one))
	want := []catalog.Photo{{ID: three}, {ID: two}}
	if got := w.mine(w.maker, id).Photos; !slices.Equal(got, want) {
		t.Errorf("photos %+v, want %+v", got, want)
	}
	for range catalog.MaxPhotos - 2 {
		w.ok(w.catalog.AddPhoto(ctx, w.maker, id, w.photo(w.maker)))
	}
	wantKind(t, w.catalog.AddPhoto(ctx, w.maker, id, w.photo(w.maker)), errs.Invalid)
}

// Another producer's product, variant and photo are not found, whatever she does; nor does a producer 0 see anything.
func TestForeignIDs(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	own, ownVariant := w.draft(w.other, "Kurt")
	photo := w.mine(w.maker, id).Photos[0].ID
	before := w.mine(w.maker, id)
	for _, by := range []catalog.Maker{w.other, {}} {
		calls := producerCalls(ctx, w, by, id, variant, photo)
		for name, err := range calls {
			if err == nil || errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s by %d: got %v, want not found", name, by.ProducerID, err)
			}
		}
	}
	// Her own product, somebody else's variant and photo.
	edit := jar(variant)
	_, err := w.catalog.SaveVariant(ctx, w.other, own, edit)
	wantKind(t, err, errs.NotFound)
	wantKind(t, w.setStock(w.other, own, variant, 0), errs.NotFound)
	wantKind(t, w.setPrice(w.other, own, variant, 1), errs.NotFound)
	wantKind(t, w.catalog.RemoveVariant(ctx, w.other, own, variant), errs.NotFound)
	wantKind(t, w.catalog.AddPhoto(ctx, w.other, own, photo), errs.NotFound)
	wantKind(t, w.catalog.RemovePhoto(ctx, w.other, own, photo), errs.NotFound)
	wantKind(t, w.catalog.SetHandPrice(ctx, w.staff, own, variant, "jp", 100), errs.NotFound)
	w.ok(w.setStock(w.other, own, ownVariant, 1))

	after := w.mine(w.maker, id)
	if after.State != before.State || after.UpdatedAt != before.UpdatedAt || after.Variants[0] != before.Variants[0] && *after.Variants[0].NetQuantity != *before.Variants[0].NetQuantity {
		t.Errorf("something changed: %+v, before %+v", after, before)
	}
	mine, err := w.catalog.Studio(ctx, w.other.ProducerID)
	w.ok(err)
	if len(mine) != 1 || mine[0].ID != own {
		t.Errorf("the other's studio lists %+v", mine)
	}
}

// producerCalls makes every call a producer can make.
func producerCalls(ctx context.Context, w *world, by catalog.Maker, id, variant, photo int64) map[string]error {
	days := 3
	_, mine := w.catalog.Mine(ctx, by.ProducerID, id)
	_, saved := w.catalog.SaveVariant(ctx, by, id, jar(variant))
	_, added := w.catalog.SaveVariant(ctx, by, id, jar(0))
	calls := map[string]error{
		"Mine":          mine,
		"SaveSource":    w.catalog.SaveSource(ctx, by, id, source("x", "y", "z")),
		"SetCategory":   w.catalog.SetCategory(ctx, by, id, w.craft),
		"SetFacts":      w.catalog.SetFacts(ctx, by, id, catalog.Facts{ShelfDays: &days, Storage: catalog.StoreCold}),
		"SaveVariant":   saved,
		"add a variant": added,
		"RemoveVariant": w.catalog.RemoveVariant(ctx, by, id, variant),
		"SetStock":      w.setStock(by, id, variant, 0),
		"SetPrice":      w.setPrice(by, id, variant, 1),
		"AddPhoto":      w.catalog.AddPhoto(ctx, by, id, photo),
		"RemovePhoto":   w.catalog.RemovePhoto(ctx, by, id, photo),
		"OrderPhotos":   w.catalog.OrderPhotos(ctx, by, id, []int64{photo}),
		"Submit":        w.catalog.Submit(ctx, by, id),
		"Withdraw":      w.catalog.Withdraw(ctx, by, id),
		"Restore":       w.catalog.Restore(ctx, by, id),
	}
	if history, err := w.catalog.History(ctx, by, id); err != nil {
		calls["History"] = err
	} else if len(history) > 0 {
		calls["History"] = nil
	}
	return calls
}

func TestStudio(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	selling, variant := w.selling(w.maker, "Qawın")
	asked, _ := w.draft(w.maker, "Kurt")
	w.ok(w.catalog.Submit(ctx, w.maker, asked))
	w.ok(w.catalog.AskChanges(ctx, w.staff, asked, catalog.Ask{Topics: []catalog.Topic{"photo"}, Message: "Brighter, please", Lang: i18n.EN}))
	gone, _ := w.draft(w.maker, "Old")
	w.ok(w.catalog.Withdraw(ctx, w.maker, gone))
	draft, err := w.catalog.CreateDraft(ctx, w.maker, i18n.RU)
	w.ok(err)

	list, err := w.catalog.Studio(ctx, w.maker.ProducerID)
	w.ok(err)
	var order []int64
	for _, item := range list {
		order = append(order, item.ID)
	}
	if want := []int64{asked, draft, selling, gone}; !slices.Equal(order, want) {
		t.Fatalf("order %v, want %v", order, want)
	}
	if a := list[0]; a.State != catalog.ChangesRequested || a.AskedFor != "Brighter, please" || a.AskedInLang != i18n.EN || a.Asked[0] != "photo" || a.Live() {
		t.Errorf("asked: %+v", a)
	}
	if d := list[1]; d.Name != "" || d.Price().Minor != 0 || d.PhotoID != 0 || d.NameLang != i18n.RU {
		t.Errorf("draft: %+v", d)
	}
	if s := list[2]; !s.Live() || s.Price().Minor != 4500000 || s.Stock != 12 || *s.VariantID != variant || s.PhotoID == 0 || s.AskedFor != "" {
		t.Errorf("selling: %+v", s)
	}
}
