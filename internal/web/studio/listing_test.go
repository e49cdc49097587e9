package studio_test

import (
	"bytes"
	"image/color"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"awil/internal/catalog"
	"awil/internal/i18n"
)

// TestListing goes the whole way without a script, with a real photo, and
// follows the buttons and links as she would.
func TestListing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	jar, err := os.ReadFile("../../../assets/demo/photos/melon-jam.jpg")
	w.must(err)
	b := w.signedIn(w.herID)
	photo := b.post("/studio/goods", nil).to()
	good := strings.TrimSuffix(photo, "/photo")
	id, err := strconv.ParseInt(good[strings.LastIndex(good, "/")+1:], 10, 64)
	w.must(err)

	if res := b.get(good + "/preview"); res.doc.Find(".lacking li").Length() < 3 || res.doc.Find("form.dock button.go").Length() != 0 {
		t.Error("an empty listing can be sent")
	}
	if res := b.upload(photo, []file{{"jam.jpg", jar}, {"second.jpg", picture(t, color.Black)}}); res.to() != photo {
		t.Fatalf("photo: %d %s", res.StatusCode, res.to())
	}
	page := b.get(photo)
	if n := page.doc.Find("[data-upload-list] img").Length(); n != 2 {
		t.Fatalf("%d photos", n)
	}
	for _, step := range []struct {
		path string
		form url.Values
		next string
	}{
		{"/name", url.Values{"name": {"Qawın varenyesi"}, "category": {strconv.FormatInt(w.jams, 10)}}, "/made"},
		{"/made", url.Values{"composition": {"Qawın, qant"}, "contains": {"walnut"}, "may_contain": {"almond", "walnut"}, "shelf": {"other"}, "days": {"400"}, "storage": {"cool_dry"}}, "/price"},
		{"/price/new", url.Values{"price": {"96 000"}, "net_quantity": {"250"}, "net_unit": {"g"}, "stock": {"24"}, "then": {"more"}}, "/price/new"},
		{"/price/new", url.Values{"price": {"152 000"}, "net_quantity": {"500"}, "net_unit": {"g"}, "stock": {"1 016"}, "weight": {"840"}, "label": {"Úlken"}}, "/story"},
		{"/story", url.Values{"story": {"Apamnan úyrengenmen."}}, "/preview"},
	} {
		if res := b.post(good+step.path, step.form); res.to() != good+step.next {
			t.Fatalf("%s leads to %q (%d): %s", step.path, res.to(), res.StatusCode, res.doc.Find(".problem.shown").Text())
		}
	}
	p := w.product(w.her, id)
	if len(p.Variants) != 2 || p.Variants[0].PriceMinor != 9_600_000 || p.Variants[0].WeightGrams != 475 || p.Variants[1].Stock != 1016 ||
		p.Variants[1].Label != "Úlken" || *p.ShelfDays != 400 || len(p.Allergens.Contains) != 1 || len(p.Allergens.MayContain) != 1 {
		t.Errorf("saved %+v", p)
	}
	if res := b.get(good + "/price"); res.doc.Find(".list li").Length() != 2 {
		t.Error("two sizes are not listed")
	}
	preview := b.get(good + "/preview")
	if preview.doc.Find(".lacking").Length() != 0 || !strings.Contains(preview.doc.Find("main").Text(), "152") {
		t.Errorf("preview: %s", preview.doc.Find("main").Text())
	}
	if res := b.post(good+"/submit", nil); res.to() != good {
		t.Fatalf("submit: %d %s", res.StatusCode, res.to())
	}
	if p := w.product(w.her, id); p.State != catalog.Submitted {
		t.Errorf("state %s", p.State)
	}
	if got := b.get(good).doc.Find(".flash.good").Length(); got != 1 {
		t.Error("nothing is said about the sending")
	}
}

func TestPhotosCanBeOrderedAndRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	b := w.signedIn(w.herID)
	b.upload(at("/goods/%d/photo", p.ID), []file{{"a.jpg", picture(t, color.White)}})
	second := w.product(w.her, p.ID).Photos[1].ID
	if res := b.post(at("/goods/%d/photos/%d/forward", p.ID, second), nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	if got := w.product(w.her, p.ID).Photos; got[0].ID != second {
		t.Errorf("order %v", got)
	}
	b.post(at("/goods/%d/photos/%d/remove", p.ID, second), nil)
	if got := w.product(w.her, p.ID).Photos; len(got) != 1 || got[0].ID == second {
		t.Errorf("left %v", got)
	}
	w.must(w.Catalog.Submit(t.Context(), w.her, p.ID))
	res := b.post(at("/goods/%d/photos/%d/remove", p.ID, p.Photos[0].ID), nil)
	if res.StatusCode != http.StatusUnprocessableEntity || res.doc.Find("#photo-problem").Text() == "" {
		t.Errorf("the last photo of a listing that waits: %d", res.StatusCode)
	}
}

// TestForms sends each form of a listing with something wrong in it.
func TestForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	size := at("/goods/%d/price/%d", p.ID, p.Variants[0].ID)
	sold := w.live(w.her, "Ǵoz")
	price, stock := "price_"+strconv.FormatInt(sold.Variants[0].ID, 10), "stock_"+strconv.FormatInt(sold.Variants[0].ID, 10)
	long := strings.Repeat("ა", 5000)
	b := w.signedIn(w.herID)
	for name, c := range map[string]struct {
		path      string
		form      url.Values
		at        string // where the sentence stands
		kept, val string // an input that keeps its value
	}{
		"long name":      {at("/goods/%d/name", p.ID), url.Values{"name": {long}, "category": {"1"}}, "name", "input[name=name]", long},
		"no shelf":       {at("/goods/%d/name", p.ID), url.Values{"name": {"Jam"}, "category": {"999"}}, "category", "input[name=name]", "Jam"},
		"days no number": {at("/goods/%d/made", p.ID), url.Values{"shelf": {"other"}, "days": {"many"}}, "shelf_life", "input[name=days]", "many"},
		"days too many":  {at("/goods/%d/made", p.ID), url.Values{"shelf": {"other"}, "days": {"9999"}}, "shelf_life", "input[name=days]", "9999"},
		"no storage":     {at("/goods/%d/made", p.ID), url.Values{"storage": {"cellar"}, "days": {"5"}}, "storage", "input[name=days]", "5"},
		"no allergen":    {at("/goods/%d/made", p.ID), url.Values{"contains": {"gold"}, "days": {"5"}}, "allergens", "input[name=days]", "5"},
		"no price":       {size, url.Values{"net_unit": {"g"}, "net_quantity": {"5"}, "stock": {"7"}}, "price", "input[name=stock]", "7"},
		"price in words": {size, url.Values{"price": {"cheap"}, "net_unit": {"g"}, "net_quantity": {"5"}}, "price", "input[name=price]", "cheap"},
		"grams of what":  {size, url.Values{"price": {"5000"}, "net_unit": {"g"}, "weight": {"5"}}, "net_quantity", "input[name=weight]", "5"},
		"no weight":      {size, url.Values{"price": {"5000"}, "net_unit": {"piece"}, "label": {"38"}}, "weight", "input[name=label]", "38"},
		"too heavy":      {size, url.Values{"price": {"5000"}, "net_unit": {"piece"}, "weight": {"90000"}}, "weight", "input[name=weight]", "90000"},
		"no unit":        {size, url.Values{"price": {"5000"}, "net_unit": {"bucket"}, "net_quantity": {"5"}}, "net_unit", "input[name=price]", "5000"},
		"minus":          {size, url.Values{"price": {"5000"}, "net_unit": {"g"}, "net_quantity": {"5"}, "stock": {"-3"}}, "stock", "input[name=stock]", "-3"},
		"long story":     {at("/goods/%d/story", p.ID), url.Values{"story": {long}}, "story", "textarea[name=story]", long},
		"quick price":    {at("/goods/%d/prices", sold.ID), url.Values{price: {"0"}, stock: {"8"}}, price, "input[name=" + stock + "]", "8"},
		"quick stock":    {at("/goods/%d/prices", sold.ID), url.Values{price: {"97 000"}, stock: {"lots"}}, stock, "input[name=" + stock + "]", "lots"},
		"workshop":       {"/studio/profile/workshop", url.Values{"name": {""}, "kind": {"workshop"}, "village": {"1"}, "since": {"2015"}}, "name", "input[name=since]", "2015"},
		"kind":           {"/studio/profile/workshop", url.Values{"name": {"A"}, "kind": {"bank"}, "village": {"1"}}, "kind", "input[name=name]", "A"},
		"village":        {"/studio/profile/workshop", url.Values{"name": {"A"}, "kind": {"family"}, "village": {"77"}}, "village", "input[name=name]", "A"},
		"year":           {"/studio/profile/workshop", url.Values{"name": {"A"}, "kind": {"family"}, "village": {"1"}, "since": {"long"}}, "since", "input[name=since]", "long"},
		"phone":          {"/studio/profile/workshop", url.Values{"name": {"A"}, "kind": {"family"}, "village": {"1"}, "phone": {"12"}}, "phone", "input[name=phone]", "12"},
		"long words":     {"/studio/profile/story", url.Values{"words": {long}, "story": {"kept"}}, "words", "textarea[name=story]", "kept"},
	} {
		res := b.post(c.path, c.form)
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, res.StatusCode)
			continue
		}
		if strings.TrimSpace(res.doc.Find("#"+c.at+"-problem").Text()) == "" {
			t.Errorf("%s: nothing said at %s", name, c.at)
		}
		in := res.doc.Find("main " + c.kept)
		if got := in.AttrOr("value", in.Text()); got != c.val {
			t.Errorf("%s: %s became %q", name, c.kept, got)
		}
		if res.doc.Find(`main a[href="#`+c.at+`"]`).Length() == 1 && res.doc.Find("#"+c.at).Length() != 1 {
			t.Errorf("%s: the way to #%s leads nowhere", name, c.at)
		}
	}
}

