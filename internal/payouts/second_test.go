package payouts_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/checkout"
	"awil/internal/money"
	"awil/internal/payouts"
	"awil/internal/platform/jobs"
)

// refused approves in the name of somebody who has a part in the batch, through
// the service and by hand.
func (w *world) refused(who int64, id int64, want payouts.Part, producer string) {
	w.t.Helper()
	_, err := w.Approve(w.t.Context(), who, id)
	var part *payouts.PartError
	if !errors.As(err, &part) || part.Part != want || part.Producer != producer {
		w.t.Errorf("account %d approves: %v, want %s %s", who, err, want, producer)
	}
	_, err = w.db.Exec(w.t.Context(), `update payout_batches set status = 'approved', decided_by = $2, decided_at = now() where id = $1`, id, who)
	if err == nil || !strings.Contains(err.Error(), "has a part in") && !strings.Contains(err.Error(), "got its office") {
		w.t.Errorf("the database lets %d approve: %v", who, err)
	}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(w.t.Context(), sql, args...)
	w.ok(err)
}

// TestTheSecondPersonIsIndependent: whoever approves wrote down no destination
// of the batch, sells nothing in it, and did not get her office for it.
func TestTheSecondPersonIsIndependent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5000000, 2)
	w.card(melon) // Anna wrote it down
	id, err := w.Propose(ctx, berik, money.UZS)
	w.ok(err)
	w.refused(anna, id, payouts.PartDestination, "Altın Qawın")

	w.exec(`insert into account_roles (account_id, role, granted_at, granted_by) values ($1, 'finance', $2, $3)`, cem, w.now.Add(-time.Hour), berik)
	w.refused(cem, id, payouts.PartRole, "")
	w.exec(`delete from account_roles where account_id = $1 and role = 'finance'`, cem)
	w.exec(`insert into account_roles (account_id, role, granted_at, granted_by) values ($1, 'finance', $2, $3)`, cem, w.now.Add(time.Hour), anna)
	w.refused(cem, id, payouts.PartRole, "")
	for _, sql := range []string{`update account_roles set granted_at = '2020-01-01'`, `update account_roles set granted_by = null`} {
		if _, err := w.db.Exec(ctx, sql); err == nil {
			t.Errorf("may: %s", sql)
		}
	}
	w.exec(`insert into account_roles (account_id, role) values ($1, 'admin')`, maker)
	w.refused(maker, id, payouts.PartMember, "Altın Qawın")

	w.exec(`delete from account_roles where account_id = $1 and role = 'finance'`, cem)
	w.exec(`insert into account_roles (account_id, role, granted_at, granted_by) values ($1, 'finance', $2, $3)`, cem, w.now.Add(-time.Hour), anna)
	done, err := w.Approve(ctx, cem, id)
	w.ok(err)
	if done.Approved != 1 {
		t.Errorf("%+v", done)
	}
	w.proves()
}

// TestANewDestinationWaits: a changed one is left out of batches for the
// programme's days; her own first one is not, and saving the same again
// changes nothing.
func TestANewDestinationWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.exec(`update programme set destination_days = 2`)
	w.earned(melon, 5000000, 2)
	w.earned(felt, 5000000, 2)
	w.bank(felt)
	hers := payouts.Typed{Kind: payouts.KindCard, Holder: "AYSULU T", Number: "8600123456789012"}
	w.ok(w.SetDestination(ctx, melon, maker, hers))
	ready := func(want ...int64) {
		t.Helper()
		list, err := w.Owed(ctx, "en")
		w.ok(err)
		var got []int64
		for _, o := range list {
			if o.Ready() {
				got = append(got, o.ProducerID)
			} else if !o.Waits || !o.Destination.UsableFrom.After(w.now) {
				t.Errorf("%+v", o)
			}
		}
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
			t.Errorf("ready: %v, want %v", got, want)
		}
	}
	ready(melon)
	hers.Number = ""
	w.ok(w.SetDestination(ctx, melon, anna, hers))
	ready(melon)
	hers.Number = "4111111111111111"
	w.ok(w.SetDestination(ctx, melon, maker, hers))
	ready()
	if _, err := w.Propose(ctx, anna, money.UZS); !errors.Is(err, payouts.ErrNobody) {
		t.Errorf("proposed: %v", err)
	}
	_, err := w.db.Exec(ctx, `with b as (insert into payout_batches (currency, proposed_by, proposed_at) values ('UZS', 1, $1) returning id)
		insert into payouts (batch_id, producer_id, currency, destination_id, proposed_minor, amount_minor) select id, 1, 'UZS', 3, 5, 5 from b`, w.now)
	if err == nil {
		t.Error("the database pays to a new destination")
	}
	w.now = w.now.Add(48 * time.Hour)
	ready(melon, felt)
}

