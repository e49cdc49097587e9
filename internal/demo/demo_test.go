package demo_test

import (
	"errors"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/accounts"
	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/demo"
	"awil/internal/demo/content"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/producers"
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
	return demo.Services{
		Accounts: accounts.New(db, time.Now), Places: places.New(db), Markets: markets.New(db, time.Now),
		Producers: producers.New(db, time.Now), Photos: photos.New(db, store, photos.NewMaker(), queue), Catalog: goods,
		Curation: curation.New(db, time.Now, goods), Shipping: shipping.New(db), Clock: time.Now,
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
	for _, m := range programme.Markets {
		home, err := s.Curation.Home(t.Context(), m.Code, i18n.JA)
		if err != nil || len(home.Products) < 4 {
			t.Errorf("home page of %s: %d products, %v", m.Code, len(home.Products), err)
		}
	}

	var before, after int
	count := "select (select count(*) from products) + (select count(*) from photos) + (select count(*) from features) + (select count(*) from accounts)"
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
