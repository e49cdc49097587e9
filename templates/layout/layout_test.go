package layout_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/i18n"
	"awil/templates/layout"
)

type urls struct{}

func (urls) URL(name string) string { return "/assets/v/" + name }

func base(lang i18n.Lang) layout.Base {
	jp := layout.Market{Code: "jp", Currency: "JPY", Countries: []string{"JP"}, Langs: []i18n.Lang{"ja", "en"}, Names: map[i18n.Lang]string{"en": "Japan", "ja": "日本"}}
	return layout.Base{
		Localizer: i18n.For(lang), Origin: "https://awil.test", Path: "/products/jam-12", Query: "variant=3", Assets: urls{},
		Market: jp, Markets: []layout.Market{jp, {Code: "us", Default: true, Countries: []string{"US"}, Langs: []i18n.Lang{"en"}}},
		Title: "Melon jam", Description: "From Chimbay", Demo: true,
	}
}

func page(t *testing.T, b layout.Base) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestShopFrame(t *testing.T) {
	for _, lang := range i18n.Langs() {
		doc := page(t, base(lang))
		for selector, count := range map[string]int{
			`html[lang="` + lang.Tag() + `"]`: 1, "main#main": 1, "header": 1, "footer": 1, `a.skip[href="#main"]`: 1,
			"form[action='/locale'] select[name=market] option[selected]": 1, "select[name=lang] option": 6,
			".tongues a[lang][hreflang]": 6, ".demo-strip": 1, "script:not([src]):not([type='application/ld+json'])": 0,
			"link[rel=canonical][href='https://awil.test/" + string(lang) + "-jp/products/jam-12']": 1,
		} {
			if got := doc.Find(selector).Length(); got != count {
				t.Errorf("%s: %s found %d times, want %d", lang, selector, got, count)
			}
		}
		if text := doc.Find("body").Text(); strings.Contains(text, "common.") {
			t.Errorf("%s: a message is missing: %s", lang, text)
		}
	}
}

func TestFrameKnowsNobody(t *testing.T) {
	b := base("en")
	stranger := page(t, b).Text()
	b.Viewer = &layout.Viewer{ID: 7, Name: "Aygul"}
	if page(t, b).Text() != stranger {
		t.Error("a shop page that may be cached shows who looks at it")
	}
}

func TestTitle(t *testing.T) {
	for title, want := range map[string]string{"": "Awıl", "Melon jam": "Melon jam | Awıl", "Awıl: made by hand": "Awıl: made by hand"} {
		if got := (layout.Base{Title: title}).FullTitle(); got != want {
			t.Errorf("%q gives %q, want %q", title, got, want)
		}
	}
}

