package web

import (
	"awil/internal/accounts"
	"awil/internal/errs"
)

// Access says who may use a route. There is no default: a route cannot be
// registered without one, and the same value enforces and documents it.
type Access uint8

// Who may use a route.
const (
	_ Access = iota
	// Public pages are for everybody and look the same to everybody: no
	// session is loaded, no viewer is known, the page may be cached.
	Public
	// Visitor pages are for everybody and may depend on who looks: the session
	// is loaded, the viewer may be nil. Carts, orders by token, sign-in.
	Visitor
	// SignedIn needs an account, any.
	SignedIn
	// Producer needs an account that is a member of a producer.
	Producer
	// Staff needs any role of the programme's staff.
	Staff
	// Curator needs the role of a curator (admins have it).
	Curator
	// Finance needs the role of finance (admins have it).
	Finance
	// Admin needs the role of an admin.
	Admin
	// Machine is called by programs that prove themselves by a signature or a
	// key: no session, no origin check, errors as JSON.
	Machine
)

var accessNames = [...]string{"", "public", "visitor", "signed in", "producer", "staff", "curator", "finance", "admin", "machine"}

// String names the access as the access table prints it.
func (a Access) String() string {
	if int(a) < len(accessNames) && a != 0 {
		return accessNames[a]
	}
	return "undeclared"
}

func (a Access) valid() bool { return a >= Public && a <= Machine }

// private reports whether the page depends on who looks.
func (a Access) private() bool { return a >= Visitor && a <= Admin }

// check refuses whoever the route is not for. producer tells whether the
// viewer is a member of a producer and is asked only where it matters.
func (a Access) check(v *accounts.Viewer, producer func() (bool, error)) error {
	switch a {
	case Public, Visitor, Machine:
		return nil
	}
	if v == nil {
		return errs.E(errs.Unauthenticated, "route for "+a.String())
	}
	allowed := false
	switch a {
	case SignedIn:
		allowed = true
	case Producer:
		member, err := producer()
		if err != nil {
			return err
		}
		allowed = member
	case Staff:
		allowed = v.Roles.Staff()
	case Curator:
		allowed = v.Roles.Has(accounts.RoleCurator)
	case Finance:
		allowed = v.Roles.Has(accounts.RoleFinance)
	case Admin:
		allowed = v.Roles.Has(accounts.RoleAdmin)
	}
	if !allowed {
		return errs.E(errs.Forbidden, "route for "+a.String())
	}
	return nil
}
