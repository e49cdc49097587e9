package studio_test

import (
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"awil/internal/checkout"
	"awil/internal/orders"
)

// bomb is a PNG that says it is enormous, in a few bytes.
func bomb() []byte {
	size := binary.BigEndian.AppendUint32(nil, 30_000)
	size = binary.BigEndian.AppendUint32(size, 30_000)
	data := []byte("\x89PNG\r\n\x1a\n")
	for _, chunk := range []struct{ kind, body string }{
		{"IHDR", string(size) + "\x08\x02\x00\x00\x00"}, {"IDAT", "\x78\x9c\x03\x00\x00\x00\x00\x01"}, {"IEND", ""},
	} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(chunk.body)))
		data = append(data, chunk.kind+chunk.body...)
		data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE([]byte(chunk.kind+chunk.body)))
	}
	return data
}

func TestPackAndSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın varenyesi"), "uz", 2)
	b := w.signedIn(w.herID)
	path := at("/orders/%d", job.ParcelID)
	page := b.get(path)
	text := page.doc.Find("main").Text()
	for _, want := range []string{"Qawın varenyesi", "Gulnara Bekova", "Nókis", "It is a gift", "172", "192"} { // 2 × 96 000 less a tenth; and 20 000 for sending
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if page.doc.Find(".pack img").Length() != 1 || page.doc.Find("input[name=tracking]").Length() != 0 {
		t.Error("no picture, or sending is asked before packing")
	}
	if res := b.post(path+"/packed", nil); res.to() != path {
		t.Fatalf("packed: %d", res.StatusCode)
	}
	bad := b.post(path+"/shipped", url.Values{"carrier": {"uzpost"}, "tracking": {"CP 761294031 UZ"}})
	if bad.StatusCode != http.StatusUnprocessableEntity || bad.doc.Find("#tracking-problem").Text() == "" || bad.doc.Find("input[name=tracking]").AttrOr("value", "") != "CP 761294031 UZ" {
		t.Errorf("a slip of the thumb: %d", bad.StatusCode)
	}
	for name, form := range map[string]url.Values{"nobody": {}, "somebody": {"carrier": {"other"}}} {
		res := b.post(path+"/shipped", form)
		if res.StatusCode != http.StatusUnprocessableEntity || res.doc.Find("#carrier-problem").Text() == "" {
			t.Errorf("%s carries it: %d", name, res.StatusCode)
		}
	}
	if res := b.post(path+"/shipped", url.Values{"carrier": {"other"}, "carrier_other": {"Aǵam"}, "tracking": {""}}); res.to() != path {
		t.Fatalf("shipped: %d %s", res.StatusCode, res.doc.Find(".problem.shown").Text())
	}
	j, err := w.Orders.Job(t.Context(), w.her.ProducerID, job.ParcelID)
	if err != nil || j.Status != orders.ParcelShipped || j.Carrier != "Aǵam" {
		t.Errorf("%s by %q, %v", j.Status, j.Carrier, err)
	}
	if res := b.get("/studio/orders/done"); res.doc.Find(".entry").Length() != 1 {
		t.Error("not among what was sent")
	}
	if res := b.post(path+"/packed", nil); res.to() != path {
		t.Errorf("a second press: %d", res.StatusCode)
	}
}

// TestSheHasTheCash: she says so once her parcel has left, once, and reads what
// of it is the programme's.
func TestSheHasTheCash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın"), "uz", 2)
	b := w.signedIn(w.herID)
	path := at("/orders/%d", job.ParcelID)
	if res := b.post(path+"/cash", nil); res.to() != path {
		t.Fatalf("%d", res.StatusCode)
	}
	if page := b.get(path); page.doc.Find(".flash").Length() != 1 || page.doc.Find("form[action$='/cash']").Length() != 0 {
		t.Error("cash for what has not left")
	}
	b.post(path+"/packed", nil)
	b.post(path+"/shipped", url.Values{"carrier": {"uzpost"}, "tracking": {""}})
	if other := w.signedIn(w.otherID).post(path+"/cash", nil); other.StatusCode != http.StatusNotFound {
		t.Errorf("another's parcel: %d", other.StatusCode)
	}
	if n := b.get(path).doc.Find("form.dock[action$='/cash'] button").Length(); n != 1 {
		t.Errorf("%d buttons", n)
	}
	for range 2 { // a double tap changes nothing
		if res := b.post(path+"/cash", nil); res.to() != path {
			t.Fatalf("%d", res.StatusCode)
		}
	}
	page := b.get(path)
	text := page.doc.Find("main").Text()
	if page.doc.Find("form[action$='/cash']").Length() != 0 || !strings.Contains(text, "212") || !strings.Contains(text, "19") {
		t.Errorf("she has the cash: %s", text) // 192 000 and 20 000 for sending, 19 200 of it the programme's
	}
	j, err := w.Orders.Job(t.Context(), w.her.ProducerID, job.ParcelID)
	if err != nil || j.Collector != "producer" || j.CollectedAt == nil {
		t.Errorf("%+v, %v", j, err)
	}
}

