package checkout_test

import (
	"errors"
	"flag"
	"testing"
	"time"

	"pgregory.net/rapid"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/platform/jobs"
	"awil/internal/platform/stripe/standin"
)

// A history is a few dozen transactions, each with its jobs; -rapid.checks asks
// for more of them than this.
// They are long enough for an order to come to its end and back.
func init() {
	_ = flag.Set("rapid.checks", "30")
	_ = flag.Set("rapid.steps", "40")
}

// TestRandomHistories: whatever buyers, producers, staff, the provider and the
// clock do in whatever order, goods and money are conserved.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	const stock = 12
	rapid.Check(t, func(rt *rapid.T) {
		// What was sold is never taken off the books, but by whoever may take the rules away.
		s.exec(`set session_replication_role = replica; truncate orders, webhook_events, carts, river_job cascade; set session_replication_role = origin`)
		s.exec(`update variants set stock = $1`, stock)
		h := &history{shop: s, rt: rt}
		for range rapid.IntRange(0, 4).Draw(rt, "before") {
			h.stage()
		}
		rt.Repeat(map[string]func(*rapid.T){
			"place":   func(rt *rapid.T) { h.rt = rt; h.place() },
			"pay":     func(rt *rapid.T) { h.rt = rt; h.pay() },
			"begin":   func(rt *rapid.T) { h.rt = rt; h.begin() },
			"bank":    func(rt *rapid.T) { h.rt = rt; h.bank() },
			"cancel":  func(rt *rapid.T) { h.rt = rt; h.cancel() },
			"parcel":  func(rt *rapid.T) { h.rt = rt; h.parcel() },
			"cash":    func(rt *rapid.T) { h.rt = rt; h.cash() },
			"return":  func(rt *rapid.T) { h.rt = rt; h.back() },
			"refund":  func(rt *rapid.T) { h.rt = rt; h.refund() },
			"byhand":  func(rt *rapid.T) { h.rt = rt; h.byHand() },
			"time":    func(rt *rapid.T) { h.rt = rt; h.time() },
			"days":    func(rt *rapid.T) { h.rt = rt; h.days() },
			"trouble": func(rt *rapid.T) { h.rt = rt; h.trouble() },
			"work":    func(rt *rapid.T) { h.rt = rt; h.work() },
			"":        func(rt *rapid.T) { h.rt = rt; h.check(stock) },
		})
	})
}

type history struct {
	*shop
	rt     *rapid.T
	placed []checkout.Placed
}

// fine fails on errors that no buyer should meet.
func (h *history) fine(err error) {
	switch errs.KindOf(err) {
	case errs.Conflict, errs.Unavailable, errs.Invalid:
		return
	}
	if err != nil {
		h.rt.Fatalf("%v", err)
	}
}

func (h *history) place() {
	market := rapid.SampledFrom([]string{"uz", "uz", "jp"}).Draw(h.rt, "market")
	method := markets.Card
	if market == "uz" {
		method = rapid.SampledFrom([]markets.Method{markets.COD, markets.COD, markets.Bank, markets.Card}).Draw(h.rt, "method")
	}
	token := ""
	for _, variant := range rapid.SliceOfNDistinct(rapid.Int64Range(1, 3), 1, 3, rapid.ID[int64]).Draw(h.rt, "variants") {
		added, err := h.cart.Add(h.t.Context(), token, market, variant, rapid.IntRange(1, 4).Draw(h.rt, "quantity"))
		h.fine(err)
		if err == nil {
			token = added.Token
		}
	}
	if token == "" {
		return
	}
	placed, err := h.checkout.Place(h.t.Context(), h.input(token, market, method))
	h.fine(err)
	h.fine(placed.PayError)
	if err == nil {
		h.placed = append(h.placed, placed)
	}
}

// stage places an order and brings it some way, so that a history need not
// begin at the beginning.
func (h *history) stage() {
	h.place()
	if len(h.placed) == 0 {
		return
	}
	placed := h.placed[len(h.placed)-1]
	o := h.order(placed.Token)
	switch {
	case placed.PayURL != "":
		_ = h.standin.Pay(session(placed.PayURL), standin.CardGood)
		h.work()
	case o.PaymentMethod == markets.Bank:
		_, err := h.checkout.BankReceived(h.t.Context(), 2, o.ID, o.Total())
		h.fine(err)
	}
	for _, p := range o.Parcels {
		h.walk(p, 0, 3-rapid.IntRange(0, 3).Draw(h.rt, "steps short of the door"))
	}
	for range rapid.IntRange(0, 2).Draw(h.rt, "cash for") {
		h.cash()
	}
}

// walk takes steps of a parcel.
func (h *history) walk(p orders.Parcel, from, to int) {
	steps := []func() error{
		func() error { return h.orders.MarkPacked(h.t.Context(), p.ProducerID, 1, p.ID) },
		func() error { return h.orders.MarkShipped(h.t.Context(), p.ProducerID, 1, p.ID, "uzpost", "") },
		func() error { return h.checkout.ArrivedForStaff(h.t.Context(), 2, p.ID) },
	}
	for _, step := range steps[from:to] {
		if err := step(); errs.KindOf(err) != errs.NotFound { // an unpaid parcel is not hers
			h.fine(err)
		}
	}
}

