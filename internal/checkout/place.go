package checkout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/cart"
	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// Placed is what came of a checkout.
type Placed struct {
	OrderID int64
	Token   string // of the order's private link
	Left    int    // things that stay in the cart
	// PayURL is where the buyer goes to pay now; empty when there is nothing
	// to pay online, or when the provider did not answer: then PayError says
	// so, the order stands, and its page offers to pay.
	PayURL   string
	PayError error
}

// Place turns a cart into an order: goods taken, order written, cart emptied,
// all or nothing. The same form sent twice gives the same order, sent for another
// purchase ErrStale. Complaints a
// person can correct come back as *errs.Fields; *ShortError, *PriceChangedError
// and ErrEmpty say what happened meanwhile, and then nothing was ordered.
func (s *Service) Place(ctx context.Context, in PlaceInput) (Placed, error) {
	market, err := s.Markets.ByCode(ctx, in.Market)
	if err != nil {
		return Placed{}, err
	}
	in, bad, err := in.check(market)
	if err == nil {
		err = bad.Err()
	}
	if err != nil {
		return Placed{}, err
	}
	placed, err := s.placeSending(ctx, in, market)
	if err != nil {
		return Placed{}, err
	}
	if s.online(in.Method) {
		placed.PayURL, placed.PayError = s.Pay(ctx, placed.Token)
	}
	return placed, nil
}

// online reports whether a way to pay goes through a gateway.
func (s *Service) online(method markets.Method) bool {
	_, online := s.Gateways.Of(s.Providers[method])
	return online
}

// placeSending places the order with what sending costs as far as is
// remembered, which is known before the transaction begins: inside it nobody
// may wait for others. The buyer pays what she was shown; where that is
// something else than is remembered, because another node has heard of a change
// a moment earlier, the database says what is so.
func (s *Service) placeSending(ctx context.Context, in PlaceInput, market markets.Market) (Placed, error) {
	methods, err := s.Shipping.Methods(ctx, in.Market, in.Lang)
	if err != nil {
		return Placed{}, err
	}
	placed, err := s.placeFreeing(ctx, in, market, methods)
	var changed *PriceChangedError
	var fields *errs.Fields
	if !errors.As(err, &changed) && !(errors.As(err, &fields) && fields.Has("shipping")) {
		return placed, err
	}
	now, readErr := s.Shipping.Afresh(ctx, in.Market, in.Lang)
	switch {
	case readErr != nil:
		return Placed{}, readErr
	case reflect.DeepEqual(now, methods):
		return placed, err
	}
	return s.placeFreeing(ctx, in, market, now)
}

// placeFreeing places the order; when goods are short it lets overdue orders
// go that still hold some, so that a worker that stands still keeps nobody
// from buying, and tries once more.
func (s *Service) placeFreeing(ctx context.Context, in PlaceInput, market markets.Market, methods []shipping.Method) (Placed, error) {
	placed, err := s.placeOnce(ctx, in, market, methods)
	var short *ShortError
	if !errors.As(err, &short) || !s.free(ctx, short) {
		return placed, err
	}
	return s.placeOnce(ctx, in, market, methods)
}

// placeOnce runs the transaction, again when a reference drawn by chance was
// taken or the same form is being sent at the same time.
func (s *Service) placeOnce(ctx context.Context, in PlaceInput, market markets.Market, methods []shipping.Method) (Placed, error) {
	const tries = 3
	var placed Placed
	var err error
	for range tries {
		var read basket
		err = postgres.InTxAfter(ctx, s.DB, func(b *pgx.Batch) { s.queueBasket(b, in, &read) }, func(tx pgx.Tx) (err error) {
			placed, err = s.place(ctx, s.parts(tx), in, market, methods, read)
			return err
		})
		if !postgres.Violates(err, "orders_reference_key") && !postgres.Violates(err, "orders_checkout_token_key") {
			break
		}
	}
	if err != nil {
		return Placed{}, fmt.Errorf("place order: %w", err)
	}
	return placed, nil
}

