package demo

import (
	"context"
	"fmt"

	"awil/internal/accounts"
	"awil/internal/errs"
)

// people opens the demo accounts.
func (l *loader) people(ctx context.Context) error {
	l.accounts = map[string]int64{}
	for _, a := range l.programme.Accounts {
		var roles accounts.Roles
		if role, err := accounts.ParseRole(a.Role); err == nil {
			roles = accounts.Roles{role}
		}
		id, err := l.open(ctx, accounts.NewAccount{Login: accounts.Login{Email: a.Email}, Name: a.Name, Lang: a.Language,
			Password: l.programme.Password, Roles: roles})
		if err != nil {
			return fmt.Errorf("account %s: %w", a.Email, err)
		}
		if a.Producer != "" {
			l.accounts[a.Producer] = id
		}
		if roles.Has(accounts.RoleFinance) && l.finance == 0 {
			l.finance = id
		}
		if a.Role == "buyer" {
			l.buyer = id
		}
		if roles.Has(accounts.RoleCurator) && l.curator == 0 {
			l.curator = id
		}
	}
	return nil
}

// open returns the account that is there already where a load goes on.
func (l *loader) open(ctx context.Context, n accounts.NewAccount) (int64, error) {
	id, err := l.Accounts.Create(ctx, n)
	if err == nil || errs.KindOf(err) != errs.Conflict {
		return id, err
	}
	v, err := l.Accounts.SignIn(ctx, n.Login, n.Password)
	return v.ID, err
}
