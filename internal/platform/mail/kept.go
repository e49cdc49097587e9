package mail

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"time"
)

// Kept is a message read back from the outbox.
type Kept struct {
	ID        string
	MessageID string
	From, To  string
	Subject   string
	Date      time.Time
	Text      string
	HTML      string // for a sandboxed frame: it is what a mail program would show
	Source    []byte // the file as it would travel
}

// parse reads a message as compose writes it: text, or text and HTML as
// alternatives, quoted-printable.
func parse(r io.Reader) (Kept, error) {
	source, err := io.ReadAll(r)
	if err != nil {
		return Kept{}, err
	}
	m, err := netmail.ReadMessage(bytes.NewReader(source))
	if err != nil {
		return Kept{}, err
	}
	date, err := m.Header.Date()
	if err != nil {
		return Kept{}, fmt.Errorf("date: %w", err)
	}
	k := Kept{
		MessageID: strings.Trim(m.Header.Get("Message-ID"), "<>"),
		From:      decoded(m.Header.Get("From")),
		To:        decoded(m.Header.Get("To")),
		Subject:   decoded(m.Header.Get("Subject")),
		Date:      date,
		Source:    source,
	}
	return k, k.readPart(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func (k *Kept) readPart(contentType, encoding string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return k.readParts(multipart.NewReader(body, params["boundary"]))
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("%s part: %w", kind, err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	if kind == "text/html" {
		k.HTML = text
	} else {
		k.Text = text
	}
	return nil
}

func (k *Kept) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("parts: %w", err)
		}
		if err := k.readPart(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
			return err
		}
	}
}

func decoded(header string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		return header
	}
	return text
}
