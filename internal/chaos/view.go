package chaos

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/markets"
	"awil/internal/orders"
)

// view is what stands in the database when somebody decides what to do next:
// people know their orders from pages, letters and each other.
type view struct {
	orders  []orderRow
	parcels []parcelRow
	due     []job
	refunds []refundRow
}

type orderRow struct {
	ID         int64
	Token      string
	Status     orders.Status
	Method     markets.Method
	Currency   string
	TotalMinor int64
	Paid       bool
}

type parcelRow struct {
	ID         int64
	OrderID    int64
	ProducerID int64
	Status     orders.ParcelStatus
	Method     markets.Method
	Token      string
	Collector  string // who has its cash; empty: nobody
}

const (
	sqlViewOrders = `/* chaos.orders */
select id, token, status, payment_method as method, currency::text as currency, total_minor, paid_at is not null as paid from orders order by id`
	sqlViewParcels = `/* chaos.parcels */
select p.id, p.order_id, p.producer_id, p.status, o.payment_method as method, o.token, coalesce(c.collector, '') as collector
from parcels p join orders o on o.id = p.order_id left join cash_taken c on c.parcel_id = p.id order by p.id`
	sqlViewRefunds = `/* chaos.refunds */ select id, method, status, currency::text as currency from refunds order by id`
)

func (s *schedule) view(ctx context.Context) (v view, err error) {
	b := &pgx.Batch{}
	queue(b, &v.orders, sqlViewOrders)
	queue(b, &v.parcels, sqlViewParcels)
	queue(b, &v.refunds, sqlViewRefunds)
	queue(b, &v.due, sqlJobs, s.now())
	if err := s.lab.look.SendBatch(ctx, b).Close(); err != nil {
		return v, fmt.Errorf("look: %w", err)
	}
	v.due = s.free(v.due)
	return v, nil
}

// queue lets a statement of a batch fill a list.
func queue[T any](b *pgx.Batch, list *[]T, sql string, args ...any) {
	b.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
		*list, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
}

func rowsOf[T any](ctx context.Context, l *lab, sql string, args ...any) ([]T, error) {
	rows, err := l.look.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("look: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("look: %w", err)
	}
	return list, nil
}

// some returns those of a list that pass.
func some[T any](list []T, pass func(T) bool) []T {
	var passed []T
	for _, one := range list {
		if pass(one) {
			passed = append(passed, one)
		}
	}
	return passed
}

// oneOf chooses one of a list that is not empty.
func oneOf[T any](s *schedule, list []T) T { return list[s.rand.IntN(len(list))] }
