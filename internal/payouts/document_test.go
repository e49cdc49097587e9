package payouts_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/payouts"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestBankFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.earned(melon, 5000000, 2)
	w.earned(felt, 12345678, 1)
	w.earned(honey, 99995, 3)
	w.card(melon)
	w.bank(felt)
	w.bank(honey)
	for cur, name := range map[money.Currency]string{money.UZS: "bank-uz.csv", money.KGS: "bank-kg.csv"} {
		id, err := w.Propose(ctx, anna, cur)
		w.ok(err)
		if _, err := w.BankFile(ctx, anna, id); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a file before approval: %v", err)
		}
		_, err = w.Approve(ctx, berik, id)
		w.ok(err)
		if _, err := w.BankFile(ctx, cem, id); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a curator takes the file: %v", err)
		}
		f, err := w.BankFile(ctx, anna, id)
		w.ok(err)
		hash := sha256.Sum256(f.Bytes)
		if f.SHA256 != hex.EncodeToString(hash[:]) {
			t.Error("the hash is of something else")
		}
		// Numbers of batches and payouts follow the order of the loop.
		text := string(f.Bytes)
		for _, p := range w.list(id) {
			text = strings.ReplaceAll(text, p.Label(), "AWP-"+string(rune('A'+p.ProducerID)))
		}
		golden(t, name, []byte(text))
		again, err := w.BankFile(ctx, berik, id)
		w.ok(err)
		b, err := w.Batch(ctx, id)
		w.ok(err)
		files, err := w.BankFiles(ctx, b)
		w.ok(err)
		if !bytes.Equal(f.Bytes, again.Bytes) || len(files) != 1 || files[0].SHA256 != f.SHA256 || files[0].Total != b.Total() {
			t.Errorf("%+v", files)
		}
		_, err = w.MarkBatchPaid(ctx, anna, id, "No. 3")
		w.ok(err)
		if _, err := w.BankFile(ctx, anna, id); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a file of what is paid: %v", err)
		}
	}
}

func TestDestinationsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		typed payouts.Typed
		field string
	}{
		"no way":             {payouts.Typed{Holder: "A"}, "kind"},
		"no holder":          {payouts.Typed{Kind: payouts.KindCash, HandedBy: "Gúlim"}, "holder"},
		"formula":            {payouts.Typed{Kind: payouts.KindCash, Holder: "=cmd|' /C calc'!A0", HandedBy: "Gúlim"}, "holder"},
		"nobody hands it":    {payouts.Typed{Kind: payouts.KindCash, Holder: "Aysulu"}, "handed_by"},
		"short card":         {payouts.Typed{Kind: payouts.KindCard, Holder: "Aysulu", Number: "8600 1234"}, "number"},
		"card with a typo":   {payouts.Typed{Kind: payouts.KindCard, Holder: "Aysulu", Number: "8600 1234 5678 9013"}, "number"},
		"no card":            {payouts.Typed{Kind: payouts.KindCard, Holder: "Aysulu"}, "number"},
		"letters":            {payouts.Typed{Kind: payouts.KindCard, Holder: "Aysulu", Number: "8600 1234 5678 90AB"}, "number"},
		"MFO of six":         {payouts.Typed{Kind: payouts.KindBank, Holder: "Aysulu", BankCode: "008731", Number: "20208000900123456001"}, "bank_code"},
		"account of sixteen": {payouts.Typed{Kind: payouts.KindBank, Holder: "Aysulu", BankCode: "00873", Number: "2020800090012345"}, "number"},
	} {
		err := w.SetDestination(t.Context(), melon, maker, c.typed)
		var fields *errs.Fields
		if !asFields(err, &fields) || !fields.Has(c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.bank(honey) // six and sixteen are right in Kyrgyzstan
}

func asFields(err error, into **errs.Fields) bool {
	fields, ok := err.(*errs.Fields)
	*into = fields
	return ok
}

func TestNumbersAreSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.card(melon)
	w.bank(felt)
	var dump string
	w.ok(w.db.QueryRow(ctx, `select string_agg(d::text, ' ') || (select string_agg(a::text, ' ') from audit_events a) from payout_destinations d`).Scan(&dump))
	for _, secret := range []string{"8600123456789012", "20208000900123456001", hex.EncodeToString([]byte("8600123456789012"))} {
		if strings.Contains(dump, secret) {
			t.Errorf("%s can be read", secret)
		}
	}
	d, err := w.Destination(ctx, melon)
	w.ok(err)
	if d.Masked() != "•••• 9012" {
		t.Error(d.Masked())
	}
	// Left empty, the number stays; the other way needs its own.
	w.ok(w.SetDestination(ctx, melon, maker, payouts.Typed{Kind: payouts.KindCard, Holder: "AYSULU TURSYNOVA"}))
	if err := w.SetDestination(ctx, melon, maker, payouts.Typed{Kind: payouts.KindBank, Holder: "A", BankCode: "00873"}); err == nil {
		t.Error("an account without a number")
	}
	// Another producer's row does not open it, nor does another secret.
	_, err = w.db.Exec(ctx, `insert into payout_destinations (producer_id, kind, country, holder, sealed, tail, set_by, set_at, usable_from)
select 2, kind, country, holder, sealed, tail, 1, '2026-01-01', '2026-01-01' from payout_destinations where producer_id = 1 order by id desc limit 1`)
	w.ok(err)
	w.earned(felt, 5000000, 1)
	id, _ := w.approved(money.UZS)
	if _, err := w.BankFile(ctx, anna, id); errs.KindOf(err) != errs.Conflict {
		t.Errorf("another's number opens: %v", err)
	}
}

