package main

import (
	"fmt"
	"strings"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
)

// shopPages, studioPages and deskPages are one page of each kind. The names in
// them are those of the access table.
var (
	shopPages = []string{"/", "/products", "/products?sort=price_up", "/categories/{category}", "/products/{slug}", "/villages",
		"/villages/{village}", "/producers/altin-qawin-workshop-{producer}", "/collections/{collection}", "/search", "/search?q=jam",
		"/search?q=qqqqqq", "/cart", "/orders/{token}", "/orders/{paidtoken}/refund"}
	studioPages = []string{"/studio", "/studio/goods", "/studio/goods/{good}", "/studio/goods/{good}/photo", "/studio/goods/{good}/name",
		"/studio/goods/{good}/made", "/studio/goods/{good}/price", "/studio/goods/{good}/price/{variant}", "/studio/goods/{good}/price/new",
		"/studio/goods/{good}/story", "/studio/goods/{good}/preview", "/studio/orders", "/studio/orders/done", "/studio/orders/{parcel}",
		"/studio/orders/{parcel}/slip", "/studio/profile", "/studio/profile/story", "/studio/profile/workshop", "/studio/language",
		"/studio/money", "/studio/money/to", "/studio/money/p{payout}"}
	deskPages = []string{"/desk", "/desk/review", "/desk/review/{good}", "/desk/products", "/desk/features?market=jp", "/desk/collections",
		"/desk/collections/{set}", "/desk/orders", "/desk/orders/{order}", "/desk/refunds", "/desk/producers", "/desk/producers/{producer}",
		"/desk/invitations", "/desk/invitations/{invitation}/card", "/desk/people", "/desk/people/{person}", "/desk/audit",
		"/desk/closing", "/desk/closing/queue", "/desk/closing/queue?of=entries", "/desk/closing/imports", "/desk/ledger",
		"/desk/closing/{day}", "/desk/closing/imports/{import}", "/desk/closing/lines/{line}", "/desk/ledger/{transaction}",
		"/desk/ledger/account?kind=clearing&till=bank&currency=UZS", "/desk/refunds?view=hand", "/desk/orders/{paid}/refund",
		"/desk/payouts", "/desk/payouts/{batch}", "/desk/producers/{producer}/money"}
)

// TestPagesLookedAt has the browser and axe look at a page of each kind: on a
// phone, and in the dark on a desk.
func TestPagesLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := newDoors(w)
	d.moves()
	for _, dark := range []bool{false, true} {
		o := browsertest.Options{Base: w.app.BaseURL, View: browsertest.Phone, Dark: dark}
		if dark {
			o.View = browsertest.Desktop
		}
		shop := browsertest.Open(t, o)
		for _, path := range shopPages {
			shop.Visit(d.inShop("en-uz", path))
		}
		shop.VisitStatus("/en-uz/nothing-here", 404)
		shop.Visit("/sign-in")
		shop.Visit("/join")
		look(d, o, "melon@demo.awil", studioPages)
		look(d, o, "admin@demo.awil", append(deskPages, "/account", "/dev/outbox"))
	}
}

// look visits pages as somebody who has signed in.
func look(d *doors, o browsertest.Options, login string, paths []string) {
	p := browsertest.Open(d.w.t, o)
	p.Visit("/sign-in?to=/account")
	signIn(p, i18n.For(i18n.EN), login, demoKey)
	for _, path := range paths {
		p.Visit(d.fill(path))
	}
}

// TestNothingSticksOut measures the pages of shop and studio on a phone in the
// other languages: words differ in length, screens do not.
func TestNothingSticksOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := newDoors(w)
	d.moves()
	shop := w.visitor(browsertest.Phone, i18n.EN)
	studio := w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio")
	for _, lang := range i18n.Langs() {
		if lang == i18n.EN {
			continue // looked at above
		}
		for _, path := range shopPages {
			shop.Visit(d.inShop(string(lang)+"-us", path))
			shop.Fits()
		}
		studio.Visit("/studio/language?to=/studio")
		studio.In("form.tongues").Press(lang.Endonym())
		for _, path := range studioPages {
			studio.Visit(d.fill(path))
			studio.Fits()
		}
	}
}

// inShop is an address in a locale of the shop. An order stays in its market.
func (d *doors) inShop(locale, path string) string {
	if strings.HasPrefix(path, "/orders/") {
		lang, _, _ := strings.Cut(locale, "-")
		locale = lang + "-uz"
	}
	return fmt.Sprintf("/%s%s", locale, d.fill(path))
}