// basket is what one transaction needs to know, read in the round trip that
// begins it.
type basket struct {
	cart    cart.Locked
	again   orders.Again
	orderID int64
	unpaid  int // orders of this buyer that keep goods without money, where she asks for another such
}

// The statements of a checkout look rows up by key, a handful at a time: a plan
// made for each one's very arrays costs more than it saves, and one made while
// the tables were small is kept when they have grown.
const sqlPlans = `/* checkout.plans */
select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`

func (s *Service) queueBasket(b *pgx.Batch, in PlaceInput, read *basket) {
	*read = basket{}
	b.Queue(sqlPlans)
	if !s.online(in.Method) {
		orders.QueueUnpaid(b, in.Email, in.Address, s.now(), &read.unpaid)
	}
	s.Cart.QueueLock(b, in.CartToken, in.Market, &read.cart)
	orders.QueueAgain(b, in.CheckoutToken, &read.again, &read.orderID)
}

func (s *Service) place(ctx context.Context, p parts, in PlaceInput, market markets.Market, methods []shipping.Method, read basket) (Placed, error) {
	if read.again.ID != 0 {
		return again(in, read)
	}
	if read.unpaid >= maxUnpaid {
		return Placed{}, complain("payment", "checkout.errors.unpaid", "n", read.unpaid)
	}
	if err := p.cart.Name(ctx, read.cart.Cart, in.Lang); err != nil {
		return Placed{}, err
	}
	draft, err := s.draft(in, market, read, methods)
	if err != nil {
		return Placed{}, err
	}
	if err := s.write(ctx, p, draft, read.cart.ID); err != nil {
		return Placed{}, err
	}
	return Placed{OrderID: draft.ID, Token: draft.Token, Left: left(read)}, nil
}

// left is how many things stay in the cart: what is not sold here.
func left(read basket) int {
	n := read.cart.Count()
	for _, l := range read.cart.Here() {
		n -= l.Quantity
	}
	return n
}

// again answers a form that has made an order already: with that order if it
// is the very same purchase sent twice, from the same cart and for the same
// sum, of which nothing is left in the cart. Anything else is ErrStale: it is
// another purchase, or another buyer.
func again(in PlaceInput, read basket) (Placed, error) {
	before := read.again
	hers := bytes.Equal(before.CartHash, cart.Hash(in.CartToken)) ||
		in.AccountID != 0 && before.AccountID != nil && *before.AccountID == in.AccountID
	if !hers || before.Total() != in.Shown || len(read.cart.Here()) > 0 {
		return Placed{}, ErrStale
	}
	return Placed{OrderID: before.ID, Token: before.Token, Left: left(read)}, nil
}

// write takes the goods and stores the order and all that comes with it, its
// letters to be written included, in one round trip. *ShortError if there are
// not enough goods: then nothing of it may stay.
func (s *Service) write(ctx context.Context, p parts, d orders.Draft, cartID int64) error {
	goods := goodsOf(d.Lines)
	var taken catalog.Taken
	var err error
	if len(goods) == 1 {
		err = s.writeOne(ctx, p, d, cartID, goods[0], &taken)
	} else {
		err = s.writeAll(ctx, p, d, cartID, goods, &taken)
	}
	if err != nil {
		return fmt.Errorf("write order: %w", postgres.Err(err))
	}
	return s.tookAll(ctx, p, d, goods, taken)
}

// writeOne writes an order of a single line, as most are, in one statement.
func (s *Service) writeOne(ctx context.Context, p parts, d orders.Draft, cartID int64, goods catalog.Line, taken *catalog.Taken) error {
	var t postgres.Together
	if err := catalog.AddTake(&t, goods); err != nil {
		return err
	}
	orders.AddInsert(&t, "taken", d, buyer(d.AccountID))
	payments.AddOpen(&t, "placed", s.firstAttempt(d))
	cart.AddTakeOut(&t, "taken", cartID, goods.VariantID)
	if letter, due := s.firstLetter(d); due {
		if err := jobs.AddInsert(&t, "taken", orders.LetterArgs{Letter: letter, OrderID: d.ID}); err != nil {
			return err
		}
	}
	// What is selected is done first, so that whoever wants the same goods waits here and nowhere else.
	b := &pgx.Batch{}
	t.Queue(b, "checkout.write", `select id from taken`).Query(taken.Read)
	// If there was too little no row is written; that is committed, and whoever comes after only reads what there is.
	return postgres.SendLast(ctx, p.tx, b)
}

