package reconcile

import (
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// Upload is a report or a statement as it was sent to us.
type Upload struct {
	Till     ledger.Till
	Name     string // of the file
	Data     []byte
	Currency money.Currency // of a bank statement that names none itself
}

// Read makes lines of a file, all of them or none: a *FileError says line by
// line what is wrong. It looks at nothing but the file.
func Read(u Upload, zone *time.Location) ([]Line, error) {
	text, err := plainText(u.Data)
	if err != nil {
		return nil, err
	}
	var lines []Line
	switch u.Till {
	case ledger.TillStripe:
		lines, err = readStripe(text)
	case ledger.TillPayme:
		lines, err = readPayme(text, zone)
	case ledger.TillClick:
		lines, err = readClick(text, zone)
	case ledger.TillBank:
		lines, err = readBank(text, u.Currency, zone)
	default:
		return nil, whole("closing.bad.till")
	}
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, whole("closing.bad.nothing")
	}
	if err := bounded(lines); err != nil {
		return nil, err
	}
	return lines, unique(lines)
}

// maxMinor is the largest sum of a line, as the table import_lines has it.
const maxMinor = 1_000_000_000_000_000

// bounded refuses sums that no account of ours moves: a few of them would make
// the totals of a day larger than can be kept.
func bounded(lines []Line) error {
	var c complaints
	for _, l := range lines {
		if l.AmountMinor > maxMinor || l.AmountMinor < -maxMinor {
			c.add(l.Number, "closing.bad.huge")
		}
	}
	return c.err()
}

// unique refuses a file that has a movement twice.
func unique(lines []Line) error {
	var c complaints
	first := map[string]int{}
	for _, l := range lines {
		if before, there := first[l.ExternalID]; there {
			c.add(l.Number, "closing.bad.twice", "line", before)
			continue
		}
		first[l.ExternalID] = l.Number
	}
	return c.err()
}

// refsOf drops what is no name and what is named twice.
func refsOf(names ...string) []string {
	refs := []string{}
	for _, name := range names {
		if name == "" || len(name) > maxRef || indexOf(refs, name) >= 0 {
			continue
		}
		refs = append(refs, name)
	}
	return refs
}

// maxRef bounds a provider's name for something, in bytes.
const maxRef = 200
