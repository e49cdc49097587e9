package mail_test

import (
	"strings"
	"testing"
	"time"

	"awil/internal/i18n"
	"awil/internal/payouts"
	"awil/templates/mail"
)

// TestLetterAboutADestination: in every language it names the number by its end
// alone, who wrote it, and from when on it counts.
func TestLetterAboutADestination(t *testing.T) {
	t.Parallel()
	for _, lang := range []i18n.Lang{i18n.EN, i18n.RU, i18n.UZ, i18n.KAA, i18n.KY, i18n.JA} {
		m := payouts.Letter{Lang: lang, Waits: true, UsableFrom: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Link: "https://awil.test/studio/money/to", Home: "https://awil.test/studio",
			Destination: payouts.Destination{ID: 1, Kind: payouts.KindCard, Holder: "AYSULU T", Tail: "9012", Setter: "Anna"}}
		w, err := mail.WriteMoney(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{w.Text, w.HTML} {
			for _, want := range []string{"•••• 9012", "AYSULU T", "Anna", "24", m.Link} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: without %q:\n%s", lang, want, text)
				}
			}
			if strings.Contains(text, "money.") || strings.Contains(text, "{") && text == w.Text {
				t.Errorf("%s: %s", lang, text)
			}
		}
	}
}
