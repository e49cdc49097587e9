package payouts

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres"
	"awil/internal/producers"
)

// letterArgs is the job that tells a producer's people where her money goes
// from now on.
type letterArgs struct {
	DestinationID int64 `json:"destination_id"`
}

// Kind names the job.
func (letterArgs) Kind() string { return "payouts_destination_letter" }

// payoutLetterArgs is the job that tells a producer's people that a payout was
// paid, or that it came back.
type payoutLetterArgs struct {
	PayoutID int64  `json:"payout_id"`
	Status   Status `json:"status"` // Paid or Returned
}

// Kind names the job.
func (payoutLetterArgs) Kind() string { return "payouts_letter" }

// Letter is what one of a producer's people reads: about a payout that was paid
// or came back, or (without one) about a new destination.
type Letter struct {
	Lang        i18n.Lang
	Destination Destination
	UsableFrom  time.Time  // in the programme's zone
	Waits       bool       // no batch pays there before UsableFrom
	Status      Status     // of the payout when the letter was due: Paid or Returned; empty: there is none
	Statement   *Statement // what the payout is for
	Demo        bool       // a demonstration
	Link        string     // where she sees it, or can change where her money goes
	Home        string     // the studio
}

// Writer turns a letter into words.
type Writer func(ctx context.Context, l Letter) (checkout.Written, error)

// Workers registers the writing of letters with write.
func Workers(w *river.Workers, s *Service, write Writer) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[letterArgs]) error {
		return s.WriteLetters(ctx, job.Args.DestinationID, write)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[payoutLetterArgs]) error {
		return s.WritePayoutLetters(ctx, job.Args.PayoutID, job.Args.Status, write)
	}))
}

// letter enqueues letters with the deed they are about.
func (s *Service) letter(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	if s.Queue == nil {
		return nil
	}
	return s.Queue.Insert(ctx, tx, args)
}

// WriteLetters writes to every one of a producer's people who has an address,
// in her own language, that her money goes elsewhere, and enqueues the letters
// for sending. Doing it twice sends each at most once, for a message keeps its
// identity.
func (s *Service) WriteLetters(ctx context.Context, destinationID int64, write Writer) error {
	list, err := s.destinations(ctx, s.DB, `/* payouts.destination_by_id */`+sqlDestination+`where d.id = $1`, destinationID)
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("letter about destination %d: there is none", destinationID)
	}
	d := list[0]
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	return s.toPeople(ctx, d.ProducerID, fmt.Sprintf("destination%d", d.ID), write,
		Letter{Destination: d, UsableFrom: d.UsableFrom.In(zone), Waits: d.UsableFrom.After(d.SetAt), Link: s.BaseURL + "/studio/money/to"})
}

// WritePayoutLetters writes to every one of a producer's people who has an
// address, in her own language, that a payout was paid, with what it is for, or
// that it came back, so that they look where it was sent. Doing it twice sends
// each at most once.
func (s *Service) WritePayoutLetters(ctx context.Context, payoutID int64, status Status, write Writer) error {
	p, err := s.one(ctx, payoutID)
	if err != nil {
		return err
	}
	st, err := s.Statement(ctx, p.ProducerID, p.Currency, OfPayout(p.ID))
	if err != nil {
		return err
	}
	l := Letter{Status: status, Statement: &st, Destination: p.Destination, Link: s.BaseURL + "/studio/money/to"}
	if status == Paid {
		l.Link = fmt.Sprintf("%s/studio/money/%s?in=%s", s.BaseURL, st.Period.Name(), p.Currency)
	}
	return s.toPeople(ctx, p.ProducerID, fmt.Sprintf("payout%d.%s", p.ID, status), write, l)
}

// toPeople writes a letter to each of a producer's people and enqueues them for
// sending; name makes the messages' identity, with whoever gets them.
func (s *Service) toPeople(ctx context.Context, producerID int64, name string, write Writer, l Letter) error {
	programme, err := markets.New(s.DB, s.Clock).Programme(ctx)
	if err != nil {
		return err
	}
	members, err := producers.New(s.DB, s.Clock).MemberAccounts(ctx, producerID)
	if err != nil {
		return err
	}
	l.Demo, l.Home = programme.Demo, s.BaseURL+"/studio"
	var all []river.JobArgs
	for _, member := range members {
		if member.Email == "" {
			continue
		}
		l.Lang = i18n.Lang(member.Lang)
		written, err := write(ctx, l)
		if err != nil {
			return fmt.Errorf("letter %s: %w", name, err)
		}
		all = append(all, mail.Args{Message: mail.Message{ID: fmt.Sprintf("%s.%d", name, member.AccountID), To: member.Email, Lang: l.Lang,
			ReplyTo: programme.ContactEmail, Subject: written.Subject, Text: written.Text, HTML: written.HTML}})
	}
	if len(all) == 0 {
		return nil
	}
	return postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error { return s.Queue.InsertMany(ctx, tx, all) })
}