func TestLivePriceHoldsAtOnceAndWordsGoToReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.live(w.her, "Qawın varenyesi")
	b := w.signedIn(w.herID)
	good, v := at("/goods/%d", p.ID), strconv.FormatInt(p.Variants[0].ID, 10)
	form := shownIn(b.get(good), "#prices")
	form["price_"+v], form["stock_"+v] = []string{"100 000"}, []string{"5"}
	if res := b.post(good+"/prices", form); res.to() != good {
		t.Fatalf("%d %s", res.StatusCode, res.to())
	}
	after := w.product(w.her, p.ID)
	if after.State != catalog.Approved || after.Variants[0].PriceMinor != 10_000_000 || after.Variants[0].Stock != 5 {
		t.Errorf("%s, %+v", after.State, after.Variants[0])
	}
	if page := b.get(good + "/story"); page.doc.Find("[data-autosave]").Length() != 0 {
		t.Error("the story of a live listing must not be sent half-written")
	}
	if res := b.post(good+"/story", url.Values{"story": {"Jańa sóz"}}); res.to() != good {
		t.Fatalf("%d %s", res.StatusCode, res.to())
	}
	if w.product(w.her, p.ID).State != catalog.Submitted {
		t.Error("changed words are not looked at")
	}
	said := b.get(good).doc.Find(".flash").Text()
	if want := i18n.For(i18n.KAA).T("studio.saved_review"); said != want {
		t.Errorf("says %q", said)
	}
}

func TestChangesAreAskedForInHerLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	w.must(w.Catalog.Submit(t.Context(), w.her, p.ID))
	w.must(w.Catalog.AskChanges(t.Context(), w.staff, p.ID, catalog.Ask{Topics: []catalog.Topic{"photo", "weight"}, Message: "Крышка обрезана", Lang: i18n.RU}))
	b := w.signedIn(w.herID)
	res := b.get(at("/goods/%d", p.ID))
	note := res.doc.Find(".asked")
	if note.Find("blockquote").Text() != "Крышка обрезана" || note.Find("blockquote").AttrOr("lang", "") != "ru" {
		t.Errorf("the words of staff: %q", note.Find("blockquote").Text())
	}
	if !strings.Contains(note.Text(), "Súwret") || note.Find(`a[href$="/photo"]`).Length() != 1 || note.Find(`a[href$="/price"]`).Length() != 1 {
		t.Errorf("topics: %s", note.Text())
	}
	if res.doc.Find(".history li").Length() != 2 || !strings.Contains(res.doc.Find(".history").Text(), "Aigerim") {
		t.Errorf("history: %s", res.doc.Find(".history").Text())
	}
	if home := b.get("/studio"); home.doc.Find(".good + .note").Length() != 1 {
		t.Error("the first page does not say it")
	}
	b.post(at("/goods/%d/name", p.ID), url.Values{"name": {"Qawın murabbası"}})
	if w.product(w.her, p.ID).State != catalog.ChangesRequested {
		t.Error("it went back before she sent it")
	}
	b.post(at("/goods/%d/submit", p.ID), nil)
	if w.product(w.her, p.ID).State != catalog.Submitted {
		t.Error("it cannot be sent again")
	}
}

func TestWithdrawAndRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.live(w.her, "Qawın")
	b := w.signedIn(w.herID)
	if res := b.get(at("/goods/%d", p.ID)); res.doc.Find(`a[href^="/kaa-uz/products/"]`).Length() != 1 {
		t.Error("no way to the shop")
	}
	b.post(at("/goods/%d/withdraw", p.ID), nil)
	if w.product(w.her, p.ID).State != catalog.Withdrawn {
		t.Fatal("not withdrawn")
	}
	b.post(at("/goods/%d/restore", p.ID), nil)
	if got := w.product(w.her, p.ID).State; got != catalog.Approved {
		t.Errorf("restored to %s", got)
	}
	draft, err := w.Catalog.CreateDraft(t.Context(), w.her, i18n.KAA)
	w.must(err)
	b.post(at("/goods/%d/withdraw", draft), nil)
	b.post(at("/goods/%d/restore", draft), nil)
	if got := w.product(w.her, draft).State; got != catalog.Draft {
		t.Errorf("a draft comes back as %s", got)
	}
}

func TestSubmitSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, err := w.Catalog.CreateDraft(t.Context(), w.her, i18n.KAA)
	w.must(err)
	w.must(w.Catalog.SetCategory(t.Context(), w.her, id, w.jams))
	res := w.signedIn(w.herID).post(at("/goods/%d/submit", id), nil)
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("%d", res.StatusCode)
	}
	for _, step := range []string{"photo", "name", "made", "price"} {
		if res.doc.Find(`.lacking a[href$="/`+step+`"]`).Length() == 0 {
			t.Errorf("no way to %s", step)
		}
	}
	if strings.Contains(res.doc.Find(".lacking").Text(), "studio.") {
		t.Errorf("keys shown: %s", res.doc.Find(".lacking").Text())
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	b := w.signedIn(w.herID)
	good := at("/goods/%d", p.ID)
	only := good + "/price/" + strconv.FormatInt(p.Variants[0].ID, 10)
	if res := b.get(good + "/price"); res.to() != only {
		t.Errorf("the only size: %q", res.to())
	}
	page := b.get(only)
	if page.doc.Find("input[name=price]").AttrOr("value", "") == "" || page.doc.Find(`form[action$="/remove"]`).Length() != 0 {
		t.Error("the form is empty, or the only size can be removed")
	}
	if got := page.doc.Find("[data-quote]").Text(); !strings.Contains(got, "86") || !strings.Contains(got, "480") {
		t.Errorf("what becomes of the price: %q", got) // 96 000 less a tenth; 96000 × 0.0128 × 1.2 = 1474.56, in tens 1480
	}
	b.post(good+"/price/new", url.Values{"price": {"5000"}, "net_unit": {"piece"}, "weight": {"80"}, "label": {"Kishi"}, "stock": {"1"}})
	second := w.product(w.her, p.ID).Variants[1]
	if res := b.post(good+"/price/"+strconv.FormatInt(second.ID, 10)+"/remove", nil); res.to() != good+"/price" {
		t.Errorf("remove: %d %s", res.StatusCode, res.to())
	}
	if n := len(w.product(w.her, p.ID).Variants); n != 1 {
		t.Errorf("%d sizes left", n)
	}
	if got := b.get("/studio/quote?price=96000").body; !strings.Contains(got, "480") {
		t.Errorf("quote: %s", got)
	}
	for _, half := range []string{"", "9x", "99999999999999999999"} {
		if res := b.get("/studio/quote?price=" + half); res.StatusCode != http.StatusOK || strings.TrimSpace(res.body) != "" {
			t.Errorf("quote of %q: %d %q", half, res.StatusCode, res.body)
		}
	}
}

