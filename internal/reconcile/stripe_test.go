package reconcile_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/platform/stripe/standin"
	"awil/internal/reconcile"
)

// report takes one of the stand-in's reports in, of all that has happened.
func (p *programme) report(r standin.Report) reconcile.Import {
	p.t.Helper()
	var file bytes.Buffer
	p.ok(p.standin.WriteReport(&file, r, p.now.AddDate(0, -1, 0), p.now.AddDate(0, 1, 0)))
	m, err := p.reconcile.Import(p.t.Context(), finance, reconcile.Upload{Till: ledger.TillStripe, Name: string(r) + ".csv", Data: file.Bytes()})
	p.ok(err)
	return m
}

// sell sells a jar to Japan and settles it.
func (p *programme) sell() string {
	p.t.Helper()
	placed := p.buy("jp", markets.Card, 1)
	session := placed.PayURL[strings.LastIndex(placed.PayURL, "/")+1:]
	p.ok(p.standin.Pay(session, standin.CardGood))
	_, err := p.checkout.PaymentConfirmed(p.t.Context(), "stripe", session)
	p.ok(err)
	return session
}

// Every line of a provider's report finds its entry: the payment, what was kept, and, once the bank has it, what was paid
// out.
func TestAProvidersReportMeetsTheBooks(t *testing.T) {
	for name, settle := range map[string]money.Currency{"in the currency of the sale": money.JPY, "in dollars": money.USD} {
		t.Run(name, func(t *testing.T) {
			p := newProgramme(t)
			if settle == money.USD {
				p.ok(p.standin.SettleIn("jpy", "usd", "0.0064"))
			}
			p.sell()
			p.sell()
			p.ok(p.checkout.FollowFees(t.Context()))
			if m := p.report(standin.ReportActivity); m.Lines != 4 || m.Open != 0 {
				t.Errorf("%+v: %s", m, p.queue())
			}
			p.wantQueue("")
			p.now = p.now.Add(24 * time.Hour)
			out, err := p.standin.PayOut(strings.ToLower(string(settle)))
			p.ok(err)
			if m := p.report(standin.ReportPayouts); m.Lines != 1 || m.Open != 1 {
				t.Errorf("%+v", m)
			}
			balance := p.balance(ledger.ClearingOf(ledger.TillStripe, settle))
			p.wantQueue("underway " + money.New(-balance.Minor, settle).String())
			p.now = p.now.Add(3 * 24 * time.Hour)
			_, err = p.reconcile.Import(t.Context(), finance, reconcile.Upload{Till: ledger.TillBank, Name: "b.csv", Currency: settle,
				Data: statement("2026-11-23;77;STRIPE;" + sum(balance) + ";STRIPE PAYOUT")})
			p.ok(err)
			p.wantQueue("underway " + money.New(-balance.Minor, settle).String() + ", provider_payout " + balance.String())
			if n, err := p.reconcile.BookExact(t.Context(), finance); n != 1 || err != nil {
				t.Errorf("booked %d, %v (payout %+v)", n, err, out)
			}
			p.wantQueue("")
			p.wantBalance(ledger.ClearingOf(ledger.TillStripe, settle), 0)
			p.wantBalance(ledger.ClearingOf(ledger.TillBank, settle), balance.Minor)
		})
	}
}

// What a report says before the books know it waits, and meets them when they do.
func TestFeesThatAreReadLater(t *testing.T) {
	p := newProgramme(t)
	p.standin.HoldFees()
	p.sell()
	p.ok(p.checkout.FollowFees(t.Context()))
	p.standin.ReleaseFees()
	if m := p.report(standin.ReportActivity); m.Lines != 2 || m.Open != 1 {
		t.Errorf("%+v: %s", m, p.queue())
	}
	p.ok(p.checkout.FollowFees(t.Context()))
	if n, err := p.reconcile.Match(t.Context()); n != 1 || err != nil {
		t.Errorf("matched %d, %v", n, err)
	}
	p.wantQueue("")
}

// A payout nobody has seen at the bank becomes a difference after a while, as does a sale no report tells of.
func TestWhatNeverComesIsMissing(t *testing.T) {
	p := newProgramme(t)
	p.sell()
	amount := p.balance(ledger.ClearingOf(ledger.TillStripe, money.JPY))
	p.wantQueue("waiting entry " + amount.String())
	p.now = p.now.Add(6 * 24 * time.Hour)
	p.wantQueue("missing entry " + amount.String())
	entry := int64(p.number(`select e.id from ledger_entries e join ledger_accounts a on a.id = e.account_id where a.kind = 'clearing'`))
	p.ok(p.reconcile.IgnoreEntry(t.Context(), finance, entry, "a test of ours"))
	p.wantQueue("")
	if err := p.reconcile.IgnoreEntry(t.Context(), finance, entry, "again"); err == nil {
		t.Error("ignored twice")
	}
}
