package orders

import "slices"

// Status is where an order stands.
type Status string

// The states of an order, as the table orders lists them.
const (
	Placed    Status = "placed"
	Paid      Status = "paid"
	Packed    Status = "packed"
	Shipped   Status = "shipped"
	Delivered Status = "delivered"
	Completed Status = "completed"
	Expired   Status = "expired"
	Cancelled Status = "cancelled"
	Refunded  Status = "refunded"
)

// Statuses lists every state in the order an order goes through them, the ends
// it may come to last.
var Statuses = []Status{Placed, Paid, Packed, Shipped, Delivered, Completed, Expired, Cancelled, Refunded}

// Moves says where an order may go from each state. The table order_moves
// lists the same, and the database refuses anything else.
var Moves = map[Status][]Status{
	Placed:    {Paid, Packed, Expired, Cancelled},
	Expired:   {Paid}, // the money came after all, and the goods were still there
	Paid:      {Packed, Cancelled, Refunded},
	Packed:    {Shipped, Cancelled, Refunded},
	Shipped:   {Delivered, Refunded, Cancelled},
	Delivered: {Completed, Refunded, Cancelled}, // cancelled: all of it came back before its cash was taken
	Completed: {Refunded},
}

// Can reports whether an order may go from s to another state.
func (s Status) Can(to Status) bool { return slices.Contains(Moves[s], to) }

// ParcelStatus is where a parcel stands.
type ParcelStatus string

// The states of a parcel, as the table parcels lists them.
const (
	ParcelWaiting   ParcelStatus = "waiting" // for the order to be paid
	ParcelToPack    ParcelStatus = "to_pack"
	ParcelPacked    ParcelStatus = "packed"
	ParcelShipped   ParcelStatus = "shipped"
	ParcelDelivered ParcelStatus = "delivered"
	ParcelReturned  ParcelStatus = "returned"
	ParcelCancelled ParcelStatus = "cancelled"
)

// ParcelStatuses lists every state in the order a parcel goes through them.
var ParcelStatuses = []ParcelStatus{
	ParcelWaiting, ParcelToPack, ParcelPacked, ParcelShipped, ParcelDelivered, ParcelReturned, ParcelCancelled,
}

// ParcelMoves says where a parcel may go from each state. The table
// parcel_moves lists the same, and the database refuses anything else.
var ParcelMoves = map[ParcelStatus][]ParcelStatus{
	ParcelWaiting:   {ParcelToPack, ParcelCancelled},
	ParcelCancelled: {ParcelToPack}, // the order was paid after it had expired
	ParcelToPack:    {ParcelPacked, ParcelCancelled},
	ParcelPacked:    {ParcelShipped, ParcelCancelled},
	ParcelShipped:   {ParcelDelivered, ParcelReturned},
	ParcelDelivered: {ParcelReturned},
}

// Can reports whether a parcel may go from s to another state.
func (s ParcelStatus) Can(to ParcelStatus) bool { return slices.Contains(ParcelMoves[s], to) }

// progress is how far along the way to the buyer a state is; states off that
// way have none.
var progress = map[ParcelStatus]int{
	ParcelWaiting: 0, ParcelToPack: 1, ParcelPacked: 2, ParcelShipped: 3, ParcelDelivered: 4,
}

// reached reports whether a parcel on its way is at a state or past it.
func (s ParcelStatus) reached(other ParcelStatus) bool {
	at, under := progress[s]
	past, way := progress[other]
	return under && way && at >= past
}

// following is the next state of an order whose parcels are all as far as the
// state in the value.
var following = map[Status]struct {
	next  Status
	needs ParcelStatus
}{
	Placed:  {Packed, ParcelPacked}, // cash on delivery: it is never paid before
	Paid:    {Packed, ParcelPacked},
	Packed:  {Shipped, ParcelShipped},
	Shipped: {Delivered, ParcelDelivered},
}

// follow returns the states an order goes through to catch up with its
// parcels. Parcels that were cancelled or came back hold nobody up; an order
// with none left on the way stays where it is.
func follow(order Status, parcels []ParcelStatus) []Status {
	parcels = slices.DeleteFunc(slices.Clone(parcels), func(p ParcelStatus) bool {
		_, under := progress[p]
		return !under
	})
	var through []Status
	for len(parcels) > 0 {
		step, more := following[order]
		if !more || slices.ContainsFunc(parcels, func(p ParcelStatus) bool { return !p.reached(step.needs) }) {
			break
		}
		through = append(through, step.next)
		order = step.next
	}
	return through
}
