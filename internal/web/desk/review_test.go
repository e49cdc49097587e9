package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"awil/internal/catalog"
	"awil/internal/i18n"
)

func TestQueueStandsBesideTheListing(t *testing.T) {
	f := newFixture(t)
	second, _ := f.listing("Ekinshi")
	f.ok(f.Catalog.Submit(t.Context(), f.maker, second))
	v := f.as(t, "curator", "en")
	v.page("/desk/review").says(".queue ol", "Kúnji pechenye", "Ekinshi", "0 h")
	a := v.page(fmt.Sprintf("/desk/review/%d", f.waiting))
	a.has(1, ".queue a[aria-current]")
	if href, _ := a.doc.Find(".queue a[data-key=j]").Attr("href"); href != fmt.Sprintf("/desk/review/%d", second) {
		t.Errorf("J leads to %q", href)
	}
	b := v.page(fmt.Sprintf("/desk/review/%d", second))
	if href, _ := b.doc.Find(".queue a[data-key=k]").Attr("href"); href != fmt.Sprintf("/desk/review/%d", f.waiting) {
		t.Errorf("K leads to %q", href)
	}
	a.has(1, "button[data-key=a]")
	a.has(1, "button[data-key=c]")
	a.says(".compare", "Kúnji pechenye", "Hikaya: Kúnji pechenye", "qawın, qant, sút", "Contains milk", "250 g", "56,000")
	if got := a.text(".compare td:nth-child(2) b"); got != "sút" {
		t.Errorf("set apart in the composition: %q", got)
	}
	a.says(".reasons", "Photo", i18n.For(i18n.KAA).T("studio.topic.photo"))
	a.says(".reads", "She reads Karakalpak")
	a.says(".checks", "1,800 px", "choose at least one", "not set")
}

func TestBuyersWordsAreSaved(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.selling)
	form := url.Values{"lang": {"ja"}, "name": {""}, "summary": {"一行"}, "story": {"物語"}, "composition": {"メロン"}, "variant": {fmt.Sprint(f.variant)}, "label": {"小"}, "ready": {"1"}}
	a := v.post(at+"/words", form, http.StatusUnprocessableEntity)
	a.says("#name-problem", "Please fill this in")
	for selector, want := range map[string]string{"#summary": "一行", "#story": "物語", "#composition": "メロン", "input[name=label]": "小", "form.words input[name=lang]": "ja"} {
		if got := a.value(selector); got != want {
			t.Errorf("%s came back as %q", selector, got)
		}
	}
	form.Set("name", "メロンジャム")
	b := v.done(at+"/words", form)
	b.says(".flash", "Japanese", "ready")
	if got := b.value("#name"); got != "メロンジャム" {
		t.Errorf("name %q", got)
	}
	p, err := f.Catalog.ProductByID(t.Context(), "jp", i18n.JA, f.selling)
	f.ok(err)
	if p.Name.Text != "メロンジャム" || p.Variants[0].Label != "小" {
		t.Errorf("buyers read %+v", p)
	}
	if got := f.trail(t, "product", f.selling); got[0] != "product.text_saved" || got[1] != "product.label_saved" {
		t.Errorf("trail %v", got)
	}
	form.Set("ready", "")
	v.done(at+"/words", form).says(".langs a[aria-current]", "ja: Japanese, draft, not shown")
	v.post(at+"/words", url.Values{"lang": {"de"}, "name": {"Melone"}}, http.StatusUnprocessableEntity)
}

