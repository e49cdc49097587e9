package ledger

import (
	"fmt"

	"awil/internal/errs"
	"awil/internal/money"
)

// draft collects the entries of a posting.
type draft struct {
	entries      []Entry
	line, parcel int64 // what the next entries are about
}

// about says which line and parcel the next entries are about; 0 is none.
func (d *draft) about(line, parcel int64) { d.line, d.parcel = line, parcel }

func (d *draft) debit(a Account, amount money.Amount) { d.add(a, amount, 1) }

func (d *draft) credit(a Account, amount money.Amount) { d.add(a, amount, -1) }

// add appends an entry of the account in the amount's currency; one of nothing
// is left out.
func (d *draft) add(a Account, amount money.Amount, sign int64) {
	if amount.IsZero() {
		return
	}
	a.Currency = amount.Currency
	d.entries = append(d.entries, Entry{Account: a, Minor: sign * amount.Minor, LineID: d.line, ParcelID: d.parcel})
}

// exchange books that from became to: the two sides of it stand on the FX
// accounts of their currencies, the rate on the side it is quoted for. Nothing
// is booked when the currency stays the same.
func (d *draft) exchange(from, to money.Amount, rate money.Rate) {
	if from.Currency == to.Currency {
		return
	}
	d.debit(programme(FX), from)
	d.rated(from, rate, to.Currency)
	d.credit(programme(FX), to)
}

// rated notes the rate on the entry just made for amount.
func (d *draft) rated(amount money.Amount, rate money.Rate, to money.Currency) {
	if amount.IsZero() || rate.IsZero() {
		return
	}
	last := &d.entries[len(d.entries)-1]
	last.Rate, last.RateTo = &rate, to
}

// programme is an account of the programme in the currency of what is booked.
func programme(kind Kind) Account { return Account{Kind: kind} }

func clearing(till Till) Account { return Account{Kind: Clearing, Till: till} }

func payable(producerID int64) Account {
	return Account{Kind: ProducerPayable, ProducerID: producerID}
}

func reserve(producerID int64) Account {
	return Account{Kind: ProducerReserve, ProducerID: producerID}
}

// posting completes p with the entries, or says what is wrong with them.
func (d *draft) posting(p Posting) (Posting, error) {
	p.Entries = d.entries
	return p, p.check()
}

// check refuses what could never be written: a posting without a subject or a
// moment, an entry of an account that cannot be, and entries that do not
// balance. All are errs.Invalid.
func (p Posting) check() error {
	if p.SubjectID <= 0 || p.At.IsZero() {
		return p.refuse("has no subject or no moment")
	}
	sums := map[money.Currency]money.Amount{}
	for _, e := range p.Entries {
		if err := e.Account.check(); err != nil {
			return p.refuse(err.Error())
		}
		cur := e.Account.Currency
		sum, err := money.Zero(cur).Add(e.Amount())
		if before, ok := sums[cur]; ok {
			sum, err = before.Add(e.Amount())
		}
		if err != nil {
			return p.refuse(err.Error())
		}
		sums[cur] = sum
	}
	for _, sum := range sums {
		if !sum.IsZero() {
			return p.refuse(fmt.Sprintf("is out of balance by %v", sum))
		}
	}
	return nil
}

func (p Posting) refuse(why string) error {
	return errs.E(errs.Invalid, fmt.Sprintf("ledger: %s of %s %d %s", p.Rule, p.Subject, p.SubjectID, why))
}

func (a Account) check() error {
	hers := a.Kind == ProducerPayable || a.Kind == ProducerReserve
	switch {
	case hers != (a.ProducerID != 0):
		return fmt.Errorf("names account %s of producer %d", a.Kind, a.ProducerID)
	case (a.Kind == Clearing) != (a.Till != ""), a.Till != "" && !a.Till.Known():
		return fmt.Errorf("names account %s of till %q", a.Kind, a.Till)
	case !a.Currency.Known():
		return fmt.Errorf("has currency %q", string(a.Currency))
	}
	return nil
}
