package buy_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"awil/internal/money"
	"awil/internal/platform/mail"
)

// shot is a small photo, another for each n.
func shot(t *testing.T, n int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for x := range 640 {
		for y := range 480 {
			img.Set(x, y, color.RGBA{uint8(40 * n), uint8(x), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// send posts a form with photos, as a browser without scripts does.
func (b *browser) send(path string, form url.Values, photos ...[]byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			if err := w.WriteField(name, value); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	for i, photo := range photos {
		part, err := w.CreateFormFile("photo", strconv.Itoa(i)+".jpg")
		if err == nil {
			_, err = part.Write(photo)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.request(http.MethodPost, path, &body, "Content-Type", w.FormDataContentType())
}

// paid places an order of jars and slippers, paid by transfer.
func (w *world) paid(b *browser) (order string) {
	w.t.Helper()
	w.people()
	b.add("en-uz", jam, 3)
	b.add("en-uz", felt, 1)
	order = b.buy("en-uz", append([]string{"payment", "bank"}, nukus...)...)
	total := money.New(int64(w.number(`select total_minor from orders`)), money.UZS)
	if _, err := w.checkout.BankReceived(w.t.Context(), 3, int64(w.number(`select id from orders`)), total); err != nil {
		w.t.Fatal(err)
	}
	return order
}

// TestWhatWouldGoBack: the form says how much, and which parcel would not be
// sent, as the script asks and as the button without it shows.
func TestWhatWouldGoBack(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	order := w.paid(b)
	jars, slippers := strconv.Itoa(w.number(`select id from order_lines where variant_id = $1`, jam)), strconv.Itoa(w.number(`select id from order_lines where variant_id = $1`, felt))
	form := b.get(order + "/refund").form("form.ask")
	page := b.get(order + "/refund")
	page.says("[data-outcome]", "Choose how many of each")
	page.says("select[name=quantity]", "2 of 3 · 90,000 soʻm")
	page.says(".ask", "Any language is fine")
	ask := func(quantities ...string) answer {
		return b.get(order + "/refund/total?" + url.Values{"line": {jars, slippers}, "quantity": quantities}.Encode()).is(http.StatusOK)
	}
	if some := ask("2", "0").body; !strings.Contains(some, "90,000\u00a0soʻm") || strings.Contains(some, "not sent") {
		t.Errorf("two jars: %s", some)
	}
	all := ask("9", "1").body
	for _, says := range []string{"225,000\u00a0soʻm", "The parcel from Altın Qawın", "The parcel from Kiyiz", "may go back as well"} {
		if !strings.Contains(all, says) {
			t.Errorf("all: no %q in %s", says, all)
		}
	}
	w.pack(tokenOf(order), true)
	if sent := ask("3", "0").body; !strings.Contains(sent, "135,000\u00a0soʻm") || strings.Contains(sent, "not sent") {
		t.Errorf("all jars, on their way: %s", sent)
	}
	form["line"], form["quantity"] = []string{jars, slippers}, []string{"1", "1"}
	form.Set("do", "total")
	form.Set("message", "Broken")
	page = b.post(order+"/refund", form).is(http.StatusOK)
	page.says("[data-outcome]", "135,000 soʻm")
	page.says("textarea[name=message]", "Broken")
	if n := w.number(`select count(*) from refund_requests`); n != 0 {
		t.Errorf("%d requests", n)
	}
	b.get("/en-uz/orders/" + strings.Repeat("A", 26) + "/refund/total").is(http.StatusNotFound)
}

// TestMorePhotosThanWeKeep: the first four are kept, the form says so and loses
// nothing, one can be taken out again, and the order's page shows the rest with
// her words.
func TestMorePhotosThanWeKeep(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	order := w.paid(b)
	form := b.get(order + "/refund").form("form.ask")
	form.Set("message", "Two jars\ncame broken")
	var photos [][]byte
	for n := range 5 {
		photos = append(photos, shot(t, n))
	}
	page := b.send(order+"/refund", form, photos...).is(http.StatusUnprocessableEntity) // nothing was chosen yet
	page.has(".shots img", 4)
	page.has("input[name=kept]", 4)
	page.says("[data-full]:not([hidden])", "We keep the first 4")
	page.says("textarea[name=message]", "Two jars")

	form = page.form("form.ask")
	form.Set("drop", form["kept"][0])
	page = b.send(order+"/refund", form).is(http.StatusOK)
	page.has("input[name=kept]", 3)

	form = page.form("form.ask")
	form["line"], form["quantity"] = []string{strconv.Itoa(w.number(`select id from order_lines where variant_id = $1`, jam))}, []string{"2"}
	form.Set("reason", "damaged")
	b.send(order+"/refund", form, photos[0], photos[4]).sends(http.StatusSeeOther, order)
	page = b.get(order)
	page.says(".flash.good", "with the first 4 photos")
	page.says(".request", "2 × Melon jam, 500 g")
	page.says(".request blockquote", "came broken")
	page.has(".request .shots a img", 4)
	w.work()
	letters, err := w.outbox.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(letters, func(l mail.Kept) bool {
		return strings.Contains(l.To, "gul@example.com") && l.Subject == "Letter refund_asked"
	}) {
		t.Error("she is not told that we have it")
	}
}
