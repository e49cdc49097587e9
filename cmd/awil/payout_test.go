package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
)

// TestPayoutByTwoPeople: one person of finance proposes a batch and cannot
// approve it, another does; the bank gets its file, the batch is paid with a
// proof, and what the bank sends back is owed again.
func TestPayoutByTwoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	en := i18n.For(i18n.EN)
	her := producer{w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio"), w, i18n.For(i18n.KAA)}
	hers, others := w.soldByTwo(her)
	her.sayWhere()
	finance := w.finance("/desk/payouts")
	w.sayWhereFor(finance, "liquorice-tea")
	total := money.New(hers.Minor+others.Minor, money.UZS)
	finance.See(en.Money(total), en.T("till.payout.ready_n", "n", 2))

	finance.Press(en.T("till.payout.propose"))
	finance.See(en.T("till.payout.batch_of", "n", 2, "amount", total), en.T("till.payout.two.you"))
	if finance.Find(en.T("till.payout.approve")) {
		t.Error("whoever proposed is asked to approve")
	}
	at := finance.Path()
	office := newClient(t, w.app.BaseURL)
	office.signIn(t, "finance@demo.awil", demoKey)
	if a, err := office.post(at+"/approve", nil); err != nil || a.status != http.StatusSeeOther || w.text("select status from payout_batches") != "proposed" {
		t.Errorf("approved by whoever proposed: %d %v", a.status, err)
	}
	admin := w.signedIn(browsertest.Desktop, "admin@demo.awil", at)
	admin.Press(en.T("till.payout.approve"))
	admin.See(en.T("till.payout.is_approved", "n", 2, "lowered", 0, "dropped", 0))
	her.money()
	her.See(her.l.T("money.big.way"), her.l.Money(hers))

	w.bankFile(office, at, map[string]money.Amount{"8600123456789012": hers, "20208000900100001010": others})
	finance.Reload()
	finance.See("SHA-256")
	finance.Click(en.T("till.payout.pay_all"))
	form := finance.In(fmt.Sprintf("form[action='%s/paid']", at))
	form.Fill(en.T("till.payout.proof"), "No. 17")
	form.Press(en.T("till.payout.pay_all"))
	finance.See(en.T("till.payout.is_paid", "n", 2), en.T("till.payout.state.settled"), "No. 17")
	her.money()
	her.See(her.l.T("money.big.none"), her.l.T("money.state.paid"))
	w.statements(at)

	w.returned(finance, admin, at)
	her.money()
	her.See(her.l.T("money.big.ready"), her.l.Money(hers), her.l.T("money.state.returned"), "Karta jabılǵan")
	finance.Visit("/desk/payouts")
	finance.See(en.T("till.payout.ready_n", "n", 1), en.Money(hers))
	finance.Press(en.T("till.payout.propose"))
	finance.See(en.T("till.payout.batch_of", "n", 1, "amount", hers))
	w.proven()
}

// soldByTwo sells something of two workshops by Payme, lets it arrive and the
// days pass, and returns what each has earned.
func (w *world) soldByTwo(her producer) (hers, others money.Amount) {
	w.t.Helper()
	b := w.buyer(browsertest.Phone, i18n.UZ, "uz")
	tea := w.good("liquorice-tea", i18n.UZ)
	b.put(tea)
	o := b.buy(w.good("melon-jam", i18n.UZ), markets.Payme)
	her.Visit("/studio")
	w.ship(her.Page, her.l, "uzpost", "RR123456785UZ")
	w.sendFor(o, tea)
	b.arrived(o)
	w.holdOver()
	earned := func(own bool) money.Amount {
		return money.New(int64(w.number(`select p.shipping_minor + (select sum(l.line_minor - l.line_minor / 10) from order_lines l where l.parcel_id = p.id)
			from parcels p where p.order_id = $1 and (p.producer_id = (select producer_id from products where id = $2)) = $3`, o.id, tea.id, own)), money.UZS)
	}
	return earned(false), earned(true)
}

// sendFor packs and ships for a workshop of the demo that has no account.
func (w *world) sendFor(o order, g good) {
	w.t.Helper()
	ctx := w.t.Context()
	from := int64(w.number("select producer_id from products where id = $1", g.id))
	parcel := int64(w.number("select id from parcels where order_id = $1 and producer_id = $2", o.id, from))
	by := int64(w.number("select id from accounts where email = 'curator@demo.awil'"))
	if err := w.app.services.orders.MarkPacked(ctx, from, by, parcel); err != nil {
		w.t.Fatal(err)
	}
	if err := w.app.services.orders.MarkShipped(ctx, from, by, parcel, "uzpost", "RR123456799UZ"); err != nil {
		w.t.Fatal(err)
	}
}

