package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/shipping"
)

// order places one as a buyer in Nukus does.
func (f *fixture) order(method markets.Method, name string) int64 {
	f.t.Helper()
	ctx := f.t.Context()
	added, err := f.cart.Add(ctx, "", "uz", f.variant, 1)
	f.ok(err)
	form, err := f.Checkout.Form(ctx, added.Token, "uz", i18n.RU)
	f.ok(err)
	total, err := form.Total(form.Quotes[0])
	f.ok(err)
	placed, err := f.Checkout.Place(ctx, checkout.PlaceInput{CartToken: added.Token, CheckoutToken: checkout.NewFormToken(), Market: "uz", Lang: i18n.RU,
		Email: "gulnara@example.org", Address: shipping.Address{Name: name, Phone: "+998901234567", Country: "UZ", Region: "UZ-QR", City: "Nukus", Line1: "Dosnazarov 1"},
		ShippingID: form.Quotes[0].Method.ID, Method: method, Shown: total})
	f.ok(err)
	return placed.OrderID
}

func (f *fixture) bankOrder() int64 { return f.order(markets.Bank, "Gulnara") }

func TestBankTransferIsBooked(t *testing.T) {
	f := newFixture(t)
	id := f.bankOrder()
	at := fmt.Sprintf("/desk/orders/%d", id)
	f.as(t, "curator", "en").page(at).says(".note", "Finance says when it has come")
	v := f.as(t, "finance", "en")
	v.page("/desk").says("section[aria-labelledby=transfers]", "Gulnara")
	o, err := f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	v.page(at).says("main", o.Reference, "Gulnara", "+998901234567", "Reads Russian", "waits for payment")
	for typed, want := range map[string]string{"": "fill this in", "a lot": "", "1": "not"} {
		v.post(at+"/received", url.Values{"amount": {typed}}, http.StatusUnprocessableEntity).says("#transfer ~ form", want)
	}
	if o, err = f.Orders.ByID(t.Context(), id, i18n.EN); err != nil || o.PaidAt != nil {
		t.Errorf("booked: %+v, %v", o.Order, err)
	}
	whole := url.Values{"amount": {o.Total().Decimal()}}
	a := v.done(at+"/received", whole)
	a.says(".flash", "Booked")
	a.says(".parcel", "to pack")
	a.says("main", "AW-")
	v.done(at+"/received", whole).says(".flash", "It was booked before")
	if got := f.trail(t, "order", id); !slices.Equal(got, []string{"order.bank_received"}) {
		t.Errorf("trail %v", got)
	}
	cash := f.order(markets.COD, "Aziza")
	v.done(fmt.Sprintf("/desk/orders/%d/received", cash), nil).says(".flash", "not paid by bank transfer")
}

// sent brings an order's parcel on its way and returns the parcel.
func (f *fixture) sent(order int64) int64 {
	f.t.Helper()
	o, err := f.Orders.ByID(f.t.Context(), order, i18n.EN)
	f.ok(err)
	parcel := o.Parcels[0].ID
	f.ok(f.Orders.MarkPacked(f.t.Context(), f.maker.ProducerID, f.maker.AccountID, parcel))
	f.ok(f.Orders.MarkShipped(f.t.Context(), f.maker.ProducerID, f.maker.AccountID, parcel, "uzpost", "RR123456785UZ"))
	return parcel
}

