package orders

import (
	"crypto/rand"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
)

// Draft is an order about to be written. Order.ID comes from QueueAgain; what is
// only known later (number, paid_at) is left empty.
type Draft struct {
	Order
	CheckoutToken string
	CartHash      []byte       // of the cart it is placed from, see cart.Hash
	ParcelStatus  ParcelStatus // of every parcel
	Confirmed     bool         // it needs no payment before it is packed, and gets its number at once
	Parcels       []DraftParcel
	Lines         []DraftLine
}

// DraftParcel is one producer's parcel of a draft.
type DraftParcel struct {
	ProducerID    int64
	ShippingMinor int64
}

// DraftLine is one thing bought.
type DraftLine struct {
	ProductID, VariantID, ProducerID int64
	Name, VariantLabel               string
	Quantity                         int
	UnitMinor, LineMinor             int64
	BaseMinor                        int64
	Base                             money.Currency
	Rate                             money.Rate
	RateDate                         *time.Time
	NetQuantity                      *int
	NetUnit                          string
	WeightGrams                      int
	HSCode                           *string
}

// NewToken makes the secret of an order's private link: 26 letters and
// digits, more than 128 bits.
func NewToken() string { return rand.Text() }

// referenceLetters leave out what is misread on paper or by telephone.
const referenceLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewReference makes what buyer and staff call an order: "7KQ2-M4XA". It is no
// secret. There are 656 thousand million; one that is taken is refused by the
// database (constraint orders_reference_key).
func NewReference() string {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // never fails, by its documentation
	text := make([]byte, 0, 9)
	for i, r := range random {
		if i == 4 {
			text = append(text, '-')
		}
		text = append(text, referenceLetters[int(r)%len(referenceLetters)])
	}
	return string(text)
}

const (
	sqlOrderRow = `
insert into orders (id, token, checkout_token, reference, number, account_id, market, lang, currency, status, payment_method,
    email, phone, name, country, postcode, region, city, line1, line2, landmark, note,
    shipping_method_id, shipping_name, min_days, max_days, goods_minor, shipping_minor, total_minor, placed_at, expires_at, cart_hash)
overriding system value
select $1, $2, $3, $4, case when $5 then nextval('order_numbers') end, $6, $7, $8, $9, 'placed', $10,
    $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31`
	sqlInsert        = `/* orders.insert */` + sqlOrderRow
	sqlInsertParcels = `/* orders.insert_parcels */
insert into parcels (order_id, producer_id, status, shipping_minor)
select $1, producer, $2, shipping from unnest($3::bigint[], $4::bigint[]) as p(producer, shipping)`
	sqlInsertLines = `/* orders.insert_lines */
insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name, variant_label, quantity, currency,
    unit_minor, line_minor, base_minor, base, rate, rate_date, commission_bp, net_quantity, net_unit, weight_grams, hs_code)
select $1, p.id, l.product, l.variant, l.producer, l.name, l.label, l.quantity, $2,
    l.unit, l.line, l.base_minor, l.base, l.rate::numeric, l.rate_date, (select commission_bp from programme),
    l.net, l.net_unit, l.grams, l.hs
from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::int[], $9::bigint[], $10::bigint[],
    $11::bigint[], $12::text[], $13::text[], $14::date[], $15::int[], $16::text[], $17::int[], $18::text[])
    with ordinality as l(product, variant, producer, name, label, quantity, unit, line,
        base_minor, base, rate, rate_date, net, net_unit, grams, hs, n)
join parcels p on p.order_id = $1 and p.producer_id = l.producer
order by l.n`
	sqlReserve = `/* orders.reserve */
insert into reservations (order_id, variant_id, quantity, state, expires_at)
select $1, variant, quantity, $2, $3 from unnest($4::bigint[], $5::int[]) as r(variant, quantity)`
)

// QueueInsert adds to a batch all that an order is made of: itself, parcels,
// lines, the goods set aside and the first line of its history.
func QueueInsert(b *pgx.Batch, d Draft, actor Actor) {
	b.Queue(sqlInsert, d.row()...)
	queueParcels(b, d)
	queueLines(b, d)
	queueEvent(b, d.begins(), actor)
}