func TestAutosave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	b := w.signedIn(w.herID)
	path := at("/goods/%d/name", p.ID)
	if got := b.get(path).doc.Find("form[data-autosave]").AttrOr("data-autosave", ""); got != path {
		t.Errorf("autosave to %q", got)
	}
	res := b.post(path, url.Values{"name": {"Qawınnan"}}, "Accept", "application/json")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/json" || !strings.Contains(res.body, `"saved":true`) {
		t.Errorf("%d %s", res.StatusCode, res.body)
	}
	if got := w.product(w.her, p.ID).Source.Name; got != "Qawınnan" {
		t.Errorf("name %q", got)
	}
	res = b.post(path, url.Values{"name": {strings.Repeat("x", 200)}}, "Accept", "application/json")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.body, `"fields"`) {
		t.Errorf("too long: %d %s", res.StatusCode, res.body)
	}
	if res := w.browser().post(path, url.Values{"name": {"x"}}, "Accept", "application/json"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody: %d", res.StatusCode)
	}
}

func TestExpiredSessionLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.good(w.her, "Qawın")
	path := at("/goods/%d/story", p.ID)
	b := w.browser()
	asked := b.post(path, url.Values{"story": {"Uzın gúrriń"}})
	sealed := asked.doc.Find("input[name=resume]").AttrOr("value", "")
	if asked.StatusCode != http.StatusUnauthorized || sealed == "" {
		t.Fatalf("%d", asked.StatusCode)
	}
	again := b.post("/sign-in", url.Values{"login": {w.herID}, "password": {password}, "resume": {sealed}})
	form := again.doc.Find("main form")
	if form.AttrOr("action", "") != path || form.Find("input[name=story]").AttrOr("value", "") != "Uzın gúrriń" {
		t.Errorf("goes on with %s", again.body)
	}
	photo := w.browser().upload(at("/goods/%d/photo", p.ID), []file{{"a.jpg", picture(t, color.White)}})
	if photo.StatusCode != http.StatusUnauthorized || !strings.Contains(photo.body, i18n.For(i18n.EN).T("common.resume.files")) {
		t.Errorf("a photo: %d %s", photo.StatusCode, photo.body)
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	form := b.get("/studio/profile/workshop")
	if got := form.doc.Find("optgroup").AttrOr("label", ""); !strings.Contains(got, "Shımbay rayonı") {
		t.Errorf("villages grouped by %q", got)
	}
	res := b.post("/studio/profile/workshop", url.Values{"name": {"Jańa at"}, "kind": {"cooperative"}, "village": {strconv.FormatInt(w.village, 10)},
		"since": {"2015"}, "women_led": {"on"}, "phone": {"90 123 45 67"}})
	if res.to() != "/studio/profile" {
		t.Fatalf("%d %s", res.StatusCode, res.doc.Find(".problem").Text())
	}
	b.post("/studio/profile/story", url.Values{"story": {"Bir qazannan baslandı"}, "words": {"Pal iyisi"}})
	b.upload("/studio/profile/photo", []file{{"me.jpg", picture(t, color.Black)}})
	own, err := w.Producers.ByID(t.Context(), i18n.KAA, w.her.ProducerID)
	w.must(err)
	if own.Name != "Jańa at" || own.Kind != "cooperative" || *own.SinceYear != 2015 || !own.WomenLed || own.Phone != "+998901234567" ||
		own.Story == "" || own.Words != "Pal iyisi" || own.PhotoID == nil {
		t.Errorf("%+v", own)
	}
	if res := b.get("/studio/profile"); res.doc.Find(".me img").Length() != 1 || res.doc.Find(`form[action="/sign-out"]`).Length() != 1 {
		t.Error("no photo or no way out")
	}
	bad := b.upload("/studio/profile/photo", []file{{"me.txt", []byte("hello")}})
	if bad.StatusCode != http.StatusUnprocessableEntity || bad.doc.Find("#photo-problem").Text() == "" {
		t.Errorf("no photo: %d", bad.StatusCode)
	}
}

