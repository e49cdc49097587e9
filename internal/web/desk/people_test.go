package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"awil/internal/i18n"
	"awil/internal/producers"
)

func TestInvitationCard(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "ru")
	village := fmt.Sprint(f.village)
	a := v.post("/desk/invitations", url.Values{"village": {village}, "lang": {"ky"}, "producer": {fmt.Sprint(f.maker.ProducerID)}}, http.StatusUnprocessableEntity)
	a.says("#name-problem", "заполните")
	a.has(1, "#village option[value='"+village+"'][selected]")
	a.has(1, "#lang option[value=ky][selected]")
	a.has(1, fmt.Sprintf("#producer option[value='%d'][selected]", f.maker.ProducerID))
	v.post("/desk/invitations", url.Values{"name": {"Гүл"}, "village": {"999"}, "lang": {"ky"}}, http.StatusUnprocessableEntity).has(1, "#village[aria-invalid]")
	v.post("/desk/invitations", url.Values{"name": {"Гүл"}, "village": {village}, "producer": {"999"}, "lang": {"ky"}}, http.StatusUnprocessableEntity).has(1, "#producer[aria-invalid]")

	card := v.done("/desk/invitations", url.Values{"name": {"Gúlnara"}, "village": {village}, "lang": {"kaa"}})
	list, err := f.Producers.Invitations(t.Context(), i18n.KAA, 10)
	f.ok(err)
	made := list[0]
	card.says(".card-a6", "Gúlnara ushın", "Shımbay", "Test programme", i18n.For(i18n.KAA).T("invitation.scan"), made.Code[:4], made.Code[4:], "awil.test/join")
	if lang, _ := card.doc.Find(".card-a6").Attr("lang"); lang != "kaa-Latn" {
		t.Errorf("the card is in %q", lang)
	}
	sameSquares(t, card, origin+"/join/"+made.Code)

	at := fmt.Sprintf("/desk/invitations/%d", made.ID)
	v.done(at+"/revoke", nil).says("tbody", "отозвано")
	v.done(at+"/revoke", nil).says(".flash", "уже использована или отозвана")
	v.page(at+"/card").has(1, ".note.attention")
	if got := f.trail(t, "invitation", made.ID); len(got) != 2 || got[0] != "invitation.revoked" {
		t.Errorf("trail %v", got)
	}
}

// sameSquares draws the card's path back into squares and compares them with those of the library for the link.
func sameSquares(t *testing.T, card answer, link string) {
	t.Helper()
	code, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	want := code.Bitmap()
	if label, _ := card.doc.Find(".qr").Attr("aria-label"); label != link {
		t.Errorf("the code is labelled %q", label)
	}
	if box, _ := card.doc.Find(".qr").Attr("viewBox"); box != fmt.Sprintf("0 0 %d %d", len(want), len(want)) {
		t.Errorf("drawn on %q, want %d squares", box, len(want))
	}
	got := make([][]bool, len(want))
	for y := range got {
		got[y] = make([]bool, len(want))
	}
	path, _ := card.doc.Find(".qr .ink").Attr("d")
	for _, run := range strings.SplitAfter(path, "z") {
		var x, y, n, back int
		if run == "" {
			continue
		}
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%dz", &x, &y, &n, &back); err != nil || n != back {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range n {
			got[y][x+i] = true
		}
	}
	for y := range want {
		for x := range want[y] {
			if got[y][x] != want[y][x] {
				t.Fatalf("square %d, %d is %v", x, y, got[y][x])
			}
		}
	}
}

func TestRolesAndTheLastAdmin(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "admin", "en")
	v.page("/desk/people?q=finance").has(1, "tbody tr")
	v.page("/desk/people?role=curator").says("tbody", "Test curator", "Curator")
	v.page("/desk/people?q=buyer%40example").says("tbody", "buyer@example.org")
	buyer := fmt.Sprintf("/desk/people/%d", f.people["buyer"])
	v.done(buyer+"/roles", url.Values{"roles": {"curator", "finance"}}).has(2, "input[name=roles][checked]")
	v.post(buyer+"/roles", url.Values{"roles": {"king"}}, http.StatusUnprocessableEntity)
	f.as(t, "buyer", "en").page("/desk/review")

	self := fmt.Sprintf("/desk/people/%d", f.people["admin"])
	a := v.post(self+"/roles", url.Values{"roles": {"curator"}}, http.StatusUnprocessableEntity)
	a.says("#roles-problem", "last admin")
	a.has(1, "input[name=roles][value=curator][checked]")
	v.post(self+"/disable", nil, http.StatusUnprocessableEntity).says("#account-problem", "last admin")
	v.done(buyer+"/disable", nil).says("main", "closed")
	v.done(buyer+"/enable", nil).says(".flash", "open again")
	v.done(buyer+"/roles", url.Values{"roles": {"admin"}})
	v.done(self+"/roles", url.Values{"roles": {"curator"}}).says("h1", "Today")
	v.get("/desk/people", http.StatusForbidden)
	got := f.trail(t, "account", f.people["buyer"])
	if want := "[account.roles account.enabled account.disabled account.roles]"; fmt.Sprint(got) != want {
		t.Errorf("trail %v, want %s", got, want)
	}
}

