package search

import "strings"

// The keys of a Russian keyboard and what the same keys write in Latin.
const (
	russianKeys = "йцукенгшщзхъфывапролджэячсмитьбюё"
	latinKeys   = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
)

var toRussian, toLatin = table(latinKeys, russianKeys), table(russianKeys, latinKeys)

// otherLayout is what the keys that were pressed write with the keyboard switched over, as ghbdtn is привет; false if
// some letter is on neither, or there is none.
func otherLayout(text string) (string, bool) {
	small := strings.ToLower(text)
	for _, keys := range []map[rune]rune{toRussian, toLatin} {
		if switched, ok := press(keys, small); ok {
			return switched, true
		}
	}
	return "", false
}

func press(keys map[rune]rune, text string) (string, bool) {
	var b strings.Builder
	pressed := false
	for _, r := range text {
		key, ok := keys[r]
		switch {
		case ok:
			pressed = true
			b.WriteRune(key)
		case scriptOf(r) == letters, scriptOf(r) == cjk:
			return "", false
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), pressed
}
