-- +goose Up

-- A backup is read with no schema to look in: a function that a check, an index or a generated column calls must say where
-- the ones it calls are, or no row of its table comes back. Without a search_path of its own, which would cost each row.
-- +goose StatementBegin
create or replace function public.covers(price_minor bigint, currency text, base_minor bigint, base text, rate numeric)
returns boolean language plpgsql immutable parallel safe as $$
begin
    return base_minor * rate * public.minor_per_major(currency) < (price_minor::numeric + 1) * public.minor_per_major(base);
end $$;

create or replace function public.order_sound(status text, payment_method text, token text, reference text, email text, name text, note text,
    cart_hash bytea, cancelled_as text, goods_minor bigint, shipping_minor bigint, total_minor bigint, number bigint,
    expires_at timestamptz, paid_at timestamptz) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (status in ('placed', 'paid', 'packed', 'shipped', 'delivered', 'completed', 'expired', 'cancelled', 'refunded')) then public.broken('orders', 'orders_status_check')
        when not (payment_method in ('card', 'cod', 'bank', 'payme', 'click')) then public.broken('orders', 'orders_payment_method_check')
        when not (cancelled_as in ('by_buyer', 'refused_door')) then public.broken('orders', 'orders_cancelled_as_check')
        when not (token ~ '^[0-9A-Za-z]{22,}$') then public.broken('orders', 'orders_token_check')
        when not (reference ~ '^[0-9A-Z]{4}-[0-9A-Z]{4}$') then public.broken('orders', 'orders_reference_check')
        when not (email ~ '^[^@\s]+@[^@\s]+$') then public.broken('orders', 'orders_email_check')
        when not (name <> '') then public.broken('orders', 'orders_name_check')
        when not (length(note) <= 1000) then public.broken('orders', 'orders_note_check')
        when not (length(cart_hash) = 32) then public.broken('orders', 'orders_cart_hash_check')
        when not (goods_minor > 0) then public.broken('orders', 'orders_goods_minor_check')
        when not (shipping_minor >= 0) then public.broken('orders', 'orders_shipping_minor_check')
        when not (total_minor = goods_minor + shipping_minor) then public.broken('orders', 'orders_total')
        when not ((payment_method = 'cod') = (expires_at is null)) then public.broken('orders', 'orders_cash_never_expires')
        -- Goods leave unpaid only where cash is taken at the door.
        when not (status not in ('paid', 'packed', 'shipped', 'delivered', 'completed') or paid_at is not null or payment_method = 'cod')
            then public.broken('orders', 'orders_paid_before_packed')
        -- That goods have come does not say that the cash for them has.
        when not (status <> 'completed' or paid_at is not null) then public.broken('orders', 'orders_paid_when_completed')
        when not (status in ('placed', 'expired', 'cancelled') or number is not null) then public.broken('orders', 'orders_numbered_when_confirmed')
        else true end;
end $$;

create or replace function public.parcel_sound(status text, shipping_minor bigint, carrier text, tracking_number text) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (status in ('waiting', 'to_pack', 'packed', 'shipped', 'delivered', 'returned', 'cancelled')) then public.broken('parcels', 'parcels_status_check')
        when not (shipping_minor >= 0) then public.broken('parcels', 'parcels_shipping_minor_check')
        when not (length(carrier) <= 60) then public.broken('parcels', 'parcels_carrier_check')
        when not (length(tracking_number) <= 60) then public.broken('parcels', 'parcels_tracking_number_check')
        else true end;
end $$;

create or replace function public.order_line_sound(quantity int, currency text, unit_minor bigint, line_minor bigint, base_minor bigint, base text,
    rate numeric, commission_bp int, weight_grams int) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (quantity > 0) then public.broken('order_lines', 'order_lines_quantity_check')
        when not (unit_minor > 0) then public.broken('order_lines', 'order_lines_unit_minor_check')
        when not (line_minor = unit_minor * quantity) then public.broken('order_lines', 'order_lines_line_minor')
        when not (base_minor > 0) then public.broken('order_lines', 'order_lines_base_minor_check')
        when not (rate > 0) then public.broken('order_lines', 'order_lines_rate_check')
        when not (commission_bp between 0 and 10000) then public.broken('order_lines', 'order_lines_commission_bp_check')
        when not (weight_grams > 0) then public.broken('order_lines', 'order_lines_weight_grams_check')
        -- Whatever a sale brings in, the producer's own price is within it.
        when not public.covers(unit_minor, currency, base_minor, base, rate) then public.broken('order_lines', 'order_lines_cover_the_base')
        else true end;
end $$;

create or replace function public.reservation_sound(state text, quantity int, returned int, expires_at timestamptz) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (state in ('held', 'sold', 'released')) then public.broken('reservations', 'reservations_state_check')
        when not (quantity > 0) then public.broken('reservations', 'reservations_quantity_check')
        when not (state <> 'held' or expires_at is not null) then public.broken('reservations', 'reservations_held_for_a_time')
        when not (returned between 0 and quantity and (returned = 0 or state = 'sold')) then public.broken('reservations', 'reservations_returned')
        else true end;
end $$;

create or replace function public.order_event_sound(actor text, fact jsonb) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (actor in ('buyer', 'producer', 'staff', 'provider', 'clock')) then public.broken('order_events', 'order_events_actor_check')
        when not (jsonb_typeof(fact) = 'object') then public.broken('order_events', 'order_events_fact_check')
        else true end;
end $$;

create or replace function public.payment_sound(provider text, status text, amount_minor bigint, received_minor bigint, received_currency text,
    refund_due boolean, settled_at timestamptz, unanswered int, unanswered_at timestamptz) returns boolean language plpgsql immutable as $$
begin
    return case
        when not (provider in ('stripe', 'cod', 'bank', 'payme', 'click')) then public.broken('payments', 'payments_provider_check')
        when not (status in ('open', 'succeeded', 'failed', 'expired', 'cancelled')) then public.broken('payments', 'payments_status_check')
        when not (amount_minor > 0) then public.broken('payments', 'payments_amount_minor_check')
        when not (received_minor >= 0) then public.broken('payments', 'payments_received_minor_check')
        when not ((received_minor is null) = (received_currency is null)) then public.broken('payments', 'payments_received_whole')
        when not (not refund_due or status = 'succeeded' or received_minor is not null) then public.broken('payments', 'payments_refund_what_came')
        when not ((status = 'succeeded') = (settled_at is not null)) then public.broken('payments', 'payments_settled_when_succeeded')
        when not (unanswered >= 0) then public.broken('payments', 'payments_unanswered_check')
        when not ((unanswered = 0) = (unanswered_at is null)) then public.broken('payments', 'payments_unanswered_since')
        else true end;
end $$;
-- +goose StatementEnd

-- Staff look for a buyer's orders however she wrote her address; nobody looks for it letter by letter.
create index orders_lower_email on orders (lower(email));
drop index orders_email_id_idx;
