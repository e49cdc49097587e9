package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"awil/assets"
	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/curation"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
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
	"awil/internal/web"
	"awil/internal/web/desk"
	"awil/templates/layout"
)

const origin = "https://awil.test"

// fixture is a small programme: one village, two markets, one maker with a listing that waits, one that sells and a
// young draft; and a person for each role.
type fixture struct {
	desk.Deps
	t       *testing.T
	db      *pgxpool.Pool
	now     time.Time
	log     bytes.Buffer
	server  *web.Server
	handler http.Handler
	cart    *cart.Service
	people  map[string]int64
	village int64
	maker   catalog.Maker
	food    int64
	craft   int64

	waiting, selling, draft int64 // products
	variant                 int64 // of selling
	photo                   int64
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	t.Parallel()
	f := &fixture{t: t, db: pgtest.New(t), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), people: map[string]int64{}}
	clock := func() time.Time {
		f.now = f.now.Add(time.Millisecond) // changes are told apart by their time
		return f.now
	}
	queue, err := jobs.New(f.db, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
	f.ok(err)
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	f.ok(err)
	goods := catalog.New(f.db, clock, search.Index)
	f.Deps = desk.Deps{Accounts: accounts.New(f.db, clock), Places: places.New(f.db), Markets: markets.New(f.db, clock),
		Producers: producers.New(f.db, clock), Photos: photos.New(f.db, store, photos.NewMaker(), queue), Catalog: goods,
		Curation: curation.New(f.db, clock, goods), Assessments: assessments.New(f.db, clock), Orders: orders.New(f.db, queue, clock), Payments: payments.New(f.db, queue, clock), Clock: clock}
	f.Checkout = checkout.New(checkout.Config{DB: f.db, Queue: queue, Clock: clock, Markets: f.Markets, Catalog: goods,
		Gateways: payments.NewGateways(), Providers: map[markets.Method]payments.Provider{markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank},
		BaseURL: origin, Log: slog.New(slog.DiscardHandler)})
	vault, err := payouts.NewVault([]byte(strings.Repeat("v", 32)))
	f.ok(err)
	f.Payouts = payouts.New(payouts.Config{DB: f.db, Clock: clock, Vault: vault, Release: f.Checkout.ReleaseEarnings})
	f.Ledger = ledger.New(f.db)
	f.Reconcile = reconcile.New(reconcile.Config{DB: f.db, Checkout: f.Checkout, Clock: clock, Zone: markets.Zone()})
	f.cart = cart.New(f.db, clock)
	f.addPeople()
	f.addPlaces()
	f.addGoods()
	f.serve(clock)
	return f
}

func (f *fixture) ok(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) addPeople() {
	f.t.Helper()
	for name, roles := range map[string]accounts.Roles{"admin": {accounts.RoleAdmin}, "curator": {accounts.RoleCurator},
		"finance": {accounts.RoleFinance}, "producer": nil, "buyer": nil} {
		id, err := f.Accounts.Create(f.t.Context(), accounts.NewAccount{Login: accounts.Login{Email: name + "@example.org"},
			Name: "Test " + name, Lang: i18n.EN, Password: "demo-demo-demo", Roles: roles})
		f.ok(err)
		f.people[name] = id
	}
}

