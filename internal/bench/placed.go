package bench

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"awil/internal/markets"
)

// errAllPlaced means that no prepared checkout is left.
var errAllPlaced = errors.New("all prepared checkouts are placed")

// ready is a buyer with something in her cart and the checkout filled in
// before her.
type ready struct {
	from    string
	cookies []cookie
	order   form
}

// prepare brings so many buyers to where nothing is left but to place the
// order, as many at once as there are connections.
func (b *buyers) prepare(ctx context.Context, count int, method markets.Method) error {
	b.ready = make(chan ready, count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(b.idle))
	for range count {
		group.Go(func() error {
			v, err := b.shopper(ctx)
			if err != nil {
				return err
			}
			order, err := b.upToOrder(v, b.count.Add(1), method)
			if err != nil {
				v.close()
				return err
			}
			b.ready <- ready{v.from, slices.Clone(v.cookies), order}
			b.idle <- v
			return nil
		})
	}
	return group.Wait()
}

// placeReady places the order of a prepared buyer, or is errAllPlaced.
func (b *buyers) placeReady(ctx context.Context) error {
	var r ready
	select {
	case r = <-b.ready:
	default:
		return errAllPlaced
	}
	v, err := b.shopper(ctx)
	if err != nil {
		return err
	}
	went := ""
	if err = v.begin(r.from); err == nil {
		v.cookies = append(v.cookies, r.cookies...)
		went, err = v.send(r.order)
	}
	if err != nil {
		v.close()
		return err
	}
	b.idle <- v
	return toOrder(went)
}
