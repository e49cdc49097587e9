package studio_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"awil/assets"
	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/checkout"
	"awil/internal/i18n"
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
	"awil/internal/shipping"
	"awil/internal/web"
	"awil/internal/web/studio"
	"awil/templates/layout"
	"awil/templates/part"
)

// world is a programme with two producers and a server in front of it.
type world struct {
	t   *testing.T
	db  *pgxpool.Pool
	now time.Time
	studio.Deps
	checkout *checkout.Service
	cart     *cart.Service
	server   *web.Server

	village        int64
	jams, felt     int64 // categories: food, and not
	staff          int64
	her, other     catalog.Maker
	herID, otherID string // logins
}

const password = "a good long password"

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: pgtest.New(t), now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	w.must(err)
	queue, err := jobs.New(w.db, jobs.Config{})
	w.must(err)
	w.Deps = studio.Deps{
		Accounts: accounts.New(w.db, clock), Producers: producers.New(w.db, clock), Places: places.New(w.db),
		Photos: photos.New(w.db, store, photos.NewMaker(), queue), Markets: markets.New(w.db, clock),
		Catalog:     catalog.New(w.db, clock, func(context.Context, pgx.Tx, ...int64) error { return nil }),
		Assessments: assessments.New(w.db, clock), Orders: orders.New(w.db, queue, clock), Clock: clock,
	}
	vault, err := payouts.NewVault([]byte(strings.Repeat("v", 32)))
	w.must(err)
	w.Payouts = payouts.New(payouts.Config{DB: w.db, Clock: clock, Vault: vault})
	w.cart = cart.New(w.db, clock)
	w.checkout = checkout.New(checkout.Config{DB: w.db, Queue: queue, Clock: clock, Markets: w.Markets, Catalog: w.Catalog,
		Gateways:  payments.NewGateways(),
		Providers: map[markets.Method]payments.Provider{markets.COD: payments.ProviderCOD, markets.Bank: payments.ProviderBank},
		BaseURL:   "https://awil.test", Log: quiet()})
	w.Checkout = w.checkout
	w.programme()
	w.people()
	w.serve()
	return w
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// programme sets up places, markets, ways to send, shelves.
func (w *world) programme() {
	w.t.Helper()
	ctx, t := w.t.Context(), w.t
	t.Helper()
	hold := 4320
	for i, m := range []markets.Market{
		{Code: "uz", Currency: money.UZS, Countries: []string{"UZ"}, DefaultLang: i18n.UZ, Langs: []i18n.Lang{i18n.UZ}, RoundingMinor: 100000,
			Names: map[i18n.Lang]string{i18n.EN: "Uzbekistan"}, Methods: []markets.PaymentMethod{{Method: markets.COD}}},
		{Code: "jp", Currency: money.JPY, Countries: []string{"JP"}, DefaultLang: i18n.JA, Langs: []i18n.Lang{i18n.JA}, MarginBP: 2000, RoundingMinor: 10,
			Names: map[i18n.Lang]string{i18n.EN: "Japan"}, Methods: []markets.PaymentMethod{{Method: markets.Bank, HoldMinutes: &hold}}},
	} {
		m.Position, m.Active = i, true
		w.must(w.Markets.Save(ctx, m))
	}
	rate, err := money.ParseRate("0.0128")
	w.must(err)
	day := w.now.AddDate(0, 0, -1)
	w.must(w.Markets.SetRate(ctx, markets.Rate{Base: money.UZS, Quote: money.JPY, Rate: rate, ValidFrom: &day, Source: "test"}))
	w.must(w.Markets.SaveProgramme(ctx, markets.Programme{Name: "Test programme", DefaultMarket: "uz", CommissionBP: 1000, ContactEmail: "office@awil.test", BankDetails: "IBAN"}))
	ways := shipping.New(w.db)
	w.must(ways.Save(ctx, shipping.NewMethod{Market: "uz", Code: "post", Kind: shipping.Parcel, Currency: money.UZS, BaseMinor: 2_000_000, MaxGrams: 20_000, MinDays: 2, MaxDays: 5, Names: map[i18n.Lang]string{i18n.EN: "Post"}}))
	w.must(ways.Save(ctx, shipping.NewMethod{Market: "jp", Code: "ems", Kind: shipping.Box, Currency: money.JPY, BaseMinor: 1450, MaxGrams: 20_000, MinDays: 7, MaxDays: 14, Names: map[i18n.Lang]string{i18n.EN: "EMS"}}))
	_, err = w.Places.SaveRegion(ctx, places.NewRegion{Slug: "karakalpakstan", Country: "UZ", ISO: "UZ-QR", Names: places.Names{i18n.EN: "Karakalpakstan", i18n.KAA: "Qaraqalpaqstan"}})
	w.must(err)
	_, err = w.Places.SaveDistrict(ctx, places.NewDistrict{Slug: "chimbay", RegionSlug: "karakalpakstan", Names: places.Names{i18n.EN: "Chimbay district", i18n.KAA: "Shımbay rayonı"}})
	w.must(err)
	w.village, err = w.Places.SaveVillage(ctx, places.NewVillage{Slug: "chimbay", DistrictSlug: "chimbay", Latitude: 42.9, Longitude: 59.8, Source: i18n.KAA,
		Texts: map[i18n.Lang]places.VillageText{i18n.KAA: {Name: "Shımbay"}, i18n.EN: {Name: "Chimbay"}}})
	w.must(err)
	for _, c := range []catalog.NewCategory{{Slug: "food", Food: true}, {Slug: "jams-honey", ParentSlug: "food", Food: true}, {Slug: "felt-wool"}} {
		c.Names = map[i18n.Lang]string{i18n.EN: c.Slug}
		id, err := w.Catalog.SaveCategory(ctx, c)
		w.must(err)
		switch c.Slug {
		case "jams-honey":
			w.jams = id
		case "felt-wool":
			w.felt = id
		}
	}
}

