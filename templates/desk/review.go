package desk

import (
	"strings"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/photos"
	"awil/internal/producers"
)

// ReviewPage is the queue and, once one is chosen, the listing at work.
type ReviewPage struct {
	Page
	Queue    []catalog.QueueItem
	More     string // cursor of what comes after
	Waiting  int    // listings in the queue, those on other pages too
	Pictures map[int64]photos.Photo
	Listing  *Listing // nil: none is chosen
}

// lateAfter is how many hours a producer waits before the queue says so in another colour.
const lateAfter = 72

func (p ReviewPage) late(i catalog.QueueItem) bool {
	return p.Now.Sub(i.SubmittedAt).Hours() > lateAfter
}

// key is the shortcut of a queue's entry: the neighbours of the one at work.
func (p ReviewPage) key(at int) string {
	if p.Listing == nil {
		if at == 0 {
			return "j"
		}
		return ""
	}
	switch p.Queue[at].ID {
	case p.Listing.Before:
		return "k"
	case p.Listing.After:
		return "j"
	}
	return ""
}

// Listing is a listing side by side, with the forms as they were filled in.
type Listing struct {
	catalog.UnderReview
	Lang       i18n.Lang          // the buyers' language shown
	Maker      producers.Producer // in her own language
	MakerThere producers.Producer // in the buyers' language
	MakerDesk  producers.Producer // in the desk's
	Category   string
	Before     int64 // neighbours in the queue; 0: none
	After      int64

	Markets    []markets.Market // all, in order
	Categories []catalog.Category
	Checks     []Check
	Pictures   map[int64]photos.Photo

	Words   Words
	Terms   Terms
	Fiscal  Fiscal
	Prices  []PriceRow
	Ask     Ask
	Grade   Grade
	Refused []errs.Field // why it could not be approved
	Confirm []Check      // open checks that approving would pass over; empty: it was not asked
}

// Words are the inputs of what buyers read in one language.
type Words struct {
	Lang        i18n.Lang `form:"lang"`
	Name        string    `form:"name" max:"120"`
	Summary     string    `form:"summary" max:"400"`
	Story       string    `form:"story" max:"4000"`
	Composition string    `form:"composition" max:"1000"`
	Variants    []int64   `form:"variant"`
	Labels      []string  `form:"label" max:"60"` // one for each of Variants
	Ready       bool      `form:"ready"`
}

// Label is what was filled in for a variant.
func (w Words) Label(variant int64) string {
	for i, v := range w.Variants {
		if v == variant && i < len(w.Labels) {
			return w.Labels[i]
		}
	}
	return ""
}

// Terms are the inputs of shelf, customs code and markets.
type Terms struct {
	Category int64    `form:"category"`
	HS       string   `form:"hs" max:"12"`
	Markets  []string `form:"markets" max:"2"`
	// Months; 0: all year.
	SeasonFrom int `form:"season_from"`
	SeasonTo   int `form:"season_to"`
}

// Sold reports whether a market is ticked.
func (t Terms) Sold(code string) bool {
	for _, m := range t.Markets {
		if m == code {
			return true
		}
	}
	return false
}

// PriceRow is what a variant costs in a market, and the input for a price of its own.
type PriceRow struct {
	Variant catalog.Variant
	Market  markets.Market
	Offer   *catalog.Offer // nil: there is no exchange rate
	Typed   string         // as filled in; empty: the market's rule
	Lapsed  *money.Amount  // was set by hand and holds no longer; nil: none
}

// Input is the name under which what is wrong with a row's input is known.
func (r PriceRow) Input() string {
	return "price-" + id(r.Variant.ID) + "-" + r.Market.Code
}

// Ask are the inputs of what the producer should change.
type Ask struct {
	Topics  []string  `form:"topics" max:"20"`
	Message string    `form:"message" max:"2000"`
	Lang    i18n.Lang `form:"message_lang"`
	Confirm bool      `form:"confirm"`       // approve although checks are open
	Seen    string    `form:"seen" max:"40"` // when the listing was changed last, as the page she decides by has it
}

// About reports whether a topic is ticked.
func (a Ask) About(t catalog.Topic) bool {
	for _, one := range a.Topics {
		if one == string(t) {
			return true
		}
	}
	return false
}

// Check is one thing looked at before a decision.
type Check struct {
	State string    // class: yes, mid, no
	Name  string    // message key
	Lang  i18n.Lang // instead of the name: the check is about the text in it
	Text  string    // message key
	Args  []any
	Href  string // where it is put right; empty: nowhere here
}

func (c Check) name(p Page) string {
	if c.Lang != "" {
		return i18n.Title(p.Lang(), p.Language(c.Lang))
	}
	return p.T(c.Name)
}