// TestLettersAboutADestination: every one of her people with an address reads
// of it, in her own language.
func TestLettersAboutADestination(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	queue, err := jobs.New(w.db, jobs.Config{})
	w.ok(err)
	w.Queue, w.BaseURL = queue, "https://awil.test"
	w.exec(`insert into producer_members (producer_id, account_id, role) values (1, 3, 'member')`)
	w.card(melon)
	var n, id int
	w.ok(w.db.QueryRow(ctx, `select count(*), min((args->>'destination_id')::int) from river_job where kind = 'payouts_destination_letter'`).Scan(&n, &id))
	if n != 1 {
		t.Fatalf("%d jobs", n)
	}
	var langs []string
	write := func(_ context.Context, l payouts.Letter) (checkout.Written, error) {
		langs = append(langs, string(l.Lang))
		if l.Destination.Masked() != "•••• 9012" || l.Destination.Setter != "Anna" || l.Waits || l.Link != "https://awil.test/studio/money/to" {
			t.Errorf("%+v", l)
		}
		return checkout.Written{Subject: "s", Text: "t"}, nil
	}
	for range 2 {
		w.ok(w.WriteLetters(ctx, int64(id), write))
	}
	if strings.Join(langs[:2], " ") != "kaa en" {
		t.Errorf("written in %v", langs)
	}
	payouts.Workers(river.NewWorkers(), w.Service, write)
}

// another makes Cem one of finance, who has no part in anything.
func (w *world) another() {
	w.t.Helper()
	w.exec(`insert into account_roles (account_id, role) values ($1, 'finance') on conflict do nothing`, cem)
}

// back lets two people say that a payout came back.
func (w *world) back(payout int64, reason string) {
	w.t.Helper()
	w.another()
	for range 2 { // saying it twice makes nobody two
		if err := w.MarkReturned(w.t.Context(), cem, payout, reason); !errors.Is(err, payouts.ErrAsked) {
			w.t.Fatalf("back on one person's word: %v", err)
		}
	}
	if _, err := w.db.Exec(w.t.Context(), `update payouts set status = 'returned', return_reason = 'x', returned_by = 3, returned_at = now() where id = $1`, payout); err == nil {
		w.t.Fatal("back by whoever asked")
	}
	w.ok(w.MarkReturned(w.t.Context(), berik, payout, reason))
}

// TestWhatWasInAFileComesBackByTwo: a payout that the bank may have paid is not
// proposed again on one person's word, and the next batch says where it was.
func TestWhatWasInAFileComesBackByTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5000000, 2)
	w.card(melon)
	id, _ := w.approved(money.UZS)
	file, err := w.BankFile(ctx, anna, id)
	w.ok(err)
	one := w.list(id)[0]
	w.another()
	for range 2 {
		if err := w.MarkReturned(ctx, cem, one.ID, "never left"); !errors.Is(err, payouts.ErrAsked) {
			t.Errorf("alone: %v", err)
		}
	}
	if p := w.list(id)[0]; p.Status != payouts.Approved || p.Asker != "Cem" || p.AskedWhy != "never left" || !p.InFile {
		t.Errorf("%+v", p)
	}
	for _, sql := range []string{
		`update payouts set status = 'returned', return_reason = 'x', returned_by = 3, returned_at = now()`,
		`update payouts set return_asked_by = 2`, `delete from payout_file_rows`,
	} {
		if _, err := w.db.Exec(ctx, sql); err == nil {
			t.Errorf("may: %s", sql)
		}
	}
	w.ok(w.MarkReturned(ctx, berik, one.ID, "the bank says so"))
	id, err = w.Propose(ctx, anna, money.UZS)
	w.ok(err)
	b := w.list(id)[0].Before
	if b.ID != one.ID || b.FileHash != file.SHA256 || b.Asker != "Cem" || b.Returner != "Berik" {
		t.Errorf("the next batch says %+v", b)
	}
	w.proves()
}

// byHand says in the database that a payout came back.
func (w *world) byHand(payout, who int64) error {
	_, err := w.db.Exec(w.t.Context(), `update payouts set status = 'returned', return_reason = 'x', returned_by = $2, returned_at = now() where id = $1`, payout, who)
	return err
}