func (s *Service) writeAll(ctx context.Context, p parts, d orders.Draft, cartID int64, goods []catalog.Line, taken *catalog.Taken) error {
	b := &pgx.Batch{}
	// First, so that whoever wants the same goods waits here and nowhere else.
	if err := catalog.QueueTake(b, goods, taken); err != nil {
		return err
	}
	orders.QueueInsert(b, d, buyer(d.AccountID))
	payments.QueueOpen(b, s.firstAttempt(d))
	variants := make([]int64, len(d.Lines))
	for i, l := range d.Lines {
		variants[i] = l.VariantID
	}
	cart.QueueTakeOut(b, cartID, variants)
	if letter, due := s.firstLetter(d); due {
		if err := jobs.QueueInsert(b, orders.LetterArgs{Letter: letter, OrderID: d.ID}); err != nil {
			return err
		}
	}
	return p.tx.SendBatch(ctx, b).Close()
}

// firstLetter is the letter of an order just placed. Whoever pays at once needs
// none telling her to.
func (s *Service) firstLetter(d orders.Draft) (letter orders.Letter, due bool) {
	if d.Confirmed {
		return orders.LetterConfirmed, true
	}
	return orders.LetterPlaced, !s.online(d.PaymentMethod)
}

// firstAttempt is the attempt opened with the order. One without a gateway is
// known to its provider, a cashier or a bank, by the order's reference.
func (s *Service) firstAttempt(d orders.Draft) payments.NewAttempt {
	n := payments.NewAttempt{
		OrderID: d.ID, Provider: s.Providers[d.PaymentMethod], Amount: d.Total(), CreatedAt: d.PlacedAt, ExpiresAt: d.ExpiresAt,
	}
	if s.online(d.PaymentMethod) {
		n.ExpiresAt = ptr(attemptEnd(d.PlacedAt, *d.ExpiresAt))
	} else {
		n.Ref = d.Reference
	}
	return n
}

func buyer(accountID *int64) orders.Actor {
	if accountID == nil {
		return orders.Actor{Kind: orders.Buyer}
	}
	return orders.Actor{Kind: orders.Buyer, AccountID: *accountID}
}

// draft works out the order: what is bought, what sending it costs, what it
// comes to, and until when it waits for money.
func (s *Service) draft(in PlaceInput, market markets.Market, read basket, methods []shipping.Method) (orders.Draft, error) {
	lines := read.cart.Here()
	if len(lines) == 0 {
		return orders.Draft{}, ErrEmpty
	}
	if err := enough(lines); err != nil {
		return orders.Draft{}, err
	}
	quote, err := quote(in.ShippingID, methods, read.cart.Cart, market.Currency)
	if err != nil {
		return orders.Draft{}, err
	}
	if in.Method == markets.COD && !takesCash(quote) {
		return orders.Draft{}, complain("payment", "checkout.errors.cod_box")
	}
	goods, err := read.cart.Goods(market.Currency)
	if err != nil {
		return orders.Draft{}, err
	}
	total, err := goods.Add(quote.Total)
	if err != nil {
		return orders.Draft{}, err
	}
	if total != in.Shown {
		return orders.Draft{}, &PriceChangedError{Shown: in.Shown, Total: total}
	}
	if !s.Gateways.Takes(s.Providers[in.Method], total) {
		return orders.Draft{}, complain("payment", "checkout.errors.payment_amount")
	}
	d := orders.Draft{Order: s.order(in, market, quote), CheckoutToken: in.CheckoutToken, CartHash: cart.Hash(in.CartToken), ParcelStatus: orders.ParcelWaiting}
	d.ID = read.orderID
	d.GoodsMinor, d.ShippingMinor, d.TotalMinor = goods.Minor, quote.Total.Minor, total.Minor
	if d.ExpiresAt == nil { // nothing is awaited
		d.Confirmed, d.ParcelStatus = true, orders.ParcelToPack
	}
	for _, p := range quote.Parcels {
		d.Parcels = append(d.Parcels, orders.DraftParcel{ProducerID: p.ProducerID, ShippingMinor: p.Price.Minor})
	}
	d.Lines, err = draftLines(lines)
	return d, err
}

