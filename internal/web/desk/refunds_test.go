package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/payments"
)

// TestFinanceDecidesWhatGoesBack: what a buyer asks for is looked at, decided
// per piece and with its shipping, and sent by hand with a proof.
func TestFinanceDecidesWhatGoesBack(t *testing.T) {
	f := newFixture(t)
	id := f.bankOrder()
	o, err := f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	_, err = f.Checkout.BankReceived(t.Context(), f.people["finance"], id, o.Total())
	f.ok(err)
	line := o.Lines[0]
	f.ok(f.Checkout.AskRefund(t.Context(), o.Token, checkout.AskInput{Reason: payments.Damaged, Message: "It leaks",
		Lines: []checkout.AskLine{{LineID: line.ID, Quantity: 1}}}))

	v := f.as(t, "finance", "en")
	at := fmt.Sprintf("/desk/orders/%d/refund", id)
	v.page("/desk/refunds").says("tbody", "broken or spoilt", "It leaks")
	page := v.page(at)
	page.says("section.note", "broken or spoilt", "It leaks")
	token, _ := page.doc.Find("input[name=token]").Attr("value")
	request, _ := page.doc.Find("input[name=request]").Attr("value")

	form := url.Values{"token": {token}, "request": {request}, "line": {fmt.Sprint(line.ID)}, "pieces": {"0"}}
	v.post(at, form, http.StatusUnprocessableEntity).has(1, "#reason[aria-invalid]")
	form.Set("reason", "Broken on the way")
	v.post(at, form, http.StatusUnprocessableEntity).says("#lines", "Choose something that goes back")
	form.Set("pieces", "99")
	v.post(at, form, http.StatusUnprocessableEntity).says("#lines", "more than was sold")
	form.Set("pieces", "1")
	shipping := fmt.Sprintf("shipping-%d", line.ParcelID)
	form.Set("parcel", fmt.Sprint(line.ParcelID))
	form.Set(shipping, "999999999")
	v.post(at, form, http.StatusUnprocessableEntity).has(1, "#"+shipping+"[aria-invalid]")
	form.Set(shipping, "1")
	v.done(at, form).says(".flash", "Decided")
	v.done(at, form).says(".flash", "Decided") // the same form again
	refunds, err := f.Payments.RefundsOfOrder(t.Context(), id)
	f.ok(err)
	if len(refunds) != 1 || refunds[0].AmountMinor != line.UnitMinor+100 || !refunds[0].ForHands() {
		t.Fatalf("refunds %+v", refunds)
	}

	v.page("/desk/refunds?view=hand").says("tbody", "Broken on the way", "by hand")
	sent := fmt.Sprintf("/desk/refunds/%d/sent", refunds[0].ID)
	v.done(sent, url.Values{"till": {"bank"}}).says(".flash", "what proves it")
	v.done(sent, url.Values{"till": {"bank"}, "proof": {"MT103 77"}}).says(".flash", "Booked")
	v.page("/desk/refunds?view=sent").says("tbody", "MT103 77", "sent")
	v.page(fmt.Sprintf("/desk/orders/%d", id)).says("section[aria-labelledby=refunds]", "sent", "agreed")
}

// TestFinanceDeclines: a buyer is told why nothing goes back.
func TestFinanceDeclines(t *testing.T) {
	f := newFixture(t)
	id := f.bankOrder()
	o, err := f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	_, err = f.Checkout.BankReceived(t.Context(), f.people["finance"], id, o.Total())
	f.ok(err)
	f.ok(f.Checkout.AskRefund(t.Context(), o.Token, checkout.AskInput{Reason: payments.ChangedMind,
		Lines: []checkout.AskLine{{LineID: o.Lines[0].ID, Quantity: 1}}}))
	v := f.as(t, "finance", "en")
	request, _ := v.page(fmt.Sprintf("/desk/orders/%d/refund", id)).doc.Find("input[name=request]").Attr("value")
	decline := "/desk/requests/" + request + "/decline"
	v.done(decline, nil).says(".flash", "Please write her why")
	v.done(decline, url.Values{"refuse": {"It is food"}}).says(".flash", "Declined")
	v.done(decline, url.Values{"refuse": {"It is food"}}).says(".flash", "answered or taken back")
	v.page(fmt.Sprintf("/desk/orders/%d", id)).says("section[aria-labelledby=refunds]", "declined", "It is food")
}
