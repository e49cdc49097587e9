package standin_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// settled opens a session of 2,960 yen and pays it; intent is its payment.
func (s served) paid(t *testing.T, changes ...string) (id, intent string) {
	t.Helper()
	id, _ = s.open(t, changes...)
	check(t, s.Pay(id, standin.CardGood))
	return id, s.call(t, "GET", "/v1/checkout/sessions/"+id, "", nil).object["payment_intent"].(string)
}

func TestRefundsAreCheckedLikeStripe(t *testing.T) {
	s := serve(t, config())
	_, intent := s.paid(t)
	open, _ := s.open(t)
	if err := s.Pay(open, standin.CardDeclined); !errors.Is(err, standin.ErrDeclined) {
		t.Fatal(err)
	}
	unpaid := s.call(t, "GET", "/v1/checkout/sessions/"+open, "", nil).object["payment_intent"].(string)
	for _, c := range []struct {
		name, form  string
		status      int
		code, param string
	}{
		{"whose", "amount=100", 400, "parameter_missing", "payment_intent"},
		{"unknown", "payment_intent=pi_unknown&amount=100", 404, "resource_missing", "id"},
		{"unpaid", "payment_intent=" + unpaid, 400, "", "payment_intent"},
		{"nothing", "payment_intent=" + intent + "&amount=0", 400, "parameter_invalid_integer", "amount"},
		{"too much", "payment_intent=" + intent + "&amount=2961", 400, "", "amount"},
		{"misspelt", "payment_intent=" + intent + "&amuont=1", 400, "parameter_unknown", "amuont"},
		{"reason", "payment_intent=" + intent + "&reason=because", 400, "", "reason"},
		{"expand", "payment_intent=" + intent + "&expand[]=source", 400, "", "expand"},
	} {
		r := s.call(t, "POST", "/v1/refunds", c.form, nil)
		code, _ := r.err()["code"].(string)
		param, _ := r.err()["param"].(string)
		if r.status != c.status || code != c.code || param != c.param {
			t.Errorf("%s: %d %v", c.name, r.status, r.object)
		}
	}
	key := map[string]string{"Idempotency-Key": "refund:1"}
	form := "payment_intent=" + intent + "&amount=1000&metadata[refund_id]=1&expand[]=payment_intent&expand[]=balance_transaction"
	first, again := s.call(t, "POST", "/v1/refunds", form, key), s.call(t, "POST", "/v1/refunds", form, key)
	if first.object["id"] != again.object["id"] || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("one key, two refunds: %v, %v", first.object, again.object)
	}
	moved := first.object["balance_transaction"].(map[string]any)
	if first.object["payment_intent"].(map[string]any)["id"] != intent || moved["amount"] != -1000.0 || moved["exchange_rate"] != nil || moved["fee"] != 0.0 {
		t.Errorf("expanded: %v", first.object)
	}
	if r := s.call(t, "POST", "/v1/refunds", "payment_intent="+intent+"&amount=1961", nil); r.err()["param"] != "amount" {
		t.Errorf("more than is left: %v", r.object)
	}
	rest := s.call(t, "POST", "/v1/refunds", "payment_intent="+intent, nil)
	if rest.object["amount"] != 1960.0 {
		t.Errorf("the rest: %v", rest.object)
	}
	charge := s.call(t, "GET", "/v1/charges/"+rest.object["charge"].(string), "", nil).object
	if charge["refunded"] != true || charge["amount_refunded"] != 2960.0 || charge["payment_method_details"].(map[string]any)["type"] != "card" {
		t.Errorf("charge: %v", charge)
	}
	list := s.call(t, "GET", "/v1/refunds?payment_intent="+intent+"&limit=1", "", nil).object
	if data := list["data"].([]any); len(data) != 1 || list["has_more"] != true || data[0].(map[string]any)["id"] != rest.object["id"] {
		t.Errorf("list: %v", list)
	}
}

