// Package payouts pays producers what they have earned: where their money goes,
// batches that one person proposes and another approves, the file for the bank,
// and the statement that says what each payout is for.
//
// What anybody is owed is read from the ledger alone. A payout is posted when
// its batch is approved, in the transaction that looks at the books a last
// time; its statement keeps which entries that transaction saw, so that it can
// be worked out again at any time and must come out the same.
//
// Whoever changes a batch locks it first, then its payouts, then the producers'
// accounts in the order of their ids.
package payouts

import (
	"context"
	"fmt"
	"time"

	"awil/internal/money"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
)

// BatchStatus is where a batch stands.
type BatchStatus string

// The states of a batch, as the table payout_batches lists them.
const (
	BatchProposed BatchStatus = "proposed"
	BatchApproved BatchStatus = "approved"
	BatchRejected BatchStatus = "rejected"
)

// BatchMoves says where a batch may go. The table payout_batch_moves lists the
// same, and the database refuses anything else.
var BatchMoves = map[BatchStatus][]BatchStatus{BatchProposed: {BatchApproved, BatchRejected}}

// Status is where a payout stands.
type Status string

// The states of a payout, as the table payouts lists them.
const (
	Proposed Status = "proposed"
	Approved Status = "approved" // booked, on its way
	Paid     Status = "paid"
	Returned Status = "returned" // did not reach her; owed again
	Dropped  Status = "dropped"  // left out when the batch was decided
)

// Statuses lists every state of a payout.
var Statuses = []Status{Proposed, Approved, Paid, Returned, Dropped}

// Moves says where a payout may go. The table payout_moves lists the same, and
// the database refuses anything else.
var Moves = map[Status][]Status{
	Proposed: {Approved, Dropped},
	Approved: {Paid, Returned},
	Paid:     {Returned},
}

// Drop says why a payout was left out.
type Drop string

// Why, as the table payouts lists it.
const (
	DropRejected    Drop = "rejected"    // with its whole batch
	DropNothing     Drop = "nothing"     // refunds since have left nothing to pay
	DropDestination Drop = "destination" // she has changed where her money goes
)

// Config is what payouts work with.
type Config struct {
	DB    postgres.DB
	Clock func() time.Time
	Vault *Vault
	Queue *jobs.Client // enqueues letters; nil: nobody is written to
	// BaseURL is of the shop, without a final slash: what letters link to.
	BaseURL string
	Zone    *time.Location // of the days letters name; nil: UTC
	// Release makes payable what is due to be, before anybody is proposed: a
	// worker that stands still must pay nobody late. Nil: somebody else sees to it.
	Release func(context.Context) (int, error)
}

// Service holds the use cases. It is safe for concurrent use.
type Service struct{ Config }

// New returns the service.
func New(c Config) *Service { return &Service{c} }

// now is the moment things are written with, as exact as the database keeps it.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// Batch is what is paid out together, in one currency.
type Batch struct {
	ID         int64
	Currency   money.Currency
	Status     BatchStatus
	ProposedBy int64
	Proposer   string
	ProposedAt time.Time
	DecidedBy  *int64
	Decider    string // who approved or rejected it; empty: nobody yet
	DecidedAt  *time.Time
	Reason     string // of a rejection
	Payouts    int    // how many are in it, those left out not counted; of a rejected one, how many were proposed
	Open       int    // of them not yet paid or returned
	TotalMinor int64
}

// Total is what the payouts of the batch come to.
func (b Batch) Total() money.Amount { return money.New(b.TotalMinor, b.Currency) }

// Payout is one producer's part of a batch.
type Payout struct {
	ID            int64
	BatchID       int64
	ProducerID    int64
	ProducerName  string
	Currency      money.Currency
	Status        Status
	ProposedMinor int64
	AmountMinor   int64
	PayableMinor  int64 `db:"-"` // of a batch's list: what she is owed in the books now, this payout apart from a proposed one already taken off
	Dropped       Drop
	Proof         string
	ReturnReason  string
	PaidAt        *time.Time
	ReturnedAt    *time.Time
	ApprovedAt    *time.Time
	Returner      string // who said that it came back
	InFile        bool   // it was in a file for the bank
	AskedBy       int64  // who says that it came back, while a second person has not; or 0
	Asker         string
	AskedWhy      string
	Before        Before      `db:"-"` // of one not paid yet
	Destination   Destination `db:"-"`
}

// Before is the payout whose money a later one pays again, where it was in a
// file for the bank: somebody should look whether it was paid after all.
type Before struct {
	ID       int64 // 0: there is none
	FileAt   time.Time
	FileHash string // SHA-256, hex
	Asker    string
	Returner string
}

// Label is the number of the payout.
func (b Before) Label() string { return Label(b.ID) }

// Amount is what is paid.
func (p Payout) Amount() money.Amount { return money.New(p.AmountMinor, p.Currency) }

// ProposedAmount is what was proposed.
func (p Payout) ProposedAmount() money.Amount { return money.New(p.ProposedMinor, p.Currency) }

// Payable is what the books owe her now.
func (p Payout) Payable() money.Amount { return money.New(p.PayableMinor, p.Currency) }

// Lowered reports whether less is paid than was proposed.
func (p Payout) Lowered() bool { return p.AmountMinor < p.ProposedMinor }

// Label is how a payout is called on statements and in the bank's purpose.
func (p Payout) Label() string { return Label(p.ID) }

// Label writes the number of a payout.
func Label(id int64) string { return fmt.Sprintf("AWP-%d", id) }
