package checkout_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/money"
)

// scenario is what a provider asks, one call after the other, and what it must
// be answered. The tables are in testdata/payme and testdata/click.
type scenario struct {
	About  string            `json:"about"`
	Orders map[string]string `json:"orders"` // name → way to pay; unless given, one: order
	Steps  []step            `json:"steps"`
	End    map[string]string `json:"end"` // order → where it stands at last
}

// step is one call and its answer, or something else that happens.
type step struct {
	About  string          `json:"about"`
	After  string          `json:"after"` // so much later, such as 12h
	Do     string          `json:"do"`    // ship, deliver, cancel or expire; nothing is asked then
	Of     string          `json:"of"`    // which order Do is about; unless given: order
	HTTP   string          `json:"http"`  // unless given: POST
	Auth   string          `json:"auth"`  // unless given: the right one
	Raw    *string         `json:"raw"`   // the body as it is; <long> in it is very long
	Call   json.RawMessage `json:"call"`
	Expect json.RawMessage `json:"expect"` // what the answer has at least; "<time>" is any time, "<text>" any text
	Same   int             `json:"same"`   // the answer is that of this step, counted from 1
	Lacks  []string        `json:"lacks"`  // fields the result has not
}

// play replays all scenarios of a provider.
func play(t *testing.T, provider string, method markets.Method, ask func(*player, step) *http.Request) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", provider, "*.json"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d scenarios, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s scenario
			d := json.NewDecoder(bytes.NewReader(raw))
			d.DisallowUnknownFields()
			if err := d.Decode(&s); err != nil {
				t.Fatal(err)
			}
			p := &player{localShop: newLocalShop(t), placed: map[string]checkout.Placed{}, ask: ask}
			p.play(s, method)
		})
	}
}

type player struct {
	*localShop
	placed  map[string]checkout.Placed
	answers []string // by step
	ask     func(*player, step) *http.Request
}

func (p *player) play(s scenario, method markets.Method) {
	p.t.Helper()
	if s.Orders == nil {
		s.Orders = map[string]string{"order": string(method)}
	}
	p.exec(`insert into fiscal_codes (product_id, code, package_code, vat_percent, source, account_id, entered_at) values
		(1, '02007001001000001', '1500001', 12, 'tasnif.soliq.uz', 2, now()), (2, '00902001001000001', '1500002', 0, 'tasnif.soliq.uz', 2, now())`)
	for name, way := range s.Orders {
		goods := []want{{jam, 1}, {tea, 2}}
		if name == "uncoded" {
			goods = append(goods, want{felt, 1})
		}
		p.placed[name] = p.place("uz", markets.Method(way), goods...)
	}
	for i, step := range s.Steps {
		p.step(i+1, step)
	}
	for name, status := range s.End {
		if o := p.order(p.placed[name].Token); string(o.Status) != status {
			p.t.Errorf("%s is %s, want %s", name, o.Status, status)
		}
	}
	p.work()
	p.audited()
}

func (p *player) step(n int, s step) {
	p.t.Helper()
	if s.After != "" {
		d, err := time.ParseDuration(s.After)
		p.ok(err)
		p.clock.pass(d)
	}
	if s.Do != "" {
		p.happen(s)
		p.answers = append(p.answers, "")
		return
	}
	w := p.answer(p.ask(p, s))
	body := strings.TrimSpace(w.Body.String())
	p.answers = append(p.answers, body)
	if w.Code != http.StatusOK {
		p.t.Fatalf("step %d (%s): status %d", n, s.About, w.Code)
	}
	if s.Same > 0 {
		if before := p.answers[s.Same-1]; withoutID(before) != withoutID(body) {
			p.t.Fatalf("step %d (%s): got\n%s\nwant the same as in step %d\n%s", n, s.About, body, s.Same, before)
		}
		return
	}
	var got, want any
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		p.t.Fatalf("step %d (%s): %s: %v", n, s.About, body, err)
	}
	if err := json.Unmarshal([]byte(p.fill(string(s.Expect))), &want); err != nil {
		p.t.Fatalf("step %d (%s): %v", n, s.About, err)
	}
	if problem := differs("answer", got, want); problem != "" {
		p.t.Fatalf("step %d (%s): %s\n%s", n, s.About, problem, body)
	}
	for _, field := range s.Lacks {
		if strings.Contains(body, strconv.Quote(field)+":") {
			p.t.Fatalf("step %d (%s): has %s\n%s", n, s.About, field, body)
		}
	}
}

// happen lets something happen that is no call.
func (p *player) happen(s step) {
	p.t.Helper()
	if s.Of == "" {
		s.Of = "order"
	}
	token := p.placed[s.Of].Token
	switch s.Do {
	case "ship":
		p.send(token)
	case "cancel":
		p.ok(p.checkout.CancelByBuyer(p.t.Context(), token))
	case "expire":
		_, err := p.checkout.Expire(p.t.Context())
		p.ok(err)
	case "wait": // only time passes
	default:
		p.t.Fatalf("unknown step %q", s.Do)
	}
}

var (
	placeholder = regexp.MustCompile(`"?\$([a-z]+)(?:\.([a-z]+))?([+-][0-9hms]+)?"?`)
	rpcID       = regexp.MustCompile(`"id":\s*[0-9]+,?`)
)

