package desk_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/i18n"
	"awil/internal/markets"
)

// send uploads a file with a form.
func (v *visitor) send(path string, fields map[string]string, name, file string) answer {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, value := range fields {
		v.f.ok(form.WriteField(key, value))
	}
	w, err := form.CreateFormFile("file", name)
	v.f.ok(err)
	_, err = w.Write([]byte(file))
	v.f.ok(err)
	v.f.ok(form.Close())
	r := httptest.NewRequest(http.MethodPost, origin+path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	for key, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: key, Value: value})
	}
	rec := httptest.NewRecorder()
	v.f.handler.ServeHTTP(rec, r)
	res := rec.Result()
	for _, c := range res.Cookies() {
		v.cookies[c.Name] = c.Value
	}
	doc, err := goquery.NewDocumentFromReader(res.Body)
	v.f.ok(err)
	return answer{res, v.t, "", doc}
}

// take uploads a bank statement in soʻm that must be taken, and returns its page.
func (v *visitor) take(rows ...string) answer {
	v.t.Helper()
	text := "Date;Document number;Counterparty;Amount;Purpose\n" + strings.Join(rows, "\n") + "\n"
	a := v.want(http.StatusSeeOther, v.send("/desk/closing/imports", map[string]string{"till": "bank", "currency": "UZS"}, "bank.csv", text))
	return v.page(a.Header.Get("Location"))
}

// hrefOf is the first link a selector finds.
func (a answer) hrefOf(selector string) string {
	a.t.Helper()
	href, ok := a.doc.Find(selector).First().Attr("href")
	if !ok {
		a.t.Fatalf("no link %s", selector)
	}
	return href
}

// From the statement to the verdict, as finance does it in the morning.
func TestFinanceMatchesAStatementAndClosesTheDay(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "finance", "en")
	o, err := f.Checkout.ByID(t.Context(), f.bankOrder(), i18n.EN)
	f.ok(err)
	total := strings.Fields(o.Total().String())[0]
	v.take("21.11.2026;1;GULNARA;"+total+";"+strings.ToLower(o.Reference), "21.11.2026;2;X;777.00;=cmd()").
		says("main", "2 lines", "2 to look at")
	queue := v.page("/desk/closing/queue")
	queue.says("main", "An order’s transfer", o.Reference, "Money we do not know", "=cmd()")
	v.done("/desk/closing/queue/book", nil).says(".flash", "1 line is booked")
	v.page(fmt.Sprintf("/desk/orders/%d", o.ID)).says(".back", "paid")
	line := v.page("/desk/closing/queue").hrefOf("tbody th a")
	v.page(line).says("main", "777", "Say what it is", "Not explained yet")
	v.post(line+"/resolve", url.Values{"as": {"unexplained"}}, http.StatusUnprocessableEntity).says("main", "Say why")
	cash, err := f.Orders.ByID(t.Context(), f.order(markets.COD, "Aziza"), i18n.EN)
	f.ok(err)
	v.post(line+"/resolve", url.Values{"as": {"transfer"}, "order": {cash.Label()}}, http.StatusUnprocessableEntity).says("main", cash.Label()+" is paid in cash at the door")
	v.post(line+"/resolve", url.Values{"as": {"transfer"}, "order": {o.Reference}}, http.StatusUnprocessableEntity).says("main", "matched with another line")
	v.done(line+"/resolve", url.Values{"as": {"unexplained"}, "memo": {"asked the bank"}}).says("main", "asked the bank", "Transaction")
	v.post(line+"/undo", nil, http.StatusUnprocessableEntity).says("main", "Say why")
	v.done(line+"/undo", url.Values{"memo": {"it is nothing"}}).says(".flash", "open again")
	v.post(line+"/resolve", url.Values{"as": {"ignored"}}, http.StatusUnprocessableEntity).has(1, "#reason-problem")
	v.done(line+"/resolve", url.Values{"as": {"ignored"}, "reason": {"a test of the bank"}}).says(".back", "set aside")
	v.post("/desk/closing", url.Values{"day": {"2026-11-21"}}, http.StatusUnprocessableEntity).says("main", "not over yet")
	f.now = f.now.Add(24 * time.Hour)
	v.done("/desk/closing", url.Values{"day": {"2026-11-21"}}).says("main", "all matched", "Bank", "Nothing. Every line has its entry")
	v.page("/desk/closing").says("tbody", "all matched")
	v.page("/desk/audit?kind=import_line").says("tbody", "said what a line is", "took a match apart")
}

