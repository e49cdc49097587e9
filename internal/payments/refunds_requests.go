package payments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// RequestReason says what is not right.
type RequestReason string

// The reasons a buyer chooses from, as the table refund_requests lists them.
const (
	NotArrived  RequestReason = "not_arrived"
	Damaged     RequestReason = "damaged"
	WrongThing  RequestReason = "wrong"
	BadQuality  RequestReason = "quality"
	ChangedMind RequestReason = "changed_mind"
	OtherReason RequestReason = "other"
)

// RequestReasons lists them as a form does.
var RequestReasons = []RequestReason{NotArrived, Damaged, WrongThing, BadQuality, ChangedMind, OtherReason}

// Known reports whether there is such a reason.
func (r RequestReason) Known() bool { return slices.Contains(RequestReasons, r) }

// RequestState is where a request stands.
type RequestState string

// The states of a request, as the table refund_requests lists them.
const (
	RequestOpen      RequestState = "open"
	RequestGranted   RequestState = "granted"
	RequestDeclined  RequestState = "declined"
	RequestWithdrawn RequestState = "withdrawn"
	RequestLapsed    RequestState = "lapsed" // nobody answered in time
)

// Request is what a buyer asked for on her order's page.
type Request struct {
	ID      int64
	OrderID int64
	Reason  RequestReason
	Message string
	// Status is where it stands now: one whose time is over reads as lapsed,
	// whether or not a job has written that down.
	Status     RequestState
	Answer     string // what staff wrote to her
	AnsweredBy *int64
	AskedAt    time.Time
	LapsesAt   time.Time
	ClosedAt   *time.Time
	Lines      []RequestLine `db:"-"`
	PhotoIDs   []int64
}

// Open reports whether it awaits an answer.
func (r Request) Open() bool { return r.Status == RequestOpen }

// RequestLine is how many pieces of a line she asks about.
type RequestLine struct {
	LineID   int64
	Quantity int
}

// $1 is now in every query of requests.
const sqlRequest = `
select q.id, q.order_id, q.reason, q.message, case when q.status = 'open' and q.lapses_at <= $1 then 'lapsed' else q.status end as status,
       q.answer, q.answered_by, q.asked_at, q.lapses_at, q.closed_at,
       array(select photo_id from refund_request_photos f where f.request_id = q.id order by photo_id) as photo_ids
from refund_requests q
`

// RequestByID returns a request, or errs.NotFound.
func (s *Service) RequestByID(ctx context.Context, id int64) (Request, error) {
	list, err := s.requests(ctx, `/* payments.request_by_id */`+sqlRequest+`where q.id = $2`, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("request %d: %w", id, postgres.Err(pgx.ErrNoRows))
	}
	if err != nil {
		return Request{}, err
	}
	return list[0], nil
}

// RequestsOfOrder lists what was asked about an order, the latest first.
func (s *Service) RequestsOfOrder(ctx context.Context, orderID int64) ([]Request, error) {
	return s.requests(ctx, `/* payments.requests_of_order */`+sqlRequest+`where q.order_id = $2 order by q.id desc`, orderID)
}

func (s *Service) requests(ctx context.Context, sql string, args ...any) ([]Request, error) {
	rows, err := s.db.Query(ctx, sql, append([]any{s.clock()}, args...)...)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Request])
	if err != nil {
		return nil, postgres.Err(err)
	}
	return list, s.requestLines(ctx, list)
}

func (s *Service) requestLines(ctx context.Context, list []Request) error {
	if len(list) == 0 {
		return nil
	}
	ids, at := make([]int64, len(list)), map[int64]int{}
	for i, r := range list {
		ids[i], at[r.ID] = r.ID, i
	}
	rows, err := s.db.Query(ctx, `/* payments.request_lines */
select request_id, line_id, quantity from refund_request_lines where request_id = any ($1) order by request_id, line_id`, ids)
	if err != nil {
		return postgres.Err(err)
	}
	var id int64
	var l RequestLine
	_, err = pgx.ForEachRow(rows, []any{&id, &l.LineID, &l.Quantity}, func() error {
		list[at[id]].Lines = append(list[at[id]].Lines, l)
		return nil
	})
	return postgres.Err(err)
}

const (
	sqlRequestNew = `/* payments.request_new */
insert into refund_requests (order_id, reason, message, asked_at, lapses_at)
values ($1, $2, $3, $4::timestamptz, $4::timestamptz + make_interval(hours => 24 * (select request_days from programme)))
on conflict (order_id) where status = 'open' do nothing returning id`
	sqlRequestLine  = `/* payments.request_line */ insert into refund_request_lines (request_id, line_id, quantity) values ($1, $2, $3)`
	sqlRequestPhoto = `/* payments.request_photo */ insert into refund_request_photos (request_id, photo_id) values ($1, $2)`
)

// AddRequest writes what a buyer asks for and returns its id; 0 if another is
// open. Her order is locked.
func (s *Service) AddRequest(ctx context.Context, r Request) (int64, error) {
	rows, err := s.db.Query(ctx, sqlRequestNew, r.OrderID, r.Reason, r.Message, s.clock())
	if err != nil {
		return 0, postgres.Err(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(ids) == 0 {
		return 0, postgres.Err(err)
	}
	b := &pgx.Batch{}
	for _, l := range r.Lines {
		b.Queue(sqlRequestLine, ids[0], l.LineID, l.Quantity)
	}
	for _, photo := range r.PhotoIDs {
		b.Queue(sqlRequestPhoto, ids[0], photo)
	}
	return ids[0], postgres.Err(s.db.SendBatch(ctx, b).Close())
}

const sqlRequestClose = `/* payments.request_close */
update refund_requests set status = $3, answer = $4, answered_by = nullif($5, 0::bigint), closed_at = $6
where id = $1 and order_id = $2 and status = 'open' and lapses_at > $6`

// CloseRequest ends a request that awaits an answer; it reports false if it
// does not any more.
func (s *Service) CloseRequest(ctx context.Context, orderID, id int64, as RequestState, answer string, by int64) (bool, error) {
	tag, err := s.db.Exec(ctx, sqlRequestClose, id, orderID, as, answer, by, s.clock())
	return err == nil && tag.RowsAffected() == 1, postgres.Err(err)
}

const sqlRequestLapse = `/* payments.request_lapse */
update refund_requests set status = 'lapsed', closed_at = $1
where status = 'open' and lapses_at <= $1 and ($2::bigint = 0 or order_id = $2)`

// LapseRequests writes down which requests nobody answered in time, of one
// order or, with 0, of all, and returns how many.
func (s *Service) LapseRequests(ctx context.Context, orderID int64) (int, error) {
	tag, err := s.db.Exec(ctx, sqlRequestLapse, s.clock(), orderID)
	return int(tag.RowsAffected()), postgres.Err(err)
}
