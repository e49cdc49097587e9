package photos

import (
	"crypto/rand"
	"strings"
)

const (
	keyLength = 22 // 131 bits: an address cannot be guessed
	alphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

func newKey() string {
	const fair = 256 - 256%len(alphabet) // bytes from here on would favour some letters
	key := make([]byte, 0, keyLength)
	var pool [2 * keyLength]byte
	for len(key) < keyLength {
		_, _ = rand.Read(pool[:]) // never fails: crypto/rand ends the program instead
		for _, b := range pool {
			if int(b) < fair && len(key) < keyLength {
				key = append(key, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(key)
}

func isKey(key string) bool {
	return len(key) == keyLength && strings.Trim(key, alphabet) == ""
}
