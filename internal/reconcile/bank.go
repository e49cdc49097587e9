package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// The columns of a bank's statement besides those of cabinets.
const (
	colDate         column = "date"
	colDebit        column = "debit"
	colCredit       column = "credit"
	colDirection    column = "direction"
	colCounterparty column = "counterparty"
	colPurpose      column = "purpose"
	colDocument     column = "document"
)

var bankLayout = layout{
	names: map[column][]string{
		colDate: {"date", "posting date", "booking date", "transaction date", "operation date", "value date",
			"дата", "дата операции", "дата проводки", "дата проведения", "дата платежа", "дата документа"},
		colAmount: {"amount", "transaction amount", "sum", "сумма", "сумма операции", "сумма платежа", "сумма документа"},
		colDebit: {"debit", "debit amount", "withdrawal", "withdrawals", "paid out", "money out",
			"дебет", "сумма по дебету", "оборот по дебету", "обороты по дебету", "сумма дебет", "расход", "списание", "списано"},
		colCredit: {"credit", "credit amount", "deposit", "deposits", "paid in", "money in",
			"кредит", "сумма по кредиту", "оборот по кредиту", "обороты по кредиту", "сумма кредит", "приход", "поступление", "зачисление", "зачислено"},
		colDirection: {"direction", "d c", "dr cr", "debit credit", "дт кт", "дебет кредит", "приход расход"},
		colCurrency:  {"currency", "ccy", "валюта", "код валюты"},
		colCounterparty: {"counterparty", "counterparty name", "correspondent", "name", "payer", "sender", "beneficiary", "payer payee",
			"контрагент", "наименование контрагента", "корреспондент", "наименование корреспондента", "плательщик получатель", "плательщик", "отправитель", "получатель"},
		colPurpose: {"purpose", "payment purpose", "payment details", "details", "description", "narrative", "reference", "remittance information",
			"назначение платежа", "назначение", "детали платежа", "основание", "описание", "содержание операции", "комментарий"},
		colDocument: {"document number", "document", "document no", "doc number", "doc no", "doc", "reference number", "transaction id", "number", "no",
			"номер документа", "номер док", "документ", "документа", "док", "номер"},
	},
	lacks: func(has func(column) bool) []column {
		if has(colDebit) || has(colCredit) {
			return either(without(has, colDate, colAmount), without(has, colDate, colDebit, colCredit))
		}
		return without(has, colDate, colAmount)
	},
}

// either is the way in which less is missing.
func either(a, b []column) []column {
	if len(a) < len(b) {
		return a
	}
	return b
}

// readBank reads a statement. Credits are to our good, as banks write for their
// customers.
func readBank(text string, usual money.Currency, zone *time.Location) ([]Line, error) {
	rows, err := readTable(text, bankLayout)
	if err != nil {
		return nil, err
	}
	var sums []string
	for _, r := range rows {
		sums = append(sums, r.get(colAmount), r.get(colDebit), r.get(colCredit))
	}
	n, err := numbersOf(sums)
	if err != nil {
		return nil, whole("closing.bad.mixed")
	}
	var lines []Line
	var c complaints
	counted := map[string]int{}
	for _, r := range rows {
		if r.empty() || isTotal(r, colDate) {
			continue
		}
		line, problem, args := bankRow(r, n, usual, zone)
		if problem != "" {
			c.add(r.number, problem, args...)
			continue
		}
		id := line.ExternalID
		if counted[id]++; counted[id] > 1 {
			line.ExternalID = fmt.Sprintf("%s/%d", id, counted[id])
		}
		lines = append(lines, line)
	}
	return lines, c.err()
}

