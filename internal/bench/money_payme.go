package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"awil/internal/markets"
	"awil/internal/platform/payme"
)

// What the measured shop and the Payme we play have agreed on.
const (
	paymeMerchant = "587f72c72cac0d162c722ae2"
	paymeKey      = "the key of the benchmark"
	// paymeCheckout is where buyers pay who play: the demo takes no real money.
	paymeCheckout = "https://test.paycom.uz"
	// paymeDone is the state of a transaction whose money was taken.
	paymeDone = 2
)

// payer plays Payme, whose buyer pays at once: it calls the shop for each step
// of the payment, as Payme does.
type payer struct {
	site   *site
	client *http.Client
	count  atomic.Int64
}

func newPayer(s *site, transport *http.Transport) *payer {
	return &payer{site: s, client: &http.Client{Transport: transport, Timeout: patience}}
}

// buyAndPay buys, and pays where the checkout led to.
func (p *payer) buyAndPay(ctx context.Context, b *buyers) error {
	went, err := b.buy(ctx, markets.Payme)
	if err != nil {
		return err
	}
	code, found := strings.CutPrefix(went, paymeCheckout+"/")
	if !found {
		return fmt.Errorf("the checkout led to %q, not to Payme", went)
	}
	link, err := payme.ParseLink(code)
	if err != nil {
		return err
	}
	return p.pay(ctx, link)
}

// pay begins a transaction for what a link asks for, and performs it.
func (p *payer) pay(ctx context.Context, link payme.Link) error {
	id := fmt.Sprintf("%024x", p.count.Add(1))
	begun := map[string]any{"id": id, "time": time.Now().UnixMilli(), "amount": link.Amount.Minor,
		"account": map[string]string{"order_id": link.Order}}
	if _, err := p.call(ctx, "CreateTransaction", begun); err != nil {
		return err
	}
	state, err := p.call(ctx, "PerformTransaction", map[string]any{"id": id})
	if err == nil && state != paymeDone {
		err = fmt.Errorf("order %s was paid and its transaction has the state %d", link.Order, state)
	}
	return err
}

// call asks for a method of Payme's Merchant API and returns the state of the
// transaction then.
func (p *payer) call(ctx context.Context, method string, params map[string]any) (state int, err error) {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": p.count.Load(), "method": method, "params": params})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.site.url("/webhooks/payme"), bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", method, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(payme.DefaultLogin, paymeKey)
	res, err := p.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", method, err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err == nil {
		state, err = parsePayme(said)
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", method, err)
	}
	return state, nil
}

// parsePayme reads the state of a transaction from an answer of the Merchant
// API, which says with the status 200 what went wrong too.
func parsePayme(said []byte) (state int, err error) {
	var a struct {
		Result *struct {
			State int `json:"state"`
		} `json:"result"`
		Error *struct {
			Code    int             `json:"code"`
			Message json.RawMessage `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(said, &a); err != nil {
		return 0, fmt.Errorf("%q is no answer: %w", said, err)
	}
	switch {
	case a.Error != nil:
		return 0, fmt.Errorf("refused with code %d: %s", a.Error.Code, a.Error.Message)
	case a.Result == nil:
		return 0, errors.New("neither a result nor an error came")
	}
	return a.Result.State, nil
}
