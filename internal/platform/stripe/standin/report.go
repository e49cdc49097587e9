package standin

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"awil/internal/platform/stripe"
)

// Report names one of Stripe's reports by the name its API has for it.
type Report string

// The reports of the stand-in. Activity is everything but payouts, Payouts are
// those, Reconciliation is the activity that went out with a payout.
const (
	ReportActivity       Report = "balance_change_from_activity.itemized.3"
	ReportPayouts        Report = "payouts.itemized.3"
	ReportReconciliation Report = "payout_reconciliation.itemized.5"
)

// reportColumns are columns of Stripe's reports with Stripe's names and in
// Stripe's order, those that have something to say here, and the keys of our
// metadata that somebody would ask for. Source: Stripe documentation, "Balance
// report type" and "Payout reconciliation report type"
// (docs.stripe.com/reports/report-types/balance, …/payout-reconciliation).
// Sums are in major units of the currency, times in UTC.
var reportColumns = map[Report][]string{
	ReportActivity: slices.Concat(movementColumns, []string{"automatic_payout_id", "automatic_payout_effective_at_utc"}, chargeColumns),
	ReportPayouts: {"payout_id", "effective_at_utc", "effective_at", "currency", "balance_transaction_id", "gross", "fee", "net",
		"reporting_category", "description", "payout_expected_arrival_date", "payout_status", "payout_type"},
	ReportReconciliation: slices.Concat([]string{"automatic_payout_id", "automatic_payout_effective_at_utc", "automatic_payout_effective_at"},
		movementColumns, chargeColumns),
}

var (
	movementColumns = []string{"balance_transaction_id", "created_utc", "created", "available_on_utc", "available_on", "currency",
		"gross", "fee", "net", "reporting_category", "source_id", "description", "customer_facing_amount", "customer_facing_currency"}
	chargeColumns = []string{"charge_id", "payment_intent_id", "charge_created_utc", "payment_method_type", "dispute_reason",
		"payment_metadata[order_id]", "payment_metadata[order_reference]", "payment_metadata[payment_id]", "refund_metadata[refund_id]"}
)

// WriteReport writes a report on what happened from one moment until before
// another as CSV.
func (s *Standin) WriteReport(w io.Writer, report Report, from, until time.Time) error {
	columns, ok := reportColumns[report]
	if !ok {
		return fmt.Errorf("stand-in: no report %q", report)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	for _, m := range s.state.Balance {
		cells, at := s.reportRow(report, m)
		if cells == nil || at < from.Unix() || at >= until.Unix() {
			continue
		}
		row := make([]string, len(columns))
		for i, name := range columns {
			row[i] = cells[name]
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// reportRow is a movement's row in a report, by column, and the moment that
// decides whether it belongs to an interval; nil if the report is about others.
func (s *Standin) reportRow(report Report, m *movement) (cells map[string]string, at int64) {
	p := s.payoutByID(s.state.PaidOut[m.ID])
	isPayout := m.ReportingCategory == "payout"
	switch {
	case isPayout != (report == ReportPayouts), report == ReportReconciliation && p == nil:
		return nil, 0
	case isPayout:
		return payoutCells(m, p), m.Created
	}
	cells = movementCells(m)
	s.chargeCells(cells, m)
	if p == nil {
		return cells, m.Created
	}
	cells["automatic_payout_id"] = p.ID
	cells["automatic_payout_effective_at_utc"], cells["automatic_payout_effective_at"] = moment(p.ArrivalDate), moment(p.ArrivalDate)
	if report == ReportReconciliation {
		return cells, p.ArrivalDate
	}
	return cells, m.Created
}

func movementCells(m *movement) map[string]string {
	cells := map[string]string{
		"balance_transaction_id": m.ID, "created_utc": moment(m.Created), "created": moment(m.Created),
		"available_on_utc": moment(m.AvailableOn), "available_on": moment(m.AvailableOn), "currency": m.Currency,
		"gross": major(m.Amount, m.Currency), "fee": major(m.Fee, m.Currency), "net": major(m.Net, m.Currency),
		"reporting_category": m.ReportingCategory, "source_id": m.Source,
	}
	if m.Description != nil {
		cells["description"] = *m.Description
	}
	return cells
}

func payoutCells(m *movement, p *payoutObject) map[string]string {
	cells := movementCells(m)
	cells["payout_id"], cells["effective_at_utc"], cells["effective_at"] = m.Source, moment(m.Created), moment(m.Created)
	cells["description"] = "STRIPE PAYOUT"
	if p != nil {
		cells["payout_expected_arrival_date"], cells["payout_status"], cells["payout_type"] = moment(p.ArrivalDate), p.Status, p.Type
	}
	return cells
}

// chargeCells adds what a movement's charge, refund or dispute says.
func (s *Standin) chargeCells(cells map[string]string, m *movement) {
	chargeID, facing := m.Source, int64(0)
	if r := s.refundByID(m.Source); r != nil {
		chargeID, facing = r.Charge, r.Amount
		cells["refund_metadata[refund_id]"] = r.Metadata["refund_id"]
	} else if d := s.disputeByID(m.Source); d != nil {
		chargeID, facing = d.Charge, d.Amount
		cells["dispute_reason"] = d.Reason
	}
	c, ok := s.state.Charges[chargeID]
	if !ok {
		return
	}
	if facing == 0 {
		facing = c.Amount
	}
	cells["customer_facing_amount"], cells["customer_facing_currency"] = major(facing, c.Currency), c.Currency
	cells["charge_id"], cells["payment_intent_id"], cells["charge_created_utc"] = c.ID, c.PaymentIntent, moment(c.Created)
	cells["payment_method_type"], _ = c.PaymentMethodDetails["type"].(string)
	for _, key := range []string{"order_id", "order_reference", "payment_id"} {
		cells["payment_metadata["+key+"]"] = c.Metadata[key]
	}
}

func (s *Standin) payoutByID(id string) *payoutObject {
	at := slices.IndexFunc(s.state.Payouts, func(p *payoutObject) bool { return p.ID == id })
	if at < 0 {
		return nil
	}
	return s.state.Payouts[at]
}

func moment(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.DateTime) }

// major writes units of Stripe's as the currency's own: 12.34, or 1234 yen.
func major(units int64, currency string) string {
	a, err := stripe.Amount(units, currency)
	if err != nil {
		return strconv.FormatInt(units, 10)
	}
	return a.Decimal()
}

// serveReport answers /reports/NAME.csv?from=2026-03-01&until=2026-04-01; both
// days may be left out.
func (s *Standin) serveReport(w http.ResponseWriter, r *http.Request) {
	name, isCSV := strings.CutSuffix(r.PathValue("name"), ".csv")
	from, errFrom := day(r.FormValue("from"), time.Unix(0, 0))
	until, errUntil := day(r.FormValue("until"), s.cfg.Now().Add(time.Second))
	if _, known := reportColumns[Report(name)]; !known || !isCSV || errFrom != nil || errUntil != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	if err := s.WriteReport(w, Report(name), from, until); err != nil {
		s.cfg.Log.Error("stripe stand-in: report", "error", err)
	}
}

func day(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	return time.Parse(time.DateOnly, text)
}
