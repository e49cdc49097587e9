package main

import (
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
)

// TestMendedFieldIsNotRed has a postcode refused: the words beside it go once it is another, and come back with the old.
func TestMendedFieldIsNotRed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.buyer(browsertest.Phone, i18n.EN, "jp")
	b.put(w.good("melon-jam", i18n.EN))
	b.toCheckout()
	b.write("hanako@example.com")
	postcode := b.l.T("checkout.field.postcode")
	b.Fill(postcode, "12")
	b.Choose(b.l.T("checkout.method." + string(markets.Card)))
	b.PressStatus(b.payButton(markets.Card), 422)
	const (
		red  = `document.querySelector('#postcode[aria-invalid=true]') && document.querySelector('#postcode-problem').checkVisibility()`
		calm = `document.querySelector('#postcode[aria-invalid=false]') && !document.querySelector('#postcode-problem').checkVisibility()`
	)
	b.Wait("the refused postcode", red)
	b.Fill(postcode, "150-0041")
	b.Fill(b.l.T("checkout.field.line1"), "神南1-2-4")
	b.Wait("the mended postcode", calm)
	b.Fill(postcode, "12")
	b.Fill(b.l.T("checkout.field.line1"), "神南1-2-3")
	b.Wait("the refused postcode again", red)
}