// What a provider kept is said with its payout, booked with it and undone with it.
func TestFinanceSaysWhatAProviderKept(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "finance", "en")
	v.take("21.11.2026;1;PAYME;990000.00;for sales", "21.11.2026;2;PAYME;-5.00;fee")
	line := v.page("/desk/closing/queue").hrefOf("tbody th a")
	v.page(line).has(1, `input[name="kept"]`)
	v.page("/desk/closing/lines/2").has(0, `input[name="kept"]`)
	payout := func(till, kept string) url.Values {
		return url.Values{"as": {"provider_payout"}, "till": {till}, "kept": {kept}}
	}
	for _, kept := range []string{"much", "-5", "1.005,001"} {
		a := v.post(line+"/resolve", payout("payme", kept), http.StatusUnprocessableEntity)
		a.has(1, "#kept-problem")
		if got, _ := a.doc.Find(`input[name="kept"]`).Attr("value"); got != kept {
			t.Errorf("%q was typed, and %q is shown", kept, got)
		}
	}
	v.post(line+"/resolve", payout("stripe", "10000"), http.StatusUnprocessableEntity).says("#kept-problem", "booked twice")
	v.done(line+"/resolve", payout("payme", "10 000,50")).says("main", "Transaction")
	books := v.page("/desk/ledger")
	books.says("main", "Providers’ fees", "10,000.50", "1,000,000.50")
	fee := v.page(v.page(books.hrefOf(`tbody a[href*="kind=fees"]`)).hrefOf("tbody th a"))
	fee.says("main", "entry by hand", "told elsewhere")
	v.done(line+"/undo", url.Values{"memo": {"another sum"}}).says(".flash", "open again")
	v.done(line+"/resolve", payout("payme", "")).says("main", "Transaction")
	v.page("/desk/audit?kind=import_line").says("tbody", "said what a line is")
}

func TestTheBooksCanBeRead(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "finance", "en")
	v.page("/desk/ledger").says("main", "Nothing has been booked yet")
	order := f.bankOrder()
	o, err := f.Checkout.ByID(t.Context(), order, i18n.EN)
	f.ok(err)
	_, err = f.Checkout.BankReceived(t.Context(), f.people["finance"], order, o.Total())
	f.ok(err)
	books := v.page("/desk/ledger")
	books.says("main", "Money · Bank", "Kept for a producer · Altın Qawın", "Commission")
	account := v.page(books.hrefOf(`tbody a[href*="till=bank"]`))
	account.says("tbody", "order paid", "AW-")
	at := account.hrefOf("tbody th a")
	page := v.page(at)
	page.says("main", "payment", "open")
	page.has(1, fmt.Sprintf(`a[href="/desk/orders/%d"]`, order))
	v.post(page.doc.Find(`form[action$="/ignore"]`).AttrOr("action", ""), nil, http.StatusUnprocessableEntity).says("main", "Say why")
	v.done(page.doc.Find(`form[action$="/ignore"]`).AttrOr("action", ""), url.Values{"memo": {"paid by the fair"}}).says("main", "set aside", "paid by the fair")
	for _, path := range []string{"/desk/ledger/account?kind=clearing", "/desk/ledger/account?kind=nothing&currency=UZS", "/desk/ledger/x", "/desk/closing/2026-13-01"} {
		v.get(path, http.StatusNotFound)
	}
	v.get("/desk/ledger/account?kind=clearing&till=bank&currency=UZS&after=%25", http.StatusUnprocessableEntity)
}

