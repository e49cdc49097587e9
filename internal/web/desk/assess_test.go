package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestProductsAreScored(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.selling)
	a := v.page(at)
	a.says("#grade", "Not scored yet", "of 40", "of 25", "of 35", "5 stars from 90 points")
	form := url.Values{"criterion": {"community", "story", "quality"}, "points": {"36", "19,5", ""}, "advice": {"Seal the lid."}, "advice_lang": {"ru"}}
	b := v.post(at+"/assess", form, http.StatusUnprocessableEntity)
	b.says("#points-story-problem", "whole number")
	b.says("#points-quality-problem", "fill this in")
	for selector, want := range map[string]string{"#points-community": "36", "#points-story": "19,5", "#advice": "Seal the lid."} {
		if got := b.value(selector); got != want {
			t.Errorf("%s came back as %q", selector, got)
		}
	}
	form["points"] = []string{"41", "20", ""}
	c := v.post(at+"/assess", form, http.StatusUnprocessableEntity)
	c.says("#points-community-problem", "0 to 40")
	c.says("#points-quality-problem", "fill this in")
	form["points"] = []string{"36", "20", "34"}
	d := v.done(at+"/assess", form)
	d.says(".flash", "5 of 5")
	d.says("#grade", "90 points", "36 of 40", "Seal the lid.")
	if last := d.value("#points-story"); last != "20" {
		t.Errorf("the form begins with %q", last)
	}
	if trail := f.trail(t, "product", f.selling); trail[0] != "product.assessed" {
		t.Errorf("trail %v", trail)
	}
	v.page("/desk/audit").says("main", "scored a product")
}

func TestUnseenProductsAreNotScored(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.waiting)
	if page := v.page(at); page.doc.Find("#grade input[name=points]").Length() != 0 || !strings.Contains(page.text("#grade"), "Only a product that buyers see") {
		t.Error("a listing that waits can be scored")
	}
	form := url.Values{"criterion": {"community", "story", "quality"}, "points": {"1", "1", "1"}}
	v.done(at+"/assess", form).says(".flash", "Only a product that buyers see")
}
