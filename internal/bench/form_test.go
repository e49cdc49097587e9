package bench

import (
	"strings"
	"testing"

	"awil/internal/markets"
)

const checkoutPage = `<form action="/search"><input name="q"></form>
<form class="checkout" method="post" action="/uz-uz/checkout">
	<input type="hidden" name="checkout_token" value="t-1"/>
	<input type="email" name="email" autocomplete="email" required value=""/>
	<input name="phone" type="tel" autocomplete="shipping tel" required value=""/>
	<select name="region" autocomplete="address-level1" required><option value="">Choose</option><option value="qr">Nukus</option></select>
	<select name="quantity"><option value="1">1</option><option value="2" selected>2</option></select>
	<input type="radio" name="shipping" value="4" checked/><input type="radio" name="shipping" value="5"/>
	<input type="radio" name="payment" value="card" required/><input type="radio" name="payment" value="cod" required/>
	<input type="radio" name="size" value="s" disabled/><input type="radio" name="size" value="m"/>
	<input type="checkbox" name="gift" value="yes"/>
	<textarea name="note">Ring &amp; wait</textarea>
	<button name="step" value="country">Show</button>
</form>
<form method="post" action="/other/checkout"><input name="later" value="x"></form>`

func TestOrderForm(t *testing.T) {
	f, err := orderForm(checkoutPage, 7, markets.COD)
	if err != nil {
		t.Fatal(err)
	}
	const want = "checkout_token=t-1&email=buyer7%40bench.example&note=Ring+%26+wait&payment=cod&phone=%2B998900000007&" +
		"quantity=2&region=qr&shipping=4&size=m"
	if got := f.values.Encode(); got != want {
		t.Errorf("sends %s\nwant  %s", got, want)
	}
	if f.action != "/uz-uz/checkout" {
		t.Errorf("goes to %s", f.action)
	}
}

func TestFormsThatCannotBeSent(t *testing.T) {
	if _, err := findForm(checkoutPage, "/cart"); err == nil {
		t.Error("found a form that is not there")
	}
	f, err := findForm(`<form method=post action=/checkout><input name=secret required></form>`, "/checkout")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.fill(about(1)); err == nil || !strings.Contains(err.Error(), "secret") {
		t.Errorf("a required field nobody knows: %v", err)
	}
}

func TestProblems(t *testing.T) {
	const page = `<h1>Checkout</h1><p class="note attention" role="alert">Look here.<a>there</a></p><p class="problem">Too short</p><p class="problematic">x</p>`
	if got := problems(page); got != "Checkout · Look here. · Too short" {
		t.Errorf("got %q", got)
	}
}