func (f *fixture) addPlaces() {
	f.t.Helper()
	ctx := f.t.Context()
	_, err := f.Places.SaveRegion(ctx, places.NewRegion{Slug: "qr", Country: "UZ", ISO: "UZ-QR", Names: places.Names{i18n.EN: "Karakalpakstan"}})
	f.ok(err)
	_, err = f.Places.SaveDistrict(ctx, places.NewDistrict{Slug: "chimbay", RegionSlug: "qr", Names: places.Names{i18n.EN: "Chimbay"}})
	f.ok(err)
	f.village, err = f.Places.SaveVillage(ctx, places.NewVillage{Slug: "shimbay", DistrictSlug: "chimbay", Latitude: 42.9, Longitude: 59.8,
		Source: i18n.EN, Texts: map[i18n.Lang]places.VillageText{i18n.EN: {Name: "Chimbay"}, i18n.KAA: {Name: "Shımbay"}, i18n.JA: {Name: "チンバイ"}}})
	f.ok(err)
	f.ok(f.Markets.Save(ctx, markets.Market{Code: "uz", Currency: money.UZS, Countries: []string{"UZ"}, DefaultLang: i18n.UZ,
		Langs: []i18n.Lang{i18n.UZ, i18n.KAA, i18n.RU}, RoundingMinor: 100000, Active: true, Names: map[i18n.Lang]string{i18n.EN: "Uzbekistan"},
		Methods: []markets.PaymentMethod{{Method: markets.COD}, {Method: markets.Bank, HoldMinutes: minutes(4320)}}}))
	f.ok(f.Markets.Save(ctx, markets.Market{Code: "jp", Currency: money.JPY, Countries: []string{"JP"}, DefaultLang: i18n.JA,
		Langs: []i18n.Lang{i18n.JA, i18n.EN}, MarginBP: 5000, RoundingMinor: 10, Position: 1, Active: true, Names: map[i18n.Lang]string{i18n.EN: "Japan"},
		Methods: []markets.PaymentMethod{{Method: markets.Card, HoldMinutes: minutes(30)}}}))
	rate, err := money.ParseRate("0.0128")
	f.ok(err)
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	f.ok(f.Markets.SetRate(ctx, markets.Rate{Base: money.UZS, Quote: money.JPY, Rate: rate, ValidFrom: &from, Source: "test"}))
	f.ok(f.Markets.SaveProgramme(ctx, markets.Programme{Name: "Test programme", DefaultMarket: "uz", CommissionBP: 1000, BankDetails: "IBAN 1", ContactEmail: "office@example.org"}))
	_, err = f.db.Exec(ctx, `update programme set destination_days = 0`)
	f.ok(err)
	f.ok(shipping.New(f.db).Save(ctx, shipping.NewMethod{Market: "uz", Code: "post", Kind: shipping.Parcel, Currency: money.UZS, BaseMinor: 2500000,
		PerKgMinor: 500000, MaxGrams: 20000, MinDays: 2, MaxDays: 5, Tracked: true, Names: map[i18n.Lang]string{i18n.EN: "Post"}}))
}

func minutes(n int) *int { return &n }

func (f *fixture) addGoods() {
	f.t.Helper()
	ctx := f.t.Context()
	var err error
	f.food, err = f.Catalog.SaveCategory(ctx, catalog.NewCategory{Slug: "jams", Food: true, Names: map[i18n.Lang]string{i18n.EN: "Jams", i18n.RU: "Варенье"}})
	f.ok(err)
	f.craft, err = f.Catalog.SaveCategory(ctx, catalog.NewCategory{Slug: "felt", Position: 1, Names: map[i18n.Lang]string{i18n.EN: "Felt", i18n.RU: "Войлок"}})
	f.ok(err)
	maker, err := f.Producers.Create(ctx, producers.NewProducer{Text: producers.Text{Name: "Altın Qawın", Story: "Biz qawın qaynatamız."}, Kind: producers.Workshop,
		VillageID: f.village, Currency: money.UZS, Source: i18n.KAA, State: producers.Joining})
	f.ok(err)
	f.maker = catalog.Maker{ProducerID: maker, AccountID: f.people["producer"]}
	f.ok(f.Producers.AddMember(ctx, maker, f.people["producer"], producers.Owner))
	photo, err := f.Photos.Upload(ctx, photos.Owner{ProducerID: maker, AccountID: f.people["producer"]}, picture(), -1)
	f.ok(err)
	f.photo = photo.ID
	f.selling, f.variant = f.listing("Qawın varenyesi")
	f.ok(f.Catalog.Submit(ctx, f.maker, f.selling))
	f.ok(f.Catalog.SetMarkets(ctx, f.people["curator"], f.selling, []string{"uz", "jp"}))
	f.ok(f.Catalog.SaveText(ctx, f.people["curator"], f.selling, catalog.TextEdit{Lang: i18n.EN, Name: "Melon jam", Story: "Boiled slowly.", Composition: "melon, sugar", Ready: true}))
	f.ok(f.Catalog.Approve(ctx, f.people["curator"], f.selling))
	f.waiting, _ = f.listing("Kúnji pechenye")
	f.ok(f.Catalog.Submit(ctx, f.maker, f.waiting))
	f.draft, err = f.Catalog.CreateDraft(ctx, f.maker, i18n.KAA)
	f.ok(err)
}