// people are a curator and two producers who joined by invitation.
func (w *world) people() {
	w.t.Helper()
	var err error
	w.staff, err = w.Accounts.Create(w.t.Context(), accounts.NewAccount{Login: accounts.Login{Email: "staff@awil.test"}, Name: "Aigerim", Lang: i18n.RU, Password: password, Roles: accounts.Roles{accounts.RoleCurator}})
	w.must(err)
	w.herID, w.otherID = "her@awil.test", "other@awil.test"
	w.her, w.other = w.maker(w.herID), w.maker(w.otherID)
}

func (w *world) maker(email string) catalog.Maker {
	w.t.Helper()
	inv := w.invite()
	joined, err := w.Producers.Join(w.t.Context(), inv.Code, accounts.NewAccount{Login: accounts.Login{Email: email}, Name: "Gúlayım", Lang: i18n.KAA, Password: password})
	w.must(err)
	return catalog.Maker{ProducerID: joined.ProducerID, AccountID: joined.AccountID}
}

func (w *world) invite() producers.Invitation {
	w.t.Helper()
	inv, err := w.Producers.Invite(w.t.Context(), w.staff, producers.NewInvitation{Name: "Altın Qawın", VillageID: w.village, Lang: i18n.KAA})
	w.must(err)
	return inv
}

// shopMarkets is what the server asks about destinations.
type shopMarkets struct{}

func (shopMarkets) All(context.Context) ([]layout.Market, error) {
	return []layout.Market{{Code: "uz", Currency: money.UZS, Countries: []string{"UZ"}, DefaultLang: i18n.UZ, Langs: []i18n.Lang{i18n.UZ}, Default: true}}, nil
}

func (w *world) serve() {
	w.t.Helper()
	store, err := assets.New()
	w.must(err)
	w.server, err = web.New(web.Config{
		BaseURL: &url.URL{Scheme: "https", Host: "awil.test"}, Secret: []byte(strings.Repeat("k", 32)), Log: quiet(), Clock: w.Clock,
		Assets: store, Markets: shopMarkets{}, Accounts: w.Accounts, Members: w.Producers, Sessions: memstore.New(),
	})
	w.must(err)
	studio.New(w.Deps).Register(w.server)
	root := w.server.Root()
	w.server.ShowSignIn(signInPage)
	root.GET(web.SignInPath, web.Visitor, func(c echo.Context) error { return signInPage(c, web.ResumeFrom(c)) })
	root.POST(web.SignInPath, web.Visitor, w.signIn)
}

func signInPage(c echo.Context, resume web.Resume) error {
	b := web.Base(c)
	return web.Render(c, resume.Status, templ.Join(part.ResumeNote(b, resume.Hidden()), part.ResumeField(resume.Hidden())))
}

func (w *world) signIn(c echo.Context) error {
	resume := web.ResumeFrom(c)
	viewer, err := w.Accounts.SignIn(c.Request().Context(), accounts.Login{Email: c.FormValue("login")}, c.FormValue("password"))
	if err != nil {
		return err
	}
	if err := web.SignIn(c, viewer); err != nil {
		return err
	}
	return web.Continue(c, resume, "/studio")
}

// browser is a visitor with cookies who does not follow redirects.
type browser struct {
	t      *testing.T
	server *httptest.Server
	client *http.Client
}

func (w *world) browser() *browser {
	w.t.Helper()
	srv := httptest.NewTLSServer(w.server.Handler())
	w.t.Cleanup(srv.Close)
	client := srv.Client()
	client.Jar, _ = cookiejar.New(nil)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{w.t, srv, client}
}

// signedIn is a browser in which somebody has signed in.
func (w *world) signedIn(login string) *browser {
	w.t.Helper()
	b := w.browser()
	if res := b.post(web.SignInPath, url.Values{"login": {login}, "password": {password}}); res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("sign in: %d", res.StatusCode)
	}
	return b
}

