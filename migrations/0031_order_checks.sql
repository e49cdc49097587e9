-- +goose Up

-- What is checked when an order is written stays as it was; it costs a fraction. A check is read from its text by every
-- statement that writes to its table, a list of words in it word by word: the dozens of an order took longer than its rows.
-- A function of PL/pgSQL is read once a connection. So the checks of a table are one, and the function says by its own
-- name which of them does not hold. As in a check of its own, what is not known does not break it.

-- +goose StatementBegin
create function broken(tab text, rule text) returns boolean language plpgsql as $$
begin
    raise exception 'new row for relation "%" violates check constraint "%"', tab, rule
        using errcode = 'check_violation', table = tab, constraint = rule;
end $$;

create function order_sound(status text, payment_method text, token text, reference text, email text, name text, note text,
    cart_hash bytea, cancelled_as text, goods_minor bigint, shipping_minor bigint, total_minor bigint, number bigint,
    expires_at timestamptz, paid_at timestamptz) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (status in ('placed', 'paid', 'packed', 'shipped', 'delivered', 'completed', 'expired', 'cancelled', 'refunded')) then broken('orders', 'orders_status_check')
        when not (payment_method in ('card', 'cod', 'bank', 'payme', 'click')) then broken('orders', 'orders_payment_method_check')
        when not (cancelled_as in ('by_buyer', 'refused_door')) then broken('orders', 'orders_cancelled_as_check')
        when not (token ~ '^[0-9A-Za-z]{22,}$') then broken('orders', 'orders_token_check')
        when not (reference ~ '^[0-9A-Z]{4}-[0-9A-Z]{4}$') then broken('orders', 'orders_reference_check')
        when not (email ~ '^[^@\s]+@[^@\s]+$') then broken('orders', 'orders_email_check')
        when not (name <> '') then broken('orders', 'orders_name_check')
        when not (length(note) <= 1000) then broken('orders', 'orders_note_check')
        when not (length(cart_hash) = 32) then broken('orders', 'orders_cart_hash_check')
        when not (goods_minor > 0) then broken('orders', 'orders_goods_minor_check')
        when not (shipping_minor >= 0) then broken('orders', 'orders_shipping_minor_check')
        when not (total_minor = goods_minor + shipping_minor) then broken('orders', 'orders_total')
        when not ((payment_method = 'cod') = (expires_at is null)) then broken('orders', 'orders_cash_never_expires')
        -- Goods leave unpaid only where cash is taken at the door.
        when not (status not in ('paid', 'packed', 'shipped', 'delivered', 'completed') or paid_at is not null or payment_method = 'cod')
            then broken('orders', 'orders_paid_before_packed')
        -- That goods have come does not say that the cash for them has.
        when not (status <> 'completed' or paid_at is not null) then broken('orders', 'orders_paid_when_completed')
        when not (status in ('placed', 'expired', 'cancelled') or number is not null) then broken('orders', 'orders_numbered_when_confirmed')
        else true end;
end $$;

create function parcel_sound(status text, shipping_minor bigint, carrier text, tracking_number text) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (status in ('waiting', 'to_pack', 'packed', 'shipped', 'delivered', 'returned', 'cancelled')) then broken('parcels', 'parcels_status_check')
        when not (shipping_minor >= 0) then broken('parcels', 'parcels_shipping_minor_check')
        when not (length(carrier) <= 60) then broken('parcels', 'parcels_carrier_check')
        when not (length(tracking_number) <= 60) then broken('parcels', 'parcels_tracking_number_check')
        else true end;
end $$;

create function order_line_sound(quantity int, currency text, unit_minor bigint, line_minor bigint, base_minor bigint, base text,
    rate numeric, commission_bp int, weight_grams int) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (quantity > 0) then broken('order_lines', 'order_lines_quantity_check')
        when not (unit_minor > 0) then broken('order_lines', 'order_lines_unit_minor_check')
        when not (line_minor = unit_minor * quantity) then broken('order_lines', 'order_lines_line_minor')
        when not (base_minor > 0) then broken('order_lines', 'order_lines_base_minor_check')
        when not (rate > 0) then broken('order_lines', 'order_lines_rate_check')
        when not (commission_bp between 0 and 10000) then broken('order_lines', 'order_lines_commission_bp_check')
        when not (weight_grams > 0) then broken('order_lines', 'order_lines_weight_grams_check')
        -- Whatever a sale brings in, the producer's own price is within it.
        when not covers(unit_minor, currency, base_minor, base, rate) then broken('order_lines', 'order_lines_cover_the_base')
        else true end;
end $$;

