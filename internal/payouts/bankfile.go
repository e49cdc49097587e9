package payouts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// ErrNoFile means that a batch has nothing for the bank: all of it is paid in
// cash, or already, or its currency is of no country whose banks we know.
var ErrNoFile = errs.E(errs.Conflict, "payouts: nothing in the batch goes by bank")

// BankFile is what goes to the bank.
type BankFile struct {
	Name   string
	Bytes  []byte
	SHA256 string // hex
	Rows   int
	Total  money.Amount
	MadeAt time.Time
	Maker  string  // who made it
	rows   []int64 // the payouts in it, in their order
}

// BankFile writes the payouts of an approved batch that are on their way to an
// account or a card, for the bank's own program to read.
//
// It is CSV in UTF-8 with a byte order mark, lines ending in CR LF: banks take
// their clients' registers through spreadsheets, which read the names wrongly
// without the mark. The columns, after a line that names them:
//
//	Uzbekistan  N, MFO, ACCOUNT, CARD, NAME, AMOUNT, PURPOSE
//	Kyrgyzstan  N, BIC, ACCOUNT, CARD, NAME, AMOUNT, PURPOSE
//
// Either code and account are there, or the card. The amount is in major units
// with a point and the currency's decimals. The purpose is in Russian, which
// both countries' banks take, and names the payout: AWP-42. The same payouts
// make the same bytes; their hash is kept with who made the file.
func (s *Service) BankFile(ctx context.Context, accountID, batchID int64) (f BankFile, err error) {
	err = postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		f = BankFile{}
		if err := office(ctx, tx, accountID); err != nil {
			return err
		}
		var cur money.Currency
		err := tx.QueryRow(ctx, `/* payouts.batch_of_file */ select currency from payout_batches where id = $1 for no key update`, batchID).Scan(&cur)
		if err != nil {
			return postgres.Err(err)
		}
		format, ok := FormatOf(cur)
		if !ok {
			return ErrNoFile
		}
		list, err := (&Service{Config{DB: tx}}).payouts(ctx, `/* payouts.for_bank */`+sqlPayout+
			`where y.batch_id = $2 and y.status = 'approved' order by y.id`, i18n.EN, batchID)
		if err != nil {
			return err
		}
		if f, err = s.bankFile(format, batchID, list); err != nil {
			return err
		}
		return s.keepFile(ctx, tx, accountID, batchID, format, f)
	})
	if err != nil {
		return BankFile{}, fmt.Errorf("bank file of batch %d: %w", batchID, err)
	}
	return f, nil
}

func (s *Service) bankFile(format Format, batchID int64, list []Payout) (BankFile, error) {
	var out bytes.Buffer
	out.WriteString("\uFEFF")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	f := BankFile{Total: money.Zero(format.Currency)}
	if err := w.Write([]string{"N", format.BankCodeName, "ACCOUNT", "CARD", "NAME", "AMOUNT", "PURPOSE"}); err != nil {
		return f, err
	}
	words := i18n.For(i18n.RU)
	for _, p := range list {
		d := p.Destination
		if d.Kind == KindCash {
			continue
		}
		number, err := s.number(d)
		if err != nil {
			return f, err
		}
		f.Rows++
		f.rows = append(f.rows, p.ID)
		row := []string{fmt.Sprint(f.Rows), d.BankCode, number, "", plain(d.Holder), p.Amount().Decimal(), words.T("till.payout.purpose", "label", p.Label())}
		if d.Kind == KindCard {
			row[2], row[3] = row[3], row[2]
		}
		if err := w.Write(row); err != nil {
			return f, err
		}
		if f.Total, err = f.Total.Add(p.Amount()); err != nil {
			return f, err
		}
	}
	if f.Rows == 0 {
		return f, ErrNoFile
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return f, err
	}
	f.Name = fmt.Sprintf("awil-payouts-%d-%s.csv", batchID, strings.ToLower(format.Country))
	f.Bytes = out.Bytes()
	hash := sha256.Sum256(f.Bytes)
	f.SHA256 = hex.EncodeToString(hash[:])
	return f, nil
}

// plain keeps a name from being run as a formula. The form refuses such names;
// this is for rows that came another way.
func plain(name string) string { return strings.TrimLeft(name, "=+-@\t\r ＋－＝＠") }

func (s *Service) keepFile(ctx context.Context, tx pgx.Tx, accountID, batchID int64, format Format, f BankFile) error {
	_, err := tx.Exec(ctx, `/* payouts.keep_file */
with made as (
    insert into payout_files (batch_id, format, sha256, payouts, amount_minor, made_by, made_at) values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7)
    on conflict (batch_id, sha256) do nothing returning id
)
insert into payout_file_rows (file_id, payout_id) select made.id, y from made, unnest($8::bigint[]) y`,
		batchID, strings.ToLower(format.Country), f.SHA256, f.Rows, f.Total.Minor, accountID, s.now(), f.rows)
	if err != nil {
		return postgres.Err(err)
	}
	return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "payout.exported", SubjectKind: "payout_batch", SubjectID: batchID,
		Detail: map[string]any{"sha256": f.SHA256, "payouts": f.Rows, "total": f.Total.String()}})
}

// BankFiles lists the files that were made of a batch, the latest first,
// without their bytes.
func (s *Service) BankFiles(ctx context.Context, b Batch) ([]BankFile, error) {
	rows, err := s.DB.Query(ctx, `/* payouts.files */
select encode(f.sha256, 'hex'), f.payouts, f.amount_minor, f.made_at, a.name
from payout_files f join accounts a on a.id = f.made_by where f.batch_id = $1 order by f.id desc`, b.ID)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f BankFile, err error) {
		f.Total.Currency = b.Currency
		err = row.Scan(&f.SHA256, &f.Rows, &f.Total.Minor, &f.MadeAt, &f.Maker)
		return f, err
	})
	return list, postgres.Err(err)
}
