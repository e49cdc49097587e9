package catalog_test

import (
	"errors"
	"slices"
	"testing"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
)

func TestApprove(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.draft(w.maker, "Qawın varenyesi")
	wantKind(t, w.catalog.Approve(ctx, w.staff, id), errs.Conflict) // nobody has submitted it
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	var f *errs.Fields
	if err := w.catalog.Approve(ctx, w.staff, id); !errors.As(err, &f) || !f.Has("markets") {
		t.Fatalf("without a market: %v", err)
	}
	if _, err := w.catalog.ProductByID(ctx, "uz", i18n.EN, id); errs.KindOf(err) != errs.NotFound {
		t.Errorf("buyers see it before it is approved: %v", err)
	}
	w.ok(w.catalog.SetMarkets(ctx, w.staff, id, []string{"jp"}))
	w.ok(w.catalog.SaveText(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.EN, Name: "Melon jam", Story: "Cooked by the door.", Ready: true}))
	w.ok(w.catalog.SaveText(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.JA, Name: "メロンジャム"}))
	w.ok(w.catalog.SetHS(ctx, w.staff, id, "200799"))
	*w.indexed = nil
	w.ok(w.catalog.Approve(ctx, w.staff, id))
	wantKind(t, w.catalog.Approve(ctx, w.staff, id), errs.Conflict)
	if !slices.Equal(*w.indexed, []int64{id}) {
		t.Errorf("search was told of %v", *w.indexed)
	}

	p := w.page("jp", id)
	if p.Name != (catalog.Said{Text: "Melon jam", Lang: i18n.EN}) || p.Story.Text != "Cooked by the door." {
		t.Errorf("in English: %+v, %+v", p.Name, p.Story)
	}
	if p.Composition != (catalog.Said{Text: "melon, sugar", Lang: i18n.KAA}) {
		t.Errorf("nobody translated the composition: %+v", p.Composition)
	}
	if p.Slug() != "melon-jam-"+itoa(id) || p.ProducerName != "Altın Qawın" || p.VillageSlug != "chimbay" || p.ParentSlug != "food" {
		t.Errorf("page %+v", p)
	}
	if !p.Sold() || !p.InStock() || p.From().Minor != 680 || len(p.PhotoIDs) != 1 || !slices.Equal(p.Markets, []string{"jp"}) {
		t.Errorf("page %+v", p)
	}
	if !slices.Equal(p.Allergens.MayContain, []string{"walnut"}) || *p.ShelfDays != 365 {
		t.Errorf("facts %+v", p)
	}
	// The Japanese name is a draft still; English stands in.
	ja, err := w.catalog.ProductBySlug(ctx, "jp", i18n.JA, "whatever-"+itoa(id))
	w.ok(err)
	if ja.Name.Lang != i18n.EN || ja.VillageName != "Chimbay（ja）" || ja.ParentName != "食べもの" || ja.CategoryName != "Jams" {
		t.Errorf("in Japanese: %+v", ja)
	}
	// Uzbekistan does not sell it, but the page is there.
	if uz := w.page("uz", id); uz.Sold() || uz.From().Minor != 0 {
		t.Errorf("sold in uz: %+v", uz)
	}

	u, err := w.catalog.ForReview(ctx, id)
	w.ok(err)
	if u.Product.State != catalog.Approved || u.Product.HSCode != "200799" || !u.Product.Photos[0].Shown || len(u.Quotes) != 1 || len(u.Texts) != 3 {
		t.Errorf("review %+v", u)
	}
	if own := u.Texts[i18n.KAA]; own.State != catalog.TextSource || own.Name != "Qawın varenyesi" || u.Texts[i18n.EN].State != catalog.TextApproved {
		t.Errorf("texts %+v", u.Texts)
	}
	var state string
	w.ok(w.pool.QueryRow(ctx, `select state from producers where id = $1`, w.maker.ProducerID).Scan(&state))
	if state != "active" {
		t.Errorf("the producer is %s", state)
	}
	var trail []string
	rows, err := w.pool.Query(ctx, `select action from audit_events where subject_kind = 'product' and subject_id = $1 order by id`, id)
	w.ok(err)
	for rows.Next() {
		var action string
		w.ok(rows.Scan(&action))
		trail = append(trail, action)
	}
	if want := []string{"product.submitted", "product.markets_set", "product.text_saved", "product.text_saved", "product.hs_set", "product.approved"}; !slices.Equal(trail, want) {
		t.Errorf("audit trail %q", trail)
	}
}

