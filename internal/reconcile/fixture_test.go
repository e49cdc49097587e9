package reconcile_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/platform/stripe"
	"awil/internal/platform/stripe/standin"
	"awil/internal/reconcile"
	"awil/internal/shipping"
)

const seed = `
insert into regions (slug, country, iso) values ('karakalpakstan', 'UZ', 'UZ-QR');
insert into districts (region_id, slug) values (1, 'chimbay');
insert into villages (slug, district_id, latitude, longitude) values ('shimbay', 1, 42.93, 59.77);
insert into village_texts (village_id, lang, name, state) values (1, 'en', 'Chimbay', 'source');
insert into accounts (email, password_hash, name, lang) values ('finance@demo.awil', '$argon2id$x', 'Finance', 'en');
insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor) values
    ('uz', 'UZS', '{UZ}', 'uz', '{uz,kaa,ru,en}', 0, 100), ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 10);
insert into market_payment_methods (market, method, position, hold_minutes) values
    ('uz', 'cod', 0, null), ('uz', 'bank', 1, 4320), ('jp', 'card', 0, 30);
insert into programme (name, default_market, commission_bp, bank_details, contact_email) values
    ('Awıl', 'uz', 1000, 'IBAN 1', 'office@demo.awil');
insert into producers (slug, kind, village_id, currency, state, source_lang) values ('melon', 'workshop', 1, 'UZS', 'active', 'kaa');
insert into producer_texts (producer_id, lang, name, state) values (1, 'kaa', 'Altın Qawın', 'source');
insert into categories (slug, food) values ('jams', true);
insert into products (slug, producer_id, category_id, state, submitted_at, published_at, hs_code) values ('melon-jam', 1, 1, 'approved', now(), now(), '200799');
insert into product_texts (product_id, lang, name, state) values (1, 'en', 'Melon jam', 'approved'), (1, 'ja', 'メロンジャム', 'approved');
insert into product_sources (product_id, lang, name) values (1, 'kaa', 'Qawın varenyesi');
insert into variants (product_id, net_quantity, net_unit, weight_grams, price_minor, currency, stock) values (1, 500, 'g', 700, 4500000, 'UZS', 100);
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, by_hand) values ('uz', 1, 1, 4500000, 'UZS', 4500000, 'UZS', 1, false);
insert into offers (market, variant_id, product_id, price_minor, currency, base_minor, base, rate, rate_date, by_hand)
    values ('jp', 1, 1, 900, 'JPY', 4500000, 'UZS', 0.0123, '2026-11-01', false);
insert into listings (market, product_id, from_minor, currency, category_id, village_id, producer_id, published_at)
    values ('uz', 1, 4500000, 'UZS', 1, 1, 1, now()), ('jp', 1, 900, 'JPY', 1, 1, 1, now());
insert into shipping_methods (market, code, kind, currency, base_minor, per_kg_minor, max_grams, min_days, max_days, tracked) values
    ('uz', 'post', 'parcel', 'UZS', 2500000, 500000, 20000, 2, 5, true), ('jp', 'ems', 'box', 'JPY', 1450, 700, 30000, 7, 14, true);
insert into shipping_method_texts (method_id, lang, name) values (1, 'en', 'Post'), (2, 'en', 'EMS');
`

const (
	finance = 1
	noon    = "2026-11-20 07:00:00" // UTC; noon in Tashkent
)

var tashkent = time.FixedZone("Tashkent", 5*60*60)

// programme is a small one with its bank, its Stripe and its books.
type programme struct {
	t         *testing.T
	pool      *pgxpool.Pool
	now       time.Time
	checkout  *checkout.Service
	cart      *cart.Service
	standin   *standin.Standin
	ledger    *ledger.Service
	reconcile *reconcile.Service
	faults    []string // of the books
}

func newProgramme(t *testing.T) *programme {
	t.Helper()
	t.Parallel()
	p := bare(t)
	p.startStripe()
	return p
}

