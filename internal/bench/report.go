package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// report is a whole run, for the document.
type report struct {
	When    time.Time
	Took    time.Duration
	Quick   bool
	Machine machine
	Figures []Figure
	Notes   []string
}

const (
	reportHead = `# Benchmarks

Written by ` + "`make bench`" + `; do not edit. Each figure stands beside its yardstick, measured in turns in the same run: ours,
yardstick, ours, yardstick, the median of the rounds. Yardstick and program share the machine with the load generator,
which is the same for both. "holds" and "missed" are about the goal, which limits the ratio where there is a yardstick.

The shop is the demo programme on a private PostgreSQL that writes as durably as in earnest. *Warm* is one page asked
for again and again over 16 connections; nginx serves the same bytes, compressed as we sent them, with the same headers.
*Processor time* is of one request, on the server and on the load generator, which has the rest of the machine: its share is
what both servers lack. *At half of the peak* a request counts from when it was due. During the *edits* two programs serve
the shop, and each request asks for another page.
*Cold* is every product page in every language and market, each once after a start. An *order* is three requests:
into the cart, the checkout page, the order itself; each buyer is new. *Checkouts placed* are the last of the three alone:
carts and filled-in forms are prepared before the clock starts. Letters are written meanwhile as far as buyers leave room; the rest
of them before the yardstick has its turn. *First visit* is what a browser with an empty
cache loads, as sent, without photos, and with every script the page might need. *Placed and paid* are five requests: those of
an order, and the two calls with which Payme begins and performs its payment; each round is counted again in the database.
The *ledger* of the last figures is filled with copies of such orders, delivered and their earnings released, and proven by
` + "`awil ledger check`" + ` each time. The *statement* is of everything since the last payout.
*Searches* are the labelled queries of ` + "`internal/search`" + `, as pages, one after another, none asked before; shops of 100,000 and
1,000,000 generated products are filled once and kept under the user's cache; a quick run has 100,000 only.
`
	historyTitle = "## All runs"
)

// history are the figures that the table of all runs keeps, and its columns.
var history = []struct {
	title, figure string
	ratio         bool
}{
	{"home", "home page, warm", true},
	{"listing", "listing page, warm", true},
	{"product", "product page, warm", true},
	{"search", "search page, warm", true},
	{"cold", "product page, cold", true},
	{"16 orders", "cash-on-delivery orders, 16 at once", true},
	{"16 placed", "cash-on-delivery checkouts placed (that request alone), 16 at once", true},
	{"photo", "12-megapixel photo to all its sizes, CPU", true},
	{"home KB", "home page, first visit", false},
	{"idle MB", "memory, idle", false},
	{"200/s MB", "memory at 200 requests/s, most", false},
	{"start s", "start to first page", false},
	{"16 paid", "orders placed and paid, 16 at once", true},
	{"ledger s", "ledger check, 1,000,000 entries", false},
	{"statement ms", "statement of a producer with 50,000 entries, page, p50", false},
	{"half peak p99 ms", "home page, warm, p99 at half of the peak", false},
	{"storm ms", "page during 100 edits/s, 200 requests/s on two programs, slowest", false},
	{"search 1M p99 ms", "search among 1,000,000 products, p99", false},
	{"cold 100k p99 ms", "product page of 100,000 products, cold, at 200 requests/s, p99", false},
}

// write puts the run into the document, above the runs that it holds already.
func (r report) write(file string) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read the old benchmarks: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write benchmarks: %w", err)
	}
	if err := os.WriteFile(file, []byte(r.markdown(olderRuns(string(old)))), 0o644); err != nil {
		return fmt.Errorf("write benchmarks: %w", err)
	}
	return nil
}

func (r report) markdown(older []string) string {
	var b strings.Builder
	m := r.Machine
	fmt.Fprintf(&b, "%s\n## %s, commit %s\n\n", reportHead, r.when(), m.Commit)
	fmt.Fprintf(&b, "%s, %s, %s. %s. A %s run of %s.\n\n", m.CPU, m.Memory, m.System, m.Programs, r.kind(), r.Took.Round(time.Second))
	b.WriteString(markdownTable(r.Figures))
	if why := limitsOf(r.Figures); why != "" {
		b.WriteString("\nWhat limits them now, as profiles show:\n\n" + why)
	}
	for _, note := range r.Notes {
		b.WriteString("\n" + note + "\n")
	}
	fmt.Fprintf(&b, "\n%s\n\nRatios where there is a yardstick, newest first.\n\n", historyTitle)
	titles, rule := []string{"when", "commit", "run"}, []string{"---", "---", "---"}
	for _, h := range history {
		titles, rule = append(titles, h.title), append(rule, "---:")
	}
	for _, row := range append([]string{tableRow(titles), tableRow(rule), r.historyRow()}, older...) {
		b.WriteString(row + "\n")
	}
	return b.String()
}

func (r report) when() string { return r.When.UTC().Format("2006-01-02 15:04 UTC") }

func (r report) kind() string {
	if r.Quick {
		return "quick"
	}
	return "full"
}

// historyRow is the run in one line.
func (r report) historyRow() string {
	cells := []string{r.when(), r.Machine.Commit, r.kind()}
	for _, h := range history {
		cell := "–"
		for _, f := range r.Figures {
			switch {
			case f.Name != h.figure:
			case !h.ratio:
				cell = number(f.Ours)
			case f.Ratio != nil:
				cell = number(*f.Ratio) + " ×"
			}
		}
		cells = append(cells, cell)
	}
	return tableRow(cells)
}

func tableRow(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }

// olderRuns are the lines of the table of all runs in a document, without its
// head.
func olderRuns(document string) []string {
	_, table, found := strings.Cut(document, historyTitle)
	if !found {
		return nil
	}
	var rows []string
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			rows = append(rows, line)
		}
	}
	return rows[min(2, len(rows)):]
}
