package main

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
)

// TestFromVillageToBuyer is the main job: a card opens the studio for somebody
// new, she lists a thing with a photo from her phone, the programme asks and
// approves and puts it forward, and somebody in Japan finds it, pays in yen and
// sees it leave.
func TestFromVillageToBuyer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := newcomer{w: w, l: i18n.For(i18n.KAA), curator: w.signedIn(browsertest.Desktop, "curator@demo.awil", "/desk")}
	n.join(n.invite())
	n.list()
	n.review()
	n.feature()
	b := w.buyer(browsertest.Phone, i18n.JA, "jp")
	o := n.buy(b)
	n.send(o)
	b.Reload()
	b.See(b.l.T("checkout.parcel.shipped"), "EE123456785UZ")
	w.letter(japaneseMail, b.l.T("mail.shipped.subject", "order", w.label(o)))
}

const (
	japaneseMail = "hanako@example.jp"
	makerMail    = "ayparsha@example.uz"
	sweetName    = "Ǵozalı paxlava"
	sweetInJapan = "くるみのパフラヴァ"
)

// newcomer is a maker who has not been here before, and the curator who looks
// after her.
type newcomer struct {
	w       *world
	l       *i18n.Localizer
	curator *browsertest.Page
	phone   *browsertest.Page
	product int
}

// invite makes a card and reads its code.
func (n *newcomer) invite() string {
	en := i18n.For(i18n.EN)
	n.curator.Press(en.T("desk.nav.invitations"))
	n.curator.Fill(en.T("desk.invitations.name"), "Ayparsha")
	n.curator.Fill(en.T("desk.field.village"), n.w.text("select name from village_texts t join villages v on v.id = t.village_id where v.slug = 'chimbay' and lang = 'en'"))
	n.curator.Fill(en.T("desk.invitations.lang"), "kaa")
	n.curator.Press(en.T("desk.invitations.make"))
	n.curator.See(en.T("desk.invitations.made", "name", "Ayparsha"), n.l.T("invitation.title", "name", "Ayparsha"))
	return n.curator.Eval(`[...document.querySelectorAll('.code span')].map(s => s.textContent).join('-')`)
}

// join comes in with the code in the hand.
func (n *newcomer) join(code string) {
	p := n.w.visitor(browsertest.Phone, i18n.KAA)
	n.phone = p
	p.Visit("/join")
	p.Fill(n.l.T("studio.join.code.label"), "AAAA-AAAA")
	p.PressStatus(n.l.T("common.next"), 422)
	p.See(n.l.T("studio.join.code.unknown"))
	p.Fill(n.l.T("studio.join.code.label"), strings.ToLower(code))
	p.Press(n.l.T("common.next"))
	p.See(n.l.T("studio.join.hello", "name", "Ayparsha"))
	p.In("form.tongues").Press(i18n.KAA.Endonym())
	p.Fill(n.l.T("studio.join.name"), "Ayparsha Seytova")
	p.Fill(n.l.T("studio.join.login"), makerMail)
	p.In("#f").Fill(n.l.T("studio.join.password"), "besh qawın bir qazan")
	p.Press(n.l.T("studio.join.go"))
	p.See(n.l.T("studio.join.done"))
}

// list goes through the steps, one thumb, a photo of the phone's own size.
func (n *newcomer) list() {
	p, l := n.phone, n.l
	p.Press(l.T("studio.good.new"))
	p.Upload(l.T("studio.photo.gallery"), phonePhoto(n.w.t))
	p.See(l.T("studio.photo.first"))
	n.photo()
	p.In("form.dock").Press(l.T("common.next"))

	p.Fill(l.T("studio.name.label"), sweetName)
	p.Choose(n.w.text("select name from category_texts t join categories c on c.id = t.category_id where c.slug = 'sweets-baking' and lang = 'kaa'"))
	p.Press(l.T("common.next"))

	p.Fill(l.T("studio.made.food"), "Un, ǵoz, qant, sarı may")
	p.In("#allergens").Choose(l.T("terms.allergen.walnut"))
	p.In("#allergens").Choose(l.T("terms.allergen.wheat"))
	p.Choose(l.T("studio.months", "n", 3))
	p.Choose(l.T("studio.storage.cool_dry"))
	p.Press(l.T("common.next"))

	p.Fill(l.T("studio.size.price_of_one"), "85 000")
	p.See(l.T("studio.gain.gets"))
	p.Fill(l.T("studio.size.net"), "400")
	p.Fill(l.T("studio.size.stock_of_it"), "12")
	p.Press(l.T("common.next"))

	p.Fill(l.T("studio.story.label"), "Anam úyretken.")
	p.Press(l.T("common.next"))
	p.See(l.T("studio.preview.title"), sweetName)
	p.Press(l.T("studio.preview.send"))
	p.See(l.T("studio.submitted"))
	n.product = n.w.number("select product_id from product_sources where name = $1", sweetName)
}

