package catalog_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/places"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/producers"
)

// world is a small programme: a village, two markets, a food shelf and a craft shelf, one maker and somebody else.
type world struct {
	t       *testing.T
	pool    *pgxpool.Pool
	clock   *clock
	catalog *catalog.Service
	markets *markets.Service
	indexed *[]int64 // products the search hook was called for
	maker   catalog.Maker
	other   catalog.Maker
	staff   int64
	village int64
	food    int64 // inner shelf
	outer   int64 // the one around it
	craft   int64
	photos  atomic.Int64
}

// clock goes on a millisecond each time it is read, as changes are told apart by their time.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.at.Add(1)).UTC() }

func newWorld(t *testing.T) *world {
	t.Parallel()
	w := &world{t: t, pool: pgtest.New(t), clock: &clock{}, indexed: &[]int64{}}
	w.clock.at.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).UnixMilli())
	w.catalog = catalog.New(w.pool, w.clock.now, func(_ context.Context, _ pgx.Tx, ids ...int64) error {
		*w.indexed = append(*w.indexed, ids...)
		return nil
	})
	w.markets = markets.New(w.pool, w.clock.now)
	w.village = w.newVillage("chimbay", "Chimbay")
	w.staff = w.account("Curator")
	w.maker = w.newMaker("Altın Qawın", w.village)
	w.other = w.newMaker("Somebody else", w.village)
	w.outer = w.newCategory(catalog.NewCategory{Slug: "food", Food: true, Names: map[i18n.Lang]string{i18n.EN: "Food", i18n.JA: "食べもの"}})
	w.food = w.newCategory(catalog.NewCategory{Slug: "jams", ParentSlug: "food", Food: true, Position: 1, Names: map[i18n.Lang]string{i18n.EN: "Jams"}})
	w.craft = w.newCategory(catalog.NewCategory{Slug: "felt", Position: 2, Names: map[i18n.Lang]string{i18n.EN: "Felt"}})
	w.newMarkets()
	return w
}

func (w *world) newVillage(slug, name string) int64 {
	w.t.Helper()
	p := places.New(w.pool)
	_, err := p.SaveRegion(w.t.Context(), places.NewRegion{Slug: "qr", Country: "UZ", ISO: "UZ-QR", Names: places.Names{i18n.EN: "Karakalpakstan"}})
	w.ok(err)
	_, err = p.SaveDistrict(w.t.Context(), places.NewDistrict{Slug: slug + "-d", RegionSlug: "qr", Names: places.Names{i18n.EN: name}})
	w.ok(err)
	id, err := p.SaveVillage(w.t.Context(), places.NewVillage{Slug: slug, DistrictSlug: slug + "-d", Latitude: 42.9, Longitude: 59.8,
		Source: i18n.EN, Texts: map[i18n.Lang]places.VillageText{i18n.EN: {Name: name}, i18n.JA: {Name: name + "（ja）"}}})
	w.ok(err)
	return id
}

func (w *world) newMarkets() {
	w.t.Helper()
	half := 30
	w.ok(w.markets.Save(w.t.Context(), markets.Market{Code: "uz", Currency: money.UZS, Countries: []string{"UZ"}, DefaultLang: i18n.UZ,
		Langs: []i18n.Lang{i18n.UZ, i18n.EN}, RoundingMinor: 100000, Active: true, Methods: []markets.PaymentMethod{{Method: markets.COD}}}))
	w.ok(w.markets.Save(w.t.Context(), markets.Market{Code: "jp", Currency: money.JPY, Countries: []string{"JP"}, DefaultLang: i18n.JA,
		Langs: []i18n.Lang{i18n.JA, i18n.EN}, MarginBP: 5000, RoundingMinor: 10, Position: 1, Active: true,
		Methods: []markets.PaymentMethod{{Method: markets.Card, HoldMinutes: &half}}}))
	w.setRate("0.01", 1)
}

// setRate sets how many yen a soʻm buys from a day of this month on.
func (w *world) setRate(text string, day int) {
	w.t.Helper()
	rate, err := money.ParseRate(text)
	w.ok(err)
	from := time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
	w.ok(w.markets.SetRate(w.t.Context(), markets.Rate{Base: money.UZS, Quote: money.JPY, Rate: rate, ValidFrom: &from, Source: "test"}))
}

func (w *world) newCategory(c catalog.NewCategory) int64 {
	w.t.Helper()
	id, err := w.catalog.SaveCategory(w.t.Context(), c)
	w.ok(err)
	return id
}

func (w *world) account(name string) int64 {
	w.t.Helper()
	return w.id(`insert into accounts (email, password_hash, name, lang) values ($1, '$argon2id$x', $2, 'en') returning id`,
		fmt.Sprintf("a%d@example.org", w.photos.Add(1)), name)
}

func (w *world) newMaker(name string, village int64) catalog.Maker {
	w.t.Helper()
	id, err := producers.New(w.pool, w.clock.now).Create(w.t.Context(), producers.NewProducer{Text: producers.Text{Name: name},
		Kind: producers.Workshop, VillageID: village, Currency: money.UZS, Source: i18n.KAA, State: producers.Joining})
	w.ok(err)
	return catalog.Maker{ProducerID: id, AccountID: w.account(name)}
}

