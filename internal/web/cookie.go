package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
)

// seal signs a value for a purpose, with the moment it stops being valid, and
// returns text that is safe in a cookie or a hidden input. The content is not
// secret, only unforgeable; a seal of one purpose is worth nothing for another.
func (s *Server) seal(purpose string, value any, ttl time.Duration) (string, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", purpose, err)
	}
	body := binary.BigEndian.AppendUint64(nil, uint64(s.Clock().Add(ttl).Unix()))
	body = append(body, data...)
	return base64.RawURLEncoding.EncodeToString(append(s.mac(purpose, body), body...)), nil
}

// unseal checks what seal made and fills value.
func (s *Server) unseal(purpose, text string, value any) error {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < sha256.Size+8 {
		return errs.E(errs.Invalid, purpose+": not a sealed value")
	}
	mac, body := raw[:sha256.Size], raw[sha256.Size:]
	if !hmac.Equal(mac, s.mac(purpose, body)) {
		return errs.E(errs.Invalid, purpose+": forged or from another installation")
	}
	if until := time.Unix(int64(binary.BigEndian.Uint64(body)), 0); s.Clock().After(until) {
		return errs.E(errs.Gone, purpose+": expired")
	}
	if err := json.Unmarshal(body[8:], value); err != nil {
		return errs.E(errs.Invalid, purpose, err)
	}
	return nil
}

func (s *Server) mac(purpose string, body []byte) []byte {
	h := hmac.New(sha256.New, s.key[:])
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(body)
	return h.Sum(nil)
}

// SetSigned keeps a small value in a signed cookie of the visitor for ttl. The
// visitor can read it but not change it.
func SetSigned(c echo.Context, name string, value any, ttl time.Duration) error {
	s := stateOf(c).server
	text, err := s.seal("cookie "+name, value, ttl)
	if err != nil {
		return err
	}
	c.SetCookie(&http.Cookie{Name: name, Value: text, Path: "/", MaxAge: int(ttl.Seconds()),
		Secure: s.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return nil
}

// Signed reads what SetSigned kept; false when there is nothing valid.
func Signed(c echo.Context, name string, value any) bool {
	cookie, err := c.Cookie(name)
	if err != nil {
		return false
	}
	return stateOf(c).server.unseal("cookie "+name, cookie.Value, value) == nil
}

// DropCookie makes the visitor's browser forget a cookie.
func DropCookie(c echo.Context, name string) {
	c.SetCookie(&http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: stateOf(c).server.secure(),
		HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// cartCountCookie is read by the header's script, hence not HttpOnly: shop
// pages are the same for everybody and the number is filled in by the browser.
const cartCountCookie = "awil_cart_n"

// SetCartCount tells the header how many things are in the cart.
func SetCartCount(c echo.Context, n int) {
	cookie := &http.Cookie{Name: cartCountCookie, Value: fmt.Sprint(n), Path: "/",
		MaxAge: int((90 * 24 * time.Hour).Seconds()), Secure: stateOf(c).server.secure(), SameSite: http.SameSiteLaxMode}
	if n <= 0 {
		cookie.Value, cookie.MaxAge = "", -1
	}
	c.SetCookie(cookie)
}
