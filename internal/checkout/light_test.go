package checkout_test

import (
	"context"
	"errors"
	"testing"

	"github.com/riverqueue/river"

	"awil/internal/cart"
	"awil/internal/checkout"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/platform/jobs"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres/pgtest"
	"awil/internal/watch"
)

// TestCartNamesAreRemembered: what things are called is read again when it has
// changed, and not before; prices and stock are read each time.
func TestCartNamesAreRemembered(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	token := s.fill("uz", want{jam, 2}, want{felt, 1})
	board := watch.NewBoard()
	board.SetCertain(true)
	remembering := cart.New(s.pool, s.clock.Now)
	remembering.Watch(board)
	look := func(name string, price int64, queries int) {
		t.Helper()
		ctx, counted := pgtest.CountQueries(t.Context())
		c, err := remembering.Get(ctx, token, "uz", i18n.EN)
		if err != nil {
			t.Fatal(err)
		}
		if l := c.Lines[0]; l.Name != name || l.Unit() != uzs(price) || l.ProducerName != "Altın Qawın" || c.Lines[1].Name != "Slippers" {
			t.Errorf("%+v", l)
		}
		if counted.N() != queries {
			t.Errorf("%d queries, want %d: %q", counted.N(), queries, counted.SQL())
		}
	}
	look("Melon jam", 4_500_000, 2)
	look("Melon jam", 4_500_000, 1)
	s.exec(`update product_texts set name = 'Jam of melons' where product_id = 1 and lang = 'en'`)
	s.exec(`update offers set price_minor = 4600000 where market = 'uz' and variant_id = $1`, jam)
	look("Melon jam", 4_600_000, 1)
	board.Change(watch.Product(1))
	look("Jam of melons", 4_600_000, 2)
	if name, err := remembering.NameOf(t.Context(), jam, i18n.JA); err != nil || name != "メロンジャム" {
		t.Errorf("%q, %v", name, err)
	}
}

// TestOrderQueries: an order for cash is these statements and no more.
func TestOrderQueries(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	board := watch.NewBoard()
	board.SetCertain(true)
	config := s.checkout.Config
	config.Cart, config.Markets = cart.New(s.pool, s.clock.Now), markets.New(s.pool, s.clock.Now)
	config.Cart.Watch(board)
	config.Markets.Watch(board)
	config.Shipping.Watch(board, s.clock.Now)
	shop := checkout.New(config)
	for _, c := range []struct {
		goods   []want
		queries int
	}{
		{[]want{{jam, 1}}, 6 + 1},
		{[]want{{jam, 1}, {tea, 1}, {felt, 1}}, 6 + 10},
	} {
		for i := range 2 { // the first fills what is remembered
			token := s.fill("uz", c.goods...)
			in := s.input(token, "uz", markets.COD)
			ctx, counted := pgtest.CountQueries(t.Context())
			placed, err := shop.Place(ctx, in)
			if err != nil || placed.Left != 0 {
				t.Fatalf("%+v, %v", placed, err)
			}
			if i > 0 && counted.N() != c.queries {
				t.Errorf("%d goods: %d queries, want %d: %q", len(c.goods), counted.N(), c.queries, counted.SQL())
			}
		}
	}
}

// TestShortOrdersLeaveNothing: goods are taken while the order is written; where
// there are too few of one, nothing of it stays.
func TestShortOrdersLeaveNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	// As if somebody else bought between the look into the cart and the taking.
	s.exec(`create function bought() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger bought before update on variants for each row when (new.id = 1) execute function bought()`)
	for _, goods := range [][]want{{{jam, 3}}, {{tea, 2}, {jam, 3}, {felt, 1}}} {
		in := s.input(s.fill("uz", goods...), "uz", markets.COD)
		var short *checkout.ShortError
		_, err := s.checkout.Place(t.Context(), in)
		if !errors.As(err, &short) || len(short.Lines) != 1 || short.Lines[0].VariantID != jam || short.Lines[0].Name == "" {
			t.Errorf("%v", err)
		}
		var left, stock int
		if err := s.pool.QueryRow(t.Context(), `select (select count(*) from orders) + (select count(*) from river_job), (select sum(stock) from variants)`).
			Scan(&left, &stock); err != nil || left != 0 || stock != 30 {
			t.Errorf("%d rows left, %d pieces, %v", left, stock, err)
		}
	}
}

// postbox takes letters, or fails.
type postbox struct {
	err  error
	sent []mail.Message
}

func (p *postbox) Send(_ context.Context, m mail.Message) error {
	p.sent = append(p.sent, m)
	return p.err
}

// TestLettersToOneAreSentAtOnce: and enqueued where that fails, or where more
// are written to.
func TestLettersToOneAreSentAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		goods      want
		err        error
		sent, jobs int
	}{
		{want{felt, 1}, nil, 1, 0},
		{want{felt, 1}, errors.New("no line"), 1, 1},
		{want{jam, 1}, nil, 0, 2}, // its maker is written to as well
	} {
		s := newShop(t)
		s.place("uz", markets.COD, c.goods)
		box := &postbox{err: c.err}
		workers := river.NewWorkers()
		checkout.Workers(workers, s.checkout, s.write, box)
		queued := 0
		river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[mailArgs]) error {
			queued++
			return nil
		}))
		if err := jobs.Drain(t.Context(), s.pool, workers); err != nil {
			t.Fatal(err)
		}
		if len(box.sent) != c.sent || queued != c.jobs {
			t.Errorf("%+v: %d sent, %d enqueued", c, len(box.sent), queued)
		}
		for _, m := range box.sent {
			if m.To != "buyer@example.com" || m.ID == "" {
				t.Errorf("%+v", m)
			}
		}
	}
}
