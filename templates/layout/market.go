package layout

import (
	"slices"

	"awil/internal/i18n"
	"awil/internal/money"
)

// Market is a destination as the pages' frame needs it.
type Market struct {
	Code        string // two lower-case letters, as in the URL
	Currency    money.Currency
	Countries   []string // ISO 3166-1 codes in capitals
	DefaultLang i18n.Lang
	Langs       []i18n.Lang // the market's own, for hreflang
	Names       map[i18n.Lang]string
	Default     bool // the programme's default market
}

// Name returns the market's name in a language, in English where there is
// none, or the code in capitals.
func (m Market) Name(lang i18n.Lang) string {
	for _, l := range []i18n.Lang{lang, "en"} {
		if name := m.Names[l]; name != "" {
			return name
		}
	}
	return m.Code
}

// Has reports whether a language is one of the market's own.
func (m Market) Has(lang i18n.Lang) bool { return slices.Contains(m.Langs, lang) }

// Alternate is the same page for another language and region.
type Alternate struct {
	Hreflang string
	URL      string
}

// Alternates lists this page in each market's own languages, and the address
// that chooses for everybody else. Only shop pages have any. A market of one
// country is tagged with it (ja-JP); one of many countries (eu) gives the plain
// language, once.
func (b Base) Alternates() []Alternate {
	if b.Market.Code == "" {
		return nil
	}
	list := make([]Alternate, 0, 16)
	for _, m := range b.Markets {
		for _, lang := range m.Langs {
			tag := lang.Tag()
			if len(m.Countries) == 1 {
				tag += "-" + m.Countries[0]
			}
			if slices.ContainsFunc(list, func(a Alternate) bool { return a.Hreflang == tag }) {
				continue
			}
			list = append(list, Alternate{tag, b.Origin + b.pathIn(lang, m) + b.pageQuery()})
		}
	}
	if m, ok := b.defaultMarket(); ok {
		list = append(list, Alternate{"x-default", b.Origin + b.pathIn("en", m) + b.pageQuery()})
	}
	return list
}

func (b Base) defaultMarket() (Market, bool) {
	for _, m := range b.Markets {
		if m.Default {
			return m, true
		}
	}
	return Market{}, false
}
