// Package mail sends finished messages: over SMTP, or into a folder that
// people and tests can look into. It renders nothing; whoever writes a
// message hands over its subject, text and HTML in the reader's language.
package mail

import (
	"context"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"awil/internal/errs"
	"awil/internal/i18n"
)

// Sender delivers a message. An error of kind Invalid will not go away by
// trying again (a malformed message, a mailbox that does not exist); any
// other may.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Message is one e-mail to one person, ready to be read. It is also what a
// mail job carries, so its JSON form must stay readable by the next release.
type Message struct {
	// ID makes the Message-ID, so that a repeat of a message is known for
	// one. Letters, digits, dot, dash, underscore; empty: a random one.
	ID      string            `json:"id,omitempty"`
	To      string            `json:"to"` // one address, with or without a name
	ReplyTo string            `json:"reply_to,omitempty"`
	Subject string            `json:"subject"`
	Text    string            `json:"text"`           // always present: some people read only this
	HTML    string            `json:"html,omitempty"` // optional, says the same
	Lang    i18n.Lang         `json:"lang,omitempty"`
	Headers map[string]string `json:"headers,omitempty"` // such as List-Unsubscribe; never the ones above
}

var (
	idPattern     = regexp.MustCompile(`^[A-Za-z0-9._-]{1,120}$`)
	headerPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,75}$`)
)

// reserved are the headers that a Message's own fields write, and those that
// would send it to someone else.
var reserved = map[string]bool{
	"from": true, "sender": true, "to": true, "cc": true, "bcc": true, "reply-to": true,
	"subject": true, "date": true, "message-id": true, "mime-version": true, "return-path": true,
}

// compose checks a message and turns it into MIME.
func compose(m Message, from *netmail.Address, now time.Time) (*gomail.Msg, error) {
	to, err := address(m.To)
	if err != nil {
		return nil, errs.E(errs.Invalid, "mail: recipient", err)
	}
	subject := oneLine(m.Subject)
	if subject == "" || strings.TrimSpace(m.Text) == "" {
		return nil, errs.E(errs.Invalid, "mail: a message needs a subject and a text")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	msg.Subject(subject)
	msg.SetDateWithValue(now)
	if err := identify(msg, m, from); err != nil {
		return nil, err
	}
	if err := addHeaders(msg, m); err != nil {
		return nil, err
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

func identify(msg *gomail.Msg, m Message, from *netmail.Address) error {
	if m.ID == "" {
		msg.SetMessageID()
		return nil
	}
	if !idPattern.MatchString(m.ID) {
		return errs.E(errs.Invalid, "mail: message id "+fmt.Sprintf("%q", m.ID))
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	return nil
}

func addHeaders(msg *gomail.Msg, m Message) error {
	if tag := m.Lang.Tag(); tag != "" {
		msg.SetGenHeader("Content-Language", tag)
	}
	if m.ReplyTo != "" {
		reply, err := address(m.ReplyTo)
		if err != nil {
			return errs.E(errs.Invalid, "mail: reply address", err)
		}
		msg.ReplyToMailAddress(reply)
	}
	for name, value := range m.Headers {
		key := strings.ToLower(name)
		if !headerPattern.MatchString(name) || reserved[key] || strings.HasPrefix(key, "content-") {
			return errs.E(errs.Invalid, fmt.Sprintf("mail: header %q", name))
		}
		if strings.ContainsFunc(value, unicode.IsControl) {
			return errs.E(errs.Invalid, fmt.Sprintf("mail: control character in header %q", name))
		}
		msg.SetGenHeader(gomail.Header(name), value)
	}
	return nil
}

// address parses exactly one address; anything that could end a header line
// or smuggle in a second recipient is refused.
func address(text string) (*netmail.Address, error) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return nil, fmt.Errorf("control character in address %q", text)
	}
	a, err := netmail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", text, err)
	}
	a.Name = oneLine(a.Name)
	return a, nil
}

// oneLine makes text fit a header: a product's name in a subject may hold
// line breaks, which become spaces, and control characters, which go.
func oneLine(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u3000':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(clean, func(r rune) bool { return r == ' ' }), " "))
}
