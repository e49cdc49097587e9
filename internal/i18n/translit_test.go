package i18n_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"awil/internal/i18n"
)

func TestLatin(t *testing.T) {
	tests := []struct {
		lang     i18n.Lang
		from, to string
	}{
		{i18n.UZ, "қовун мураббоси", "qovun murabbosi"},
		{i18n.UZ, "Ўзбекистон", "Oʻzbekiston"},
		{i18n.UZ, "ЎЗБЕКИСТОН", "OʻZBEKISTON"},
		{i18n.UZ, "Шўрва ШЎРВА", "Shoʻrva SHOʻRVA"},
		{i18n.UZ, "Мўйноқ, Бўзатов", "Moʻynoq, Boʻzatov"},
		{i18n.UZ, "ер, поезд, объект, мева", "yer, poyezd, obʼyekt, meva"},
		{i18n.UZ, "Ер ЕР", "Yer YER"},
		{i18n.UZ, "цирк, фабрика", "tsirk, fabrika"},
		{i18n.UZ, "Исҳоқ", "Isʼhoq"},
		{i18n.UZ, "Я", "Ya"},
		{i18n.KAA, "қаўын", "qawın"},
		{i18n.KAA, "Қоңырат, Шымбай, Мойнақ", "Qońırat, Shımbay, Moynaq"},
		{i18n.KAA, "Әмиўдәрья", "Ámiwdárya"},
		{i18n.KAA, "ЫҚЛАС Ықлас", "ÍQLAS Íqlas"},
		{i18n.KAA, "ғарбыз, өрик, үлке, еки", "ǵarbız, órik, úlke, eki"},
		{i18n.KY, "Ысык-Көл", "Ysyk-Köl"},
		{i18n.KY, "чычырканак кыямы", "chychyrkanak kyyamy"},
		{i18n.KY, "жаңгак", "janggak"},
		{i18n.KY, "мангал", "man·gal"},
		{i18n.KY, "Үч Өрүк", "Üch Örük"},
		{i18n.RU, "варенье из дыни", "varene iz dyni"},
		{i18n.RU, "Щукин, Юлия, подъезд, ХОЖА", "Shchukin, Iuliia, podieezd, KHOZHA"},
		{i18n.EN, "чай chai", "chai chai"},
		{i18n.JA, "メロンジャム", "メロンジャム"},
		{i18n.UZ, "", ""},
	}
	for _, tt := range tests {
		if got := i18n.Latin(tt.lang, tt.from); got != tt.to {
			t.Errorf("Latin(%s, %q) = %q, want %q", tt.lang, tt.from, got, tt.to)
		}
	}
}

func TestUzbekCyrillic(t *testing.T) {
	tests := [][2]string{
		{"qovun murabbosi", "қовун мураббоси"},
		{"Oʻzbekiston", "Ўзбекистон"},
		{"O'ZBEKISTON", "ЎЗБЕКИСТОН"},
		{"Sho‘rva SHO’RVA", "Шўрва ШЎРВА"},
		{"yoʻl, yo'q, yosh", "йўл, йўқ, ёш"},
		{"g`isht, tog´", "ғишт, тоғ"},
		{"isʼhoq", "исҳоқ"},
		{"eshik, meva, poema, yer", "эшик, мева, поэма, ер"},
		{"Eshik, Yer, YER", "Эшик, Ер, ЕР"},
		{"ma'no, ob'yekt", "маъно, объект"},
		{"250 g — 56 000 so'm", "250 г — 56 000 сўм"},
		{"東京 é", "東京 é"},
	}
	for _, tt := range tests {
		if got := i18n.UzbekCyrillic(tt[0]); got != tt[1] {
			t.Errorf("UzbekCyrillic(%q) = %q, want %q", tt[0], got, tt[1])
		}
	}
}

func TestUzbekThereAndBack(t *testing.T) {
	for _, word := range strings.Fields(`қовун кунжут печенье гилам ўрик тоғ гиёҳлари чойи Мўйноқ Тўрткўл Чимбой Шуманай
		Қорақалпоғистон Нукус Хўжайли Исҳоқ маъно объект эшик ер поезд поэма йўл ёш юлдуз яхши цирк ЎЗБЕКИСТОН ШЎРВА`) {
		want := strings.ReplaceAll(word, "ь", "")
		if got := i18n.UzbekCyrillic(i18n.Latin(i18n.UZ, word)); got != want {
			t.Errorf("%q by way of %q came back as %q", word, i18n.Latin(i18n.UZ, word), got)
		}
	}
}

