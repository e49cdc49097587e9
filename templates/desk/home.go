package desk

import (
	"awil/internal/catalog"
	"awil/internal/orders"
)

// HomePage is where staff land: what waits for them today.
type HomePage struct {
	Page
	Waiting   []catalog.QueueItem // the longest waiting
	States    map[catalog.State]int
	Transfers []orders.Entry
	Refunds   []orders.Entry
	Late      []orders.LateParcel
}

// Curator and finance see what is theirs to do; an admin sees all of it.
func (p HomePage) curates() bool { return p.Viewer != nil && p.Viewer.Curator }

// quiet says that nothing at all waits for the viewer.
func (p HomePage) quiet() bool {
	return p.Care.Total() == 0 && (!p.curates() || p.States[catalog.Submitted] == 0)
}

// refunds is where the viewer sees what must go back: finance the payments, others their orders.
func (p HomePage) refunds() string {
	if p.Viewer != nil && p.Viewer.Finance {
		return "/desk/refunds"
	}
	return "/desk/orders?refund=due"
}