// sayWhereFor writes down for a producer which account her money goes to.
func (w *world) sayWhereFor(finance *browsertest.Page, slug string) {
	w.t.Helper()
	en := i18n.For(i18n.EN)
	finance.Press(w.producerName(w.good(slug, i18n.EN), i18n.EN))
	finance.Choose(en.T("till.payout.kind.bank"))
	finance.Fill(en.T("money.to.holder"), "Boyan Kooperativ")
	finance.Fill(en.T("money.to.number"), "2020 8000 9001 0000 1010")
	finance.PressStatus(en.T("till.payout.save"), 422)
	finance.Fill(en.T("money.to.bank_code", "name", "MFO"), "00621")
	finance.Press(en.T("till.payout.save"))
	finance.See(en.T("till.payout.is_saved"))
}

// bankFile takes the file for the bank and looks for a sum by each number.
func (w *world) bankFile(office *client, at string, want map[string]money.Amount) {
	w.t.Helper()
	a, err := office.post(at+"/file", url.Values{})
	if err != nil || a.status != http.StatusOK {
		w.t.Fatalf("bank file: %d %v", a.status, err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\uFEFF")))).ReadAll()
	if err != nil || len(rows) != len(want)+1 || strings.Join(rows[0], ",") != "N,MFO,ACCOUNT,CARD,NAME,AMOUNT,PURPOSE" {
		w.t.Fatalf("bank file: %v\n%s", err, a.body)
	}
	for _, row := range rows[1:] {
		number := row[2] + row[3]
		if row[5] != want[number].Decimal() || !strings.Contains(row[6], "AWP-") || (row[1] == "00621") != (row[2] != "") {
			w.t.Errorf("the bank is told %q, want %v", row, want[number])
		}
	}
}

// statements fetches the papers of a producer's payout: hers in the studio,
// the same at the desk.
func (w *world) statements(at string) {
	w.t.Helper()
	kaa := i18n.For(i18n.KAA)
	id := w.number("select y.id from payouts y join producer_members m on m.producer_id = y.producer_id join accounts a on a.id = m.account_id where a.email = 'melon@demo.awil'")
	her, finance := newClient(w.t, w.app.BaseURL), newClient(w.t, w.app.BaseURL)
	her.signIn(w.t, "melon@demo.awil", demoKey)
	finance.signIn(w.t, "finance@demo.awil", demoKey)
	for _, paper := range []struct {
		by    *client
		path  string
		holds string
	}{
		{her, fmt.Sprintf("/studio/money/p%d.pdf", id), "%PDF-"},
		{her, fmt.Sprintf("/studio/money/p%d.csv", id), kaa.T("money.kind.sale")},
		{finance, fmt.Sprintf("%s/%d.pdf", at, id), "%PDF-"},
		{finance, fmt.Sprintf("%s/%d.csv", at, id), fmt.Sprintf("AWP-%d", id)},
	} {
		a, err := paper.by.get(paper.path)
		if err != nil || a.status != http.StatusOK || !bytes.Contains(a.body, []byte(paper.holds)) {
			w.t.Errorf("%s: %d %v, without %q", paper.path, a.status, err, paper.holds)
		}
	}
}

// returned says that the bank has sent the demo's producer's money back: as it
// was in a file for the bank, two people say so.
func (w *world) returned(first, second *browsertest.Page, at string) {
	w.t.Helper()
	en := i18n.For(i18n.EN)
	id := w.number("select y.id from payouts y join producer_members m on m.producer_id = y.producer_id join accounts a on a.id = m.account_id where a.email = 'melon@demo.awil'")
	say := func(p *browsertest.Page, word string) {
		p.In(fmt.Sprintf("#payout-%d", id)).Click(word)
		form := p.In(fmt.Sprintf("form[action='%s/%d/returned']", at, id))
		form.Fill(en.T("till.payout.return_why"), "Karta jabılǵan")
		form.Press(word)
	}
	say(first, en.T("till.payout.return"))
	first.See(en.T("till.payout.return_asked"))
	second.Visit(at)
	say(second, en.T("till.payout.return_confirm"))
	second.See(en.T("till.payout.is_returned"), en.T("till.payout.one.returned"))
}
