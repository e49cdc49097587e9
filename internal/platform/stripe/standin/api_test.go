package standin_test

import (
	"fmt"
	"strings"
	"testing"

	"awil/internal/platform/stripe/standin"
)

func TestCreateIsCheckedLikeStripe(t *testing.T) {
	s := serve(t, config())
	second := []string{"line_items[1][price_data][currency]", "usd", "line_items[1][price_data][unit_amount]", "100",
		"line_items[1][price_data][product_data][name]", "EMS", "line_items[1][quantity]", "1"}
	for _, c := range []struct {
		name    string
		changes []string
		code    string
		param   string
	}{
		{"no mode", []string{"mode", ""}, "parameter_missing", "mode"},
		{"other mode", []string{"mode", "subscription"}, "", "mode"},
		{"no success url", []string{"success_url", ""}, "parameter_missing", "success_url"},
		{"bad url", []string{"cancel_url", "/cart"}, "url_invalid", "cancel_url"},
		{"unknown", []string{"sucess", "x"}, "parameter_unknown", "sucess"},
		{"unknown inside", []string{"line_items[0][price_data][amount]", "1"}, "parameter_unknown", "line_items[0][price_data][amount]"},
		{"no lines", []string{"line_items[0][quantity]", "", "line_items[0][price_data][currency]", "", "line_items[0][price_data][unit_amount]", "",
			"line_items[0][price_data][product_data][name]", ""}, "parameter_missing", "line_items"},
		{"decimals", []string{"line_items[0][price_data][unit_amount]", "1480.0"}, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"},
		{"exponent", []string{"line_items[0][price_data][unit_amount]", "1e3"}, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"},
		{"negative", []string{"line_items[0][price_data][unit_amount]", "-5"}, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"},
		{"none of it", []string{"line_items[0][quantity]", "0"}, "parameter_invalid_integer", "line_items[0][quantity]"},
		{"nameless", []string{"line_items[0][price_data][product_data][name]", ""}, "parameter_missing", "line_items[0][price_data][product_data][name]"},
		{"too small", []string{"line_items[0][price_data][unit_amount]", "24"}, "amount_too_small", ""},
		{"too large", []string{"line_items[0][price_data][unit_amount]", "50000000"}, "amount_too_large", ""},
		{"overflow", []string{"line_items[0][price_data][unit_amount]", "9223372036854775807"}, "amount_too_large", "line_items[0]"},
		{"currency in capitals", []string{"line_items[0][price_data][currency]", "JPY"}, "", "line_items[0][price_data][currency]"},
		{"no currency", []string{"line_items[0][price_data][currency]", "zzz"}, "", "line_items[0][price_data][currency]"},
		{"two currencies", second, "", "line_items[1][price_data][currency]"},
		{"part of a shilling", []string{"line_items[0][price_data][currency]", "ugx", "line_items[0][price_data][unit_amount]", "150", "line_items[0][quantity]", "1"}, "", "line_items"},
		{"locale", []string{"locale", "kaa"}, "", "locale"},
		{"address", []string{"customer_email", "nobody"}, "email_invalid", "customer_email"},
		{"expires in the past", []string{"expires_at", "1"}, "", "expires_at"},
		{"expires too late", []string{"expires_at", fmt.Sprint(at.Unix() + 86401)}, "", "expires_at"},
		{"expand", []string{"expand[0]", "customer"}, "", "expand"},
		{"reference", []string{"client_reference_id", strings.Repeat("x", 201)}, "", "client_reference_id"},
		{"metadata", []string{"metadata[a]", strings.Repeat("x", 501)}, "", "metadata[a]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.call(t, "POST", "/v1/checkout/sessions", order(c.changes...), nil)
			e := r.err()
			code, _ := e["code"].(string)
			param, _ := e["param"].(string)
			if r.status != 400 || e["type"] != "invalid_request_error" || code != c.code || param != c.param {
				t.Errorf("got %d %v", r.status, r.object)
			}
		})
	}
	if list := s.call(t, "GET", "/v1/checkout/sessions", "", nil); len(list.object["data"].([]any)) != 0 {
		t.Errorf("a refused session was kept: %v", list.object)
	}
}

func TestAPI(t *testing.T) {
	s := serve(t, config())
	first, _ := s.open(t)
	second, _ := s.open(t, "expires_at", fmt.Sprint(at.Unix()+1800), "locale", "ja", "metadata[payment_id]", "41", "payment_intent_data[metadata][payment_id]", "41")
	if err := s.Pay(second, standin.CardGood); err != nil {
		t.Fatal(err)
	}

	got := s.call(t, "GET", "/v1/checkout/sessions/"+second+"?expand[]=payment_intent", "", nil).object
	intent, _ := got["payment_intent"].(map[string]any)
	if got["status"] != "complete" || got["payment_status"] != "paid" || got["amount_total"] != 2960.0 || got["url"] != nil || intent["status"] != "succeeded" {
		t.Errorf("session: %v", got)
	}
	alone := s.call(t, "GET", "/v1/payment_intents/"+intent["id"].(string), "", nil).object
	if alone["amount_received"] != 2960.0 || alone["currency"] != "jpy" || alone["metadata"].(map[string]any)["payment_id"] != "41" {
		t.Errorf("intent: %v", alone)
	}
	for query, want := range map[string][]string{
		"":                           {second, first},
		"?limit=1":                   {second},
		"?starting_after=" + second:  {first},
		"?status=open":               {first},
		"?payment_intent=pi_unknown": {},
	} {
		data := s.call(t, "GET", "/v1/checkout/sessions"+query, "", nil).object["data"].([]any)
		ids := []string{}
		for _, d := range data {
			ids = append(ids, d.(map[string]any)["id"].(string))
		}
		if fmt.Sprint(ids) != fmt.Sprint(want) {
			t.Errorf("list %s: %v, want %v", query, ids, want)
		}
	}
	for path, want := range map[string]int{
		"/v1/checkout/sessions/cs_test_unknown": 404,
		"/v1/payment_intents/pi_unknown":        404,
		"/v1/refunds/re_unknown":                404,
		"/v1/charges/ch_unknown":                404,
		"/v1/disputes/dp_unknown":               404,
		"/v1/balance_transactions/txn_unknown":  404,
		"/v1/customers":                         404,
		"/v1/checkout/sessions?limit=none":      400,
	} {
		if r := s.call(t, "GET", path, "", nil); r.status != want || r.err()["type"] != "invalid_request_error" {
			t.Errorf("%s: %d %v", path, r.status, r.object)
		}
	}
}

func TestKeysAndForms(t *testing.T) {
	s := serve(t, config())
	for name, header := range map[string]map[string]string{
		"wrong key": {"Authorization": "Bearer sk_live_other"},
		"no key":    {"Authorization": ""},
	} {
		if r := s.call(t, "GET", "/v1/checkout/sessions", "", header); r.status != 401 || strings.Contains(fmt.Sprint(r.object), "sk_") {
			t.Errorf("%s: %d %v", name, r.status, r.object)
		}
	}
	if r := s.call(t, "GET", "/v1/checkout/sessions", "", map[string]string{"Authorization": "Basic c2tfdGVzdF9hd2lsOg=="}); r.status != 200 {
		t.Errorf("basic: %d", r.status)
	}
	if r := s.call(t, "POST", "/v1/checkout/sessions", `{"mode":"payment"}`, map[string]string{"Content-Type": "application/json"}); r.status != 400 {
		t.Errorf("JSON: %d", r.status)
	}
}

func TestIdempotency(t *testing.T) {
	s := serve(t, config())
	key := map[string]string{"Idempotency-Key": "payment:41:1"}
	post := func(changes ...string) reply {
		return s.call(t, "POST", "/v1/checkout/sessions", order(changes...), key)
	}

	if r := post("mode", ""); r.status != 400 {
		t.Fatalf("invalid: %d", r.status)
	}
	first := post()
	if first.status != 200 || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("what failed validation may be corrected under its key: %d %v", first.status, first.object)
	}
	again := post()
	if again.object["id"] != first.object["id"] || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("replay: %v", again)
	}
	if r := post("locale", "ja"); r.status != 400 || r.err()["type"] != "idempotency_error" {
		t.Errorf("same key, other parameters: %d %v", r.status, r.object)
	}
	if r := s.call(t, "POST", "/v1/checkout/sessions/"+first.object["id"].(string)+"/expire", "", key); r.err()["type"] != "idempotency_error" {
		t.Errorf("same key, other call: %d %v", r.status, r.object)
	}
	if r := s.call(t, "POST", "/v1/checkout/sessions", order(), map[string]string{"Idempotency-Key": strings.Repeat("k", 256)}); r.status != 400 {
		t.Errorf("long key: %d", r.status)
	}
}
