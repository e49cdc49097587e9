package producers

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// TextState is how a text stands towards the one it was translated from.
type TextState string

// The states of a text, as the domain text_state lists them.
const (
	TextSource   TextState = "source"   // as she wrote it, approved
	TextDraft    TextState = "draft"    // awaits a person; no buyer reads it
	TextApproved TextState = "approved" //
	TextStale    TextState = "stale"    // approved before she changed hers; buyers still read it
)

// Written is a producer's text in one language and how it stands.
type Written struct {
	Lang      i18n.Lang
	Name      string
	Story     string
	Words     string
	State     TextState
	UpdatedAt time.Time
}

// Texts returns what buyers read on a producer's page in each language it was written in, drafts included.
func (s *Service) Texts(ctx context.Context, producerID int64) (map[i18n.Lang]Written, error) {
	rows, err := s.db.Query(ctx, `/* producers.texts */
select lang, name, story, words, state, updated_at from producer_texts where producer_id = $1`, producerID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Written])
	if err != nil {
		return nil, postgres.Err(err)
	}
	texts := make(map[i18n.Lang]Written, len(list))
	for _, t := range list {
		texts[t.Lang] = t
	}
	return texts, nil
}