func TestSwitchKeepsThePlace(t *testing.T) {
	b := base("en")
	if got, want := b.SwitchURL("ja"), "/locale?lang=ja&market=jp&page=%2Fproducts%2Fjam-12%3Fvariant%3D3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	b.Market, b.Path, b.Query = layout.Market{}, "/studio", ""
	if got, want := b.SwitchURL("kaa"), "/locale?lang=kaa&to=%2Fstudio"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestCanonicalOfALaterPage(t *testing.T) {
	b := base("ja")
	b.Page = 3
	if got, want := b.Canonical(), "https://awil.test/ja-jp/products/jam-12?page=3"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	b.Path, b.Page = "/", 1
	if got, want := b.Canonical(), "https://awil.test/ja-jp/"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestNoindexPagesAreNotShared(t *testing.T) {
	b := base("en")
	b.Robots = "noindex"
	if doc := page(t, b); doc.Find("link[rel=canonical], link[rel=alternate], meta[property]").Length() != 0 {
		t.Error("a page that must not be indexed tells search engines about itself")
	}
}

func TestSchema(t *testing.T) {
	b := base("en")
	evil := `</script><script>alert(1)</script>`
	b.Schema = []layout.Thing{
		layout.Breadcrumbs{{Name: "Shop", URL: "https://awil.test/en-jp/"}, {Name: evil}},
		layout.Product{Name: "Melon jam", Images: []string{"https://awil.test/photos/a/1600.jpg"}, Maker: &layout.Organization{Name: "Altın Qawın Workshop"},
			Offers: []layout.Offer{{Name: "250 g", Price: "1480", Currency: "JPY", InStock: true, ShipsTo: []string{"JP"}}}},
		layout.WebSite{Name: "Awıl", URL: "https://awil.test/en-jp/", Language: "en", Search: "https://awil.test/en-jp/search?q={query}"},
		layout.ItemList{"https://awil.test/en-jp/products/jam-12"},
	}
	block := page(t, b).Find(`script[type="application/ld+json"]`)
	if block.Length() != 1 {
		t.Fatalf("%d blocks", block.Length())
	}
	var graph struct {
		Context string `json:"@context"`
		Graph   []struct {
			Type     string `json:"@type"`
			Elements []struct {
				Name     string `json:"name"`
				Position int    `json:"position"`
			} `json:"itemListElement"`
			Brand  struct{ Name string } `json:"brand"`
			Offers []struct {
				Type         string `json:"@type"`
				Price        string `json:"price"`
				Currency     string `json:"priceCurrency"`
				Availability string `json:"availability"`
			} `json:"offers"`
		} `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(block.Text()), &graph); err != nil {
		t.Fatalf("%v in %s", err, block.Text())
	}
	if graph.Context != "https://schema.org" || len(graph.Graph) != 4 {
		t.Fatalf("%+v", graph)
	}
	if crumbs := graph.Graph[0]; crumbs.Type != "BreadcrumbList" || crumbs.Elements[1].Name != evil || crumbs.Elements[1].Position != 2 {
		t.Errorf("%+v", crumbs)
	}
	product := graph.Graph[1]
	if product.Type != "Product" || product.Brand.Name == "" || product.Offers[0].Price != "1480" || product.Offers[0].Availability != "https://schema.org/InStock" {
		t.Errorf("%+v", product)
	}
}

func TestStudioAndDeskFrames(t *testing.T) {
	b := base("ru")
	b.Market, b.Path = layout.Market{}, "/studio"
	b.Nav.Main = []layout.Link{{Href: "/studio", Text: "Главная", Icon: "home", Current: true}, {Href: "/studio/parcels", Text: "Упаковать", Icon: "box", Count: 3}}
	b.Viewer = &layout.Viewer{Name: "Айгуль"}
	var studio, desk, bare strings.Builder
	for _, err := range []error{
		layout.Studio(b, layout.Top{Back: "/studio", BackLabel: "Назад", Step: 2, Steps: 5, StepLabel: "Шаг 2 из 5", Saved: true}).Render(context.Background(), &studio),
		layout.Desk(b).Render(context.Background(), &desk),
		layout.Bare(b).Render(context.Background(), &bare),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	doc, _ := goquery.NewDocumentFromReader(strings.NewReader(studio.String()))
	if doc.Find(".steps li").Length() != 5 || doc.Find(".steps li[aria-current=step]").Length() != 1 || doc.Find(".tabs [aria-current=page]").Length() != 1 ||
		doc.Find(".tabs b").Text() != "3" || doc.Find("[data-saved-state][role=status]").Length() != 1 {
		t.Errorf("studio: %s", studio.String())
	}
	doc, _ = goquery.NewDocumentFromReader(strings.NewReader(desk.String()))
	if doc.Find(".mast nav a").Length() != 2 || doc.Find("form[method=post][action='/sign-out'] button").Length() != 1 {
		t.Errorf("desk: %s", desk.String())
	}
	doc, _ = goquery.NewDocumentFromReader(strings.NewReader(bare.String()))
	if doc.Find("main#main").Length() != 1 || doc.Find(".tongues a").Length() != 6 {
		t.Errorf("bare: %s", bare.String())
	}
}
