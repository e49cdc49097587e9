package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/books"
	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/click"
	clickstandin "awil/internal/platform/click/standin"
	"awil/internal/platform/payme"
	paymestandin "awil/internal/platform/payme/standin"
	"awil/internal/reconcile"
	"awil/internal/webhook"
)

// local is a programme with Payme and Click, and with books that are proven.
type local struct {
	*programme
	payme *paymestandin.Standin
	click *clickstandin.Standin
}

func newLocal(t *testing.T) *local {
	t.Helper()
	t.Parallel()
	p := &local{programme: bare(t)}
	p.exec(`insert into market_payment_methods (market, method, position, hold_minutes) values ('uz', 'payme', 3, 60), ('uz', 'click', 4, 60)`)
	quiet := slog.New(slog.DiscardHandler)
	c := p.checkout.Config
	told := payments.New(p.pool, c.Queue, p.clock)
	ofPayme := payme.Config{MerchantID: "587f72c72cac0d162c722ae2", Key: "a36charkeyofthetestcashregister00000", Checkout: "https://pay.test",
		Attempts: told, Now: p.clock, Log: quiet}
	ofClick := click.Config{ServiceID: "12345", MerchantID: "1", SecretKey: "test_secret", PayURL: "https://click.test/services/pay",
		Attempts: told, Now: p.clock, Log: quiet}
	toPayme, err := payme.New(ofPayme)
	p.ok(err)
	toClick, err := click.New(ofClick)
	p.ok(err)
	c.Gateways = payments.NewGateways(toPayme, toClick)
	c.Providers[markets.Payme], c.Providers[markets.Click] = payments.ProviderPayme, payments.ProviderClick
	p.checkout = checkout.New(c)
	r := p.reconcile.Config
	r.Checkout, r.Books = p.checkout, func(ctx context.Context) ([]string, error) {
		report, err := books.Check(ctx, p.pool, nil)
		return report.Sentences(), err
	}
	p.reconcile = reconcile.New(r)
	router := echo.New()
	fromPayme, err := payme.NewServer(ofPayme, p.checkout)
	p.ok(err)
	fromClick, err := click.NewServer(ofClick, p.checkout)
	p.ok(err)
	router.Any("/webhooks/payme", webhook.Answer(fromPayme))
	router.Any("/webhooks/click", webhook.Answer(fromClick))
	shop := httptest.NewServer(router)
	t.Cleanup(shop.Close)
	p.payme, err = paymestandin.New(paymestandin.Config{Endpoint: shop.URL + "/webhooks/payme", Key: ofPayme.Key, MerchantID: ofPayme.MerchantID,
		Merchant: "Awıl", Shop: "https://awil.test/", Now: p.clock, Log: quiet})
	p.ok(err)
	p.click, err = clickstandin.New(clickstandin.Config{Endpoint: shop.URL + "/webhooks/click", ServiceID: ofClick.ServiceID, SecretKey: ofClick.SecretKey,
		Merchant: "Awıl", Shop: "https://awil.test/", Now: p.clock, Log: quiet})
	p.ok(err)
	return p
}

// sold is an order paid through a provider.
type sold struct {
	checkout.Overview
	ref      string // the provider's name of the transaction
	returned bool
}

func (p *local) sell(method markets.Method, jars int) sold {
	p.t.Helper()
	placed := p.buy("uz", method, jars)
	pay := p.payme.Pay
	if method == markets.Click {
		pay = p.click.Pay
	}
	ref, err := pay(p.t.Context(), placed.PayURL)
	p.ok(err)
	o, err := p.checkout.ByToken(p.t.Context(), placed.Token, i18n.EN)
	p.ok(err)
	return sold{Overview: o, ref: ref}
}

// giveBack refunds all of an order that finance has sent back in Click's cabinet: Click has no call for it.
func (p *local) giveBack(o sold) sold {
	p.t.Helper()
	in := checkout.RefundInput{OrderID: o.ID, FormToken: checkout.NewFormToken(), Reason: "it broke"}
	for _, l := range o.Lines {
		in.Lines = append(in.Lines, checkout.RefundPiece{LineID: l.ID, Quantity: l.Quantity})
	}
	for _, c := range o.Parcels {
		in.Shipping = append(in.Shipping, checkout.RefundShipping{ParcelID: c.ID, Amount: money.New(c.ShippingMinor, o.Currency)})
	}
	id, err := p.checkout.DecideRefund(p.t.Context(), finance, in)
	p.ok(err)
	p.ok(p.checkout.RefundSentByHand(p.t.Context(), finance, id, ledger.TillClick, "cabinet, "+o.ref))
	o.returned = true
	return o
}