func TestTermsAreSavedTogether(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.waiting)
	form := url.Values{"lang": {"ja"}, "category": {fmt.Sprint(f.craft)}, "hs": {"12"}, "markets": {"jp"}}
	a := v.post(at+"/terms", form, http.StatusUnprocessableEntity)
	a.says("#hs-problem", "Six digits")
	a.has(1, "input[name=markets][value=jp][checked]")
	a.has(1, fmt.Sprintf("#category option[value='%d'][selected]", f.craft))
	u, err := f.Catalog.ForReview(t.Context(), f.waiting)
	f.ok(err)
	if len(u.Markets) != 0 || *u.Product.CategoryID != f.food {
		t.Errorf("half of it was saved: %v, %d", u.Markets, *u.Product.CategoryID)
	}
	form.Set("hs", "2007.99")
	v.done(at+"/terms", form).says(".checks", "2007.99", "sold in 1 market")
	v.done(at+"/terms", form)
	got := f.trail(t, "product", f.waiting)
	if want := []string{"product.markets_set", "product.recategorised", "product.hs_set", "product.submitted"}; !slices.Equal(got[:4], want) {
		t.Errorf("trail %v, want %v first: what stays the same is no deed", got, want)
	}
}

func TestPricesByHand(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.selling)
	rows := func(uz, jp string) url.Values {
		one := fmt.Sprint(f.variant)
		return url.Values{"variant": {one, one}, "market": {"uz", "jp"}, "price": {uz, jp}}
	}
	v.page(at).says("#prices", "¥1,080", "0.0128")
	a := v.post(at+"/prices", rows("56 000", "12.5 yen"), http.StatusUnprocessableEntity)
	name := fmt.Sprintf("#price-%d-jp", f.variant)
	if got := a.value(name); got != "12.5 yen" {
		t.Errorf("came back as %q", got)
	}
	a.has(1, name+"-problem")
	v.done(at+"/prices", rows("", "1480")).says("#prices", "¥1,480", "set by hand")
	goods, err := f.Catalog.Goods(t.Context(), "jp", i18n.EN, f.variant)
	f.ok(err)
	if g := goods[f.variant]; g.PriceMinor != 1480 || !g.ByHand {
		t.Errorf("buyers pay %+v", g)
	}
	v.post(at+"/prices", rows("", "1"), http.StatusUnprocessableEntity).says(name+"-problem", "less than the maker asks")

	base := goods[f.variant].Base()
	f.ok(f.Catalog.SetShelf(t.Context(), f.maker, f.selling, catalog.ShelfEdit{VariantID: f.variant, PriceMinor: base.Minor + 100}))
	lapsed := v.page(at)
	lapsed.says("#prices", "¥1,480, set by hand, holds no longer")
	if got := lapsed.value(name); got != "" {
		t.Errorf("%q is offered again unlooked at", got)
	}
	v.done(at+"/prices", rows("", "")).says("#prices", "holds no longer") // nothing was filled in, nothing changes
	v.done(at+"/prices", rows("", "1480")).says("#prices", "set by hand")
	v.done(at+"/prices", rows("", "")).says("#prices", "¥1,080")
}

func TestApproveSaysWhatIsMissingThenGoesOn(t *testing.T) {
	f := newFixture(t)
	second, _ := f.listing("Ekinshi")
	f.ok(f.Catalog.Submit(t.Context(), f.maker, second))
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.waiting)
	v.done(at+"/approve", nil).says(".flash", "Somebody was quicker") // a form that does not say what it was decided by
	seen := v.page(at).value("input[name=seen]")
	a := v.post(at+"/approve", url.Values{"message": {"Half a thought"}, "seen": {seen}}, http.StatusUnprocessableEntity)
	a.says(".note.attention", "Sold in", "Please choose one")
	a.has(1, "#answer[autofocus]")
	v.page(at).has(0, "#answer, [href='#answer']")
	v.page(at).has(1, "button[data-key=a][formaction$='/approve#answer']")
	if got := a.value("#message"); got != "Half a thought" {
		t.Errorf("the message came back as %q", got)
	}
	f.ok(f.Catalog.SetMarkets(t.Context(), f.people["curator"], f.waiting, []string{"jp"}))
	asks := v.post(at+"/approve", url.Values{"seen": {seen}, "message": {"Half a thought"}}, http.StatusConflict)
	asks.says(".note.attention", "Approve although this is open", "Japanese: missing", "HS code: not set", "Approve all the same")
	asks.says(".work > .note a[href='#answer']", "Approve although this is open") // in the first screen
	asks.has(1, "#answer[autofocus][tabindex='-1'] button[name=confirm][form=ask][formaction$='/approve#answer']")
	asks.has(0, "button[data-key=a]")
	if got := asks.value("#message"); got != "Half a thought" {
		t.Errorf("the message came back as %q", got)
	}
	res := v.post(at+"/approve", url.Values{"seen": {seen}, "confirm": {"1"}}, http.StatusSeeOther)
	if to := res.Header.Get("Location"); to != fmt.Sprintf("/desk/review/%d", second) {
		t.Errorf("leads to %q, want the next in the queue", to)
	}
	v.page("/desk/review").says(".flash", "Approved: Kúnji pechenye")
	if got := f.trail(t, "product", f.waiting)[0]; got != "product.approved" {
		t.Errorf("trail begins with %s", got)
	}
	v.done(at+"/approve", url.Values{"seen": {seen}}).says(".flash", "Somebody was quicker")
}

