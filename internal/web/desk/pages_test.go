package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"awil/internal/web"
)

// access says who may use each route of the desk. A route without a line fails the test.
var access = map[string]string{
	"GET /desk":                                          "staff",
	"GET /desk/review":                                   "curator",
	"GET /desk/review/:id":                               "curator",
	"POST /desk/review/:id/words":                        "curator",
	"POST /desk/review/:id/terms":                        "curator",
	"POST /desk/review/:id/fiscal":                       "curator",
	"POST /desk/review/:id/prices":                       "curator",
	"POST /desk/review/:id/approve":                      "curator",
	"POST /desk/review/:id/ask":                          "curator",
	"POST /desk/review/:id/assess":                       "curator",
	"POST /desk/review/:id/withdraw":                     "curator",
	"POST /desk/review/:id/restore":                      "curator",
	"GET /desk/products":                                 "curator",
	"GET /desk/products.csv":                             "curator",
	"GET /desk/features":                                 "curator",
	"POST /desk/features":                                "curator",
	"POST /desk/features/:id/times":                      "curator",
	"POST /desk/features/:id/up":                         "curator",
	"POST /desk/features/:id/down":                       "curator",
	"POST /desk/features/:id/remove":                     "curator",
	"GET /desk/collections":                              "curator",
	"POST /desk/collections":                             "curator",
	"GET /desk/collections/:id":                          "curator",
	"POST /desk/collections/:id/words":                   "curator",
	"POST /desk/collections/:id/items":                   "curator",
	"POST /desk/collections/:id/publish":                 "curator",
	"POST /desk/collections/:id/unpublish":               "curator",
	"POST /desk/collections/:id/delete":                  "curator",
	"GET /desk/invitations":                              "curator",
	"POST /desk/invitations":                             "curator",
	"GET /desk/invitations/:id/card":                     "curator",
	"POST /desk/invitations/:id/revoke":                  "curator",
	"GET /desk/producers":                                "curator",
	"GET /desk/producers/:id":                            "curator",
	"POST /desk/producers/:id/words":                     "curator",
	"POST /desk/producers/:id/approve":                   "curator",
	"GET /desk/orders":                                   "staff",
	"GET /desk/orders.csv":                               "staff",
	"GET /desk/orders/:id":                               "staff",
	"POST /desk/orders/:id/received":                     "finance",
	"POST /desk/orders/:id/parcels/:parcel/delivered":    "staff",
	"POST /desk/orders/:id/parcels/:parcel/cash":         "finance",
	"POST /desk/orders/:id/parcels/:parcel/cash/correct": "finance",
	"POST /desk/orders/:id/parcels/:parcel/cancel":       "staff",
	"POST /desk/orders/:id/parcels/:parcel/returned":     "staff",
	"POST /desk/orders/:id/cancel":                       "staff",
	"GET /desk/refunds":                                  "finance",
	"GET /desk/orders/:id/refund":                        "finance",
	"POST /desk/orders/:id/refund":                       "finance",
	"POST /desk/requests/:id/decline":                    "finance",
	"POST /desk/refunds/:id/sent":                        "finance",
	"POST /desk/refunds/:id/undo":                        "finance",
	"GET /desk/payouts":                                  "finance",
	"POST /desk/payouts":                                 "finance",
	"GET /desk/payouts/:id":                              "finance",
	"POST /desk/payouts/:id/approve":                     "finance",
	"POST /desk/payouts/:id/reject":                      "finance",
	"POST /desk/payouts/:id/file":                        "finance",
	"POST /desk/payouts/:id/paid":                        "finance",
	"POST /desk/payouts/:id/:payout/paid":                "finance",
	"POST /desk/payouts/:id/:payout/returned":            "finance",
	"POST /desk/payouts/:id/:payout/withdraw":            "finance",
	"GET /desk/payouts/:id/:statement":                   "finance",
	"GET /desk/producers/:id/money":                      "finance",
	"POST /desk/producers/:id/money":                     "finance",
	"GET /desk/closing":                                  "finance",
	"POST /desk/closing":                                 "finance",
	"GET /desk/closing/:day":                             "finance",
	"GET /desk/closing/imports":                          "finance",
	"POST /desk/closing/imports":                         "finance",
	"GET /desk/closing/imports/sample/:till":             "finance",
	"GET /desk/closing/imports/:id":                      "finance",
	"GET /desk/closing/queue":                            "finance",
	"POST /desk/closing/queue/book":                      "finance",
	"GET /desk/closing/lines/:id":                        "finance",
	"POST /desk/closing/lines/:id/resolve":               "finance",
	"POST /desk/closing/lines/:id/undo":                  "finance",
	"GET /desk/ledger":                                   "finance",
	"GET /desk/ledger/account":                           "finance",
	"GET /desk/ledger/:id":                               "finance",
	"POST /desk/ledger/entries/:id/ignore":               "finance",
	"GET /desk/people":                                   "admin",
	"GET /desk/people.csv":                               "admin",
	"GET /desk/people/:id":                               "admin",
	"POST /desk/people/:id/roles":                        "admin",
	"POST /desk/people/:id/disable":                      "admin",
	"POST /desk/people/:id/enable":                       "admin",
	"GET /desk/audit":                                    "staff",
}

