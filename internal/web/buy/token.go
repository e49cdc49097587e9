package buy

import (
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/web"
)

// The cart belongs to whoever holds its token. Its cookie lives as long as
// the cart does without being touched.
const (
	cartCookie = "awil_cart"
	cartKept   = 90 * 24 * time.Hour
)

// cartToken returns the token of the visitor's cart, or nothing.
func cartToken(c echo.Context) string {
	var token string
	if !web.Signed(c, cartCookie, &token) {
		return ""
	}
	return token
}

// countCart brings the number in the header up to date and returns it. The
// number is an ornament: what has been done stands where it cannot be counted.
func (p *Buy) countCart(c echo.Context, token string) int {
	n, err := p.Cart.Count(c.Request().Context(), token)
	if err != nil {
		p.lost(c, "cart count", err)
		return 0
	}
	web.SetCartCount(c, n)
	return n
}

// hadThings reports whether the browser remembers things in a cart.
func hadThings(c echo.Context) bool {
	cookie, err := c.Cookie("awil_cart_n")
	return err == nil && cookie.Value != "" && cookie.Value != "0"
}
