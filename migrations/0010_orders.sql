-- +goose Up

-- The life of an order and of a parcel. The Go maps orders.Moves and orders.ParcelMoves list the same rows; a test compares.
create table order_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into order_moves values
    ('placed', 'paid'), ('placed', 'packed'), ('placed', 'expired'), ('placed', 'cancelled'),
    ('expired', 'paid'),
    ('paid', 'packed'), ('paid', 'cancelled'), ('paid', 'refunded'),
    ('packed', 'shipped'), ('packed', 'cancelled'), ('packed', 'refunded'),
    ('shipped', 'delivered'), ('shipped', 'refunded'), ('shipped', 'cancelled'),
    ('delivered', 'completed'), ('delivered', 'refunded'),
    ('completed', 'refunded');

create table parcel_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into parcel_moves values
    ('waiting', 'to_pack'), ('waiting', 'cancelled'),
    ('cancelled', 'to_pack'), -- paid after it had expired
    ('to_pack', 'packed'), ('to_pack', 'cancelled'),
    ('packed', 'shipped'), ('packed', 'cancelled'),
    ('shipped', 'delivered'), ('shipped', 'returned'),
    ('delivered', 'returned');

create sequence order_numbers start 10001;

create table orders (
    id              bigint generated always as identity primary key,
    token           text not null unique check (token ~ '^[0-9A-Za-z]{22,}$'), -- the private link
    checkout_token  uuid not null unique,                                      -- one form, one order
    cart_hash       bytea not null check (length(cart_hash) = 32),             -- of the cart it was placed from, as carts has it
    reference       text not null unique check (reference ~ '^[0-9A-Z]{4}-[0-9A-Z]{4}$'),
    number          bigint unique,                                             -- given at confirmation only
    account_id      bigint references accounts,
    market          text not null references markets,
    lang            lang not null,
    currency        currency not null,
    status          text not null default 'placed' check (status in
                    ('placed', 'paid', 'packed', 'shipped', 'delivered', 'completed', 'expired', 'cancelled', 'refunded')),
    payment_method  text not null check (payment_method in ('card', 'cod', 'bank')),
    email           text not null check (email ~ '^[^@\s]+@[^@\s]+$'),
    phone           text not null default '',
    name            text not null check (name <> ''),
    country         country not null,
    postcode        text not null default '',
    region          text not null default '',
    city            text not null default '',
    line1           text not null default '',
    line2           text not null default '',
    landmark        text not null default '',
    note            text not null default '' check (length(note) <= 1000),
    shipping_method_id bigint not null references shipping_methods,
    shipping_name   text not null,
    min_days        int not null,
    max_days        int not null,
    goods_minor     bigint not null check (goods_minor > 0),
    shipping_minor  bigint not null check (shipping_minor >= 0),
    total_minor     bigint not null,
    placed_at       timestamptz not null,
    expires_at      timestamptz,
    paid_at         timestamptz,
    cancel_reason   text not null default '',
    unique (id, currency),
    unique (id, currency, total_minor),
    check (total_minor = goods_minor + shipping_minor),
    check ((payment_method = 'cod') = (expires_at is null)),
    -- Goods leave unpaid only where cash is taken at the door.
    constraint orders_paid_before_packed check
        (status not in ('paid', 'packed', 'shipped', 'delivered', 'completed') or paid_at is not null or payment_method = 'cod'),
    -- That goods have come does not say that the cash for them has.
    constraint orders_paid_when_completed check (status <> 'completed' or paid_at is not null),
    check (status in ('placed', 'expired', 'cancelled') or number is not null)
);
create index on orders (expires_at) where status = 'placed';
create index on orders (placed_at desc, id desc);
create index on orders (account_id, id desc) where account_id is not null;
create index on orders (email, id desc);

create table parcels (
    id              bigint generated always as identity primary key,
    order_id        bigint not null references orders,
    producer_id     bigint not null references producers,
    status          text not null check (status in
                    ('waiting', 'to_pack', 'packed', 'shipped', 'delivered', 'returned', 'cancelled')),
    shipping_minor  bigint not null check (shipping_minor >= 0), -- this parcel's part of the order's shipping
    carrier         text not null default '' check (length(carrier) <= 60),
    tracking_number text not null default '' check (length(tracking_number) <= 60),
    packed_at       timestamptz,
    shipped_at      timestamptz,
    delivered_at    timestamptz,
    unique (order_id, producer_id),
    unique (id, order_id),
    unique (id, order_id, producer_id)
);
create index on parcels (producer_id, status, id);