func TestTrailIsFiltered(t *testing.T) {
	f := newFixture(t)
	f.ok(f.as(t, "curator", "en").furnish())
	v := f.as(t, "finance", "en")
	v.page("/desk/audit").says("tbody", "Test curator", "approved a listing", "put on a home page", "lang en · state approved")
	curator := fmt.Sprint(f.people["curator"])
	for query, want := range map[string]int{
		"?action=product.approved": 1, "?kind=invitation": 1, "?kind=product&id=" + fmt.Sprint(f.waiting): 1,
		"?who=" + fmt.Sprint(f.people["finance"]): 0, "?who=" + curator + "&kind=collection": 3,
	} {
		v.page("/desk/audit"+query).has(want, "tbody tr")
	}
	link := fmt.Sprintf("a[href='/desk/review/%d']:contains('product %d')", f.waiting, f.waiting)
	f.as(t, "curator", "en").page("/desk/audit?kind=product").has(1, link)
	finance := f.as(t, "finance", "en").page("/desk/audit?kind=product") // listings are closed to her: named, not linked
	finance.has(0, link)
	finance.says("tbody", fmt.Sprintf("product %d", f.waiting))
}

func TestProducersAreTranslated(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	v.page("/desk/producers").says("tbody", "Altın Qawın", "Chimbay", "workshop", "Karakalpak", "active")
	at := fmt.Sprintf("/desk/producers/%d", f.maker.ProducerID)
	v.page(at).says(".compare", "Biz qawın qaynatamız.")
	a := v.post(at+"/words", url.Values{"lang": {"ja"}, "story": {"物語"}}, http.StatusUnprocessableEntity)
	if got := a.value("#story"); got != "物語" {
		t.Errorf("came back as %q", got)
	}
	v.done(at+"/words", url.Values{"lang": {"ja"}, "name": {"金のメロン"}, "story": {"物語"}, "words": {"ひとこと"}}).says(".langs a[aria-current]", "ready")
	p, err := f.Producers.ByID(t.Context(), i18n.JA, f.maker.ProducerID)
	f.ok(err)
	if p.Name != "金のメロン" || p.Words != "ひとこと" {
		t.Errorf("buyers read %+v", p)
	}
	if got := f.trail(t, "producer", f.maker.ProducerID); got[0] != "producer.translated" {
		t.Errorf("trail %v", got)
	}
}

// What a producer writes about herself later is marked, read and approved at the desk; until then buyers read what they
// read before.
func TestNewWordsOfAProducer(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/producers/%d", f.maker.ProducerID)
	v.page("/desk/producers").has(0, "td .state.mid, .note")
	v.page(at).has(0, "form[action$='/approve']")
	write := func(story string) {
		t.Helper()
		f.ok(f.Catalog.SaveProfile(t.Context(), f.maker, producers.Profile{Text: producers.Text{Name: "Altın Qawın", Story: story},
			Kind: producers.Workshop, VillageID: f.village}))
	}
	read := func() string {
		t.Helper()
		p, err := f.Producers.ByID(t.Context(), i18n.KAA, f.maker.ProducerID)
		f.ok(err)
		return p.Story
	}
	write("Jańa gúrriń")
	list := v.page("/desk/producers")
	list.says("tbody", "New words")
	list.says(".note", "1 producer has written new words")
	list.has(1, "nav a[href='/desk/producers']:contains('1')")
	page := v.page(at)
	page.says(".compare", "Jańa gúrriń")
	if got := page.value("#story"); got != "Biz qawın qaynatamız." {
		t.Errorf("beside it stands %q", got)
	}
	seen := page.value("input[name=seen]")
	write("Jáne basqa gúrriń")
	v.done(at+"/approve", url.Values{"seen": {seen}}).says(".flash", "Please read them again")
	v.done(at+"/approve", url.Values{"seen": {"yesterday"}}).says(".flash", "Please read them again")
	if got := read(); got != "Biz qawın qaynatamız." {
		t.Errorf("buyers read %q", got)
	}
	seen = v.page(at).value("input[name=seen]")
	after := v.done(at+"/approve", url.Values{"seen": {seen}})
	after.says(".flash", "Buyers read the new words now")
	after.has(0, "form[action$='/approve']")
	if got := read(); got != "Jáne basqa gúrriń" {
		t.Errorf("buyers read %q", got)
	}
	if got := f.trail(t, "producer", f.maker.ProducerID); got[0] != "producer.words_approved" || got[1] != "producer.edited" {
		t.Errorf("trail %v", got)
	}
}

func TestTablesAsFiles(t *testing.T) {
	f := newFixture(t)
	evil := `=HYPERLINK("http://evil.example","x")`
	f.ok(f.Catalog.SaveSource(t.Context(), f.maker, f.draft, sourceNamed(evil)))
	f.bankOrder()
	v := f.as(t, "admin", "en")
	for path, want := range map[string][]string{
		"/desk/products.csv":                {"Melon jam", `"'=HYPERLINK(""http://evil.example"",""x"")"`, "56000.00,UZS"},
		"/desk/products.csv?state=approved": {"Melon jam"},
		"/desk/orders.csv":                  {"Gulnara", "gulnara@example.org", "bank transfer", "2026-11-21 17:00"},
		"/desk/people.csv":                  {"curator@example.org", "Altın Qawın"},
	} {
		a := v.get(path, http.StatusOK)
		if got := a.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
			t.Errorf("%s is %s", path, got)
		}
		if !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s is shown instead of saved", path)
		}
		for _, w := range want {
			if !strings.Contains(a.body, w) {
				t.Errorf("%s lacks %s:\n%s", path, w, a.body)
			}
		}
	}
	if a := v.get("/desk/products.csv?state=approved", http.StatusOK); strings.Contains(a.body, "HYPERLINK") {
		t.Error("the filter does not hold for the file")
	}
}
