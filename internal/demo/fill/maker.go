package fill

import (
	"math/rand/v2"
	"strings"
	"time"

	"awil/internal/demo/content"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/search"
)

// perMaker is how many goods a generated maker sells.
const perMaker = 25

// oldest is how many days ago the first generated goods were shown.
const oldest = 730

var makerKinds = []string{"workshop", "family", "cooperative"}

// maker is a generated producer.
type maker struct {
	id       int64
	village  village
	lang     i18n.Lang
	currency money.Currency
	found    search.Part // what her goods are found by besides their own texts
}

// villageOf is where a maker lives: one of the villages there are when her first goods come in, the older ones more often.
func (g *ground) villageOf(r *rand.Rand, number int) village {
	return g.villages[r.IntN(1+r.IntN(g.own+villagesFor(number*perMaker+1)))]
}

// maker makes the producer of a number, and writes her into c unless she is there already.
func (f *filler) maker(c *chunk, number int) maker {
	r := random(f.seed, forMaker, number)
	m := maker{id: f.makerID(number), village: f.villageOf(r, number)}
	m.lang, m.currency = content.Tongue(m.village.country), content.Currency(m.village.country)
	kind := pick(r, makerKinds)
	called := pick(r, f.People)
	if oneIn(r, 2) {
		called = joined(pick(r, f.First), pick(r, f.Second))
	}
	names, found := map[i18n.Lang]string{}, []search.Part{m.village.found}
	for _, lang := range i18n.Langs() {
		names[lang] = strings.ReplaceAll(f.Makers[kind][lang], "{n}", called[lang])
		found = append(found, search.OfMaker(names[lang]))
	}
	m.found = search.Join(found...)
	story, words := pick(r, f.MakerStories), pick(r, f.MakerWords)
	since, women := within(r, 1998, 2024), !oneIn(r, 4)
	if number < f.firstMaker {
		return m
	}
	at := f.now.AddDate(0, 0, -oldest-within(r, 1, 300)).Truncate(time.Minute)
	c.learn(m.found)
	c.add("producers", m.id, slugOf(names), kind, m.village.ID, string(m.currency), since, women, "active", string(m.lang), at)
	c.add("producer_sources", m.id, string(m.lang), names[m.lang], story[m.lang], words[m.lang], at)
	for _, lang := range i18n.Langs() {
		c.add("producer_texts", m.id, string(lang), names[lang], story[lang], words[lang], textState(lang, m.lang), at)
	}
	return m
}

// makerID follows from the number: those of one run come one after the other.
func (f *filler) makerID(number int) int64 {
	if number < f.firstMaker {
		return f.lastProducer
	}
	return f.producerBase + int64(number-f.firstMaker)
}

func slugOf(names map[i18n.Lang]string) string {
	if slug := i18n.Slug(names[i18n.EN]); slug != "" {
		return slug
	}
	return "p"
}