// paymeStatement is our own answer to GetStatement, as Payme is given it.
func (p *local) paymeStatement() string {
	p.t.Helper()
	var result json.RawMessage
	p.ok(p.payme.Call(p.t.Context(), "GetStatement", map[string]any{
		"from": p.now.Add(-time.Hour).UnixMilli(), "to": p.now.Add(time.Hour).UnixMilli()}, &result))
	return fmt.Sprintf(`{"jsonrpc": "2.0", "id": 1, "result": %s}`, result)
}

// clickTable is the table of Click's cabinet.
func (p *local) clickTable(all ...sold) string {
	rows := []string{"ID платежа;Дата;Сумма;Номер заказа;Статус;Дата отмены"}
	for _, o := range all {
		state, back := "Успешно подтвержден", ""
		at := p.now.In(tashkent).Format("02.01.2006 15:04:05")
		if o.returned {
			state, back = "Возврат", at
		}
		rows = append(rows, strings.Join([]string{o.ref, at, sum(o.Total()), o.Reference, state, back}, ";"))
	}
	return strings.Join(rows, "\n") + "\n"
}

func (p *local) take(till ledger.Till, text string) reconcile.Import {
	p.t.Helper()
	m, err := p.reconcile.Import(p.t.Context(), finance, reconcile.Upload{Till: till, Name: string(till), Data: []byte(text)})
	p.ok(err)
	return m
}

// pairs are the matches of a till's lines, as "kind reference rule of the same order" in the order of the file.
func (p *local) pairs(till ledger.Till) string {
	p.t.Helper()
	return p.text(`select coalesce(string_agg(l.kind || ' ' || m.how || ' ' || t.rule || ' ' || (o.reference = l.document)::text, ', ' order by l.id), '')
		from import_lines l join match_items i on i.line_id = l.id and i.live join matches m on m.id = i.match_id
		join match_items j on j.match_id = m.id and j.entry_id is not null join ledger_entries e on e.id = j.entry_id
		join ledger_transactions t on t.id = e.transaction_id join orders o on o.id = t.order_id where l.till = $1`, string(till))
}

// What is sold through Payme and Click meets their statements line by line, also what went back; what they keep of it is
// booked when the rest is at the bank, and then nothing is left with them.
func TestPaymeAndClickMeetTheirStatements(t *testing.T) {
	p := newLocal(t)
	one, two := p.sell(markets.Payme, 1), p.sell(markets.Payme, 2)
	p.ok(p.payme.Cancel(t.Context(), two.ref, paymestandin.ReasonRefund))
	three, four := p.sell(markets.Click, 3), p.giveBack(p.sell(markets.Click, 1))
	for till, text := range map[ledger.Till]string{ledger.TillPayme: p.paymeStatement(), ledger.TillClick: p.clickTable(three, four)} {
		if m := p.take(till, text); m.Lines != 3 || m.Open != 0 {
			t.Errorf("%s: %+v, of\n%s", till, m, text)
		}
		want := "payment reference order_paid true, payment reference order_paid true, refund reference refund_sent true"
		if got := p.pairs(till); got != want {
			t.Errorf("%s: matched %s, want %s", till, got, want)
		}
	}
	p.wantQueue("")
	p.now = p.now.Add(48 * time.Hour)
	if c := p.close(twentieth); c.Verdict != reconcile.AllMatched {
		t.Errorf("the day of the sales: %+v", c)
	}
	kept := map[ledger.Till]money.Amount{ledger.TillPayme: money.New(123457, money.UZS), ledger.TillClick: money.New(98, money.UZS)}
	p.paidOut(map[ledger.Till]sold{ledger.TillPayme: one, ledger.TillClick: three}, kept)
	p.wantQueue("")
	p.wantNothingLeft()
	p.wantBalance(ledger.Of(ledger.Fees, money.UZS), 123457+98)
	if c := p.close(twentieth.AddDate(0, 0, 1)); c.Verdict != reconcile.AllMatched {
		t.Errorf("the day of the payouts: %+v", c)
	}
	p.keptOtherwise(one, kept[ledger.TillPayme])
}

