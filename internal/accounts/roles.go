package accounts

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"awil/internal/errs"
	"awil/internal/platform/postgres"
)

const sqlInsertRole = `/* accounts.grant */
insert into account_roles (account_id, role, granted_at, granted_by) values ($1, $2, $3, $4) on conflict do nothing`

func insertRole(ctx context.Context, tx pgx.Tx, id int64, role Role, at time.Time, by *int64) error {
	_, err := tx.Exec(ctx, sqlInsertRole, id, role, at, by)
	return postgres.Err(err)
}

// SetRoles makes roles the whole set account id holds, in the name of by. The last admin keeps that role
// (errs.Conflict), so that nobody locks the programme out of its own desk; who sells with the programme is not given
// finance (ErrSells). A role that is taken and given again was given anew.
func (s *Service) SetRoles(ctx context.Context, by, id int64, roles Roles) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		before, err := lockRoles(ctx, tx, id)
		if err != nil {
			return err
		}
		if slices.Contains(before, RoleAdmin) && !slices.Contains(roles, RoleAdmin) {
			if err := anotherAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		if slices.Contains(roles, RoleFinance) && !slices.Contains(before, RoleFinance) {
			if err := sellsNothing(ctx, tx, id); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `/* accounts.revoke */ delete from account_roles where account_id = $1 and role <> all ($2)`, id, roles); err != nil {
			return postgres.Err(err)
		}
		for _, role := range roles {
			if err := insertRole(ctx, tx, id, role, s.clock().UTC(), &by); err != nil {
				return err
			}
		}
		return Audit(ctx, tx, Event{AccountID: by, Action: "account.roles", SubjectKind: "account", SubjectID: id,
			Detail: map[string]any{"before": before, "after": roles}})
	})
}

// ErrSells means that one of a producer's people cannot hold finance: she would look after her own money.
var ErrSells = errs.E(errs.Forbidden, "accounts: a member of a producer cannot hold finance")

func sellsNothing(ctx context.Context, tx pgx.Tx, id int64) error {
	var sells bool
	if err := tx.QueryRow(ctx, `/* accounts.sells */ select exists (select from producer_members where account_id = $1)`, id).Scan(&sells); err != nil {
		return postgres.Err(err)
	}
	if sells {
		return ErrSells
	}
	return nil
}

// lockRoles locks every admin row too, so that two admins cannot take the role from each other at once.
func lockRoles(ctx context.Context, tx pgx.Tx, id int64) (Roles, error) {
	if _, err := tx.Exec(ctx, `/* accounts.lock_admins */ select from account_roles where role = 'admin' for update`); err != nil {
		return nil, postgres.Err(err)
	}
	var roles Roles
	err := tx.QueryRow(ctx, `/* accounts.roles_of */
select array(select role from account_roles r where r.account_id = a.id order by role) from accounts a where a.id = $1 for update`, id).Scan(&roles)
	return roles, postgres.Err(err)
}

func anotherAdmin(ctx context.Context, tx pgx.Tx, except int64) error {
	var found bool
	err := tx.QueryRow(ctx, `/* accounts.another_admin */
select exists (select from account_roles r join accounts a on a.id = r.account_id
               where r.role = 'admin' and a.id <> $1 and a.disabled_at is null)`, except).Scan(&found)
	if err != nil {
		return postgres.Err(err)
	}
	if !found {
		return errs.E(errs.Conflict, "the last admin stays admin")
	}
	return nil
}

// SetDisabled closes or reopens an account in the name of by. Either way its sessions are over: whoever was signed in
// when it was closed is not so again when it opens. The last admin cannot be closed (errs.Conflict).
func (s *Service) SetDisabled(ctx context.Context, by, id int64, disabled bool) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		roles, err := lockRoles(ctx, tx, id)
		if err != nil {
			return err
		}
		action, now := "account.enabled", s.clock().UTC()
		if disabled {
			action = "account.disabled"
			if slices.Contains(roles, RoleAdmin) {
				if err := anotherAdmin(ctx, tx, id); err != nil {
					return err
				}
			}
		}
		if err := one(tx.Exec(ctx, `/* accounts.set_disabled */
update accounts set disabled_at = case when $3 then $2::timestamptz end, sessions_from = $2 where id = $1`, id, now, disabled)); err != nil {
			return err
		}
		return Audit(ctx, tx, Event{AccountID: by, Action: action, SubjectKind: "account", SubjectID: id})
	})
}

// one turns "no row was touched" into errs.NotFound.
func one(tag pgconn.CommandTag, err error) error {
	if err != nil {
		return postgres.Err(err)
	}
	if tag.RowsAffected() == 0 {
		return errs.E(errs.NotFound, "no such account")
	}
	return nil
}
