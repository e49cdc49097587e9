package mail_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/shipping"
	"awil/templates/mail"
)

func order(lang i18n.Lang) orders.Whole {
	number, until, net := int64(10468), time.Date(2026, 11, 24, 18, 4, 0, 0, time.UTC), 500
	return orders.Whole{
		Order: orders.Order{
			ID: 7, Token: "T", Reference: "7KQ2-M4XA", Number: &number, Market: "jp", Lang: lang, Currency: money.JPY,
			PaymentMethod: markets.Card, Email: "hanako@example.jp",
			Address:      shipping.Address{Name: "山田 花子", Country: "JP", Postcode: "220-0012", Region: "JP-14", City: "横浜市西区", Line1: "みなとみらい2-3-1"},
			ShippingKind: shipping.Box, ShippingName: "EMS", MinDays: 7, MaxDays: 14, GoodsMinor: 5700, ShippingMinor: 1450, TotalMinor: 7150,
			ExpiresAt: &until,
		},
		Parcels: []orders.Parcel{
			{ID: 1, ProducerID: 1, ProducerName: "Altın Qawın", VillageName: "Shımbay", Carrier: "uzpost", TrackingNumber: "CP761294038UZ"},
			{ID: 2, ProducerID: 2, ProducerName: "Boyan", VillageName: "Qaraózek"},
		},
		Lines: []orders.Line{
			{ID: 1, ParcelID: 1, Name: "Melon jam <with> whole fruit", Quantity: 2, Currency: money.JPY, UnitMinor: 2360, LineMinor: 4720,
				BaseMinor: 15_500_000, Base: money.UZS, CommissionBP: 1000, NetQuantity: &net, NetUnit: "g"},
			{ID: 2, ParcelID: 2, Name: "Liquorice tea", VariantLabel: "80 g", Quantity: 1, Currency: money.JPY, UnitMinor: 980, LineMinor: 980,
				BaseMinor: 1, Base: money.UZS, NetUnit: "piece"},
		},
	}
}

// letters are all that can be written in a language, by name.
func letters(lang i18n.Lang) map[string]checkout.Mail {
	o := order(lang)
	base := checkout.Mail{
		Audience: checkout.ToBuyer, Lang: lang, Order: o, Link: "https://awil.test/ja-jp/orders/T", Home: "https://awil.test/ja-jp/",
		Programme: markets.Programme{Name: "Awıl", BankDetails: "Bank of Nukus\nIBAN 1234", Demo: true},
	}
	job := orders.Job{
		ParcelID: 1, Number: 10468, Kind: shipping.Parcel, Currency: money.UZS, CollectMinor: 31_000_000, Note: "A gift & no price, please",
		Address: shipping.Address{Name: "Gulnara", Phone: "+998912345678", Country: "UZ", Region: "UZ-QR", City: "Nókis", Line1: "Ǵárezsizlik 12"},
		Lines:   o.Lines[:1],
	}
	hub := job
	hub.Kind, hub.CollectMinor, hub.Note, hub.Address = shipping.Box, 0, "", shipping.Address{Country: "JP", City: "横浜市"}

	all := map[string]checkout.Mail{}
	for _, letter := range []orders.Letter{orders.LetterPlaced, orders.LetterConfirmed, orders.LetterShipped, orders.LetterExpired, orders.LetterCancelled, orders.LetterParcelOff} {
		m := base
		m.Letter, m.Parcel = letter, &o.Parcels[0]
		all["buyer "+string(letter)] = m
	}
	cash, straight := all["buyer confirmed"], all["buyer shipped"]
	cash.Order.PaymentMethod = markets.COD
	straight.Order.ShippingKind = shipping.Parcel
	one, atDoor, off, dropped := cash, straight, all["buyer parcel_off"], all["buyer cancelled"]
	one.Order.Parcels, one.Order.Lines = o.Parcels[:1], o.Lines[:1]
	atDoor.Order.PaymentMethod = markets.COD
	parcel := o.Parcels[1].ID
	off.Order.PaymentMethod, off.Order.Parcels = markets.COD, slices.Clone(o.Parcels)
	off.Order.Parcels[1].Status, off.Parcel = orders.ParcelCancelled, &off.Order.Parcels[1]
	off.Order.Events = []orders.Event{{ParcelID: &parcel, ToStatus: string(orders.ParcelCancelled), Actor: orders.Staff, Note: "The press is broken"}}
	dropped.Order.CancelReason = "The workshop is closed"
	all["buyer confirmed, cash for one parcel"], all["buyer shipped, cash"], all["buyer parcel_off"] = one, atDoor, off
	all["buyer cancelled, for a reason"] = dropped
	all["buyer confirmed, cash"], all["buyer shipped, straight"] = cash, straight
	for name, one := range map[string]orders.Job{"": job, ", hub": hub} {
		m := base
		m.Audience, m.Letter, m.Job = checkout.ToProducer, orders.LetterConfirmed, &one
		all["producer pack"+name] = m
		m.Letter = orders.LetterCancelled
		all["producer unpack"+name] = m
	}
	addRefunds(all, base, job)
	if lang != i18n.EN && lang != i18n.RU { // what staff read
		return all
	}
	addStaff(all, base)
	m := base
	m.Audience, m.Letter = checkout.ToStaff, orders.LetterRefundDue
	m.Refund = &payments.Payment{ID: 9, AmountMinor: 7150, Currency: money.JPY, RefundDue: true}
	all["staff refund"] = m
	received, currency := int64(7200), money.USD
	m.Refund = &payments.Payment{ID: 9, AmountMinor: 7150, Currency: money.JPY, RefundDue: true, ReceivedMinor: &received, ReceivedCurrency: &currency}
	all["staff refund, another sum"] = m
	return all
}

