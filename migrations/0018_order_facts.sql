-- +goose Up

-- What an event tells beyond its move, as what it is and not as a sentence of one language. Earlier events keep their note.
alter table order_events add column fact jsonb check (jsonb_typeof(fact) = 'object');

-- Why an order was cancelled, where that is a fact and not somebody's own words.
alter table orders add column cancelled_as text check (cancelled_as in ('by_buyer', 'refused_door'));
-- Facts used to stand among the words. A buyer writes no words of her own; goods come back from the door only where they had left.
alter table order_events disable trigger order_events_append_only;
update order_events set note = '', fact = '{"kind": "by_buyer"}'
where parcel_id is null and to_status = 'cancelled' and actor = 'buyer' and note = 'buyer';
update order_events set note = '', fact = '{"kind": "refused_door"}'
where parcel_id is null and to_status = 'cancelled' and from_status in ('packed', 'shipped', 'delivered') and note = 'refused at the door';
alter table order_events enable trigger order_events_append_only;
update orders o set cancel_reason = '', cancelled_as = e.fact ->> 'kind'
from order_events e where e.order_id = o.id and e.fact ->> 'kind' in ('by_buyer', 'refused_door');

-- Orders that keep goods without money, by whoever may have too many of them; see orders.unpaid.
create index orders_unpaid_email on orders (lower(email))
    where paid_at is null and payment_method in ('cod', 'bank') and status in ('placed', 'packed', 'shipped');
create index orders_unpaid_phone on orders (phone)
    where paid_at is null and payment_method in ('cod', 'bank') and status in ('placed', 'packed', 'shipped') and phone <> '';
create index orders_unpaid_address on orders (line1, city, landmark)
    where paid_at is null and payment_method in ('cod', 'bank') and status in ('placed', 'packed', 'shipped') and line1 <> '';