// Buyers go on reading what was approved until the changed listing is approved in turn; then older translations are
// marked stale, and still read.
func TestChangedAfterApproval(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.selling(w.maker, "Qawın")
	w.ok(w.catalog.SaveText(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.EN, Name: "Melon jam", Summary: "Golden.", Ready: true}))
	w.ok(w.catalog.SaveText(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.KAA, Name: "Qawın!", Summary: "Altın.", Story: "s", Composition: "c"}))

	w.ok(w.catalog.SaveSource(ctx, w.maker, id, source("Qawın", "Story of Qawın", "melon, sugar"))) // nothing new
	w.mustBe(id, catalog.Approved)
	second := w.photo(w.maker)
	w.ok(w.catalog.AddPhoto(ctx, w.maker, id, second))
	w.mustBe(id, catalog.Submitted)
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Name: new("Qawın varenyesi")}))

	p := w.page("jp", id)
	if p.Name.Text != "Melon jam" || len(p.PhotoIDs) != 1 {
		t.Errorf("buyers see what nobody approved: %+v", p)
	}
	if kaa, err := w.catalog.ProductByID(ctx, "uz", i18n.KAA, id); err != nil || kaa.Name.Text != "Qawın!" || kaa.Slug() != p.Slug() {
		t.Errorf("in her language: %+v, %v", kaa.Name, err)
	}
	if list := w.listed(catalog.ListQuery{Market: "jp"}); len(list) != 1 || list[0].Name != "Melon jam" {
		t.Errorf("listed %+v", list)
	}
	queue, _, err := w.catalog.Queue(ctx, i18n.EN, paging.Page{Limit: 10})
	w.ok(err)
	if len(queue) != 1 || !queue[0].Again || queue[0].Name != "Qawın varenyesi" || queue[0].ProducerName != "Altın Qawın" || queue[0].CategoryName != "Jams" {
		t.Errorf("queue %+v", queue)
	}

	w.ok(w.catalog.Approve(ctx, w.staff, id))
	p = w.page("jp", id)
	if p.Name.Text != "Melon jam" || !slices.Contains(p.PhotoIDs, second) {
		t.Errorf("after approval: %+v", p)
	}
	u, err := w.catalog.ForReview(ctx, id)
	w.ok(err)
	if en := u.Texts[i18n.EN]; en.State != catalog.TextStale || en.Summary != "Golden." {
		t.Errorf("the translation is older than the source: %+v", en)
	}
	if own := u.Texts[i18n.KAA]; own.Name != "Qawın varenyesi" || own.Summary != "Altın." || own.State != catalog.TextSource {
		t.Errorf("her words were not taken over: %+v", own)
	}
	w.ok(w.catalog.SaveText(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.EN, Name: "Melon preserve", Ready: true}))
	if p = w.page("jp", id); p.Slug() != "melon-preserve-"+itoa(id) {
		t.Errorf("address %s", p.Slug())
	}
}

// What staff edit of her text while they review it is not overwritten by approving.
func TestStaffEditsSource(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.draft(w.maker, "qawin")
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	w.ok(w.catalog.SetMarkets(ctx, w.staff, id, []string{"uz"}))
	w.ok(w.catalog.SaveText(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.KAA, Name: "Qawın"}))
	w.ok(w.catalog.Approve(ctx, w.staff, id))
	if p := w.page("uz", id); p.Name.Text != "Qawın" {
		t.Errorf("name %q", p.Name.Text)
	}
	if p := w.mine(w.maker, id); p.Source.Name != "qawin" {
		t.Errorf("her own words were changed to %q", p.Source.Name)
	}
}

func TestAskChanges(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.draft(w.maker, "Qawın")
	ask := catalog.Ask{Topics: []catalog.Topic{"photo", "weight"}, Message: "Свет, пожалуйста", Lang: i18n.RU}
	wantKind(t, w.catalog.AskChanges(ctx, w.staff, id, ask), errs.Conflict) // hers alone still
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	for _, wrong := range []catalog.Ask{{}, {Message: "  "}, {Topics: []catalog.Topic{"colour"}}} {
		wantKind(t, w.catalog.AskChanges(ctx, w.staff, id, wrong), errs.Invalid)
	}
	w.ok(w.catalog.AskChanges(ctx, w.staff, id, ask))
	w.mustBe(id, catalog.ChangesRequested)
	history, err := w.catalog.History(ctx, w.maker, id)
	w.ok(err)
	if h := history[0]; h.Decision != catalog.AskedChanges || h.Message != ask.Message || h.Lang != i18n.RU || !slices.Equal(h.Topics, ask.Topics) {
		t.Errorf("history %+v", h)
	}
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Story: new("With light")}))
	w.mustBe(id, catalog.ChangesRequested) // until she sends it
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	w.mustBe(id, catalog.Submitted)
}