// Open lists the checks that do not hold.
func (l Listing) Open() []Check {
	var list []Check
	for _, c := range l.Checks {
		if c.State != "yes" {
			list = append(list, c)
		}
	}
	return list
}

// open counts the checks that do not hold.
func (l Listing) open() int { return len(l.Open()) }

// again says that the listing has been through here before.
func (l Listing) again() int {
	n := 0
	for _, r := range l.History {
		if r.Decision == catalog.WasSubmitted {
			n++
		}
	}
	return n
}

// quotesOf are what the variants cost in one market.
func (l Listing) quotesOf(market string) []catalog.Offer {
	var list []catalog.Offer
	for _, q := range l.Quotes {
		if q.Market == market {
			list = append(list, q)
		}
	}
	return list
}

// pricesIn is what the listing costs in a market: from the least to the most.
func (p Page) pricesIn(offers []catalog.Offer) string {
	if len(offers) == 0 {
		return p.T("desk.price.none")
	}
	low, high := offers[0].Price, offers[0].Price
	for _, o := range offers[1:] {
		if o.Price.Minor < low.Minor {
			low = o.Price
		}
		if o.Price.Minor > high.Minor {
			high = o.Price
		}
	}
	if low == high {
		return p.Money(low)
	}
	return p.T("desk.price.range", "low", low, "high", high)
}

// made says how a market's price came about.
func (p Page) made(o catalog.Offer) string {
	switch {
	case o.ByHand:
		return p.T("desk.price.by_hand")
	case o.RateDate == nil:
		return p.T("desk.price.same_currency", "base", o.Base)
	default:
		return p.T("desk.price.at_rate", "base", o.Base, "rate", o.Rate.String(), "currency", string(o.Price.Currency), "per", string(o.Base.Currency), "day", p.DateShort(*o.RateDate))
	}
}

// size is what a variant is called in a list: its label, else how much it holds.
func (p Page) size(v catalog.Variant) string {
	var parts []string
	if v.Label != "" {
		parts = append(parts, v.Label)
	}
	if v.NetQuantity != nil {
		parts = append(parts, p.Quantity(*v.NetQuantity, string(v.NetUnit)))
	}
	if len(parts) == 0 {
		return p.Weight(v.WeightGrams)
	}
	return strings.Join(parts, ", ")
}

// TextState is how the buyers' text of a language stands, and whether there is one. One that was approved before the
// producer changed hers is stale, also while the listing waits.
func (l Listing) TextState(lang i18n.Lang) (catalog.TextState, bool) {
	t, there := l.Texts[lang]
	if t.State == catalog.TextApproved && t.UpdatedAt.Before(l.Product.Source.UpdatedAt) {
		return catalog.TextStale, there
	}
	return t.State, there
}

// state is how the text of a language stands, as a class and a word.
func (l Listing) state(p Page) func(i18n.Lang) (class, word string) {
	return func(lang i18n.Lang) (class, word string) {
		s, there := l.TextState(lang)
		if !there && lang == l.Product.Source.Lang {
			return "yes", p.T("desk.text.hers")
		}
		return textState(p, string(s), there)
	}
}

func textState(p Page, s string, there bool) (class, word string) {
	switch {
	case !there:
		return "no", p.T("desk.text.missing")
	case s == "draft", s == "stale":
		return "mid", p.T("desk.text." + s)
	default:
		return "yes", p.T("desk.text." + s)
	}
}

// listingState is the class of a listing's state.
func listingState(s catalog.State) string {
	switch s {
	case catalog.Approved:
		return "yes"
	case catalog.Submitted, catalog.ChangesRequested:
		return "mid"
	case catalog.Withdrawn:
		return "no"
	}
	return ""
}

// typed names a form of the listing: what is typed into it stays while another form is sent.
func (l Listing) typed(form string) string { return "review-" + id(l.Product.ID) + "-" + form }

// words chooses between keys: for goods that were on sale, and for those that never were.
func (l Listing) words(sold, never string) string {
	if l.Product.PublishedAt == nil {
		return never
	}
	return sold
}

// approveAt is where approving is sent to. The browser goes to the answer about what is open, far down the page; the
// page of the next listing has nothing of that name and begins at its top.
func approveAt(l Listing) string { return path("review", id(l.Product.ID), "approve") + "#answer" }

// answer is the message that heads what a decision was answered with; empty where nothing was.
func (l Listing) answer() string {
	switch {
	case len(l.Refused) > 0:
		return "desk.decide.refused"
	case len(l.Confirm) > 0:
		return "desk.decide.confirm"
	}
	return ""
}
