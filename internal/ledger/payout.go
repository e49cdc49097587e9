package ledger

import (
	"fmt"
	"time"

	"awil/internal/money"
)

// EarningsReleased books that what a producer earned with a parcel is payable
// now. Amounts are what is left in her reserve for it, as ReserveOfParcel
// returns them; without any, the posting has no entries and nothing is written.
func EarningsReleased(parcelID, orderID, producerID int64, amounts []money.Amount, at time.Time) (Posting, error) {
	p := Posting{Rule: RuleEarningsReleased, Subject: SubjectParcel, SubjectID: parcelID, OrderID: orderID, At: at}
	var d draft
	d.about(0, parcelID)
	for _, amount := range amounts {
		if amount.Sign() < 0 {
			return p, p.refuse(fmt.Sprintf("is of %v", amount))
		}
		d.debit(reserve(producerID), amount)
		d.credit(payable(producerID), amount)
	}
	return d.posting(p)
}

// Payout books that a payment to a producer was approved and is on its way.
func Payout(payoutID, producerID int64, amount money.Amount, at time.Time, by int64) (Posting, error) {
	var d draft
	d.debit(payable(producerID), amount)
	d.credit(programme(Transit), amount)
	return d.of(payout(RulePayout, payoutID, at, by), amount)
}

// PayoutPaid books that it left a till and has arrived.
func PayoutPaid(payoutID int64, till Till, amount money.Amount, at time.Time, by int64) (Posting, error) {
	var d draft
	d.debit(programme(Transit), amount)
	d.credit(clearing(till), amount)
	return d.of(payout(RulePayoutPaid, payoutID, at, by), amount)
}

// PayoutReturned books that it did not reach her: she is owed it again. It
// comes back into a till, or, when it was never paid, from what was on its way:
// then till is empty.
func PayoutReturned(payoutID, producerID int64, till Till, amount money.Amount, at time.Time, by int64) (Posting, error) {
	var d draft
	from := programme(Transit)
	if till != "" {
		from = clearing(till)
	}
	d.debit(from, amount)
	d.credit(payable(producerID), amount)
	return d.of(payout(RulePayoutReturned, payoutID, at, by), amount)
}

func payout(rule Rule, id int64, at time.Time, by int64) Posting {
	return Posting{Rule: rule, Subject: SubjectPayout, SubjectID: id, At: at, By: by}
}

// CashHandedIn books that a courier's cash, or that of the cash box, reached
// the bank.
func CashHandedIn(entryID int64, from Till, amount money.Amount, at time.Time, by int64) (Posting, error) {
	p := Posting{Rule: RuleCashHandedIn, Subject: SubjectEntry, SubjectID: entryID, At: at, By: by}
	if from == TillBank {
		return p, p.refuse("moves nothing")
	}
	var d draft
	d.debit(clearing(TillBank), amount)
	d.credit(clearing(from), amount)
	return d.of(p, amount)
}

// DebtPaid books that a producer paid what she owed, into a till.
func DebtPaid(entryID, producerID int64, till Till, amount money.Amount, at time.Time, by int64) (Posting, error) {
	p := Posting{Rule: RuleDebtPaid, Subject: SubjectEntry, SubjectID: entryID, At: at, By: by}
	var d draft
	d.debit(clearing(till), amount)
	d.credit(payable(producerID), amount)
	return d.of(p, amount)
}
