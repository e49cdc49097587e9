package checkout_test

import (
	"testing"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/paging"
)

var all = paging.Page{Limit: 50}

// TestTheDatabaseRefusesOtherMoves: even by hand an order goes only where it
// may.
func TestTheDatabaseRefusesOtherMoves(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	placed := s.place("uz", markets.COD, want{jam, 1})
	s.exec(`drop trigger order_money on orders; drop trigger order_refunded on orders`) // here it is about the states alone
	for _, from := range orders.Statuses {
		for _, to := range orders.Statuses {
			if from == to {
				continue
			}
			s.exec(`alter table orders disable trigger user; update orders set status = '` + string(from) + `', paid_at = now(); alter table orders enable trigger user`)
			_, err := s.pool.Exec(t.Context(), `update orders set status = $1 where id = $2`, to, placed.OrderID)
			if refused := err != nil; refused == from.Can(to) {
				t.Errorf("order %s → %s: %v", from, to, err)
			}
		}
	}
	for _, from := range orders.ParcelStatuses {
		for _, to := range orders.ParcelStatuses {
			if from == to {
				continue
			}
			s.exec(`alter table parcels disable trigger user; update parcels set status = '` + string(from) + `'; alter table parcels enable trigger user`)
			_, err := s.pool.Exec(t.Context(), `update parcels set status = $1`, to)
			if refused := err != nil; refused == from.Can(to) {
				t.Errorf("parcel %s → %s: %v", from, to, err)
			}
		}
	}
	if _, err := s.pool.Exec(t.Context(), `update orders set total_minor = 1, goods_minor = 1, shipping_minor = 0`); err == nil {
		t.Error("amounts can be changed")
	}
}

// TestAProducerSeesHerParcelOnly: nothing of the other's, nothing unpaid, and
// no move of what is not hers.
func TestAProducerSeesHerParcelOnly(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	s.place("jp", markets.Card, want{jam, 1}) // not paid
	placed := s.place("uz", markets.COD, want{jam, 2}, want{felt, 1})
	const melon, feltMaker, nobody = 1, 2, 99
	jobs, _, err := s.orders.Jobs(ctx, melon, []orders.ParcelStatus{orders.ParcelToPack}, all)
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%+v, %v", jobs, err)
	}
	job := jobs[0]
	if job.OrderID != placed.OrderID || len(job.Lines) != 1 || job.Lines[0].Name != "Qawın varenyesi" {
		t.Errorf("job %+v", job)
	}
	if job.Name != "Gulnara" || job.Phone == "" || job.Line1 == "" || job.ToHub() {
		t.Errorf("she sends it to the buyer: %+v", job.Address)
	}
	// Two jars and the parcel's own shipping, in cash; 90 % of her price is hers, and what sending costs.
	if job.Collect() != uzs(9_000_000+3_000_000) {
		t.Errorf("collects %v", job.Collect())
	}
	if goods, err := job.ForGoods(); err != nil || goods != uzs(8_100_000) {
		t.Errorf("earns %v with the goods, %v", goods, err)
	}
	if earned, err := job.Earned(); err != nil || earned != uzs(8_100_000+3_000_000) {
		t.Errorf("earns %v, %v", earned, err)
	}
	if share, known, err := job.Share(); err != nil || !known || share != uzs(900_000) {
		t.Errorf("the programme's part is %v, %v, %v", share, known, err)
	}
	for _, other := range []int64{feltMaker, nobody} {
		if _, err := s.orders.Job(ctx, other, job.ParcelID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("producer %d reads it: %v", other, err)
		}
		if err := s.orders.MarkPacked(ctx, other, 1, job.ParcelID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("producer %d packs it: %v", other, err)
		}
		if err := s.orders.MarkShipped(ctx, other, 1, job.ParcelID, "uzpost", ""); errs.KindOf(err) != errs.NotFound {
			t.Errorf("producer %d ships it: %v", other, err)
		}
	}
	unpaid := number[int64](s, `select id from parcels where status = 'waiting'`)
	if _, err := s.orders.Job(ctx, melon, unpaid); errs.KindOf(err) != errs.NotFound {
		t.Errorf("an unpaid parcel: %v", err)
	}
	if err := s.orders.MarkPacked(ctx, melon, 1, unpaid); errs.KindOf(err) != errs.NotFound {
		t.Errorf("packs an unpaid parcel: %v", err)
	}
}

// TestGoodsForTheHubHideTheBuyer: for an order that gathers at the hub the
// producer reads no name, address, telephone or note.
func TestGoodsForTheHubHideTheBuyer(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("jp", want{jam, 1}), "jp", markets.Card)
	in.Note = "for my mother, Hanako"
	placed, err := s.checkout.Place(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	s.pay(placed.PayURL)
	s.work()
	jobs, _, err := s.orders.Jobs(t.Context(), 1, []orders.ParcelStatus{orders.ParcelToPack}, all)
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%+v, %v", jobs, err)
	}
	j := jobs[0]
	if !j.ToHub() || j.Name+j.Phone+j.Postcode+j.Region+j.Line1+j.Line2+j.Landmark+j.Note != "" || j.Country != "JP" || j.CollectMinor != 0 {
		t.Errorf("she reads %+v", j)
	}
}

