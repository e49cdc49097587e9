package desk_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
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
	field := fmt.Sprintf("#proof-%d[aria-invalid]", refunds[0].ID)
	again := v.post(sent, url.Values{"till": {"cash"}}, http.StatusUnprocessableEntity)
	again.has(1, field)
	again.has(1, "option[value=cash][selected]")
	long := url.Values{"till": {"cash"}, "proof": {strings.Repeat("x", 501)}, "order": {fmt.Sprint(id)}}
	again = v.post(sent, long, http.StatusUnprocessableEntity)
	again.has(1, field)
	again.has(1, "section[aria-labelledby=refunds] input[name=proof][value^=xxx]")
	list := v.page("/desk/refunds?view=hand")
	list.has(1, "select[name=till] option:first-child[value=bank]")
	list.has(0, "select[name=till] option:is([value=payme], [value=stripe], [value=courier])")
	v.post(sent, url.Values{"till": {"payme"}, "proof": {"x"}}, http.StatusUnprocessableEntity).says("main", "cannot have been sent from there")

	v.done(sent, url.Values{"till": {"cash"}, "proof": {"Gulnara signed"}}).says(".flash", "Booked")
	undo := fmt.Sprintf("/desk/refunds/%d/undo", refunds[0].ID)
	v.page("/desk/refunds?view=sent").says("tbody", "by hand, from the programme’s cash", "Gulnara signed")
	v.post(undo, nil, http.StatusUnprocessableEntity).has(1, "tr.under details[open] input[name=undo][aria-invalid]")
	v.post(undo, url.Values{"order": {fmt.Sprint(id)}}, http.StatusUnprocessableEntity).has(1, "section[aria-labelledby=refunds] details[open] input[name=undo][aria-invalid]")
	f.as(t, "curator", "en").post(undo, url.Values{"undo": {"x"}}, http.StatusForbidden)
	v.done(undo, url.Values{"undo": {"It was the bank"}}).says(".flash", "Taken back")
	v.done(undo, url.Values{"undo": {"It was the bank"}}).says(".flash", "changed it meanwhile")
	v.page("/desk/refunds?view=hand").says("tbody", "to send again", "that was wrong")
	v.page(fmt.Sprintf("/desk/audit?kind=refund&id=%d&action=refund.taken_back", refunds[0].ID)).says("tbody", "It was the bank")

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
	v.post(decline, nil, http.StatusUnprocessableEntity).has(1, "details[open] #refuse[aria-invalid]")
	long := strings.Repeat("No. ", 501)
	v.post(decline, url.Values{"refuse": {long}}, http.StatusUnprocessableEntity).says("details[open] #refuse", "No. No.")
	v.done(decline, url.Values{"refuse": {"It is food"}}).says(".flash", "Declined")
	v.done(decline, url.Values{"refuse": {"It is food"}}).says(".flash", "answered or taken back")
	v.page(fmt.Sprintf("/desk/orders/%d", id)).says("section[aria-labelledby=refunds]", "declined", "It is food")
}

// cardGateway takes any card and sends back what it is asked to.
type cardGateway struct{ asked money.Amount }

func (*cardGateway) Provider() payments.Provider { return payments.ProviderStripe }

func (*cardGateway) Accepts(money.Amount) error { return nil }

func (g *cardGateway) Start(_ context.Context, a payments.Attempt) (payments.Started, error) {
	g.asked = a.Amount
	return payments.Started{ProviderRef: "cs_" + a.Reference, RedirectURL: "https://pay.test"}, nil
}

func (g *cardGateway) Lookup(context.Context, string) (payments.Outcome, error) {
	return payments.Outcome{Status: payments.StatusSucceeded, Amount: g.asked}, nil
}

func (*cardGateway) Expire(context.Context, string) error { return nil }

func (*cardGateway) Refund(_ context.Context, r payments.RefundOrder) (payments.RefundOutcome, error) {
	return payments.RefundOutcome{Ref: "re_1", Status: payments.RefundArrived, RefundID: r.RefundID, Amount: r.Amount}, nil
}

func (*cardGateway) LookupRefund(context.Context, string) (payments.RefundOutcome, error) {
	return payments.RefundOutcome{}, nil
}

// TestWhatWentBackInTheProvidersPages is not sent once more: staff say so when
// they decide.
func TestWhatWentBackInTheProvidersPages(t *testing.T) {
	f := newFixture(t)
	f.Checkout.Gateways = payments.NewGateways(&cardGateway{})
	f.Checkout.Providers[markets.Card] = payments.ProviderStripe
	uz, err := f.Markets.ByCode(t.Context(), "uz")
	f.ok(err)
	uz.Methods = append(uz.Methods, markets.PaymentMethod{Method: markets.Card, HoldMinutes: minutes(30)})
	f.ok(f.Markets.Save(t.Context(), uz))
	id := f.order(markets.Card, "Gulnara")
	o, err := f.Checkout.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	_, err = f.Checkout.PaymentConfirmed(t.Context(), payments.ProviderStripe, o.Payments[0].Ref())
	f.ok(err)

	v := f.as(t, "finance", "en")
	at := fmt.Sprintf("/desk/orders/%d/refund", id)
	page := v.page(at)
	page.has(1, "input[name=away]:not([checked])")
	form := url.Values{"token": {page.value("input[name=token]")}, "line": {fmt.Sprint(o.Lines[0].ID)}, "pieces": {"1"}, "away": {"yes"}}
	v.post(at, form, http.StatusUnprocessableEntity).has(1, "input[name=away][checked]")
	form.Set("reason", "Broken on the way")
	v.done(at, form).says(".flash", "Decided")
	refunds, err := f.Payments.RefundsOfOrder(t.Context(), id)
	f.ok(err)
	if len(refunds) != 1 || refunds[0].Method != payments.ByHand || !refunds[0].ForHands() {
		t.Errorf("%+v", refunds)
	}
}