// some returns one of the orders so far, or skips the step.
func (h *history) some() *checkout.Placed {
	if len(h.placed) == 0 {
		h.rt.Skip("no orders yet")
	}
	return &h.placed[rapid.IntRange(0, len(h.placed)-1).Draw(h.rt, "order")]
}

func (h *history) pay() {
	placed := h.some()
	if placed.PayURL == "" {
		h.rt.Skip("not by card")
	}
	defer func() {
		if rapid.Bool().Draw(h.rt, "heard") {
			h.work()
		}
	}()
	card := rapid.SampledFrom([]string{standin.CardGood, standin.CardGood, standin.CardDeclined}).Draw(h.rt, "card")
	err := h.standin.Pay(session(placed.PayURL), card)
	if err != nil && !errors.Is(err, standin.ErrDeclined) && !errors.Is(err, standin.ErrNotOpen) {
		h.rt.Fatalf("%v", err)
	}
}

func (h *history) begin() {
	placed := h.some()
	url, err := h.checkout.Pay(h.t.Context(), placed.Token)
	h.fine(err)
	if url != "" {
		placed.PayURL = url
	}
}

func (h *history) bank() {
	placed := h.some()
	amount := h.order(placed.Token).Total()
	if rapid.IntRange(0, 4).Draw(h.rt, "slip") == 0 {
		amount.Minor++
	}
	_, err := h.checkout.BankReceived(h.t.Context(), 2, placed.OrderID, amount)
	h.fine(err)
}

func (h *history) cancel() { h.fine(h.checkout.CancelByBuyer(h.t.Context(), h.some().Token)) }

func (h *history) parcel() {
	h.walk(h.anyParcel(), rapid.IntRange(0, 1).Draw(h.rt, "from"), rapid.IntRange(1, 3).Draw(h.rt, "to"))
}

func (h *history) anyParcel() orders.Parcel {
	o := h.order(h.some().Token)
	return o.Parcels[rapid.IntRange(0, len(o.Parcels)-1).Draw(h.rt, "parcel")]
}

func (h *history) cash() {
	due := number[int64](h.shop, `select coalesce((select p.id from parcels p join orders o on o.id = p.order_id where o.payment_method = 'cod'
		and p.status in ('shipped', 'delivered') and not exists (select from cash_collections c where c.parcel_id = p.id)
		order by p.id offset $1 limit 1), 0)`, rapid.IntRange(0, 1).Draw(h.rt, "nth"))
	p := h.anyParcel()
	if due != 0 {
		p = orders.Parcel{ID: due, ProducerID: number[int64](h.shop, `select producer_id from parcels where id = $1`, due)}
	}
	who := rapid.SampledFrom([]ledger.Collector{"", ledger.CollectorProducer, ledger.CollectorCourier, ledger.CollectorProgramme}).Draw(h.rt, "collector")
	var err error
	if who == "" {
		_, err = h.checkout.CashCollectedByProducer(h.t.Context(), p.ProducerID, 1, p.ID)
	} else {
		_, err = h.checkout.CashCollected(h.t.Context(), 2, p.ID, who)
	}
	if errs.KindOf(err) != errs.NotFound {
		h.fine(err)
	}
}

func (h *history) back() {
	h.fine(h.checkout.ReturnedForStaff(h.t.Context(), 2, h.anyParcel().ID, rapid.Bool().Draw(h.rt, "restock")))
}

func (h *history) refund() {
	o := h.order(h.some().Token)
	l := o.Lines[rapid.IntRange(0, len(o.Lines)-1).Draw(h.rt, "line")]
	n := rapid.IntRange(1, l.Quantity).Draw(h.rt, "pieces")
	in := checkout.RefundInput{OrderID: o.ID, FormToken: checkout.NewFormToken(), Reason: "broken",
		Lines: []checkout.RefundPiece{{LineID: l.ID, Quantity: n, Restock: rapid.IntRange(0, n).Draw(h.rt, "restock")}}}
	for _, p := range o.Parcels {
		if p.ID == l.ParcelID && p.ShippingMinor > 0 && rapid.Bool().Draw(h.rt, "shipping") {
			part := rapid.Int64Range(1, p.ShippingMinor).Draw(h.rt, "of it")
			in.Shipping = []checkout.RefundShipping{{ParcelID: p.ID, Amount: money.New(part, o.Currency)}}
		}
	}
	_, err := h.checkout.DecideRefund(h.t.Context(), 2, in)
	h.fine(err)
}

// byHand sends a refund that no provider sends.
func (h *history) byHand() {
	id := number[int64](h.shop, `select coalesce(min(id), 0) from refunds where method = 'hand' and status <> 'sent' or status = 'failed'`)
	if id == 0 {
		h.rt.Skip("nothing to send")
	}
	h.fine(h.checkout.RefundSentByHand(h.t.Context(), 2, id, ledger.TillBank, "transfer 17"))
}

