package producers_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/places"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/producers"
)

var start = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

type fixture struct {
	db        *pgxpool.Pool
	now       time.Time
	accounts  *accounts.Service
	producers *producers.Service
	village   int64
	staff     int64
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{db: pgtest.New(t), now: start}
	clock := func() time.Time { return f.now }
	f.accounts, f.producers = accounts.New(f.db, clock), producers.New(f.db, clock)
	where := places.New(f.db)
	if _, err := where.SaveRegion(t.Context(), places.NewRegion{Slug: "karakalpakstan", Country: "UZ", ISO: "UZ-QR",
		Names: places.Names{i18n.EN: "Karakalpakstan", i18n.KAA: "Qaraqalpaqstan"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := where.SaveDistrict(t.Context(), places.NewDistrict{Slug: "chimbay", RegionSlug: "karakalpakstan",
		Names: places.Names{i18n.EN: "Chimbay"}}); err != nil {
		t.Fatal(err)
	}
	var err error
	if f.village, err = where.SaveVillage(t.Context(), places.NewVillage{Slug: "chimbay", DistrictSlug: "chimbay", Latitude: 42.93,
		Longitude: 59.77, Source: i18n.KAA, Texts: map[i18n.Lang]places.VillageText{i18n.KAA: {Name: "Shımbay"}, i18n.EN: {Name: "Chimbay"}}}); err != nil {
		t.Fatal(err)
	}
	f.staff = f.account(t, "staff@example.uz")
	return f
}

func (f *fixture) account(t *testing.T, email string) int64 {
	t.Helper()
	id, err := f.accounts.Create(t.Context(), newAccount(email))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func newAccount(email string) accounts.NewAccount {
	return accounts.NewAccount{Login: accounts.Login{Email: email}, Name: "Gulnara", Lang: i18n.KAA, Password: "long enough"}
}

func (f *fixture) invite(t *testing.T) producers.Invitation {
	t.Helper()
	inv, err := f.producers.Invite(t.Context(), f.staff, producers.NewInvitation{Name: "Altın Qawın", VillageID: f.village, Lang: i18n.KAA})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func TestJoinByInvitation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	inv := f.invite(t)
	if inv.VillageName != "Shımbay" || !inv.Open(f.now) {
		t.Fatalf("invitation: %+v", inv)
	}
	j, err := f.producers.Join(t.Context(), inv.Code, newAccount("gulnara@example.uz"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.producers.ByID(t.Context(), i18n.KAA, j.ProducerID)
	if err != nil || p.Name != "Altın Qawın" || p.State != producers.Joining || p.Currency != "UZS" {
		t.Errorf("producer: %+v, %v", p, err)
	}
	m, err := f.producers.Memberships(t.Context(), j.AccountID)
	if err != nil || len(m) != 1 || m[0] != (producers.Membership{ProducerID: j.ProducerID, Role: producers.Owner}) {
		t.Errorf("memberships: %+v, %v", m, err)
	}
	if _, err := f.producers.BySlug(t.Context(), i18n.EN, p.Slug()); !errors.Is(err, errs.NotFound) {
		t.Errorf("a joining producer is shown to buyers: %v", err)
	}
	if _, err := f.producers.Join(t.Context(), inv.Code, newAccount("other@example.uz")); !errors.Is(err, errs.Gone) {
		t.Errorf("used twice: %v", err)
	}
}

func TestInvitationEnds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	revoked, late := f.invite(t), f.invite(t)
	if err := f.producers.Revoke(t.Context(), f.staff, revoked.ID); err != nil {
		t.Fatal(err)
	}
	if err := f.producers.Revoke(t.Context(), f.staff, revoked.ID); !errors.Is(err, errs.Conflict) {
		t.Errorf("revoked twice: %v", err)
	}
	f.now = start.AddDate(0, 0, producers.InvitationDays)
	for name, code := range map[string]string{"revoked": revoked.Code, "expired": late.Code, "unknown": "ABCDEFGH"} {
		if _, err := f.producers.Join(t.Context(), code, newAccount(name+"@example.uz")); !errors.Is(err, errs.Gone) {
			t.Errorf("%s: got %v, want gone", name, err)
		}
		if _, err := f.accounts.SignIn(t.Context(), accounts.Login{Email: name + "@example.uz"}, "long enough"); err == nil {
			t.Errorf("%s: the account stayed behind", name)
		}
	}
}

func TestOneCardOnePerson(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	inv := f.invite(t)
	var wg sync.WaitGroup
	results := make([]error, 4)
	for i := range results {
		wg.Go(func() {
			_, results[i] = f.producers.Join(t.Context(), inv.Code, newAccount(string(rune('a'+i))+"@example.uz"))
		})
	}
	wg.Wait()
	in := 0
	for _, err := range results {
		if err == nil {
			in++
		} else if !errors.Is(err, errs.Gone) {
			t.Errorf("the late one got %v, want gone", err)
		}
	}
	if in != 1 {
		t.Errorf("%d people came in by one card", in)
	}
}

func TestParseCode(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"ABCD-2345", "abcd2345", " abcd 2345 "} {
		if got, err := producers.ParseCode(in); err != nil || got != "ABCD2345" {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "ABCD-234", "ABCD-234O", "ABCD-2345-6", "ABCD-23 ı5", "'; drop"} {
		if got, err := producers.ParseCode(in); !errors.Is(err, errs.NotFound) {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	j, err := f.producers.Join(t.Context(), f.invite(t).Code, newAccount("g@example.uz"))
	if err != nil {
		t.Fatal(err)
	}
	profile := producers.Profile{Text: producers.Text{Name: "Altın Qawın ustaxanası", Story: "Qawın."}, Kind: producers.Cooperative, VillageID: f.village}
	if err := f.producers.SaveProfile(t.Context(), j.AccountID, j.ProducerID, profile); err != nil {
		t.Fatal(err)
	}
	if err := f.producers.SaveTranslation(t.Context(), f.staff, j.ProducerID, i18n.EN, producers.Text{Name: "Golden Melon", Story: "Melons."}); err != nil {
		t.Fatal(err)
	}
	if err := f.producers.Activate(t.Context(), j.ProducerID); err != nil {
		t.Fatal(err)
	}
	p, err := f.producers.BySlug(t.Context(), i18n.EN, fmt.Sprintf("anything-%d", j.ProducerID))
	if err != nil || p.Name != "Golden Melon" || p.SlugBase != "altin-qawin-ustaxanasi" || p.VillageName != "Chimbay" {
		t.Errorf("as buyers see it: %+v, %v", p, err)
	}
	strangers := int64(987654)
	profile.PhotoID = &strangers
	if err := f.producers.SaveProfile(t.Context(), j.AccountID, j.ProducerID, profile); !errors.Is(err, errs.NotFound) {
		t.Errorf("a photo that is not hers: %v", err)
	}
	var fields *errs.Fields
	if err := f.producers.SaveProfile(t.Context(), j.AccountID, j.ProducerID, producers.Profile{}); !errors.As(err, &fields) || !fields.Has("name") || !fields.Has("village") {
		t.Errorf("empty profile: %v", err)
	}
}
