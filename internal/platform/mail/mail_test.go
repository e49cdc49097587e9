package mail

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
)

var (
	day  = time.Date(2026, 3, 9, 5, 0, 0, 0, time.UTC)
	shop = &netmail.Address{Name: "Awıl", Address: "orders@awil.example"}
)

func written(t *testing.T, m Message) Kept {
	t.Helper()
	msg, err := compose(m, shop, day)
	if err != nil {
		t.Fatal(err)
	}
	var source bytes.Buffer
	if _, err := msg.WriteTo(&source); err != nil {
		t.Fatal(err)
	}
	kept, err := parse(&source)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestEveryScriptComesThrough(t *testing.T) {
	for lang, words := range map[i18n.Lang]string{
		i18n.EN: "Your order is on its way", i18n.RU: "Ваш заказ уже в пути", i18n.UZ: "Buyurtmangiz yoʻlga chiqdi — gʻoz",
		i18n.KAA: "Buyırtpańız jolǵa shıqtı, óz úyińizge", i18n.KY: "Заказыңыз жолго чыкты, өңү үч", i18n.JA: "ご注文の品を発送しました。" + strings.Repeat("長い件名", 30),
	} {
		kept := written(t, Message{
			ID: "job-7-1", To: "山田花子 <hanako@example.jp>", Subject: words, Lang: lang,
			Text: words + "\n.\nhttps://awil.example/" + strings.Repeat("x", 120) + "\n", HTML: `<p lang="` + lang.Tag() + `">` + words + "</p>",
			Headers: map[string]string{"X-Entity-Ref-ID": "AW-197"},
		})
		if kept.Subject != words {
			t.Errorf("%s: subject %q", lang, kept.Subject)
		}
		if !strings.Contains(kept.Text, words+"\n.\nhttps://awil.example/"+strings.Repeat("x", 120)) || !strings.Contains(kept.HTML, words) {
			t.Errorf("%s: text %q, HTML %q", lang, kept.Text, kept.HTML)
		}
		if kept.To != "山田花子 <hanako@example.jp>" || kept.From != "Awıl <orders@awil.example>" || kept.MessageID != "job-7-1@awil.example" || !kept.Date.Equal(day) {
			t.Errorf("%s: %+v", lang, kept)
		}
		source := string(kept.Source)
		if !strings.Contains(source, "Content-Language: "+lang.Tag()+"\r\n") || !strings.Contains(source, "X-Entity-Ref-ID: AW-197\r\n") {
			t.Errorf("%s: headers:\n%s", lang, source)
		}
		for line := range strings.SplitSeq(source, "\r\n") {
			if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Errorf("%s: a line no server must take: %q", lang, line)
			}
		}
	}
}

// Whatever a form lets through, a message has the headers we give it and one
// recipient.
func TestNoHeaderInjection(t *testing.T) {
	good := Message{To: "hanako@example.jp", Subject: "Hello", Text: "Text"}
	for _, evil := range []string{"\r\nBcc: all@example.org", "\nBcc: all@example.org", "\rBcc: all@example.org", "\u2028Bcc: x", "\x00", "\x0bBcc: x"} {
		m := good
		m.Subject = "Jam" + evil
		kept := written(t, m)
		head, err := netmail.ReadMessage(bytes.NewReader(kept.Source))
		if err != nil || head.Header.Get("Bcc") != "" {
			t.Errorf("subject %q: %v, Bcc %q", evil, err, head.Header.Get("Bcc"))
		}
		if strings.ContainsAny(kept.Subject, "\r\n\x00\u2028") {
			t.Errorf("subject kept %q", kept.Subject)
		}
	}
	for name, spoil := range map[string]func(*Message){
		"line in recipient":   func(m *Message) { m.To = "a@example.org\r\nBcc: b@example.org" },
		"two recipients":      func(m *Message) { m.To = "a@example.org, b@example.org" },
		"line in name":        func(m *Message) { m.To = "\"A\r\nBcc: b@example.org\" <a@example.org>" },
		"no recipient":        func(m *Message) { m.To = "" },
		"line in reply":       func(m *Message) { m.ReplyTo = "a@example.org\nBcc: b@example.org" },
		"line in id":          func(m *Message) { m.ID = "x>\r\nBcc: b@example.org" },
		"line in header":      func(m *Message) { m.Headers = map[string]string{"X-A": "1\r\nBcc: b@example.org"} },
		"line in header name": func(m *Message) { m.Headers = map[string]string{"X-A: 1\r\nBcc": "b@example.org"} },
		"Bcc":                 func(m *Message) { m.Headers = map[string]string{"bCC": "b@example.org"} },
		"content type":        func(m *Message) { m.Headers = map[string]string{"Content-Type": "text/html"} },
		"no subject":          func(m *Message) { m.Subject = " \r\n" },
		"no text":             func(m *Message) { m.Text = " " },
	} {
		m := good
		spoil(&m)
		if _, err := compose(m, shop, day); errs.KindOf(err) != errs.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := compose(good, shop, day); err != nil && !errors.Is(err, errs.Invalid) {
		t.Errorf("a plain one: %v", err)
	}
}
