package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"awil/internal/i18n"
)

func TestFeaturesArePlacedTimedAndMoved(t *testing.T) {
	f := newFixture(t)
	second, _ := f.listing("Ekinshi")
	f.ok(f.Catalog.Submit(t.Context(), f.maker, second))
	f.ok(f.Catalog.SetMarkets(t.Context(), f.people["curator"], second, []string{"jp"}))
	f.ok(f.Catalog.Approve(t.Context(), f.people["curator"], second))
	v := f.as(t, "curator", "en")
	one, two := fmt.Sprintf("product:%d", f.selling), fmt.Sprintf("product:%d", second)
	wrong := url.Values{"market": {"jp"}, "subject": {one}, "starts": {"2026-12-01T10:00"}, "ends": {"2026-11-01T10:00"}}
	a := v.post("/desk/features", wrong, http.StatusUnprocessableEntity)
	a.says("#ends-problem", "before the beginning")
	if got := a.value(".adding #starts"); got != "2026-12-01T10:00" {
		t.Errorf("came back as %q", got)
	}
	a.has(1, fmt.Sprintf(".adding option[value='%s'][selected]", one))
	v.post("/desk/features", url.Values{"market": {"jp"}, "starts": {"yesterday"}}, http.StatusUnprocessableEntity).has(1, "#starts-problem")
	v.post("/desk/features", url.Values{"market": {"xx"}, "subject": {one}, "starts": {"2026-12-01T10:00"}}, http.StatusNotFound)

	v.done("/desk/features", url.Values{"market": {"jp"}, "subject": {one}, "starts": {"2026-11-21T10:00"}}).says(".features", "Melon jam", "now")
	v.done("/desk/features", url.Values{"market": {"jp"}, "subject": {two}, "starts": {"2026-11-30T10:00:00"}}).says(".features", "in 9 days")
	list, err := f.Curation.Features(t.Context(), i18n.EN, "jp")
	f.ok(err)
	if want := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC); !list[0].StartsAt.Equal(want) {
		t.Errorf("ten in Tashkent is %v, want %v", list[0].StartsAt.UTC(), want)
	}
	first, last := list[0].ID, list[1].ID
	v.done(fmt.Sprintf("/desk/features/%d/up", last), url.Values{"market": {"jp"}}).says(".flash", "order is saved")
	v.done(fmt.Sprintf("/desk/features/%d/up", last), url.Values{"market": {"jp"}}).has(0, ".flash")
	list, err = f.Curation.Features(t.Context(), i18n.EN, "jp")
	f.ok(err)
	if list[0].ID != last {
		t.Error("it did not go up")
	}
	v.post(fmt.Sprintf("/desk/features/%d/down", last), url.Values{"market": {"uz"}}, http.StatusNotFound)

	at := fmt.Sprintf("/desk/features/%d", first)
	a = v.post(at+"/times", url.Values{"market": {"jp"}, "starts": {"2026-11-21T10:00"}, "ends": {"2026-11-20T10:00"}}, http.StatusUnprocessableEntity)
	a.has(1, fmt.Sprintf("#ends-%d-problem", first))
	if got := a.value(fmt.Sprintf("#ends-%d", first)); got != "2026-11-20T10:00" {
		t.Errorf("came back as %q", got)
	}
	b := v.done(at+"/times", url.Values{"market": {"jp"}, "starts": {"2026-11-01T10:00"}, "ends": {"2026-11-20T10:00"}})
	b.says(".features", "over")
	b.says(".chart + ul, .plan ul", "Melon jam: from 1 Nov 2026, until 20 Nov 2026")
	v.done(at+"/remove", url.Values{"market": {"jp"}}).has(1, ".features tbody tr")
	for i, want := range []string{"feature.removed", "feature.timed", "feature.placed"} {
		if got := f.trail(t, "feature", first); got[i] != want {
			t.Errorf("trail %v", got)
		}
	}
}

func TestCollectionsFromNameToHomePage(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	v.post("/desk/collections", url.Values{"lang": {"ja"}, "name": {"お茶"}}, http.StatusUnprocessableEntity).says("#name-problem", "Latin or Cyrillic")
	v.post("/desk/collections", url.Values{"lang": {"en"}, "summary": {"Kept words"}}, http.StatusUnprocessableEntity).says("#summary", "Kept words")
	v.done("/desk/collections", url.Values{"lang": {"en"}, "name": {"For tea"}, "summary": {"Small things."}}).says("h1", "For tea")
	v.post("/desk/collections", url.Values{"lang": {"en"}, "name": {"For tea"}}, http.StatusUnprocessableEntity).says("#name-problem", "already")

	jam := fmt.Sprint(f.selling)
	v.done("/desk/collections/1/items", url.Values{"add": {jam}}).says("section[aria-labelledby=items]", "1 product", "Melon jam")
	v.done("/desk/collections/1/items", url.Values{"product": {jam}, "add": {jam}}).says("#items", "1 product")
	v.post("/desk/collections/1/items", url.Values{"product": {jam, "999999"}}, http.StatusUnprocessableEntity)
	v.done("/desk/collections/1/words", url.Values{"lang": {"ja"}, "name": {"お茶の時間に"}, "ready": {"1"}}).says(".flash", "Japanese")
	v.post("/desk/collections/1/words", url.Values{"lang": {"ja"}, "summary": {"説明"}}, http.StatusUnprocessableEntity).says("#summary", "説明")
	v.done("/desk/collections/1/publish", nil).says(".back", "published")
	set, cards, err := f.Curation.CollectionBySlug(t.Context(), "jp", i18n.JA, "for-tea")
	f.ok(err)
	if set.Name != "お茶の時間に" || len(cards) != 1 {
		t.Errorf("buyers see %q with %d", set.Name, len(cards))
	}
	v.done("/desk/collections/1/unpublish", nil).says(".back", "not published")
	v.done("/desk/collections/1/items", url.Values{"product": {jam}, "remove": {jam}}).says("#items", "0 products")
	v.done("/desk/collections/1/delete", nil).has(0, "tbody tr")
	if got := f.trail(t, "collection", 1); got[0] != "collection.deleted" || got[len(got)-1] != "collection.created" || len(got) != 8 {
		t.Errorf("trail %v", got)
	}
}

func TestItemsMove(t *testing.T) {
	f := newFixture(t)
	other, _ := f.listing("Ekinshi")
	v := f.as(t, "curator", "en")
	f.ok(v.furnish())
	a, b := fmt.Sprint(f.selling), fmt.Sprint(other)
	for _, try := range []struct {
		button, id string
		want       []int64
	}{
		{"down", a, []int64{other, f.selling}},
		{"up", b, []int64{other, f.selling}},
		{"up", a, []int64{f.selling, other}}, // stands first already
		{"down", b, []int64{f.selling, other}},
	} {
		v.done("/desk/collections/1/items", url.Values{"product": {a, b}, try.button: {try.id}})
		var got []int64
		rows, err := f.db.Query(t.Context(), `select product_id from collection_items where collection_id = 1 order by position`)
		f.ok(err)
		for rows.Next() {
			var id int64
			f.ok(rows.Scan(&id))
			got = append(got, id)
		}
		f.ok(rows.Err())
		if fmt.Sprint(got) != fmt.Sprint(try.want) {
			t.Errorf("%s %s gives %v", try.button, try.id, got)
		}
	}
}
