package money

import (
	"math/big"
	"slices"
)

// Split shares a out in proportion to the weights by the method of largest
// remainders: the shares add up to a exactly, and each differs from its exact
// part by less than one minor unit. Equal remainders go to the earlier share,
// so that the same call always gives the same result. Negative weights count
// as nothing; if no weight is positive the shares are equal. Without weights
// there is nobody to share with and the result is empty.
func (a Amount) Split(weights []int64) []Amount {
	if len(weights) == 0 {
		return nil
	}
	parts, total := positive(weights)
	whole := new(big.Int).SetUint64(magnitude(a.Minor))

	minors := make([]*big.Int, len(parts))
	remainders := make([]*big.Int, len(parts))
	left := new(big.Int).Set(whole)
	for i, part := range parts {
		exact := new(big.Int).Mul(whole, part)
		minors[i], remainders[i] = exact.QuoRem(exact, total, new(big.Int))
		left.Sub(left, minors[i])
	}

	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return remainders[j].Cmp(remainders[i]) })
	one := big.NewInt(1)
	for _, i := range order[:left.Int64()] { // fewer units are left than there are shares
		minors[i].Add(minors[i], one)
	}

	shares := make([]Amount, len(parts))
	for i, minor := range minors {
		if a.Minor < 0 {
			minor.Neg(minor)
		}
		shares[i] = New(minor.Int64(), a.Currency)
	}
	return shares
}

// positive returns the usable weights and their sum, which is never zero.
func positive(weights []int64) (parts []*big.Int, total *big.Int) {
	parts, total = make([]*big.Int, len(weights)), new(big.Int)
	for i, w := range weights {
		parts[i] = big.NewInt(max(w, 0))
		total.Add(total, parts[i])
	}
	if total.Sign() > 0 {
		return parts, total
	}
	for i := range parts {
		parts[i].SetInt64(1)
	}
	return parts, total.SetInt64(int64(len(parts)))
}
