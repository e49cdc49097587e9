package producers_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/producers"
)

// What a producer writes about herself is read by buyers once staff have looked at it, and not before.
func TestHerWordsWaitForTheProgramme(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		f.now = f.now.Add(time.Minute)
	}
	j, err := f.producers.Join(ctx, f.invite(t).Code, newAccount("g@example.uz"))
	ok(err)
	profile := producers.Profile{Text: producers.Text{Name: "Altın Qawın", Story: "Qawın."}, Kind: producers.Workshop, VillageID: f.village}
	ok(f.producers.SaveProfile(ctx, j.AccountID, j.ProducerID, profile))
	ok(f.producers.SaveTranslation(ctx, f.staff, j.ProducerID, i18n.EN, producers.Text{Name: "Golden Melon", Story: "Melons."}))
	waiting := func(want ...int64) {
		t.Helper()
		if got, err := f.producers.NewWords(ctx); err != nil || !slices.Equal(got, want) {
			t.Errorf("waiting: %v, %v, want %v", got, err, want)
		}
	}
	read := func(lang i18n.Lang) producers.Producer {
		t.Helper()
		p, err := f.producers.ByID(ctx, lang, j.ProducerID)
		ok(err)
		return p
	}
	waiting() // she is looked at with her first listing
	ok(f.producers.Activate(ctx, j.ProducerID))
	if p := read(i18n.KAA); p.Name != "Altın Qawın" || p.Story != "Qawın." {
		t.Fatalf("the first words: %+v", p)
	}

	photo := profile
	photo.SinceYear = new(int)
	*photo.SinceYear = 2015
	ok(f.producers.SaveProfile(ctx, j.AccountID, j.ProducerID, photo))
	waiting() // nothing to read is new
	profile.Name, profile.Story = "Arzan dáriler", "www.example.com"
	ok(f.producers.SaveProfile(ctx, j.AccountID, j.ProducerID, profile))
	waiting(j.ProducerID)
	if p := read(i18n.KAA); p.Name != "Altın Qawın" || p.Story != "Qawın." || p.SlugBase != "altin-qawin" {
		t.Errorf("buyers read what nobody has looked at: %+v", p)
	}
	if p, err := f.producers.Mine(ctx, i18n.EN, j.ProducerID); err != nil || p.Name != "Arzan dáriler" || p.TextLang != i18n.KAA || p.VillageName != "Chimbay" {
		t.Errorf("in the studio: %+v, %v", p, err)
	}
	ok(f.producers.Activate(ctx, j.ProducerID)) // another listing of hers is approved
	waiting(j.ProducerID)

	seen, err := f.producers.Own(ctx, j.ProducerID)
	ok(err)
	profile.Name, profile.Story = "Qawın hám bal", "Qawın hám bal."
	ok(f.producers.SaveProfile(ctx, j.AccountID, j.ProducerID, profile))
	if err := f.producers.ApproveWords(ctx, f.staff, j.ProducerID, seen.UpdatedAt); !errors.Is(err, errs.Conflict) {
		t.Errorf("approved what was not read: %v", err)
	}
	seen, err = f.producers.Own(ctx, j.ProducerID)
	ok(err)
	ok(f.producers.ApproveWords(ctx, f.staff, j.ProducerID, seen.UpdatedAt))
	waiting()
	if p := read(i18n.KAA); p.Name != "Qawın hám bal" || p.Story != "Qawın hám bal." || p.SlugBase != "qawin-ham-bal" {
		t.Errorf("after approval: %+v", p)
	}
	if err := f.producers.ApproveWords(ctx, f.staff, j.ProducerID, seen.UpdatedAt); !errors.Is(err, errs.Conflict) {
		t.Errorf("approved twice: %v", err)
	}
	texts, err := f.producers.Texts(ctx, j.ProducerID)
	if err != nil || texts[i18n.EN].State != producers.TextStale || texts[i18n.EN].Name != "Golden Melon" || texts[i18n.KAA].State != producers.TextSource {
		t.Errorf("translations of what she said before: %+v, %v", texts, err)
	}

	trail, err := f.accounts.Trail(ctx, accounts.TrailQuery{SubjectKind: "producer", SubjectID: j.ProducerID, Limit: 20})
	ok(err)
	var actions []string
	for _, e := range trail {
		actions = append(actions, e.Action)
	}
	want := []string{"producer.words_approved", "producer.edited", "producer.edited", "producer.edited", "producer.translated", "producer.edited", "invitation.used"}
	if !slices.Equal(actions, want) || *trail[1].AccountID != j.AccountID {
		t.Errorf("trail %q, want %q", actions, want)
	}
}

// What staff write over her words counts as looking at them.
func TestStaffMayWriteHerWordsAnew(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := t.Context()
	id, err := f.producers.Create(ctx, producers.NewProducer{Text: producers.Text{Name: "Altın Qawın"}, Kind: producers.Family, VillageID: f.village,
		Currency: "UZS", Source: i18n.KAA, State: producers.Active})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := f.producers.ByID(ctx, i18n.KAA, id); err != nil || p.Name != "Altın Qawın" {
		t.Fatalf("%+v, %v", p, err)
	}
	f.now = f.now.Add(time.Minute)
	profile := producers.Profile{Text: producers.Text{Name: "ALTIN QAWIN!!!"}, Kind: producers.Family, VillageID: f.village}
	if err := f.producers.SaveProfile(ctx, f.staff, id, profile); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(time.Minute)
	if err := f.producers.SaveTranslation(ctx, f.staff, id, i18n.KAA, producers.Text{Name: "Altın qawın"}); err != nil {
		t.Fatal(err)
	}
	if got, err := f.producers.NewWords(ctx); err != nil || len(got) != 0 {
		t.Errorf("still waiting: %v, %v", got, err)
	}
}
