package main

import (
	"fmt"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
)

// TestSessionEndsWhileWriting: a producer's session is over when she sends what
// she wrote. She signs in, and it is sent on; not a word is typed twice.
func TestSessionEndsWhileWriting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kaa := i18n.For(i18n.KAA)
	const words = "Qawındı qolda turaymız, asıqpaymız."

	p := w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio/profile/story")
	p.Fill(kaa.T("studio.me.words"), words)
	w.exec("delete from sessions")
	p.PressStatus(kaa.T("studio.save"), 401)
	p.See(kaa.T("common.resume.kept"))
	p.Fill(kaa.T("account.sign_in.login"), "melon@demo.awil")
	p.In("form.stack").Fill(kaa.T("account.sign_in.password"), "not her password")
	p.In("form.stack").PressStatus(kaa.T("account.sign_in.go"), 422)
	signIn(p, kaa, "melon@demo.awil", demoKey)
	p.See(kaa.T("common.resume.title"))
	p.Press(kaa.T("common.resume.go"))
	p.Visit("/studio/profile/story")
	if got := p.Value(kaa.T("studio.me.words")); got != words {
		t.Errorf("her words are now %q", got)
	}
}

// TestSessionEndsInListing is the same in a step of a listing, without scripts.
func TestSessionEndsInListing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kaa := i18n.For(i18n.KAA)
	g := w.good("pumpkin-seed-oil", i18n.KAA)
	const story = "Tuqımdı ózimiz jıynaymız."

	p := w.plainVisitor(browsertest.Phone, i18n.KAA)
	step := fmt.Sprintf("/studio/goods/%d/story", g.id)
	p.Visit("/sign-in?to=" + step)
	signIn(p, kaa, "melon@demo.awil", demoKey)
	p.Fill(kaa.T("studio.story.label"), story)
	w.exec("delete from sessions")
	p.PressStatus(kaa.T("studio.save"), 401)
	signIn(p, kaa, "melon@demo.awil", demoKey)
	p.Press(kaa.T("common.resume.go"))
	p.See(kaa.T("studio.saved_review"))
	if got := w.text("select story from product_sources where product_id = $1", g.id); got != story {
		t.Errorf("the story is %q", got)
	}
}
