package chaos

import (
	"context"
	"strings"
	"testing"

	"awil/internal/money"
	"awil/internal/payments"
	"awil/internal/platform/postgres/pgtest"
)

// enough is in how many schedules what is broken must have been noticed.
const (
	enough        = 250
	enoughInShort = 75
)

// instead is SQL that makes a statement of a table do something else.
func instead(table, when, what string) string {
	return `create function broken() returns trigger language plpgsql as $$ begin ` + what + ` end $$;
create trigger a_broken before ` + when + ` on ` + table + ` for each row execute function broken()`
}

// TestBrokenIsNoticed breaks what the shop relies on, one thing at a time. A
// harness that finds nothing then would find nothing ever.
func TestBrokenIsNoticed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		broken Breakage
		says   string // any of these, separated by |
	}{
		{"a provider that forgets keys", Breakage{Forgetful: true}, "nobody knows of it|went back"},
		{"a provider that sends back too much, and forgets", Breakage{Forgetful: true, Generous: true}, "nobody knows of it|went back"},
		{"a database that lies about commits", Breakage{Lying: true}, "for no reason|with nothing in its way|nobody knows|never|for ever"},
		{"goods that are not given back", Breakage{SQL: instead("variants", "update", `new.stock := least(new.stock, old.stock); return new;`)}, "in stock"},
		{"goods that are never taken", Breakage{SQL: instead("variants", "update", `new.stock := greatest(new.stock, old.stock); return new;`)}, "in stock"},
		{"a refund that is not booked as sent", Breakage{SQL: instead("ledger_transactions", "insert", `if new.rule = 'refund_sent' then return null; end if; return new;`)}, "ledger:|lie at"},
		{"fees that are not booked", Breakage{SQL: instead("ledger_transactions", "insert", `if new.rule = 'provider_fee' then return null; end if; return new;`)}, "ledger:|lie at"},
		{"a sale booked twice", Breakage{SQL: twice}, "ledger:"},
		{"money that is not written down", Breakage{SQL: instead("payments", "update", `if new.status = 'succeeded' then return old; end if; return new;`)}, "payment"},
		{"a refund whose name is not kept", Breakage{SQL: instead("refunds", "update", `new.provider_ref := null; return new;`)}, "went back"},
		{"messages that are lost after they were taken", Breakage{SQL: lost}, "never looked at"},
		{"earnings released for good", Breakage{SQL: instead("parcels", "update", `new.released_at := null; return new;`)}, "released|ledger:"},
		{"orders that never end", Breakage{SQL: instead("orders", "update", `if new.status = 'expired' then return old; end if; return new;`)}, "expire order|for ever"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			schedules := enough
			if testing.Short() {
				schedules = enoughInShort
			}
			report, err := Play(t.Context(), []string{pgtest.URL(t)}, Config{Schedules: schedules, Seed: 1, Broken: tt.broken})
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Failures) == 0 {
				t.Fatalf("%d schedules, and nobody noticed", report.Played)
			}
			f := report.Failures[0]
			t.Logf("noticed after %d schedules: %.200v", report.Played, f.Wrong[0])
			for _, says := range strings.Split(tt.says, "|") {
				if strings.Contains(f.Error(), says) {
					return
				}
			}
			t.Errorf("noticed as %.2000v, want it to say %s", f, tt.says)
		})
	}
}

// twice books every sale a second time, as if the rule that an event is booked
// once were gone.
const twice = `
create function booked_twice() returns trigger language plpgsql as $$
declare copy bigint;
begin
    if new.rule <> 'order_paid' or new.turn > 0 then return null; end if;
    insert into ledger_transactions (rule, subject, subject_id, turn, order_id, at)
    values (new.rule, new.subject, new.subject_id, new.turn + 7, new.order_id, new.at) returning id into copy;
    insert into ledger_entries (transaction_id, account_id, currency, amount_minor, line_id, parcel_id, rate, rate_to)
    select copy, account_id, currency, amount_minor, line_id, parcel_id, rate, rate_to from ledger_entries where transaction_id = new.id;
    return null;
end $$;
create constraint trigger booked_twice after insert on ledger_transactions deferrable initially deferred for each row execute function booked_twice()`

// lost takes jobs out of the queue that were just put there.
const lost = `
create function job_lost() returns trigger language plpgsql as $$
begin
    delete from river_job where id = new.id and kind = 'payment_settle';
    return null;
end $$;
create trigger job_lost after insert on river_job for each row execute function job_lost()`

// TestCallsInsideTransactionsAreNoticed: a provider that is slow must never
// keep rows locked.
func TestCallsInsideTransactionsAreNoticed(t *testing.T) {
	t.Parallel()
	l, err := openLab(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	s := newSchedule(l, 1, Breakage{})
	g := gateway{s.provider, s.report, s.flaky}
	p := &process{name: "web"}
	s.plan.faults = 0
	s.enter(t.Context(), p, "somebody careless", func(ctx context.Context) error {
		tx, err := database{l.pool}.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(ctx) //nolint:errcheck // it was only opened
		_, err = g.Start(ctx, payments.Attempt{PaymentID: 1, Amount: money.New(1, money.UZS), Email: "a@example.com",
			IdempotencyKey: "k", ExpiresAt: s.now().Add(shortestLife * 2)})
		return err
	})
	if err := s.alone(); err != nil {
		t.Fatal(err)
	}
	if len(s.wrong) != 1 || !strings.Contains(s.wrong[0].Error(), "inside a transaction") {
		t.Errorf("noticed %v", s.wrong)
	}
}
