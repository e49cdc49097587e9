package checkout_test

// books are questions about the ledger beside the orders whose answer is
// always none.
var books = map[string]string{
	"a transaction is out of balance": `select count(*) from (select from ledger_entries
		group by transaction_id, currency having sum(amount_minor) <> 0) odd`,

	// What is owed to a buyer is what has been decided to go back and is not there yet.
	"a buyer is owed what no refund says": `select count(*) from orders o where
		(select coalesce(-sum(e.amount_minor), 0) from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
			join ledger_accounts a on a.id = e.account_id where t.order_id = o.id and a.kind = 'buyer')
		<> (select coalesce(sum(amount_minor), 0) from refunds r where r.order_id = o.id and r.status <> 'sent')`,

	// What lies in the tills for an order is what came less what was sent back.
	"the tills hold other money than came": `select count(*) from orders o where
		(select coalesce(sum(e.amount_minor), 0) from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
			join ledger_accounts a on a.id = e.account_id where t.order_id = o.id and a.kind = 'clearing'
			and t.rule in ('order_paid', 'cash_collected', 'money_unexpected', 'refund_sent', 'refund_failed', 'correction'))
		<> (select coalesce(sum(coalesce(received_minor, amount_minor)), 0) from payments y where y.order_id = o.id
				and y.provider <> 'cod' and (y.status = 'succeeded' or y.refund_due))
			+ (select coalesce(sum(amount_minor), 0) from cash_taken c where c.order_id = o.id and c.collector <> 'producer')
			- (select coalesce(sum(amount_minor), 0) from refunds r where r.order_id = o.id and r.status = 'sent')`,

	"more goes back than came": `select count(*) from payments y where
		(select coalesce(sum(amount_minor), 0) from refunds r where r.payment_id = y.id) > coalesce(received_minor, amount_minor)`,

	// Of what was sold, and only of that, the producer's price is shared out between her and the commission.
	"a line is booked at another price": `select count(*) from order_lines l join orders o on o.id = l.order_id where
		(select coalesce(-sum(e.amount_minor), 0) from ledger_entries e join ledger_accounts a on a.id = e.account_id
			where e.line_id = l.id and a.kind in ('producer_reserve', 'producer_payable', 'commission'))
		<> case when o.payment_method = 'cod' and not exists (select from cash_collections c where c.parcel_id = l.parcel_id)
			or o.payment_method <> 'cod' and o.paid_at is null then 0
		else l.base_minor * (l.quantity - (select coalesce(sum(r.quantity), 0) from refund_lines r where r.line_id = l.id)) end`,

	"a cash order is booked beside its parcels": `select count(*) from ledger_transactions t join orders o on o.id = t.order_id
		where o.payment_method = 'cod' and t.rule in ('order_paid')`,

	"a collection is not booked, or twice": `select count(*) from cash_collections c where
		(select count(*) from ledger_transactions t where t.rule = 'cash_collected' and t.subject_id = c.parcel_id and t.turn = c.turn) <> 1`,

	"earnings are released and kept": `select count(*) from parcels p where p.released_at is not null and exists (
		select from ledger_entries e join ledger_accounts a on a.id = e.account_id where e.parcel_id = p.id and a.kind = 'producer_reserve'
		having sum(e.amount_minor) <> 0)`,

	"earnings are released before their time": `select count(*) from parcels p join orders o on o.id = p.order_id
		left join cash_taken c on c.parcel_id = p.id where p.released_at is not null and c.collector is distinct from 'producer'
		and (p.delivered_at is null or p.released_at < p.delivered_at + interval '7 days'
			or case o.payment_method when 'cod' then c.parcel_id is null else o.paid_at is null end)`,

	"an order of which nothing was paid keeps something": `select count(*) from orders o where o.status in ('cancelled', 'expired') and exists (
		select from cash_collections c where c.order_id = o.id)`,
}
