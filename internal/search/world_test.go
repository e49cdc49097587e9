package search_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/catalog"
	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/search"
)

// names are what something is called, in the order en, ru, uz, kaa, ky, ja.
type names [6]string

// world is a shop with one market, ready to be searched.
type world struct {
	t       *testing.T
	pool    *pgxpool.Pool
	search  *search.Service
	maker   map[string]int64 // by village
	shelf   map[string]int64
	product map[string]int64
}

func newWorld(t *testing.T) *world {
	t.Parallel()
	pool := pgtest.New(t)
	w := &world{t: t, pool: pool, search: search.New(pool, catalog.New(pool, time.Now, search.Index), time.Now),
		maker: map[string]int64{}, shelf: map[string]int64{}, product: map[string]int64{}}
	w.exec(`insert into markets (code, currency, countries, default_lang, langs, margin_bp, rounding_minor)
values ('jp', 'JPY', '{JP}', 'ja', '{ja,en}', 0, 1), ('uz', 'UZS', '{UZ}', 'uz', '{uz}', 0, 1)`)
	w.exec(`insert into regions (slug, country) values ('qr', 'UZ')`)
	return w
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.t.Helper()
	if err := w.pool.QueryRow(w.t.Context(), sql, args...).Scan(&id); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// texts writes names into a table of texts; columns and values say what else a row has.
func (w *world) texts(table, key string, id int64, n names, extra string) {
	w.t.Helper()
	columns, values := "", ""
	if extra != "" {
		columns, values = ", state", ", '"+extra+"'"
	}
	for i, lang := range i18n.Langs() {
		if n[i] != "" {
			w.exec(fmt.Sprintf(`insert into %s (%s, lang, name%s) values ($1, $2, $3%s)`, table, key, columns, values), id, lang, n[i])
		}
	}
}

// village sets up a village with one maker in it.
func (w *world) village(slug string, village, maker names) {
	w.t.Helper()
	district := w.id(`insert into districts (region_id, slug) select id, $1 from regions returning id`, slug)
	w.texts("district_texts", "district_id", district, village, "")
	id := w.id(`insert into villages (slug, district_id, latitude, longitude) values ($1, $2, 43, 59) returning id`, slug, district)
	w.texts("village_texts", "village_id", id, village, "approved")
	w.maker[slug] = w.id(`insert into producers (slug, kind, village_id, currency, state, source_lang)
values ($1, 'workshop', $2, 'UZS', 'active', 'kaa') returning id`, slug, id)
	w.texts("producer_texts", "producer_id", w.maker[slug], maker, "approved")
}

func (w *world) category(slug string, n names) {
	w.t.Helper()
	w.shelf[slug] = w.id(`insert into categories (slug, food) values ($1, true) returning id`, slug)
	w.texts("category_texts", "category_id", w.shelf[slug], n, "")
}

// sell puts a product on sale in a market.
func (w *world) sell(market, slug, village, shelf string, n names, composition, story string) int64 {
	w.t.Helper()
	id := w.id(`insert into products (slug, producer_id, category_id, state, published_at)
values ($1, $2, $3, 'approved', now()) returning id`, slug, w.maker[village], w.shelf[shelf])
	w.texts("product_texts", "product_id", id, n, "approved")
	w.exec(`update product_texts set composition = $2, story = $3 where product_id = $1 and lang = 'en'`, id, composition, story)
	w.exec(`insert into listings select $1, p.id, 100, 'JPY', p.category_id, m.village_id, m.id, p.published_at
from products p join producers m on m.id = p.producer_id where p.id = $2`, market, id)
	w.product[slug] = id
	err := postgres.InTx(w.t.Context(), w.pool, func(tx pgx.Tx) error { return search.Index(w.t.Context(), tx, id) })
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) find(text string, limit int) search.Result {
	w.t.Helper()
	r, err := w.search.Query(w.t.Context(), search.Query{Market: "jp", Lang: i18n.EN, Text: text, Page: paging.Page{Limit: limit}})
	if err != nil {
		w.t.Fatalf("%q: %v", text, err)
	}
	return r
}

func (w *world) fill() {
	w.village("chimbay", names{"Chimbay", "Чимбай", "Chimboy", "Shımbay", "Чымбай", "チンバイ"},
		names{"Altın Qawın Workshop", "Мастерская «Алтын кауын»", "“Altın qawın” ustaxonasi", "“Altın qawın” ustaxanası", "«Алтын кауын» устаканасы", "アルトゥン・カウン工房"})
	w.village("muynak", names{"Muynak", "Муйнак", "Moʻynoq", "Moynaq", "Муйнак", "ムイナク"},
		names{"Aral Felt", "Аральский войлок", "Orol kigizi", "Aral kiyizi", "Арал кийизи", "アラルのフェルト"})
	w.category("jams", names{"Jams and honey", "Варенье и мёд", "Murabbo va asal", "Varenye hám pal", "Кыям жана бал", "ジャム・はちみつ"})
	w.category("felt", names{"Felt and wool", "Войлок и шерсть", "Kigiz va jun", "Kiyiz hám jún", "Кийиз жана жүн", "フェルト・羊毛"})
	w.category("tea", names{"Tea", "Чай", "Choy", "Shay", "Чай", "お茶"})

	w.sell("jp", "melon-jam", "chimbay", "jams", names{"Melon jam", "Варенье из дыни", "Qovun murabbosi", "Qawın varenyesi", "Коон кыямы", "メロンジャム"},
		"melon, sugar, lemon", "Cooked slowly in copper pans before the frost.")
	w.sell("jp", "sea-buckthorn-jam", "chimbay", "jams", names{"Sea-buckthorn jam", "Варенье из облепихи", "Chakanda murabbosi", "Oblepixa varenyesi", "Чычырканак кыямы", "サジージャム"},
		"sea-buckthorn, sugar", "Picked with the first frost; goes well with melon.")
	w.sell("jp", "dried-melon", "chimbay", "jams", names{"Dried melon", "Вяленая дыня", "Qovunqoqi", "Qawın qaq", "Коон каак", "干しメロン"}, "melon", "")
	w.sell("jp", "honey", "chimbay", "jams", names{"Mountain honey", "Горный мёд", "Togʻ asali", "Taw palı", "Тоо балы", "山のはちみつ"}, "honey", "")
	w.sell("jp", "slippers", "muynak", "felt", names{"Felt slippers", "Войлочные тапочки", "Kigiz shippak", "Kiyiz shıppaq", "Кийиз тапочка", "フェルトの室内履き"}, "wool", "")
	w.sell("jp", "patchwork", "muynak", "felt", names{"Patchwork cover kurak", "Покрывало курак", "Quroq koʻrpacha", "Quraq kórpe", "Курак жууркан", "パッチワークの布団カバー"}, "cotton", "")
	w.sell("jp", "liquorice-tea", "chimbay", "tea", names{"Liquorice tea", "Чай с солодкой", "Qizilmiya choyi", "Boyan shayı", "Кызыл мыя чайы", "甘草茶"}, "liquorice root", "")
	w.sell("jp", "herb-tea", "muynak", "tea", names{"Herb tea of the steppe", "Степной чай", "Dasht choyi", "Dala shayı", "Талаа чайы", "草原のハーブ茶"}, "thyme, mint", "Good with honey.")
	w.sell("uz", "uz-only", "chimbay", "jams", names{"Apricot jam", "Абрикосовое варенье", "Oʻrik murabbosi", "Erik varenyesi", "Өрүк кыямы", "あんずジャム"}, "apricot", "")
}
