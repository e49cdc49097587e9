package producers

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Joined is who came in by an invitation.
type Joined struct{ AccountID, ProducerID int64 }

// Join opens an account by an invitation and makes it the owner of a new producer in the card's village, or a member
// of the producer the card names. A used, revoked or expired card gives errs.Gone; a login in use errs.Conflict.
func (s *Service) Join(ctx context.Context, code string, a accounts.NewAccount) (j Joined, err error) {
	a.Roles = nil
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		inv, err := useInvitation(ctx, tx, code, s.clock().UTC())
		if err != nil {
			return err
		}
		if j.AccountID, err = accounts.New(tx, s.clock).Create(ctx, a); err != nil {
			return err
		}
		if j.ProducerID, err = New(tx, s.clock).joinProducer(ctx, inv, a, j.AccountID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `/* producers.mark_invitation_used */ update invitations set used_at = $2, used_by = $3 where id = $1`,
			inv.ID, s.clock().UTC(), j.AccountID); err != nil {
			return postgres.Err(err)
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: j.AccountID, Action: "invitation.used",
			SubjectKind: "producer", SubjectID: j.ProducerID, Detail: map[string]any{"invitation": inv.ID}})
	})
	return j, err
}

type openInvitation struct {
	ID         int64
	VillageID  int64
	ProducerID *int64
	Name       string
	Country    string
}

// useInvitation locks the card, so that two people with the same card cannot both come in.
func useInvitation(ctx context.Context, tx pgx.Tx, code string, now time.Time) (openInvitation, error) {
	rows, err := tx.Query(ctx, `/* producers.use_invitation */
select i.id, i.village_id, i.producer_id, i.name, r.country
from invitations i join villages v on v.id = i.village_id join districts d on d.id = v.district_id join regions r on r.id = d.region_id
where i.code = $1 and i.used_at is null and i.revoked_at is null and i.expires_at > $2
for update of i`, code, now)
	if err != nil {
		return openInvitation{}, postgres.Err(err)
	}
	inv, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[openInvitation])
	if errs.KindOf(postgres.Err(err)) == errs.NotFound && err != nil {
		return openInvitation{}, errs.E(errs.Gone, "invitation is used, revoked, expired or unknown", err)
	}
	return inv, postgres.Err(err)
}

func (s *Service) joinProducer(ctx context.Context, inv openInvitation, a accounts.NewAccount, accountID int64) (int64, error) {
	if inv.ProducerID != nil {
		return *inv.ProducerID, s.AddMember(ctx, *inv.ProducerID, accountID, Member)
	}
	currency := money.Currency("UZS")
	if inv.Country == "KG" {
		currency = "KGS"
	}
	id, err := s.Create(ctx, NewProducer{Text: Text{Name: inv.Name}, Kind: Workshop, VillageID: inv.VillageID,
		Currency: currency, Source: a.Lang, State: Joining})
	if err != nil {
		return 0, err
	}
	return id, s.AddMember(ctx, id, accountID, Owner)
}