func (w *world) photo(by catalog.Maker) int64 {
	w.t.Helper()
	n := w.photos.Add(1)
	return w.id(`insert into photos (key, producer_id, original_key, mime, bytes, width, height, widths, state, sha256)
values ($1, $2, 'o', 'image/jpeg', 1, 800, 600, '{800}', 'ready', sha256(convert_to($1, 'UTF8'))) returning id`, fmt.Sprintf("%022d", n), by.ProducerID)
}

// draft makes a listing with all that a jar of jam needs.
func (w *world) draft(by catalog.Maker, name string) (product, variant int64) {
	w.t.Helper()
	ctx := w.t.Context()
	product, err := w.catalog.CreateDraft(ctx, by, i18n.KAA)
	w.ok(err)
	w.ok(w.catalog.SaveSource(ctx, by, product, source(name, "Story of "+name, "melon, sugar")))
	w.ok(w.catalog.SetCategory(ctx, by, product, w.food))
	days := 365
	w.ok(w.catalog.SetFacts(ctx, by, product, catalog.Facts{ShelfDays: &days, Storage: catalog.StoreRoom,
		Allergens: catalog.Allergens{MayContain: []string{"walnut"}}}))
	variant, err = w.catalog.SaveVariant(ctx, by, product, jar(0))
	w.ok(err)
	w.ok(w.catalog.AddPhoto(ctx, by, product, w.photo(by)))
	return product, variant
}

// selling makes an approved listing, sold in both markets.
func (w *world) selling(by catalog.Maker, name string) (product, variant int64) {
	w.t.Helper()
	product, variant = w.draft(by, name)
	w.ok(w.catalog.Submit(w.t.Context(), by, product))
	w.ok(w.catalog.SetMarkets(w.t.Context(), w.staff, product, []string{"uz", "jp"}))
	w.ok(w.catalog.Approve(w.t.Context(), w.staff, product))
	return product, variant
}

func source(name, story, composition string) catalog.SourceEdit {
	return catalog.SourceEdit{Name: &name, Story: &story, Composition: &composition}
}

// jar is 250 g of jam at 45,000 soʻm, twelve of them.
func jar(id int64) catalog.VariantEdit {
	net := 250
	return catalog.VariantEdit{ID: id, NetQuantity: &net, NetUnit: catalog.Gram, WeightGrams: 420, PriceMinor: 4500000, Stock: 12}
}

// seen is what a page shows of a variant now.
func (w *world) seen(product, variant int64) *catalog.Seen {
	w.t.Helper()
	seen := &catalog.Seen{}
	w.ok(w.pool.QueryRow(w.t.Context(), `select v.price_minor, v.stock, p.updated_at from variants v join products p on p.id = $1 where v.id = $2`,
		product, variant).Scan(&seen.PriceMinor, &seen.Stock, &seen.At))
	return seen
}

// setStock is what a producer does who looks and types a number.
func (w *world) setStock(by catalog.Maker, product, variant int64, stock int) error {
	w.t.Helper()
	seen := w.seen(product, variant)
	return w.catalog.SetShelf(w.t.Context(), by, product, catalog.ShelfEdit{VariantID: variant, PriceMinor: seen.PriceMinor, Stock: stock, Seen: *seen})
}

// setPrice is the same with a price.
func (w *world) setPrice(by catalog.Maker, product, variant, minor int64) error {
	w.t.Helper()
	seen := w.seen(product, variant)
	return w.catalog.SetShelf(w.t.Context(), by, product, catalog.ShelfEdit{VariantID: variant, PriceMinor: minor, Stock: seen.Stock, Seen: *seen})
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.t.Helper()
	w.ok(w.pool.QueryRow(w.t.Context(), sql, args...).Scan(&id))
	return id
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.pool.Exec(w.t.Context(), sql, args...)
	w.ok(err)
}

func (w *world) tx(f func(tx pgx.Tx) error) {
	w.t.Helper()
	w.ok(postgres.InTx(w.t.Context(), w.pool, f))
}

// mine returns a product as its maker sees it.
func (w *world) mine(by catalog.Maker, product int64) catalog.Product {
	w.t.Helper()
	p, err := w.catalog.Mine(w.t.Context(), by.ProducerID, product)
	w.ok(err)
	return p
}

func (w *world) mustBe(product int64, want catalog.State) {
	w.t.Helper()
	u, err := w.catalog.ForReview(w.t.Context(), product)
	w.ok(err)
	if u.Product.State != want {
		w.t.Fatalf("product is %s, want %s", u.Product.State, want)
	}
}

// page returns what buyers see in a market, in English.
func (w *world) page(market string, product int64) catalog.ProductPage {
	w.t.Helper()
	p, err := w.catalog.ProductByID(w.t.Context(), market, i18n.EN, product)
	w.ok(err)
	return p
}

func (w *world) listed(q catalog.ListQuery) []catalog.Card {
	w.t.Helper()
	if q.Lang == "" {
		q.Lang = i18n.EN
	}
	if q.Page.Limit == 0 {
		q.Page.Limit = 50
	}
	cards, _, err := w.catalog.Listing(w.t.Context(), q)
	w.ok(err)
	return cards
}

func ids(cards []catalog.Card) (list []int64) {
	for _, c := range cards {
		list = append(list, c.ID)
	}
	return list
}

func wantKind(t *testing.T, err error, kind errs.Kind) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind {
		t.Errorf("got %v, want %v", err, kind)
	}
}
