package reconcile

import (
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// The columns of Stripe's itemised reports: balance change from activity, and
// payout reconciliation.
const (
	colID        column = "id"
	colTime      column = "time"
	colCurrency  column = "currency"
	colGross     column = "gross"
	colFee       column = "fee"
	colNet       column = "net"
	colCategory  column = "category"
	colSource    column = "source"
	colIntent    column = "intent"
	colCharge    column = "charge"
	colReference column = "reference"
	colText      column = "text"
)

var stripeLayout = layout{
	names: map[column][]string{
		colID:        {"balance transaction id", "balance transaction", "id"},
		colTime:      {"created utc", "created", "effective at utc", "effective at"},
		colCurrency:  {"currency"},
		colGross:     {"gross", "amount"},
		colFee:       {"fee", "fees"},
		colNet:       {"net"},
		colCategory:  {"reporting category", "type"},
		colSource:    {"source id", "source", "payout id"},
		colIntent:    {"payment intent id", "payment intent"},
		colCharge:    {"charge id", "charge"},
		colReference: {"payment metadata order reference", "metadata order reference", "order reference"},
		colText:      {"description"},
	},
	lacks: func(has func(column) bool) []column {
		return without(has, colID, colTime, colCurrency, colGross, colFee, colNet, colCategory)
	},
}

// stripeKinds are Stripe's categories, of both reports and of its API.
var stripeKinds = map[string]LineKind{
	"charge": LinePayment, "payment": LinePayment,
	"refund": LineRefund, "payment_refund": LineRefund, "refund_failure": LineRefund, "payment_failure_refund": LineRefund, "partial_capture_reversal": LineRefund,
	"dispute": LineDispute, "dispute_reversal": LineDispute, "adjustment": LineDispute,
	"payout": LinePayout, "payout_reversal": LinePayout, "payout_cancel": LinePayout, "payout_failure": LinePayout,
	"fee": LineFee, "stripe_fee": LineFee, "network_cost": LineFee, "tax": LineFee,
}

// readStripe makes two lines of each row: what moved, and what Stripe kept.
func readStripe(text string) ([]Line, error) {
	rows, err := readTable(text, stripeLayout)
	if err != nil {
		return nil, err
	}
	var lines []Line
	var c complaints
	for _, r := range rows {
		if r.empty() {
			continue
		}
		read, problem, args := stripeRow(r)
		if problem != "" {
			c.add(r.number, problem, args...)
			continue
		}
		lines = append(lines, read...)
	}
	return lines, c.err()
}

// stripeRow reads one row, or says what is wrong with it.
func stripeRow(r row) (lines []Line, problem string, args []any) {
	id := r.get(colID)
	if id == "" || len(id) > maxRef {
		return nil, "closing.bad.id", nil
	}
	cur, err := money.ParseCurrency(r.get(colCurrency))
	if err != nil {
		return nil, "closing.bad.currency", []any{"text", cut(r.get(colCurrency), 20)}
	}
	at, err := moment(r.get(colTime), time.UTC)
	if err != nil {
		return nil, "closing.bad.date", []any{"text", cut(r.get(colTime), 30)}
	}
	var sums [3]money.Amount
	for i, col := range []column{colGross, colFee, colNet} {
		text := r.get(col)
		if text == "" && col == colFee {
			text = "0"
		}
		if sums[i], err = (numbers{'.'}).sum(text, cur); err != nil {
			return nil, sumProblem(err), []any{"text", cut(text, 30)}
		}
	}
	gross, fee, net := sums[0], sums[1], sums[2]
	if left, err := gross.Sub(fee); err != nil || left != net {
		return nil, "closing.bad.net", []any{"gross", gross, "fee", fee, "net", net}
	}
	kind, known := stripeKinds[r.get(colCategory)]
	if !known {
		kind = LineOther
	}
	line := Line{Number: r.number, Till: ledger.TillStripe, ExternalID: id, Kind: kind, AmountMinor: gross.Minor, Currency: cur,
		Refs:    refsOf(id, r.get(colSource), r.get(colCharge), r.get(colIntent), r.get(colReference)),
		Purpose: cut(r.get(colText), 1000), Document: cut(r.get(colSource), 100), At: at}
	if !gross.IsZero() {
		lines = append(lines, line)
	}
	if !fee.IsZero() {
		line.ExternalID, line.Kind, line.AmountMinor, line.Refs = id+"/fee", LineFee, -fee.Minor, refsOf(id)
		lines = append(lines, line)
	}
	return lines, "", nil
}
