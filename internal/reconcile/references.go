package reconcile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// lookalikes are the capitals that Cyrillic and Latin share: a reference typed
// on the other keyboard looks the same on paper.
var lookalikes = strings.NewReplacer("А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "O", "Р", "P", "С", "C", "Т", "T", "У", "Y", "Х", "X")

// mostReferences bounds how many words of a purpose are tried as references.
const mostReferences = 60

// payoutPrefix begins what payouts.Label writes into the purpose of a payment to
// a producer.
const payoutPrefix = "AWP"

// label is how the purpose of a payment to a producer calls a payout.
func label(payoutID int64) string { return fmt.Sprintf("%s-%d", payoutPrefix, payoutID) }

// references finds what may be an order's reference, or is a payout's, in the
// purpose of a transfer, whatever its case and whatever stands between its halves: a hyphen,
// a space, nothing. Words of the right length that are no reference do no harm:
// no order is called so.
func references(purpose string) []string {
	words := strings.FieldsFunc(lookalikes.Replace(strings.ToUpper(purpose)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	var found []string
	for i, word := range words {
		switch {
		case len(found) >= mostReferences:
			return found
		case word == payoutPrefix && i+1 < len(words) && number(words[i+1]) > 0:
			found = append(found, label(number(words[i+1])))
		case strings.HasPrefix(word, payoutPrefix) && number(word[len(payoutPrefix):]) > 0:
			found = append(found, label(number(word[len(payoutPrefix):])))
		case !plain(word):
		case len(word) == 8:
			found = append(found, word[:4]+"-"+word[4:])
		case len(word) == 4 && i+1 < len(words) && len(words[i+1]) == 4 && plain(words[i+1]):
			found = append(found, word+"-"+words[i+1])
		}
	}
	return found
}

// number is the number a word is, or 0.
func number(word string) int64 {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || strings.HasPrefix(word, "+") {
		return 0
	}
	return n
}

// payoutsOf are the numbers of the payouts among some names.
func payoutsOf(refs []string) []int64 {
	ids := []int64{}
	for _, ref := range refs {
		if digits, ok := strings.CutPrefix(ref, payoutPrefix+"-"); ok && number(digits) > 0 {
			ids = append(ids, number(digits))
		}
	}
	return ids
}

func plain(word string) bool {
	for _, r := range word {
		if r >= 0x80 {
			return false
		}
	}
	return true
}