func TestTracking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın"), "uz", 1)
	b := w.signedIn(w.herID)
	path := at("/orders/%d", job.ParcelID)
	b.post(path+"/packed", nil)
	b.post(path+"/shipped", url.Values{"carrier": {"uzpost"}, "tracking": {"rr 123 456 785 uz"}})
	if got := b.get(path).doc.Find("main").Text(); !strings.Contains(got, "RR123456785UZ") {
		t.Errorf("the number is not shown tidy: %s", got)
	}
}

func TestExportBoxGoesToTheHub(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın"), "jp", 3)
	b := w.signedIn(w.herID)
	for _, path := range []string{at("/orders/%d", job.ParcelID), at("/orders/%d/slip", job.ParcelID)} {
		res := b.get(path)
		if !strings.Contains(res.body, "Test programme") || !strings.Contains(res.body, job.Label()) {
			t.Errorf("%s: where to is missing", path)
		}
		for _, secret := range []string{abroad.Name, abroad.Line1, "12345678"} {
			if strings.Contains(res.body, secret) {
				t.Errorf("%s shows %q of the buyer", path, secret)
			}
		}
	}
}

func TestSlip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın"), "uz", 2)
	res := w.signedIn(w.herID).get(at("/orders/%d/slip", job.ParcelID))
	text := res.doc.Find("main").Text()
	for _, want := range []string{"Gulnara Bekova", "Qawın", "2 ×", "Altın Qawın"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the sheet", want)
		}
	}
	if strings.Contains(text, "gift") {
		t.Error("the buyer's note to the workshop is on the sheet")
	}
}

func TestCancelledMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın"), "uz", 1)
	w.must(w.checkout.CancelByStaff(t.Context(), w.staff, job.OrderID, "buyer asked"))
	b := w.signedIn(w.herID)
	path := at("/orders/%d", job.ParcelID)
	if res := b.post(path+"/packed", nil); res.to() != path {
		t.Fatalf("%d", res.StatusCode)
	}
	res := b.get(path)
	if res.doc.Find(".flash").Length() != 1 || res.doc.Find(".note.attention").Length() != 1 || res.doc.Find(".dock button").Length() != 0 {
		t.Errorf("a cancelled parcel: %s", res.doc.Find("main").Text())
	}
}

// TestACancelledParcelAsksForNothing: no address, no money, no step and no sheet
// for the box; only what was in it.
func TestACancelledParcelAsksForNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın"), "uz", 2)
	b := w.signedIn(w.herID)
	path := at("/orders/%d", job.ParcelID)
	w.must(w.checkout.CancelByStaff(t.Context(), w.staff, job.OrderID, "none left"))
	page := b.get(path)
	text := page.doc.Find("main").Text()
	for _, gone := range []string{"Gulnara", "Nókis", "It is a gift", "192", "172"} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is still on the page", gone)
		}
	}
	if !strings.Contains(text, "Qawın") || page.doc.Find(".note.attention").Length() != 1 {
		t.Errorf("it does not say what was cancelled: %q", text)
	}
	if page.doc.Find("main form, .dock, .way, input, a[href$=slip]").Length() != 0 {
		t.Error("it asks for something")
	}
	if res := b.get(path + "/slip"); res.to() != path {
		t.Errorf("a sheet for the box: %d", res.StatusCode)
	}
}

// TestWhatIsPaidBackIsLeftOut: pieces whose money goes back are neither packed
// nor hers.
func TestWhatIsPaidBackIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.ordered(w.live(w.her, "Qawın"), "jp", 3)
	b := w.signedIn(w.herID)
	path := at("/orders/%d", job.ParcelID)
	before, err := w.Payouts.OfParcel(t.Context(), w.her.ProducerID, job.ParcelID)
	w.must(err)
	refund := func(pieces int) {
		t.Helper()
		_, err := w.checkout.DecideRefund(t.Context(), w.staff, checkout.RefundInput{OrderID: job.OrderID, FormToken: checkout.NewFormToken(), Reason: "one was broken",
			Lines: []checkout.RefundPiece{{LineID: job.Lines[0].ID, Quantity: pieces}}})
		w.must(err)
	}
	refund(1)
	after, err := w.Payouts.OfParcel(t.Context(), w.her.ProducerID, job.ParcelID)
	w.must(err)
	if after.Sold != before.Sold || after.Back.Minor*3 != before.Sold.Minor || after.Gone[job.Lines[0].ID] != 1 {
		t.Errorf("%+v, before %+v", after, before)
	}
	page := b.get(path)
	if text := page.doc.Find(".pack").Text(); !strings.Contains(text, "1") || page.doc.Find(".pack .state.do").Length() != 1 {
		t.Errorf("nothing to leave out: %q", text)
	}
	if slip := b.get(path + "/slip").doc.Find(".slip-goods td").First().Text(); !strings.Contains(slip, "2") {
		t.Errorf("the sheet for the box says %q", slip)
	}
}
