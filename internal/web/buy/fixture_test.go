package buy_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"awil/assets"
	"awil/internal/accounts"
	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/photos"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
	"awil/internal/producers"
	"awil/internal/web"
	"awil/internal/web/buy"
	"awil/internal/web/shop"
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

// world is the whole program around the pages: two producers, four variants,
// the markets uz, jp and eu, people, and Stripe's stand-in next door.
type world struct {
	t        *testing.T
	pool     *pgxpool.Pool
	clock    *clock
	url      string
	queue    *jobs.Client
	checkout *checkout.Service
	orders   *orders.Service
	photos   *photos.Service
	accounts *accounts.Service
	outbox   *mail.Outbox
	standin  *standin.Standin
}

// The seeded variants; the last is sold in uz only.
const (
	jam   = 1
	tea   = 2
	felt  = 3
	kurut = 4
)

const (
	secretKey     = "sk_test_pages"
	webhookSecret = "whsec_pages"
	password      = "melon melon melon"
)

const seed = `
insert into regions (slug, country, iso) values ('karakalpakstan', 'UZ', 'UZ-QR');
insert into districts (region_id, slug) values (1, 'chimbay');
insert into villages (slug, district_id, latitude, longitude) values ('shimbay', 1, 42.93, 59.77);
insert into village_texts (village_id, lang, name, state) values (1, 'en', 'Chimbay', 'source');
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values
    ('uz', 'UZS', '{UZ}', 'uz', '{uz,kaa,ru,en}', 0, 100), ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 10),
    ('eu', 'EUR', '{AT,DE,FR}', 'en', '{en}', 0, 1);
insert into market_texts (market, lang, name) values ('uz', 'en', 'Uzbekistan'), ('jp', 'en', 'Japan'), ('eu', 'en', 'European Union');
insert into market_payment_methods (market, method, position, hold_minutes) values
    ('uz', 'cod', 0, null), ('uz', 'bank', 1, 4320), ('uz', 'card', 2, 60), ('jp', 'card', 0, 60), ('eu', 'card', 0, 60);
insert into programme (name, default_market, commission_bp, bank_details, contact_email) values
    ('Awıl', 'uz', 1000, E'Bank of Nukus\nAccount 2020 8000', 'office@demo.awil');
insert into producers (slug, kind, village_id, currency, state, source_lang) values
    ('melon', 'workshop', 1, 'UZS', 'active', 'kaa'), ('felt', 'family', 1, 'UZS', 'active', 'kaa');
insert into producer_texts (producer_id, lang, name, state) values (1, 'kaa', 'Altın Qawın', 'source'), (2, 'kaa', 'Kiyiz', 'source');
insert into categories (slug, food) values ('jams', true);
insert into products (slug, producer_id, category_id, state, submitted_at, published_at, hs_code)
    select s, p, 1, 'approved', now(), now(), '200799' from (values ('melon-jam', 1), ('tea', 1), ('felt', 2), ('kurut', 2)) v(s, p);
insert into product_texts (product_id, lang, name, state) values
    (1, 'en', 'Melon jam', 'approved'), (1, 'ja', 'メロンジャム', 'approved'), (2, 'en', 'Tea', 'approved'),
    (3, 'en', 'Slippers', 'approved'), (4, 'en', 'Kurut', 'approved');
insert into product_sources (product_id, lang, name) values (1, 'kaa', 'Qawın'), (2, 'kaa', 'Shay'), (3, 'kaa', 'Tapishke'), (4, 'kaa', 'Qurt');
insert into variants (product_id, net_quantity, net_unit, weight_grams, price_minor, currency, stock)
    values (1, 500, 'g', 700, 4500000, 'UZS', 10), (2, 80, 'g', 120, 2000000, 'UZS', 10),
           (3, null, 'piece', 400, 9000000, 'UZS', 10), (4, 200, 'g', 250, 3000000, 'UZS', 10);
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, by_hand)
    select 'uz', id, product_id, price_minor, 'UZS', price_minor, 'UZS', 1, false from variants;
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand)
    select m, id, product_id, price_minor / d, c, price_minor, 'UZS', r, '2026-11-01', false
    from variants, (values ('jp', 'JPY', 5000, 0.0123), ('eu', 'EUR', 8000, 0.00007)) v(m, c, d, r) where id <> 4;
insert into listings (market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at)
    select o.market, o.product_id, o.price_minor, o.currency, 1, 1, p.producer_id, now() from offers o join products p on p.id = o.product_id;
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days, tracked) values
    ('uz', 'post', 'parcel', 'UZS', 2500000, 500000, 20000, 2, 5, true), ('jp', 'ems', 'box', 'JPY', 1450, 700, 30000, 7, 14, true),
    ('jp', 'air', 'box', 'JPY', 980, 300, 30000, 17, 24, false), ('eu', 'ems', 'box', 'EUR', 1900, 700, 30000, 7, 14, true);
insert into shipping_method_texts (method_id, lang, name, note) values (1, 'en', 'Post', ''), (2, 'en', 'EMS', 'Followed to the door'), (3, 'en', 'Air parcel', ''), (4, 'en', 'EMS', '');
insert into photos (key, original_key, mime, bytes, width, height, widths, state, avif, color, sha256)
    values ('abcdefghijklmnopqrstuv', 'o', 'image/jpeg', 9, 1600, 1200, '{160,400,800}', 'ready', true, '#aabbcc', decode(repeat('ab', 32), 'hex'));
insert into product_photos (product_id, photo_id, position, shown) values (1, 1, 0, true);
`

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, pool: pgtest.New(t), clock: &clock{now: time.Now().UTC().Truncate(time.Second)}}
	if _, err := w.pool.Exec(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	w.url = "http://" + server.Listener.Addr().String()
	w.start(server)
	server.Start()
	t.Cleanup(server.Close)
	return w
}

