package money_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"awil/internal/money"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name    string
		minor   int64
		weights []int64
		want    []int64
	}{
		{"even", 100, []int64{1, 1}, []int64{50, 50}},
		{"a cent over goes to the first", 100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{"largest remainder first", 645, []int64{193, 451}, []int64{193, 452}},
		{"zero weight gets nothing", 7, []int64{0, 1}, []int64{0, 7}},
		{"negative weight gets nothing", 7, []int64{-5, 1}, []int64{0, 7}},
		{"no positive weight: equal", 5, []int64{0, 0}, []int64{3, 2}},
		{"refund mirrors the charge", -100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{"huge", math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64}, []int64{math.MaxInt64/2 + 1, math.MaxInt64 / 2}},
		{"least", math.MinInt64, []int64{1}, []int64{math.MinInt64}},
		{"nobody", 5, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := minors(money.New(tt.minor, money.EUR).Split(tt.weights)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func minors(amounts []money.Amount) []int64 {
	var list []int64
	for _, a := range amounts {
		list = append(list, a.Minor)
	}
	return list
}

func TestSplitLosesNothingAndIsFair(t *testing.T) {
	weight := rapid.OneOf(rapid.Int64Range(0, 50), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		amount := money.New(rapid.Int64().Draw(t, "minor"), money.KGS)
		weights := rapid.SliceOfN(weight, 1, 12).Draw(t, "weights")
		shares := amount.Split(weights)
		if again := amount.Split(weights); !slices.Equal(shares, again) {
			t.Fatalf("not the same twice: %v, %v", shares, again)
		}
		total := new(big.Int)
		for _, w := range weights {
			total.Add(total, big.NewInt(w))
		}
		sum := new(big.Int)
		for i, share := range shares {
			sum.Add(sum, big.NewInt(share.Minor))
			if share.Currency != money.KGS {
				t.Fatalf("share in %s", share.Currency)
			}
			if total.Sign() > 0 && !withinOne(share.Minor, amount.Minor, weights[i], total) {
				t.Fatalf("share %d of %d by %v is %d: off by a unit or more", i, amount.Minor, weights, share.Minor)
			}
		}
		if sum.Cmp(big.NewInt(amount.Minor)) != 0 {
			t.Fatalf("shares %v add up to %s, not %d", shares, sum, amount.Minor)
		}
	})
}

// withinOne reports |share − minor·weight/total| < 1.
func withinOne(share, minor, weight int64, total *big.Int) bool {
	exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(minor), big.NewInt(weight)), total)
	off := exact.Sub(exact, new(big.Rat).SetInt64(share))
	return off.Abs(off).Cmp(big.NewRat(1, 1)) < 0
}
