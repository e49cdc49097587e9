package payouts

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"strconv"

	"awil/internal/errs"
)

// Vault seals account and card numbers, so that a copy of the database gives
// none of them away.
type Vault struct{ seal cipher.AEAD }

// ErrSealed means that a number was sealed with another secret than the
// program has now: it must be asked for again.
var ErrSealed = errs.E(errs.Conflict, "payouts: the number was sealed with another secret")

// NewVault returns the vault of a key of 16, 24 or 32 bytes.
func NewVault(key []byte) (*Vault, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("payouts: vault: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("payouts: vault: %w", err)
	}
	return &Vault{seal}, nil
}

// close seals a number for one producer; the row of another cannot be made to
// show it.
func (v *Vault) close(producerID int64, number string) []byte {
	nonce := make([]byte, v.seal.NonceSize())
	_, _ = rand.Read(nonce) // crypto/rand.Read never fails
	return v.seal.Seal(nonce, nonce, []byte(number), owner(producerID))
}

func (v *Vault) open(producerID int64, sealed []byte) (string, error) {
	size := v.seal.NonceSize()
	if len(sealed) < size {
		return "", ErrSealed
	}
	number, err := v.seal.Open(nil, sealed[:size], sealed[size:], owner(producerID))
	if err != nil {
		return "", fmt.Errorf("producer %d: %w", producerID, ErrSealed)
	}
	return string(number), nil
}

func owner(producerID int64) []byte { return strconv.AppendInt([]byte("producer "), producerID, 10) }
