package studio_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestJoin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := w.invite()
	b := w.browser()
	for _, typed := range []string{card.Grouped(), strings.ToLower(card.Code), " " + card.Code[:4] + " " + card.Code[4:] + " "} {
		if res := b.post("/join", url.Values{"code": {typed}}); res.to() != "/join/"+card.Code {
			t.Errorf("code %q leads to %q (%d)", typed, res.to(), res.StatusCode)
		}
	}
	hello := b.get("/join/" + strings.ToLower(card.Grouped()))
	if got := hello.doc.Find("h1").Text(); !strings.Contains(got, card.Name) {
		t.Errorf("greeted as %q", got)
	}
	if got := hello.doc.Find("main .lede").Text(); !strings.Contains(got, "Shımbay") || hello.doc.Find("html").AttrOr("lang", "") != "kaa-Latn" {
		t.Errorf("not in the card's language: %q", got)
	}
	if n := hello.doc.Find("button[name=lang]").Length(); n != 6 {
		t.Errorf("%d languages", n)
	}
	to := hello.doc.Find("main input[name=to]").AttrOr("value", "")
	if res := b.post("/studio/language", url.Values{"lang": {"ru"}, "to": {to}}); res.to() != "/join/"+card.Code+"/you" {
		t.Fatalf("the language leads to %q", res.to())
	}
	res := b.post("/join/"+card.Code+"/you", url.Values{"name": {"Гүлайым"}, "login": {"90 123 45 67"}, "password": {"кавун и мёд"}})
	if res.StatusCode != http.StatusSeeOther || res.to() != "/studio" {
		t.Fatalf("%d %s %s", res.StatusCode, res.to(), res.doc.Find(".problem.shown, .problem").Text())
	}
	studio := b.get("/studio")
	if studio.StatusCode != http.StatusOK || studio.doc.Find("html").AttrOr("lang", "") != "ru" || studio.doc.Find(".flash.good").Length() != 1 {
		t.Errorf("%d, %q", studio.StatusCode, studio.doc.Find("html").AttrOr("lang", ""))
	}
	if inside := b.get("/join/" + card.Code); inside.StatusCode != http.StatusOK || inside.doc.Find(`a.go[href="/studio"]`).Length() != 1 {
		t.Errorf("signed in and with a card: %d", inside.StatusCode)
	}
	if again := w.browser().get("/join/" + card.Code); again.StatusCode != http.StatusGone || again.doc.Find(`a[href^="/sign-in"]`).Length() == 0 {
		t.Errorf("a used card: %d", again.StatusCode)
	}
}

func TestJoinKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := w.invite()
	path := "/join/" + card.Code + "/you"
	for name, c := range map[string]struct {
		form url.Values
		at   string
	}{
		"nothing":        {url.Values{}, "name"},
		"no number":      {url.Values{"name": {"Ayjan"}, "login": {"12"}, "password": {password}}, "login"},
		"short password": {url.Values{"name": {"Ayjan"}, "login": {"a@b.uz"}, "password": {"short"}}, "password"},
		"taken":          {url.Values{"name": {"Ayjan"}, "login": {w.herID}, "password": {password}}, "login"},
	} {
		res := w.browser().post(path, c.form)
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, res.StatusCode)
			continue
		}
		in := res.doc.Find("input[name=" + c.at + "]")
		if in.AttrOr("aria-invalid", "") != "true" || res.doc.Find("#"+c.at+"-problem").Text() == "" {
			t.Errorf("%s: nothing said at %s", name, c.at)
		}
		if got := res.doc.Find("input[name=login]").AttrOr("value", ""); got != c.form.Get("login") {
			t.Errorf("%s: login became %q", name, got)
		}
		if res.doc.Find("input[name=password]").AttrOr("value", "") != "" {
			t.Errorf("%s: the password came back", name)
		}
	}
	if card, err := w.Producers.InvitationByCode(t.Context(), "en", card.Code); err != nil || !card.Open(w.now) {
		t.Error("a failed try used the card up")
	}
}

func TestCardsThatOpenNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, taken := w.invite(), w.invite()
	w.must(w.Producers.Revoke(t.Context(), w.staff, taken.ID))
	w.now = w.now.AddDate(0, 0, 61)
	for code, want := range map[string]int{old.Code: http.StatusGone, taken.Code: http.StatusGone, "22222222": http.StatusNotFound, "0O1I": http.StatusNotFound} {
		for _, path := range []string{"/join/" + code, "/join/" + code + "/you"} {
			res := w.browser().get(path)
			if res.StatusCode != want || res.doc.Find(`a[href="/join"]`).Length() != 1 {
				t.Errorf("%s: %d, want %d and a way on", path, res.StatusCode, want)
			}
			if want == http.StatusGone && !strings.Contains(res.body, "office@awil.test") {
				t.Errorf("%s: whom to ask is missing", path)
			}
		}
	}
	for _, typed := range []string{"", "2222-2222", "not a code"} {
		res := w.browser().post("/join", url.Values{"code": {typed}})
		if res.StatusCode != http.StatusUnprocessableEntity || res.doc.Find("#code-problem").Text() == "" || res.doc.Find("#code").AttrOr("value", "") != typed {
			t.Errorf("code %q: %d", typed, res.StatusCode)
		}
	}
}

func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	for range 30 {
		b.post("/join", url.Values{"code": {"22222222"}})
	}
	if res := b.post("/join", url.Values{"code": {"22222222"}}); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the 31st try: %d", res.StatusCode)
	}
	w.now = w.now.Add(time.Minute)
	if res := b.post("/join", url.Values{"code": {"22222222"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("after a rest: %d", res.StatusCode)
	}
}
