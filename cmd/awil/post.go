package main

import (
	"log/slog"
	"path/filepath"
	"time"

	"awil/internal/platform/mail"
)

// post is how mail leaves: by SMTP, or into an outbox to look at.
type post struct {
	sender mail.Sender
	outbox *mail.Outbox // nil where mail really leaves
}

func openPost(c Config, log *slog.Logger) (post, error) {
	if c.SMTPURL != "" {
		sender, err := mail.NewSMTP(c.SMTPURL, time.Now)
		return post{sender: sender}, err
	}
	outbox, err := mail.NewOutbox(mail.OutboxConfig{Dir: filepath.Join(c.DataDir, "outbox"), From: c.MailFrom, Log: log, Now: time.Now})
	return post{sender: outbox, outbox: outbox}, err
}

// visibleOutbox is the outbox where pages may show it: never where strangers could read each other's letters.
func (a *app) visibleOutbox() *mail.Outbox {
	if a.options.demoPublic {
		return nil
	}
	return a.mail.outbox
}
