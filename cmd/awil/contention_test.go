package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"awil/internal/i18n"
)

// TestLastJars: fifty people press the button for the last ten jars at once.
// Ten have them, forty are told so in plain words, and nothing is left over.
func TestLastJars(t *testing.T) {
	const jars, buyers = 10, 50
	w := newWorld(t)
	g := w.good("melon-jam", i18n.EN)
	variant := w.number("select min(id) from variants where product_id = $1", g.id)
	w.exec("update variants set stock = $2 where id = $1", variant, jars)

	ready := make([]rush, buyers)
	for i := range ready {
		ready[i] = w.atCheckout(variant, fmt.Sprintf("buyer%02d@example.com", i))
		ready[i].form.Set("phone", fmt.Sprintf("+998 61 224 10 %02d", i)) // each is somebody else
		ready[i].form.Set("line1", fmt.Sprintf("Doslıq %d", i))
	}
	answers := together(ready)

	l := i18n.For(i18n.EN)
	orders, told := 0, 0
	for _, a := range answers {
		switch {
		case a.err != nil:
			t.Errorf("no answer: %v", a.err)
		case a.status == http.StatusSeeOther && strings.Contains(a.to, "/orders/"):
			orders++
		case a.status == http.StatusConflict && a.says(l.T("checkout.conflict.sold_out", "name", g.name)):
			told++
		default:
			t.Errorf("answered %d %s", a.status, a.to)
		}
	}
	if orders != jars || told != buyers-jars {
		t.Errorf("%d orders and %d told so, want %d and %d", orders, told, jars, buyers-jars)
	}
	if n := w.number("select count(*) from orders"); n != jars {
		t.Errorf("%d orders kept, want %d", n, jars)
	}
	if n := w.number("select stock from variants where id = $1", variant); n != 0 {
		t.Errorf("%d jars left, want none", n)
	}
}

// rush is somebody with her finger on the button.
type rush struct {
	c    *client
	form url.Values
}

type outcome struct {
	answer
	err error
}

// atCheckout takes somebody new to a filled checkout form for cash in Nukus.
func (w *world) atCheckout(variant int, email string) rush {
	w.t.Helper()
	c := newClient(w.t, w.app.BaseURL)
	return rush{c, c.atCheckout(w.t, "/en-uz", variant, map[string]string{
		"email": email, "name": "Gúljaxan", "phone": "+998 61 224 10 20", "region": "UZ-QR", "city": "Nókis", "line1": "Doslıq 5", "payment": "cod"})}
}

// atCheckout puts something in the cart and returns the checkout form, filled.
func (c *client) atCheckout(t testing.TB, locale string, variant int, fields map[string]string) url.Values {
	t.Helper()
	added, err := c.post(locale+"/cart/lines", url.Values{"variant": {fmt.Sprint(variant)}, "quantity": {"1"}})
	if err != nil || added.status != http.StatusSeeOther {
		t.Fatalf("into the cart: %d %v", added.status, err)
	}
	page, err := c.get(locale + "/checkout")
	if err != nil {
		t.Fatal(err)
	}
	form, err := page.inputs("#checkout")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		form.Set(name, value)
	}
	return form
}

// together sends all forms at the same moment.
func together(ready []rush) []outcome {
	outcomes := make([]outcome, len(ready))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, r := range ready {
		all.Go(func() {
			<-start
			a, err := r.c.post("/en-uz/checkout", r.form)
			outcomes[i] = outcome{a, err}
		})
	}
	close(start)
	all.Wait()
	return outcomes
}