// bare is a programme without Stripe.
func bare(t *testing.T) *programme {
	t.Helper()
	p := &programme{t: t, pool: pgtest.New(t)}
	p.now, _ = time.Parse(time.DateTime, noon)
	p.exec(seed)
	p.exec(`alter table ledger_transactions disable trigger ledger_subject`) // payouts are booked here that nobody proposed
	p.ledger = ledger.New(p.pool)
	p.wire(nil)
	return p
}

func (p *programme) clock() time.Time { return p.now }

func (p *programme) wire(gateway payments.Gateway) {
	p.t.Helper()
	queue, err := jobs.New(p.pool, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
	p.ok(err)
	gateways := payments.NewGateways()
	providers := map[markets.Method]payments.Provider{markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank}
	if gateway != nil {
		gateways = payments.NewGateways(gateway)
		providers[markets.Card] = gateway.Provider()
	}
	p.cart = cart.New(p.pool, p.clock)
	p.checkout = checkout.New(checkout.Config{DB: p.pool, Queue: queue, Clock: p.clock, Markets: markets.New(p.pool, p.clock),
		Catalog: catalog.New(p.pool, p.clock, nil), Gateways: gateways, Providers: providers, BaseURL: "https://awil.test", Log: slog.New(slog.DiscardHandler)})
	p.reconcile = reconcile.New(reconcile.Config{DB: p.pool, Checkout: p.checkout, Clock: p.clock, Zone: tashkent,
		Books: func(context.Context) ([]string, error) { return p.faults, nil }})
}

func (p *programme) startStripe() {
	p.t.Helper()
	var err error
	p.standin, err = standin.New(standin.Config{SecretKey: "sk_test_fixture", WebhookSecret: "whsec_fixture", Merchant: "Awıl", Now: p.clock,
		Log: slog.New(slog.DiscardHandler), RetryDelays: []time.Duration{}, RedirectWait: time.Millisecond})
	p.ok(err)
	ctx, cancel := context.WithCancel(context.Background())
	p.ok(p.standin.Start(ctx, "127.0.0.1:0"))
	p.t.Cleanup(func() { cancel(); <-p.standin.Done() })
	gateway, err := stripe.New(stripe.Config{SecretKey: "sk_test_fixture", WebhookSecret: "whsec_fixture", APIBase: p.standin.URL(), Now: p.clock})
	p.ok(err)
	p.wire(gateway)
}

func (p *programme) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *programme) exec(sql string, args ...any) {
	p.t.Helper()
	_, err := p.pool.Exec(p.t.Context(), sql, args...)
	p.ok(err)
}

func (p *programme) number(sql string, args ...any) (n int) {
	p.t.Helper()
	p.ok(p.pool.QueryRow(p.t.Context(), sql, args...).Scan(&n))
	return n
}

func (p *programme) text(sql string, args ...any) (text string) {
	p.t.Helper()
	p.ok(p.pool.QueryRow(p.t.Context(), sql, args...).Scan(&text))
	return text
}

var homeAddress = shipping.Address{Name: "Gulnara", Phone: "+998912345678", Country: "UZ", Region: "UZ-QR", City: "Nókis", Line1: "Ǵárezsizlik 12"}

var tokyoAddress = shipping.Address{Name: "山田 花子", Phone: "09012345678", Country: "JP", Postcode: "220-0012", Region: "JP-14", City: "横浜市西区", Line1: "みなとみらい2-3-1"}

