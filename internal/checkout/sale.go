package checkout

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/platform/postgres"
	"awil/internal/shipping"
)

// saleOf is an order as the books need it, with the rates and the commission
// it was sold at. Where each producer sends her own parcel its shipping is
// hers; where the hub sends one box, the programme's.
func saleOf(w orders.Whole) ledger.Sale {
	s := ledger.Sale{OrderID: w.ID, Currency: w.Currency}
	for _, l := range w.Lines {
		s.Lines = append(s.Lines, soldLine(l))
	}
	for _, p := range w.Parcels {
		s.Parcels = append(s.Parcels, soldParcel(w.Order, p))
	}
	return s
}

// SaleOfParcel is one parcel of an order as the books need it.
func SaleOfParcel(w orders.Whole, parcelID int64) ledger.Sale {
	s := ledger.Sale{OrderID: w.ID, Currency: w.Currency}
	for _, l := range w.LinesOf(parcelID) {
		s.Lines = append(s.Lines, soldLine(l))
	}
	for _, p := range w.Parcels {
		if p.ID == parcelID {
			s.Parcels = append(s.Parcels, soldParcel(w.Order, p))
		}
	}
	return s
}

func soldLine(l orders.Line) ledger.SaleLine {
	return ledger.SaleLine{
		ID: l.ID, ParcelID: l.ParcelID, ProducerID: l.ProducerID, Quantity: l.Quantity, Unit: l.Unit(),
		Base: money.New(l.BaseMinor, l.Base), Rate: l.Rate, CommissionBP: l.CommissionBP,
	}
}

func soldParcel(o orders.Order, p orders.Parcel) ledger.SaleParcel {
	return ledger.SaleParcel{
		ID: p.ID, ProducerID: p.ProducerID, Shipping: money.New(p.ShippingMinor, o.Currency),
		ToProducer: o.ShippingKind == shipping.Parcel,
	}
}

// post books what a rule says, once.
func post(ctx context.Context, p parts, posting ledger.Posting, err error) error {
	if err != nil {
		return err
	}
	_, err = p.ledger.Post(ctx, posting)
	return err
}

// send does what a batch holds; what says for what, in an error.
func (s *Service) send(ctx context.Context, p parts, b *pgx.Batch, what string) error {
	if err := p.tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("%s: %w", what, postgres.Err(err))
	}
	return nil
}
