package catalog_test

import (
	"slices"
	"testing"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/producers"
)

func TestDesk(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	jam, _ := w.selling(w.maker, "Qawın")
	w.ok(w.catalog.SaveText(ctx, w.staff, jam, catalog.TextEdit{Lang: i18n.EN, Name: "Melon jam", Ready: true}))
	kurt, _ := w.draft(w.other, "Qurt")
	young, err := w.catalog.CreateDraft(ctx, w.maker, i18n.RU)
	w.ok(err)
	_, err = w.pool.Exec(ctx, `insert into product_search (product_id, names, words) values ($1, 'qawin', '=qawin')`, jam)
	w.ok(err)
	all := func(words string, _ int64) string { return words }
	none := func(string, int64) string { return "'@none'" }
	for _, tt := range []struct {
		name string
		q    catalog.DeskQuery
		want []int64
	}{
		{"all", catalog.DeskQuery{}, []int64{young, kurt, jam}},
		{"by state", catalog.DeskQuery{State: catalog.Draft}, []int64{young, kurt}},
		{"by producer", catalog.DeskQuery{ProducerID: w.other.ProducerID}, []int64{kurt}},
		{"by a translated name", catalog.DeskQuery{Text: " melon "}, []int64{jam}},
		{"by her own words", catalog.DeskQuery{Text: "qurt"}, []int64{kurt}},
		{"by her name", catalog.DeskQuery{Text: "somebody"}, []int64{kurt}},
		{"in the index", catalog.DeskQuery{Text: "qawin", Words: "'=qawin'", Newest: all}, []int64{jam}},
		{"in the index, not among the newest", catalog.DeskQuery{Text: "qawin", Words: "'=qawin'", Newest: none}, []int64{jam}},
		{"in the index, by state", catalog.DeskQuery{Text: "qawin", Words: "'=qawin'", Newest: all, State: catalog.Draft}, nil},
		{"in no index yet", catalog.DeskQuery{Text: "qurt", Words: "'=qurt'", Newest: all}, []int64{kurt}},
		{"by nothing there is", catalog.DeskQuery{Text: "100%"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Lang, tt.q.Page = i18n.EN, paging.Page{Limit: 2}
			var got []int64
			for {
				items, next, err := w.catalog.Desk(t.Context(), tt.q)
				if err != nil {
					t.Fatal(err)
				}
				for _, item := range items {
					got = append(got, item.ID)
				}
				if next == "" {
					break
				}
				tt.q.Page.After = next
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	items, _, err := w.catalog.Desk(ctx, catalog.DeskQuery{Lang: i18n.EN, Page: paging.Page{Limit: 10}})
	w.ok(err)
	if j := items[2]; j.Name != "Melon jam" || !j.Live() || j.Price().Minor != 4500000 || j.Stock != 12 || !slices.Equal(j.Markets, []string{"uz", "jp"}) || j.CategoryName != "Jams" {
		t.Errorf("jam %+v", j)
	}
	if y := items[0]; y.Name != "" || y.NameLang != i18n.RU || y.Price().Minor != 0 || y.CategoryName != "" {
		t.Errorf("young draft %+v", y)
	}
}

// What staff settle with one button is written together or not at all.
func TestTogether(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, variant := w.selling(w.maker, "Qawın")
	before := catalog.Terms{CategoryID: w.food, Markets: []string{"uz", "jp"}}
	audits := func() int64 {
		return w.id(`select count(*) from audit_events where subject_id = $1 and subject_kind = 'product'`, id)
	}

	count := audits()
	w.ok(w.catalog.SetTerms(ctx, w.staff, id, before, catalog.Terms{CategoryID: w.food, Markets: []string{"jp", "uz"}}))
	if audits() != count {
		t.Error("nothing changed, yet the trail has a line")
	}
	wantKind(t, w.catalog.SetTerms(ctx, w.staff, id, before, catalog.Terms{CategoryID: w.craft, HS: "200799", Markets: []string{"mars"}}), errs.Invalid)
	if p := w.mine(w.maker, id); p.HSCode != "" || *p.CategoryID != w.food || audits() != count {
		t.Errorf("half of it was written: %+v", p)
	}
	w.ok(w.catalog.SetTerms(ctx, w.staff, id, before, catalog.Terms{CategoryID: w.craft, HS: "200799", Markets: []string{"jp"}}))
	if p := w.mine(w.maker, id); p.HSCode != "200799" || *p.CategoryID != w.craft {
		t.Errorf("terms %+v", p)
	}
	if got := w.listed(catalog.ListQuery{Market: "jp", Category: w.craft}); len(got) != 1 || len(w.listed(catalog.ListQuery{Market: "uz"})) != 0 {
		t.Errorf("listed %+v", got)
	}

	words := catalog.TextEdit{Lang: i18n.JA, Name: "メロンジャム", Ready: true}
	label := []catalog.Label{{VariantID: variant, Lang: i18n.JA, Label: "小瓶"}}
	wantKind(t, w.catalog.SaveWords(ctx, w.staff, id, catalog.TextEdit{Lang: i18n.JA}, label), errs.Invalid)
	w.ok(w.catalog.SaveWords(ctx, w.staff, id, words, label))
	ja, err := w.catalog.ProductByID(ctx, "jp", i18n.JA, id)
	w.ok(err)
	if ja.Name.Text != "メロンジャム" || ja.Variants[0].Label != "小瓶" {
		t.Errorf("words %+v", ja)
	}

	prices := []catalog.HandPrice{{VariantID: variant, Market: "jp", PriceMinor: 900}, {VariantID: variant + 1000, Market: "jp", PriceMinor: 900}}
	wantKind(t, w.catalog.SetHandPrices(ctx, w.staff, id, prices), errs.NotFound)
	if p := w.page("jp", id); p.From().Minor != 680 {
		t.Errorf("half of it was written: %v", p.From())
	}
	w.ok(w.catalog.SetHandPrices(ctx, w.staff, id, prices[:1]))
	if p := w.page("jp", id); p.From().Minor != 900 {
		t.Errorf("price %v", p.From())
	}

	far := w.newVillage("muynak", "Muynak")
	*w.indexed = nil
	w.ok(w.catalog.SaveProfile(ctx, w.maker, producers.Profile{Text: producers.Text{Name: "She moved"},
		Kind: producers.Workshop, VillageID: far}))
	if got := w.listed(catalog.ListQuery{Market: "jp", Village: far}); len(got) != 1 || !slices.Equal(*w.indexed, []int64{id}) {
		t.Errorf("she moved, but her village lists %+v; search was told of %v", got, *w.indexed)
	}
	*w.indexed = nil
	w.ok(w.catalog.TranslateProducer(ctx, w.staff, w.maker.ProducerID, i18n.JA, producers.Text{Name: "引っ越した工房"}))
	if !slices.Equal(*w.indexed, []int64{id}) {
		t.Errorf("search was told of %v after a translated name", *w.indexed)
	}
}
