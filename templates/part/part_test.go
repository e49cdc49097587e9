package part

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/templates/layout"
)

func draw(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var out strings.Builder
	if err := c.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func english() layout.Base { return layout.Base{Localizer: i18n.For("en")} }

func TestFieldIsWiredForThoseWhoListen(t *testing.T) {
	b := english()
	in := Input{Name: "variants[0].price", Label: "Price", Hint: "In soʻm", Value: `96 000"`, Mode: "numeric", Autocomplete: "off", Max: 12, Required: true}
	doc := draw(t, Text(b, in))
	field := doc.Find("input")
	if field.AttrOr("id", "") != "variants-0-price" || doc.Find("label").AttrOr("for", "") != "variants-0-price" {
		t.Error("label and field do not meet")
	}
	if got := field.AttrOr("aria-describedby", ""); got != "variants-0-price-hint" {
		t.Errorf("described by %q: without a problem only the hint", got)
	}
	if _, invalid := field.Attr("aria-invalid"); invalid || field.AttrOr("value", "") != in.Value || field.AttrOr("maxlength", "") != "12" {
		t.Error("attributes of a field in order")
	}

	b.Problems = new(errs.Fields)
	b.Problems.Add("variants[0].price", "errors.required")
	doc = draw(t, Text(b, in))
	if got := doc.Find("input").AttrOr("aria-describedby", ""); got != "variants-0-price-hint variants-0-price-problem" {
		t.Errorf("described by %q", got)
	}
	if doc.Find("#variants-0-price-problem").Text() != b.T("errors.required") || doc.Find("input").AttrOr("aria-invalid", "") != "true" {
		t.Error("the problem is not told")
	}
	if note := draw(t, ProblemNote(b)); note.Find(`a[href="#variants-0-price"]`).Length() != 1 {
		t.Error("the note does not lead to the field")
	}
}

func TestSelectKeepsItsChoice(t *testing.T) {
	options := []Option{{Value: "a", Text: "A"}, {Value: "b", Text: "B"}}
	if doc := draw(t, Select(english(), Input{Name: "x", Value: "b"}, options)); doc.Find("option[selected]").AttrOr("value", "") != "b" || doc.Find("option").Length() != 2 {
		t.Error("chosen option")
	}
	if doc := draw(t, Select(english(), Input{Name: "x"}, options)); doc.Find("option").First().AttrOr("value", "none") != "" {
		t.Error("nothing chosen yet: the first option must be empty")
	}
}

func TestPictureSizes(t *testing.T) {
	p := Picture{Key: "k", Widths: []int{160, 400, 800}, Width: 1200, Height: 900, AVIF: true, Alt: "Jar"}
	for want, url := range map[int]string{100: "/photos/k/160.jpg", 400: "/photos/k/400.jpg", 401: "/photos/k/800.jpg", 2000: "/photos/k/800.jpg"} {
		if got := p.URL(want); got != url {
			t.Errorf("%d wide: %s, want %s", want, got, url)
		}
	}
	doc := draw(t, Img(p, Show{Eager: true}))
	if doc.Find(`picture source[type="image/avif"]`).AttrOr("srcset", "") != "/photos/k/160.avif 160w, /photos/k/400.avif 400w, /photos/k/800.avif 800w" {
		t.Error("AVIF sources")
	}
	img := doc.Find("img")
	if _, lazy := img.Attr("loading"); lazy || img.AttrOr("fetchpriority", "") != "high" || img.AttrOr("width", "") != "1200" || img.AttrOr("alt", "x") != "Jar" {
		t.Error("attributes of the picture in view")
	}
	p.Alt = `A "jar" <of> jam & more`
	if got := draw(t, Img(p, Show{Class: "tall"})).Find("img.tall").AttrOr("alt", ""); got != p.Alt {
		t.Errorf("described as %q", got)
	}
	one := draw(t, Img(Picture{Key: "k", Widths: []int{160}, Width: 160, Height: 90}, Show{}))
	if _, has := one.Find("img").Attr("srcset"); has || one.Find("picture").Length() != 0 || one.Find("img").AttrOr("height", "") != "90" {
		t.Error("a picture of one size needs no choice")
	}
	if draw(t, Img(p, Show{})).Find("img").AttrOr("loading", "") != "lazy" {
		t.Error("pictures out of view come later")
	}
}

func TestGroundTakesOnlyOurOwn(t *testing.T) {
	for _, p := range []Picture{
		{Color: "red;background:url(//evil.test)"}, {Color: "#12345"}, {Color: "#12345g"},
		{Placeholder: `data:image/png;base64,AAAA");background:url("//evil.test`}, {Placeholder: "https://evil.test/a.png"},
		{Placeholder: "data:image/svg+xml,<svg onload=alert(1)>"}, {Placeholder: "data:text/html;base64,AAAA"},
	} {
		if got := string(p.appendGround(nil)); got != "" {
			t.Errorf("%+v became %q", p, got)
		}
	}
	p := Picture{Color: "#a0b1c2", Placeholder: "data:image/png;base64,iVBORw0KGgo="}
	if got := string(p.appendGround(nil)); !strings.Contains(got, "#a0b1c2") || !strings.Contains(got, p.Placeholder) {
		t.Errorf("%q", got)
	}
}

func TestPageNumbers(t *testing.T) {
	for _, tt := range []struct {
		current, last int
		want          []int
	}{
		{1, 1, []int{1}}, {1, 3, []int{1, 2, 3}}, {1, 9, []int{1, 2, 0, 9}}, {5, 9, []int{1, 0, 4, 5, 6, 0, 9}}, {9, 9, []int{1, 0, 8, 9}},
	} {
		if got := (Pages{Current: tt.current, Last: tt.last}).shown(); !slices.Equal(got, tt.want) {
			t.Errorf("%d of %d: %v, want %v", tt.current, tt.last, got, tt.want)
		}
	}
}

func TestCardHasNothingElse(t *testing.T) {
	b := english()
	c := Card{Href: "/en-jp/products/jam-1", Name: "Qawın murabbası", NameLang: "kaa-Latn", Village: "Chimbay", Producer: "Altın Qawın Workshop", Price: "¥1,480",
		Picture: Picture{Key: "k", Widths: []int{400}, Width: 4, Height: 3}}
	doc := draw(t, ProductCard(b, c, 3))
	if doc.Find(`article.card h3 a[lang="kaa-Latn"]`).AttrOr("href", "") != c.Href || doc.Find(".from").Text() != "Chimbay · Altın Qawın Workshop" || doc.Find("a").Length() != 1 {
		t.Error("the card's link, name and place")
	}
	c.Price = ""
	if draw(t, ProductCard(b, c, 2)).Find(".price").Text() != b.T("common.not_sold_here") {
		t.Error("what is not sold here says so")
	}
}
