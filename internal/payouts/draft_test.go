package payouts_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/paging"
	"awil/internal/payouts"
	"awil/internal/platform/jobs"
)

// TestADraftIsSeenBeforeItIsApproved: whoever approves reads each producer's
// statement first, line by line; the producer's own addresses do not lead there.
func TestADraftIsSeenBeforeItIsApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5_000_000, 2)
	w.card(melon)
	id, err := w.Propose(ctx, anna, money.UZS)
	w.ok(err)
	one := w.list(id)[0]
	if name := one.Period().Name(); !one.Period().IsDraft() || name != "p1-draft" {
		t.Errorf("the period of a proposed payout is %q", name)
	}
	st, err := w.Statement(ctx, melon, money.UZS, one.Period())
	w.ok(err)
	if st.Closing.Payable != one.Amount() || st.Lines() != 1 || st.Payout.ID != one.ID || st.Destination.Tail != "9012" {
		t.Errorf("%+v", st)
	}
	lines, _, err := w.Lines(ctx, melon, money.UZS, one.Period(), paging.Page{Limit: 30})
	w.ok(err)
	if len(lines) != 1 || lines[0].Kind != payouts.EntrySale {
		t.Errorf("%+v", lines)
	}
	d := payouts.Document{Statement: st, Localizer: i18n.For(i18n.EN), Zone: time.UTC, ProducerName: "Melon"}
	each := func(f func(payouts.Line) error) (bool, error) {
		return w.EachLine(ctx, melon, money.UZS, one.Period(), payouts.MostLines, f)
	}
	var table bytes.Buffer
	w.ok(d.WriteCSV(&table, each))
	if !strings.Contains(table.String(), "nobody has approved this payout of 90,000") {
		t.Errorf("%s", table.String())
	}
	if pdf, err := d.PDF(each); err != nil || len(pdf) < 1000 {
		t.Errorf("%d bytes, %v", len(pdf), err)
	}
	if _, err := payouts.ParsePeriod(one.Period().Name(), time.UTC); errs.KindOf(err) != errs.NotFound {
		t.Errorf("an address of a draft: %v", err)
	}
	for _, wrong := range []struct {
		producer int64
		currency money.Currency
	}{{felt, money.UZS}, {melon, money.KGS}} {
		if _, err := w.Statement(ctx, wrong.producer, wrong.currency, one.Period()); errs.KindOf(err) != errs.NotFound {
			t.Errorf("of another: %v", err)
		}
	}
	_, err = w.Approve(ctx, berik, id)
	w.ok(err)
	if _, err := w.Statement(ctx, melon, money.UZS, payouts.DraftOf(one.ID)); errs.KindOf(err) != errs.NotFound {
		t.Errorf("a draft of what is approved: %v", err)
	}
	if w.list(id)[0].Period().IsDraft() {
		t.Error("still a draft")
	}
}

// TestLettersAboutAPayout: her people read that it was paid, and that it came
// back, each once.
func TestLettersAboutAPayout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5_000_000, 2)
	w.card(melon)
	queue, err := jobs.New(w.db, jobs.Config{})
	w.ok(err)
	w.Queue, w.BaseURL = queue, "https://awil.test"
	id, _ := w.approved(money.UZS)
	one := w.list(id)[0]
	w.ok(w.MarkPaid(ctx, anna, one.ID, "No. 5"))
	w.back(one.ID, "no such card")
	var due string
	w.ok(w.db.QueryRow(ctx, `select string_agg(args->>'status', ' ' order by id) from river_job where kind = 'payouts_letter'`).Scan(&due))
	if due != "paid returned" {
		t.Fatalf("letters due: %q", due)
	}
	var got []payouts.Letter
	write := func(_ context.Context, l payouts.Letter) (checkout.Written, error) {
		got = append(got, l)
		return checkout.Written{Subject: string(l.Status), Text: "t"}, nil
	}
	for range 2 {
		w.ok(w.WritePayoutLetters(ctx, one.ID, payouts.Paid, write))
		w.ok(w.WritePayoutLetters(ctx, one.ID, payouts.Returned, write))
	}
	if got[0].Lang != "kaa" || got[0].Link != "https://awil.test/studio/money/p1?in=UZS" || got[0].Statement.Payout.AmountMinor != 9_000_000 ||
		got[1].Link != "https://awil.test/studio/money/to" || got[1].Statement.Payout.ReturnReason != "no such card" {
		t.Errorf("%+v", got[:2])
	}
	if err := w.WritePayoutLetters(ctx, 99, payouts.Paid, write); errs.KindOf(err) != errs.NotFound {
		t.Errorf("about none: %v", err)
	}
}

// TestMoneyOfAParcel: what is hers of one parcel is what was sold less what went
// back, wherever it lies by now.
func TestMoneyOfAParcel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.order(melon, 4_500_000, 3, 2_500_000, 1000)
	look := func(sold, back int64) {
		t.Helper()
		m, err := w.OfParcel(t.Context(), melon, s.parcel)
		w.ok(err)
		if m.Sold.Minor != sold || m.Back.Minor != back || m.Hers().Minor != sold-back || m.Booked() != (sold != 0) {
			t.Errorf("%+v, not %d less %d", m, sold, back)
		}
	}
	look(0, 0)
	w.paid(&s)
	look(14_650_000, 0)
	w.refund(&s, 1)
	w.release(&s)
	look(14_650_000, 4_050_000)
	w.refund(&s, 2)
	look(14_650_000, 12_150_000)
	if m, err := w.OfParcel(t.Context(), felt, s.parcel); err != nil || m.Booked() {
		t.Errorf("somebody else's: %+v, %v", m, err)
	}
}