func TestNormalizeUzbek(t *testing.T) {
	for _, typed := range []string{"so'm, ma'no, G'", "so‘m, ma‘no, G‘", "so’m, ma’no, G’", "so`m, ma`no, G`", "so´m, ma´no, G´"} {
		if got, want := i18n.NormalizeUzbek(typed), "soʻm, maʼno, Gʻ"; got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
	if got := i18n.NormalizeUzbek("'so"); got != "'so" {
		t.Errorf("a quotation mark became %q", got)
	}
}

func TestASCII(t *testing.T) {
	tests := [][2]string{
		{"Qońırat, Ámiwdárya, Íqlas", "Qonirat, Amiwdarya, Iqlas"},
		{"Oʻzbekcha gʻoza maʼno", "Ozbekcha goza mano"},
		{"o‘ o’ o' o` o´", "o o o o o"},
		{"Ысык-Көл", "Ysyk-Kol"},
		{"жаңгак мангал", "janggak mangal"},
		{"Сүтчүлөр үчүн", "Sutchulor uchun"},
		{"Straße, Łódź, Ærø", "Strasse, Lodz, AEro"},
		{"ＡＢＣ\u3000１２", "ABC 12"},
		{"メロン jam", " jam"},
		{"a\x00b\tc", "ab c"},
	}
	for _, tt := range tests {
		if got := i18n.ASCII(tt[0]); got != tt[1] {
			t.Errorf("ASCII(%q) = %q, want %q", tt[0], got, tt[1])
		}
	}
}

func TestSlug(t *testing.T) {
	tests := [][2]string{
		{"Melon jam, 250 g", "melon-jam-250-g"},
		{"Варенье из дыни", "varene-iz-dyni"},
		{"Қовун мураббоси", "qovun-murabbosi"},
		{"Кунжутли печенье ўрик", "kunjutli-pechenye-orik"},
		{"Қаўын қақ", "qawin-qaq"},
		{"Qawın qaq", "qawin-qaq"},
		{"Чычырканак өрүк", "chychyrkanak-oruk"},
		{"mo'ynoq", "moynoq"},
		{"Moʻynoq", "moynoq"},
		{"メロンジャム", ""},
		{"ｼﾞｬﾑ", ""},
		{"甘草茶 250g", ""},
		{"  --  ", ""},
		{"", ""},
		{strings.Repeat("word ", 30), "word-word-word-word-word-word-word-word-word-word-word-word-word-word-word-word"},
		{strings.Repeat("a", 100), strings.Repeat("a", 80)},
	}
	for _, tt := range tests {
		if got := i18n.Slug(tt[0]); got != tt[1] {
			t.Errorf("Slug(%q) = %q, want %q", tt[0], got, tt[1])
		}
	}
}

var slugForm = regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*)?$`)

func FuzzSlug(f *testing.F) {
	for _, seed := range []string{"Melon jam", "Қовун", "メロン", "o´zbek", "İstanbul", "\xff", strings.Repeat("a-", 50), "ß½ﬁ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		slug := i18n.Slug(text)
		if !slugForm.MatchString(slug) || len(slug) > 80 {
			t.Fatalf("Slug(%q) = %q", text, slug)
		}
		if again := i18n.Slug(slug); again != slug {
			t.Fatalf("Slug(%q) = %q, but of that %q", text, slug, again)
		}
	})
}

func FuzzTransliteration(f *testing.F) {
	f.Add("Ўзбекистон Oʻzbekiston")
	f.Add("\xffе'")
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range i18n.Langs() {
			if got := i18n.Latin(lang, text); utf8.ValidString(text) && !utf8.ValidString(got) {
				t.Fatalf("Latin(%s, %q) = %q", lang, text, got)
			}
		}
		if got := i18n.UzbekCyrillic(text); utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Fatalf("UzbekCyrillic(%q) = %q", text, got)
		}
		for _, r := range i18n.ASCII(text) {
			if r > '~' || r < ' ' {
				t.Fatalf("ASCII(%q) has %q", text, r)
			}
		}
	})
}
