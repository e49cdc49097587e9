package ledger

import (
	"time"

	"awil/internal/money"
)

// DisputeOpened books that a buyer's bank took money back while it decides.
func DisputeOpened(disputeID, orderID int64, till Till, amount money.Amount, at time.Time) (Posting, error) {
	var d draft
	d.debit(programme(Disputed), amount)
	d.credit(clearing(till), amount)
	return d.of(dispute(RuleDisputeOpened, disputeID, orderID, at), amount)
}

// DisputeWon books that the money came back.
func DisputeWon(disputeID, orderID int64, till Till, amount money.Amount, at time.Time) (Posting, error) {
	var d draft
	d.debit(clearing(till), amount)
	d.credit(programme(Disputed), amount)
	return d.of(dispute(RuleDisputeWon, disputeID, orderID, at), amount)
}

// DisputeLost books that the money stays away. The programme bears it: what the
// producer earned is hers. The till is not touched, for the money left it when
// the dispute was opened.
func DisputeLost(disputeID, orderID int64, _ Till, amount money.Amount, at time.Time) (Posting, error) {
	var d draft
	d.debit(programme(Losses), amount)
	d.credit(programme(Disputed), amount)
	return d.of(dispute(RuleDisputeLost, disputeID, orderID, at), amount)
}

func dispute(rule Rule, id, orderID int64, at time.Time) Posting {
	return Posting{Rule: rule, Subject: SubjectDispute, SubjectID: id, OrderID: orderID, At: at}
}

// ProviderFee books what a provider kept; a negative fee is one it gave back.
// A fee of nothing makes a posting without entries, of which nothing is written.
func ProviderFee(chargeID, orderID int64, till Till, fee money.Amount, at time.Time) (Posting, error) {
	var d draft
	d.debit(programme(Fees), fee)
	d.credit(clearing(till), fee)
	return d.posting(Posting{Rule: RuleProviderFee, Subject: SubjectCharge, SubjectID: chargeID, OrderID: orderID, At: at})
}

// FeeKept books what a provider that reports no charges kept of what it sent to
// the bank, as finance entered it by hand.
func FeeKept(entryID int64, till Till, fee money.Amount, at time.Time, by int64) (Posting, error) {
	p := Posting{Rule: RuleProviderFee, Subject: SubjectEntry, SubjectID: entryID, At: at, By: by}
	if till == TillBank || till == TillCash || till == TillCourier {
		return p, p.refuse("is of no provider")
	}
	var d draft
	d.debit(programme(Fees), fee)
	d.credit(clearing(till), fee)
	return d.of(p, fee)
}

// ProviderExchange books that a provider settles a payment in another currency:
// from became to in its till. Negative sums are of a refund or a dispute. With
// one currency there is nothing to write.
func ProviderExchange(chargeID, orderID int64, till Till, from, to money.Amount, rate money.Rate, at time.Time) (Posting, error) {
	p := Posting{Rule: RuleProviderExchange, Subject: SubjectCharge, SubjectID: chargeID, OrderID: orderID, At: at}
	return changed(p, till, from, to, rate)
}

// Exchange books that the programme changed money lying in a till: from became
// to.
func Exchange(entryID int64, till Till, from, to money.Amount, rate money.Rate, at time.Time, by int64) (Posting, error) {
	p := Posting{Rule: RuleExchange, Subject: SubjectEntry, SubjectID: entryID, At: at, By: by}
	if from.Sign() <= 0 || to.Sign() <= 0 || from.Currency == to.Currency {
		return p, p.refuse("changes nothing")
	}
	return changed(p, till, from, to, rate)
}

func changed(p Posting, till Till, from, to money.Amount, rate money.Rate) (Posting, error) {
	var d draft
	if from.Currency != to.Currency {
		if from.Sign() != to.Sign() {
			return p, p.refuse("gives for what it takes")
		}
		d.credit(clearing(till), from)
		d.exchange(from, to, rate)
		d.debit(clearing(till), to)
	}
	return d.posting(p)
}

// ProviderPaidOut books that a provider sent what lay with it to the bank; a
// negative amount is one it drew.
func ProviderPaidOut(importLineID int64, till Till, amount money.Amount, at time.Time) (Posting, error) {
	p := Posting{Rule: RuleProviderPaidOut, Subject: SubjectImportLine, SubjectID: importLineID, At: at}
	if till == TillBank || amount.IsZero() {
		return p, p.refuse("moves nothing")
	}
	var d draft
	d.debit(clearing(TillBank), amount)
	d.credit(clearing(till), amount)
	return d.posting(p)
}

// Unexplained books a line of a till's report that nobody can name yet, so that
// the till agrees with the report; a negative amount is one that left.
func Unexplained(importLineID int64, till Till, amount money.Amount, at time.Time, by int64, memo string) (Posting, error) {
	p := Posting{Rule: RuleUnexplained, Subject: SubjectImportLine, SubjectID: importLineID, At: at, By: by, Memo: memo}
	if amount.IsZero() {
		return p, p.refuse("moves nothing")
	}
	var d draft
	d.debit(clearing(till), amount)
	d.credit(programme(Suspense), amount)
	return d.posting(p)
}
