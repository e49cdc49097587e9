package checkout_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
	"github.com/riverqueue/river"

	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
	"awil/internal/shipping"
	"awil/internal/webhook"
)

// clock is a clock that tests turn.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// shop is a small programme: two producers, three variants, markets uz and jp.
type shop struct {
	t        *testing.T
	pool     *pgxpool.Pool
	clock    *clock
	queue    *jobs.Client
	checkout *checkout.Service
	orders   *orders.Service
	cart     *cart.Service
	stripe   *stripe.Gateway
	standin  *standin.Standin
	hooks    string // where webhooks go

	mu      sync.Mutex
	written []checkout.Mail
}

// The seeded variants: two of the melon workshop, one of the felt family.
const (
	jam  = 1
	tea  = 2
	felt = 3
)

const seed = `
insert into regions (slug, country, iso) values ('karakalpakstan', 'UZ', 'UZ-QR');
insert into districts (region_id, slug) values (1, 'chimbay');
insert into villages (slug, district_id, latitude, longitude) values ('shimbay', 1, 42.93, 59.77);
insert into village_texts (village_id, lang, name, state) values (1, 'en', 'Chimbay', 'source');
insert into accounts (email, password_hash, name, lang) values
    ('melon@demo.awil', '$argon2id$x', 'Melon', 'kaa'), ('finance@demo.awil', '$argon2id$x', 'Finance', 'en');
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values
    ('uz', 'UZS', '{UZ}', 'uz', '{uz,kaa,ru,en}', 0, 100), ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 10);
insert into market_payment_methods (market, method, position, hold_minutes) values
    ('uz', 'cod', 0, null), ('uz', 'bank', 1, 4320), ('uz', 'card', 2, 60), ('jp', 'card', 0, 30);
insert into programme (name, default_market, commission_bp, bank_details, contact_email) values
    ('Awıl', 'uz', 1000, 'IBAN 1', 'office@demo.awil');
insert into producers (slug, kind, village_id, currency, state, source_lang) values
    ('melon', 'workshop', 1, 'UZS', 'active', 'kaa'), ('felt', 'family', 1, 'UZS', 'active', 'kaa');
insert into producer_texts (producer_id, lang, name, state) values (1, 'kaa', 'Altın Qawın', 'source'), (2, 'kaa', 'Kiyiz', 'source');
insert into producer_members (producer_id, account_id, role) values (1, 1, 'owner');
insert into categories (slug, food) values ('jams', true);
insert into category_texts (category_id, lang, name) values (1, 'en', 'Jams');
insert into products (slug, producer_id, category_id, state, submitted_at, published_at, hs_code)
    select s, p, 1, 'approved', now(), now(), '200799' from (values ('melon-jam', 1), ('tea', 1), ('felt', 2)) v(s, p);
insert into product_texts (product_id, lang, name, state) values
    (1, 'en', 'Melon jam', 'approved'), (1, 'ja', 'メロンジャム', 'approved'), (2, 'en', 'Tea', 'approved'), (3, 'en', 'Slippers', 'approved');
insert into product_sources (product_id, lang, name) values (1, 'kaa', 'Qawın varenyesi'), (2, 'kaa', 'Boyan shayı'), (3, 'kaa', 'Tapishke');
insert into variants (product_id, net_quantity, net_unit, weight_grams, price_minor, currency, stock)
    values (1, 500, 'g', 700, 4500000, 'UZS', 10), (2, 80, 'g', 120, 2000000, 'UZS', 10), (3, null, 'piece', 400, 9000000, 'UZS', 10);
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, by_hand)
    select 'uz', id, product_id, price_minor, 'UZS', price_minor, 'UZS', 1, false from variants;
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand)
    select 'jp', id, product_id, price_minor / 5000, 'JPY', price_minor, 'UZS', 0.0123, '2026-11-01', false from variants;
insert into listings (market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at)
    select o.market, o.product_id, o.price_minor, o.currency, 1, 1, p.producer_id, now() from offers o join products p on p.id = o.product_id;
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days, tracked) values
    ('uz', 'post', 'parcel', 'UZS', 2500000, 500000, 20000, 2, 5, true), ('jp', 'ems', 'box', 'JPY', 1450, 700, 30000, 7, 14, true);
insert into shipping_method_texts (method_id, lang, name) values (1, 'en', 'Post'), (2, 'en', 'EMS');
`

