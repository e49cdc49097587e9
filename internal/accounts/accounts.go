// Package accounts owns people: who they are, how they prove it, what they may do as staff, and the audit trail of
// what they did. Membership of a producer belongs to package producers.
package accounts

import (
	"slices"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// Role is a right a person holds in the programme. Buyers and producers hold none.
type Role string

// The roles, as the table account_roles lists them.
const (
	RoleCurator Role = "curator" // reviews listings, curates, invites
	RoleFinance Role = "finance" // confirms bank payments, refunds, payouts
	RoleAdmin   Role = "admin"   // everything staff may do, and the roles themselves
	RolePartner Role = "partner" // foreign trade partner
)

// AllRoles lists every role in the order pages show them.
var AllRoles = []Role{RoleCurator, RoleFinance, RoleAdmin, RolePartner}

// ParseRole returns the role named s.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(AllRoles, r) {
		return r, nil
	}
	return "", errs.E(errs.Invalid, "unknown role "+s)
}

// Roles is the set of roles one account holds.
type Roles []Role

// Has reports whether the set holds any of the roles asked for. An admin may do all that staff may.
func (r Roles) Has(any ...Role) bool {
	for _, role := range any {
		if slices.Contains(r, role) || role != RolePartner && slices.Contains(r, RoleAdmin) {
			return true
		}
	}
	return false
}

// Staff reports whether the set opens the desk.
func (r Roles) Staff() bool { return r.Has(RoleCurator, RoleFinance, RoleAdmin) }

// Viewer is the person behind a request, loaded anew for each one so that a disabled account or a changed role acts
// at once.
type Viewer struct {
	ID    int64
	Name  string
	Email string // empty where she signs in by phone
	Phone string // E.164, empty where she signs in by e-mail
	Lang  i18n.Lang
	Roles Roles
	// SessionsFrom ends older sessions: one that began before it is over.
	SessionsFrom time.Time
}

// Service holds the use cases of accounts, on a pool or inside a transaction alike.
type Service struct {
	db    postgres.DB
	clock func() time.Time
}

// New returns the service on db; clock is the program's clock.
func New(db postgres.DB, clock func() time.Time) *Service {
	return &Service{db: db, clock: clock}
}