// TestAWordFromBeforeItWasPaidIsVoid: that a payout never left says nothing once
// it has been paid with proof, one by one or with its batch.
func TestAWordFromBeforeItWasPaidIsVoid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.another()
	w.earned(melon, 5000000, 2)
	w.earned(felt, 5000000, 2)
	w.card(melon)
	w.bank(felt)
	id, _ := w.approved(money.UZS)
	list := w.list(id)
	for _, p := range list {
		if err := w.MarkReturned(ctx, cem, p.ID, "never left"); !errors.Is(err, payouts.ErrAsked) {
			t.Fatal(err)
		}
	}
	if _, err := w.db.Exec(ctx, `update payouts set status = 'paid', proof = 'x', paid_by = 1, paid_at = now()`); err == nil || !strings.Contains(err.Error(), "a word from before") {
		t.Errorf("the database keeps the word: %v", err)
	}
	w.ok(w.MarkPaid(ctx, anna, list[0].ID, "order 77"))
	_, err := w.MarkBatchPaid(ctx, anna, id, "order 78")
	w.ok(err)
	for _, p := range w.list(id) {
		if p.AskedBy != 0 || p.AskedWhy != "" {
			t.Errorf("still asked: %+v", p)
		}
		if err := w.MarkReturned(ctx, berik, p.ID, "x"); !errors.Is(err, payouts.ErrAsked) {
			t.Errorf("one person's word: %v", err)
		}
	}
	w.proves()
}

// TestBothWhoSayItCameBackAreIndependent: a word of somebody who has lost her
// office is void, and nobody who has a part in the payout is one of the two.
func TestBothWhoSayItCameBackAreIndependent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.another()
	w.earned(melon, 5000000, 2)
	w.card(melon) // Anna wrote it down
	id, _ := w.approved(money.UZS)
	one := w.list(id)[0].ID
	w.ok(w.MarkPaid(ctx, anna, one, "order 77"))
	refused := func(who int64, want payouts.Part, producer string) {
		t.Helper()
		var part *payouts.PartError
		if err := w.MarkReturned(ctx, who, one, "x"); !errors.As(err, &part) || part.Part != want || part.Producer != producer {
			t.Errorf("account %d: %v, want %s", who, err, want)
		}
	}
	asked := func(who int64) {
		t.Helper()
		if err := w.MarkReturned(ctx, who, one, "x"); !errors.Is(err, payouts.ErrAsked) {
			t.Errorf("account %d: %v", who, err)
		}
	}
	asked(cem)
	w.exec(`delete from account_roles where account_id = $1 and role = 'finance'`, cem)
	if err := w.byHand(one, berik); err == nil {
		t.Error("the database keeps the word of who has no office")
	}
	asked(berik)
	if p := w.list(id)[0]; p.Asker != "Berik" {
		t.Errorf("the first is %s", p.Asker)
	}
	if err := w.Withdraw(ctx, anna, one); !errors.Is(err, payouts.ErrSettled) {
		t.Errorf("another's word withdrawn: %v", err)
	}
	w.ok(w.Withdraw(ctx, berik, one))
	if p := w.list(id)[0]; p.AskedBy != 0 {
		t.Errorf("withdrawn, and still asked by %s", p.Asker)
	}
	asked(berik)

	w.exec(`insert into account_roles (account_id, role, granted_by, granted_at) values ($1, 'finance', $2, $3)`, cem, berik, w.now.Add(-time.Hour))
	refused(cem, payouts.PartRole, "")
	w.exec(`delete from account_roles where account_id = $1 and role = 'finance'`, cem)
	w.exec(`insert into account_roles (account_id, role, granted_by, granted_at) values ($1, 'finance', $2, $3)`, cem, anna, w.now.Add(time.Hour))
	refused(cem, payouts.PartRole, "")
	w.exec(`insert into account_roles (account_id, role) values ($1, 'admin')`, maker)
	refused(maker, payouts.PartMember, "Altın Qawın")
	for _, who := range []int64{cem, maker} {
		if err := w.byHand(one, who); err == nil || !strings.Contains(err.Error(), "has a part in it") {
			t.Errorf("the database hears account %d: %v", who, err)
		}
	}
	w.exec(`delete from account_roles where account_id = $1 and role = 'finance'`, cem)
	w.another()
	w.ok(w.MarkReturned(ctx, cem, one, "x"))
	w.proves()
}