func TestAskingForChanges(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "ru")
	at := fmt.Sprintf("/desk/review/%d", f.waiting)
	v.post(at+"/ask", url.Values{"message": {" "}, "message_lang": {"ru"}}, http.StatusUnprocessableEntity).has(1, "#message[aria-invalid]")
	a := v.done(at+"/ask", url.Values{"topics": {"photo", "allergens"}, "message": {"Сүт ма?"}, "message_lang": {"kaa"}})
	a.says(".flash", "Kúnji pechenye")
	a.says(".nothing", "Очередь пуста")
	history, err := f.Catalog.History(t.Context(), f.maker, f.waiting)
	f.ok(err)
	if r := history[0]; r.Decision != catalog.AskedChanges || r.Message != "Сүт ма?" || r.Lang != i18n.KAA || len(r.Topics) != 2 {
		t.Errorf("she reads %+v", r)
	}
	v.page(at).says(".history", "Фото", "Сүт ма?", "Test curator")
}

func TestWithdrawAndRestore(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.selling)
	v.page(at).says(".aside", "Withdraw from sale")
	v.page(fmt.Sprintf("/desk/review/%d", f.waiting)).says(".aside", "Take back")
	v.done(at+"/withdraw", nil).says(".work", "withdrawn", "Bring it back")
	v.done(at+"/restore", nil).says(".work", "approved")
	if got := f.trail(t, "product", f.selling); got[0] != "product.restored" || got[1] != "product.withdrawn" {
		t.Errorf("trail %v", got)
	}
	u, err := f.Catalog.ForReview(t.Context(), f.selling)
	f.ok(err)
	if u.History[0].AccountName != "Test curator" {
		t.Errorf("the history names %q", u.History[0].AccountName)
	}
}

func TestProductsAreFound(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	v.page("/desk/products").has(3, "tbody tr")
	v.page("/desk/products?q=melon").says("tbody", "Melon jam", "approved", "UZ JP")
	v.page("/desk/products?q=ALTIN").has(1, "tbody tr") // whose maker is Altın; what was never published is in no index
	v.page("/desk/products?q=altın").has(3, "tbody tr")
	v.page("/desk/products?state=submitted").says("tbody", "Kúnji pechenye")
	v.page("/desk/products?q=%25").has(0, "tbody tr")
}

func sourceNamed(name string) catalog.SourceEdit { return catalog.SourceEdit{Name: &name} }

// TestReceiptCodes: where a product is sold in soʻm, staff enter what it is called on receipts.
func TestReceiptCodes(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/review/%d", f.selling)
	form := url.Values{"ikpu": {"123"}, "package": {"1500001"}, "vat": {"12"}, "source": {"tasnif.soliq.uz"}}
	a := v.post(at+"/fiscal", form, http.StatusUnprocessableEntity)
	a.says("#ikpu-problem", "seventeen digits")
	a.has(1, "#package[value='1500001']")
	form.Set("ikpu", "02007 001001 000001")
	v.done(at+"/fiscal", form).has(1, "#ikpu[value='02007001001000001']")
	if got := f.trail(t, "product", f.selling); got[0] != "product.fiscal_set" {
		t.Errorf("trail %v", got)
	}
}
