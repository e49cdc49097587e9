package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// show writes a posting as a table a person can check: one entry a line, a
// debit first, as it was made.
func show(p ledger.Posting) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d order %d by %d", p.Rule, p.Subject, p.SubjectID, p.OrderID, p.By)
	if p.Memo != "" {
		fmt.Fprintf(&b, " (%s)", p.Memo)
	}
	for _, e := range p.Entries {
		b.WriteString("\n")
		b.WriteString(showEntry(e))
	}
	return b.String()
}

func showEntry(e ledger.Entry) string {
	side, amount := "Dr", e.Amount()
	if e.Minor < 0 {
		side, amount = "Cr", money.New(-e.Minor, e.Account.Currency)
	}
	text := fmt.Sprintf("%s %s", side, e.Account.Kind)
	if e.Account.ProducerID != 0 {
		text += fmt.Sprintf(" %d", e.Account.ProducerID)
	}
	if e.Account.Till != "" {
		text += " " + string(e.Account.Till)
	}
	text += " " + amount.String()
	if e.LineID != 0 {
		text += fmt.Sprintf(" line %d", e.LineID)
	}
	if e.ParcelID != 0 {
		text += fmt.Sprintf(" parcel %d", e.ParcelID)
	}
	if e.Rate != nil {
		text += fmt.Sprintf(" at %s %s", e.Rate, e.RateTo)
	}
	return text
}

// table reads the want of a test: its lines without their indentation.
func table(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	return strings.Join(lines, "\n")
}

func rate(t testing.TB, text string) money.Rate {
	t.Helper()
	if text == "" {
		return money.Rate{}
	}
	r, err := money.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