func TestFilesThatCannotBeTakenAreExplained(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "finance", "en")
	bank := map[string]string{"till": "bank", "currency": "UZS"}
	send := func(fields map[string]string, name, text string) answer {
		t.Helper()
		return v.want(http.StatusUnprocessableEntity, v.send("/desk/closing/imports", fields, name, text))
	}
	send(bank, "x.csv", "Date;Amount\nyesterday;1.50\n2026-11-21;<b>\n").says("main", "Line 2: “yesterday” is no day", "Line 3: “<b>” is no sum")
	send(bank, "x.xlsx", "PK\x03\x04").says("main", "spreadsheet")
	send(bank, "x.csv", strings.Repeat("x", 5<<20)).says("main", "larger than 4 MB")
	send(map[string]string{}, "x.csv", "x").has(1, `select[name="till"][aria-invalid]`)
	v.post("/desk/closing/imports", url.Values{"till": {"bank"}}, http.StatusUnprocessableEntity).says("main", "Choose a file")
	v.take("21.11.2026;1;A;1.50;x")
	again := "Date;Document number;Counterparty;Amount;Purpose\n21.11.2026;1;A;1.50;x\n"
	seen := send(bank, "again.csv", again)
	seen.says("main", "came in before, as report 1")
	seen.has(1, `form a[href="/desk/closing/imports/1"]`)
	send(bank, "x.csv", "Date;Purpose\n21.11.2026;x\n").says("main", "Columns that are missing: amount / сумма.")
	send(bank, "x.csv", "a;b\n1;2\n").says("main", "No row names the columns we need: date / дата, amount / сумма.")
	for _, till := range []string{"bank", "stripe", "payme", "click"} {
		page := v.page("/desk/closing/imports")
		page.has(1, `a[download][href="/desk/closing/imports/sample/`+till+`"]`)
		sample := v.get("/desk/closing/imports/sample/"+till, http.StatusOK)
		if name := sample.Header.Get("Content-Disposition"); !strings.Contains(name, "sample-"+till+".csv") {
			t.Errorf("the sample of %s comes as %q", till, name)
		}
	}
	v.get("/desk/closing/imports/sample/cash", http.StatusNotFound)
}

func TestClosingInBothLanguages(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "finance", "en")
	o, err := f.Checkout.ByID(t.Context(), f.bankOrder(), i18n.EN)
	f.ok(err)
	total := strings.Fields(o.Total().String())[0]
	v.take("21.11.2026;1;A;"+total+";"+o.Reference, "21.11.2026;2;A;9.00;"+o.Reference, "21.11.2026;3;A;8.00;x", "21.11.2026;4;A;-8.00;x")
	v.done("/desk/closing/queue/book", nil)
	f.now = f.now.Add(24 * time.Hour)
	v.done("/desk/closing", url.Values{"day": {"2026-11-21"}})
	v.done("/desk/closing", url.Values{"day": {"2026-11-21"}})
	leftover := regexp.MustCompile(`\b(closing|desk|common|errors)\.[a-z_]+\.?[a-z_.]*|\{[a-z_]+\}`)
	for _, lang := range []string{"en", "ru"} {
		v := f.as(t, "finance", lang)
		for _, path := range []string{"/desk/closing", "/desk/closing/2026-11-21", "/desk/closing/imports", "/desk/closing/imports/1", "/desk/closing/queue",
			"/desk/closing/queue?till=bank", "/desk/closing/queue?of=entries&till=stripe", "/desk/closing/queue?till=nothing", "/desk/closing/lines/1",
			"/desk/closing/lines/2", "/desk/closing/lines/3", "/desk/closing/lines/4", "/desk/ledger", "/desk/ledger/1",
			"/desk/ledger/account?kind=clearing&till=bank&currency=UZS", "/desk/audit?action=day.closed"} {
			a := v.page(path)
			if got, _ := a.doc.Find("html").Attr("lang"); got != lang {
				t.Errorf("%s in %s is in %s", path, lang, got)
			}
			a.has(1, "h1")
			ids := map[string]bool{}
			for _, node := range a.doc.Find("[id]").EachIter() {
				id, _ := node.Attr("id")
				if ids[id] {
					t.Errorf("%s has %s twice", path, id)
				}
				ids[id] = true
			}
			if found := leftover.FindString(a.doc.Find("body").Text()); found != "" {
				t.Errorf("%s in %s says %q", path, lang, found)
			}
			if f.log.Len() > 0 {
				t.Fatalf("%s: %s", path, f.log.String())
			}
		}
	}
}