func withoutID(answer string) string { return rpcID.ReplaceAllString(answer, "") }

// fill writes what is in the place of $now, "$order", "$order.amount",
// "$order.sums" and "$step3": the transaction of the third answer.
func (p *player) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(all string) string {
		m := placeholder.FindStringSubmatch(all)
		name, field, shift := m[1], m[2], m[3]
		if name == "now" {
			at := p.clock.Now()
			if shift != "" {
				d, err := time.ParseDuration(strings.TrimPrefix(shift, "+"))
				p.ok(err)
				at = at.Add(d)
			}
			return strconv.FormatInt(at.UnixMilli(), 10)
		}
		placed, known := p.placed[name]
		if !known {
			return all
		}
		o := p.order(placed.Token)
		switch field {
		case "amount":
			return strconv.FormatInt(o.TotalMinor, 10)
		case "more":
			return strconv.FormatInt(o.TotalMinor+1, 10)
		case "sums":
			return strconv.Quote(o.Total().Decimal())
		case "oversums":
			return strconv.Quote(money.New(o.TotalMinor+1, o.Currency).Decimal())
		case "lower":
			return strconv.Quote(" " + strings.ToLower(strings.ReplaceAll(o.Reference, "-", " ")))
		}
		return strconv.Quote(o.Reference)
	})
}

// differs says where got has not what is wanted; empty when it has.
func differs(path string, got, want any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %v, want an object", path, got)
		}
		for key, value := range w {
			if problem := differs(path+"."+key, g[key], value); problem != "" {
				return problem
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Sprintf("%s is %v, want %d of them", path, got, len(w))
		}
		for i := range w {
			if problem := differs(fmt.Sprintf("%s[%d]", path, i), g[i], w[i]); problem != "" {
				return problem
			}
		}
		return ""
	case string:
		return differsText(path, got, w)
	}
	if got != want {
		return fmt.Sprintf("%s is %v, want %v", path, got, want)
	}
	return ""
}

func differsText(path string, got any, want string) string {
	text, isText := got.(string)
	n, isNumber := got.(float64)
	ok := isText && text == want
	switch want {
	case "<text>":
		ok = isText && text != ""
	case "<time>":
		ok = isNumber && n > 1e12 && n < 1e13
	case "<number>":
		ok = isNumber && n > 0
	}
	if !ok {
		return fmt.Sprintf("%s is %v, want %s", path, got, want)
	}
	return ""
}

// tooLong is more than a call may have, in bytes.
const tooLong = 70_000

// askPayme makes a call of Payme's.
func askPayme(p *player, s step) *http.Request {
	body := p.fill(string(s.Call))
	if s.Raw != nil {
		body = strings.ReplaceAll(*s.Raw, "<long>", strings.Repeat("x", tooLong))
	}
	method := s.HTTP
	if method == "" {
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, "/webhooks/payme", strings.NewReader(body))
	r.Header.Set("Content-Type", "text/json")
	proof := "Paycom:" + paymeKey
	switch s.Auth {
	case "none":
		return r
	case "wrong":
		proof = "Paycom:another"
	case "stranger":
		proof = "somebody:" + paymeKey
	case "bearer":
		r.Header.Set("Authorization", "Bearer "+base64.StdEncoding.EncodeToString([]byte(proof)))
		return r
	}
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(proof)))
	return r
}

// askClick makes a call of Click's, signed unless the step brings a signature.
func askClick(p *player, s step) *http.Request {
	var fields map[string]string
	p.ok(json.Unmarshal([]byte(p.fill(string(s.Call))), &fields))
	form := url.Values{}
	for name, value := range map[string]string{
		"service_id": clickService, "click_paydoc_id": "777", "error": "0", "error_note": "Success",
		"sign_time": p.clock.Now().Format(time.DateTime),
	} {
		form.Set(name, value)
	}
	for name, value := range fields {
		if number, step, found := strings.Cut(value, "@"); found && number == "" { // an id of an earlier answer
			n, err := strconv.Atoi(step)
			p.ok(err)
			value = preparedIn(p.answers[n-1])
		}
		form.Set(name, value)
	}
	signed := form.Get("click_trans_id") + form.Get("service_id") + clickSecret + form.Get("merchant_trans_id")
	if form.Get("action") == "1" {
		signed += form.Get("merchant_prepare_id")
	}
	sum := md5.Sum([]byte(signed + form.Get("amount") + form.Get("action") + form.Get("sign_time")))
	if !form.Has("sign_string") {
		form.Set("sign_string", hex.EncodeToString(sum[:]))
	}
	for name, value := range form {
		if value[0] == "<missing>" {
			form.Del(name)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/webhooks/click", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func preparedIn(answer string) string {
	var a struct {
		Prepare json.Number `json:"merchant_prepare_id"`
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		return err.Error()
	}
	return a.Prepare.String()
}

// TestPaymeScenarios replays what Payme's sandbox asks, and what else its
// documentation tells.
func TestPaymeScenarios(t *testing.T) {
	t.Parallel()
	play(t, "payme", markets.Payme, askPayme)
}

// TestClickScenarios replays what Click's documentation tells.
func TestClickScenarios(t *testing.T) {
	t.Parallel()
	play(t, "click", markets.Click, askClick)
}
