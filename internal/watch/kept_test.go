package watch_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"awil/internal/watch"
)

// slowly is a value whose reading takes a while, and which many ask for.
type slowly struct {
	kept  watch.Kept[int]
	board *watch.Board
	reads int
	fails error
}

func newSlowly() *slowly {
	s := &slowly{board: watch.NewBoard()}
	s.board.SetCertain(true)
	return s
}

func (s *slowly) get(ctx context.Context) (int, error) {
	return s.kept.Get(ctx, s.board, time.Now(), func(ctx context.Context) (int, error) {
		s.reads++
		n := s.reads
		watch.On(ctx, watch.Markets)
		select {
		case <-time.After(time.Minute):
			return n, s.fails
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
}

// TestKeptWaitsAsLongAsItMay: whoever waits for another's reading waits no
// longer than her own context, and does not share the fate of the other's.
func TestKeptWaitsAsLongAsItMay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSlowly()
		reader, leave := context.WithCancel(t.Context())
		go func() {
			if _, err := s.get(reader); !errors.Is(err, context.Canceled) {
				t.Errorf("the reader left, and got %v", err)
			}
		}()
		synctest.Wait()
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if _, err := s.get(hurried); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("waited %v, %v", time.Since(begun), err)
		}
		if _, ok := s.kept.Last(); ok {
			t.Error("nothing has been read yet")
		}
		patient := make(chan int)
		for range 2 {
			go func() {
				n, err := s.get(t.Context())
				if err != nil {
					t.Errorf("the reader she waited for left: %v", err)
				}
				patient <- n
			}()
		}
		synctest.Wait()
		leave()
		if a, b := <-patient, <-patient; a != 2 || b != 2 || s.reads != 2 {
			t.Errorf("got %d and %d of %d readings", a, b, s.reads)
		}
	})
}

// TestKeptFailsForAllWhoWait: what fails for its own sake is not tried by one
// after the other.
func TestKeptFailsForAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSlowly()
		s.fails = errors.New("away")
		failed := make(chan error)
		for range 5 {
			go func() {
				_, err := s.get(t.Context())
				failed <- err
			}()
		}
		for range 5 {
			if err := <-failed; !errors.Is(err, s.fails) {
				t.Errorf("got %v", err)
			}
		}
		if s.reads != 1 {
			t.Errorf("read %d times", s.reads)
		}
	})
}

// TestKeptIsNotOld: who asks after a change, or after Forget, does not get what
// another began to read before it.
func TestKeptIsNotOld(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *slowly){
		"changed":   func(s *slowly) { s.board.Change(watch.Markets) },
		"forgotten": func(s *slowly) { s.kept.Forget() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSlowly()
				go func() { _, _ = s.get(t.Context()) }()
				synctest.Wait()
				change(s)
				for range 2 {
					if n, err := s.get(t.Context()); n != 2 || err != nil {
						t.Errorf("got reading %d, %v", n, err)
					}
				}
			})
		})
	}
}