func TestBalanceAndPayouts(t *testing.T) {
	c := config()
	now := at
	c.Now = func() time.Time { return now }
	s := serve(t, c)
	meta := []string{"payment_intent_data[metadata][order_id]", "197", "payment_intent_data[metadata][payment_id]", "41", "payment_intent_data[description]", "AW-197"}
	id, intent := s.paid(t, meta...)
	check(t, s.SettleIn("eur", "jpy", "171.25"))
	euros, _ := s.paid(t, append(meta, "line_items[0][price_data][currency]", "eur", "line_items[0][price_data][unit_amount]", "1000")...)
	now = now.Add(time.Hour)
	s.call(t, "POST", "/v1/refunds", "payment_intent="+intent+"&amount=960&metadata[refund_id]=7", nil)
	if _, err := s.PayOut("usd"); !errors.Is(err, standin.ErrNothing) {
		t.Errorf("no dollars: %v", err)
	}
	out, err := s.PayOut("jpy")
	// 2960 − 107 of fee, 20 € at 171.25 = 3425 − 123, − 960.
	if err != nil || out.Units != 2853+3302-960 || out.Currency != "jpy" {
		t.Fatalf("payout: %+v, %v", out, err)
	}
	if _, err := s.PayOut("jpy"); !errors.Is(err, standin.ErrNothing) {
		t.Errorf("paid out twice: %v", err)
	}
	now = now.Add(time.Hour)
	dispute, err := s.OpenDispute(euros, "fraudulent")
	check(t, err)
	if _, err := s.PayOut("jpy"); !errors.Is(err, standin.ErrNothing) {
		t.Errorf("paid out of a debt: %v", err)
	}

	activity := s.report(t, standin.ReportActivity, at, now.Add(time.Second))
	want := [][]string{ // gross, fee, net, category, facing, currency, method
		{"2960", "107", "2853", "charge", "2960", "jpy", "card"}, {"3425", "123", "3302", "charge", "20.00", "eur", "card"},
		{"-960", "0", "-960", "refund", "960", "jpy", "card"}, {"-3425", "1500", "-4925", "dispute", "20.00", "eur", "card"},
	}
	for i, row := range activity {
		got := []string{row["gross"], row["fee"], row["net"], row["reporting_category"], row["customer_facing_amount"], row["customer_facing_currency"], row["payment_method_type"]}
		if !slices.Equal(got, want[i]) || row["currency"] != "jpy" || row["payment_metadata[order_id]"] != "197" || row["description"] != "AW-197" {
			t.Errorf("row %d: %v", i, row)
		}
	}
	if len(activity) != 4 || activity[0]["automatic_payout_id"] != out.ID || activity[3]["automatic_payout_id"] != "" || activity[3]["source_id"] != dispute ||
		activity[2]["refund_metadata[refund_id]"] != "7" || activity[0]["created_utc"] != "2026-03-09 05:00:00" || activity[3]["dispute_reason"] != "fraudulent" {
		t.Errorf("activity: %v", activity)
	}
	if got := s.report(t, standin.ReportActivity, at.Add(time.Hour), now); len(got) != 1 || got[0]["reporting_category"] != "refund" {
		t.Errorf("an hour of it: %v", got)
	}
	if got := s.report(t, standin.ReportReconciliation, at, now); len(got) != 3 || got[0]["automatic_payout_id"] != out.ID {
		t.Errorf("reconciliation: %v", got)
	}
	if got := s.report(t, standin.ReportPayouts, at, now); len(got) != 1 || got[0]["payout_id"] != out.ID || got[0]["gross"] != "-5195" || got[0]["payout_status"] != "paid" {
		t.Errorf("payouts: %v", got)
	}
	check(t, s.CloseDispute(dispute, true))
	if got, err := s.PayOut("jpy"); !errors.Is(err, standin.ErrNothing) {
		t.Errorf("a dispute won leaves nothing to pay: %+v, %v", got, err)
	}
	if err := s.WriteReport(&bytes.Buffer{}, "nonsense", at, now); err == nil {
		t.Error("wrote a report nobody knows")
	}
	if err := s.CloseDispute(dispute, false); !errors.Is(err, standin.ErrNoDispute) {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := s.OpenDispute(id, ""); err != nil {
		t.Errorf("what is left of one refunded in part: %v", err)
	}
}

// report reads a report as maps by column.
func (s served) report(t *testing.T, name standin.Report, from, until time.Time) []map[string]string {
	t.Helper()
	var out bytes.Buffer
	check(t, s.WriteReport(&out, name, from, until))
	return rowsOf(t, &out)
}

func rowsOf(t *testing.T, text *bytes.Buffer) []map[string]string {
	t.Helper()
	table, err := csv.NewReader(text).ReadAll()
	check(t, err)
	var rows []map[string]string
	for _, line := range table[1:] {
		row := map[string]string{}
		for i, name := range table[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestReportsAreServed(t *testing.T) {
	s := serve(t, config())
	s.paid(t)
	for path, rows := range map[string]int{
		"/reports/balance_change_from_activity.itemized.3.csv":                                  1,
		"/reports/balance_change_from_activity.itemized.3.csv?from=2026-03-09&until=2026-03-10": 1,
		"/reports/balance_change_from_activity.itemized.3.csv?from=2026-03-10":                  0,
		"/reports/payouts.itemized.3.csv":                                                       0,
		"/reports/payouts.itemized.3.csv?from=yesterday":                                        -1,
		"/reports/payouts.itemized.3":                                                           -1,
		"/reports/other.csv":                                                                    -1,
	} {
		r, err := http.Get(s.url + path)
		check(t, err)
		var body bytes.Buffer
		_, err = body.ReadFrom(r.Body)
		check(t, errors.Join(err, r.Body.Close()))
		if rows < 0 {
			if r.StatusCode != 404 {
				t.Errorf("%s: %d", path, r.StatusCode)
			}
			continue
		}
		if got := len(rowsOf(t, &body)); r.StatusCode != 200 || got != rows {
			t.Errorf("%s: %d with %d rows", path, r.StatusCode, got)
		}
	}
}

// What a file of before there were charges, refunds and a balance holds can
// still be refunded and disputed.
func TestOlderFile(t *testing.T) {
	c := config()
	c.File = filepath.Join(t.TempDir(), "stripe.json")
	first := serve(t, c)
	id, intent := first.paid(t)
	charge := first.call(t, "GET", "/v1/payment_intents/"+intent, "", nil).object["latest_charge"]
	data, err := os.ReadFile(c.File)
	check(t, err)
	var kept map[string]json.RawMessage
	check(t, json.Unmarshal(data, &kept))
	for key := range kept {
		if !slices.Contains([]string{"sessions", "order", "intents", "events", "keys"}, key) {
			delete(kept, key)
		}
	}
	data, err = json.Marshal(kept)
	check(t, err)
	check(t, os.WriteFile(c.File, data, 0o600))

	second := serve(t, c)
	found := second.call(t, "GET", "/v1/charges/"+charge.(string)+"?expand[]=balance_transaction", "", nil).object
	moved, _ := found["balance_transaction"].(map[string]any)
	if found["amount"] != 2960.0 || moved["fee"] != 107.0 || moved["source"] != charge {
		t.Errorf("charge: %v", found)
	}
	if r := second.call(t, "POST", "/v1/refunds", "payment_intent="+intent+"&amount=60", nil); r.status != 200 || r.object["charge"] != charge {
		t.Errorf("refund: %v", r.object)
	}
	if _, err := second.OpenDispute(id, "general"); err != nil {
		t.Error(err)
	}
	third := serve(t, c)
	if got := third.report(t, standin.ReportActivity, time.Unix(0, 0), at.Add(time.Hour)); len(got) != 3 {
		t.Errorf("after another start: %v", got)
	}
}

// Every event it sends is one that the endpoint is to be set up with.
func TestEventsAreAskedFor(t *testing.T) {
	c := config()
	receiver := httptest.NewServer(http.NotFoundHandler())
	defer receiver.Close()
	c.WebhookURL = receiver.URL
	s := serve(t, c)
	s.HoldFees()
	id, _ := s.paid(t)
	s.ReleaseFees()
	refund, err := s.RefundByHand(id, 10)
	check(t, err)
	check(t, s.FailRefund(refund, "unknown"))
	inquiry, err := s.OpenInquiry(id, "general")
	check(t, err)
	check(t, s.Escalate(inquiry))
	check(t, s.CloseDispute(inquiry, true))
	slip, _ := s.open(t, "payment_method_types[0]", "konbini")
	check(t, s.PayLater(slip))
	check(t, s.SlipLapsed(slip))
	open, _ := s.open(t)
	s.call(t, "POST", "/v1/checkout/sessions/"+open+"/expire", "", nil)
	seen := map[string]bool{}
	for _, n := range s.Notices() {
		seen[n.Type] = true
		if !slices.Contains(stripe.Events(), n.Type) {
			t.Errorf("%s is not asked for", n.Type)
		}
	}
	if len(seen) < 14 {
		t.Errorf("only %v", seen)
	}
}

func TestEndpointsAreCheckedLikeStripe(t *testing.T) {
	s := serve(t, config())
	for form, param := range map[string]string{
		"enabled_events[0]=*":                                             "url",
		"url=https://shop.example/h":                                      "enabled_events",
		"url=shop&enabled_events[0]=*":                                    "url",
		"url=https://shop.example/h&enabled_events[0]=*&api_version=1999": "api_version",
		"url=https://shop.example/h&enabled_events[0]=two words":          "enabled_events",
		"url=https://shop.example/h&enabled_events[0]=*&events=a":         "events",
	} {
		if r := s.call(t, "POST", "/v1/webhook_endpoints", form, nil); r.status != 400 || r.err()["param"] != param {
			t.Errorf("%s: %d %v", form, r.status, r.object)
		}
	}
	made := s.call(t, "POST", "/v1/webhook_endpoints", "url=https://shop.example/h&enabled_events[0]=*", nil).object
	path := "/v1/webhook_endpoints/" + made["id"].(string)
	if secret, _ := made["secret"].(string); !strings.HasPrefix(secret, "whsec_") || made["api_version"] != nil {
		t.Errorf("made: %v", made)
	}
	if got := s.call(t, "GET", path, "", nil).object; got["secret"] != nil || got["status"] != "enabled" {
		t.Errorf("read: %v", got)
	}
	if r := s.call(t, "POST", path, "api_version=2023-10-16", nil); r.err()["code"] != "parameter_unknown" {
		t.Errorf("a version changed: %v", r.object)
	}
	if got := s.call(t, "POST", path, "disabled=true", nil).object; got["status"] != "disabled" {
		t.Errorf("disabled: %v", got)
	}
	if got := s.call(t, "DELETE", path, "", nil).object; got["deleted"] != true {
		t.Errorf("deleted: %v", got)
	}
	if r := s.call(t, "GET", path, "", nil); r.status != 404 {
		t.Errorf("after: %d", r.status)
	}
}

// A slip is paid, or not, with two buttons of the page.
func TestPageOfASlip(t *testing.T) {
	s := serve(t, config())
	for _, c := range []struct{ locale, press, title, to string }{
		{"en", "counter", "This is paid", "https://shop.example/ok?s="}, {"ja", "lapse", "お支払い票の期限が切れました", "https://shop.example/back"},
	} {
		id, page := s.open(t, "payment_method_types[0]", "card", "payment_method_types[1]", "konbini", "locale", c.locale)
		doc, _ := get(t, page)
		if doc.Find("button[value=later]").Length() != 1 || doc.Find("button").Length() != 4 {
			t.Errorf("offered: %s", doc.Text())
		}
		if to := press(t, page, "later", ""); to != "https://shop.example/ok?s="+id {
			t.Errorf("later leads to %s", to)
		}
		doc, _ = get(t, page)
		if doc.Find("button").Length() != 2 || doc.Find("a.go").Length() != 1 {
			t.Errorf("the slip: %s", doc.Text())
		}
		if to := press(t, page, c.press, ""); !strings.HasPrefix(to, c.to) {
			t.Errorf("%s leads to %s", c.press, to)
		}
		doc, _ = get(t, page)
		if got := doc.Find("h1").Text(); got != c.title || doc.Find("button").Length() != 0 {
			t.Errorf("after %s: %q", c.press, got)
		}
		if to := press(t, page, c.press, ""); to != page {
			t.Errorf("%s again leads to %s", c.press, to)
		}
	}
	if r := s.call(t, "POST", "/v1/checkout/sessions", order("payment_method_types[0]", "konbini", "line_items[0][price_data][currency]", "usd"), nil); r.err()["param"] != "payment_method_types" {
		t.Errorf("dollars at a counter: %v", r.object)
	}
}
