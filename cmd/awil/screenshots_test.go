package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
)

// The README's pictures: where they are kept, and how many bytes one may have.
const (
	pictures     = "../../docs/img"
	pictureBytes = 120_000
)

// TestScreenshots walks through what the README shows. With AWIL_SCREENSHOTS=1
// it takes the pictures anew.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Desktop, i18n.EN, "jp")
	b.Visit("/en-jp/")
	shoot(t, b.Page, "home")
	b.Visit(b.at("/products/" + w.good("felt-slippers", i18n.EN).slug))
	shoot(t, b.Page, "product")

	phone := w.buyer(browsertest.Phone, i18n.JA, "jp")
	phone.put(w.good("melon-jam", i18n.JA))
	phone.toCheckout()
	phone.write("hanako@example.jp")
	phone.Eval(`(scrollTo(0, 0), document.activeElement.blur(), '')`)
	shoot(t, phone.Page, "checkout")

	maker := w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio")
	kaa := i18n.For(i18n.KAA)
	maker.Press(kaa.T("studio.good.new"))
	maker.Upload(kaa.T("studio.photo.gallery"), "../../assets/demo/photos/melon-jam-2.jpg")
	maker.See(kaa.T("studio.photo.first"))
	maker.Wait("the photo", `[...document.querySelectorAll('.photos img')].every(i => i.complete && i.naturalWidth)`)
	shoot(t, maker, "studio-photo")
	jam := w.good("melon-jam", i18n.KAA)
	maker.Visit(fmt.Sprintf("/studio/goods/%d/price/%d", jam.id, w.number("select min(id) from variants where product_id = $1", jam.id)))
	shoot(t, maker, "studio-price")

	oil := w.good("pumpkin-seed-oil", i18n.KAA)
	maker.Visit(fmt.Sprintf("/studio/goods/%d/story", oil.id))
	maker.Fill(kaa.T("studio.story.label"), "Qawın pisiretuǵın hayallardıń ózi gúzde asqabaq tuqımın jıynaydı. Bir shiyshege úsh asqabaq ketedi.")
	maker.Press(kaa.T("studio.save"))
	desk := w.signedIn(browsertest.Desktop, "curator@demo.awil", fmt.Sprintf("/desk/review/%d?lang=ja", oil.id))
	shoot(t, desk, "desk-review")

	d := newDoors(w)
	d.moves()
	maker.Visit("/studio/money")
	shoot(t, maker, "studio-money")
	finance := w.signedIn(browsertest.Desktop, "finance@demo.awil", d.fill("/desk/closing/{day}"))
	shoot(t, finance, "desk-closing")
}

// shoot keeps a picture of what a window shows, as good as its bytes allow.
func shoot(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	p.Wait("pictures", `[...document.images].filter(i => i.getBoundingClientRect().top < innerHeight && i.checkVisibility()).every(i => i.complete)`)
	if os.Getenv("AWIL_SCREENSHOTS") == "" {
		return
	}
	for quality := int64(85); quality >= 35; quality -= 5 {
		shot := p.Screenshot(quality)
		if len(shot) > pictureBytes {
			continue
		}
		if err := os.MkdirAll(pictures, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(pictures, name+".jpg"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is never below %d bytes", name, pictureBytes)
}
