package shipping

import (
	"errors"
	"fmt"

	"awil/internal/errs"
	"awil/internal/money"
)

// ErrTooHeavy means that a method takes no parcel of that weight; it is not
// offered. The kind is Conflict: fewer things in the cart may fit.
var ErrTooHeavy = errs.E(errs.Conflict, "shipping: too heavy for this method")

// ParcelWeight is what one producer sends: the packed weight of her goods.
type ParcelWeight struct {
	ProducerID int64
	Grams      int64
}

// ParcelPrice is one parcel's part of what sending costs.
type ParcelPrice struct {
	ProducerID int64
	Price      money.Amount
}

// Quoted is what a method costs for an order. Parcels follow the order of the
// weights asked for and add up to Total exactly.
type Quoted struct {
	Method  Method
	Parcels []ParcelPrice
	Total   money.Amount
}

const gramsPerKg = 1000

// Quote works out what sending costs. Parcel methods charge each producer's
// parcel; box methods charge once for the whole weight and share that out over
// the parcels by weight. From the method's free-over sum of goods it costs
// nothing. ErrTooHeavy if the method cannot take it; a goods total in another
// currency than the method's is a bug and money.ErrCurrency.
func Quote(m Method, parcels []ParcelWeight, goods money.Amount) (Quoted, error) {
	if goods.Currency != m.Currency {
		return Quoted{}, fmt.Errorf("quote %s in %s: %w", m.Code, goods.Currency, money.ErrCurrency)
	}
	free := m.FreeOverMinor != nil && goods.Minor >= *m.FreeOverMinor
	var prices []money.Amount
	var err error
	if m.Kind == Box {
		prices, err = boxPrices(m, parcels, free)
	} else {
		prices, err = parcelPrices(m, parcels, free)
	}
	if err != nil {
		return Quoted{}, err
	}
	total, err := money.Sum(m.Currency, prices...)
	if err != nil {
		return Quoted{}, fmt.Errorf("quote %s: %w", m.Code, err)
	}
	q := Quoted{Method: m, Total: total, Parcels: make([]ParcelPrice, len(parcels))}
	for i, p := range parcels {
		q.Parcels[i] = ParcelPrice{ProducerID: p.ProducerID, Price: prices[i]}
	}
	return q, nil
}

func parcelPrices(m Method, parcels []ParcelWeight, free bool) ([]money.Amount, error) {
	prices := make([]money.Amount, len(parcels))
	for i, p := range parcels {
		price, err := price(m, p.Grams, free)
		if err != nil {
			return nil, err
		}
		prices[i] = price
	}
	return prices, nil
}

func boxPrices(m Method, parcels []ParcelWeight, free bool) ([]money.Amount, error) {
	weights := make([]int64, len(parcels))
	var grams int64
	for i, p := range parcels {
		weights[i] = p.Grams
		grams += p.Grams
	}
	whole, err := price(m, grams, free)
	if err != nil {
		return nil, err
	}
	return whole.Split(weights), nil
}

// price is what one thing of that weight costs to send.
func price(m Method, grams int64, free bool) (money.Amount, error) {
	if grams > int64(m.MaxGrams) {
		return money.Amount{}, ErrTooHeavy
	}
	if free {
		return money.Zero(m.Currency), nil
	}
	started := (max(grams, 1) + gramsPerKg - 1) / gramsPerKg
	extra, err := money.New(m.PerKgMinor, m.Currency).Mul(started - 1)
	if err != nil {
		return money.Amount{}, err
	}
	return money.New(m.BaseMinor, m.Currency).Add(extra)
}

// Quotes prices every method that can take the parcels, in the given order.
func Quotes(methods []Method, parcels []ParcelWeight, goods money.Amount) ([]Quoted, error) {
	offered := make([]Quoted, 0, len(methods))
	for _, m := range methods {
		q, err := Quote(m, parcels, goods)
		switch {
		case err == nil:
			offered = append(offered, q)
		case !errors.Is(err, ErrTooHeavy):
			return nil, err
		}
	}
	return offered, nil
}
