package reconcile

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/money"
)

var update = flag.Bool("update", false, "write the golden files")

var tashkent = time.FixedZone("Tashkent", 5*60*60)

// shown writes lines as the golden files do.
func shown(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%d %s %s %v %s %v %q %q %q\n", l.Number, l.ExternalID, l.Kind, l.Amount(), l.At.Format(time.RFC3339), l.Refs, l.Purpose, l.Counterparty, l.Document)
	}
	return b.String()
}

func TestReportsAreRead(t *testing.T) {
	for _, tt := range []struct {
		till     ledger.Till
		file     string
		golden   string
		currency money.Currency
	}{
		{ledger.TillStripe, "stripe.csv", "stripe.golden", ""},
		{ledger.TillPayme, "payme.json", "payme.golden", ""},
		{ledger.TillPayme, "payme.csv", "payme_table.golden", ""},
		{ledger.TillClick, "click.csv", "click.golden", ""},
		{ledger.TillBank, "bank_ru.csv", "bank_ru.golden", money.UZS},
		{ledger.TillBank, "bank_en.csv", "bank_en.golden", ""},
	} {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			lines, err := Read(Upload{Till: tt.till, Data: data, Currency: tt.currency}, tashkent)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", tt.golden)
			if *update {
				if err := os.WriteFile(golden, []byte(shown(lines)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got := shown(lines); got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// problemsOf are the complaints about a file as line:key.
func problemsOf(t *testing.T, err error) string {
	t.Helper()
	var file *FileError
	if !errors.As(err, &file) || errs.KindOf(err) != errs.Invalid {
		t.Fatalf("got %v, want a FileError", err)
	}
	var all []string
	for _, p := range file.Problems {
		all = append(all, fmt.Sprintf("%d:%s", p.Line, strings.TrimPrefix(p.Key, "closing.bad.")))
	}
	if file.More > 0 {
		all = append(all, fmt.Sprintf("+%d", file.More))
	}
	return strings.Join(all, " ")
}

const stripeHead = "net,fee,gross,extra,currency,created,reporting_category,balance_transaction_id\n"

func TestFilesThatAreNotTaken(t *testing.T) {
	const bankHead = "Date;Amount;Purpose;Currency\n"
	for _, tt := range []struct {
		name string
		till ledger.Till
		text string
		want string
	}{
		{"nothing", ledger.TillBank, " \n ", "0:empty"},
		{"too large", ledger.TillBank, strings.Repeat("x", MaxBytes+1), "0:large"},
		{"a spreadsheet", ledger.TillBank, "PK\x03\x04rest", "0:spreadsheet"},
		{"zeros", ledger.TillBank, bankHead + "2026-11-20;1\x002;x;USD", "0:encoding"},
		{"no columns", ledger.TillBank, "a;b\n1;2\n", "0:columns"},
		{"another report", ledger.TillStripe, bankHead + "2026-11-20;1;x;USD", "0:missing"},
		{"only its head", ledger.TillBank, bankHead, "0:nothing"},
		{"no till of ours", ledger.TillCash, bankHead, "0:till"},
		{"bad cells", ledger.TillBank, bankHead + "20.11.26;1;x;USD\n2026-11-20;one;x;USD\n2026-11-20;1;x;XYZ\n2026-11-20;1.234;x;USD\n2026-11-20;0.00;x;USD\n2026-11-20;1.50;x;\n",
			"2:date 3:sum 4:currency 5:decimals 6:zero 7:no_currency"},
		{"three decimals", ledger.TillBank, bankHead + "2026-11-20;1.50;x;USD\n2026-11-20;1.234;x;USD\n", "3:decimals"},
		{"a formula as a sum", ledger.TillBank, bankHead + "2026-11-20;=1+1;x;USD\n", "2:sum"},
		{"out of range", ledger.TillBank, bankHead + "2026-11-20;99999999999999999999.00;x;USD\n", "2:huge"},
		{"points and commas", ledger.TillBank, bankHead + "2026-11-20;1.50;x;USD\n2026-11-20;1,50;x;USD\n", "0:mixed"},
		{"a huge cell", ledger.TillBank, bankHead + "2026-11-20;1.50;" + strings.Repeat("ж", maxCell+1) + ";USD\n", "2:long"},
		{"many", ledger.TillBank, bankHead + strings.Repeat("x;1.50;x;USD\n", 25), strings.TrimSpace(fmt.Sprintf("%s+5", numbered(2, 20, "date")))},
		{"net is not gross less fee", ledger.TillStripe, stripeHead + "9.00,2.00,10.00,x,usd,2026-11-20 10:00:00,charge,txn_1\n", "2:net"},
		{"decimals of yen", ledger.TillStripe, stripeHead + "9.50,0.00,9.50,x,jpy,2026-11-20 10:00:00,charge,txn_1\n", "2:decimals"},
		{"the same twice", ledger.TillStripe, stripeHead + strings.Repeat("9.00,1.00,10.00,x,usd,2026-11-20 10:00:00,charge,txn_1\n", 2), "3:twice 3:twice"},
		{"no id", ledger.TillStripe, stripeHead + "9.00,1.00,10.00,x,usd,2026-11-20 10:00:00,charge,\n", "2:id"},
		{"not JSON", ledger.TillPayme, `{"result": [}`, "0:json"},
		{"no whole number of tiyin", ledger.TillPayme, `[{"id":"a","perform_time":1763600100000,"amount":1.5,"state":2}]`, "1:entry"},
		{"a negative payment", ledger.TillPayme, `[{"id":"a","perform_time":1763600100000,"amount":-5,"state":2}]`, "1:not_positive"},
		{"a payment of no time", ledger.TillPayme, `[{"id":"a","amount":5,"state":2}]`, "1:no_date"},
		{"an unknown state", ledger.TillClick, "id;date;amount;status\n1;2026-11-20;10.00;perhaps\n", "2:state"},
		{"in and out at once", ledger.TillBank, "Date;Debit;Credit;Currency\n2026-11-20;1.50;1.50;USD\n2026-11-20;;;USD\n", "2:both 3:zero"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines, err := Read(Upload{Till: tt.till, Data: []byte(tt.text)}, tashkent)
			if got := problemsOf(t, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if lines != nil && err == nil {
				t.Error("something was read all the same")
			}
		})
	}
}

func numbered(from, n int, key string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d:%s ", from+i, key)
	}
	return b.String()
}

func TestSumsOfFiles(t *testing.T) {
	for _, tt := range []struct {
		all  string // the sums of a file
		cur  money.Currency
		want string
	}{
		{"1 234,50|-2,00", money.UZS, "1234.50 UZS|-2.00 UZS"},
		{"1,500|2,75", money.USD, "1.50 USD|2.75 USD"},
		{"1,500|3,000.00", money.USD, "1500.00 USD|3000.00 USD"},
		{"1.500|2.000.000", money.UZS, "1500.00 UZS|2000000.00 UZS"},
		{"1,500", money.JPY, "1500 JPY"},
		{"1500.00|20.00", money.JPY, "1500 JPY|20 JPY"},
		{"(12.00)|12.00-|−12.00|+12.00", money.USD, "-12.00 USD|-12.00 USD|-12.00 USD|12.00 USD"},
		{"1\u00a0234\u202f567,89", money.KGS, "1234567.89 KGS"},
		{"1.234", "KWD", "1.234 KWD"},
	} {
		texts := strings.Split(tt.all, "|")
		for i := range texts {
			texts[i] = tidy(texts[i])
		}
		n, err := numbersOf(texts)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, text := range texts {
			a, err := n.sum(text, tt.cur)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			got = append(got, a.String())
		}
		if joined := strings.Join(got, "|"); joined != tt.want {
			t.Errorf("%s: got %s, want %s", tt.all, joined, tt.want)
		}
	}
}

func TestReferencesInPurposes(t *testing.T) {
	for purpose, want := range map[string]string{
		"order 7KQ2-M4XA": "7KQ2-M4XA",
		"за заказ 7kq2 m4xa, спасибо": "7KQ2-M4XA",
		"7kq2m4xa":          "7KQ2-M4XA",
		"заказ №7KQ2–M4XA.": "7KQ2-M4XA",
		"7КQ2-М4ХА":         "7KQ2-M4XA", // К, М, Х, А of a Cyrillic keyboard
		"Payment AWP-17":    "AWP-17",
		"выплата awp 17":    "AWP-17",
		"AWP17 AWP-0 AWP":   "AWP-17",
	} {
		if got := references(purpose); len(got) == 0 || got[0] != want {
			t.Errorf("%q: %v, want %s first", purpose, got, want)
		}
	}
	if got := references(strings.Repeat("ABCD ", 500)); len(got) > mostReferences {
		t.Errorf("%d references", len(got))
	}
}

// Whatever comes: an answer, lines that the database can keep, and each sum
// exactly what the file says or a complaint.
func fuzzRead(f *testing.F, till ledger.Till) {
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := Read(Upload{Till: till, Data: data, Currency: money.UZS}, tashkent)
		var file *FileError
		if err != nil && !errors.As(err, &file) {
			t.Fatalf("%v is no FileError", err)
		}
		for _, l := range lines {
			if err == nil && (l.ExternalID == "" || l.AmountMinor == 0 || len(l.ExternalID) > 700 || l.Number < 1 || l.At.Year() < 1999 || l.Refs == nil || strings.ContainsRune(l.Purpose+l.Counterparty+l.ExternalID, 0)) {
				t.Fatalf("%+v", l)
			}
		}
	})
}

func seeds(f *testing.F, names ...string) {
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

func FuzzStripe(f *testing.F) { seeds(f, "stripe.csv"); fuzzRead(f, ledger.TillStripe) }

func FuzzPayme(f *testing.F) { seeds(f, "payme.json", "payme.csv"); fuzzRead(f, ledger.TillPayme) }

func FuzzClick(f *testing.F) { seeds(f, "click.csv"); fuzzRead(f, ledger.TillClick) }

func FuzzBank(f *testing.F) { seeds(f, "bank_ru.csv", "bank_en.csv"); fuzzRead(f, ledger.TillBank) }
