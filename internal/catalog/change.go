package catalog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Maker is on whose behalf a producer's page acts: the producer of the session, and the member who is signed in. Every
// statement asks for the product by both its id and the producer's, so that another's product is errs.NotFound.
type Maker struct {
	ProducerID int64
	AccountID  int64
}

// head is what a change must know of the product it locks.
type head struct {
	ID          int64
	ProducerID  int64
	State       State
	CategoryID  *int64
	Food        bool
	Published   bool
	Currency    money.Currency
	SourceLang  i18n.Lang
	SourceSaved time.Time
	UpdatedAt   time.Time
}

func (h head) live() bool { return live(h.State, h.Published) }

// sqlHead locks the product, not what hangs on it: orders may go on referring to it.
const sqlHead = `
select p.id, p.producer_id, p.state, p.category_id, coalesce(c.food, false) as food, p.published_at is not null as published,
       m.currency, s.lang as source_lang, s.updated_at as source_saved,
       p.updated_at
from products p
join producers m on m.id = p.producer_id
join product_sources s on s.product_id = p.id
left join categories c on c.id = p.category_id
where p.id = $1 and ($2 = 0 or p.producer_id = $2)
for no key update of p`

// lock finds a product for a change; the producer 0 stands for the programme, which may change any.
func lock(ctx context.Context, tx pgx.Tx, productID, producerID int64) (head, error) {
	rows, err := tx.Query(ctx, `/* catalog.lock */`+sqlHead, productID, producerID)
	if err != nil {
		return head{}, postgres.Err(err)
	}
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[head])
	return h, postgres.Err(err)
}

// calls says what a producer's change calls for.
type calls int

const (
	forNothing calls = iota // nothing has changed
	forPrices               // what buyers pay, or whether they can; nobody need look at it
	forReview               // what buyers read or see; the programme looks at it first
)

// change runs a producer's change of her product in a transaction, and then what the change calls for.
func (s *Service) change(ctx context.Context, by Maker, productID int64, f func(tx pgx.Tx, h head) (calls, error)) error {
	if by.ProducerID == 0 {
		return errs.E(errs.NotFound, "no producer")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		h, err := lock(ctx, tx, productID, by.ProducerID)
		if err != nil {
			return err
		}
		then, err := f(tx, h)
		switch {
		case err != nil:
			return err
		case then == forPrices:
			return s.reprice(ctx, tx, h)
		case then == forReview:
			return s.reviewAgain(ctx, tx, by, h)
		}
		return nil
	})
}

func (s *Service) reprice(ctx context.Context, tx pgx.Tx, h head) error {
	if err := s.touch(ctx, tx, h.ID); err != nil || !h.live() {
		return err
	}
	return s.Refresh(ctx, tx, h.ID)
}

// reviewAgain sends an approved listing whose words or pictures changed back to the programme. One that waits or sells
// must stay complete.
func (s *Service) reviewAgain(ctx context.Context, tx pgx.Tx, by Maker, h head) error {
	if h.State == Approved || h.State == Submitted {
		if err := complete(ctx, tx, h); err != nil {
			return err
		}
	}
	if h.State == Approved {
		if err := s.submit(ctx, tx, by, h); err != nil {
			return err
		}
	} else if err := s.touch(ctx, tx, h.ID); err != nil {
		return err
	}
	if !h.live() {
		return nil
	}
	return s.publish(ctx, tx, h.ID)
}

func (s *Service) touch(ctx context.Context, tx pgx.Tx, productID int64) error {
	_, err := tx.Exec(ctx, `/* catalog.touch */ update products set updated_at = $2 where id = $1`, productID, s.now())
	return postgres.Err(err)
}

// publish brings everything buyers find a product by up to date.
func (s *Service) publish(ctx context.Context, tx pgx.Tx, productIDs ...int64) error {
	if err := s.Refresh(ctx, tx, productIDs...); err != nil {
		return err
	}
	return s.index(ctx, tx, productIDs...)
}

// move takes a listing to another state. errs.Conflict if it cannot go there from where it is.
func move(ctx context.Context, tx pgx.Tx, h head, to State, now time.Time) error {
	if !h.State.May(to) {
		return errs.E(errs.Conflict, "product cannot go from "+string(h.State)+" to "+string(to))
	}
	_, err := tx.Exec(ctx, `/* catalog.move */
update products set state = $2, updated_at = $3,
    submitted_at = case when $2 = 'submitted' then $3 else submitted_at end,
    published_at = case when $2 = 'approved' then coalesce(published_at, $3) else published_at end
where id = $1`, h.ID, to, now)
	return postgres.Err(err)
}

// said is an entry of the history between programme and producer.
type said struct {
	Account  int64
	Decision Decision
	Topics   []Topic
	Message  string
	Lang     i18n.Lang
}

// record writes a decision into the product's history and the audit trail.
func record(ctx context.Context, tx pgx.Tx, productID int64, e said, now time.Time) error {
	if e.Topics == nil {
		e.Topics = []Topic{}
	}
	_, err := tx.Exec(ctx, `/* catalog.record */
insert into product_reviews (product_id, account_id, decision, topics, message, lang, at)
values ($1, nullif($2, 0), $3, $4::text[], $5, nullif($6, ''), $7)`,
		productID, e.Account, e.Decision, e.Topics, e.Message, e.Lang, now)
	if err != nil {
		return postgres.Err(err)
	}
	return accounts.Audit(ctx, tx, accounts.Event{AccountID: e.Account, Action: "product." + string(e.Decision),
		SubjectKind: "product", SubjectID: productID})
}
