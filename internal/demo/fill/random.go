package fill

import (
	"math/rand/v2"

	"awil/internal/i18n"
)

// What is made by chance is made by a seed, what it is for, and its number: nothing depends on what was made before it.
const (
	forVillage = iota + 1
	forMaker
	forGood
)

// shift keeps the numbers of one purpose apart from another's.
const shift = 40

func random(seed uint64, purpose uint64, number int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, purpose<<shift|uint64(number))) //nolint:gosec // goods of a demonstration, no secret
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// within is a number from one to another, both included.
func within(r *rand.Rand, from, to int) int { return from + r.IntN(to-from+1) }

// oneIn is true once in so many times.
func oneIn(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

func textState(lang, source i18n.Lang) string {
	if lang == source {
		return "source"
	}
	return "approved"
}
