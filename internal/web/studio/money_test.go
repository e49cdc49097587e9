package studio_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"awil/internal/accounts"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payouts"
)

// owed books that the programme owes a producer a sum, as if she had paid it in.
func (w *world) owed(producer, entry, minor int64) {
	w.t.Helper()
	_, err := w.db.Exec(w.t.Context(), `alter table ledger_transactions disable trigger ledger_subject`) // no line of a bank says so
	w.must(err)
	p, err := ledger.DebtPaid(entry, producer, ledger.TillCash, money.New(minor, money.UZS), w.now, 0)
	w.must(err)
	_, err = ledger.New(w.db).Post(w.t.Context(), p)
	w.must(err)
}

// office is somebody of finance.
func (w *world) office(email string) int64 {
	w.t.Helper()
	id, err := w.Accounts.Create(w.t.Context(), accounts.NewAccount{Login: accounts.Login{Email: email}, Name: email, Lang: i18n.EN,
		Password: password, Roles: accounts.Roles{accounts.RoleFinance}})
	w.must(err)
	return id
}

var card = url.Values{"kind": {"card"}, "holder": {"Aysulu"}, "number": {"8600 1234 5678 9012"}}

// TestMoneyIsSaidInOneSentence: nothing, ready, on its way, owed.
func TestMoneyIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	b.post("/studio/language", url.Values{"lang": {"en"}})
	says := func(selector string, words ...string) {
		t.Helper()
		text := strings.Join(strings.Fields(b.get("/studio/money").doc.Find(selector).Text()), " ")
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s does not say %q: %q", selector, word, text)
			}
		}
	}
	says("h1", "Nothing is waiting")
	w.owed(w.her.ProducerID, 1, 50_000_000)
	says("main", "Ready for you", "500,000", "Say first where", "Nobody knows yet")
	if res := b.post("/studio/money/to", card); res.to() != "/studio/money" {
		t.Fatalf("%d %s", res.StatusCode, res.body)
	}
	says("main", "with its next payout, to the card ending in 9012")

	finance, second := w.office("finance@example.org"), w.office("second@example.org")
	id, err := w.Payouts.Propose(t.Context(), finance, money.UZS)
	w.must(err)
	_, err = w.Payouts.Approve(t.Context(), second, id)
	w.must(err)
	says("main", "On its way to you", "500,000", "ending in 9012", "What was paid to you")
	if text := b.get("/studio/money/p1").doc.Find("main").Text(); !strings.Contains(text, "Paid to you, AWP-1") || !strings.Contains(text, "−500,000") {
		t.Errorf("the payout's statement: %q", text)
	}
	w.must(w.Payouts.MarkPaid(t.Context(), finance, 1, "No. 5"))
	says("h1", "Nothing is waiting")
	says("section[aria-labelledby=payouts]", "500,000", "paid")
}

func TestMoneyToIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	b.post("/studio/language", url.Values{"lang": {"en"}})
	res := b.post("/studio/money/to", url.Values{"kind": {"card"}, "holder": {"Aysulu"}, "number": {"8600 1234 5678 9013"}})
	if res.StatusCode != http.StatusUnprocessableEntity || res.doc.Find("#number[aria-invalid]").Length() != 1 ||
		res.doc.Find("#holder").AttrOr("value", "") != "Aysulu" || !strings.Contains(res.doc.Find("#number-problem").Text(), "One digit") {
		t.Errorf("%d %s", res.StatusCode, res.doc.Find("main").Text())
	}
	b.post("/studio/money/to", card)
	res = b.get("/studio/money/to")
	if strings.Contains(res.body, "8600") || !strings.Contains(res.doc.Find("#number-hint").Text(), "9012") {
		t.Error(res.doc.Find("form").Text())
	}
	keep := url.Values{"kind": {"card"}, "holder": {"Aysulu T"}}
	if res := b.post("/studio/money/to", keep); res.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", res.StatusCode)
	}
	to, err := w.Payouts.Destination(t.Context(), w.her.ProducerID)
	w.must(err)
	if to.Holder != "Aysulu T" || to.Tail != "9012" {
		t.Errorf("%+v", to)
	}
}

// TestAnothersMoneyIsNotFound: a payout of another workshop, by its number.
func TestAnothersMoneyIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owed(w.other.ProducerID, 1, 50_000_000)
	finance, second := w.office("finance@example.org"), w.office("second@example.org")
	w.must(w.Payouts.SetDestination(t.Context(), w.other.ProducerID, w.other.AccountID, payouts.Typed{Kind: payouts.KindCash, Holder: "B", HandedBy: "C"}))
	id, err := w.Payouts.Propose(t.Context(), finance, money.UZS)
	w.must(err)
	_, err = w.Payouts.Approve(t.Context(), second, id)
	w.must(err)
	her, other := w.signedIn(w.herID), w.signedIn(w.otherID)
	for _, path := range []string{"/studio/money/p1", "/studio/money/p1.pdf", "/studio/money/p1.csv"} {
		if got := her.get(path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
		if got := other.get(path).StatusCode; got != http.StatusOK {
			t.Errorf("her own %s: %d", path, got)
		}
	}
	for path, want := range map[string]int{"/studio/money/2026-11.pdf": 200, "/studio/money/now.csv": 200, "/studio/money/2026-11.exe": 404, "/studio/money/1999-01": 404,
		"/studio/money/p0": 404, "/studio/money?in=KGS": 200, "/studio/money?in=no": 404} {
		if got := her.get(path).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if res := other.get("/studio/money/p1.pdf"); !strings.HasPrefix(res.body, "%PDF-") || !strings.Contains(res.Header.Get("Content-Disposition"), ".pdf") {
		t.Errorf("%v", res.Header)
	}
}

// TestAMonthThatHasNotBegun has no page and no file.
func TestAMonthThatHasNotBegun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn(w.herID)
	next := w.now.AddDate(0, 2, 0).Format("2006-01")
	for _, ending := range []string{"", ".csv", ".pdf"} {
		if res := b.get("/studio/money/" + next + ending); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s%s: %d", next, ending, res.StatusCode)
		}
		if res := b.get("/studio/money/" + w.now.Format("2006-01") + ending); res.StatusCode != http.StatusOK {
			t.Errorf("this month%s: %d", ending, res.StatusCode)
		}
	}
}
