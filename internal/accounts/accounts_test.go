package accounts_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/platform/postgres"
	"awil/internal/platform/postgres/pgtest"
)

func clock() time.Time { return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC) }

func open(t *testing.T, s *accounts.Service, email string, roles ...accounts.Role) int64 {
	t.Helper()
	id, err := s.Create(t.Context(), accounts.NewAccount{Login: accounts.Login{Email: email}, Name: "Gulnara",
		Lang: i18n.KAA, Password: "qawın-qawın", Roles: roles})
	if err != nil {
		t.Fatalf("create %s: %v", email, err)
	}
	return id
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := accounts.New(pgtest.New(t), clock)
	id := open(t, s, "gulnara@example.uz", accounts.RoleCurator)
	gone := open(t, s, "gone@example.uz")
	admin := open(t, s, "admin@example.uz", accounts.RoleAdmin)
	if err := s.SetDisabled(t.Context(), admin, gone, true); err != nil {
		t.Fatal(err)
	}

	v, err := s.SignIn(t.Context(), accounts.Login{Email: "gulnara@example.uz"}, "qawın-qawın")
	if err != nil || v.ID != id || !v.Roles.Has(accounts.RoleCurator) || v.Roles.Has(accounts.RoleFinance) || v.Lang != i18n.KAA {
		t.Fatalf("right password: %+v, %v", v, err)
	}
	for name, try := range map[string][2]string{
		"wrong password":  {"gulnara@example.uz", "qawın"},
		"unknown login":   {"nobody@example.uz", "qawın-qawın"},
		"disabled":        {"gone@example.uz", "qawın-qawın"},
		"empty":           {"", ""},
		"endless":         {"gulnara@example.uz", strings.Repeat("x", 1<<16)},
		"spare's own":     {"nobody@example.uz", "password"},
		"case of letters": {"GULNARA@example.uz", "qawın-qawın"},
	} {
		if _, err := s.SignIn(t.Context(), accounts.Login{Email: try[0]}, try[1]); !errors.Is(err, errs.Unauthenticated) {
			t.Errorf("%s: got %v, want unauthenticated", name, err)
		}
	}
}

