package payouts_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/payouts"
)

// TestMovesAreTheDatabases: Go and SQL list the same moves.
func TestMovesAreTheDatabases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var batch, one []string
	for from, all := range payouts.BatchMoves {
		for _, to := range all {
			batch = append(batch, string(from)+" "+string(to))
		}
	}
	for from, all := range payouts.Moves {
		for _, to := range all {
			one = append(one, string(from)+" "+string(to))
		}
	}
	for table, want := range map[string][]string{"payout_batch_moves": batch, "payout_moves": one} {
		rows, err := w.db.Query(t.Context(), `select from_status || ' ' || to_status from `+table)
		w.ok(err)
		listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
		w.ok(err)
		slices.Sort(listed)
		slices.Sort(want)
		if !slices.Equal(listed, want) {
			t.Errorf("%s: database %v, Go %v", table, listed, want)
		}
	}
}

func TestABatchNeedsTwoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5000000, 2)
	if _, err := w.Propose(ctx, anna, money.UZS); !errors.Is(err, payouts.ErrNobody) {
		t.Errorf("without a destination: %v", err)
	}
	w.card(melon)
	if _, err := w.Propose(ctx, cem, money.UZS); errs.KindOf(err) != errs.Forbidden {
		t.Errorf("a curator proposes: %v", err)
	}
	id, err := w.Propose(ctx, anna, money.UZS)
	w.ok(err)
	if _, err := w.Propose(ctx, berik, money.UZS); !errors.Is(err, payouts.ErrNobody) {
		t.Errorf("proposed twice: %v", err)
	}
	if _, err := w.Approve(ctx, anna, id); !errors.Is(err, payouts.ErrSamePerson) {
		t.Errorf("the proposer approves: %v", err)
	}
	if _, err := w.Approve(ctx, cem, id); errs.KindOf(err) != errs.Forbidden {
		t.Errorf("a curator approves: %v", err)
	}
	for who, why := range map[int]string{anna: "has a part in", cem: "may not decide"} {
		_, err = w.db.Exec(ctx, `update payout_batches set status = 'approved', decided_by = $2, decided_at = now() where id = $1`, id, who)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("the database lets %d approve: %v", who, err)
		}
	}
	done, err := w.Approve(ctx, berik, id)
	w.ok(err)
	if done != (payouts.Decision{Approved: 1}) || w.payable(melon) != 0 {
		t.Errorf("%+v, payable %d", done, w.payable(melon))
	}
	if _, err := w.Approve(ctx, berik, id); !errors.Is(err, payouts.ErrDecided) {
		t.Errorf("approved twice: %v", err)
	}
	if err := w.Reject(ctx, berik, id, "late"); !errors.Is(err, payouts.ErrDecided) {
		t.Errorf("rejected after approval: %v", err)
	}
	w.proves()
}

func TestTwoApproveAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.earned(melon, 5000000, 2)
	w.card(melon)
	id, err := w.Propose(t.Context(), anna, money.UZS)
	w.ok(err)
	results := make([]error, 4)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() { _, results[i] = w.Approve(t.Context(), berik, id) })
	}
	wg.Wait()
	went := 0
	for _, err := range results {
		if err == nil {
			went++
		} else if !errors.Is(err, payouts.ErrDecided) {
			t.Errorf("the slower one hears %v", err)
		}
	}
	if went != 1 || w.payable(melon) != 0 {
		t.Errorf("%d approved it, payable %d", went, w.payable(melon))
	}
	w.proves()
}

func TestRejectedIsProposedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5000000, 2)
	w.card(melon)
	id, err := w.Propose(ctx, anna, money.UZS)
	w.ok(err)
	w.ok(w.Reject(ctx, anna, id, "One is missing"))
	if p := w.list(id)[0]; p.Status != payouts.Dropped || p.Dropped != payouts.DropRejected {
		t.Errorf("%+v", p)
	}
	_, done := w.approved(money.UZS)
	if done.Approved != 1 {
		t.Errorf("%+v", done)
	}
}

// TestARefundBeforeApprovalIsTakenOff: less is paid, or nothing.
func TestARefundBeforeApprovalIsTakenOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.earned(melon, 5000000, 2), w.earned(felt, 3000000, 1)
	w.card(melon)
	w.bank(felt)
	id, err := w.Propose(ctx, anna, money.UZS)
	w.ok(err)
	w.refund(a, 1)
	w.refund(b, 1)
	done, err := w.Approve(ctx, berik, id)
	w.ok(err)
	if done != (payouts.Decision{Approved: 1, Lowered: 1, Dropped: 1}) {
		t.Errorf("%+v", done)
	}
	for _, p := range w.list(id) {
		switch {
		case p.ProducerID == melon && (p.AmountMinor != 4500000 || !p.Lowered()):
			t.Errorf("melon gets %v of %v", p.Amount(), p.ProposedAmount())
		case p.ProducerID == felt && p.Dropped != payouts.DropNothing:
			t.Errorf("felt is %s (%s)", p.Status, p.Dropped)
		}
	}
	w.proves()
}

