package studio_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/orders"
)

// rawKey is a message that no catalogue has.
var rawKey = regexp.MustCompile(`\b(studio|money|common|errors|terms|checkout)\.[a-z_]+[a-z_.]*\b`)

func TestEveryPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	jam := w.live(w.her, "Qawın varenyesi")
	toPack, toHub, packed := w.ordered(jam, "uz", 2), w.ordered(jam, "jp", 3), w.ordered(jam, "uz", 1)
	w.must(w.Orders.MarkPacked(t.Context(), w.her.ProducerID, w.her.AccountID, packed.ParcelID))
	sent := w.ordered(jam, "uz", 1)
	w.must(w.Orders.MarkPacked(t.Context(), w.her.ProducerID, w.her.AccountID, sent.ParcelID))
	w.must(w.Orders.MarkShipped(t.Context(), w.her.ProducerID, w.her.AccountID, sent.ParcelID, "uzpost", ""))
	asked := w.good(w.her, "Ǵoz")
	w.must(w.Catalog.Submit(t.Context(), w.her, asked.ID))
	w.must(w.Catalog.AskChanges(t.Context(), w.staff, asked.ID, catalog.Ask{Topics: []catalog.Topic{"photo", "other"}, Message: "Темно", Lang: i18n.RU}))
	draft, err := w.Catalog.CreateDraft(t.Context(), w.her, i18n.KAA)
	w.must(err)
	hidden := w.good(w.her, "Shay")
	w.must(w.Catalog.Withdraw(t.Context(), w.her, hidden.ID))

	paths := []string{"", "/goods", "/orders", "/orders/done", "/profile", "/profile/workshop", "/profile/story", "/language",
		"/money", "/money/to", "/money/2026-11", "/money/now"}
	for _, id := range []int64{jam.ID, asked.ID, draft, hidden.ID} {
		paths = append(paths, at("/goods/%d", id)[len("/studio"):])
		for _, step := range []string{"photo", "name", "made", "price/new", "story", "preview"} {
			paths = append(paths, at("/goods/%d/%s", id, step)[len("/studio"):])
		}
	}
	paths = append(paths, at("/goods/%d/price/%d", jam.ID, jam.Variants[0].ID)[len("/studio"):])
	for _, j := range []orders.Job{toPack, toHub, packed, sent} {
		paths = append(paths, at("/orders/%d", j.ParcelID)[len("/studio"):], at("/orders/%d/slip", j.ParcelID)[len("/studio"):])
	}
	b := w.signedIn(w.herID)
	for _, lang := range i18n.Langs() {
		if res := b.post("/studio/language", url.Values{"lang": {string(lang)}}); res.to() != "/studio" {
			t.Fatalf("language %s: %d %s", lang, res.StatusCode, res.to())
		}
		for _, path := range paths {
			complete(t, b.get("/studio"+path), http.StatusOK, lang, path)
		}
	}
	guest := w.browser()
	card := w.invite()
	for _, lang := range i18n.Langs() {
		guest.post("/studio/language", url.Values{"lang": {string(lang)}})
		w.now = w.now.Add(60e9)
		complete(t, guest.get("/join"), http.StatusOK, lang, "/join")
		complete(t, guest.get("/join/"+card.Code+"/you"), http.StatusOK, lang, "/join/you")
		complete(t, guest.get("/join/nothing"), http.StatusNotFound, lang, "/join/nothing")
		complete(t, guest.get("/studio/language"), http.StatusOK, lang, "/studio/language")
	}
}

// complete checks what every page must have.
func complete(t *testing.T, res answer, status int, lang i18n.Lang, path string) {
	t.Helper()
	if res.StatusCode != status {
		t.Errorf("%s %s: %d", lang, path, res.StatusCode)
		return
	}
	if got := res.doc.Find("html").AttrOr("lang", ""); got != lang.Tag() {
		t.Errorf("%s %s: lang=%q", lang, path, got)
	}
	if res.doc.Find("h1").Length() != 1 || strings.TrimSpace(res.doc.Find("h1").Text()) == "" {
		t.Errorf("%s %s: no heading", lang, path)
	}
	if strings.TrimSpace(res.doc.Find("title").Text()) == "| Awıl" {
		t.Errorf("%s %s: no title", lang, path)
	}
	if raw := rawKey.FindString(res.doc.Find("body").Text()); raw != "" {
		t.Errorf("%s %s: shows the key %s", lang, path, raw)
	}
	if raw := regexp.MustCompile(`\{[a-z]+\}`).FindString(res.doc.Find("body").Text()); raw != "" {
		t.Errorf("%s %s: shows the placeholder %s", lang, path, raw)
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	empty := b.get("/studio")
	if empty.doc.Find(`form[action="/studio/goods"] button.go`).Length() != 1 || empty.doc.Find(".good").Length() != 0 {
		t.Error("an empty studio should invite the first listing")
	}
	jam := w.live(w.her, "Qawın varenyesi")
	w.ordered(jam, "uz", 2)
	res := b.get("/studio")
	if got := res.doc.Find("#today b").Text(); got != "1" {
		t.Errorf("pack today: %q", got)
	}
	if got := res.doc.Find(".good .state").Text(); !strings.Contains(got, "22") {
		t.Errorf("state %q, want on sale with 22 left", got)
	}
	if got := res.doc.Find(".tabs b").Text(); got != "1" {
		t.Errorf("the tab counts %q", got)
	}
}

func TestBeginReusesTheEmptyListing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	first, second := b.post("/studio/goods", nil), b.post("/studio/goods", nil)
	if first.to() == "" || first.to() != second.to() {
		t.Errorf("%q, then %q", first.to(), second.to())
	}
}

func TestNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guest := w.browser()
	if res := guest.get("/studio"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.to(), "/sign-in") {
		t.Errorf("nobody: %d %s", res.StatusCode, res.to())
	}
	if res := w.signedIn("staff@awil.test").get("/studio"); res.StatusCode != http.StatusForbidden {
		t.Errorf("staff: %d", res.StatusCode)
	}
}

// TestForeignIDs calls every route that takes an id with one of somebody
// else's; a new route with an id is in the table by itself.
func TestForeignIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs := w.live(w.other, "Basqa")
	parcel := w.ordered(theirs, "uz", 1)
	mine := w.live(w.her, "Meniń")
	foreign := map[string]int64{":id": theirs.ID, ":parcel": parcel.ParcelID, ":photo": theirs.Photos[0].ID, ":variant": theirs.Variants[0].ID}
	b := w.signedIn(w.herID)
	tried := 0
	for _, r := range w.server.Table() {
		if !strings.HasPrefix(r.Path, "/studio/") || !strings.Contains(r.Path, ":") {
			continue
		}
		paths := []string{fill(r.Path, foreign)}
		if strings.Contains(r.Path, ":photo") || strings.Contains(r.Path, ":variant") {
			own := map[string]int64{":id": mine.ID, ":photo": foreign[":photo"], ":variant": foreign[":variant"]}
			paths = append(paths, fill(r.Path, own))
		}
		for _, path := range paths {
			tried++
			res := b.do(r.Method, path, "application/x-www-form-urlencoded", strings.NewReader("price=1000&stock=1&net_unit=g&net_quantity=5&name=x&carrier=uzpost"))
			if res.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404", r.Method, path, res.StatusCode)
			}
		}
	}
	if tried < 25 {
		t.Errorf("only %d routes tried", tried)
	}
	if after := w.product(w.other, theirs.ID); after.State != catalog.Approved || after.Source.Name != "Basqa" {
		t.Errorf("their listing is %+v", after)
	}
	if j, err := w.Orders.Job(t.Context(), w.other.ProducerID, parcel.ParcelID); err != nil || j.Status != orders.ParcelToPack {
		t.Errorf("their parcel is %s, %v", j.Status, err)
	}
	for _, path := range []string{"/goods/x", "/goods/0", "/orders/x", "/goods/999999"} {
		if res := b.get("/studio" + path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func fill(path string, ids map[string]int64) string {
	for name, id := range ids {
		path = strings.ReplaceAll(path, name, strconv.FormatInt(id, 10))
	}
	return path
}

func TestLanguageIsRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	res := b.post("/studio/language", url.Values{"lang": {"ky"}, "to": {"/studio/profile"}})
	if res.to() != "/studio/profile" {
		t.Errorf("leads to %q", res.to())
	}
	if v, err := w.Accounts.Viewer(t.Context(), w.her.AccountID); err != nil || v.Lang != i18n.KY {
		t.Errorf("the account has %s, %v", v.Lang, err)
	}
	if res := b.post("/studio/language", url.Values{"lang": {"ky"}, "to": {"https://evil.test"}}); res.to() != "/studio" {
		t.Errorf("another site: %q", res.to())
	}
	if res := b.post("/studio/language", url.Values{"lang": {"xx"}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown language: %d", res.StatusCode)
	}
	from := b.get("/studio/language", "Referer", b.server.URL+"/studio/orders")
	if got := from.doc.Find("input[name=to]").AttrOr("value", ""); got != "/studio/orders" {
		t.Errorf("goes back to %q", got)
	}
}