func TestCashIsBookedApartFromArrival(t *testing.T) {
	f := newFixture(t)
	id, other := f.order(markets.COD, "Aziza"), f.order(markets.COD, "Bahtiyar")
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/orders/%d", id)
	o, err := f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	early := fmt.Sprintf("%s/parcels/%d/delivered", at, o.Parcels[0].ID)
	v.page(at).has(0, ".parcel-acts button")
	v.done(early, nil).says(".flash", "not on its way")
	parcel := f.sent(id)
	v.page(at).says(".parcel-acts", "RR123456785UZ", "It has arrived")
	v.post(fmt.Sprintf("/desk/orders/%d/parcels/%d/delivered", other, parcel), nil, http.StatusNotFound)
	a := v.done(early, nil)
	a.says(".flash", "arrived")
	a.says(".parcel-cash", "due for this parcel", "Finance says")
	a.has(0, ".parcel-cash button")
	o, err = f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	if o.Status != orders.Delivered || o.PaidAt != nil {
		t.Errorf("the order is %s, paid %v", o.Status, o.PaidAt)
	}
	cash, courier := fmt.Sprintf("%s/parcels/%d/cash", at, parcel), url.Values{"collector": {"courier"}}
	v.post(cash, courier, http.StatusForbidden)
	v.post(cash, url.Values{"collector": {"producer"}}, http.StatusForbidden)
	v = f.as(t, "finance", "en")
	form := v.page(at)
	form.says(".parcel-cash", "due for this parcel", "The producer", "A courier", "Book this cash")
	form.has(3, ".parcel-cash input[type=radio][name=collector]:not([checked])") // who has it is said before it is booked
	form.says("th[scope=row]", "Melon jam")
	form.has(0, ".parcel a[href^='/desk/review/']") // a page finance may not open
	f.as(t, "curator", "en").page(at).has(1, ".parcel th[scope=row] a[href^='/desk/review/']")
	form.has(0, ".parcel th[scope=row] > [lang]:not(small)") // the buyer reads Russian, and the goods have no Russian name
	v.done(cash, nil).says(".flash", "choose who has the cash")
	a = v.done(cash, courier)
	a.says(".flash", "cash has been taken")
	a.says(".payments", "paid")
	a.says(".parcel-cash", "A courier")
	v.done(cash, courier).says(".flash", "It was booked before")
	v.post(fmt.Sprintf("/desk/orders/%d/parcels/%d/cash", other, parcel), courier, http.StatusNotFound)
	v.done(f.parcelURL(other, "cash"), courier).says(".flash", "has not left")
	v.done(f.parcelURL(f.bankOrder(), "cash"), courier).says(".flash", "not paid in cash")
	if got := f.trail(t, "parcel", parcel); !slices.Contains(got, "parcel.delivered") || !slices.Contains(got, "parcel.cash_collected") {
		t.Errorf("trail %v", got)
	}
	f.as(t, "curator", "en").page(at).has(0, ".parcel-cash-other") // that is finance's to say
	v.page(at).has(2, ".parcel-cash-other button")
	unsaid, why := url.Values{"collector": {"producer"}}, url.Values{"collector": {"producer"}, "reason": {"The slip says so"}}
	v.post(cash+"/correct", unsaid, http.StatusUnprocessableEntity).has(1, "details[open] textarea[name=reason][aria-invalid]")
	unsaid.Set("reason", strings.Repeat("x", 501))
	v.post(cash+"/correct", unsaid, http.StatusUnprocessableEntity).says("details[open] textarea[name=reason]", "xxx")
	v.done(cash+"/correct", url.Values{"reason": {"x"}}).says(".flash", "choose who has the cash")
	v.done(f.parcelURL(other, "cash/correct"), why).says(".flash", "no cash to book")
	a = v.done(cash+"/correct", why)
	a.says(".flash", "somebody else has the cash")
	a.says(".parcel-cash", "The producer")
	a.says(".trail", "not with a courier: The slip says so")
	if got := f.trail(t, "parcel", parcel); !slices.Contains(got, "parcel.cash_corrected") {
		t.Errorf("trail %v", got)
	}
}

func TestAParcelIsNotSent(t *testing.T) {
	f := newFixture(t)
	id := f.order(markets.COD, "Aziza")
	v := f.as(t, "curator", "en")
	why := url.Values{"reason": {"She is ill"}}
	v.page(fmt.Sprintf("/desk/orders/%d", id)).has(0, ".parcel-drop") // it is the whole order
	again := v.post(f.parcelURL(id, "cancel"), url.Values{"reason": {" "}}, http.StatusUnprocessableEntity)
	again.has(0, "#reason[aria-invalid]") // that is the order's own
	a := v.done(f.parcelURL(id, "cancel"), why)
	a.says(".flash", "will not be sent")
	a.says("main", "Cancelled", "She is ill")
	v.done(f.parcelURL(f.bankOrder(), "cancel"), why).says(".flash", "by a refund")
	packed := f.order(markets.COD, "Bahtiyar")
	f.sent(packed)
	v.done(f.parcelURL(packed, "cancel"), why).says(".flash", "packed it already")
}