// paidOut lets what was sold come to the bank, less what was kept, and says so.
func (p *local) paidOut(of map[ledger.Till]sold, kept map[ledger.Till]money.Amount) {
	p.t.Helper()
	for _, till := range []ledger.Till{ledger.TillPayme, ledger.TillClick} {
		left, err := of[till].Total().Sub(kept[till])
		p.ok(err)
		p.bank(fmt.Sprintf("21.11.2026;%s;%s;%s;for sales", till, till, sum(left)))
		line := int64(p.number(`select max(id) from import_lines`))
		p.ok(p.reconcile.Resolve(p.t.Context(), finance, line, reconcile.Resolution{As: reconcile.AsPayout, Till: till, Kept: kept[till]}))
	}
}

func (p *local) wantNothingLeft() {
	p.t.Helper()
	for _, till := range []ledger.Till{ledger.TillPayme, ledger.TillClick} {
		p.wantBalance(ledger.ClearingOf(till, money.UZS), 0)
	}
}

// keptOtherwise takes the payout of Payme apart and books it anew, first without what was kept: then that still lies there.
func (p *local) keptOtherwise(o sold, kept money.Amount) {
	p.t.Helper()
	ctx := p.t.Context()
	line := int64(p.number(`select id from import_lines where document = 'payme'`))
	left, err := o.Total().Sub(kept)
	p.ok(err)
	p.ok(p.reconcile.Undo(ctx, finance, line, "another commission"))
	p.wantQueue(fmt.Sprintf("unknown %v", left))
	p.wantBalance(ledger.ClearingOf(ledger.TillPayme, money.UZS), o.TotalMinor)
	p.wantBalance(ledger.Of(ledger.Fees, money.UZS), 98)
	p.wantBooks()
	p.ok(p.reconcile.Resolve(ctx, finance, line, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillPayme}))
	p.wantBalance(ledger.ClearingOf(ledger.TillPayme, money.UZS), kept.Minor)
	p.wantBooks()
	p.ok(p.reconcile.Undo(ctx, finance, line, "it did keep something"))
	p.ok(p.reconcile.Resolve(ctx, finance, line, reconcile.Resolution{As: reconcile.AsPayout, Till: ledger.TillPayme, Kept: kept}))
	p.wantNothingLeft()
	p.wantQueue("")
	p.wantBooks()
}

func (p *local) wantBooks() {
	p.t.Helper()
	faults, err := p.reconcile.Books(p.t.Context())
	p.ok(err)
	for _, f := range faults {
		p.t.Error(f)
	}
}

// A sum that was changed in a statement, a sale it leaves out and one nobody knows are each found.
func TestStatementsThatDiffer(t *testing.T) {
	p := newLocal(t)
	one, two := p.sell(markets.Payme, 1), p.sell(markets.Payme, 2)
	three, four := p.sell(markets.Click, 1), p.sell(markets.Click, 3)
	was := fmt.Sprintf(`"amount":%d`, one.TotalMinor)
	file := p.paymeStatement()
	if strings.Count(file, was) != 1 {
		t.Fatalf("no %s in %s", was, file)
	}
	p.take(ledger.TillPayme, strings.Replace(file, was, fmt.Sprintf(`"amount":%d`, one.TotalMinor-1), 1))
	unknown := three
	unknown.ref, unknown.Reference = "77", "ZZZZ-ZZZZ"
	table := strings.Replace(p.clickTable(three, unknown), ";"+sum(three.Total())+";"+three.Reference, ";1.50;"+three.Reference, 1)
	p.take(ledger.TillClick, table)
	if got := p.pairs(ledger.TillPayme); got != "payment reference order_paid true" {
		t.Errorf("matched %s", got)
	}
	p.now = p.now.Add(6 * 24 * time.Hour)
	p.wantQueue(fmt.Sprintf("amount %v, amount 1.50 UZS, unknown %v, missing entry %v, missing entry %v, missing entry %v",
		money.New(one.TotalMinor-1, money.UZS), three.Total(), one.Total(), three.Total(), four.Total()))
	c := p.close(twentieth)
	var found []string
	for _, f := range c.List {
		found = append(found, fmt.Sprintf("%s %s %v", f.Till, f.Kind, f.Amount()))
	}
	want := fmt.Sprintf("payme amount %v, click amount 1.50 UZS, click unknown %v, click missing %v", money.New(one.TotalMinor-1, money.UZS), three.Total(), four.Total())
	if got := strings.Join(found, ", "); c.Verdict != reconcile.Different || got != want {
		t.Errorf("%s: found %s, want %s", c.Verdict, got, want)
	}
	if two.TotalMinor == one.TotalMinor {
		t.Error("the sums are to differ")
	}
}
