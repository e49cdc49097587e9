package desk

import (
	"slices"
	"time"

	"awil/internal/money"
	"awil/internal/payouts"
	"awil/internal/producers"
	"awil/templates/part"
)

// PayoutsPage is who can be paid, who cannot, and the batches.
type PayoutsPage struct {
	Page
	Ready   []Ready
	Apart   []payouts.Owed
	Owing   []payouts.Owed // those who owe, by currency
	Debts   []money.Amount // what they owe together, per currency
	Batches []payouts.Batch
	Next    string
}

// Ready is what a batch proposed now would come to.
type Ready struct {
	Currency  money.Currency
	Producers int
	Total     money.Amount
}

// NewPayoutsPage sorts producers by what can be done for them.
func NewPayoutsPage(p Page, owed []payouts.Owed) PayoutsPage {
	view := PayoutsPage{Page: p}
	for _, o := range owed {
		switch {
		case o.PayableMinor < 0:
			view.Owing = append(view.Owing, o)
			i := slices.IndexFunc(view.Debts, func(a money.Amount) bool { return a.Currency == o.Currency })
			if i < 0 {
				i, view.Debts = len(view.Debts), append(view.Debts, money.Zero(o.Currency))
			}
			view.Debts[i].Minor -= o.PayableMinor
		case !o.Ready():
			view.Apart = append(view.Apart, o)
		default:
			i := slices.IndexFunc(view.Ready, func(r Ready) bool { return r.Currency == o.Currency })
			if i < 0 {
				i, view.Ready = len(view.Ready), append(view.Ready, Ready{Currency: o.Currency, Total: money.Zero(o.Currency)})
			}
			view.Ready[i].Producers++
			view.Ready[i].Total.Minor += o.PayableMinor
		}
	}
	return view
}

func (p PayoutsPage) why(o payouts.Owed) string {
	switch {
	case o.Live:
		return p.T("till.payout.apart.live")
	case !o.Destination.Known():
		return p.T("till.payout.apart.nowhere")
	case o.Waits:
		return p.T("till.payout.apart.waits", "when", p.When(o.Destination.UsableFrom))
	}
	return p.T("till.payout.apart.unfit")
}

func owes(o payouts.Owed) money.Amount { return money.New(-o.PayableMinor, o.Currency) }

// batchState is where a batch stands, as a class and a word.
func (p Page) batchState(b payouts.Batch) (class, word string) {
	switch {
	case b.Status == payouts.BatchProposed:
		return "mid", p.T("till.payout.state.proposed")
	case b.Status == payouts.BatchRejected:
		return "no", p.T("till.payout.state.rejected")
	case b.Open == 0:
		return "yes", p.T("till.payout.state.settled")
	case b.DecidedAt != nil:
		return "mid", p.T("till.payout.state.approved_on", "when", p.When(*b.DecidedAt))
	}
	return "mid", p.T("till.payout.state.approved")
}

// BatchPage is one batch.
type BatchPage struct {
	Page
	BatchTyped
	Batch   payouts.Batch
	Payouts []payouts.Payout
	Files   []payouts.BankFile
	Me      int64
}

// BatchTyped is what was filled in on the page of a batch.
type BatchTyped struct {
	Payout int64 // the one a form was about; 0: the batch
	Reason string
	Proof  string
}

func (p BatchPage) mine() bool { return p.Batch.ProposedBy == p.Me }

// toBank reports whether anything of the batch is on its way through the bank.
func (p BatchPage) toBank() bool {
	return slices.ContainsFunc(p.Payouts, func(y payouts.Payout) bool {
		return y.Status == payouts.Approved && y.Destination.Kind != payouts.KindCash
	})
}

// payoutState is where a payout stands, as a class and a word. That it was
// approved moves no money: where it is after that is said when somebody knows.
func (p BatchPage) payoutState(y payouts.Payout) (class, word string) {
	word = p.T("till.payout.one." + string(y.Status))
	switch y.Status {
	case payouts.Paid:
		return "yes", word
	case payouts.Returned, payouts.Dropped:
		return "no", word
	case payouts.Approved:
		if y.ApprovedAt != nil {
			word = p.T("till.payout.one.approved_on", "when", p.When(*y.ApprovedAt))
		}
	}
	return "mid", word
}

// notes are what a reader should know about a payout besides its sum.
func (p BatchPage) notes(y payouts.Payout) []string {
	var list []string
	switch {
	case y.Status == payouts.Dropped:
		list = append(list, p.T("till.payout.dropped."+string(y.Dropped)))
	case y.Lowered():
		list = append(list, p.T("till.payout.lowered", "amount", y.ProposedAmount()))
	case y.Status == payouts.Proposed && y.PayableMinor != y.AmountMinor:
		list = append(list, p.T("till.payout.now_owed", "amount", y.Payable()))
	}
	if y.Status == payouts.Approved && y.InFile {
		list = append(list, p.T("till.payout.in_file"))
	}
	if b := y.Before; b.ID != 0 {
		list = append(list, p.again(b))
	}
	if y.AskedBy != 0 && y.Status != payouts.Returned {
		list = append(list, p.T("till.payout.asked", "name", y.Asker, "why", y.AskedWhy))
	}
	for _, text := range []string{y.Proof, y.ReturnReason} {
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}

// again says which payout one repeats.
func (p BatchPage) again(b payouts.Before) string {
	who := b.Returner
	if b.Asker != "" {
		who = p.List([]string{b.Asker, b.Returner})
	}
	return p.T("till.payout.again", "label", b.Label(), "when", p.When(b.FileAt), "hash", b.FileHash[:min(len(b.FileHash), 8)], "name", who)
}

// returnWord is what the button says that notes a payout as come back.
func (p BatchPage) returnWord(y payouts.Payout) string {
	if y.AskedBy != 0 {
		return p.T("till.payout.return_confirm")
	}
	return p.T("till.payout.return")
}

func (p Page) moneyGoes(d payouts.Destination) string {
	switch d.Kind {
	case payouts.KindCash:
		return p.T("till.payout.to.cash", "name", d.HandedBy)
	case payouts.KindBank:
		return p.T("till.payout.to.bank", "number", d.Masked(), "code", d.BankCode)
	}
	return p.T("till.payout.to.card", "number", d.Masked())
}

// fresh reports whether a destination is so new that somebody should ask her.
func (p Page) fresh(d payouts.Destination) bool {
	const looked = 14 * 24 * time.Hour
	return d.Known() && p.Now.Sub(d.SetAt) < looked
}

// MoneyToPage is where a producer's money goes.
type MoneyToPage struct {
	Page
	Producer producers.Producer
	Now      payouts.Destination
	Typed    payouts.Typed
	Format   payouts.Format
}

func (p MoneyToPage) ways() []part.Choice {
	list := make([]part.Choice, len(payouts.Kinds))
	for i, k := range payouts.Kinds {
		list[i] = part.Choice{Value: string(k), Text: p.T("till.payout.kind." + string(k))}
	}
	return list
}

func (p MoneyToPage) numberHint() string {
	hint := p.T("money.to.number_hint", "card", p.Format.CardDigits, "account", p.Format.AccountDigits)
	if p.Now.Tail != "" && p.Now.Kind == p.Typed.Kind {
		hint += " " + p.T("money.to.number_keep", "tail", p.Now.Tail)
	}
	return hint
}