func TestParseLogin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]accounts.Login{
		" Gulnara@Example.UZ ": {Email: "gulnara@example.uz"},
		"91 234 56 78":         {Phone: "+998912345678"},
		"+996 700 123 456":     {Phone: "+996700123456"},
		"+81 90-1234-5678":     {Phone: "+819012345678"},
	} {
		got, err := accounts.ParseLogin(in, i18n.KAA)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", in, got, err, want)
		}
	}
	if got, err := accounts.ParseLogin("0700 123 456", i18n.KY); err != nil || got.Phone != "+996700123456" {
		t.Errorf("Kyrgyz number: got %+v, %v", got, err)
	}
	for _, in := range []string{"", "gulnara", "a@", "a b@c.d", "Gulnara <a@b.uz>", "12", "+998 00"} {
		if got, err := accounts.ParseLogin(in, i18n.UZ); !errors.Is(err, errs.Invalid) {
			t.Errorf("%q: got %+v, %v, want invalid", in, got, err)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	s := accounts.New(pgtest.New(t), clock)
	open(t, s, "a@example.uz")
	for name, c := range map[string]struct {
		login accounts.Login
		pass  string
		want  errs.Kind
	}{
		"login in use":   {accounts.Login{Email: "a@example.uz"}, "long enough", errs.Conflict},
		"short password": {accounts.Login{Email: "b@example.uz"}, "short", errs.Invalid},
		"long password":  {accounts.Login{Email: "b@example.uz"}, strings.Repeat("x", 129), errs.Invalid},
		"no login":       {accounts.Login{}, "long enough", errs.Invalid},
	} {
		_, err := s.Create(t.Context(), accounts.NewAccount{Login: c.login, Name: "A", Lang: i18n.EN, Password: c.pass})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	s := accounts.New(pgtest.New(t), clock)
	first := open(t, s, "first@example.uz", accounts.RoleAdmin)
	if err := s.SetRoles(t.Context(), first, first, nil); !errors.Is(err, errs.Conflict) {
		t.Errorf("last admin's role taken: %v", err)
	}
	if err := s.SetDisabled(t.Context(), first, first, true); !errors.Is(err, errs.Conflict) {
		t.Errorf("last admin closed: %v", err)
	}
	second := open(t, s, "second@example.uz", accounts.RoleAdmin)
	done := make(chan error, 2)
	go func() { done <- s.SetRoles(context.Background(), first, second, accounts.Roles{accounts.RoleFinance}) }()
	go func() { done <- s.SetRoles(context.Background(), second, first, accounts.Roles{accounts.RoleFinance}) }()
	one, two := <-done, <-done
	if (one == nil) == (two == nil) {
		t.Errorf("two admins took the role from each other: %v, %v; exactly one may", one, two)
	}
}

func TestAuditCannotBeChanged(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := accounts.New(db, clock)
	id := open(t, s, "a@example.uz")
	err := postgres.InTx(t.Context(), db, func(tx pgx.Tx) error {
		return accounts.Audit(t.Context(), tx, accounts.Event{AccountID: id, Action: "product.approved", SubjectKind: "product",
			SubjectID: 7, Detail: map[string]any{"name": "Melon jam"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"update audit_events set action = 'a.b'", "delete from audit_events", "truncate audit_events"} {
		if _, err := db.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s went through", sql)
		}
	}
	trail, err := s.Trail(t.Context(), accounts.TrailQuery{SubjectKind: "product", SubjectID: 7, Limit: 10})
	if err != nil || len(trail) != 1 || trail[0].AccountName != "Gulnara" || !strings.Contains(string(trail[0].Detail), "Melon") {
		t.Errorf("trail: %+v, %v", trail, err)
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	s := accounts.New(pgtest.New(t), clock)
	open(t, s, "a_b@example.uz")
	curator := open(t, s, "axb@example.uz", accounts.RoleCurator)
	for name, c := range map[string]struct {
		q    accounts.PeopleQuery
		want int
	}{
		"all":                 {accounts.PeopleQuery{Limit: 10}, 2},
		"wildcard is literal": {accounts.PeopleQuery{Text: "a_b", Limit: 10}, 1},
		"by role":             {accounts.PeopleQuery{Role: accounts.RoleCurator, Limit: 10}, 1},
		"after":               {accounts.PeopleQuery{After: curator, Limit: 10}, 0},
		"limit":               {accounts.PeopleQuery{Limit: 1}, 1},
	} {
		got, err := s.People(t.Context(), c.q)
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %d people, %v, want %d", name, len(got), err, c.want)
		}
	}
}

func TestNewPasswordEndsSessions(t *testing.T) {
	t.Parallel()
	now := clock()
	s := accounts.New(pgtest.New(t), func() time.Time { return now })
	id := open(t, s, "a@example.uz")
	now = now.Add(time.Hour)
	if err := s.SetPassword(t.Context(), id, "another one"); err != nil {
		t.Fatal(err)
	}
	v, err := s.SignIn(t.Context(), accounts.Login{Email: "a@example.uz"}, "another one")
	if err != nil || !v.SessionsFrom.Equal(now) {
		t.Errorf("after a new password: %+v, %v", v, err)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	s := accounts.New(pgtest.New(t), clock)
	id := open(t, s, "a@example.uz")
	if err := s.SetName(t.Context(), id, "  Gúlayım "); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Viewer(t.Context(), id); err != nil || v.Name != "Gúlayım" {
		t.Errorf("renamed: %+v, %v", v, err)
	}
	for _, name := range []string{"", " \t", strings.Repeat("ı", accounts.MaxName+1)} {
		if err := s.SetName(t.Context(), id, name); !errors.Is(err, errs.Invalid) {
			t.Errorf("name %q: %v, want invalid", name, err)
		}
	}
	if err := s.SetName(t.Context(), id+1, "Nobody"); !errors.Is(err, errs.NotFound) {
		t.Errorf("nobody's name: %v", err)
	}
}

// Whoever was signed in before stays out: after sessions were ended, and after an account was closed and opened again.
func TestOldSessionsStayOver(t *testing.T) {
	t.Parallel()
	now := clock()
	s := accounts.New(pgtest.New(t), func() time.Time { return now })
	admin, id := open(t, s, "admin@example.uz", accounts.RoleAdmin), open(t, s, "a@example.uz")
	from := func() time.Time {
		t.Helper()
		v, err := s.Viewer(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return v.SessionsFrom
	}
	now = now.Add(time.Hour)
	if err := s.EndSessions(t.Context(), id); err != nil || !from().Equal(now) {
		t.Errorf("ended: %v, %v, want %v", from(), err, now)
	}
	if err := s.EndSessions(t.Context(), 987654); !errors.Is(err, errs.NotFound) {
		t.Errorf("nobody's sessions: %v", err)
	}
	for _, closed := range []bool{true, false} {
		now = now.Add(time.Hour)
		if err := s.SetDisabled(t.Context(), admin, id, closed); err != nil {
			t.Fatal(err)
		}
	}
	if !from().Equal(now) {
		t.Errorf("reopened: sessions count from %v, want %v", from(), now)
	}
}