// document is a statement with one of everything.
func (w *world) document(lang i18n.Lang) (payouts.Document, payouts.Each) {
	w.t.Helper()
	ctx := w.t.Context()
	w.card(melon)
	a := w.earned(melon, 5000000, 4)
	w.cashKept(melon, 4500000, 1)
	w.refund(a, 1)
	waits := w.order(melon, 3000000, 1, 1500000, 1000)
	w.paid(&waits)
	id, _ := w.approved(money.UZS)
	w.back(w.list(id)[0].ID, "=1+1")
	w.now = w.now.Add(time.Hour)
	st, err := w.Statement(ctx, melon, money.UZS, payouts.Month(w.now))
	w.ok(err)
	d := payouts.Document{Statement: st, Localizer: i18n.For(lang), Zone: time.FixedZone("+05", 5*60*60), ProducerName: "Altın Qawın", Programme: "Awıl"}
	return d, func(f func(payouts.Line) error) (bool, error) {
		return w.EachLine(ctx, melon, money.UZS, st.Period, payouts.MostLines, f)
	}
}

func TestTableFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, each := w.document(i18n.EN)
	var out bytes.Buffer
	w.ok(d.WriteCSV(&out, each))
	golden(t, "statement.csv", out.Bytes())
}

func TestPDFSpeaksSixLanguages(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not here (poppler-utils)")
	}
	w := newWorld(t)
	d, each := w.document(i18n.EN)
	for _, lang := range i18n.Langs() {
		d.Localizer = i18n.For(lang)
		pdf, err := d.PDF(each)
		w.ok(err)
		again, err := d.PDF(each)
		w.ok(err)
		if !bytes.Equal(pdf, again) || len(pdf) > 120_000 {
			t.Errorf("%s: %d bytes, then %d", lang, len(pdf), len(again))
		}
		cmd := exec.CommandContext(t.Context(), tool, "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(pdf)
		text, err := cmd.Output()
		w.ok(err)
		got := flat(string(text))
		for _, want := range []string{d.Heading(), "Altın Qawın", "Qawın varenyesi", d.T("money.kind.cash"), d.T("money.kind.payout_returned"),
			d.T("money.share"), d.Money(d.Closing.Whole()), d.Money(money.New(20000000, money.UZS)), "AW-10001", "AWP-1", d.Days()} {
			if !strings.Contains(got, flat(want)) {
				t.Errorf("%s: %q is not in\n%s", lang, want, text)
			}
		}
	}
}

// flat makes all spaces alike, and none of those that a reader of the file puts
// between scripts.
func flat(s string) string { return strings.Join(strings.Fields(s), "") }

func TestLongStatementsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.order(melon, 100, 1, 0, 1000)
	w.paid(&s)
	w.many(s, 400)
	st, err := w.Statement(t.Context(), melon, money.UZS, payouts.Since)
	w.ok(err)
	d := payouts.Document{Statement: st, Localizer: i18n.For(i18n.KAA), Zone: time.UTC, ProducerName: "Altın Qawın", Programme: "Awıl"}
	pdf, err := d.PDF(func(f func(payouts.Line) error) (bool, error) {
		return w.EachLine(t.Context(), melon, money.UZS, st.Period, 300, f)
	})
	w.ok(err)
	if n := bytes.Count(pdf, []byte("/Type /Page\n")); n < 5 {
		t.Errorf("%d pages", n)
	}
}

// TestLinesSayWhy: a refund names the line, how many and why.
func TestLinesSayWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.earned(melon, 5000000, 3)
	w.refund(s, 2)
	w.post(ledger.DebtPaid(1, melon, ledger.TillCash, money.New(100, money.UZS), w.now, anna))
	var got []payouts.Line
	_, err := w.EachLine(t.Context(), melon, money.UZS, payouts.Since, 10, func(l payouts.Line) error {
		got = append(got, l)
		return nil
	})
	w.ok(err)
	if len(got) != 3 || got[1].Kind != payouts.EntryRefund || got[1].Price().Minor != -10000000 || got[1].Order() != "AW-10001" || got[2].Kind != payouts.EntryDebtPaid {
		t.Errorf("%+v", got)
	}
}
