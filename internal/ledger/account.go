package ledger

import "awil/internal/money"

// Kind says what an account keeps.
type Kind string

// The kinds of account. Clearing, transit, fees, disputed and losses usually
// stand in debit, buyer, the producers' and what the programme earns in credit;
// fx and suspense in either.
const (
	Clearing        Kind = "clearing"         // money at a provider, in the bank, in the till, with couriers
	Transit         Kind = "transit"          // paid out to producers and not yet arrived
	Buyer           Kind = "buyer"            // owed back to buyers
	ProducerPayable Kind = "producer_payable" // owed to a producer now; in debit what she owes
	ProducerReserve Kind = "producer_reserve" // earned by a producer, kept until her parcel stayed delivered
	Commission      Kind = "commission"       // the programme's part of a producer's price
	Margin          Kind = "margin"           // what a market's price has beyond the producer's
	Shipping        Kind = "shipping"         // taken for sending that the programme pays for
	Fees            Kind = "fees"             // kept by payment providers
	FX              Kind = "fx"               // the two sides of every exchange
	Disputed        Kind = "disputed"         // held back by a buyer's bank
	Losses          Kind = "losses"           // disputes lost
	Suspense        Kind = "suspense"         // of a bank line nobody could name yet
)

// Till is where money lies; each has a clearing account.
type Till string

// The tills. Those of online providers are named as payments.Provider is.
const (
	TillStripe  Till = "stripe"
	TillPayme   Till = "payme"
	TillClick   Till = "click"
	TillBank    Till = "bank"
	TillCash    Till = "cash"    // the programme's cash box
	TillCourier Till = "courier" // taken at the door, not yet handed in
)

// Known reports whether there is such a till.
func (t Till) Known() bool {
	switch t {
	case TillStripe, TillPayme, TillClick, TillBank, TillCash, TillCourier:
		return true
	}
	return false
}

// Account is one account of the books. It exists from its first entry on.
type Account struct {
	Kind       Kind
	ProducerID int64 // of the producers' kinds, else 0
	Till       Till  // of Clearing, else empty
	Currency   money.Currency
}

// ClearingOf is the account of what lies in a till.
func ClearingOf(till Till, cur money.Currency) Account {
	return Account{Kind: Clearing, Till: till, Currency: cur}
}

// PayableTo is the account of what a producer is owed now.
func PayableTo(producerID int64, cur money.Currency) Account {
	return Account{Kind: ProducerPayable, ProducerID: producerID, Currency: cur}
}

// ReserveOf is the account of what a producer has earned and is kept for her.
func ReserveOf(producerID int64, cur money.Currency) Account {
	return Account{Kind: ProducerReserve, ProducerID: producerID, Currency: cur}
}

// Of is an account of the programme, one for each kind and currency.
func Of(kind Kind, cur money.Currency) Account { return Account{Kind: kind, Currency: cur} }