func may(who, what string) bool {
	switch what {
	case "staff":
		return who == "curator" || who == "finance" || who == "admin"
	case "curator":
		return who == "curator" || who == "admin"
	case "finance":
		return who == "finance" || who == "admin"
	}
	return who == what
}

// Every route is tried by every kind of person with ids of nothing: who may not gets nowhere, who may finds that there
// is no such thing.
func TestRoutesAreForTheirRoles(t *testing.T) {
	f := newFixture(t)
	people := map[string]*visitor{}
	for _, who := range []string{"nobody", "buyer", "producer", "curator", "finance", "admin"} {
		people[who] = f.as(t, who, "en")
	}
	ids := strings.NewReplacer(":id", "999999", ":parcel", "999999")
	for _, r := range f.server.Table() {
		if !strings.HasPrefix(r.Path, "/desk") {
			continue
		}
		what, listed := access[r.Method+" "+r.Path]
		if !listed {
			t.Errorf("%s %s is not in the access table", r.Method, r.Path)
			continue
		}
		for who, v := range people {
			a := v.do(r.Method, ids.Replace(r.Path), url.Values{"lang": {"en"}, "reason": {"x"}, "name": {"x"}, "starts": {"2026-12-01T10:00"}})
			switch {
			case who == "nobody" && a.StatusCode != http.StatusUnauthorized && a.StatusCode != http.StatusSeeOther,
				who != "nobody" && !may(who, what) && a.StatusCode != http.StatusForbidden:
				t.Errorf("%s %s by %s: %d", r.Method, r.Path, who, a.StatusCode)
			case may(who, what) && strings.Contains(r.Path, ":id") && a.StatusCode != http.StatusNotFound:
				t.Errorf("%s %s by %s with an unknown id: %d", r.Method, r.Path, who, a.StatusCode)
			}
		}
	}
}

// leftover is a key that no catalogue has, or a placeholder that nothing filled.
var leftover = regexp.MustCompile(`\b(desk|common|errors|terms|invitation|studio)\.[a-z_]+\.?[a-z_.]*|\{[a-z_]+\}`)

func TestEveryPageInBothLanguages(t *testing.T) {
	f := newFixture(t)
	f.ok(f.as(t, "curator", "en").furnish())
	order := f.bankOrder()
	paths := []string{"/desk", "/desk/review", "/desk/products", "/desk/products?q=qaw&state=approved", "/desk/products?q=nothing",
		"/desk/features?market=jp", "/desk/features", "/desk/collections", "/desk/collections/1", "/desk/collections/1?lang=ja&q=melon",
		"/desk/invitations", "/desk/invitations/1/card", "/desk/producers", fmt.Sprintf("/desk/producers/%d?lang=ja", f.maker.ProducerID),
		"/desk/orders", "/desk/orders?status=placed&market=uz&method=bank&q=gulnara", "/desk/orders?refund=due", fmt.Sprintf("/desk/orders/%d", order),
		"/desk/refunds", "/desk/payouts", fmt.Sprintf("/desk/producers/%d/money", f.maker.ProducerID), "/desk/people", "/desk/people?role=admin&q=test", fmt.Sprintf("/desk/people/%d", f.people["curator"]),
		"/desk/audit", "/desk/audit?action=product.approved&kind=product&who=1"}
	for _, product := range []int64{f.waiting, f.selling, f.draft} {
		for _, lang := range []string{"", "?lang=kaa", "?lang=ja"} {
			paths = append(paths, fmt.Sprintf("/desk/review/%d%s", product, lang))
		}
	}
	for _, lang := range []string{"en", "ru"} {
		v := f.as(t, "admin", lang)
		for _, path := range paths {
			a := v.page(path)
			if got, _ := a.doc.Find("html").Attr("lang"); got != lang {
				t.Errorf("%s in %s is in %s", path, lang, got)
			}
			a.has(1, "h1")
			a.has(1, "main#main")
			if found := leftover.FindString(a.doc.Find("body").Text()); found != "" {
				t.Errorf("%s in %s says %q", path, lang, found)
			}
			if f.log.Len() > 0 {
				t.Fatalf("%s: %s", path, f.log.String())
			}
		}
	}
}

