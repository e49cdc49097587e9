package search

import (
	"strings"
)

// fillers are words that a search means nothing by, folded: a name may leave them out.
var fillers = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range fold(`
a an the of from for with and in some any my me our your best good nice original real genuine authentic
something anything stuff buy get order online store price prices cost cheap sale want need looking find
из для с со и в на от по к за мне где как хочу нужно нужен нужна
что нибудь то либо какой какая хороший хорошая купить куплю заказать заказ цена цены стоимость недорого дёшево дешево магазин продажа интернет доставка доставкой
va uchun bilan dan ham kerak qayerda nimadir biror narsa yaxshi
sotib olish olaman xarid narx narxi narxlari arzon buyurtma doʻkon dokon sotiladi
ushın menen hám jáne kerek bir nárse jaqsı satıp alıw alaman baha bahası arzan buyırtpa dúkan
үчүн менен жана керек бир нерсе жакшы сатып алуу алам баасы баа арзан заказ дүкөн
何か なにか いい 通販 購入 販売 価格 値段 お取り寄せ 取り寄せ 人気 おすすめ オススメ 送料無料 激安 最安 本物 本場 買う 買いたい 欲しい 下さい ください`) {
		m[w.forms[0]] = true
	}
	return m
}()

// withoutFillers drops the fillers unless there is nothing else, but for those that mean something with what follows, as
// "for" does in "for tea". The last word stays: it may be unfinished.
func withoutFillers(words []word) []word {
	var kept []word
	for i := 0; i < len(words); i++ {
		if i == len(words)-1 || !fillers[words[i].forms[0]] {
			kept = append(kept, words[i])
		} else if _, n := meanings().of(words[i:]); n > 1 {
			kept = append(kept, words[i:i+n]...)
			i += n - 1
		}
	}
	for len(kept) > 1 && fillers[kept[len(kept)-1].forms[0]] {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// lexemes are what a word is indexed as: each of its forms; or, as Japanese does not space its words, each two
// characters that stand together, and the last one, so that a single character finds whatever it stands in.
func (w word) lexemes() []string {
	if !w.cjk {
		return w.forms
	}
	run := []rune(w.forms[0])
	pairs := make([]string, 0, len(run))
	for i := range len(run) - 1 {
		pairs = append(pairs, string(run[i:i+2]))
	}
	return append(pairs, string(run[len(run)-1]))
}

// Marks before lexemes say what they are. A lexeme without a mark is a word of any of the product's texts.
const (
	markWhole = "==" // a whole name
	markFirst = "=^" // the first word of a name
	markName  = "="  // a word of a name
	markPlace = "+"  // a word of the maker's name, the village's or the district's

	markNameMeaning = "=#" // what a word of a name means, by the thesaurus
	markMeaning     = "#"  // what a word of any of the texts means

	markCategory = "/c" // the product's category
	markVillage  = "/v" // its village
)

// plain is a text in the first reading of its words.
func plain(words []word) string {
	first := make([]string, len(words))
	for i, w := range words {
		first[i] = w.forms[0]
	}
	return strings.Join(first, " ")
}

// shortestStem is how long a word must be for longer words that begin with it to count too, as our languages put their
// endings last.
const shortestStem = 3

// collapsed reports whether folding left less than half of what was typed, as of "qqqqqq": nobody means
// the little that is left, and half the catalog begins with it.
func (w word) collapsed() bool { return 2*len(w.forms[0]) < len([]rune(w.typed)) }

// query is the word's part of a tsquery, looked for under any of the marks. The last word may be unfinished.
func (w word) query(last bool, marks ...string) expr {
	lexemes, join, prefix := w.forms, anyOf, !w.whole && (last || len(w.forms[0]) >= shortestStem)
	if w.cjk {
		lexemes, join, prefix = w.lexemes(), allOf, false
		if len(lexemes) == 1 {
			prefix = true
		} else {
			lexemes = lexemes[:len(lexemes)-1]
		}
	}
	terms := make([]expr, len(lexemes))
	for i, lexeme := range lexemes {
		terms[i] = anyMark(lexeme, prefix, marks)
	}
	return join(terms...)
}

func anyMark(lexeme string, prefix bool, marks []string) expr {
	terms := make([]expr, len(marks))
	for i, mark := range marks {
		terms[i] = term(mark+lexeme, prefix)
	}
	return anyOf(terms...)
}

// first is the part of a tsquery that looks for names the word stands first in.
func (w word) first(last bool) expr {
	terms := make([]expr, len(w.forms))
	for i, form := range w.forms {
		terms[i] = term(markFirst+form, last && !w.whole || w.cjk)
	}
	return anyOf(terms...)
}

// every is a part of a tsquery for each word, all of which are wanted.
func every(words []word, part func(w word, last bool) expr) expr {
	parts := make([]expr, len(words))
	for i, w := range words {
		parts[i] = part(w, i == len(words)-1)
	}
	return allOf(parts...)
}
