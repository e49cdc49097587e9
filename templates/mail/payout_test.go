package mail_test

import (
	"strings"
	"testing"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/payouts"
	"awil/templates/mail"
)

// aPayout is one of 172 000 soʻm: what was there from before, what was sold and
// went back since, less what stays.
func aPayout(status payouts.Status) payouts.Letter {
	uzs := func(minor int64) money.Amount { return money.New(minor, money.UZS) }
	p := payouts.Payout{ID: 7, Currency: money.UZS, Status: status, AmountMinor: 17_200_000, ReturnReason: "The bank knows no such card"}
	to := payouts.Destination{ID: 1, Kind: payouts.KindCard, Holder: "AYSULU T", Tail: "9012"}
	return payouts.Letter{Status: status, Destination: to, Link: "https://awil.test/studio/money/p7?in=UZS", Home: "https://awil.test/studio",
		Statement: &payouts.Statement{Currency: money.UZS, Period: payouts.OfPayout(7), Payout: &p, Destination: to,
			Opening: payouts.Balance{Payable: uzs(1_000_000), Held: uzs(0)}, Closing: payouts.Balance{Payable: uzs(0), Held: uzs(2_000_000)},
			Totals: []payouts.Total{
				{Kind: payouts.EntrySale, Entries: 2, Minor: 22_500_000, CommissionMinor: 2_500_000},
				{Kind: payouts.EntryRefund, Entries: 1, Minor: -4_300_000, CommissionMinor: -500_000},
				{Kind: payouts.EntryPayout, Entries: 1, Minor: -17_200_000},
			}}}
}

// TestLetterAboutAPayout: in every language it says how much was paid and where,
// by the end of the number alone, and lines that add up to it; or that it came
// back, and asks.
func TestLetterAboutAPayout(t *testing.T) {
	t.Parallel()
	for _, lang := range []i18n.Lang{i18n.EN, i18n.RU, i18n.UZ, i18n.KAA, i18n.KY, i18n.JA} {
		l := i18n.For(lang)
		for _, status := range []payouts.Status{payouts.Paid, payouts.Returned} {
			m := aPayout(status)
			m.Lang = lang
			w, err := mail.WriteMoney(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			wants := []string{"•••• 9012", "AYSULU T", l.Money(money.New(17_200_000, money.UZS))}
			if status == payouts.Paid {
				for _, minor := range []int64{1_000_000, 25_000_000, -4_800_000, -2_000_000} {
					wants = append(wants, l.Money(money.New(minor, money.UZS)))
				}
			} else {
				wants = append(wants, "The bank knows no such card")
			}
			for _, text := range []string{w.Text, strings.ReplaceAll(w.HTML, "&#39;", "'")} {
				for _, want := range wants {
					if !strings.Contains(text, want) {
						t.Errorf("%s, %s: without %q:\n%s", lang, status, want, w.Text)
					}
				}
			}
			if strings.Contains(w.Text+w.Subject, "money.") || strings.Contains(w.Text+w.Subject, "{") || !strings.Contains(w.Text, m.Link) {
				t.Errorf("%s, %s: %s\n%s", lang, status, w.Subject, w.Text)
			}
		}
	}
	cash := aPayout(payouts.Paid)
	cash.Lang, cash.Destination, cash.Statement.Destination = i18n.EN, payouts.Destination{ID: 2, Kind: payouts.KindCash, Holder: "Aysulu"}, payouts.Destination{ID: 2, Kind: payouts.KindCash}
	if w, err := mail.WriteMoney(t.Context(), cash); err != nil || !strings.Contains(w.Text, "handed over to you in cash") {
		t.Errorf("cash: %v\n%s", err, w.Text)
	}
	if _, err := mail.WriteMoney(t.Context(), payouts.Letter{Lang: i18n.EN, Status: payouts.Dropped}); err == nil {
		t.Error("a letter about what was dropped")
	}
}
