package reconcile

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"awil/internal/ledger"
	"awil/internal/money"
)

// bookings are what providers' reports tell of, by kind.
var bookings = map[LineKind][]ledger.Rule{
	LinePayment: {ledger.RuleOrderPaid, ledger.RuleUnexpected},
	LineRefund:  {ledger.RuleRefundSent, ledger.RuleRefundFailed},
	LineDispute: {ledger.RuleDisputeOpened, ledger.RuleDisputeWon},
	LineFee:     {ledger.RuleProviderFee},
}

// history is a ledger, the report that belongs to it, and what was done to the report.
type history struct {
	entries []Entry
	lines   []Line
	want    []string // what must be found, sorted
}

// histories draws a ledger whose sums collide on purpose, and a report with lines dropped, doubled and changed.
func histories(t *rapid.T) history {
	var h history
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	add := func(l Line) {
		l.ID = int64(len(h.lines) + 1)
		l.ExternalID = fmt.Sprintf("line-%d", l.ID)
		h.lines = append(h.lines, l)
	}
	n := rapid.IntRange(0, 30).Draw(t, "entries")
	for i := range n {
		kind := rapid.SampledFrom([]LineKind{LinePayment, LineRefund, LineDispute, LineFee}).Draw(t, "kind")
		rule := rapid.SampledFrom(bookings[kind]).Draw(t, "rule")
		amount := rapid.SampledFrom([]int64{100, 5600, 5600, 9999}).Draw(t, "amount")
		if rule == ledger.RuleRefundSent || rule == ledger.RuleDisputeOpened || rule == ledger.RuleProviderFee {
			amount = -amount
		}
		// Movements of one payment share its names; only the surest is their own.
		own, shared := fmt.Sprintf("txn-%d", i), fmt.Sprintf("order-%d", i/3)
		e := Entry{ID: int64(i + 1), Till: ledger.TillStripe, AmountMinor: amount, Currency: money.USD, Rule: rule, At: start, Keys: []string{own, shared}}
		h.entries = append(h.entries, e)
		l := Line{Till: e.Till, Kind: kind, AmountMinor: amount, Currency: e.Currency, Refs: []string{own}, At: start}
		switch what := rapid.SampledFrom([]string{"same", "same", "same", "drop", "double", "sum", "currency"}).Draw(t, "what"); what {
		case "same":
			add(l)
		case "drop":
			h.want = append(h.want, fmt.Sprintf("%s entry %d", Waiting, e.ID))
		case "double":
			add(l)
			add(l)
			h.want = append(h.want, fmt.Sprintf("%s of %d", Twice, e.ID))
		case "sum":
			l.AmountMinor += int64(sign(amount))
			add(l)
			h.want = append(h.want, fmt.Sprintf("%s of %d", AmountDiffers, e.ID))
		case "currency":
			l.Currency = money.EUR
			add(l)
			h.want = append(h.want, fmt.Sprintf("%s of %d", OtherCurrency, e.ID))
		}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "strangers") {
		add(Line{Till: ledger.TillStripe, Kind: LinePayment, AmountMinor: 5600, Currency: money.USD, Refs: []string{fmt.Sprintf("stranger-%d", i)}, At: start})
		h.want = append(h.want, string(Unknown))
	}
	h.lines = rapid.Permutation(h.lines).Draw(t, "order")
	slices.Sort(h.want)
	return h
}

// found compares a history and says what is left, in the words of history.want.
func found(t *rapid.T, h history) []string {
	couples, left := byName(h.lines, h.entries, nil)
	entries := slices.Clone(h.entries)
	lines := map[int64]bool{}
	for _, c := range couples {
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.ID == c.entry.ID })
		if entries[i].Matched || lines[c.line.ID] || c.line.Amount() != c.entry.Amount() {
			t.Fatalf("line %d and entry %d: matched twice or not the same sum", c.line.ID, c.entry.ID)
		}
		entries[i].Matched, lines[c.line.ID] = true, true
	}
	if len(couples)+len(left) != len(h.lines) {
		t.Fatalf("%d matched, %d left, of %d", len(couples), len(left), len(h.lines))
	}
	a := around{entries: entries, now: h.entriesEnd()}
	told := map[int64]bool{}
	var list []string
	for _, l := range left {
		item := a.judge(l)
		if item.Entry == nil {
			list = append(list, string(item.Kind))
			continue
		}
		told[item.Entry.ID] = true
		list = append(list, fmt.Sprintf("%s of %d", item.Kind, item.Entry.ID))
	}
	for _, e := range entries {
		if !e.Matched && !told[e.ID] {
			list = append(list, fmt.Sprintf("%s entry %d", Waiting, e.ID))
		}
	}
	slices.Sort(list)
	return list
}

func (h history) entriesEnd() time.Time { return time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC) }

// However a report was spoilt: exactly that is found, and nothing else.
func TestExactlyTheDifferencesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(t)
		if got := found(t, h); !slices.Equal(got, h.want) {
			t.Fatalf("found %v, want %v", got, h.want)
		}
	})
}

// By their sums alone only those are matched that have no other choice.
func TestSumsMatchOnlyWithoutChoice(t *testing.T) {
	start := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var lines []Line
		var open []Entry
		for i := range rapid.IntRange(0, 12).Draw(t, "lines") {
			lines = append(lines, Line{ID: int64(i + 1), Till: ledger.TillBank, Kind: LineTransfer, Currency: money.UZS,
				AmountMinor: rapid.Int64Range(1, 8).Draw(t, "amount"), At: start.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "day"))})
		}
		for i := range rapid.IntRange(0, 12).Draw(t, "open") {
			open = append(open, Entry{ID: int64(i + 1), Till: ledger.TillBank, Rule: ledger.RuleCashHandedIn, Currency: money.UZS,
				AmountMinor: rapid.Int64Range(1, 8).Draw(t, "amount"), At: start.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "day"))})
		}
		near := func(l Line, e Entry) bool {
			gap := l.At.Sub(e.At)
			return l.AmountMinor == e.AmountMinor && gap <= window && gap >= -window
		}
		matched := map[int64]int64{}
		for _, c := range bySum(lines, open, nil) {
			matched[c.line.ID] = c.entry.ID
		}
		for _, l := range lines {
			var choices []int64
			for _, e := range open {
				if near(l, e) {
					choices = append(choices, e.ID)
				}
			}
			only := len(choices) == 1 && !slices.ContainsFunc(lines, func(o Line) bool { return o.ID != l.ID && near(o, open[choices[0]-1]) })
			if _, is := matched[l.ID]; is != only || is && matched[l.ID] != choices[0] {
				t.Fatalf("line %d has choices %v and is matched with %d", l.ID, choices, matched[l.ID])
			}
		}
	})
}

func TestPayoutsAreCalledAsThePayoutsAre(t *testing.T) {
	if ids := payoutsOf(references("Выплата " + label(42))); !slices.Equal(ids, []int64{42}) {
		t.Errorf("payouts %v", ids)
	}
}
