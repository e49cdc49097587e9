package checkout_test

import (
	"errors"
	"testing"
	"time"

	"awil/internal/cart"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
)

func TestCartAddsAndCaps(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	added, err := s.cart.Add(ctx, "", "uz", jam, 4)
	if err != nil || added.Quantity != 4 || added.Capped || len(added.Token) < 26 {
		t.Fatalf("%+v, %v", added, err)
	}
	token := added.Token
	if added, err = s.cart.Add(ctx, token, "uz", jam, 8); err != nil || added.Quantity != 10 || !added.Capped || added.Token != token {
		t.Errorf("twelve of ten: %+v, %v", added, err)
	}
	if set, err := s.cart.SetQuantity(ctx, token, "uz", jam, 99); err != nil || set.Quantity != 10 || !set.Capped {
		t.Errorf("ninety-nine of ten: %+v, %v", set, err)
	}
	if set, err := s.cart.SetQuantity(ctx, token, "uz", jam, 3); err != nil || set.Quantity != 3 || set.Capped {
		t.Errorf("three of ten: %+v, %v", set, err)
	}
	if _, err := s.cart.SetQuantity(ctx, token, "uz", tea, 1); errs.KindOf(err) != errs.NotFound {
		t.Errorf("a line that is not there: %v", err)
	}
	if _, err := s.cart.SetQuantity(ctx, token, "uz", jam, 0); err != nil {
		t.Error(err)
	}
	if n, err := s.cart.Count(ctx, token); n != 0 || err != nil {
		t.Errorf("%d left, %v", n, err)
	}
}

// TestNewCartsWaitForNoDisk: only the transaction of a new cart does not wait
// until it is on disk; whatever the same connection does next does.
func TestNewCartsWaitForNoDisk(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `set synchronous_commit = on`); err != nil { // as in earnest
		t.Fatal(err)
	}
	waits := func() (waits string) {
		if err := conn.QueryRow(ctx, `show synchronous_commit`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
		return waits
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if added, err := s.cart.On(tx).Add(ctx, "", "uz", jam, 2); err != nil || added.Quantity != 2 {
		t.Fatalf("%+v, %v", added, err)
	}
	if got := waits(); got != "off" {
		t.Errorf("a new cart is committed with %q", got)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if got := waits(); got != "on" {
		t.Errorf("what comes after a new cart is committed with %q", got)
	}
}

func TestCartRefuses(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	for _, quantity := range []int{-1, 0, 100} {
		if _, err := s.cart.Add(ctx, "", "uz", jam, quantity); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%d: %v", quantity, err)
		}
	}
	s.exec(`delete from listings where market = 'jp' and product_id = 1`)
	for _, variant := range []int64{jam, 12345} {
		if _, err := s.cart.Add(ctx, "", "jp", variant, 1); !errors.Is(err, cart.ErrNotSold) {
			t.Errorf("variant %d: %v", variant, err)
		}
	}
	s.setStock(tea, 0)
	if _, err := s.cart.Add(ctx, "", "uz", tea, 1); !errors.Is(err, cart.ErrSoldOut) {
		t.Errorf("sold out: %v", err)
	}
	s.exec(`update variants set active = false where id = $1`, felt)
	if _, err := s.cart.Add(ctx, "", "uz", felt, 1); !errors.Is(err, cart.ErrNotSold) {
		t.Errorf("no longer made: %v", err)
	}
}

// TestCartTokensAreNotAdopted: a token somebody brings along opens nothing and
// becomes nobody's cart.
func TestCartTokensAreNotAdopted(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	const planted = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	added, err := s.cart.Add(t.Context(), planted, "uz", jam, 1)
	if err != nil || added.Token == planted {
		t.Errorf("%+v, %v", added, err)
	}
	for _, token := range []string{planted, "1", ""} {
		if c, err := s.cart.Get(t.Context(), token, "uz", i18n.EN); err != nil || !c.Empty() {
			t.Errorf("%q opens %+v, %v", token, c, err)
		}
	}
}

func TestCartFollowsTheMarket(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	token := s.fill("uz", want{jam, 2}, want{felt, 1}, want{tea, 1})
	home, err := s.cart.Get(ctx, token, "uz", i18n.KAA)
	if err != nil {
		t.Fatal(err)
	}
	abroad, err := s.cart.Get(ctx, token, "jp", i18n.JA)
	if err != nil {
		t.Fatal(err)
	}
	if home.Lines[0].Unit() != uzs(4_500_000) || abroad.Lines[0].Unit().String() != "900 JPY" {
		t.Errorf("prices %v and %v", home.Lines[0].Unit(), abroad.Lines[0].Unit())
	}
	if abroad.Lines[0].PriceChanged() || abroad.Lines[0].Name != "メロンジャム" || home.Lines[0].Name != "Melon jam" {
		t.Errorf("%+v", abroad.Lines[0])
	}
	groups := home.Groups()
	if len(groups) != 2 || len(groups[0].Lines) != 2 || groups[0].ProducerName != "Altın Qawın" || groups[0].VillageName != "Chimbay" {
		t.Errorf("groups %+v", groups)
	}
	if !home.Buyable() {
		t.Error("all of it is there")
	}
	s.setStock(jam, 1)
	s.setStock(felt, 0)
	home, err = s.cart.Get(ctx, token, "uz", i18n.KAA)
	if err != nil || home.Buyable() {
		t.Fatal(err)
	}
	states := map[int64]cart.State{}
	for _, l := range home.Lines {
		states[l.VariantID] = l.State()
	}
	if states[jam] != cart.Short || states[felt] != cart.SoldOut || states[tea] != cart.Ready {
		t.Errorf("states %v", states)
	}
}

// TestOverdueHoldsCountAsFree: what an unpaid order holds past its time is
// offered again at once, whether or not a worker has come by.
func TestOverdueHoldsCountAsFree(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.place("jp", markets.Card, want{jam, 10})
	s.clock.pass(afterHold)
	added, err := s.cart.Add(t.Context(), "", "uz", jam, 3)
	if err != nil || added.Quantity != 3 {
		t.Errorf("%+v, %v", added, err)
	}
}

func TestOldCartsAreForgotten(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	old := s.fill("uz", want{jam, 1})
	s.clock.pass(60 * 24 * time.Hour)
	young := s.fill("uz", want{jam, 1})
	s.clock.pass(31 * 24 * time.Hour)
	if n, err := s.cart.Forget(t.Context()); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, _ := s.cart.Count(t.Context(), old); n != 0 {
		t.Error("the old one is there")
	}
	if n, _ := s.cart.Count(t.Context(), young); n != 1 {
		t.Error("the young one is not")
	}
}
