package mail

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"awil/internal/errs"
)

// sink is a Sender that answers as told.
type sink struct {
	err  error
	sent []Message
}

func (s *sink) Send(_ context.Context, m Message) error {
	s.sent = append(s.sent, m)
	return s.err
}

func job(m Message) *river.Job[Args] {
	return &river.Job[Args]{JobRow: &rivertype.JobRow{ID: 197, CreatedAt: day}, Args: Args{Message: m}}
}

func TestWorkerGivesEveryTryTheSameIdentity(t *testing.T) {
	s := &sink{}
	w := &worker{sender: s}
	for range 2 {
		if err := w.Work(t.Context(), job(Message{To: "a@b.example"})); err != nil {
			t.Fatal(err)
		}
	}
	if s.sent[0].ID != "job-197-1773032400" || s.sent[1].ID != s.sent[0].ID || !idPattern.MatchString(s.sent[0].ID) {
		t.Errorf("identities %q and %q", s.sent[0].ID, s.sent[1].ID)
	}
}

func TestWorkerGivesUpOnlyWhatIsHopeless(t *testing.T) {
	for _, c := range []struct {
		err    error
		cancel bool
	}{
		{errs.E(errs.Invalid, "no such mailbox"), true},
		{errs.E(errs.Unavailable, "down"), false},
		{errors.New("disk full"), false},
	} {
		err := (&worker{sender: &sink{err: c.err}}).Work(t.Context(), job(order))
		var cancel *river.JobCancelError
		if errors.As(err, &cancel) != c.cancel || !errors.Is(err, c.err) {
			t.Errorf("%v became %v", c.err, err)
		}
	}
}

func TestJobCarriesTheWholeMessage(t *testing.T) {
	sent := Args{Message: Message{ID: "a", To: "b", ReplyTo: "c", Subject: "d", Text: "e", HTML: "f", Lang: "ja", Headers: map[string]string{"X-G": "h"}}}
	data, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	var got Args
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, sent) {
		t.Errorf("%s came back as %+v, %v", data, got, err)
	}
	workers := river.NewWorkers()
	Workers(workers, &sink{})
}