// days pass, and whether a worker has run meanwhile must not matter to anybody.
func (h *history) days() {
	h.clock.pass(time.Duration(rapid.IntRange(3, 9).Draw(h.rt, "days")) * 24 * time.Hour)
	if rapid.Bool().Draw(h.rt, "worker") {
		h.timed()
	}
}

func (h *history) timed() {
	_, err := h.checkout.Complete(h.t.Context())
	h.fine(err)
	_, err = h.checkout.ReleaseEarnings(h.t.Context())
	h.fine(err)
}

func (h *history) time() {
	h.clock.pass(time.Duration(rapid.IntRange(1, 50).Draw(h.rt, "minutes")) * time.Minute)
	_, err := h.checkout.Expire(h.t.Context())
	h.fine(err)
	h.fine(h.checkout.Reconcile(h.t.Context()))
}

func (h *history) trouble() {
	h.standin.FailNext(rapid.SampledFrom([]standin.Fault{standin.LostRequest, standin.LostAnswer, standin.ServerError}).Draw(h.rt, "fault"))
	h.standin.TamperNext(standin.Tamper{Drop: rapid.Bool().Draw(h.rt, "drop"), Copies: rapid.IntRange(0, 2).Draw(h.rt, "copies")})
}

func (h *history) work() {
	if err := h.standin.Wait(h.t.Context()); err != nil {
		h.rt.Fatalf("%v", err)
	}
	// What fails because the provider is away is tried again later.
	_ = jobs.Drain(h.t.Context(), h.pool, h.workers())
}

// check is what must hold at every moment.
func (h *history) check(stock int) {
	for what, sql := range map[string]string{
		"goods are lost or doubled": `select count(*) from variants v where v.stock + coalesce((select sum(quantity - returned)
			from reservations r where r.variant_id = v.id and r.state <> 'released'), 0) <> $1`,
		"goods and order disagree": `select count(*) from reservations r join orders o on o.id = r.order_id where $1 > 0 and r.state <>
			case when o.status in ('expired', 'cancelled') and not exists (select from parcels p where p.order_id = o.id and p.status = 'returned')
			then 'released' when o.number is null then 'held' else 'sold' end`,
		"parcels and order disagree": `select count(*) from parcels p join orders o on o.id = p.order_id where $1 > 0 and (
			o.status in ('expired', 'cancelled') and p.status <> 'cancelled' and
				(p.status <> 'returned' or exists (select from parcels q where q.order_id = o.id and q.status <> 'returned')) or
			o.number is null and p.status not in ('waiting', 'cancelled') or
			o.status = 'paid' and (p.status = 'waiting' or p.status = 'cancelled' and exists (select from order_lines l
				where l.parcel_id = p.id and l.quantity > (select coalesce(sum(quantity), 0) from refund_lines r where r.line_id = l.id))))`,
		"paid without the money": `select count(*) from orders o where $1 > 0 and o.paid_at is not null and (select count(*)
			from payments y where y.order_id = o.id and y.status = 'succeeded' and not y.refund_due and y.amount_minor = o.total_minor) <> 1`,
		"money kept for nothing": `select count(*) from payments y join orders o on o.id = y.order_id where $1 > 0
			and y.status = 'succeeded' and not y.refund_due and o.paid_at is null`,
		"paid twice and unnoticed": `select count(*) from (select from payments where $1 > 0 and status = 'succeeded' and not refund_due
			group by order_id having count(*) > 1) twice`,
		"an order owes more than it brought in": `select count(*) from order_lines where $1 > 0 and not covers(unit_minor, currency, base_minor, base, rate)`,
	} {
		if n := number[int](h.shop, sql, stock); n != 0 {
			h.rt.Fatalf("%s: %d rows", what, n)
		}
	}
	for what, sql := range books {
		if n := number[int](h.shop, sql); n != 0 {
			h.rt.Fatalf("%s: %d rows", what, n)
		}
	}
}

// TestEveryCentIsCounted: whatever is bought, lines and parcels add up to what
// is charged.
func TestEveryCentIsCounted(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for i, market := range []string{"uz", "jp", "uz"} {
		s.exec(`update offers set price_minor = price_minor + 1 where market = $1`, market)
		placed := s.place(market, markets.Card, want{jam, 1 + i}, want{tea, 2}, want{felt, 3})
		o := s.order(placed.Token)
		var goods, parts int64
		for _, l := range o.Lines {
			goods += l.LineMinor
		}
		for _, p := range o.Parcels {
			parts += p.ShippingMinor
		}
		if goods != o.GoodsMinor || parts != o.ShippingMinor || goods+parts != o.TotalMinor || o.Payments[0].AmountMinor != o.TotalMinor {
			t.Errorf("%s: %d + %d = %d", market, goods, parts, o.TotalMinor)
		}
		if o.Status != orders.Placed {
			t.Errorf("status %s", o.Status)
		}
	}
}
