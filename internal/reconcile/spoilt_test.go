package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payouts"
	"awil/internal/reconcile"
)

// A bank's statement of many payouts, spoilt in known ways, through the file, the database and the close: exactly that is
// found. A failing seed is in the test's name.
func TestASpoiltStatement(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := bare(t)
			p.spoil(rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

// ways in which a payout's label is written.
var ways = []func(string) string{
	func(l string) string { return "Payout " + l },
	strings.ToLower,
	func(l string) string { return "vyplata " + strings.Replace(l, "-", " ", 1) + " melon" },
	func(l string) string { return strings.Replace(l, "-", "", 1) },
}

func (p *programme) spoil(r *rand.Rand) {
	t := p.t
	var rows, want []string
	document := 0
	row := func(minor int64, purpose string) {
		document++
		rows = append(rows, fmt.Sprintf("20.11.2026;%d;M;%s;%s", document, sum(money.New(minor, money.UZS)), purpose))
	}
	for id := range int64(40) {
		id++
		amount := money.New([]int64{500000, 500000, 750025}[r.IntN(3)], money.UZS)
		posting, err := ledger.PayoutPaid(id, ledger.TillBank, amount, p.now, finance)
		p.ok(err)
		_, err = p.ledger.Post(t.Context(), posting)
		p.ok(err)
		purpose := ways[r.IntN(len(ways))](payouts.Label(id))
		switch r.IntN(7) {
		case 0:
			want = append(want, fmt.Sprintf("waiting payout %d", id))
		case 1:
			row(-amount.Minor, purpose)
			row(-amount.Minor, purpose)
			want = append(want, fmt.Sprintf("twice payout %d", id))
		case 2:
			row(-amount.Minor-1, purpose)
			want = append(want, fmt.Sprintf("amount payout %d", id))
		default:
			row(-amount.Minor, purpose)
		}
	}
	row(int64(1_000_000+r.IntN(1000)), "who knows")
	want = append(want, "unknown payout 0")
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	half := len(rows) / 2
	p.bank(rows[:half]...)
	p.bank(rows[half-3:]...) // three lines come again
	p.now = p.now.Add(24 * time.Hour)
	c := p.close(twentieth)
	var got []string
	for _, f := range c.List {
		id := 0
		if f.EntryID != 0 {
			id = p.number(`select t.subject_id from ledger_entries e join ledger_transactions t on t.id = e.transaction_id where e.id = $1`, f.EntryID)
		}
		got = append(got, fmt.Sprintf("%s payout %d", f.Kind, id))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || c.Verdict != reconcile.Different {
		t.Errorf("found %v\nwant %v", got, want)
	}
}
