package accounts

import (
	"context"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

// Lengths of a password in characters. The lower bound is NIST SP 800-63B's; the upper one keeps hashing bounded.
const (
	MinPassword = 8
	MaxPassword = 128
)

// One hash takes 64 MiB; more than a few at once would let strangers fill the memory with sign-in attempts.
var hashing = make(chan struct{}, 3)

// spare is compared against when there is no such account, so that both answers take the same time.
const spare = "$argon2id$v=19$m=65536,t=1,p=2$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b7dWRWJTmaaJObGqCJ2KyxK4Rk"

func hashPassword(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return "", errs.E(errs.Invalid, "password too short or too long")
	}
	if err := acquire(ctx); err != nil {
		return "", err
	}
	defer func() { <-hashing }()
	return argon2id.CreateHash(password, &argon2id.Params{
		Memory: 64 * 1024, Iterations: 1, Parallelism: 2, SaltLength: 16, KeyLength: 32,
	})
}

func acquire(ctx context.Context) error {
	select {
	case hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errs.E(errs.Unavailable, "too many sign-ins at once", ctx.Err())
	}
}

// SignIn returns the account whose login and password these are. A wrong password, an unknown login and a disabled
// account all give errs.Unauthenticated, after the same work.
func (s *Service) SignIn(ctx context.Context, login Login, password string) (Viewer, error) {
	id, hash, err := credentials(ctx, s, login)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return Viewer{}, err
	}
	known := err == nil
	if !known {
		hash = spare
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		password = ""
	}
	if err := acquire(ctx); err != nil {
		return Viewer{}, err
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	<-hashing
	if err != nil {
		return Viewer{}, errs.E(errs.Internal, "compare password", err)
	}
	if !known || !match {
		return Viewer{}, errs.E(errs.Unauthenticated, "wrong login or password")
	}
	return s.Viewer(ctx, id)
}

const sqlCredentials = `/* accounts.credentials */
select id, password_hash from accounts
where disabled_at is null and (email = nullif($1, '') or phone = nullif($2, ''))`

func credentials(ctx context.Context, s *Service, login Login) (id int64, hash string, err error) {
	err = s.db.QueryRow(ctx, sqlCredentials, login.Email, login.Phone).Scan(&id, &hash)
	return id, hash, postgres.Err(err)
}

const sqlViewer = `/* accounts.viewer */
select a.id, a.name, coalesce(a.email, '') as email, coalesce(a.phone, '') as phone, a.lang, a.sessions_from,
       array(select role from account_roles r where r.account_id = a.id order by role) as roles
from accounts a
where a.id = $1 and a.disabled_at is null`

// Viewer loads the person of a session. A missing or disabled account gives errs.NotFound.
func (s *Service) Viewer(ctx context.Context, id int64) (Viewer, error) {
	rows, err := s.db.Query(ctx, sqlViewer, id)
	if err != nil {
		return Viewer{}, postgres.Err(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Viewer])
	return v, postgres.Err(err)
}