-- Everything a buyer was promised, as it was when she bought it.
create table order_lines (
    id              bigint generated always as identity primary key,
    order_id        bigint not null,
    parcel_id       bigint not null,
    product_id      bigint not null,
    variant_id      bigint not null,
    producer_id     bigint not null,
    name            text not null,
    variant_label   text not null default '',
    quantity        int not null check (quantity > 0),
    currency        currency not null,
    unit_minor      bigint not null check (unit_minor > 0),
    line_minor      bigint not null check (line_minor = unit_minor * quantity),
    base_minor      bigint not null check (base_minor > 0), -- the producer's own unit price then
    base            currency not null,
    rate            numeric(24, 12) not null check (rate > 0),
    rate_date       date,
    commission_bp   int not null check (commission_bp between 0 and 10000),
    net_quantity    int,
    net_unit        text not null,
    weight_grams    int not null check (weight_grams > 0),
    hs_code         text,
    unique (order_id, variant_id),
    foreign key (order_id, currency) references orders (id, currency),
    constraint order_lines_in_the_producers_parcel foreign key (parcel_id, order_id, producer_id) references parcels (id, order_id, producer_id),
    constraint order_lines_variant_of_product foreign key (product_id, variant_id) references variants (product_id, id),
    -- Whatever a sale brings in, the producer's own price is within it.
    constraint order_lines_cover_the_base check (covers(unit_minor, currency, base_minor, base, rate))
);
create index on order_lines (parcel_id);
create index on order_lines (variant_id);

-- Goods set aside for an order. held: until paid or expired; sold: for good; released: given back.
create table reservations (
    order_id   bigint not null references orders,
    variant_id bigint not null references variants,
    quantity   int not null check (quantity > 0),
    state      text not null check (state in ('held', 'sold', 'released')),
    expires_at timestamptz,
    primary key (order_id, variant_id),
    check (state <> 'held' or expires_at is not null)
);
create index on reservations (variant_id, expires_at) where state = 'held';

-- What happened to an order or one of its parcels, and who did it.
create table order_events (
    id          bigint generated always as identity primary key,
    order_id    bigint not null references orders,
    parcel_id   bigint,
    from_status text,
    to_status   text not null,
    actor       text not null check (actor in ('buyer', 'producer', 'staff', 'provider', 'clock')),
    account_id  bigint references accounts,
    note        text not null default '',
    at          timestamptz not null,
    foreign key (parcel_id, order_id) references parcels (id, order_id)
);
create index on order_events (order_id, id);
create trigger order_events_append_only before update or delete on order_events
    for each row execute function refuse_change();
create trigger order_events_no_truncate before truncate on order_events for each statement execute function refuse_change();

-- +goose StatementBegin
create function order_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from order_moves where from_status = old.status and to_status = new.status) then
        raise exception 'order % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger order_move before update of status on orders
    for each row when (old.status is distinct from new.status) execute function order_move_allowed();

-- +goose StatementBegin
create function parcel_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from parcel_moves where from_status = old.status and to_status = new.status) then
        raise exception 'parcel % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger parcel_move before update of status on parcels
    for each row when (old.status is distinct from new.status) execute function parcel_move_allowed();

-- What was sold is never taken off the books.
create trigger orders_kept before delete on orders for each row execute function refuse_change();
create trigger orders_no_truncate before truncate on orders for each statement execute function refuse_change();
create trigger parcels_kept before delete on parcels for each row execute function refuse_change();
create trigger parcels_no_truncate before truncate on parcels for each statement execute function refuse_change();
create trigger reservations_kept before delete on reservations for each row execute function refuse_change();
create trigger reservations_no_truncate before truncate on reservations for each statement execute function refuse_change();
create trigger order_lines_no_truncate before truncate on order_lines for each statement execute function refuse_change();
create trigger order_lines_fixed before update or delete on order_lines
    for each row execute function refuse_change();

