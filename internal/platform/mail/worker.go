package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"awil/internal/errs"
)

// Args is the job that sends one finished message. Enqueue it in the
// transaction that gives the reason for the mail.
type Args struct {
	Message Message `json:"message"`
}

// Kind names the job.
func (Args) Kind() string { return "mail" }

// InsertOpts keeps trying for about two days (River waits attempt⁴ seconds
// between tries), longer than mail servers are usually down.
func (Args) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 16} }

// Workers registers the worker that sends mail jobs through sender.
func Workers(workers *river.Workers, sender Sender) {
	river.AddWorker(workers, &worker{sender: sender})
}

type worker struct {
	river.WorkerDefaults[Args]
	sender Sender
}

// Timeout leaves room for a slow server.
func (*worker) Timeout(*river.Job[Args]) time.Duration { return 2 * sendTimeout }

// Work sends the message under an identity taken from the job, the same at
// every try, so that a try whose success was not heard makes no second mail
// where the receiver (or the outbox) drops repeats. The time of the job
// stands beside its number because numbers begin again in a new database.
func (w *worker) Work(ctx context.Context, job *river.Job[Args]) error {
	m := job.Args.Message
	if m.ID == "" {
		m.ID = fmt.Sprintf("job-%d-%d", job.ID, job.CreatedAt.Unix())
	}
	err := w.sender.Send(ctx, m)
	if err != nil && errs.KindOf(err) == errs.Invalid {
		return river.JobCancel(err)
	}
	return err
}