// addRefunds adds the letters about money that goes back.
func addRefunds(all map[string]checkout.Mail, base checkout.Mail, job orders.Job) {
	payment, staff := int64(9), int64(3)
	back := checkout.Back{
		Refund: payments.Refund{ID: 4, PaymentID: &payment, Kind: payments.RefundOfOrder, Method: payments.ByProvider, Status: payments.RefundDue,
			AmountMinor: 3060, Currency: money.JPY, Reason: "One jar came broken", DecidedBy: &staff},
		Lines: slices.Clone(base.Order.Lines[:1]), Shipping: money.New(700, money.JPY), Restock: true,
	}
	back.Lines[0].Quantity, back.Lines[0].LineMinor = 1, 2360
	add := func(name string, letter orders.Letter, change func(m *checkout.Mail, b *checkout.Back)) {
		m, b := base, back
		m.Letter, m.Back = letter, &b
		change(&m, &b)
		all[name] = m
	}
	add("buyer refunded", orders.LetterRefunded, func(m *checkout.Mail, _ *checkout.Back) {
		m.Request = &payments.Request{Answer: "We are sorry"}
	})
	add("buyer refunded, bank", orders.LetterRefunded, func(m *checkout.Mail, _ *checkout.Back) { m.Order.PaymentMethod = markets.Bank })
	add("buyer refunded, cash", orders.LetterRefunded, func(_ *checkout.Mail, b *checkout.Back) { b.PaymentID, b.DecidedBy = nil, nil })
	add("buyer refunded, refused", orders.LetterRefunded, func(_ *checkout.Mail, b *checkout.Back) { b.Status = payments.RefundFailed })
	add("buyer refunded, stray", orders.LetterRefunded, func(_ *checkout.Mail, b *checkout.Back) { b.Kind, b.DecidedBy = payments.RefundUnexpected, nil })
	add("buyer refunded, not sent", orders.LetterRefunded, func(m *checkout.Mail, _ *checkout.Back) {
		m.Order.Parcels = slices.Clone(m.Order.Parcels)
		m.Order.Parcels[0].Status = orders.ParcelCancelled
	})
	for _, till := range []string{"bank", "cash", "courier", "stripe", "payme", "click"} {
		add("buyer refund sent, "+till, orders.LetterRefundSent, func(_ *checkout.Mail, b *checkout.Back) { b.Proof, b.Till = "transfer 1881", till })
	}
	add("buyer refund asked", orders.LetterRefundAsked, func(m *checkout.Mail, _ *checkout.Back) {
		m.Back, m.Request = nil, &payments.Request{Reason: payments.Damaged, Message: "It came\nbroken", PhotoIDs: []int64{1, 2},
			Lines: []payments.RequestLine{{LineID: 1, Quantity: 1}}, LapsesAt: time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC)}
	})
	add("buyer refund declined", orders.LetterRefundDeclined, func(m *checkout.Mail, _ *checkout.Back) {
		m.Back, m.Request = nil, &payments.Request{Answer: "It was as described"}
	})
	for _, status := range []orders.ParcelStatus{orders.ParcelCancelled, orders.ParcelPacked, orders.ParcelDelivered} {
		add("producer refunded, "+string(status), orders.LetterRefunded, func(m *checkout.Mail, b *checkout.Back) {
			b.Less, m.Request = money.New(8_100_000, money.UZS), &payments.Request{Reason: payments.Damaged}
			one := job
			one.Status = status
			m.Audience, m.Job = checkout.ToProducer, &one
		})
	}
}

