package producers

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// MemberRole is what a person is to a producer.
type MemberRole string

// The roles, as the table producer_members lists them. Both may list, pack and ship.
const (
	Owner  MemberRole = "owner"
	Member MemberRole = "member"
)

// Membership ties a person to a producer.
type Membership struct {
	ProducerID int64
	Role       MemberRole
}

// Memberships lists the producers an account belongs to, the one she joined last first.
func (s *Service) Memberships(ctx context.Context, accountID int64) ([]Membership, error) {
	rows, err := s.db.Query(ctx, `/* producers.memberships */
select producer_id, role from producer_members where account_id = $1 order by joined_at desc, producer_id desc`, accountID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Membership])
	return list, postgres.Err(err)
}

// AddMember makes an account a member of a producer.
func (s *Service) AddMember(ctx context.Context, producerID, accountID int64, role MemberRole) error {
	_, err := s.db.Exec(ctx, `/* producers.add_member */
insert into producer_members (producer_id, account_id, role, joined_at) values ($1, $2, $3, $4)
on conflict (producer_id, account_id) do nothing`, producerID, accountID, role, s.clock().UTC())
	return postgres.Err(err)
}

// MemberAccount is a person to write to about a producer's affairs.
type MemberAccount struct {
	AccountID int64
	Name      string
	Email     string // empty: she has none
	Lang      string
}

// MemberAccounts lists the people of a producer whose accounts are open.
func (s *Service) MemberAccounts(ctx context.Context, producerID int64) ([]MemberAccount, error) {
	rows, err := s.db.Query(ctx, `/* producers.member_accounts */
select a.id as account_id, a.name, coalesce(a.email, '') as email, a.lang
from producer_members m join accounts a on a.id = m.account_id
where m.producer_id = $1 and a.disabled_at is null order by m.joined_at`, producerID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[MemberAccount])
	return list, postgres.Err(err)
}

// Activate shows a producer to buyers, in her own words if none of hers have been approved yet; an active one stays as
// it is, a paused one gives errs.Conflict.
func (s *Service) Activate(ctx context.Context, producerID int64) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var approved bool
		err := tx.QueryRow(ctx, `/* producers.activate */
update producers p set state = 'active' where id = $1 and state in ('joining', 'active')
returning exists (select from producer_texts t where t.producer_id = p.id and t.lang = p.source_lang and t.state <> 'draft')`,
			producerID).Scan(&approved)
		if errs.KindOf(postgres.Err(err)) == errs.NotFound && err != nil {
			return errs.E(errs.Conflict, "producer is paused")
		}
		if err != nil || approved {
			return postgres.Err(err)
		}
		return s.adopt(ctx, tx, producerID)
	})
}

// IsProducer reports whether an account belongs to any producer.
func (s *Service) IsProducer(ctx context.Context, accountID int64) (found bool, err error) {
	err = s.db.QueryRow(ctx, `/* producers.is_producer */
select exists (select from producer_members where account_id = $1)`, accountID).Scan(&found)
	return found, postgres.Err(err)
}