// Buyers read what the programme has looked at; she reads her own words.
func TestHerWordsAreHersBeforeBuyersReadThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live(w.her, "Qawın varenyesi")
	b := w.signedIn(w.herID)
	form := shownIn(b.get("/studio/profile/workshop"), "main form")
	form.Set("name", "Jańa at")
	form.Set("kind", "family")
	form.Set("village", strconv.FormatInt(w.village, 10))
	w.now = w.now.Add(time.Minute)
	if res := b.post("/studio/profile/workshop", form); res.to() != "/studio/profile" {
		t.Fatalf("%d %s", res.StatusCode, res.doc.Find(".problem").Text())
	}
	page := b.get("/studio/profile")
	if said := page.doc.Find(".flash").Text(); said != i18n.For(i18n.KAA).T("studio.saved_review") {
		t.Errorf("says %q", said)
	}
	for _, path := range []string{"/studio", "/studio/profile"} {
		if !strings.Contains(b.get(path).doc.Find("body").Text(), "Jańa at") {
			t.Errorf("%s does not know her own name", path)
		}
	}
	p, err := w.Producers.ByID(t.Context(), i18n.KAA, w.her.ProducerID)
	w.must(err)
	if p.Name != "Altın Qawın" {
		t.Errorf("buyers read %q", p.Name)
	}
}

func TestUploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, err := w.Catalog.CreateDraft(t.Context(), w.her, i18n.KAA)
	w.must(err)
	b := w.signedIn(w.herID)
	path := at("/goods/%d/photo", id)
	l := i18n.For(i18n.KAA)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"text":   {[]byte("this is no picture at all"), l.T("errors.photo_not_picture")},
		"bomb":   {bomb(), l.T("errors.photo_too_many_pixels", "max", 50)},
		"heic":   {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + strings.Repeat("\x00", 64)), l.T("errors.photo_unsupported", "kind", "HEIC")},
		"41 MB":  {append(picture(t, color.White), bytes.Repeat([]byte{0}, 41<<20)...), l.T("errors.photo_too_large", "max", 40)},
		"broken": {picture(t, color.White)[:400], l.T("errors.photo_broken")},
	} {
		res := b.upload(path, []file{{"p.jpg", c.data}})
		if got := strings.TrimSpace(res.doc.Find("#photo-problem").Text()); res.StatusCode != http.StatusUnprocessableEntity || got != c.want {
			t.Errorf("%s: %d %q, want %q", name, res.StatusCode, got, c.want)
		}
		script := b.upload(path, []file{{"p.jpg", c.data}}, "Accept", "application/json")
		if script.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(script.body, `"message":`) {
			t.Errorf("%s to a script: %d %s", name, script.StatusCode, script.body)
		}
	}
	if res := b.upload(path, nil); res.StatusCode != http.StatusUnprocessableEntity || res.doc.Find("#photo-problem").Text() == "" {
		t.Errorf("no file chosen: %d", res.StatusCode)
	}
	if n := len(w.product(w.her, id).Photos); n != 0 {
		t.Errorf("%d photos kept", n)
	}
	both := b.upload(path, []file{{"a.jpg", picture(t, color.White)}, {"b.txt", []byte("no")}})
	if both.StatusCode != http.StatusUnprocessableEntity || both.doc.Find("[data-upload-list] img").Length() != 1 {
		t.Errorf("one good, one not: %d", both.StatusCode)
	}
	script := b.upload(path, []file{{"c.jpg", picture(t, color.Black)}}, "Accept", "application/json")
	if script.StatusCode != http.StatusOK || !strings.Contains(script.body, `"html":`) || !strings.Contains(script.body, "/remove") {
		t.Errorf("to a script: %d %s", script.StatusCode, script.body)
	}
	for i := range 10 {
		b.upload(path, []file{{"n.jpg", picture(t, color.Gray{uint8(10 * (i + 1))})}})
	}
	if res := b.upload(path, []file{{"n.jpg", picture(t, color.Gray{200})}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the thirteenth photo: %d", res.StatusCode)
	}
}
