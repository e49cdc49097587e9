package bench

import "testing"

const pgbenchReport = `pgbench (15.14 (Debian 15.14-0+deb12u1))
transaction type: <builtin: TPC-B (sort of)>
scaling factor: 16
query mode: prepared
number of clients: 16
number of threads: 2
maximum number of tries: 1
duration: 5 s
number of transactions actually processed: 9513
number of failed transactions: 0 (0.000%)
latency average = 8.405 ms
initial connection time = 11.804 ms
tps = 1903.671263 (without initial connection time)
`

func TestParseTPS(t *testing.T) {
	tests := []struct {
		name, report string
		want         float64
		fine         bool
	}{
		{"15", pgbenchReport, 1903.671263, true},
		{"before 14", "tps = 12.5 (including connections establishing)\ntps = 13.5 (excluding connections establishing)\n", 13.5, true},
		{"failed", "number of failed transactions: 3 (0.1%)\ntps = 12.5 (without initial connection time)\n", 0, false},
		{"nothing", "pgbench: error: connection failed", 0, false},
	}
	for _, tt := range tests {
		got, err := parseTPS(tt.report)
		if got != tt.want || (err == nil) != tt.fine {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
}
