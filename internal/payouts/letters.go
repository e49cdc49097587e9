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

// Letter is what one of a producer's people reads about a new destination.
type Letter struct {
	Lang        i18n.Lang
	Destination Destination
	UsableFrom  time.Time // in the programme's zone
	Waits       bool      // no batch pays there before UsableFrom
	Demo        bool      // a demonstration
	Link        string    // where she can change it
	Home        string    // the studio
}

// Writer turns a letter into words.
type Writer func(ctx context.Context, l Letter) (checkout.Written, error)

// Workers registers the writing of letters with write.
func Workers(w *river.Workers, s *Service, write Writer) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[letterArgs]) error {
		return s.WriteLetters(ctx, job.Args.DestinationID, write)
	}))
}

// letter enqueues the letters about a destination with the deed.
func (s *Service) letter(ctx context.Context, tx pgx.Tx, destinationID int64) error {
	if s.Queue == nil {
		return nil
	}
	return s.Queue.Insert(ctx, tx, letterArgs{DestinationID: destinationID})
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
	programme, err := markets.New(s.DB, s.Clock).Programme(ctx)
	if err != nil {
		return err
	}
	members, err := producers.New(s.DB, s.Clock).MemberAccounts(ctx, d.ProducerID)
	if err != nil {
		return err
	}
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	var all []river.JobArgs
	for _, member := range members {
		if member.Email == "" {
			continue
		}
		l := Letter{Lang: i18n.Lang(member.Lang), Destination: d, UsableFrom: d.UsableFrom.In(zone), Waits: d.UsableFrom.After(d.SetAt),
			Demo: programme.Demo, Link: s.BaseURL + "/studio/money/to", Home: s.BaseURL + "/studio"}
		written, err := write(ctx, l)
		if err != nil {
			return fmt.Errorf("letter about destination %d: %w", destinationID, err)
		}
		all = append(all, mail.Args{Message: mail.Message{ID: fmt.Sprintf("destination%d.%d", d.ID, member.AccountID), To: member.Email, Lang: l.Lang,
			ReplyTo: programme.ContactEmail, Subject: written.Subject, Text: written.Text, HTML: written.HTML}})
	}
	if len(all) == 0 {
		return nil
	}
	return postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error { return s.Queue.InsertMany(ctx, tx, all) })
}