func bankRow(r row, n numbers, usual money.Currency, zone *time.Location) (line Line, problem string, args []any) {
	cur := usual
	if text := r.get(colCurrency); text != "" {
		parsed, err := parseCurrency(text)
		if err != nil {
			return line, "closing.bad.currency", []any{"text", cut(text, 20)}
		}
		cur = parsed
	}
	if !cur.Known() {
		return line, "closing.bad.no_currency", nil
	}
	at, err := moment(r.get(colDate), zone)
	if err != nil {
		return line, "closing.bad.date", []any{"text", cut(r.get(colDate), 30)}
	}
	amount, problem, args := bankSum(r, n, cur)
	if problem != "" {
		return line, problem, args
	}
	line = Line{Number: r.number, Till: ledger.TillBank, Kind: LineTransfer, AmountMinor: amount.Minor, Currency: cur,
		Counterparty: cut(r.get(colCounterparty), 300), Purpose: cut(r.get(colPurpose), 1000), Document: cut(r.get(colDocument), 100), At: at}
	line.Refs = refsOf(references(line.Purpose)...)
	id := []string{at.In(zone).Format("2006-01-02"), line.Document, amount.String(), fingerprint(line.Counterparty)}
	if line.Document == "" { // only what it was for tells two of a day and a sum apart
		id = append(id, fingerprint(line.Purpose))
	}
	line.ExternalID = strings.Join(id, "/")
	return line, "", nil
}

// bankSum is what moved: from one column with a sign or a direction, or from
// two, of which one is filled in.
func bankSum(r row, n numbers, cur money.Currency) (amount money.Amount, problem string, args []any) {
	if r.has(colDebit) && r.has(colCredit) {
		return twoColumns(r, n, cur)
	}
	text := r.get(colAmount)
	amount, err := n.sum(text, cur)
	if err != nil {
		return amount, sumProblem(err), []any{"text", cut(text, 30)}
	}
	if r.has(colDirection) {
		switch sign, known := directions[header(r.get(colDirection))]; {
		case !known:
			return amount, "closing.bad.direction", []any{"text", cut(r.get(colDirection), 20)}
		default:
			amount = money.New(sign*size(amount).Minor, cur)
		}
	}
	if amount.IsZero() {
		return amount, "closing.bad.zero", nil
	}
	return amount, "", nil
}

var directions = map[string]int64{
	"c": 1, "cr": 1, "credit": 1, "in": 1, "кт": 1, "кредит": 1, "приход": 1,
	"d": -1, "dr": -1, "debit": -1, "out": -1, "дт": -1, "дебет": -1, "расход": -1,
}

func twoColumns(r row, n numbers, cur money.Currency) (money.Amount, string, []any) {
	var sums [2]money.Amount
	for i, col := range []column{colCredit, colDebit} {
		text := r.get(col)
		if text == "" || text == "-" {
			sums[i] = money.Zero(cur)
			continue
		}
		a, err := n.sum(text, cur)
		if err != nil {
			return a, sumProblem(err), []any{"text", cut(text, 30)}
		}
		sums[i] = size(a)
	}
	switch {
	case sums[0].IsZero() && sums[1].IsZero():
		return sums[0], "closing.bad.zero", nil
	case !sums[0].IsZero() && !sums[1].IsZero():
		return sums[0], "closing.bad.both", nil
	case sums[0].IsZero():
		return money.New(-sums[1].Minor, cur), "", nil
	}
	return sums[0], "", nil
}

// parseCurrency knows codes as letters and, of the currencies banks here keep
// accounts in, as ISO's numbers; 000 is the soʻm within Uzbekistan.
func parseCurrency(text string) (money.Currency, error) {
	if cur, known := numericCodes[text]; known {
		return cur, nil
	}
	return money.ParseCurrency(text)
}

var numericCodes = map[string]money.Currency{
	"000": money.UZS, "860": money.UZS, "417": money.KGS, "392": money.JPY, "840": money.USD, "978": money.EUR,
	"826": money.GBP, "410": money.KRW, "398": money.KZT, "643": money.RUB, "784": money.AED,
}

// isTotal reports whether a row only adds up others: it has no day, and says so
// in words.
func isTotal(r row, day column) bool {
	if text := r.get(day); text != "" {
		if first := text[0]; first >= '0' && first <= '9' {
			return false
		}
	}
	for _, cell := range r.cells {
		words := header(cell)
		if words == "" {
			continue
		}
		for _, begins := range []string{"итого", "всего", "входящий", "исходящий", "остаток", "сальдо", "оборот", "total", "opening balance", "closing balance", "balance", "jami"} {
			if strings.HasPrefix(words, begins) {
				return true
			}
		}
		return false
	}
	return false
}

// fingerprint is a short name for a text.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(header(text)))
	return hex.EncodeToString(sum[:6])
}
