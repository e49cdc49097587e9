package buy_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"awil/internal/money"
)

// TestAskForMoneyBack: a buyer says what is not right, sees that it is with
// the programme, and may take it back.
func TestAskForMoneyBack(t *testing.T) {
	w := newWorld(t)
	w.people()
	b := w.browser()
	b.add("en-uz", jam, 3)
	b.add("en-uz", felt, 1)
	order := b.buy("en-uz", append([]string{"payment", "bank"}, nukus...)...)
	b.get(order).has("a[href$='/refund']", 0) // nothing has been paid
	b.get(order+"/refund").sends(http.StatusSeeOther, order)
	total := money.New(int64(w.number(`select total_minor from orders`)), money.UZS)
	if _, err := w.checkout.BankReceived(t.Context(), 3, int64(w.number(`select id from orders`)), total); err != nil {
		t.Fatal(err)
	}
	b.get(order).has("a[href$='/refund']", 1)

	page := b.get(order + "/refund").is(http.StatusOK)
	page.has("input[name=line]", 2)
	page.has("select[name=quantity]", 2)
	form := page.form("form.ask")
	form.Set("message", "Two jars came broken")
	page = b.post(order+"/refund", form).is(http.StatusUnprocessableEntity)
	page.says("form.ask", "Choose at least one thing.")
	page.says("textarea[name=message]", "Two jars came broken")

	jars, slippers := w.number(`select id from order_lines where variant_id = $1`, jam), w.number(`select id from order_lines where variant_id = $1`, felt)
	form["line"], form["quantity"] = []string{strconv.Itoa(jars), strconv.Itoa(slippers)}, []string{"2", "0"}
	form.Set("reason", "damaged")
	// A picture of the programme's own, and one sent too long ago: knowing their names is not enough.
	w.exec(`insert into photos (key, original_key, mime, bytes, width, height, sha256) select repeat(k, 22), k, 'image/jpeg', 1, 1, 1, sha256(k::bytea)
		from unnest(array['a', 'b', 'c']) k`)
	w.exec(`insert into order_photos (photo_id, order_id, sent_at) select p.id, o.id, case p.original_key when 'b' then now() - interval '49 hours' else now() end
		from photos p, orders o where p.original_key in ('b', 'c')`)
	form["kept"] = []string{strings.Repeat("a", 22), strings.Repeat("b", 22), strings.Repeat("c", 22)}
	b.post(order+"/refund", form).sends(http.StatusSeeOther, order)
	if n := w.number(`select count(*) from refund_request_photos r join photos p on p.id = r.photo_id where p.original_key = 'c'`); n != 1 {
		t.Error("her own picture is not kept")
	}
	if n := w.number(`select count(*) from refund_request_photos`); n != 1 {
		t.Errorf("%d pictures are kept", n)
	}
	form.Del("kept")
	page = b.get(order)
	page.says(".flash.good", "The programme has it")
	page.says("section.note", "It arrived broken or spoilt")
	page.has("a[href$='/refund']", 0)
	if n := w.number(`select sum(quantity) from refund_request_lines`); n != 2 {
		t.Errorf("%d pieces asked about", n)
	}
	b.post(order+"/refund", form).sends(http.StatusSeeOther, order)
	b.get(order).says(".flash", "You have asked already")
	if n := w.number(`select count(*) from refund_requests`); n != 1 {
		t.Errorf("%d requests", n)
	}

	b.post(order+"/refund/withdraw", nil).sends(http.StatusSeeOther, order)
	b.get(order).says("section.note", "You took it back")
	b.post(order+"/refund/withdraw", nil).sends(http.StatusSeeOther, order)
}