// buy places an order for so many jars.
func (p *programme) buy(market string, method markets.Method, jars int) checkout.Placed {
	p.t.Helper()
	ctx := p.t.Context()
	added, err := p.cart.Add(ctx, "", market, 1, jars)
	p.ok(err)
	in := checkout.PlaceInput{CartToken: added.Token, CheckoutToken: checkout.NewFormToken(), Market: market, Lang: i18n.EN,
		Email: "buyer@example.com", Address: homeAddress, ShippingID: 1, Method: method}
	if market == "jp" {
		in.Address, in.ShippingID, in.Lang = tokyoAddress, 2, i18n.JA
	}
	form, err := p.checkout.Form(ctx, added.Token, market, in.Lang)
	p.ok(err)
	in.Shown, err = form.Total(form.Quotes[0])
	p.ok(err)
	placed, err := p.checkout.Place(ctx, in)
	p.ok(err)
	p.ok(placed.PayError)
	return placed
}

// transfer places an order to be paid by transfer, and returns it.
func (p *programme) transfer(jars int) checkout.Overview {
	p.t.Helper()
	o, err := p.checkout.ByToken(p.t.Context(), p.buy("uz", markets.Bank, jars).Token, i18n.EN)
	p.ok(err)
	return o
}

// statement writes a bank statement of rows "day;document;counterparty;amount;purpose" in soʻm.
func statement(rows ...string) []byte {
	return []byte("Date;Document number;Counterparty;Amount;Purpose\n" + strings.Join(rows, "\n") + "\n")
}

// bank takes a statement in.
func (p *programme) bank(rows ...string) reconcile.Import {
	p.t.Helper()
	m, err := p.reconcile.Import(p.t.Context(), finance, reconcile.Upload{Till: ledger.TillBank, Name: "bank.csv", Data: statement(rows...), Currency: money.UZS})
	p.ok(err)
	return m
}

// queue is what is the matter, as "kind amount" in the order of lines, then of entries.
func (p *programme) queue() string {
	p.t.Helper()
	all := paging.Page{Limit: 1000}
	items, _, err := p.reconcile.Queue(p.t.Context(), reconcile.LineFilter{}, all)
	p.ok(err)
	entries, _, err := p.reconcile.Entries(p.t.Context(), reconcile.LineFilter{}, all)
	p.ok(err)
	var list []string
	for _, i := range items {
		list = append(list, fmt.Sprintf("%s %v", i.Kind, i.Line.Amount()))
	}
	for _, e := range entries {
		list = append(list, fmt.Sprintf("%s entry %v", e.Kind, e.Entry.Amount()))
	}
	return strings.Join(list, ", ")
}

func (p *programme) wantQueue(want string) {
	p.t.Helper()
	if got := p.queue(); got != want {
		p.t.Errorf("the queue is\n%s, want\n%s", got, want)
	}
}

// line is the id of the nth line of all that came in.
func (p *programme) line(n int) int64 {
	p.t.Helper()
	return int64(p.number(`select id from import_lines order by id offset $1 limit 1`, n-1))
}

func (p *programme) balance(a ledger.Account) money.Amount {
	p.t.Helper()
	b, err := p.ledger.Balance(p.t.Context(), a)
	p.ok(err)
	return b
}

func (p *programme) wantBalance(a ledger.Account, minor int64) {
	p.t.Helper()
	if b := p.balance(a); b.Minor != minor {
		p.t.Errorf("%s %s stands at %v, want %d", a.Kind, a.Till, b, minor)
	}
}

func containsText(err error, text string) bool {
	return err != nil && strings.Contains(err.Error(), text)
}

// sum writes an amount as statements do.
func sum(a money.Amount) string { return strings.Fields(a.String())[0] }

// owes books that the producer owes a sum; a line has come in before.
func (p *programme) owes(minor int64) {
	p.t.Helper()
	amount := money.New(minor, money.UZS)
	posting := ledger.Posting{Rule: ledger.RuleUnexplained, Subject: ledger.SubjectImportLine, SubjectID: p.line(1), At: p.now, Entries: []ledger.Entry{
		{Account: ledger.PayableTo(1, money.UZS), Minor: amount.Minor}, {Account: ledger.Of(ledger.Commission, money.UZS), Minor: -amount.Minor}}}
	_, err := p.ledger.Post(p.t.Context(), posting)
	p.ok(err)
}
