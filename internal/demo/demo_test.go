package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/books"
	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/curation"
	"awil/internal/demo"
	"awil/internal/demo/content"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/paging"
	"awil/internal/payments"
	"awil/internal/payouts"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/producers"
	"awil/internal/reconcile"
	"awil/internal/search"
	"awil/internal/shipping"
)

func services(t *testing.T, db *pgxpool.Pool) demo.Services {
	t.Helper()
	store, err := blob.Open(t.Context(), (&url.URL{Scheme: "file", Path: t.TempDir()}).String())
	if err != nil {
		t.Fatal(err)
	}
	queue, err := jobs.New(db, jobs.Config{})
	if err != nil {
		t.Fatal(err)
	}
	goods := catalog.New(db, time.Now, search.Index)
	sells := func(_ context.Context, clock func() time.Time, card payments.Gateway) (demo.Shop, error) {
		vault, err := payouts.NewVault(bytes.Repeat([]byte("k"), 32))
		if err != nil {
			return demo.Shop{}, err
		}
		shop := checkout.New(checkout.Config{DB: db, Queue: queue, Clock: clock, Markets: markets.New(db, time.Now), Catalog: goods,
			Gateways: payments.NewGateways(card), Providers: map[markets.Method]payments.Provider{markets.COD: payments.ProviderCOD,
				markets.Bank: payments.ProviderBank, markets.Card: payments.ProviderStripe}, BaseURL: "http://shop.test"})
		return demo.Shop{Cart: cart.New(db, clock), Orders: orders.New(db, queue, clock), Checkout: shop,
			Payouts:   payouts.New(payouts.Config{DB: db, Clock: clock, Vault: vault, Queue: queue}),
			Reconcile: reconcile.New(reconcile.Config{DB: db, Checkout: shop, Clock: clock}),
			Quiet:     func(context.Context) error { return nil }}, nil
	}
	return demo.Services{
		Open: sells, Accounts: accounts.New(db, time.Now), Places: places.New(db), Markets: markets.New(db, time.Now),
		Producers: producers.New(db, time.Now), Photos: photos.New(db, store, photos.NewMaker(), queue), Catalog: goods,
		Curation: curation.New(db, time.Now, goods), Assessments: assessments.New(db, time.Now), Shipping: shipping.New(db), Clock: time.Now,
		Log: slog.New(slog.DiscardHandler),
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := services(t, db)
	if err := demo.Load(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	programme, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]int{
		"select count(*) from producers where state = 'active'":                                           len(programme.Producers),
		"select count(*) from products where published_at is not null":                                    products(programme),
		"select count(*) from products where state = 'submitted'":                                         len(programme.Waiting),
		"select count(*) from product_texts where state in ('source', 'approved')":                        6 * products(programme),
		"select count(*) from products p where not exists (select from offers where product_id = p.id)":   0,
		"select count(*) from products p where not exists (select from listings where product_id = p.id)": 0,
		"select count(*) from product_search":                                                             products(programme),
		"select count(*) from photos where state <> 'ready'":                                              0,
	} {
		var got int
		if err := db.QueryRow(t.Context(), sql).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", sql, got, err, want)
		}
	}
	money(t, db)
	for _, m := range programme.Markets {
		home, err := s.Curation.Home(t.Context(), m.Code, i18n.JA)
		if err != nil || len(home.Products) < 4 {
			t.Errorf("home page of %s: %d products, %v", m.Code, len(home.Products), err)
		}
	}

	var before, after int
	count := "select (select count(*) from products) + (select count(*) from photos) + (select count(*) from features) + (select count(*) from accounts)" +
		" + (select count(*) from orders) + (select count(*) from ledger_entries) + (select count(*) from import_lines) + (select count(*) from payout_destinations)"
	if err := db.QueryRow(t.Context(), count).Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), s); err != nil {
		t.Fatalf("a second load: %v", err)
	}
	if _, err := db.Exec(t.Context(), "update programme set contact_email = ''"); err != nil {
		t.Fatal(err)
	}
	s.Markets.Forget()
	if err := demo.Load(t.Context(), s); err != nil {
		t.Fatalf("going on with an interrupted load: %v", err)
	}
	if err := db.QueryRow(t.Context(), count).Scan(&after); err != nil || after != before {
		t.Errorf("loaded again: %d rows became %d, %v", before, after, err)
	}
}

// money looks at what a newcomer to the desk finds: two makers who can be paid out, one who owes, earnings still kept, a
// transfer whose line has come, a line nobody knows; and books that are proven.
func money(t *testing.T, db *pgxpool.Pool) {
	t.Helper()
	report, err := books.Check(t.Context(), db, nil)
	if err != nil || !report.OK() || report.Orders != 5 {
		t.Errorf("the books: %v, %v", report.Sentences(), err)
	}
	balance := `select count(*) from (select a.producer_id from ledger_accounts a join ledger_entries e on e.account_id = a.id
		where a.kind = '%s' group by a.producer_id having sum(e.amount_minor) %s 0) b`
	for sql, want := range map[string]int{
		fmt.Sprintf(balance, "producer_payable", "<"):                                                            2,
		fmt.Sprintf(balance, "producer_payable", ">"):                                                            1,
		fmt.Sprintf(balance, "producer_reserve", "<"):                                                            1,
		"select count(*) from payout_destinations":                                                               3,
		"select count(*) from orders where status = 'placed' and payment_method = 'bank' and expires_at > now()": 1,
		"select count(distinct currency) from orders where paid_at is not null":                                  2,
		"select count(*) from open_entries":                                                                      0,
		"select count(*) from open_lines":                                                                        2,
	} {
		var got int
		if err := db.QueryRow(t.Context(), sql).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", sql, got, err, want)
		}
	}
	matcher := reconcile.New(reconcile.Config{DB: db, Clock: time.Now})
	items, _, err := matcher.Queue(t.Context(), reconcile.LineFilter{}, paging.Page{Limit: 10})
	if err != nil || len(items) != 2 || items[0].Kind != reconcile.ForOrder || items[1].Kind != reconcile.Unknown {
		t.Errorf("to look at: %+v, %v", items, err)
	}
	payer := payouts.New(payouts.Config{DB: db, Clock: time.Now})
	if owed, err := payer.Owed(t.Context(), i18n.EN); err != nil || len(owed) != 3 {
		t.Errorf("owed: %+v, %v", owed, err)
	}
}

func products(p content.Programme) (n int) {
	for _, producer := range p.Producers {
		n += len(producer.Products)
	}
	return n
}

func TestLoadLeavesARealProgrammeAlone(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := services(t, db)
	_, err := s.Accounts.Create(t.Context(), accounts.NewAccount{Login: accounts.Login{Email: "real@example.org"}, Name: "Real",
		Lang: i18n.EN, Password: "a real password"})
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), s); !errors.Is(err, errs.Conflict) {
		t.Errorf("loaded into a database in use: %v", err)
	}
}