// parcelURL is where something is said of an order's first parcel.
func (f *fixture) parcelURL(order int64, what string) string {
	f.t.Helper()
	o, err := f.Orders.ByID(f.t.Context(), order, i18n.EN)
	f.ok(err)
	return fmt.Sprintf("/desk/orders/%d/parcels/%d/%s", order, o.Parcels[0].ID, what)
}

func TestAParcelComesBack(t *testing.T) {
	f := newFixture(t)
	id, other := f.order(markets.COD, "Aziza"), f.order(markets.COD, "Bahtiyar")
	v := f.as(t, "curator", "en")
	v.done(f.parcelURL(other, "returned"), nil).says(".flash", "cannot have come back")
	parcel := f.sent(id)
	v.page(fmt.Sprintf("/desk/orders/%d", id)).has(1, ".parcel-back [name=restock]")
	a := v.done(f.parcelURL(id, "returned"), url.Values{"restock": {"yes"}})
	a.says(".flash", "it came back")
	a.says("main", "cancelled", "came back")
	a.has(0, ".parcel-back, .parcel-cash")
	if got := f.trail(t, "parcel", parcel); !slices.Contains(got, "parcel.returned") {
		t.Errorf("trail %v", got)
	}
	paid := f.order(markets.COD, "Gulnara")
	f.sent(paid)
	f.as(t, "finance", "en").done(f.parcelURL(paid, "cash"), url.Values{"collector": {"programme"}})
	a = v.page(fmt.Sprintf("/desk/orders/%d", paid))
	a.says(".parcel-back", "goes back by a refund")
	a.has(0, ".parcel-back [name=restock]")
}

func TestCancellingNeedsAReason(t *testing.T) {
	f := newFixture(t)
	id := f.bankOrder()
	v := f.as(t, "curator", "en")
	at := fmt.Sprintf("/desk/orders/%d", id)
	v.post(at+"/cancel", url.Values{"reason": {" "}}, http.StatusUnprocessableEntity).has(1, "details[open] #reason[aria-invalid]")
	a := v.done(at+"/cancel", url.Values{"reason": {"Она передумала"}})
	a.says(".flash", "cancelled")
	a.says("main", "Она передумала")
	a.has(0, "#reason")
	if got := f.trail(t, "order", id); got[0] != "order.cancelled" {
		t.Errorf("trail %v", got)
	}
	paid := f.bankOrder()
	o, err := f.Orders.ByID(t.Context(), paid, i18n.EN)
	f.ok(err)
	_, err = f.Checkout.BankReceived(t.Context(), f.people["finance"], paid, o.Total())
	f.ok(err)
	v.done(fmt.Sprintf("/desk/orders/%d/cancel", paid), url.Values{"reason": {"x"}}).says(".flash", "has been paid")
}

