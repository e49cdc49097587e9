package books

import (
	"awil/internal/ledger"
	"awil/internal/money"
)

// order is all that says what must be booked about an order, and what is.
type order struct {
	id       int64
	currency money.Currency
	hers     bool // each producer sends her own parcel, so its shipping is hers
	over     bool // expired or cancelled: it keeps no money
	lines    []ledger.SaleLine
	parcels  []parcel
	payments []payment
	refunds  []*refund
	disputes []dispute
	charges  []charge
	booked   []transaction
}

type parcel struct {
	ledger.SaleParcel
	released  bool
	collector ledger.Collector // empty: no cash was taken
}

// payment is money that came.
type payment struct {
	id       int64
	till     ledger.Till
	expected bool // it pays for the order
	came     money.Amount
}

type refund struct {
	id       int64
	ofOrder  bool
	amount   money.Amount
	sent     bool
	till     ledger.Till // what it was sent from, last
	sendings int         // how often it was sent
	lines    map[int64]int
	shipping map[int64]int64

	booked    bool
	out, back int         // how often it is booked as sent, and as come back
	lastTill  ledger.Till // what it is booked as sent from, last
}

type dispute struct {
	id     int64
	till   ledger.Till
	status string
	amount money.Amount
}

type charge struct {
	id     int64
	till   ledger.Till
	gross  money.Amount
	fee    money.Amount
	source money.Amount // what moved it, when it was changed at rate
	rate   money.Rate
}

// transaction is one of the ledger.
type transaction struct {
	id, orderID int64
	rule        ledger.Rule
	subject     ledger.SubjectKind
	subjectID   int64
	reverses    int64
	corrected   bool
	entries     []ledger.Entry
}

// event names what a transaction books.
type event struct {
	rule ledger.Rule
	id   int64
}

func (t transaction) event() event { return event{t.rule, t.subjectID} }

func (o *order) sale() ledger.Sale {
	s := ledger.Sale{OrderID: o.id, Currency: o.currency, Lines: o.lines}
	for _, p := range o.parcels {
		s.Parcels = append(s.Parcels, p.SaleParcel)
	}
	return s
}

func (o *order) saleOf(p parcel) ledger.Sale {
	s := ledger.Sale{OrderID: o.id, Currency: o.currency, Parcels: []ledger.SaleParcel{p.SaleParcel}}
	for _, l := range o.lines {
		if l.ParcelID == p.ID {
			s.Lines = append(s.Lines, l)
		}
	}
	return s
}

func (o *order) parcel(id int64) *parcel {
	for i := range o.parcels {
		if o.parcels[i].ID == id {
			return &o.parcels[i]
		}
	}
	return nil
}

func (o *order) refund(id int64) *refund {
	for _, r := range o.refunds {
		if r.id == id {
			return r
		}
	}
	return nil
}