create function reservation_sound(state text, quantity int, returned int, expires_at timestamptz) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (state in ('held', 'sold', 'released')) then broken('reservations', 'reservations_state_check')
        when not (quantity > 0) then broken('reservations', 'reservations_quantity_check')
        when not (state <> 'held' or expires_at is not null) then broken('reservations', 'reservations_held_for_a_time')
        when not (returned between 0 and quantity and (returned = 0 or state = 'sold')) then broken('reservations', 'reservations_returned')
        else true end;
end $$;

create function order_event_sound(actor text, fact jsonb) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (actor in ('buyer', 'producer', 'staff', 'provider', 'clock')) then broken('order_events', 'order_events_actor_check')
        when not (jsonb_typeof(fact) = 'object') then broken('order_events', 'order_events_fact_check')
        else true end;
end $$;

create function payment_sound(provider text, status text, amount_minor bigint, received_minor bigint, received_currency text,
    refund_due boolean, settled_at timestamptz, unanswered int, unanswered_at timestamptz) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (provider in ('stripe', 'cod', 'bank', 'payme', 'click')) then broken('payments', 'payments_provider_check')
        when not (status in ('open', 'succeeded', 'failed', 'expired', 'cancelled')) then broken('payments', 'payments_status_check')
        when not (amount_minor > 0) then broken('payments', 'payments_amount_minor_check')
        when not (received_minor >= 0) then broken('payments', 'payments_received_minor_check')
        when not ((received_minor is null) = (received_currency is null)) then broken('payments', 'payments_received_whole')
        when not (not refund_due or status = 'succeeded' or received_minor is not null) then broken('payments', 'payments_refund_what_came')
        when not ((status = 'succeeded') = (settled_at is not null)) then broken('payments', 'payments_settled_when_succeeded')
        when not (unanswered >= 0) then broken('payments', 'payments_unanswered_check')
        when not ((unanswered = 0) = (unanswered_at is null)) then broken('payments', 'payments_unanswered_since')
        else true end;
end $$;

do $$
declare c record;
begin
    for c in select conrelid::regclass as tab, conname from pg_constraint where contype = 'c' and conrelid = any (array[
        'orders', 'parcels', 'order_lines', 'reservations', 'order_events', 'payments']::regclass[]) loop
        execute format('alter table %s drop constraint %I', c.tab, c.conname);
    end loop;
end $$;
-- +goose StatementEnd

alter table orders add constraint orders_sound check (order_sound(status, payment_method, token, reference, email, name, note,
    cart_hash, cancelled_as, goods_minor, shipping_minor, total_minor, number, expires_at, paid_at));
alter table parcels add constraint parcels_sound check (parcel_sound(status, shipping_minor, carrier, tracking_number));
alter table order_lines add constraint order_lines_sound check (order_line_sound(quantity, currency, unit_minor, line_minor,
    base_minor, base, rate, commission_bp, weight_grams));
alter table reservations add constraint reservations_sound check (reservation_sound(state, quantity, returned, expires_at));
alter table order_events add constraint order_events_sound check (order_event_sound(actor, fact));
alter table payments add constraint payments_sound check (payment_sound(provider, status, amount_minor, received_minor,
    received_currency, refund_due, settled_at, unanswered, unanswered_at));

-- An order is sent by a way of its own market, which says that there is such a market. Everybody's orders look up, and lock,
-- the same row: once instead of twice.
alter table shipping_methods add unique (market, id);
alter table orders drop constraint orders_market_fkey, drop constraint orders_shipping_method_id_fkey,
    add constraint orders_sent_by_a_way_of_the_market foreign key (market, shipping_method_id) references shipping_methods (market, id);

-- Lines, and parcels, still come in one statement each and add up to their order when it ends: each row asks, as there is
-- mostly one. So an order that has lines when its transaction commits adds up, and each line is in a parcel.
-- +goose StatementBegin
create or replace function order_still_adds_up() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'order_lines' then
        if (select goods_minor from orders where id = new.order_id) = (select sum(line_minor) from order_lines where order_id = new.order_id) then
            return null;
        end if;
    elsif (select shipping_minor from orders where id = new.order_id) = (select sum(shipping_minor) from parcels where order_id = new.order_id) then
        return null;
    end if;
    raise exception 'order % does not add up with more %', new.order_id, tg_table_name using errcode = 'check_violation';
end $$;

create or replace function order_adds_up() returns trigger language plpgsql as $$
begin
    if not exists (select from order_lines where order_id = new.id) then
        raise exception 'order % does not add up: it has no lines', new.id using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
drop trigger order_lines_sum on order_lines;
create trigger order_lines_sum after insert on order_lines for each row execute function order_still_adds_up();
drop trigger parcels_sum on parcels;
create trigger parcels_sum after insert on parcels for each row execute function order_still_adds_up();

-- Nobody looks for orders that never expire by when they do.
drop index orders_expires_at_idx;
create index orders_expires_at_idx on orders (expires_at) where status = 'placed' and expires_at is not null;