func TestOrdersAreFiltered(t *testing.T) {
	f := newFixture(t)
	bank, cash := f.order(markets.Bank, "Gulnara"), f.order(markets.COD, "Aziza")
	o, err := f.Orders.ByID(t.Context(), cash, i18n.EN)
	f.ok(err)
	v := f.as(t, "finance", "en")
	for query, want := range map[string][]int64{
		"":                                 {cash, bank},
		"?method=bank":                     {bank},
		"?q=aziza":                         {cash},
		"?q=" + url.QueryEscape(o.Label()): {cash},
		"?q=gulnara@example.org":           {cash, bank},
		"?market=jp":                       nil,
		"?status=paid":                     nil,
		"?refund=due":                      nil,
	} {
		var got []int64
		for _, a := range v.page("/desk/orders" + query).doc.Find("tbody th a").EachIter() {
			href, _ := a.Attr("href")
			var id int64
			_, err := fmt.Sscanf(href, "/desk/orders/%d", &id)
			f.ok(err)
			got = append(got, id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
}

func TestMoneyThatCameTooLateIsToGoBack(t *testing.T) {
	f := newFixture(t)
	id := f.bankOrder()
	f.now = f.now.Add(4 * 24 * time.Hour)
	_, err := f.Checkout.Expire(t.Context())
	f.ok(err)
	_, err = f.db.Exec(t.Context(), `update variants set stock = 0 where id = $1`, f.variant)
	f.ok(err)
	v := f.as(t, "finance", "en")
	at := fmt.Sprintf("/desk/orders/%d", id)
	o, err := f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	v.page(at).says("details", "If the transfer comes after all", o.Reference)
	v.post(at+"/received", url.Values{"amount": {"1"}}, http.StatusUnprocessableEntity).has(1, "details[open] #amount[aria-invalid]")
	v.done(at+"/received", url.Values{"amount": {o.Total().Decimal()}}).says(".flash", "the money must go back")
	v.page("/desk/refunds").says("tbody", o.Reference, "by hand", "paid for nothing")
	v.page("/desk/orders?refund=due").says("tbody", "Gulnara", "refund due")
	home := v.page("/desk")
	home.says(".figures a[href='/desk/refunds?view=hand']", "1")
	home.says(".mast nav a[href='/desk/refunds']", "1") // the menu counts the same
	home.says(".figures a[href='/desk/payouts']", "0")
	home.has(1, ".figures a[href='/desk/closing/queue']")
	home.has(0, ".nothing")
}

func TestLateParcelsAreAskedAbout(t *testing.T) {
	f := newFixture(t)
	id := f.order(markets.COD, "Aziza")
	v := f.as(t, "curator", "en")
	v.page("/desk").says("#late", "No parcel has waited too long")
	f.now = f.now.Add(orders.PackWithin + time.Hour)
	o, err := f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	v.page("/desk").says("#late", o.Label(), "Altın Qawın", "to pack", "3 d")
	f.ok(f.Orders.MarkPacked(t.Context(), f.maker.ProducerID, f.maker.AccountID, o.Parcels[0].ID))
	v.page("/desk").says("#late", "No parcel has waited too long")
	f.now = f.now.Add(orders.SendWithin + time.Hour)
	v.page("/desk").says("#late", "packed", "2 d")
}

// TestNothingIsEarnedWithWhatWentBack: neither with a parcel that is cancelled
// nor with pieces whose money goes back.
func TestNothingIsEarnedWithWhatWentBack(t *testing.T) {
	f := newFixture(t)
	gone, kept := f.order(markets.COD, "Aziza"), f.bankOrder()
	v := f.as(t, "admin", "en")
	earned := "tbody tr > td:last-child"
	v.page(fmt.Sprintf("/desk/orders/%d", gone)).says(".parcel "+earned, "50,400")
	f.ok(f.Checkout.CancelByStaff(t.Context(), f.people["admin"], gone, "no"))
	v.page(fmt.Sprintf("/desk/orders/%d", gone)).says(".parcel "+earned, "–")

	o, err := f.Orders.ByID(t.Context(), kept, i18n.EN)
	f.ok(err)
	_, err = f.Checkout.BankReceived(t.Context(), f.people["finance"], kept, o.Total())
	f.ok(err)
	at := fmt.Sprintf("/desk/orders/%d", kept)
	v.page(at).says(".parcel "+earned, "50,400")
	_, err = f.Checkout.DecideRefund(t.Context(), f.people["finance"], checkout.RefundInput{OrderID: kept, FormToken: checkout.NewFormToken(), Reason: "Broken",
		Lines: []checkout.RefundPiece{{LineID: o.Lines[0].ID, Quantity: 1}}})
	f.ok(err)
	v.page(at).says(".parcel "+earned, "–")
}
