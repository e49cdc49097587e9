package payouts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Destination is where a producer's money goes.
type Destination struct {
	ID         int64
	ProducerID int64
	Kind       Kind
	Country    string
	Holder     string
	BankCode   string
	Tail       string // the last digits of the account or card; empty: cash
	HandedBy   string // cash: who brings it to her
	SetBy      int64
	Setter     string // who wrote it down
	SetAt      time.Time
	UsableFrom time.Time // no batch pays there before: her people have been written to, and may say no
	sealed     []byte
}

// Masked is the number as it may be shown: "•••• 1234"; empty for cash.
func (d Destination) Masked() string {
	if d.Tail == "" {
		return ""
	}
	return "•••• " + d.Tail
}

// Known reports whether there is a destination at all.
func (d Destination) Known() bool { return d.ID != 0 }

// For reports whether money in a currency can go there: by bank and card only
// the country's own.
func (d Destination) For(cur money.Currency) bool {
	f, ok := FormatOf(cur)
	return d.Known() && (d.Kind == KindCash || ok && f.Country == d.Country)
}

const sqlDestination = `
select d.id, d.producer_id, d.kind, d.country, d.holder, d.bank_code, d.tail, d.handed_by, d.set_by, a.name, d.set_at, d.usable_from, d.sealed
from payout_destinations d join accounts a on a.id = d.set_by
`

func (s *Service) destinations(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Destination, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Destination, err error) {
		err = row.Scan(&d.ID, &d.ProducerID, &d.Kind, &d.Country, &d.Holder, &d.BankCode, &d.Tail, &d.HandedBy, &d.SetBy, &d.Setter, &d.SetAt, &d.UsableFrom, &d.sealed)
		return d, err
	})
	return list, postgres.Err(err)
}

// Destination returns where a producer's money goes now, one that is not Known
// while nobody has said.
func (s *Service) Destination(ctx context.Context, producerID int64) (Destination, error) {
	list, err := s.destinations(ctx, s.DB, `/* payouts.destination */`+sqlDestination+
		`where d.producer_id = $1 order by d.id desc limit 1`, producerID)
	if err != nil || len(list) == 0 {
		return Destination{}, err
	}
	return list[0], nil
}

const sqlSetDestination = `/* payouts.set_destination */
insert into payout_destinations (producer_id, kind, country, holder, bank_code, sealed, tail, handed_by, set_by, set_at, usable_from)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10::timestamptz + make_interval(days => case
    when $11 and exists (select from producer_members where producer_id = $1 and account_id = $9) then 0
    else coalesce((select case when demo then 0 else destination_days end from programme), 2) end)
returning id`

// SetDestination writes down where a producer's money goes from now on, in the
// name of an account: one of her members, or finance. Whoever calls has made
// sure of that. All her people get a letter about it, and money goes there only
// after the programme's destination_days (at once in a demonstration), so that
// they can say no; her first destination, from one of themselves, need not
// wait. What is as it was is not written again. A number left empty stays as it
// was, where the way stays. What is wrong with the form is *errs.Fields; a
// producer who is paid in no country we know the banks of is errs.Invalid.
func (s *Service) SetDestination(ctx context.Context, producerID, accountID int64, typed Typed) error {
	return postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error {
		var cur money.Currency
		if err := tx.QueryRow(ctx, `/* payouts.lock_producer */ select currency from producers where id = $1 for no key update`, producerID).Scan(&cur); err != nil {
			return fmt.Errorf("producer %d: %w", producerID, postgres.Err(err))
		}
		format, ok := FormatOf(cur)
		if !ok {
			return errs.E(errs.Invalid, "payouts: no banks known that pay in "+string(cur))
		}
		at, err := (&Service{Config{DB: tx}}).Destination(ctx, producerID)
		if err != nil {
			return err
		}
		before := at
		keep := before.Kind == typed.Kind && before.Country == format.Country
		if typed, err = format.checked(typed, keep); err != nil {
			return err
		}
		sealed, tail := before.sealed, before.Tail
		if typed.Number != "" {
			sealed, tail = s.Vault.close(producerID, typed.Number), typed.Number[len(typed.Number)-4:]
		}
		if typed.Kind == KindCash {
			sealed, tail = nil, ""
		}
		if keep && s.same(before, typed) {
			return nil
		}
		var id int64
		err = tx.QueryRow(ctx, sqlSetDestination, producerID, typed.Kind, format.Country, typed.Holder, typed.BankCode, sealed, tail,
			typed.HandedBy, accountID, s.now(), !before.Known()).Scan(&id)
		if err != nil {
			return fmt.Errorf("destination of producer %d: %w", producerID, postgres.Err(err))
		}
		if err := s.letter(ctx, tx, letterArgs{DestinationID: id}); err != nil {
			return err
		}
		return accounts.Audit(ctx, tx, accounts.Event{AccountID: accountID, Action: "producer.money_to", SubjectKind: "producer", SubjectID: producerID,
			Detail: map[string]any{"kind": typed.Kind, "holder": typed.Holder, "ends": tail, "before": before.Kind, "before_ends": before.Tail}})
	})
}

// same reports whether a form, once checked, says what a destination of its
// kind says already.
func (s *Service) same(d Destination, t Typed) bool {
	if d.Holder != t.Holder || d.BankCode != t.BankCode || d.HandedBy != t.HandedBy {
		return false
	}
	if t.Number == "" {
		return true
	}
	number, err := s.number(d)
	return err == nil && number == t.Number
}

// number opens the account or card number of a destination.
func (s *Service) number(d Destination) (string, error) {
	if d.sealed == nil {
		return "", errors.New("payouts: cash has no number")
	}
	return s.Vault.open(d.ProducerID, d.sealed)
}