type answer struct {
	*http.Response
	body string
	doc  *goquery.Document
}

func (a answer) to() string { return a.Header.Get("Location") }

func (b *browser) do(method, path, kind string, body io.Reader, headers ...string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res, string(text), doc}
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, "", nil, headers...)
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), headers...)
}

// file is one chosen in a form.
type file struct {
	name string
	data []byte
}

func (b *browser) upload(path string, files []file, headers ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile("photo", f.name)
		if err == nil {
			_, err = part.Write(f.data)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(http.MethodPost, path, form.FormDataContentType(), &body, headers...)
}

// picture is a JPEG of one colour, so that no two are the same photo.
func picture(t *testing.T, c color.Color) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			img.Set(x, y, c)
		}
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// good writes a complete listing of a jar of jam.
func (w *world) good(by catalog.Maker, name string) catalog.Product {
	w.t.Helper()
	ctx := w.t.Context()
	id, err := w.Catalog.CreateDraft(ctx, by, i18n.KAA)
	w.must(err)
	photo, err := w.Photos.Upload(ctx, photos.Owner{ProducerID: by.ProducerID, AccountID: by.AccountID}, bytes.NewReader(picture(w.t, color.Gray{uint8(id)})), -1)
	w.must(err)
	w.must(w.Catalog.AddPhoto(ctx, by, id, photo.ID))
	composition, days := "Qawın, qant", 365
	w.must(w.Catalog.SaveSource(ctx, by, id, catalog.SourceEdit{Name: &name, Composition: &composition}))
	w.must(w.Catalog.SetCategory(ctx, by, id, w.jams))
	w.must(w.Catalog.SetFacts(ctx, by, id, catalog.Facts{ShelfDays: &days, Storage: catalog.StoreCoolDry}))
	net := 250
	_, err = w.Catalog.SaveVariant(ctx, by, id, catalog.VariantEdit{NetQuantity: &net, NetUnit: catalog.Gram, WeightGrams: 480, PriceMinor: 9_600_000, Stock: 24})
	w.must(err)
	return w.product(by, id)
}

func (w *world) product(by catalog.Maker, id int64) catalog.Product {
	w.t.Helper()
	p, err := w.Catalog.Mine(w.t.Context(), by.ProducerID, id)
	w.must(err)
	return p
}

// live is a listing that buyers see.
func (w *world) live(by catalog.Maker, name string) catalog.Product {
	w.t.Helper()
	p := w.good(by, name)
	w.must(w.Catalog.Submit(w.t.Context(), by, p.ID))
	w.must(w.Catalog.SetMarkets(w.t.Context(), w.staff, p.ID, []string{"uz", "jp"}))
	w.must(w.Catalog.Approve(w.t.Context(), w.staff, p.ID))
	w.now = w.now.Add(time.Minute)
	return w.product(by, p.ID)
}

var home = shipping.Address{Name: "Gulnara Bekova", Phone: "+998912345678", Country: "UZ", Region: "UZ-QR", City: "Nókis", Line1: "Ǵárezsizlik 12"}

var abroad = shipping.Address{Name: "山田花子", Phone: "09012345678", Country: "JP", Postcode: "220-0012", Region: "JP-14", City: "横浜市西区", Line1: "みなとみらい2-3-1"}

// ordered places an order that stands and returns its parcel.
func (w *world) ordered(p catalog.Product, market string, quantity int) orders.Job {
	w.t.Helper()
	ctx := w.t.Context()
	added, err := w.cart.Add(ctx, "", market, p.Variants[0].ID, quantity)
	w.must(err)
	form, err := w.checkout.Form(ctx, added.Token, market, i18n.EN)
	w.must(err)
	in := checkout.PlaceInput{CartToken: added.Token, CheckoutToken: checkout.NewFormToken(), Market: market, Lang: i18n.EN, Email: "b@awil.test",
		Address: home, Note: "It is a gift", ShippingID: form.Quotes[0].Method.ID, Method: markets.COD}
	if market == "jp" {
		in.Address, in.Method = abroad, markets.Bank
	}
	in.Shown, err = form.Total(form.Quotes[0])
	w.must(err)
	placed, err := w.checkout.Place(ctx, in)
	w.must(err)
	if market == "jp" {
		_, err = w.checkout.BankReceived(ctx, w.staff, placed.OrderID, in.Shown)
		w.must(err)
	}
	order, err := w.Orders.ByID(ctx, placed.OrderID, i18n.EN)
	w.must(err)
	j, err := w.Orders.Job(ctx, p.ProducerID, order.Parcels[0].ID)
	w.must(err)
	return j
}

func at(format string, args ...any) string { return fmt.Sprintf("/studio"+format, args...) }
