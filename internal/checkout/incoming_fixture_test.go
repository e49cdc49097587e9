package checkout_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/click"
	clickstandin "awil/internal/platform/click/standin"
	"awil/internal/platform/payme"
	paymestandin "awil/internal/platform/payme/standin"
	"awil/internal/webhook"
)

const (
	paymeKey     = "a36charkeyofthetestcashregister00000"
	paymeCashbox = "587f72c72cac0d162c722ae2"
	clickSecret  = "test_secret"
	clickService = "12345"
)

// localShop is the shop with Payme and Click, which call its own handlers.
type localShop struct {
	*shop
	router *echo.Echo
	payme  *paymestandin.Standin
	click  *clickstandin.Standin
}

func newLocalShop(t *testing.T) *localShop {
	t.Helper()
	s := &localShop{shop: newShop(t), router: echo.New()}
	s.exec(`insert into market_payment_methods (market, method, position, hold_minutes) values ('uz', 'payme', 3, 60), ('uz', 'click', 4, 60)`)
	told := payments.New(s.pool, s.queue, s.clock.Now)
	paymeConfig := payme.Config{MerchantID: paymeCashbox, Key: paymeKey, Checkout: "https://pay.test", Attempts: told, Now: s.clock.Now, Log: quiet()}
	clickConfig := click.Config{ServiceID: clickService, MerchantID: "1", SecretKey: clickSecret, PayURL: "https://click.test/services/pay",
		Attempts: told, Now: s.clock.Now, Log: quiet()}
	toPayme, err := payme.New(paymeConfig)
	s.ok(err)
	toClick, err := click.New(clickConfig)
	s.ok(err)
	c := s.checkout.Config
	c.Gateways = payments.NewGateways(s.stripe, toPayme, toClick)
	c.Providers = map[markets.Method]payments.Provider{
		markets.Card: payments.ProviderStripe, markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank,
		markets.Payme: payments.ProviderPayme, markets.Click: payments.ProviderClick,
	}
	s.checkout = checkout.New(c)
	fromPayme, err := payme.NewServer(paymeConfig, s.checkout)
	s.ok(err)
	fromClick, err := click.NewServer(clickConfig, s.checkout)
	s.ok(err)
	s.router.Any("/webhooks/payme", webhook.Answer(fromPayme))
	s.router.Any("/webhooks/click", webhook.Answer(fromClick))
	s.startProviders()
	return s
}

// startProviders runs the stand-ins.
func (s *localShop) startProviders() {
	s.t.Helper()
	receiver := httptest.NewServer(s.router)
	s.t.Cleanup(receiver.Close)
	at := []time.Duration{0, 0, 0}
	var err error
	s.payme, err = paymestandin.New(paymestandin.Config{Endpoint: receiver.URL + "/webhooks/payme", Key: paymeKey, MerchantID: paymeCashbox,
		Merchant: "Awıl", Shop: "https://awil.test/", Now: s.clock.Now, Log: quiet(), RetryDelays: at})
	s.ok(err)
	s.click, err = clickstandin.New(clickstandin.Config{Endpoint: receiver.URL + "/webhooks/click", ServiceID: clickService, SecretKey: clickSecret,
		Merchant: "Awıl", Shop: "https://awil.test/", Now: s.clock.Now, Log: quiet(), RetryDelays: at})
	s.ok(err)
}

// answer is what our handlers say to a request.
func (s *localShop) answer(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r)
	return w
}

// settled fails the test unless an order is paid exactly once.
func (s *localShop) settled(placed checkout.Placed) {
	s.t.Helper()
	s.is(placed.Token, orders.Paid, orders.ParcelToPack)
	s.once(placed.OrderID)
	s.audited()
}