-- What was agreed never changes afterwards; when the money came, and the number, are written once.
-- +goose StatementBegin
create function agreed_is_fixed() returns trigger language plpgsql as $$
begin
    raise exception '% of % % is fixed', tg_argv[0], tg_table_name, old.id using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
create trigger order_amounts before update on orders for each row
    when ((old.currency, old.goods_minor, old.shipping_minor, old.total_minor, old.market, old.payment_method, old.reference, old.placed_at)
          is distinct from
          (new.currency, new.goods_minor, new.shipping_minor, new.total_minor, new.market, new.payment_method, new.reference, new.placed_at))
    execute function agreed_is_fixed('what was agreed');
create trigger order_paid_once before update of paid_at on orders for each row
    when (old.paid_at is not null and old.paid_at is distinct from new.paid_at) execute function agreed_is_fixed('the payment');
create trigger order_numbered_once before update of number on orders for each row
    when (old.number is not null and old.number is distinct from new.number) execute function agreed_is_fixed('the number');
create trigger parcel_agreed before update on parcels for each row
    when ((old.order_id, old.producer_id, old.shipping_minor) is distinct from (new.order_id, new.producer_id, new.shipping_minor))
    execute function agreed_is_fixed('what was agreed');

-- +goose StatementBegin
create function orders_begin_placed() returns trigger language plpgsql as $$
begin
    raise exception 'an order begins as placed, not as %', new.status using errcode = 'check_violation';
end $$;
-- +goose StatementEnd
create trigger order_begins before insert on orders for each row
    when (new.status <> 'placed' or new.paid_at is not null) execute function orders_begin_placed();

-- The lines add up to the order, looked at when the transaction commits.
-- +goose StatementBegin
create function order_adds_up() returns trigger language plpgsql as $$
declare goods bigint; parts bigint;
begin
    select coalesce(sum(line_minor), 0) into goods from order_lines where order_id = new.id;
    select coalesce(sum(shipping_minor), 0) into parts from parcels where order_id = new.id;
    if goods <> new.goods_minor or parts <> new.shipping_minor then
        raise exception 'order % does not add up: lines %, parcels %', new.id, goods, parts using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger order_sum after insert on orders deferrable initially deferred
    for each row execute function order_adds_up();

-- And nothing is added to an order later: lines, and parcels, come in one statement each.
-- +goose StatementBegin
create function order_still_adds_up() returns trigger language plpgsql as $$
declare broken bigint;
begin
    if tg_table_name = 'order_lines' then
        select o.id into broken from (select distinct order_id from added) a join orders o on o.id = a.order_id
        where o.goods_minor <> (select sum(l.line_minor) from order_lines l where l.order_id = o.id) limit 1;
    else
        select o.id into broken from (select distinct order_id from added) a join orders o on o.id = a.order_id
        where o.shipping_minor <> (select sum(p.shipping_minor) from parcels p where p.order_id = o.id) limit 1;
    end if;
    if broken is not null then
        raise exception 'order % does not add up with more %', broken, tg_table_name using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger order_lines_sum after insert on order_lines referencing new table as added
    for each statement execute function order_still_adds_up();
create trigger parcels_sum after insert on parcels referencing new table as added
    for each statement execute function order_still_adds_up();

-- Goods set aside are sold when their order stands and given back when it has ended; nothing else happens to them.
-- +goose StatementBegin
create function reservation_move_allowed() returns trigger language plpgsql as $$
declare o record;
begin
    if (old.order_id, old.variant_id, old.quantity) is distinct from (new.order_id, new.variant_id, new.quantity) then
        raise exception 'what order % set aside is fixed', old.order_id using errcode = 'restrict_violation';
    end if;
    select status, number is not null as confirmed, paid_at is not null as paid into o from orders where id = new.order_id;
    if not (case old.state || ' ' || new.state
        when 'held sold' then o.confirmed
        when 'released sold' then o.paid and o.status not in ('expired', 'cancelled') -- paid after it had expired
        when 'held released' then o.status in ('expired', 'cancelled')
        when 'sold released' then o.status = 'cancelled'
        else old.state = new.state end)
    then
        raise exception 'goods of order %, which is %, cannot go from % to %', old.order_id, o.status, old.state, new.state
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger reservation_move before update of order_id, variant_id, quantity, state on reservations
    for each row execute function reservation_move_allowed();
