package desk

import (
	"awil/internal/catalog"
	"awil/internal/orders"
	"awil/internal/reconcile"
)

// HomePage is where staff land: what waits for them today.
type HomePage struct {
	Page
	Waiting   []catalog.QueueItem // the longest waiting
	States    map[catalog.State]int
	Transfers []orders.Entry
	Refunds   []orders.Entry
	Late      []orders.LateParcel
	Open      reconcile.Open // for finance: what reports tell and nobody has matched
}

// Curator and finance see what is theirs to do; an admin sees all of it.
func (p HomePage) curates() bool { return p.Viewer != nil && p.Viewer.Curator }

func (p HomePage) pays() bool { return p.Viewer != nil && p.Viewer.Finance }

// quiet says that nothing at all waits for the viewer.
func (p HomePage) quiet() bool {
	n := p.Care.Total()
	if p.curates() {
		n += p.States[catalog.Submitted]
	}
	if p.pays() {
		n += p.Matters.Total() + p.Batches + p.unmatched()
	}
	return n == 0
}

func (p HomePage) unmatched() int { return p.Open.Lines + p.Open.Entries }

// figure is how many of something wait, and where they are.
type figure struct {
	n    int
	href string
	text string // message key
}

// figures are the counts at the top: of listings, of orders, of money.
func (p HomePage) figures() []figure {
	var list []figure
	if p.curates() {
		list = append(list, figure{p.States[catalog.Submitted], "/desk/review", "desk.home.waiting"},
			figure{p.States[catalog.ChangesRequested], "/desk/products?state=changes_requested", "desk.home.asked"},
			figure{p.States[catalog.Approved], "/desk/products?state=approved", "desk.home.selling"})
	}
	list = append(list, figure{p.Care.Transfers, "/desk/orders?method=bank&status=placed", "desk.home.transfers"})
	if p.pays() {
		list = append(list, figure{p.Matters.Requests, "/desk/refunds?view=asked", "desk.home.requests"},
			figure{p.Matters.ByHand, "/desk/refunds?view=hand", "desk.home.by_hand"},
			figure{p.Matters.Disputes, "/desk/refunds?view=disputes", "desk.home.disputes"},
			figure{p.Batches, "/desk/payouts", "desk.home.batches"}, figure{p.unmatched(), queuePath, "desk.home.unmatched"})
	} else {
		list = append(list, figure{p.Care.Refunds, "/desk/orders?refund=due", "desk.home.refunds"})
	}
	return append(list, figure{p.Care.Late, "#late", "desk.home.late"})
}
