package bench

import (
	"strings"
	"testing"
)

func TestParsePayme(t *testing.T) {
	tests := []struct {
		said  string
		state int
		err   string
	}{
		{`{"jsonrpc":"2.0","id":1,"result":{"transaction":"7","perform_time":1700000000000,"state":2}}`, 2, ""},
		{`{"jsonrpc":"2.0","id":1,"result":{"create_time":1700000000000,"transaction":"7","state":1,"receivers":null}}`, 1, ""},
		{`{"jsonrpc":"2.0","id":1,"error":{"code":-31050,"message":{"en":"No such order"},"data":"order_id"}}`, 0, "-31050"},
		{`{"jsonrpc":"2.0","id":1}`, 0, "neither"},
		{`<html>`, 0, "no answer"},
	}
	for _, tt := range tests {
		state, err := parsePayme([]byte(tt.said))
		if state != tt.state || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %d, %v", tt.said, state, err)
		}
	}
}

func TestParseProven(t *testing.T) {
	const said = "\r1000 of 5000 entries\r5000 of 5000 entries\n" +
		"The books are proven: 5000 entries in 1200 transactions, 600 orders, 0 payouts, in 87ms.\n"
	if n, err := parseProven(said); n != 5000 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, no := range []string{"", "order 7, payment 8 is not booked\nLooked at 5000 entries in 1200 transactions.\n"} {
		if n, err := parseProven(no); err == nil {
			t.Errorf("%q proves %d entries", no, n)
		}
	}
}

func TestCopiesOfOrders(t *testing.T) {
	base, size := map[string]int64{"orders": 70, "payments": 90}, map[string]int64{"orders": 3, "payments": 4}
	s := sampled{table: "payments", of: ofTheOrders, refs: map[string]string{"id": "payments", "order_id": "orders"},
		set: map[string]string{"provider_ref": "'attempt-' || ({payments} + s.rank_id)"}}
	const want = "/* bench.copies */ insert into payments (id, order_id, provider_ref, status) overriding system value " +
		"select 90 + (k - 1) * 4 + s.rank_id, 70 + (k - 1) * 3 + s.rank_order_id, 'attempt-' || ((90 + (k - 1) * 4) + s.rank_id), s.status " +
		"from generate_series(1, $1::bigint) k, sample_payments s order by k, s.rank_id"
	if got := s.copies([]string{"id", "order_id", "provider_ref", "status"}, base, size); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	const pick = "/* bench.sample */ create temp table sample_payments as select t.*, row_number() over (order by t.id) as rank_id, " +
		"(select f.rank_id from sample_orders f where f.id = t.order_id) as rank_order_id from payments t " +
		"where order_id in (select id from sample_orders)"
	if got := s.pick(share{}); got != pick {
		t.Errorf("got  %s\nwant %s", got, pick)
	}
	if got := samples[0].pick(share{producer: 12, others: true}); !strings.Contains(got, "(l.producer_id = 12) <> true") {
		t.Errorf("orders of all but a producer: %s", got)
	}
}

// A sample is picked after what it belongs to.
func TestSamplesComeInOrder(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range samples {
		seen[s.table] = true
		for column, table := range s.refs {
			if !seen[table] {
				t.Errorf("%s.%s names a row of %s, which comes later", s.table, column, table)
			}
		}
		if _, ok := s.refs[s.key()]; !ok {
			t.Errorf("%s keeps its %s", s.table, s.key())
		}
	}
}

func TestMemoryOfAProcess(t *testing.T) {
	p, err := start(t.TempDir()+"/log", nil, "/bin/sleep", "0.05")
	if err != nil {
		t.Fatal(err)
	}
	most, err := p.watch(t.Context())
	if err != nil || most <= 0 || most > 20*megabyte {
		t.Errorf("sleep held %d bytes, %v", most, err)
	}
	if !p.cmd.ProcessState.Success() {
		t.Error("it was not left to end by itself")
	}
}
