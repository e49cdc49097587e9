package cart

import (
	"fmt"
	"time"

	"awil/internal/money"
	"awil/internal/shipping"
)

// State says whether a line can be bought as it stands.
type State string

// The states of a line: ready to be bought; fewer left than wanted; none left;
// not sold in this market.
const (
	Ready   State = "ready"
	Short   State = "short"
	SoldOut State = "sold_out"
	NotHere State = "not_here"
)

// Line is one variant in the cart, as the market sells it now.
type Line struct {
	VariantID    int64
	ProductID    int64
	ProducerID   int64
	Name         string // of the product, in the reader's language or the best there is
	VariantLabel string
	ProductSlug  string // the product's last URL segment
	ProducerName string
	ProducerSlug string
	VillageName  string
	PhotoID      *int64
	NetQuantity  *int
	NetUnit      string
	WeightGrams  int // of one, packed
	HSCode       *string
	Quantity     int
	SeenMinor    int64
	SeenCurrency money.Currency
	Here         bool     // sold in this market
	SoldIn       []string // the markets that sell it, when this one does not
	Available    int      // free to sell now, goods held by overdue orders included

	// The offer; zero when not sold here.
	PriceMinor int64
	Currency   money.Currency
	BaseMinor  int64 // the producer's own price
	Base       money.Currency
	Rate       money.Rate
	RateDate   *time.Time

	addedAt time.Time
}

// State says whether the line can be bought as it stands.
func (l Line) State() State {
	switch {
	case !l.Here:
		return NotHere
	case l.Available <= 0:
		return SoldOut
	case l.Available < l.Quantity:
		return Short
	}
	return Ready
}

// Unit is what one costs here; nothing when it is not sold here.
func (l Line) Unit() money.Amount { return money.New(l.PriceMinor, l.Currency) }

// Total is what the line costs here.
func (l Line) Total() (money.Amount, error) { return l.Unit().Mul(int64(l.Quantity)) }

// Seen is the price shown when the line was put in or last changed.
func (l Line) Seen() money.Amount { return money.New(l.SeenMinor, l.SeenCurrency) }

// PriceChanged reports whether the price is another than was shown, in the
// same currency; a price in another market's currency is not a change.
func (l Line) PriceChanged() bool {
	return l.Here && l.SeenCurrency == l.Currency && l.SeenMinor != l.PriceMinor
}

// Cart is what a visitor means to buy in a market.
type Cart struct {
	Market string
	Lines  []Line // by producer, in the order they were put in
}

// Group is what one producer will pack.
type Group struct {
	ProducerID   int64
	ProducerName string
	ProducerSlug string
	VillageName  string
	Lines        []Line
}

// Empty reports whether nothing is in the cart.
func (c Cart) Empty() bool { return len(c.Lines) == 0 }

// Count is how many things are in the cart.
func (c Cart) Count() int {
	n := 0
	for _, l := range c.Lines {
		n += l.Quantity
	}
	return n
}

// Buyable reports whether every line can be bought as it stands.
func (c Cart) Buyable() bool {
	for _, l := range c.Lines {
		if l.State() != Ready {
			return false
		}
	}
	return !c.Empty()
}

// Here returns the lines this market sells.
func (c Cart) Here() []Line {
	here := make([]Line, 0, len(c.Lines))
	for _, l := range c.Lines {
		if l.Here {
			here = append(here, l)
		}
	}
	return here
}

// Groups returns the lines by producer.
func (c Cart) Groups() []Group {
	var groups []Group
	at := map[int64]int{}
	for _, l := range c.Lines {
		i, known := at[l.ProducerID]
		if !known {
			i = len(groups)
			at[l.ProducerID] = i
			groups = append(groups, Group{
				ProducerID: l.ProducerID, ProducerName: l.ProducerName,
				ProducerSlug: l.ProducerSlug, VillageName: l.VillageName,
			})
		}
		groups[i].Lines = append(groups[i].Lines, l)
	}
	return groups
}

// Goods adds up the lines this market sells; it is in cur, the market's
// currency, whatever is in the cart.
func (c Cart) Goods(cur money.Currency) (money.Amount, error) {
	total := money.Zero(cur)
	for _, l := range c.Here() {
		line, err := l.Total()
		if err != nil {
			return money.Amount{}, fmt.Errorf("line of variant %d: %w", l.VariantID, err)
		}
		if total, err = total.Add(line); err != nil {
			return money.Amount{}, fmt.Errorf("line of variant %d: %w", l.VariantID, err)
		}
	}
	return total, nil
}

// Parcels weighs what each producer would send of the lines this market sells.
func (c Cart) Parcels() []shipping.ParcelWeight {
	var parcels []shipping.ParcelWeight
	at := map[int64]int{}
	for _, l := range c.Here() {
		i, known := at[l.ProducerID]
		if !known {
			i = len(parcels)
			at[l.ProducerID] = i
			parcels = append(parcels, shipping.ParcelWeight{ProducerID: l.ProducerID})
		}
		parcels[i].Grams += int64(l.WeightGrams) * int64(l.Quantity)
	}
	return parcels
}
