package catalog

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// Decision is what was done about a listing.
type Decision string

// The decisions, as the table product_reviews lists them.
const (
	WasSubmitted Decision = "submitted"
	WasApproved  Decision = "approved"
	AskedChanges Decision = "changes_requested"
	WasWithdrawn Decision = "withdrawn"
	WasRestored  Decision = "restored"
)

// Topic is what the programme asks a producer to look at.
type Topic string

// Topics lists every topic, as the table product_reviews does, in the order forms show them.
var Topics = []Topic{"photo", "name", "story", "composition", "allergens", "weight", "price", "other"}

func validTopics(topics []Topic) bool {
	return !slices.ContainsFunc(topics, func(t Topic) bool { return !slices.Contains(Topics, t) })
}

// Review is an entry of the history between programme and producer.
type Review struct {
	ID          int64
	Decision    Decision
	Topics      []Topic
	Message     string    // as staff wrote it
	Lang        i18n.Lang // the message's; empty where there is none
	AccountName string    // who did it; empty: the program itself
	At          time.Time
}

const sqlHistory = `/* catalog.history */
select r.id, r.decision, r.topics, r.message, coalesce(r.lang, '') as lang, coalesce(a.name, '') as account_name, r.at
from product_reviews r join products p on p.id = r.product_id left join accounts a on a.id = r.account_id
where r.product_id = $1 and ($2 = 0 or p.producer_id = $2)
order by r.id desc limit 200`

// History lists what was said between programme and producer about her product, newest first.
func (s *Service) History(ctx context.Context, by Maker, productID int64) ([]Review, error) {
	if by.ProducerID == 0 {
		return nil, errs.E(errs.NotFound, "no producer")
	}
	return s.history(ctx, productID, by.ProducerID)
}

func (s *Service) history(ctx context.Context, productID, producerID int64) ([]Review, error) {
	rows, err := s.db.Query(ctx, sqlHistory, productID, producerID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Review])
	return list, postgres.Err(err)
}
