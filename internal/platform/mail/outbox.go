package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"awil/internal/errs"
)

// Outbox keeps messages as .eml files in a folder instead of sending them,
// for development and for the demo. Safe for concurrent use in one process.
type Outbox struct {
	dir  string
	from *netmail.Address
	keep int
	log  *slog.Logger
	now  func() time.Time
	mu   sync.Mutex
	kept []string // what is in the folder, oldest first; nil: not looked yet
}

// OutboxConfig sets up an Outbox.
type OutboxConfig struct {
	Dir  string // made when missing
	From string // sender of every message
	Keep int    // at most this many newest messages stay; 0 means 200
	Log  *slog.Logger
	Now  func() time.Time
}

// NewOutbox makes the folder and the outbox on it.
func NewOutbox(c OutboxConfig) (*Outbox, error) {
	from, err := address(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail: outbox sender: %w", err)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("mail: outbox folder: %w", err)
	}
	if c.Keep <= 0 {
		c.Keep = 200
	}
	return &Outbox{dir: c.Dir, from: from, keep: c.Keep, log: c.Log, now: c.Now}, nil
}

// fileID is a name Send makes: microseconds since 1970, so that names sort by
// time, and a hash of the message's identity, so that a repeat is known.
var fileID = regexp.MustCompile(`^[0-9]{16}-[0-9a-f]{20}$`)

// usualMessage is about as many bytes as a letter with its HTML has.
const usualMessage = 8 << 10

// Send writes the message into the folder and logs one line. A message with
// an ID already kept is not written again.
func (o *Outbox) Send(_ context.Context, m Message) error {
	now := o.now()
	msg, err := compose(m, o.from, now)
	if err != nil {
		return err
	}
	var source bytes.Buffer
	source.Grow(usualMessage)
	if _, err := msg.WriteTo(&source); err != nil {
		return fmt.Errorf("mail: compose: %w", err)
	}
	sum := sha256.Sum256([]byte(msg.GetMessageID()))
	hash := hex.EncodeToString(sum[:10])

	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.look(); err != nil {
		return err
	}
	if slices.ContainsFunc(o.kept, func(id string) bool { return strings.HasSuffix(id, hash) }) {
		return nil
	}
	id := fmt.Sprintf("%016d-%s", now.UnixMicro(), hash)
	if err := o.write(id, source.Bytes()); err != nil {
		return err
	}
	o.log.Info("mail kept in the outbox", "subject", oneLine(m.Subject), "id", id)
	o.kept = append(o.kept, id)
	return o.prune()
}

// look reads the folder once; from then on it is this process that writes there.
func (o *Outbox) look() error {
	if o.kept != nil {
		return nil
	}
	ids, err := o.ids()
	if err != nil {
		return err
	}
	slices.Reverse(ids)
	o.kept = append([]string{}, ids...)
	return nil
}

// write puts the file in place whole, so that List never reads half a message.
func (o *Outbox) write(id string, source []byte) error {
	draft := filepath.Join(o.dir, id+".tmp")
	if err := os.WriteFile(draft, source, 0o600); err != nil {
		return fmt.Errorf("mail: outbox write: %w", err)
	}
	if err := os.Rename(draft, o.path(id)); err != nil {
		return fmt.Errorf("mail: outbox write: %w", err)
	}
	return nil
}

func (o *Outbox) prune() error {
	slices.Sort(o.kept)
	for len(o.kept) > o.keep {
		if err := os.Remove(o.path(o.kept[0])); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("mail: outbox prune: %w", err)
		}
		o.kept = slices.Delete(o.kept, 0, 1)
	}
	return nil
}

// ids lists the messages kept, newest first.
func (o *Outbox) ids() ([]string, error) {
	entries, err := os.ReadDir(o.dir)
	if err != nil {
		return nil, fmt.Errorf("mail: outbox folder: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), ".eml"); ok && fileID.MatchString(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids, nil
}

func (o *Outbox) path(id string) string { return filepath.Join(o.dir, id+".eml") }

// List returns what is kept, newest first.
func (o *Outbox) List(ctx context.Context) ([]Kept, error) {
	ids, err := o.ids()
	if err != nil {
		return nil, err
	}
	kept := make([]Kept, 0, len(ids))
	for _, id := range ids {
		k, err := o.Get(ctx, id)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue // pruned since the folder was read
		}
		if err != nil {
			return nil, err
		}
		kept = append(kept, k)
	}
	return kept, nil
}

// Get returns one kept message; kind NotFound for an id the outbox does not
// hold or never made.
func (o *Outbox) Get(_ context.Context, id string) (Kept, error) {
	if !fileID.MatchString(id) {
		return Kept{}, errs.E(errs.NotFound, fmt.Sprintf("mail: outbox id %q", id))
	}
	f, err := os.Open(o.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return Kept{}, errs.E(errs.NotFound, "mail: outbox", err)
	}
	if err != nil {
		return Kept{}, fmt.Errorf("mail: outbox: %w", err)
	}
	defer f.Close()
	k, err := parse(f)
	if err != nil {
		return Kept{}, fmt.Errorf("mail: outbox message %s: %w", id, err)
	}
	k.ID = id
	return k, nil
}