func (d Draft) row() []any {
	o := d.Order
	return []any{
		o.ID, o.Token, d.CheckoutToken, o.Reference, d.Confirmed, o.AccountID, o.Market, o.Lang, o.Currency,
		o.PaymentMethod, o.Email, o.Phone, o.Name, o.Country, o.Postcode, o.Region, o.City, o.Line1, o.Line2, o.Landmark,
		o.Note, o.ShippingMethodID, o.ShippingName, o.MinDays, o.MaxDays, o.GoodsMinor, o.ShippingMinor, o.TotalMinor,
		o.PlacedAt, o.ExpiresAt, d.CartHash,
	}
}

func (d Draft) begins() Event {
	return Event{OrderID: d.ID, ToStatus: string(Placed), At: d.PlacedAt}
}

// reserved is the state of the goods set aside.
func (d Draft) reserved() string {
	if d.Confirmed {
		return "sold"
	}
	return "held"
}

// AddInsert is QueueInsert of an order of a single line, as parts of a statement
// that writes it if the part named after has a row. Others write with it what
// they do from placed, which has the order's id.
func AddInsert(t *postgres.Together, after string, d Draft, actor Actor) {
	t.Add("placed", sqlOrderRow+` from `+after+` returning id`, d.row()...)
	p, l := d.Parcels[0], d.Lines[0]
	t.Add("packed", `insert into parcels (order_id, status, producer_id, shipping_minor) select id, $1, $2, $3 from placed
returning id, order_id, producer_id`, d.ParcelStatus, p.ProducerID, p.ShippingMinor)
	t.Add("lined", sqlLineRow, l.ProductID, l.VariantID, l.Name, l.VariantLabel, l.Quantity, d.Currency, l.UnitMinor, l.LineMinor, l.BaseMinor,
		string(l.Base), l.Rate.String(), l.RateDate, l.NetQuantity, l.NetUnit, l.WeightGrams, l.HSCode)
	t.Add("reserved", `insert into reservations (order_id, variant_id, quantity, state, expires_at) select id, $1, $2, $3, $4 from placed`,
		l.VariantID, l.Quantity, d.reserved(), d.ExpiresAt)
	e := d.begins()
	t.Add("noted", `insert into order_events (order_id, to_status, actor, account_id, at) select id, $1, $2, nullif($3, 0::bigint), $4 from placed`,
		e.ToStatus, actor.Kind, actor.AccountID, e.At)
}

const sqlLineRow = `insert into order_lines (order_id, parcel_id, product_id, variant_id, producer_id, name, variant_label, quantity, currency,
    unit_minor, line_minor, base_minor, base, rate, rate_date, commission_bp, net_quantity, net_unit, weight_grams, hs_code)
select order_id, id, $1, $2, producer_id, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::numeric, $12, (select commission_bp from programme),
    $13, $14, $15, $16 from packed`

func queueParcels(b *pgx.Batch, d Draft) {
	producers, parts := make([]int64, len(d.Parcels)), make([]int64, len(d.Parcels))
	for i, p := range d.Parcels {
		producers[i], parts[i] = p.ProducerID, p.ShippingMinor
	}
	b.Queue(sqlInsertParcels, d.ID, d.ParcelStatus, producers, parts)
}

// queueLines writes all lines in one statement.
func queueLines(b *pgx.Batch, d Draft) {
	n := len(d.Lines)
	products, variants, producers := make([]int64, n), make([]int64, n), make([]int64, n)
	names, labels, bases, rates, units := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	quantities, grams, nets := make([]int, n), make([]int, n), make([]*int, n)
	unit, line, base := make([]int64, n), make([]int64, n), make([]int64, n)
	dates, codes := make([]*time.Time, n), make([]*string, n)
	for i, l := range d.Lines {
		products[i], variants[i], producers[i] = l.ProductID, l.VariantID, l.ProducerID
		names[i], labels[i], bases[i], rates[i], units[i] = l.Name, l.VariantLabel, string(l.Base), l.Rate.String(), l.NetUnit
		quantities[i], grams[i], nets[i] = l.Quantity, l.WeightGrams, l.NetQuantity
		unit[i], line[i], base[i] = l.UnitMinor, l.LineMinor, l.BaseMinor
		dates[i], codes[i] = l.RateDate, l.HSCode
	}
	b.Queue(sqlInsertLines, d.ID, d.Currency, products, variants, producers, names, labels, quantities, unit, line,
		base, bases, rates, dates, nets, units, grams, codes)
	b.Queue(sqlReserve, d.ID, d.reserved(), d.ExpiresAt, variants, quantities)
}