// addStaff adds what staff are written about refunds and disputes.
func addStaff(all map[string]checkout.Mail, base checkout.Mail) {
	until := time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC)
	base.Audience = checkout.ToStaff
	base.Back = &checkout.Back{Refund: payments.Refund{AmountMinor: 3060, Currency: money.JPY, Failure: "errors.refund.card_gone"}}
	base.Request = &payments.Request{Reason: payments.Damaged, Message: "It came broken", PhotoIDs: []int64{1, 2}, LapsesAt: until,
		Lines: []payments.RequestLine{{LineID: 1, Quantity: 1}}}
	base.Found = checkout.Found{Ref: "re_1", Amount: "3060 JPY"}
	for letter, status := range map[orders.Letter]payments.DisputeStatus{
		orders.LetterRefundFailed: "", orders.LetterRefundFound: "", orders.LetterRefundAsked: "", orders.LetterInquiry: "",
		orders.LetterDisputeOpened: payments.DisputeOpen, orders.LetterDisputeClosed: payments.DisputeLost,
	} {
		m := base
		m.Letter = letter
		m.Dispute = &payments.Dispute{ProviderRef: "dp_1", Status: status, AmountMinor: 7150, Currency: money.JPY, RespondBy: &until}
		all["staff "+string(letter)] = m
	}
	won := all["staff dispute_closed"]
	dispute := *won.Dispute
	dispute.Status = payments.DisputeWon
	won.Dispute = &dispute
	all["staff dispute_closed, won"] = won
	auto := base
	auto.Letter, auto.Refund = orders.LetterRefundDue, &payments.Payment{ID: 9, AmountMinor: 7150, Currency: money.JPY, RefundDue: true}
	auto.Back = &checkout.Back{Refund: payments.Refund{Method: payments.ByProvider}}
	all["staff refund, by itself"] = auto
}

var leftover = regexp.MustCompile(`\{\w+\}|(mail|refund|till|refunds|errors)\.\w+\.\w|checkout\.\w|%!`)

// TestEveryLetterInEveryLanguage: nothing is left unfilled, HTML and text say
// the same, and the link is in both.
func TestEveryLetterInEveryLanguage(t *testing.T) {
	for _, lang := range i18n.Langs() {
		for name, m := range letters(lang) {
			t.Run(fmt.Sprintf("%s %s", lang, name), func(t *testing.T) {
				written, err := mail.Write(t.Context(), m)
				if err != nil {
					t.Fatal(err)
				}
				check(t, lang, written)
			})
		}
	}
}

func check(t *testing.T, lang i18n.Lang, w checkout.Written) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.HTML))
	if err != nil {
		t.Fatal(err)
	}
	said := doc.Find("body").Text()
	for part, text := range map[string]string{"subject": w.Subject, "text": w.Text, "html": said} {
		if text == "" || leftover.MatchString(text) {
			t.Errorf("%s: %q", part, text)
		}
	}
	if doc.Find("html").AttrOr("lang", "") != lang.Tag() || doc.Find("h1").Length() != 1 {
		t.Errorf("html of %q", lang)
	}
	link := doc.Find("a").Last().AttrOr("href", "")
	if !strings.HasPrefix(link, "https://") || !strings.Contains(w.Text, "\n"+link+"\n") {
		t.Errorf("link %q is not alone on a line of\n%s", link, w.Text)
	}
	if strings.Contains(w.HTML, "zTemplUnsafe") {
		t.Error("a style was thrown out")
	}
	for _, line := range strings.Split(w.Text, "\n") {
		if len([]rune(line)) > 90 && !strings.HasPrefix(line, "https://") {
			t.Errorf("long line %q", line)
		}
	}
}

