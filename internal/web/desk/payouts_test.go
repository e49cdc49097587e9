package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payouts"
)

// owed books that the programme owes the fixture's producer a sum, as if she
// had paid it in.
func (f *fixture) owed(entry, minor int64) {
	f.t.Helper()
	_, err := f.db.Exec(f.t.Context(), `alter table ledger_transactions disable trigger ledger_subject`) // no line of a bank says so
	f.ok(err)
	p, err := ledger.DebtPaid(entry, f.maker.ProducerID, ledger.TillCash, money.New(minor, money.UZS), f.now, 0)
	f.ok(err)
	_, err = ledger.New(f.db).Post(f.t.Context(), p)
	f.ok(err)
}

func TestPayoutsByTwoPeople(t *testing.T) {
	f := newFixture(t)
	f.owed(1, 50_000_000)
	v, w := f.as(t, "finance", "en"), f.as(t, "admin", "en")
	v.page("/desk/payouts").says("section[aria-labelledby=apart]", "Altın Qawın", "Nobody has said", "500,000")
	v.done("/desk/payouts", url.Values{"currency": {"UZS"}}).says(".flash", "Nobody can be paid now")

	at := fmt.Sprintf("/desk/producers/%d/money", f.maker.ProducerID)
	v.post(at, url.Values{"kind": {"bank"}, "holder": {"Altın"}, "bank_code": {"873"}, "number": {"20208000900123456001"}}, http.StatusUnprocessableEntity).
		says("#bank_code-problem", "5 digits")
	v.done(at, url.Values{"kind": {"bank"}, "holder": {"Altın"}, "bank_code": {"00873"}, "number": {"2020 8000 9001 2345 6001"}}).
		says("section[aria-labelledby=ready-UZS]", "500,000", "1 producer")
	if a := v.page(at); strings.Contains(a.body, "20208000") {
		t.Error("the page shows the number")
	}

	a := v.done("/desk/payouts", url.Values{"currency": {"UZS"}})
	a.says(".flash", "Proposed")
	a.says("section[aria-labelledby=two]", "Test finance proposed it", "You proposed this batch")
	a.has(0, "form[action$='/approve']")
	v.done("/desk/payouts/1/approve", nil).says(".flash", "You proposed this batch")
	v.post("/desk/payouts/1/reject", nil, http.StatusUnprocessableEntity).has(1, "#reason-0[aria-invalid]")

	a = w.page("/desk/payouts/1")
	a.has(1, "#payout-1 a[href='/desk/payouts/1/1.pdf']")
	if pdf := w.page("/desk/payouts/1/1.pdf"); !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Error("no statement of what is proposed")
	}
	a.has(1, "form[action$='/approve']")
	a.says("tbody", "•••• 6001, 00873", "Test finance wrote this")
	a = w.done("/desk/payouts/1/approve", nil)
	a.says(".flash", "Approved: 1", "Nothing has been sent yet")
	a.says("#payout-1", "approved on")
	a.says(".back", "approved on")
	a.says("section[aria-labelledby=two]", "Test admin approved it")
	w.done("/desk/payouts/1/approve", nil).says(".flash", "already")

	file := v.post("/desk/payouts/1/file", nil, http.StatusOK)
	if !strings.Contains(file.body, "1,00873,20208000900123456001,,Altın,500000.00,") {
		t.Errorf("the file: %q", file.body)
	}
	v.page("/desk/payouts/1").says("main", "SHA-256")
	v.page("/desk/payouts/1").says("#payout-1", "In a file for the bank")
	if pdf := v.page("/desk/payouts/1/1.pdf"); !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Error("no PDF")
	}
	v.get("/desk/payouts/2/1.pdf", http.StatusNotFound)
	v.page("/desk/payouts/1/1.csv")

	v.post("/desk/payouts/1/1/paid", nil, http.StatusUnprocessableEntity).has(1, "#proof-1[aria-invalid]")
	v.done("/desk/payouts/1/1/paid", url.Values{"proof": {"Order 17"}}).says("#payout-1", "paid", "Order 17")
	v.done("/desk/payouts/1/1/paid", url.Values{"proof": {"Order 17"}}).says(".flash", "somebody was faster")
	_, err := f.db.Exec(t.Context(), `insert into account_roles (account_id, role) values ($1, 'finance')`, f.people["curator"])
	f.ok(err)
	a = f.as(t, "curator", "en").done("/desk/payouts/1/1/returned", url.Values{"reason": {"Account closed"}})
	a.says(".flash", "another person of finance")
	a.says("#payout-1", "Test curator says it came back: Account closed")
	a.has(0, "form[action$='/returned']")
	w.done("/desk/payouts/1/1/withdraw", nil).says(".flash", "somebody was faster")
	third := f.as(t, "curator", "en")
	third.done("/desk/payouts/1/1/withdraw", nil).says(".flash", "withdrawn")
	third.done("/desk/payouts/1/1/returned", url.Values{"reason": {"Account closed"}}).has(1, "form[action$='/withdraw']")
	w.done("/desk/payouts/1/1/returned", url.Values{"reason": {"The bank says so"}}).says("#payout-1", "came back", "The bank says so")
	v.page("/desk/payouts").says("section[aria-labelledby=ready-UZS]", "500,000")
	if got, want := f.trail(t, "payout_batch", 1), []string{"payout.exported", "payout.approved", "payout.proposed"}; !slices.Equal(got, want) {
		t.Errorf("trail %v", got)
	}

	w.done("/desk/payouts", url.Values{"currency": {"UZS"}}).says("#payout-2", "AWP-1 came back", "Test curator", "Test admin")
	v.done("/desk/payouts/2/approve", nil).says(".flash", "You wrote down where the money of")
	v.done("/desk/payouts/2/reject", url.Values{"reason": {"Wait for the new account"}}).says("main", "rejected", "Wait for the new account", "left out", "1 payout, 500,000")
	v.page("/desk/payouts").says("section[aria-labelledby=batches] tbody", "rejected", "500,000")
	for _, lang := range []string{"en", "ru"} {
		one := f.as(t, "finance", lang)
		for _, path := range []string{"/desk/payouts", "/desk/payouts/1", "/desk/payouts/2", at} {
			if found := leftover.FindString(one.page(path).doc.Find("body").Text()); found != "" {
				t.Errorf("%s in %s says %q", path, lang, found)
			}
		}
	}
}