const (
	secretKey     = "sk_test_fixture"
	webhookSecret = "whsec_fixture"
)

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, pool: pgtest.New(t), clock: &clock{now: time.Now().UTC().Truncate(time.Second)}}
	if _, err := s.pool.Exec(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.queue, err = jobs.New(s.pool, jobs.Config{}); err != nil {
		t.Fatal(err)
	}
	s.startStripe()
	s.orders = orders.New(s.pool, s.queue, s.clock.Now)
	s.cart = cart.New(s.pool, s.clock.Now)
	s.checkout = checkout.New(checkout.Config{
		DB: s.pool, Queue: s.queue, Clock: s.clock.Now, Markets: markets.New(s.pool, s.clock.Now),
		Catalog:  catalog.New(s.pool, s.clock.Now, nil),
		Gateways: payments.NewGateways(s.stripe),
		Providers: map[markets.Method]payments.Provider{
			markets.Card: payments.ProviderStripe, markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank,
		},
		BaseURL: "https://awil.test", Log: quiet(),
	})
	return s
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// startStripe runs the stand-in, its webhooks coming to our own handler.
func (s *shop) startStripe() {
	s.t.Helper()
	router := echo.New()
	receiver := httptest.NewServer(router)
	s.t.Cleanup(receiver.Close)
	s.hooks = receiver.URL + "/webhooks/stripe"
	var err error
	s.standin, err = standin.New(standin.Config{
		SecretKey: secretKey, WebhookSecret: webhookSecret, WebhookURL: s.hooks, Merchant: "Awıl", Now: s.clock.Now,
		Log: quiet(), RetryDelays: []time.Duration{}, RedirectWait: time.Millisecond,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.standin.Start(ctx, "127.0.0.1:0"); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cancel(); <-s.standin.Done() })
	s.stripe, err = stripe.New(stripe.Config{
		SecretKey: secretKey, WebhookSecret: webhookSecret, APIBase: s.standin.URL(), Now: s.clock.Now,
		// On a connection used before, Go repeats a lost call by itself.
		HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	inbox := payments.New(s.pool, s.queue, s.clock.Now)
	router.POST("/webhooks/stripe", webhook.Receive(inbox, s.stripe, quiet()))
}

// work waits for the webhooks under way and does every job that is due.
func (s *shop) work() {
	s.t.Helper()
	if err := s.standin.Wait(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if err := jobs.Drain(s.t.Context(), s.pool, s.workers()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) workers() *river.Workers {
	w := river.NewWorkers()
	checkout.Workers(w, s.checkout, s.write, nil)
	river.AddWorker(w, river.WorkFunc(func(context.Context, *river.Job[mailArgs]) error { return nil }))
	return w
}

// mailArgs stands for the mail job, which these tests do not send.
type mailArgs struct{}

func (mailArgs) Kind() string { return "mail" }

func (s *shop) write(_ context.Context, m checkout.Mail) (checkout.Written, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = append(s.written, m)
	return checkout.Written{Subject: "subject", Text: "text"}, nil
}

// letters lists what was written so far as "letter to audience in lang".
func (s *shop) letters() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]string, len(s.written))
	for i, m := range s.written {
		list[i] = fmt.Sprintf("%s to %s in %s", m.Letter, m.Audience, m.Lang)
	}
	return strings.Join(list, ", ")
}

// want is one thing for a cart.
type want struct {
	variant  int64
	quantity int
}

// fill makes a cart and returns its token.
func (s *shop) fill(market string, wants ...want) string {
	s.t.Helper()
	token := ""
	for _, w := range wants {
		added, err := s.cart.Add(s.t.Context(), token, market, w.variant, w.quantity)
		if err != nil {
			s.t.Fatal(err)
		}
		token = added.Token
	}
	return token
}

var homeAddress = shipping.Address{
	Name: "Gulnara", Phone: "+998912345678", Country: "UZ", Region: "UZ-QR", City: "Nókis", Line1: "Ǵárezsizlik 12",
}

var tokyoAddress = shipping.Address{
	Name: "山田 花子", Phone: "09012345678", Country: "JP", Postcode: "220-0012", Region: "JP-14", City: "横浜市西区", Line1: "みなとみらい2-3-1",
}

// input is a filled-in form for a cart, showing the right total.
func (s *shop) input(cartToken, market string, method markets.Method) checkout.PlaceInput {
	s.t.Helper()
	in := checkout.PlaceInput{
		CartToken: cartToken, CheckoutToken: checkout.NewFormToken(), Market: market, Lang: i18n.EN,
		Email: "buyer@example.com", Address: homeAddress, ShippingID: 1, Method: method,
	}
	if market == "jp" {
		in.Address, in.ShippingID, in.Lang = tokyoAddress, 2, i18n.JA
	}
	form, err := s.checkout.Form(s.t.Context(), cartToken, market, in.Lang)
	if err != nil {
		s.t.Fatal(err)
	}
	if in.Shown, err = form.Total(form.Quotes[0]); err != nil {
		s.t.Fatal(err)
	}
	return in
}

// place buys and must succeed.
func (s *shop) place(market string, method markets.Method, wants ...want) checkout.Placed {
	s.t.Helper()
	placed, err := s.checkout.Place(s.t.Context(), s.input(s.fill(market, wants...), market, method))
	if err != nil {
		s.t.Fatal(err)
	}
	if placed.PayError != nil {
		s.t.Fatal(placed.PayError)
	}
	return placed
}

// session is the stand-in's name of what a buyer pays at this page.
func session(payURL string) string { return payURL[strings.LastIndex(payURL, "/")+1:] }

// pay pays with a good card.
func (s *shop) pay(payURL string) {
	s.t.Helper()
	if err := s.standin.Pay(session(payURL), standin.CardGood); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) order(token string) checkout.Overview {
	s.t.Helper()
	o, err := s.checkout.ByToken(s.t.Context(), token, i18n.EN)
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

func (s *shop) stock(variant int64) int {
	s.t.Helper()
	return number[int](s, `select stock from variants where id = $1`, variant)
}

func (s *shop) setStock(variant int64, stock int) {
	s.t.Helper()
	s.exec(`update variants set stock = $2 where id = $1`, variant, stock)
}

func (s *shop) exec(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.pool.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

// refused fails the test unless the database refuses a statement for the
// reason of this name: a constraint's, or part of a trigger's words.
func (s *shop) refused(reason, sql string, args ...any) {
	s.t.Helper()
	_, err := s.pool.Exec(s.t.Context(), sql, args...)
	if err == nil || !postgres.Violates(err, reason) && !strings.Contains(err.Error(), reason) {
		s.t.Errorf("%s: got %v, want %s", sql, err, reason)
	}
}

func number[T any](s *shop, sql string, args ...any) T {
	s.t.Helper()
	var n T
	if err := s.pool.QueryRow(s.t.Context(), sql, args...).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// is fails the test unless an order stands so.
func (s *shop) is(token string, status orders.Status, parcel orders.ParcelStatus) {
	s.t.Helper()
	o := s.order(token)
	if o.Status != status {
		s.t.Errorf("order is %s, want %s", o.Status, status)
	}
	for _, p := range o.Parcels {
		if p.Status != parcel {
			s.t.Errorf("parcel is %s, want %s", p.Status, parcel)
		}
	}
}

func uzs(minor int64) money.Amount { return money.New(minor, money.UZS) }

// once fails the test unless the order was settled exactly once.
func (s *shop) once(orderID int64) {
	s.t.Helper()
	if n := number[int](s, `select count(*) from payments where order_id = $1 and status = 'succeeded' and not refund_due`, orderID); n != 1 {
		s.t.Errorf("%d payments of order %d stand", n, orderID)
	}
	if n := number[int](s, `select count(*) from order_events where order_id = $1 and to_status = 'paid' and from_status <> 'paid' and parcel_id is null`, orderID); n != 1 {
		s.t.Errorf("order %d was paid %d times", orderID, n)
	}
}

// sessions lists what the stand-in has, as Stripe's own API does.
func (s *shop) sessions() []string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.standin.URL()+"/v1/checkout/sessions", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secretKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var list struct {
		Data []struct{ ID string }
	}
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		s.t.Fatal(err)
	}
	ids := make([]string, len(list.Data))
	for i, one := range list.Data {
		ids[i] = one.ID
	}
	return ids
}