// photo looks at what buyers will get of it.
func (n *newcomer) photo() {
	t := n.w.t
	srcset := n.phone.Eval(`document.querySelector('.photos img').srcset`)
	sizes := 0
	for part := range strings.SplitSeq(srcset, ",") {
		address := strings.Fields(part)[0]
		answer, err := http.Get(n.w.app.BaseURL + address)
		if err != nil {
			t.Fatal(err)
		}
		file, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v", address, answer.Status, err)
		}
		wantUpright(t, address, file)
		sizes++
	}
	if sizes < 4 {
		t.Errorf("%d sizes of the photo: %s", sizes, srcset)
	}
}

// review asks for a change with a reason, which she reads in her language and
// makes, and approves what comes back.
func (n *newcomer) review() {
	en, c := i18n.For(i18n.EN), n.curator
	const wish = "Kim ushın pisiresiz? Bir gáp qosıńız."
	c.Press(en.T("desk.nav.review"))
	c.In(".queue").Press(sweetName)
	c.In("#topics").Choose(en.T("desk.topic.story"))
	c.Fill(en.T("desk.decide.message"), wish)
	c.Press(en.T("desk.decide.ask"))
	c.See(en.T("desk.decide.asked", "name", sweetName))

	p, l := n.phone, n.l
	p.Visit(fmt.Sprintf("/studio/goods/%d", n.product))
	p.See(l.T("studio.good.programme_asks"), wish)
	p.In(".asked").Press(l.T("studio.topic.story"))
	p.Fill(l.T("studio.story.label"), "Anam úyretken. Toyǵa hám miymanǵa pisiremiz.")
	p.Press(l.T("studio.save"))
	p.Press(l.T("studio.good.send_again"))
	p.Press(l.T("studio.preview.send"))
	p.See(l.T("studio.submitted"))

	c.Press(en.T("desk.nav.review"))
	c.In(".queue").Press(sweetName)
	c.In("#terms").Fill(en.T("desk.field.hs"), "190590")
	for _, market := range []string{"jp", "uz"} {
		c.In("#markets").Choose(n.w.text("select name from market_texts where market = $1 and lang = 'en'", market))
	}
	c.In("#terms").Press(en.T("desk.save"))
	for lang, words := range map[string][2]string{
		"ja": {sweetInJapan, "小麦粉、くるみ、砂糖、バター"}, "en": {"Walnut paklava", "Flour, walnuts, sugar, butter"},
		"uz": {"Yongʻoqli paxlava", "Un, yongʻoq, shakar, sariyogʻ"}, "ru": {"Пахлава с орехами", "Мука, орехи, сахар, масло"},
	} {
		c.Visit(fmt.Sprintf("/desk/review/%d?lang=%s", n.product, lang))
		c.In("form.words").Fill(en.T("desk.field.name"), words[0])
		c.In("form.words").Fill(en.T("desk.field.composition"), words[1])
		c.Press(en.T("desk.words.ready"))
	}
	c.Press(en.T("desk.decide.approve"))
	c.See(en.T("desk.decide.approved", "name", sweetName))
}

// feature puts it on the front page of Japan.
func (n *newcomer) feature() {
	en, c := i18n.For(i18n.EN), n.curator
	c.Visit("/desk/features?market=jp")
	c.Fill(en.T("desk.features.find"), "paklava")
	c.In("form.filters").Press(en.T("desk.filter.go"))
	c.Fill(en.T("desk.features.subject"), "paklava")
	c.Press(en.T("desk.features.place"))
	c.See(en.T("desk.features.added"))
	c.Press(en.T("desk.features.up", "name", "Walnut paklava"))
	c.See(en.T("desk.features.moved"))
}

// buy finds it on the front page and by its name, has a card refused, and pays.
func (n *newcomer) buy(b buyer) order {
	t := n.w.t
	b.Visit("/ja-jp/")
	b.SeeLater(sweetInJapan)
	b.Visit("/ja-jp/search")
	b.In("main").Fill(b.l.T("common.search.label"), "くるみ パフラヴァ")
	b.In("main").Press(b.l.T("common.search"))
	b.Press(sweetInJapan)
	if !strings.HasPrefix(b.Path(), "/ja-jp/products/") || !strings.HasSuffix(path.Base(b.Path()), fmt.Sprint(n.product)) {
		t.Errorf("found at %s", b.Path())
	}
	b.putThis()
	b.toCheckout()
	b.write(japaneseMail)
	b.pay(markets.Card)
	b.card("decline")
	b.See("カードが使えませんでした")
	b.card("pay")
	o := b.order()
	if o.total.Currency != "JPY" || o.total.Currency.Digits() != 0 {
		t.Errorf("paid in %s", o.total.Currency)
	}
	b.See(b.l.Money(o.total))
	b.paid()
	n.w.letter(japaneseMail, b.l.T("mail.confirmed.subject", "order", n.w.label(o)))
	n.w.letter(makerMail, n.l.T("mail.pack.subject", "order", n.w.label(o)))
	return o
}

// send packs her parcel and takes it to the post.
func (n *newcomer) send(o order) {
	p, l := n.phone, n.l
	p.Visit("/studio")
	n.w.ship(p, l, "ems", "EE123456785UZ")
	p.See(l.T("studio.parcel.shipped_done"))
	if got := n.w.order(o.token).status; got != "shipped" {
		n.w.t.Errorf("the order is %s after its only parcel left", got)
	}
}
