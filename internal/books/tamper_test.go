package books_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/platform/postgres/pgtest"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func newEmpty(t *testing.T) *pgxpool.Pool { return pgtest.New(t) }

const (
	ofRule  = `transaction_id = (select min(id) from ledger_transactions where rule = '%')`
	deleted = `delete from ledger_entries where ` + ofRule + `; delete from ledger_transactions where id = (select min(id) from ledger_transactions where rule = '%')`
)

// Whatever is done to the database behind the program's back, the check finds
// it, and says what.
func TestCheckFindsTampering(t *testing.T) {
	of := func(text, rule string) string { return strings.ReplaceAll(text, "%", rule) }
	tests := map[string]struct{ sql, want string }{
		"more to the producer": {`update ledger_entries set amount_minor = amount_minor - 5 where id = 2; update ledger_entries set amount_minor = amount_minor + 5 where id = 3`,
			"order_paid of payment 1 should have credit producer_reserve of producer 1 118125.00 UZS for line 1"},
		"out of balance":              {`update ledger_entries set amount_minor = amount_minor - 5 where id = 2`, "is out of balance by -0.05 UZS"},
		"all accounts":                {`update ledger_entries set amount_minor = amount_minor - 5 where id = 2`, "all accounts in UZS together stand at -0.05 UZS"},
		"entry gone":                  {`delete from ledger_entries where id = 2`, "is out of balance by"},
		"entries of no transaction":   {`update ledger_entries set transaction_id = 9999 where transaction_id = 1`, "in transactions"},
		"transaction without entries": {`update ledger_entries set transaction_id = 9999 where transaction_id = 1`, "has 0 entries"},
		"another account":             {`update ledger_entries set account_id = (select id from ledger_accounts where kind = 'margin' and currency = 'JPY') where id = 1`, "should have debit clearing stripe 5620 JPY"},
		"another line":                {`update ledger_entries set line_id = 2 where id = 3`, "for line 2"},
		"another rate":                {`update ledger_entries set rate = 0.0124 where rate = 0.0123 and id < 8`, "at 0.0124 JPY"},
		"another order":               {`update ledger_transactions set order_id = 3 where rule = 'order_paid'`, "order 3, transaction 1: books order_paid of payment 1, and nothing of the kind happened"},
		"sale not booked":             {of(deleted, "order_paid"), "order 1, payment 1 is not booked"},
		"booked twice": {`insert into ledger_transactions (rule, subject, subject_id, turn, order_id, at) select rule, subject, subject_id, 1, order_id, at from ledger_transactions where id = 1;
			insert into ledger_entries (transaction_id, account_id, currency, amount_minor, line_id, parcel_id) select currval('ledger_transactions_id_seq'), account_id, currency, amount_minor, line_id, parcel_id from ledger_entries where transaction_id = 1`,
			"books order_paid of payment 1 a second time"},
		"paid, said the order":     {`update payments set status = 'succeeded', settled_at = now(), refund_due = false where id = 3`, "order 3, payment 3 is not booked"},
		"price changed":            {`update order_lines set commission_bp = 0 where id = 2`, "should have credit producer_reserve of producer 2 145000.03 UZS for line 2"},
		"cash not booked":          {of(deleted, "cash_collected"), "the cash for parcel 3 is not booked"},
		"cash taken by another":    {`update cash_collections set collector = 'programme' where parcel_id = 4`, "should have debit clearing cash 75001.00 UZS for parcel 4"},
		"refund of more":           {`update refund_lines set quantity = 2 where refund_id = 2`, "refund of refund 2"},
		"refund not booked":        {of(deleted, "refund"), "refund 1 is not booked"},
		"refund twice sent":        {`update refunds set sendings = 2 where id = 1`, "refund 1 was sent 2 times and came back 1 times, and is booked as sent 1 times and come back 0 times"},
		"refund from another till": {`update refunds set till = 'cash' where id = 3`, "refund 3 was sent from cash and is booked as sent from bank"},
		"released too little":      {`update ledger_entries set amount_minor = amount_minor / 2 where ` + of(ofRule, "earnings_released"), "is left in the reserve for parcel 1, which was released"},
		"not released":             {`update parcels set released_at = null where id = 1`, "books earnings_released of parcel 1, and nothing of the kind happened"},
		"reserve of nothing":       {`update ledger_entries set parcel_id = null where id = 2`, "lies in a reserve and belongs to no parcel"},
		"order ended":              {`update orders set status = 'cancelled' where id = 1`, "is left in the reserve for parcel 2 of an order that has ended"},
		"dispute won":              {`update disputes set status = 'won', closed_at = now() where id = 3`, "the end of dispute 3 is not booked"},
		"dispute lost":             {`update disputes set status = 'lost' where id = 1`, "books dispute_won of dispute 1, and nothing of the kind happened"},
		"dispute of more":          {`update disputes set amount_minor = 201 where id = 3`, "should have debit disputed 201 JPY"},
		"fee not booked":           {of(deleted, "provider_fee"), "the fee of charge 1 is not booked"},
		"exchange not booked":      {of(deleted, "provider_exchange"), "the exchange of charge 1 is not booked"},
		"fee given back":           {`update provider_charges set fee_minor = -130 where id = 1`, "should have credit fees 1.30 USD; debit clearing stripe 1.30 USD"},
		"payout not booked":        {of(deleted, "payout_paid"), "the payout_paid of payout 1 is not booked"},
		"payout of more":           {`update payouts set amount_minor = 900, proposed_minor = 900 where id = 2`, "payout of payout 2 should have debit producer_payable of producer 2 9.00 UZS"},
		"payout never":             {`update payouts set status = 'proposed' where id = 2`, "books payout of payout 2, which is proposed"},
		"payout unknown":           {`delete from payouts where id = 2`, "books payout of payout 2, and there is none"},
		"entered otherwise":        {`update manual_entries set amount_minor = 99 where id = 2`, "debt_paid of entry 2 should have debit clearing bank 0.99 UZS"},
		"entered, not booked":      {of(deleted, "debt_paid"), "debt_paid, entered by hand as 2, was never booked"},
		"kept otherwise":           {`update manual_entries set amount_minor = 46 where id = 4`, "provider_fee of entry 4 should have debit fees 0.46 USD; credit clearing stripe 0.46 USD"},
		"kept by another":          {`update manual_entries set till = 'payme' where id = 4`, "credit clearing payme 0.45 USD"},
		"kept, not booked":         {of(strings.ReplaceAll(deleted, "min(id)", "max(id)"), "provider_fee"), "provider_fee, entered by hand as 4, was never booked"},
		"kept of nothing":          {of(deleted, "provider_paid_out"), "the fee kept of import line 2, entered by hand as 4, stands without its payout"},
		"exchanged otherwise":      {`update manual_entries set rate = 12651 where id = 3`, "at 12651 UZS"},
		"line undone":              {`update match_items set live = false where line_id = 1`, "books unexplained of import line 1, which is not matched with it"},
		"line of more":             {`update import_lines set amount_minor = 3001 where id = 2`, "provider_paid_out of import_line 2 should have debit clearing bank 30.01 USD; credit clearing stripe 30.01 USD"},
		"statement": {`insert into statements (payout_id, producer_id, currency, to_entry, seen, posting, opening_payable, opening_held, closing_payable, closing_held, made_at)
			values (2, 2, 'UZS', 0, pg_current_snapshot(), 1, 0, 0, 12345, 0, now())`, "statement of payout 2, closing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := newWorld(t)
			tamper(t, pool, tt.sql)
			_, found := check(t, pool)
			for _, text := range found {
				if strings.Contains(text, tt.want) {
					return
				}
			}
			t.Errorf("found\n%s\nwant %s", strings.Join(found, "\n"), tt.want)
		})
	}
}
