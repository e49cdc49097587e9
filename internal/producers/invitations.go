package producers

import (
	"context"
	"crypto/rand"
	"math/big"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// The letters of an invitation code: those nobody mistakes for another on a printed card.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

const codeLength = 8 // 31^8 ≈ 8.5 × 10¹¹: not to be guessed through a rate-limited form

// InvitationDays is how long a card handed out at a workshop stays good.
const InvitationDays = 60

// Invitation is a card handed out at a workshop: a link with a QR code, and a short code to type.
type Invitation struct {
	ID          int64
	Code        string
	Name        string // whom it is for, as staff wrote it
	VillageID   int64
	VillageName string
	Lang        i18n.Lang // the card's language, hers
	ProducerID  *int64    // set: she joins this producer; null: a new one is made
	CreatedAt   time.Time
	ExpiresAt   time.Time
	UsedAt      *time.Time
	UsedBy      *int64
	RevokedAt   *time.Time
}

// Open reports whether the card can still be used at the given moment.
func (i Invitation) Open(now time.Time) bool {
	return i.UsedAt == nil && i.RevokedAt == nil && now.Before(i.ExpiresAt)
}

// Grouped is the code as it is printed: two groups of four.
func (i Invitation) Grouped() string { return i.Code[:4] + "-" + i.Code[4:] }

// ParseCode reads a code as people type it: any case, with or without the dash or spaces. Letters
// that are on no card give errs.NotFound.
func ParseCode(text string) (string, error) {
	code := strings.NewReplacer("-", "", " ", "", "\u00a0", "").Replace(strings.ToUpper(text))
	if len(code) != codeLength || strings.Trim(code, codeLetters) != "" {
		return "", errs.E(errs.NotFound, "not an invitation code")
	}
	return code, nil
}

func newCode() (string, error) {
	code := make([]byte, codeLength)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			return "", errs.E(errs.Internal, "random code", err)
		}
		code[i] = codeLetters[n.Int64()]
	}
	return string(code), nil
}

// NewInvitation is what staff fill in.
type NewInvitation struct {
	Name       string
	VillageID  int64
	Lang       i18n.Lang
	ProducerID *int64
}

// Invite makes an invitation in the name of staff account by.
func (s *Service) Invite(ctx context.Context, by int64, n NewInvitation) (Invitation, error) {
	var f errs.Fields
	if n.Name = strings.TrimSpace(n.Name); n.Name == "" {
		f.Add("name", "errors.required")
	}
	if n.VillageID == 0 {
		f.Add("village", "errors.choose")
	}
	if err := f.Err(); err != nil {
		return Invitation{}, err
	}
	code, err := newCode()
	if err != nil {
		return Invitation{}, err
	}
	now := s.clock().UTC()
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `/* producers.invite */
insert into invitations (code, name, village_id, lang, producer_id, created_by, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
			code, n.Name, n.VillageID, n.Lang, n.ProducerID, by, now, now.AddDate(0, 0, InvitationDays)).Scan(&id)
		if err != nil {
			return postgres.Err(err)
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "invitation.created",
			SubjectKind: "invitation", SubjectID: id, Detail: map[string]any{"name": n.Name}})
	})
	if err != nil {
		return Invitation{}, err
	}
	return s.InvitationByCode(ctx, n.Lang, code)
}

const sqlInvitation = `
select i.id, i.code, i.name, i.village_id, vt.name as village_name, i.lang, i.producer_id, i.created_at, i.expires_at,
       i.used_at, i.used_by, i.revoked_at
from invitations i
join villages v on v.id = i.village_id
join lateral (
    select name from village_texts t where t.village_id = v.id
    order by t.lang = $1 desc, t.lang = 'en' desc, t.lang = v.source_lang desc limit 1
) vt on true
`

// InvitationByCode returns the card with this code in any state, or errs.NotFound.
func (s *Service) InvitationByCode(ctx context.Context, lang i18n.Lang, code string) (Invitation, error) {
	return s.invitation(ctx, `/* producers.invitation_by_code */`+sqlInvitation+`where i.code = $2`, lang, code)
}

// InvitationByID returns one card, or errs.NotFound.
func (s *Service) InvitationByID(ctx context.Context, lang i18n.Lang, id int64) (Invitation, error) {
	return s.invitation(ctx, `/* producers.invitation_by_id */`+sqlInvitation+`where i.id = $2`, lang, id)
}

func (s *Service) invitation(ctx context.Context, sql string, args ...any) (Invitation, error) {
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return Invitation{}, postgres.Err(err)
	}
	i, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Invitation])
	return i, postgres.Err(err)
}

// Invitations lists the cards, newest first.
func (s *Service) Invitations(ctx context.Context, lang i18n.Lang, limit int) ([]Invitation, error) {
	rows, err := s.db.Query(ctx, `/* producers.invitations */`+sqlInvitation+`order by i.id desc limit $2`, lang, limit)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Invitation])
	return list, postgres.Err(err)
}

// Revoke takes an unused card back, in the name of staff account by; a used one gives errs.Conflict.
func (s *Service) Revoke(ctx context.Context, by, id int64) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `/* producers.revoke_invitation */
update invitations set revoked_at = $2 where id = $1 and used_at is null and revoked_at is null`, id, s.clock().UTC())
		if err != nil {
			return postgres.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return errs.E(errs.Conflict, "invitation is used or revoked")
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: by, Action: "invitation.revoked", SubjectKind: "invitation", SubjectID: id})
	})
}
