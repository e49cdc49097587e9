package main

import (
	"strings"
	"testing"

	"awil/internal/platform/postgres/pgtest"
)

// TestDoctorSaysWhatItLooksAt: which database, without its password, the sender, and who may take money.
func TestDoctorSaysWhatItLooksAt(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	found, err := doctorDatabase(t.Context(), Config{DatabaseURL: url})
	if err != nil || !strings.Contains(found, "AWIL_DATABASE_URL: database "+databaseName(t, url)+" of user ") || !strings.Contains(found, "answers, schema") {
		t.Errorf("%q, %v", found, err)
	}
	_, err = doctorDatabase(t.Context(), Config{DatabaseURL: "postgres://shop:secret@127.0.0.1:1/awil?connect_timeout=2"})
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "database awil of user shop at 127.0.0.1, port 1") {
		t.Errorf("a database that is not there: %v", err)
	}
	if _, err = doctorDatabase(t.Context(), Config{DatabaseURL: "postgres://shop:secret@:x/"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("no address: %v", err)
	}
	dir := t.TempDir()
	found, err = doctorDatabase(t.Context(), Config{DataDir: dir})
	if err != nil || !strings.Contains(found, dir) || !strings.Contains(found, "does not run now") {
		t.Errorf("a private one that does not run: %q, %v", found, err)
	}
}

func TestDoctorOnMailPaymeAndClick(t *testing.T) {
	t.Parallel()
	const smtp = "smtp://me:secret@mail.example:587"
	for name, one := range map[string]struct {
		run  func() (string, error)
		want string
		bad  bool
	}{
		"no SMTP":   {func() (string, error) { return doctorMail(t.Context(), Config{MailFrom: "a@b.uz"}) }, "kept in the outbox, from a@b.uz", false},
		"no sender": {func() (string, error) { return doctorMail(t.Context(), Config{SMTPURL: smtp}) }, "from", true},
		"nowhere":   {func() (string, error) { return doctorMail(t.Context(), Config{SMTPURL: smtp + "?from=shop@localhost"}) }, "shop@localhost", true},
		"mail":      {func() (string, error) { return doctorMail(t.Context(), Config{SMTPURL: smtp + "?from=a@b.uz"}) }, "by mail.example:587, from a@b.uz", false},
		"no Payme":  {func() (string, error) { return doctorPayme(t.Context(), Config{}) }, "Payme is not offered", false},
		"Payme": {func() (string, error) {
			return doctorPayme(t.Context(), Config{PaymeMerchantID: "m", PaymeKey: "secret"})
		}, "register m", false},
		"bad address": {func() (string, error) { return doctorPayme(t.Context(), Config{PaymeAddresses: []string{"x"}}) }, "PAYME_ADDRESSES", true},
		"no Click":    {func() (string, error) { return doctorClick(t.Context(), Config{}) }, "Click is not offered", false},
		"Click": {func() (string, error) {
			return doctorClick(t.Context(), Config{ClickServiceID: "7", ClickSecretKey: "secret"})
		}, "service 7", false},
	} {
		found, err := one.run()
		if err != nil {
			found = err.Error()
		}
		if (err != nil) != one.bad || !strings.Contains(found, one.want) || strings.Contains(found, "secret") {
			t.Errorf("%s: %q, failed: %v", name, found, err != nil)
		}
	}
}
