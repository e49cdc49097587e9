package payments

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// SettleArgs is the job that acts on a stored message from a provider.
type SettleArgs struct {
	Provider    Provider `json:"provider"`
	EventID     string   `json:"event_id"`
	ProviderRef string   `json:"provider_ref,omitempty"`
	PaymentID   int64    `json:"payment_id,omitempty"`
	Subject     Subject  `json:"subject,omitempty"`
	SubjectRef  string   `json:"subject_ref,omitempty"`
}

// Kind names the job.
func (SettleArgs) Kind() string { return "payment_settle" }

const sqlStore = `/* payments.store_event */
insert into webhook_events (provider, event_id, type, object_ref, payload, received_at)
values ($1, $2, $3, $4, $5, $6) on conflict (provider, event_id) do nothing`

// StoreEvent keeps a verified message and enqueues the work it gives rise to,
// both or neither. It reports whether the message is new; one that came before
// is neither stored nor worked on again.
func (s *Service) StoreEvent(ctx context.Context, e Event, payload []byte) (fresh bool, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlStore, e.Provider, e.ID, e.Type, cmp.Or(e.ProviderRef, e.SubjectRef), payload, s.clock())
		if err != nil {
			return postgres.Err(err)
		}
		if fresh = tag.RowsAffected() == 1; !fresh {
			return nil
		}
		return s.queue.Insert(ctx, tx, SettleArgs{
			Provider: e.Provider, EventID: e.ID, ProviderRef: e.ProviderRef, PaymentID: e.PaymentID,
			Subject: e.Subject, SubjectRef: e.SubjectRef,
		})
	})
	if err != nil {
		return false, fmt.Errorf("store event %s of %s: %w", e.ID, e.Provider, err)
	}
	return fresh, nil
}

const sqlHandled = `/* payments.event_handled */
update webhook_events set handled_at = $3, outcome = $4 where provider = $1 and event_id = $2`

// EventHandled notes what came of a message.
func (s *Service) EventHandled(ctx context.Context, provider Provider, eventID, outcome string) error {
	_, err := s.db.Exec(ctx, sqlHandled, provider, eventID, s.clock(), outcome)
	return postgres.Err(err)
}
