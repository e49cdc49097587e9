package i18n

import (
	"strings"
	"unicode/utf8"
)

// In Karakalpak the capital of ı is Í; Unicode's tables say I and í. Both pairs
// are exchanged before the general rules see them.
var (
	kaaUpper = strings.NewReplacer("ı", "Í")
	kaaLower = strings.NewReplacer("Í", "ı", "I\u0301", "ı")
)

// Upper puts s in capitals as the language does.
func Upper(l Lang, s string) string {
	if l == KAA {
		s = kaaUpper.Replace(s)
	}
	return strings.ToUpper(s)
}

// Lower puts s in small letters as the language does.
func Lower(l Lang, s string) string {
	if l == KAA {
		s = kaaLower.Replace(s)
	}
	return strings.ToLower(s)
}

// Title makes the first letter of s a capital, as at the beginning of a
// sentence, and leaves the rest.
func Title(l Lang, s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return Upper(l, s[:size]) + s[size:]
}