func TestWhatLettersSay(t *testing.T) {
	all := letters(i18n.EN)
	tests := []struct {
		name string
		says []string
		not  []string
	}{
		{"buyer placed", []string{"7KQ2-M4XA", "¥7,150", "IBAN 1234", "November 24, 2026"}, nil},
		{"buyer confirmed", []string{"AW-10468", "Melon jam <with> whole fruit, 500 g", "¥4,720", "¥1,450", "Kanagawa", "Japan", "7 to 14 days"}, nil},
		{"buyer confirmed, cash", []string{"pay for each in cash", "Altın Qawın: ¥4,720", "Boyan: ¥980"}, []string{"your payment"}},
		{"buyer confirmed, cash for one parcel", []string{"You pay ¥7,150 in cash"}, []string{"for each"}},
		{"buyer shipped, cash", []string{"To pay on receipt: ¥4,720", "Paid so far: ¥0", "Still to pay: ¥5,700"}, nil},
		{"buyer parcel_off", []string{"Boyan will not be sent", "The press is broken", "Still to pay: ¥4,720", "Liquorice tea"}, []string{"Melon"}},
		{"buyer cancelled, for a reason", []string{"The workshop is closed"}, nil},
		{"buyer shipped", []string{"our hub", "Altın Qawın"}, []string{"CP761294038UZ", "Liquorice"}},
		{"buyer shipped, straight", []string{"CP761294038UZ", "Oʻzbekiston pochtasi", "japanpost.jp"}, []string{"our hub"}},
		{"producer pack", []string{"279,000", "310,000", "Gulnara", "A gift & no price", "+998 91 234 56 78"}, nil},
		{"producer pack, hub", []string{"hub", "Japan"}, []string{"Gulnara", "横浜市", "Where it goes"}},
		{"buyer refunded", []string{"¥3,060", "1 × Melon jam", "¥2,360", "¥700", "One jar came broken", "We are sorry", "the way you paid"}, []string{"Liquorice"}},
		{"buyer refunded, bank", []string{"three working days"}, []string{"the way you paid"}},
		{"buyer refunded, cash", []string{"in cash"}, []string{"One jar"}},
		{"buyer refunded, stray", []string{"could not use"}, []string{"Melon", "One jar"}},
		{"buyer refunded, not sent", []string{"The parcel from Altın Qawın is not sent any more"}, []string{"Boyan"}},
		{"buyer refund sent, bank", []string{"transfer 1881", "¥3,060", "by bank transfer", "within a few days"}, []string{"card"}},
		{"buyer refund sent, cash", []string{"Who received it: transfer 1881", "¥3,060", "in cash"}, []string{"card", "bank", "on its way"}},
		{"buyer refund sent, courier", []string{"A courier", "in cash"}, []string{"card", "bank", "on its way"}},
		{"buyer refund sent, payme", []string{"through Payme"}, []string{"bank transfer"}},
		{"buyer refund asked", []string{"December 4, 2026", "broken or spoilt", "1 × Melon jam", "¥2,360", "2 photos"}, []string{"Liquorice"}},
		{"buyer refund declined", []string{"It was as described"}, nil},
		{"producer refunded, cancelled", []string{"do not send this parcel", "back in your stock"}, nil},
		{"producer refunded, packed", []string{"leave these things out"}, nil},
		{"staff refund, by itself", []string{"by itself"}, []string{"hanako@example.jp"}},
		{"staff refund_failed", []string{"hanako@example.jp", "card is closed"}, nil},
		{"staff refund_asked", []string{"It came broken", "broken or spoilt", "2 photos", "December 4, 2026", "1 × Melon jam"}, nil},
		{"staff dispute_opened", []string{"December 4, 2026", "dp_1"}, nil},
		{"staff refund", []string{"hanako@example.jp", "¥7,150"}, nil},
		{"staff refund, another sum", []string{"hanako@example.jp", "¥7,150", "$72.00"}, []string{"goods are gone"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := mail.Write(t.Context(), all[tt.name])
			if err != nil {
				t.Fatal(err)
			}
			unwrapped := strings.Join(strings.Fields(w.Text), " ")
			for _, says := range tt.says {
				if !strings.Contains(unwrapped, says) && !strings.Contains(w.Subject, says) {
					t.Errorf("no %q in %s\n%s", says, w.Subject, w.Text)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(w.Text, not) || strings.Contains(w.HTML, not) {
					t.Errorf("%q in\n%s", not, w.Text)
				}
			}
			if strings.Contains(w.HTML, "<with>") {
				t.Error("a name was taken for markup")
			}
		})
	}
}

func TestUnknownLetter(t *testing.T) {
	m := letters(i18n.EN)["staff refund"]
	m.Letter = orders.LetterShipped
	if _, err := mail.Write(t.Context(), m); err == nil {
		t.Error("staff were told that something was shipped")
	}
}
