package buy_test

import (
	"net/http"
	"testing"
)

// A page that has been used for an order, and is sent again when there is
// something else in the cart, is shown anew: the first order is not passed off
// for the second.
func TestAFormThatHasServed(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.add("en-uz", jam, 1)
	typed := b.checkout("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	order := b.post("/en-uz/checkout", typed).sends(http.StatusSeeOther, "/en-uz/orders/")
	if twice := b.post("/en-uz/checkout", typed).sends(http.StatusSeeOther, "/en-uz/orders/"); twice != order {
		t.Errorf("sent twice it leads to %s and %s", order, twice)
	}
	b.add("en-uz", tea, 2)
	page := b.post("/en-uz/checkout", typed).is(http.StatusConflict)
	page.says(".attention", "used for an order already")
	again := page.form("form#checkout")
	if again.Get("checkout_token") == typed.Get("checkout_token") || again.Get("email") != typed.Get("email") {
		t.Errorf("shown again: %v", again)
	}
	if next := b.post("/en-uz/checkout", again).sends(http.StatusSeeOther, "/en-uz/orders/"); next == order {
		t.Error("the second order is the first")
	}

	other := w.browser()
	other.add("en-uz", felt, 1)
	other.checkout("en-uz", append([]string{"payment", "cod"}, nukus...)...)
	other.post("/en-uz/checkout", typed).is(http.StatusConflict)
	if n := w.number(`select count(*) from orders`); n != 2 {
		t.Errorf("%d orders", n)
	}
}