// enough complains of lines that nobody needs to try to take.
func enough(lines []cart.Line) error {
	var short ShortError
	for _, l := range lines {
		if l.State() != cart.Ready {
			short.Lines = append(short.Lines, ShortLine{VariantID: l.VariantID, Name: l.Name, Wanted: l.Quantity, Available: max(l.Available, 0)})
		}
	}
	if len(short.Lines) > 0 {
		return &short
	}
	return nil
}

func quote(id int64, methods []shipping.Method, c cart.Cart, cur money.Currency) (shipping.Quoted, error) {
	goods, err := c.Goods(cur)
	if err != nil {
		return shipping.Quoted{}, err
	}
	for _, m := range methods {
		if m.ID != id {
			continue
		}
		q, err := shipping.Quote(m, c.Parcels(), goods)
		if errors.Is(err, shipping.ErrTooHeavy) {
			return q, complain("shipping", "checkout.errors.too_heavy")
		}
		return q, err
	}
	return shipping.Quoted{}, complain("shipping", "checkout.errors.shipping")
}

// takesCash reports whether goods sent so can be paid for at the door: only
// where each producer sends her own parcel is there anybody to take the money.
func takesCash(q shipping.Quoted) bool { return q.Method.Kind == shipping.Parcel }

func (s *Service) order(in PlaceInput, market markets.Market, quote shipping.Quoted) orders.Order {
	now := s.now()
	o := orders.Order{
		Token: orders.NewToken(), Reference: orders.NewReference(), Market: market.Code, Lang: in.Lang, Currency: market.Currency,
		PaymentMethod: in.Method, Email: in.Email, Address: in.Address, Note: in.Note,
		ShippingMethodID: quote.Method.ID, ShippingName: quote.Method.Name, MinDays: quote.Method.MinDays, MaxDays: quote.Method.MaxDays,
		PlacedAt: now, ExpiresAt: s.holdUntil(now, market, in.Method),
	}
	if in.AccountID != 0 {
		o.AccountID = &in.AccountID
	}
	return o
}

func draftLines(lines []cart.Line) ([]orders.DraftLine, error) {
	drafts := make([]orders.DraftLine, len(lines))
	for i, l := range lines {
		total, err := l.Total()
		if err != nil {
			return nil, err
		}
		if err := covered(l); err != nil {
			return nil, err
		}
		drafts[i] = orders.DraftLine{
			ProductID: l.ProductID, VariantID: l.VariantID, ProducerID: l.ProducerID, Name: l.Name, VariantLabel: l.VariantLabel,
			Quantity: l.Quantity, UnitMinor: l.PriceMinor, LineMinor: total.Minor, BaseMinor: l.BaseMinor, Base: l.Base,
			Rate: l.Rate, RateDate: l.RateDate, NetQuantity: l.NetQuantity, NetUnit: l.NetUnit, WeightGrams: l.WeightGrams, HSCode: l.HSCode,
		}
	}
	return drafts, nil
}

// covered refuses a sale that would owe the producer more than the buyer pays, whatever led to such an offer.
func covered(l cart.Line) error {
	price, base := money.New(l.PriceMinor, l.Currency), money.New(l.BaseMinor, l.Base)
	covers, err := markets.Covers(price, base, l.Rate)
	if err == nil && !covers {
		err = errs.E(errs.Internal, fmt.Sprintf("checkout: variant %d costs %v, its producer asks %v", l.VariantID, price, base))
	}
	return err
}

func ptr(t time.Time) *time.Time { return &t }
