package payouts

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"awil/internal/csvsafe"
	"awil/internal/i18n"
	"awil/internal/money"
)

// Document is a statement to be kept: with the words of one language and the
// days of one zone.
type Document struct {
	Statement
	*i18n.Localizer
	Zone         *time.Location
	ProducerName string
	Programme    string // who writes it
}

// Heading names the document.
func (d Document) Heading() string {
	if d.Period.IsDraft() && d.Payout != nil {
		return d.T("money.statement_draft") + ", " + d.T("money.payout_label", "label", d.Payout.Label())
	}
	if d.Payout != nil {
		return d.T("money.statement") + ", " + d.T("money.payout_label", "label", d.Payout.Label())
	}
	return d.T("money.statement")
}

// Days says what time the statement is about.
func (d Document) Days() string {
	until := d.Until
	if _, month := d.Period.IsMonth(); month && until.Equal(d.Period.end()) {
		until = until.Add(-time.Second) // the month's last day, not the next one's first
	}
	to := d.DateShort(until.In(d.Zone))
	if d.From == nil {
		return d.T("money.until", "to", to)
	}
	return d.T("money.range", "from", d.DateShort(d.From.In(d.Zone)), "to", to)
}

// Draft says that the payout of the document is only proposed; empty where it
// is not.
func (d Document) Draft() string {
	if !d.Period.IsDraft() || d.Payout == nil {
		return ""
	}
	return d.T("money.draft", "amount", d.Payout.Amount())
}

// FileName is what a file of the document is called, without its ending.
func (d Document) FileName() string {
	return fmt.Sprintf("awil-%d-%s-%s", d.ProducerID, strings.ToLower(string(d.Currency)), d.Period.Name())
}

// Sum is a line of the summary: words and what they come to.
type Sum struct {
	Text   string
	Amount money.Amount
}

// Sums is the summary between opening and closing: prices of what was sold,
// what went back, the programme's share of both, and all else.
func (d Document) Sums() []Sum {
	var sums []Sum
	share := money.Zero(d.Currency)
	for _, t := range d.Totals {
		sums = append(sums, Sum{d.T("money.kind." + string(t.Kind)), d.Price(t)})
		share.Minor -= t.CommissionMinor
	}
	if share.IsZero() {
		return sums
	}
	// After what was sold and before what was paid, where a reader looks for it.
	at := 0
	for at < len(sums) && d.Totals[at].CommissionMinor != 0 {
		at++
	}
	return append(sums[:at:at], append([]Sum{{d.T("money.share"), share}}, sums[at:]...)...)
}

// What tells a line in words, without its goods.
func (d Document) What(l Line) string {
	if l.Kind == EntryPayout && l.PayoutID != nil {
		return d.T("money.kind.payout") + ", " + Label(*l.PayoutID)
	}
	return d.T("money.kind." + string(l.Kind))
}

// Goods names what a line is about: "2 × melon jam, small".
func (d Document) Goods(l Line) string {
	text := l.Product
	if l.Variant != "" {
		text += ", " + l.Variant
	}
	if text != "" && l.Quantity != nil {
		text = d.Number(int64(*l.Quantity)) + " × " + text
	}
	return text
}

// Why says why a line is there, where somebody said so.
func (d Document) Why(l Line) string {
	if l.Why != "" {
		return d.T("money.why." + l.Why)
	}
	return l.Note
}

// Share writes the programme's part of a line, or nothing.
func (d Document) Share(l Line) string {
	if l.CommissionMinor == 0 || l.CommissionBP == nil {
		return ""
	}
	return d.T("money.share_percent", "percent", d.Percent(*l.CommissionBP), "amount", l.Commission())
}

// AllLines is more lines than any statement has.
const AllLines = 1 << 40

// Each calls a function with every line of a document, the oldest first, and
// reports whether there were more than it could give.
type Each func(func(Line) error) (more bool, err error)

// WriteCSV writes the document as a table for spreadsheets: UTF-8 with a byte
// order mark, sums in major units with a point.
func (d Document) WriteCSV(out io.Writer, each Each) error {
	if _, err := io.WriteString(out, "\uFEFF"); err != nil {
		return fmt.Errorf("statement: %w", err)
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	row := func(cells ...string) error { return w.Write(cells) }
	head := []string{"date", "what", "order", "goods", "pieces", "price", "percent"}
	for i, name := range head {
		head[i] = d.T("money.col." + name)
	}
	head = append(head, d.T("money.share"), d.T("money.col.yours"), d.T("money.col.currency"), d.T("money.col.note"))
	if err := row(head...); err != nil {
		return fmt.Errorf("statement: %w", err)
	}
	cur := string(d.Currency)
	edge := func(key string, at *time.Time, b money.Amount) error {
		day := ""
		if at != nil {
			day = at.In(d.Zone).Format(time.DateOnly)
		}
		return row(day, d.T(key), "", "", "", "", "", "", b.Decimal(), cur, "")
	}
	if err := edge("money.opening", d.From, d.Opening.Whole()); err != nil {
		return fmt.Errorf("statement: %w", err)
	}
	if draft := d.Draft(); draft != "" {
		if err := row("", draft, "", "", "", "", "", "", "", "", ""); err != nil {
			return fmt.Errorf("statement: %w", err)
		}
	}
	_, err := each(func(l Line) error {
		price, percent, pieces, share := "", "", "", ""
		if l.Quantity != nil {
			pieces = fmt.Sprint(*l.Quantity)
		}
		if l.Product != "" {
			price, share = l.Price().Decimal(), l.Commission().Decimal()
		}
		if l.CommissionBP != nil {
			percent = d.Percent(*l.CommissionBP)
		}
		goods := l.Product
		if l.Variant != "" {
			goods += ", " + l.Variant
		}
		return row(l.At.In(d.Zone).Format(time.DateOnly), d.What(l), l.Order(), csvsafe.Cell(goods), pieces, price, percent, share,
			l.Amount().Decimal(), cur, csvsafe.Cell(d.Why(l)))
	})
	if err != nil {
		return err
	}
	if err := edge("money.closing", &d.Until, d.Closing.Whole()); err != nil {
		return fmt.Errorf("statement: %w", err)
	}
	w.Flush()
	return w.Error()
}
