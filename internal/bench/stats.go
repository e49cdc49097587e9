package bench

import (
	"math"
	"slices"
	"time"
)

// median is the middle of the values, the mean of the two middle ones when
// their number is even, 0 of none. One round that something else on the
// machine disturbed does not move it.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// quantile is the smallest of the sorted durations that at least the share q
// of them does not exceed (nearest rank): a value that was measured, not one
// between two.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// megabyte and kilobyte are binary, as ps and browsers count.
const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
)