// picture is a photo as a phone of a few years ago takes it.
func picture() io.Reader {
	img := image.NewRGBA(image.Rect(0, 0, 1800, 1350))
	for x := range 1800 {
		for y := range 1350 {
			img.Set(x, y, color.RGBA{uint8(x / 8), uint8(y / 8), 120, 255})
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, nil) // a bytes.Buffer does not fail
	return &b
}

// listing is a draft with all that a jar of food needs.
func (f *fixture) listing(name string) (product, variant int64) {
	f.t.Helper()
	ctx := f.t.Context()
	product, err := f.Catalog.CreateDraft(ctx, f.maker, i18n.KAA)
	f.ok(err)
	story, composition := "Hikaya: "+name, "qawın, qant, sút"
	f.ok(f.Catalog.SaveSource(ctx, f.maker, product, catalog.SourceEdit{Name: &name, Story: &story, Composition: &composition}))
	f.ok(f.Catalog.SetCategory(ctx, f.maker, product, f.food))
	days, grams := 365, 250
	f.ok(f.Catalog.SetFacts(ctx, f.maker, product, catalog.Facts{ShelfDays: &days, Storage: catalog.StoreRoom, Allergens: catalog.Allergens{Contains: []string{"milk"}}}))
	variant, err = f.Catalog.SaveVariant(ctx, f.maker, product, catalog.VariantEdit{NetQuantity: &grams, NetUnit: catalog.Gram, WeightGrams: 400, PriceMinor: 5600000, Stock: 10, Label: "kishi"})
	f.ok(err)
	f.ok(f.Catalog.AddPhoto(ctx, f.maker, product, f.photo))
	return product, variant
}

// frameMarkets are the markets the pages' frame knows; the desk shows none of them.
type frameMarkets struct{}

func (frameMarkets) All(context.Context) ([]layout.Market, error) {
	return []layout.Market{{Code: "uz", Currency: money.UZS, Countries: []string{"UZ"}, DefaultLang: i18n.UZ, Langs: []i18n.Lang{i18n.UZ}, Default: true}}, nil
}

func (f *fixture) serve(clock func() time.Time) {
	f.t.Helper()
	files, err := assets.New()
	f.ok(err)
	f.server, err = web.New(web.Config{BaseURL: &url.URL{Scheme: "https", Host: "awil.test"}, Secret: []byte(strings.Repeat("k", 32)),
		Log: slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelError})), Clock: clock, Assets: files,
		Markets: frameMarkets{}, Accounts: f.Accounts, Members: f.Producers, Sessions: memstore.New()})
	f.ok(err)
	desk.New(f.Deps).Register(f.server)
	f.server.Root().GET("/test/sign-in/:id", web.Visitor, func(c echo.Context) error {
		var id int64
		if _, err := fmt.Sscan(c.Param("id"), &id); err != nil {
			return err
		}
		v, err := f.Accounts.Viewer(c.Request().Context(), id)
		if err != nil {
			return err
		}
		if err := web.SignIn(c, v); err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	})
	f.handler = f.server.Handler()
}