// TestWhatIsDueIsProposed though no job has released it; and what was never in
// a file comes back by two as well.
func TestWhatIsDueIsProposed(t *testing.T) {
	f := newFixture(t)
	id := f.bankOrder()
	o, err := f.Orders.ByID(t.Context(), id, i18n.EN)
	f.ok(err)
	_, err = f.Checkout.BankReceived(t.Context(), f.people["finance"], id, o.Total())
	f.ok(err)
	parcel := o.Parcels[0].ID
	f.ok(f.Orders.MarkPacked(t.Context(), f.maker.ProducerID, f.people["producer"], parcel))
	f.ok(f.Orders.MarkShipped(t.Context(), f.maker.ProducerID, f.people["producer"], parcel, "uzpost", "RR123456785UZ"))
	f.ok(f.Checkout.ArrivedForStaff(t.Context(), f.people["admin"], parcel))
	v, w := f.as(t, "finance", "en"), f.as(t, "admin", "en")
	f.ok(f.Payouts.SetDestination(t.Context(), f.maker.ProducerID, f.people["producer"], payouts.Typed{Kind: payouts.KindCash, Holder: "Altın", HandedBy: "Berik"}))
	v.page("/desk/payouts").says("main", "Nobody can be paid now")
	f.now = f.now.AddDate(0, 0, 8)
	v.page("/desk/payouts").has(1, "section[aria-labelledby=ready-UZS] button")
	v.done("/desk/payouts", url.Values{"currency": {"UZS"}}).says(".flash", "Proposed")
	w.done("/desk/payouts/1/approve", nil).says("#payout-1", "approved on")
	said := url.Values{"reason": {"She was away"}}
	v.done("/desk/payouts/1/1/returned", said).says(".flash", "another person of finance")
	v.done("/desk/payouts/1/1/returned", said).says("#payout-1", "approved on")
	w.done("/desk/payouts/1/1/returned", url.Values{"reason": {"I asked her"}}).says("#payout-1", "came back", "I asked her")
}

// TestWhoSellsHoldsNoFinance: one of a producer's people is not given finance.
func TestWhoSellsHoldsNoFinance(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "admin", "en")
	at := fmt.Sprintf("/desk/people/%d/roles", f.people["producer"])
	v.post(at, url.Values{"roles": {"finance"}}, http.StatusUnprocessableEntity).says("main", "cannot hold finance")
	v.done(at, url.Values{"roles": {"curator"}})
}