// TestRefundsRaceApproval: whichever comes first, nobody is paid more than the
// books owe her at that moment.
func TestRefundsRaceApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 6 {
		a := w.earned(melon, 5000000, 2)
		w.card(melon)
		id, err := w.Propose(t.Context(), anna, money.UZS)
		w.ok(err)
		before := w.payable(melon)
		refund, err := w.refundOf(a, 1)
		w.ok(err)
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := w.books.Post(t.Context(), refund); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := w.Approve(t.Context(), berik, id); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		p := w.list(id)[0]
		left := w.payable(melon)
		switch {
		case p.Status == payouts.Approved && p.Lowered() && left != 0, p.Status == payouts.Approved && !p.Lowered() && left != -4500000,
			p.Status == payouts.Dropped && left != before-4500000:
			t.Errorf("%s %v of %v, %d left of %d", p.Status, p.Amount(), p.ProposedAmount(), left, before)
		}
		if p.Status == payouts.Approved {
			w.ok(w.MarkPaid(t.Context(), anna, p.ID, "No. 7"))
		}
		w.proves()
	}
}

// TestDebtIsNetted: commission she owes for cash she kept comes off what she
// earns next.
func TestDebtIsNetted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.card(melon)
	w.cashKept(melon, 5000000, 2) // she owes 10 % of 100 000
	if got := w.payable(melon); got != -1000000 {
		t.Fatalf("payable %d", got)
	}
	if _, err := w.Propose(t.Context(), anna, money.UZS); !errors.Is(err, payouts.ErrNobody) {
		t.Errorf("a debt is proposed: %v", err)
	}
	w.earned(melon, 5000000, 1)
	id, _ := w.approved(money.UZS)
	if p := w.list(id)[0]; p.AmountMinor != 3500000 {
		t.Errorf("she gets %v", p.Amount())
	}
	st, err := w.Statement(t.Context(), melon, money.UZS, payouts.OfPayout(w.list(id)[0].ID))
	w.ok(err)
	cash, sales := st.Total(payouts.EntryCash), st.Total(payouts.EntrySale)
	if cash.Minor != -10000000 || sales.Minor != 13500000 || sales.CommissionMinor != 1500000 || st.Closing.Whole().Minor != 0 {
		t.Errorf("%+v", st)
	}
	w.proves()
}

func TestReturnedIsPaidAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5000000, 2)
	w.card(melon)
	id, _ := w.approved(money.UZS)
	first := w.list(id)[0]
	n, err := w.MarkBatchPaid(ctx, anna, id, "Order 17")
	w.ok(err)
	if n != 1 {
		t.Errorf("%d paid", n)
	}
	if err := w.MarkPaid(ctx, anna, first.ID, "again"); !errors.Is(err, payouts.ErrSettled) {
		t.Errorf("paid twice: %v", err)
	}
	w.back(first.ID, "No such card")
	if err := w.MarkReturned(ctx, anna, first.ID, "again"); !errors.Is(err, payouts.ErrSettled) {
		t.Errorf("returned twice: %v", err)
	}
	if w.payable(melon) != 9000000 {
		t.Errorf("payable %d", w.payable(melon))
	}
	id, _ = w.approved(money.UZS)
	second := w.list(id)[0]
	w.back(second.ID, "Never left")
	id, _ = w.approved(money.UZS)
	w.ok(w.MarkPaid(ctx, anna, w.list(id)[0].ID, "Order 19"))
	if w.payable(melon) != 0 {
		t.Errorf("payable %d", w.payable(melon))
	}
	w.proves()
}

func TestANewDestinationWaitsForTheNextBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5000000, 2)
	w.card(melon)
	id, err := w.Propose(ctx, anna, money.UZS)
	w.ok(err)
	w.bank(melon)
	done, err := w.Approve(ctx, berik, id)
	w.ok(err)
	if p := w.list(id)[0]; done.Dropped != 1 || p.Dropped != payouts.DropDestination {
		t.Errorf("%+v %+v", done, p)
	}
	id, done = w.approved(money.UZS)
	if p := w.list(id)[0]; done.Approved != 1 || p.Destination.Kind != payouts.KindBank {
		t.Errorf("%+v %+v", done, p)
	}
}

// TestTheDatabaseKeepsPayouts: whatever a statement by hand would change.
func TestTheDatabaseKeepsPayouts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.earned(melon, 5000000, 2)
	w.card(melon)
	id, _ := w.approved(money.UZS)
	_ = id
	for _, sql := range []string{
		`delete from payouts`, `delete from payout_batches`, `truncate payouts cascade`, `update payouts set amount_minor = amount_minor - 1`,
		`update payouts set status = 'proposed'`, `update payouts set status = 'paid', proof = 'x', paid_by = 1, paid_at = now()`,
		`update payouts set proposed_minor = proposed_minor + 1`, `update payout_batches set decided_by = 1`, `update payout_batches set status = 'rejected', reason = 'x'`,
		`update payout_destinations set holder = 'Me'`, `delete from payout_destinations`, `update statements set closing_held = 1`, `delete from statement_totals`,
		`insert into payouts (batch_id, producer_id, currency, destination_id, proposed_minor, amount_minor) values (1, 1, 'UZS', 1, 1, 1)`,
		`insert into payout_batches (currency, proposed_by, proposed_at) values ('UZS', 1, now())`,
		`insert into payout_batches (currency, proposed_by, proposed_at) values ('UZS', 3, now())`,
	} {
		if _, err := w.db.Exec(t.Context(), sql); err == nil {
			t.Errorf("may: %s", sql)
		}
	}
}