func TestPackingAndShipping(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	placed := s.place("uz", markets.COD, want{jam, 1}, want{felt, 1})
	parcels := s.order(placed.Token).Parcels
	if err := s.orders.MarkShipped(ctx, 1, 1, parcels[0].ID, "uzpost", "CP761294038UZ"); errs.KindOf(err) != errs.Conflict {
		t.Errorf("shipped before it was packed: %v", err)
	}
	for range 2 { // a double tap changes nothing
		if err := s.orders.MarkPacked(ctx, 1, 1, parcels[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if o := s.order(placed.Token); o.Status != orders.Placed || o.CanCancel {
		t.Errorf("one of two is packed: %s", o.Status)
	}
	if err := s.orders.MarkShipped(ctx, 1, 1, parcels[0].ID, "uzpost", "CP761294037UZ"); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a slip of the thumb: %v", err)
	}
	if err := s.orders.MarkShipped(ctx, 1, 1, parcels[0].ID, "uzpost", "cp 7612 9403 8 uz"); err != nil {
		t.Fatal(err)
	}
	if err := s.orders.MarkPacked(ctx, 2, 1, parcels[1].ID); err != nil {
		t.Fatal(err)
	}
	o := s.order(placed.Token)
	if o.Status != orders.Packed || o.Parcels[0].TrackingNumber != "CP761294038UZ" || o.Parcels[0].ShippedAt == nil {
		t.Errorf("both are packed: %s, %+v", o.Status, o.Parcels[0])
	}
	s.work()
	if n := number[int](s, `select count(*) from audit_events where action in ('parcel.packed', 'parcel.shipped')`); n != 3 {
		t.Errorf("%d lines in the audit trail", n)
	}
	if n := number[int](s, `select count(*) from order_events where parcel_id = $1`, parcels[0].ID); n != 2 {
		t.Errorf("%d steps of the first parcel", n)
	}
	counts, err := s.orders.JobCounts(ctx, 2)
	if err != nil || counts.ToPack != 0 || counts.ToShip != 1 {
		t.Errorf("counts %+v, %v", counts, err)
	}
	past, _, err := s.orders.PastJobs(ctx, 1, all)
	if err != nil || len(past) != 1 || past[0].TrackingNumber == "" {
		t.Errorf("past %+v, %v", past, err)
	}
}

func TestDeskList(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	cod := s.place("uz", markets.COD, want{jam, 1})
	s.place("uz", markets.Bank, want{felt, 1})
	card := s.place("jp", markets.Card, want{tea, 1})
	number := s.order(cod.Token).Label()
	tests := []struct {
		name   string
		filter orders.Filter
		want   int
	}{
		{"all", orders.Filter{}, 3},
		{"waiting for money", orders.Filter{Statuses: []orders.Status{orders.Placed}, Method: markets.Bank}, 1},
		{"a market", orders.Filter{Market: "jp"}, 1},
		{"a producer", orders.Filter{ProducerID: 1}, 2},
		{"a number", orders.Filter{Search: number}, 1},
		{"a reference", orders.Filter{Search: s.order(card.Token).Reference}, 1},
		{"an e-mail", orders.Filter{Search: "Buyer@example.com"}, 3},
		{"a name", orders.Filter{Search: "gul"}, 2},
		{"nothing", orders.Filter{Search: "no such thing"}, 0},
		{"to be refunded", orders.Filter{RefundDue: true}, 0},
	}
	for _, tt := range tests {
		got, _, err := s.orders.Desk(ctx, tt.filter, all)
		if err != nil || len(got) != tt.want {
			t.Errorf("%s: %d, want %d; %v", tt.name, len(got), tt.want, err)
		}
	}
	var seen []int64
	page := paging.Page{Limit: 1}
	for {
		got, next, err := s.orders.Desk(ctx, orders.Filter{}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range got {
			seen = append(seen, e.ID)
		}
		if next == "" {
			break
		}
		page.After = next
	}
	if len(seen) != 3 || seen[0] < seen[1] || seen[1] < seen[2] {
		t.Errorf("page by page: %v", seen)
	}
	counts, err := s.orders.Counts(ctx)
	if err != nil || counts[orders.Placed] != 3 {
		t.Errorf("counts %v, %v", counts, err)
	}
}

func TestOrdersOfAnAccount(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	in := s.input(s.fill("uz", want{jam, 1}), "uz", markets.COD)
	in.AccountID = 2
	if _, err := s.checkout.Place(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	s.place("uz", markets.COD, want{jam, 1})
	mine, _, err := s.orders.OfAccount(t.Context(), 2, all)
	if err != nil || len(mine) != 1 {
		t.Errorf("%+v, %v", mine, err)
	}
}

func TestUnknownLinks(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for _, token := range []string{"", "1", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} {
		if _, err := s.checkout.ByToken(t.Context(), token, i18n.EN); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%q: %v", token, err)
		}
		if err := s.checkout.CancelByBuyer(t.Context(), token); errs.KindOf(err) != errs.NotFound {
			t.Errorf("cancel %q: %v", token, err)
		}
	}
}