// furnish makes one of each thing a curator makes.
func (v *visitor) furnish() error {
	v.t.Helper()
	v.done("/desk/collections", url.Values{"lang": {"en"}, "name": {"For tea"}, "summary": {"Small things."}})
	v.done("/desk/collections/1/items", url.Values{"add": {fmt.Sprint(v.f.selling)}})
	v.done("/desk/collections/1/publish", nil)
	v.done("/desk/features", url.Values{"market": {"jp"}, "subject": {fmt.Sprintf("product:%d", v.f.selling)}, "starts": {"2026-11-01T10:00"}})
	v.done("/desk/features", url.Values{"market": {"jp"}, "subject": {"collection:1"}, "starts": {"2026-12-01T10:00"}, "ends": {"2026-12-31T10:00"}})
	v.done("/desk/invitations", url.Values{"name": {"Gúlnara"}, "village": {fmt.Sprint(v.f.village)}, "lang": {"kaa"}})
	return nil
}

// Staff see the places they may enter, and no other.
func TestMenuFitsTheRole(t *testing.T) {
	f := newFixture(t)
	for who, want := range map[string][]string{
		"curator": {"/desk/review", "/desk/products", "/desk/features", "/desk/collections", "/desk/orders", "/desk/producers", "/desk/invitations", "/desk/audit"},
		"finance": {"/desk/orders", "/desk/refunds", "/desk/payouts", "/desk/closing", "/desk/ledger", "/desk/audit"},
		"admin":   {"/desk/review", "/desk/products", "/desk/features", "/desk/collections", "/desk/orders", "/desk/refunds", "/desk/producers", "/desk/invitations", "/desk/people", "/desk/audit"},
	} {
		v := f.as(t, who, "en")
		var got []string
		for _, a := range v.page("/desk").doc.Find(".mast nav a").EachIter() {
			href, _ := a.Attr("href")
			got = append(got, href)
			v.page(href)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", who, got, want)
		}
	}
	f.as(t, "curator", "en").page("/desk").says(".mast nav a[href='/desk/review'] b", "1")
	// The admin's places of money stand below their name.
	money := f.as(t, "admin", "en").page("/desk/closing")
	money.has(4, "nav.sub a")
	money.has(1, "nav.sub a[href='/desk/closing'][aria-current=page]")
}

func TestIdsThatAreNone(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "admin", "en")
	for _, path := range []string{"/desk/review/abc", "/desk/review/-1", "/desk/review/99999999999999999999", "/desk/orders/0",
		"/desk/people/x", "/desk/collections/x", "/desk/producers/0", "/desk/invitations/x/card", "/desk/features?market=xx"} {
		v.get(path, http.StatusNotFound)
	}
	for _, path := range []string{"/desk/products?after=%00", "/desk/people?after=x", "/desk/audit?after=-4"} {
		v.get(path, http.StatusUnprocessableEntity)
	}
	v.page("/desk/products?state=nonsense&q=" + strings.Repeat("x", 200))
	v.page("/desk/orders?status=nonsense&market=toolong")
	v.page("/desk/audit?who=somebody&id=x")
}

// Whoever reloads what a form was answered with comes to the page the form stands on, or to its list.
func TestReadingTheAddressOfAForm(t *testing.T) {
	f := newFixture(t)
	v := f.as(t, "admin", "en")
	table := f.server.Table()
	forms := 0
	for _, r := range table {
		if r.Method != http.MethodPost || !strings.HasPrefix(r.Path, "/desk/") ||
			slices.ContainsFunc(table, func(o web.Route) bool { return o.Method == http.MethodGet && o.Path == r.Path }) {
			continue
		}
		forms++
		path := regexp.MustCompile(`:[a-z]+`).ReplaceAllString(r.Path, "1")
		to := v.get(path, http.StatusSeeOther).Header.Get("Location")
		if !strings.HasPrefix(path, to+"/") {
			t.Errorf("%s leads to %q", path, to)
		}
	}
	if forms < 20 {
		t.Errorf("%d forms", forms)
	}
	at := fmt.Sprintf("/desk/review/%d", f.waiting)
	if to := v.get(at+"/approve?seen=x", http.StatusSeeOther).Header.Get("Location"); to != at {
		t.Errorf("approving leads to %q", to)
	}
	v.want(http.StatusMethodNotAllowed, v.do(http.MethodPut, at+"/approve", nil))
}
