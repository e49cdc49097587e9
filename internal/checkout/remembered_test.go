package checkout_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"awil/internal/cart"
	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/shipping"
	"awil/internal/watch"
)

// remembering is the shop on a node that remembers, and the board it hears of
// changes by.
func (s *shop) remembering() (*checkout.Service, *watch.Board) {
	board := watch.NewBoard()
	board.SetCertain(true)
	config := s.checkout.Config
	config.Cart, config.Markets, config.Shipping = cart.New(s.pool, s.clock.Now), markets.New(s.pool, s.clock.Now), shipping.New(s.pool)
	config.Cart.Watch(board)
	config.Markets.Watch(board)
	config.Shipping.Watch(board, s.clock.Now)
	return checkout.New(config), board
}

// TestNamesInsideATransactionWaitForNobody: while somebody else reads the same
// name and does not get on, one who holds a transaction reads it herself.
func TestNamesInsideATransactionWaitForNobody(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	node, _ := s.remembering()
	c, err := s.cart.Get(t.Context(), s.fill("uz", want{jam, 1}), "uz", i18n.EN)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), `lock table product_texts in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() {
		_, err := node.Cart.NameOf(t.Context(), jam, i18n.EN)
		read <- err
	}()
	for number[int](s, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) == 0 {
		if t.Context().Err() != nil {
			t.Fatal("nobody reads")
		}
	}
	c.Lines[0].Name = ""
	if err := node.Cart.On(tx).Name(t.Context(), c, i18n.EN); err != nil || c.Lines[0].Name != "Melon jam" {
		t.Errorf("%q, %v", c.Lines[0].Name, err)
	}
	if len(read) > 0 {
		t.Error("the other was not kept waiting at all")
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
}

// TestNamesOfNothingAreNotRemembered: what is not there yet is asked for again.
func TestNamesOfNothingAreNotRemembered(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	node, _ := s.remembering()
	const coming = 4
	if name, err := node.Cart.NameOf(t.Context(), coming, i18n.EN); !errors.Is(err, errs.NotFound) {
		t.Fatalf("%q, %v", name, err)
	}
	s.exec(`insert into variants (product_id, net_quantity, net_unit, weight_grams, price_minor, currency, stock) values (2, 40, 'g', 60, 1100000, 'UZS', 3)`)
	if name, err := node.Cart.NameOf(t.Context(), coming, i18n.EN); name != "Tea" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
}

// TestSendingIsKnownBeforeAnOrderBegins: inside its transaction nobody waits
// for what others read.
func TestSendingIsKnownBeforeAnOrderBegins(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	node, board := s.remembering()
	in := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	board.Change(watch.Everything)
	ctx, counted := pgtest.CountQueries(t.Context())
	if _, err := node.Place(ctx, in); err != nil {
		t.Fatal(err)
	}
	at := func(part string) int {
		return slices.IndexFunc(counted.SQL(), func(sql string) bool { return strings.Contains(sql, part) })
	}
	if sending, begins := at("shipping.methods"), at("checkout.plans"); sending < 0 || begins < sending {
		t.Errorf("statement %d asks for ways to send, %d begins the transaction", sending, begins)
	}
}

// TestSendingCostsWhatWasShown: a node that has not heard yet of another price
// takes the one the buyer has confirmed, if it was so a moment ago or is so now,
// and tells her the right one otherwise.
func TestSendingCostsWhatWasShown(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	late, _ := s.remembering()
	before := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	wrong := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	wrong.Shown = uzs(1)
	if _, err := late.Form(t.Context(), before.CartToken, "uz", i18n.EN); err != nil { // it remembers
		t.Fatal(err)
	}
	s.exec(`update shipping_methods set base_minor = base_minor + 100000 where id = 1`)
	after := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD) // on a node that has heard
	for _, in := range []checkout.PlaceInput{before, after} {
		placed, err := late.Place(t.Context(), in)
		if err != nil {
			t.Fatalf("shown %v: %v", in.Shown, err)
		}
		if o := s.order(placed.Token); o.Total() != in.Shown {
			t.Errorf("shown %v, to be paid %v", in.Shown, o.Total())
		}
	}
	var changed *checkout.PriceChangedError
	if _, err := late.Place(t.Context(), wrong); !errors.As(err, &changed) || changed.Total != after.Shown {
		t.Errorf("%v, want %v", err, after.Shown)
	}
	form, err := late.Form(t.Context(), wrong.CartToken, "uz", i18n.EN)
	if err != nil {
		t.Fatal(err)
	}
	if total, err := form.Total(form.Quotes[0]); err != nil || total != after.Shown {
		t.Errorf("the form comes back with %v, %v", total, err)
	}
}
