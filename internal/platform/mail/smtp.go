package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"awil/internal/errs"
)

// sendTimeout bounds one conversation with the SMTP server.
const sendTimeout = 30 * time.Second

// SMTP sends over SMTP, one connection a message. Safe for concurrent use.
type SMTP struct {
	client *gomail.Client
	from   *netmail.Address
	now    func() time.Time
}

// NewSMTP reads a URL of the form
//
//	smtp://user:password@host:587?from=Awıl <orders@example.org>
//
// with the address percent-encoded. smtps:// speaks TLS from the first byte
// (port 465); smtp:// (port 587) turns to TLS by STARTTLS when the server
// offers it, and insists on it whenever there is a password to protect, unless
// the server is on this machine.
func NewSMTP(rawURL string, now func() time.Time) (*SMTP, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// The parse error repeats the URL, password included.
		return nil, errors.New("mail: the SMTP URL does not parse")
	}
	if u.Hostname() == "" {
		return nil, errors.New("mail: the SMTP URL names no host")
	}
	from, err := address(u.Query().Get("from"))
	if err != nil {
		return nil, fmt.Errorf("mail: the SMTP URL needs ?from=address: %w", err)
	}
	options, err := clientOptions(u)
	if err != nil {
		return nil, err
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail: SMTP client: %w", err)
	}
	return &SMTP{client: client, from: from, now: now}, nil
}

func clientOptions(u *url.URL) ([]gomail.Option, error) {
	password, _ := u.User.Password()
	secret := u.User.Username() != ""
	options := []gomail.Option{gomail.WithTimeout(sendTimeout)}
	port := 587
	switch u.Scheme {
	case "smtps":
		port = 465
		options = append(options, gomail.WithSSL())
	case "smtp":
		policy := gomail.TLSOpportunistic
		if secret && !loopback(u.Hostname()) {
			policy = gomail.TLSMandatory
		}
		options = append(options, gomail.WithTLSPolicy(policy))
	default:
		return nil, fmt.Errorf("mail: scheme %q is neither smtp nor smtps", u.Scheme)
	}
	if p := u.Port(); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil, fmt.Errorf("mail: SMTP port: %w", err)
		}
		port = n
	}
	options = append(options, gomail.WithPort(port))
	if secret {
		auth := gomail.SMTPAuthAutoDiscover
		if loopback(u.Hostname()) && u.Scheme == "smtp" {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(auth),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return options, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// Send delivers m to the server. A message the server has taken is never
// reported as failed because the goodbye went wrong: that would send it twice.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, err := compose(m, s.from, s.now())
	if err != nil {
		return err
	}
	conn, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return errs.E(errs.Unavailable, "mail: connect", err)
	}
	sendErr := s.client.SendWithSMTPClient(conn, msg)
	closeErr := s.client.CloseWithSMTPClient(conn)
	if sendErr == nil {
		return nil
	}
	kind := errs.Unavailable
	var refused *gomail.SendError
	if errors.As(sendErr, &refused) && refused.ErrorCode() >= 500 {
		kind = errs.Invalid
	}
	return errs.E(kind, "mail: send", sendErr, closeErr)
}