func TestWithdrawAndRestore(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	for range 2 { // twice over: restored as approved both times
		w.ok(w.catalog.Withdraw(ctx, w.maker, id))
		w.ok(w.catalog.Withdraw(ctx, w.maker, id))
		if _, err := w.catalog.ProductByID(ctx, "jp", i18n.EN, id); errs.KindOf(err) != errs.Gone {
			t.Errorf("a withdrawn product: %v", err)
		}
		if list := w.listed(catalog.ListQuery{Market: "jp"}); len(list) != 0 {
			t.Errorf("listed %+v", list)
		}
		w.ok(w.catalog.Restore(ctx, w.maker, id))
		w.mustBe(id, catalog.Approved)
		if p := w.page("jp", id); !p.Sold() {
			t.Error("not for sale again")
		}
	}
	w.ok(w.catalog.Withdraw(ctx, w.maker, id))
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Composition: new("melon, sugar, lemon")}))
	w.ok(w.catalog.Restore(ctx, w.maker, id))
	w.mustBe(id, catalog.Submitted)
	if p := w.page("jp", id); p.Composition.Text != "melon, sugar" || !p.Sold() {
		t.Errorf("buyers read %+v", p.Composition)
	}
	w.ok(w.catalog.Withdraw(ctx, w.maker, id))
	w.ok(w.catalog.Restore(ctx, w.maker, id))
	w.mustBe(id, catalog.Submitted) // still not looked at
	wantKind(t, w.catalog.RemovePhoto(ctx, w.maker, id, w.mine(w.maker, id).Photos[0].ID), errs.Invalid)
	wantKind(t, w.catalog.RemoveVariant(ctx, w.maker, id, variant), errs.Invalid)

	young, _ := w.draft(w.maker, "Young")
	w.ok(w.catalog.Withdraw(ctx, w.maker, young))
	w.ok(w.catalog.Restore(ctx, w.maker, young))
	w.mustBe(young, catalog.Draft)
}

func TestQueue(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var want []int64
	for _, name := range []string{"a", "b", "c"} {
		id, _ := w.draft(w.maker, name)
		w.ok(w.catalog.Submit(ctx, w.maker, id))
		want = append(want, id)
	}
	w.draft(w.maker, "draft")
	var got []int64
	page := paging.Page{Limit: 2}
	for {
		items, next, err := w.catalog.Queue(ctx, i18n.EN, page)
		w.ok(err)
		for _, i := range items {
			got = append(got, i.ID)
		}
		if next == "" {
			break
		}
		page.After = next
	}
	if !slices.Equal(got, want) {
		t.Errorf("queue %v, want %v", got, want)
	}
	counts, err := w.catalog.StateCounts(ctx)
	w.ok(err)
	if counts[catalog.Submitted] != 3 || counts[catalog.Draft] != 1 || counts[catalog.Approved] != 0 {
		t.Errorf("counts %v", counts)
	}
	u, err := w.catalog.ForReview(ctx, want[0])
	w.ok(err)
	if u.Next != want[1] {
		t.Errorf("next %d, want %d", u.Next, want[1])
	}
}

func TestStaffInput(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	for field, err := range map[string]error{
		"hs":      w.catalog.SetHS(ctx, w.staff, id, "2007"),
		"name":    w.catalog.SaveText(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.EN, Name: " "}),
		"markets": w.catalog.SetMarkets(ctx, w.staff, id, []string{"jp", "mars"}),
		"price":   w.catalog.SetHandPrice(ctx, w.staff, id, variant, "jp", -1),
	} {
		var f *errs.Fields
		if !errors.As(err, &f) || !f.Has(field) {
			t.Errorf("%s: got %v", field, err)
		}
	}
	wantKind(t, w.catalog.Approve(ctx, w.staff, 424242), errs.NotFound)
	w.ok(w.catalog.SaveLabel(ctx, w.staff, id, catalog.Label{VariantID: variant, Lang: i18n.JA, Label: "青"}))
	ja, err := w.catalog.ProductByID(ctx, "jp", i18n.JA, id)
	w.ok(err)
	if v := ja.Variants[0]; v.Label != "青" || v.LabelLang != i18n.JA {
		t.Errorf("label %+v", v)
	}
	w.ok(w.catalog.Recategorise(ctx, w.staff, id, w.craft))
	if list := w.listed(catalog.ListQuery{Market: "jp", Category: w.craft}); len(list) != 1 {
		t.Errorf("listed %v", list)
	}
}

func TestNobodyApprovesWhatSheHasNotRead(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.draft(w.maker, "Qawın varenyesi")
	w.ok(w.catalog.Submit(ctx, w.maker, id))
	w.ok(w.catalog.SetMarkets(ctx, w.staff, id, []string{"uz"}))
	seen := w.mine(w.maker, id).UpdatedAt
	name := "Something else"
	w.ok(w.catalog.SaveSource(ctx, w.maker, id, catalog.SourceEdit{Name: &name}))
	if err := w.catalog.ApproveSeen(ctx, w.staff, id, seen); !errors.Is(err, catalog.ErrMovedOn) {
		t.Errorf("approved unread: %v", err)
	}
	w.ok(w.catalog.ApproveSeen(ctx, w.staff, id, w.mine(w.maker, id).UpdatedAt))
}
