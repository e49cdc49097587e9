package accounts

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// NewAccount is what it takes to open one.
type NewAccount struct {
	Login    Login
	Name     string
	Lang     i18n.Lang
	Password string
	Roles    Roles
}

const sqlCreate = `/* accounts.create */
insert into accounts (email, phone, password_hash, name, lang, created_at, sessions_from)
values (nullif($1, ''), nullif($2, ''), $3, $4, $5, $6, $6) returning id`

// Create opens an account and gives it its roles. A login already in use gives errs.Conflict; a password outside
// MinPassword…MaxPassword or an empty name errs.Invalid.
func (s *Service) Create(ctx context.Context, n NewAccount) (int64, error) {
	if n.Login == (Login{}) || strings.TrimSpace(n.Name) == "" {
		return 0, errs.E(errs.Invalid, "an account needs a login and a name")
	}
	hash, err := hashPassword(ctx, n.Password)
	if err != nil {
		return 0, err
	}
	var id int64
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		now := s.clock().UTC()
		if err := tx.QueryRow(ctx, sqlCreate, n.Login.Email, n.Login.Phone, hash, strings.TrimSpace(n.Name), n.Lang, now).Scan(&id); err != nil {
			return postgres.Err(err)
		}
		for _, role := range n.Roles {
			if err := insertRole(ctx, tx, id, role, now, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

// SetPassword replaces the password and ends every session begun before now.
func (s *Service) SetPassword(ctx context.Context, id int64, password string) error {
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return one(s.db.Exec(ctx, `/* accounts.set_password */
update accounts set password_hash = $2, sessions_from = $3 where id = $1`, id, hash, s.clock().UTC()))
}

// MaxName is how long the name of a person may be, in characters.
const MaxName = 120

// SetName changes what a person is called. *errs.Fields (name) if it is empty or longer than MaxName.
func (s *Service) SetName(ctx context.Context, id int64, name string) error {
	var f errs.Fields
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 {
		f.Add("name", "errors.required")
	} else if n > MaxName {
		f.Add("name", "errors.too_long", "n", MaxName)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return one(s.db.Exec(ctx, `/* accounts.set_name */ update accounts set name = $2 where id = $1`, id, name))
}

// EndSessions ends every session of an account begun before now, on all devices.
func (s *Service) EndSessions(ctx context.Context, id int64) error {
	return one(s.db.Exec(ctx, `/* accounts.end_sessions */
update accounts set sessions_from = $2 where id = $1`, id, s.clock().UTC()))
}

// SetLang keeps the language a person wants her pages and mails in.
func (s *Service) SetLang(ctx context.Context, id int64, lang i18n.Lang) error {
	return one(s.db.Exec(ctx, `/* accounts.set_lang */ update accounts set lang = $2 where id = $1`, id, lang))
}

// Person is a row of the desk's list of users.
type Person struct {
	ID         int64
	Name       string
	Email      string
	Phone      string
	Lang       i18n.Lang
	Roles      Roles
	CreatedAt  time.Time
	DisabledAt *time.Time
	Producers  []string // names of the producers she is a member of, as they call themselves
}

const sqlPeople = `/* accounts.people */
select a.id, a.name, coalesce(a.email, '') as email, coalesce(a.phone, '') as phone, a.lang, a.created_at, a.disabled_at,
       array(select role from account_roles r where r.account_id = a.id order by role) as roles,
       array(select t.name from producer_members m join producers p on p.id = m.producer_id
             join producer_sources t on t.producer_id = p.id
             where m.account_id = a.id order by t.name) as producers
from accounts a
where a.id > $1
  and ($2 = '' or a.name ilike '%' || $2 || '%' or a.email ilike '%' || $2 || '%' or a.phone like '%' || $2 || '%')
  and ($3 = '' or exists (select from account_roles r where r.account_id = a.id and r.role = $3))
order by a.id limit $4`

// PeopleQuery narrows the list of users: Text is looked for in name, e-mail and phone, Role may be empty.
type PeopleQuery struct {
	Text  string
	Role  Role
	After int64 // id of the last row of the page before
	Limit int
}

// People lists accounts in the order they were opened.
func (s *Service) People(ctx context.Context, q PeopleQuery) ([]Person, error) {
	text := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.TrimSpace(q.Text))
	rows, err := s.db.Query(ctx, sqlPeople, q.After, text, string(q.Role), q.Limit)
	if err != nil {
		return nil, postgres.Err(err)
	}
	people, err := pgx.CollectRows(rows, pgx.RowToStructByName[Person])
	return people, postgres.Err(err)
}
