package studio_test

import (
	"image/color"
	"net/http"
	"testing"

	"awil/internal/catalog"
	"awil/internal/i18n"
)

// What does not fit on a listing is neither decoded nor stored.
func TestPhotosThatDoNotFitAreNotStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	b := w.signedIn(w.herID)
	stored := func() (n int) {
		w.must(w.db.QueryRow(t.Context(), `select count(*) from photos`).Scan(&n))
		return n
	}
	before := stored()
	var files []file
	for i := range catalog.MaxPhotos + 3 {
		files = append(files, file{"a.jpg", picture(t, color.RGBA{uint8(10 * i), 200, 9, 255})})
	}
	res := b.upload(at("/goods/%d/photo", p.ID), files)
	if got := res.doc.Find("#photo-problem").Text(); res.StatusCode != http.StatusUnprocessableEntity || got != i18n.For(i18n.KAA).T("errors.photos_full") {
		t.Errorf("%d, says %q", res.StatusCode, got)
	}
	if got := len(w.product(w.her, p.ID).Photos); got != catalog.MaxPhotos || stored() != before+catalog.MaxPhotos-1 {
		t.Errorf("%d photos of the listing, %d stored", got, stored()-before)
	}
	res = b.upload(at("/goods/%d/photo", p.ID), []file{{"b.jpg", picture(t, color.White)}}, "Accept", "application/json")
	if res.StatusCode != http.StatusUnprocessableEntity || stored() != before+catalog.MaxPhotos-1 {
		t.Errorf("one more: %d, %d stored", res.StatusCode, stored()-before)
	}
}

func TestUploadsAreThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	last := 0
	for range 30 {
		last = b.upload("/studio/profile/photo", []file{{"no.jpg", []byte("no picture")}}).StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the thirtieth upload of a minute: %d", last)
	}
}