// start puts services and pages together as the program does.
func (w *world) start(server *httptest.Server) {
	t := w.t
	t.Helper()
	var err error
	if w.queue, err = jobs.New(w.pool, jobs.Config{}); err != nil {
		t.Fatal(err)
	}
	card := w.startStripe()
	known, goods := markets.New(w.pool, w.clock.Now), catalog.New(w.pool, w.clock.Now, nil)
	w.accounts, w.orders = accounts.New(w.pool, w.clock.Now), orders.New(w.pool, w.queue, w.clock.Now)
	w.checkout = checkout.New(checkout.Config{
		DB: w.pool, Queue: w.queue, Clock: w.clock.Now, Markets: known, Catalog: goods, Gateways: payments.NewGateways(card),
		Providers: map[markets.Method]payments.Provider{
			markets.Card: payments.ProviderStripe, markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank,
		},
		BaseURL: w.url, Log: quiet(),
	})
	store, err := blob.Open(t.Context(), (&url.URL{Scheme: "file", Path: t.TempDir()}).String())
	if err != nil {
		t.Fatal(err)
	}
	if w.outbox, err = mail.NewOutbox(mail.OutboxConfig{Dir: t.TempDir(), From: "Awıl <shop@awil.test>", Log: quiet(), Now: w.clock.Now}); err != nil {
		t.Fatal(err)
	}
	files, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	members := producers.New(w.pool, w.clock.Now)
	s, err := web.New(web.Config{
		BaseURL: base, Secret: []byte(strings.Repeat("k", 32)), Log: quiet(), Clock: w.clock.Now, Assets: files,
		Markets: shop.NewMarkets(known), Accounts: w.accounts, Members: members, Sessions: memstore.New(), Demo: true,
		FormTargets: []string{w.standin.URL()},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.photos = photos.New(w.pool, store, photos.NewMaker(), w.queue)
	buy.New(buy.Deps{
		Accounts: w.accounts, Members: members, Markets: known, Photos: w.photos,
		Cart: cart.New(w.pool, w.clock.Now), Orders: w.orders, Checkout: w.checkout, Outbox: w.outbox, Clock: w.clock.Now, Log: quiet(),
	}).Register(s)
	webhook.Register(s.Root(), payments.New(w.pool, w.queue, w.clock.Now), quiet(),
		map[payments.Provider]payments.WebhookVerifier{card.Provider(): card})
	server.Config.Handler = s.Handler()
}

// embedded are the stylesheets and scripts, prepared once for all tests.
var embedded = sync.OnceValues(assets.New)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// startStripe runs the stand-in, its webhooks coming to our own server.
func (w *world) startStripe() *stripe.Gateway {
	w.t.Helper()
	var err error
	w.standin, err = standin.New(standin.Config{
		SecretKey: secretKey, WebhookSecret: webhookSecret, WebhookURL: w.url + "/webhooks/stripe", Merchant: "Awıl",
		Now: w.clock.Now, Log: quiet(), RetryDelays: []time.Duration{}, RedirectWait: time.Millisecond,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := w.standin.Start(ctx, "127.0.0.1:0"); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { cancel(); <-w.standin.Done() })
	gateway, err := stripe.New(stripe.Config{
		SecretKey: secretKey, WebhookSecret: webhookSecret, APIBase: w.standin.URL(), Now: w.clock.Now,
		HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return gateway
}

// people opens the accounts: a buyer, a maker, a curator.
func (w *world) people() {
	w.t.Helper()
	for _, p := range []accounts.NewAccount{
		{Login: accounts.Login{Email: "buyer@demo.awil"}, Name: "Hanako", Lang: i18n.JA},
		{Login: accounts.Login{Phone: "+998912345678"}, Name: "Gulnara", Lang: i18n.KAA},
		{Login: accounts.Login{Email: "curator@demo.awil"}, Name: "Aida", Lang: i18n.EN, Roles: accounts.Roles{accounts.RoleCurator}},
	} {
		p.Password = password
		if _, err := w.accounts.Create(w.t.Context(), p); err != nil {
			w.t.Fatal(err)
		}
	}
	w.exec(`insert into producer_members (producer_id, account_id, role) select 1, id, 'owner' from accounts where phone is not null`)
}

// work waits for the webhooks under way and does every job that is due.
func (w *world) work() {
	w.t.Helper()
	if err := w.standin.Wait(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	workers := river.NewWorkers()
	checkout.Workers(workers, w.checkout, func(_ context.Context, m checkout.Mail) (checkout.Written, error) {
		return checkout.Written{Subject: "Letter " + string(m.Letter), Text: "See " + m.Link + "\n",
			HTML: `<html><head></head><body><a href="` + m.Link + `">order</a></body></html>`}, nil
	}, w.outbox)
	mail.Workers(workers, w.outbox)
	photos.Workers(workers, w.photos)
	if err := jobs.Drain(w.t.Context(), w.pool, workers); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) number(sql string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.pool.QueryRow(w.t.Context(), sql, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// pack packs and ships all parcels of an order, as its producers do; what says
// how far.
func (w *world) pack(token string, ship bool) {
	w.t.Helper()
	o, err := w.orders.ByToken(w.t.Context(), token, i18n.EN)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range o.Parcels {
		err := w.orders.MarkPacked(w.t.Context(), p.ProducerID, 2, p.ID)
		if err == nil && ship {
			err = w.orders.MarkShipped(w.t.Context(), p.ProducerID, 2, p.ID, "ems", "EE473120858UZ")
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}
