-- +goose Up

-- Terms that run by themselves. They are data on the order, so that queries know them without any job having run.
alter table programme
    add column hold_days int not null default 7 check (hold_days between 0 and 90),            -- delivered → earnings payable
    add column complete_days int not null default 14 check (complete_days between 0 and 90),   -- delivered → completed
    add column request_days int not null default 30 check (request_days between 1 and 180);    -- asked → lapses unanswered

-- Delivered without a prepayment and then brought back, unpaid, before anybody took the cash.
insert into order_moves values ('delivered', 'cancelled');

alter table orders add column completes_at timestamptz; -- set when the last parcel is delivered
create index on orders (completes_at) where status = 'delivered';

alter table parcels
    add column returned_at timestamptz,
    add column releases_at timestamptz,  -- when what its producer earned becomes payable to her; set on delivery
    add column released_at timestamptz;  -- when it was booked so
create index on parcels (releases_at) where released_at is null and releases_at is not null;
create index on parcels (status) where status in ('to_pack', 'packed');
create index on orders (status) where status in ('placed', 'paid', 'packed', 'shipped');

-- Cash for one parcel paid at the door: who took it, and how much. Of rows that say different things of one parcel the
-- one with the highest turn holds; the others tell what was said before.
create table cash_collections (
    parcel_id    bigint not null,
    turn         int not null default 0,
    order_id     bigint not null,
    collector    text not null check (collector in ('producer', 'courier', 'programme')),
    amount_minor bigint not null check (amount_minor > 0),
    currency     currency not null,
    account_id   bigint not null references accounts, -- who said so
    collected_at timestamptz not null,
    reason       text not null default '' check (length(reason) <= 500), -- why another was said to have it before
    primary key (parcel_id, turn),
    foreign key (parcel_id, order_id) references parcels (id, order_id),
    foreign key (order_id, currency) references orders (id, currency),
    constraint cash_collections_say_why check ((turn = 0) = (reason = ''))
);
create index on cash_collections (order_id);
create trigger cash_collections_fixed before update or delete on cash_collections for each row execute function refuse_change();
create trigger cash_collections_no_truncate before truncate on cash_collections for each statement execute function refuse_change();

create view cash_taken as
    select c.parcel_id, c.turn, c.order_id, c.collector, c.amount_minor, c.currency, c.account_id, c.collected_at
    from cash_collections c
    where not exists (select from cash_collections later where later.parcel_id = c.parcel_id and later.turn > c.turn);

-- What was released stays so, unless it was her own cash that released it and it turns out not to be with her.
-- +goose StatementBegin
create function parcel_release_kept() returns trigger language plpgsql as $$
begin
    if new.released_at is not null
        or not exists (select from cash_taken where parcel_id = new.id and turn > 0 and collector <> 'producer')
    then
        raise exception 'the release of parcel % is fixed', new.id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger parcel_released_once before update of released_at on parcels for each row
    when (old.released_at is not null and old.released_at is distinct from new.released_at) execute function parcel_release_kept();

-- +goose StatementBegin
create function cash_is_the_parcels() returns trigger language plpgsql as $$
declare due bigint; method text; said record;
begin
    select o.payment_method, p.shipping_minor + (select sum(l.line_minor) from order_lines l where l.parcel_id = p.id)
    into method, due from parcels p join orders o on o.id = p.order_id where p.id = new.parcel_id;
    if method <> 'cod' or due <> new.amount_minor then
        raise exception 'parcel % is not paid with % in cash', new.parcel_id, new.amount_minor using errcode = 'check_violation';
    end if;
    select turn, collector into said from cash_taken where parcel_id = new.parcel_id;
    if new.turn <> coalesce(said.turn + 1, 0) or new.collector = said.collector then
        raise exception 'the cash for parcel % is said to be with % already', new.parcel_id, said.collector using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger cash_amount before insert on cash_collections for each row execute function cash_is_the_parcels();

-- What a buyer asks for on her order's page.
create table refund_requests (
    id         bigint generated always as identity primary key,
    order_id   bigint not null references orders,
    reason     text not null check (reason in ('not_arrived', 'damaged', 'wrong', 'quality', 'changed_mind', 'other')),
    message    text not null default '' check (length(message) <= 2000),
    status     text not null default 'open' check (status in ('open', 'granted', 'declined', 'withdrawn', 'lapsed')),
    answer     text not null default '' check (length(answer) <= 2000), -- what staff wrote to her
    answered_by bigint references accounts,
    asked_at   timestamptz not null,
    lapses_at  timestamptz not null check (lapses_at > asked_at),
    closed_at  timestamptz,
    unique (id, order_id),
    check ((status = 'open') = (closed_at is null))
);
create index on refund_requests (order_id, id);
create unique index refund_requests_one_open on refund_requests (order_id) where status = 'open';
create index on refund_requests (lapses_at) where status = 'open';

create table refund_request_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into refund_request_moves values
    ('open', 'granted'), ('open', 'declined'), ('open', 'withdrawn'), ('open', 'lapsed');

create table refund_request_lines (
    request_id bigint not null references refund_requests,
    line_id    bigint not null references order_lines,
    quantity   int not null check (quantity > 0),
    primary key (request_id, line_id)
);
create table refund_request_photos (
    request_id bigint not null references refund_requests,
    photo_id   bigint not null references photos,
    primary key (request_id, photo_id)
);
create index on refund_request_photos (photo_id);

create trigger refund_requests_kept before delete on refund_requests for each row execute function refuse_change();
create trigger refund_requests_no_truncate before truncate on refund_requests for each statement execute function refuse_change();
create trigger refund_request_lines_fixed before update or delete on refund_request_lines for each row execute function refuse_change();
create trigger refund_request_lines_no_truncate before truncate on refund_request_lines for each statement execute function refuse_change();
create trigger refund_request_photos_fixed before update or delete on refund_request_photos for each row execute function refuse_change();
create trigger refund_request_photos_no_truncate before truncate on refund_request_photos for each statement execute function refuse_change();
create trigger refund_request_asked before update on refund_requests for each row
    when ((old.order_id, old.reason, old.message, old.asked_at, old.lapses_at) is distinct from
          (new.order_id, new.reason, new.message, new.asked_at, new.lapses_at))
    execute function agreed_is_fixed('what was asked');
create trigger refund_request_answered before update on refund_requests for each row
    when (old.status <> 'open' and (old.answer, old.answered_by, old.closed_at) is distinct from (new.answer, new.answered_by, new.closed_at))
    execute function agreed_is_fixed('what was answered');

-- +goose StatementBegin
create function refund_request_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from refund_request_moves where from_status = old.status and to_status = new.status) then
        raise exception 'request % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger refund_request_move before update of status on refund_requests
    for each row when (old.status is distinct from new.status) execute function refund_request_move_allowed();

-- +goose StatementBegin
create function refund_request_begins_open() returns trigger language plpgsql as $$
begin
    raise exception 'a request begins as open, not as %', new.status using errcode = 'check_violation';
end $$;
-- +goose StatementEnd
create trigger refund_request_begins before insert on refund_requests for each row
    when (new.status <> 'open') execute function refund_request_begins_open();

-- Money that goes back: decided (due), on its way, there, or refused by the provider and then sent by hand.
create table refund_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into refund_moves values
    ('due', 'pending'), ('due', 'sent'), ('due', 'failed'),
    ('pending', 'sent'), ('pending', 'failed'),
    ('sent', 'failed'),
    ('failed', 'sent');

create table refunds (
    id           bigint generated always as identity primary key,
    order_id     bigint not null references orders,
    payment_id   bigint references payments,   -- whose money goes back; null: cash taken at the door
    request_id   bigint,
    form_token   uuid unique,                  -- one form, one refund; null: by rule
    -- order: some of what was sold is taken back; unexpected: money that pays for no order.
    kind         text not null check (kind in ('order', 'unexpected')),
    method       text not null check (method in ('provider', 'hand')),
    status       text not null default 'due' check (status in ('due', 'pending', 'sent', 'failed')),
    amount_minor bigint not null check (amount_minor > 0),
    currency     currency not null,
    reason       text not null check (reason <> '' and length(reason) <= 500),
    provider_ref text,
    proof        text not null default '' check (length(proof) <= 500), -- of money sent by hand: number of the transfer, who got the cash
    failure      text not null default '',
    till         text not null default '' check (till in ('', 'stripe', 'payme', 'click', 'bank', 'cash', 'courier')), -- what it was sent from, last
    sendings     int not null default 0 check (sendings >= 0), -- how often it was booked as sent: more than once when it came back
    decided_by   bigint references accounts,   -- null: by rule
    sent_by      bigint references accounts,
    decided_at   timestamptz not null,
    sent_at      timestamptz,
    written_in   xid8 not null default pg_current_xact_id(),
    unique (id, order_id),
    unique (payment_id, provider_ref),
    foreign key (request_id, order_id) references refund_requests (id, order_id),
    check ((status = 'sent') = (sent_at is not null)),
    check (status <> 'sent' or till <> '' and sendings > 0),
    check (kind = 'order' or payment_id is not null),
    check (method = 'provider' or status <> 'sent' or proof <> '')
);
create index on refunds (order_id);
create index on refunds (payment_id);
create index on refunds (id) where status in ('due', 'pending', 'failed');
create unique index refunds_unexpected_once on refunds (payment_id) where kind = 'unexpected';

create table refund_lines (
    refund_id    bigint not null,
    order_id     bigint not null,
    line_id      bigint not null references order_lines,
    quantity     int not null check (quantity > 0),
    restocked    int not null check (restocked between 0 and quantity), -- of them given back to stock
    amount_minor bigint not null check (amount_minor > 0),
    primary key (refund_id, line_id),
    foreign key (refund_id, order_id) references refunds (id, order_id)
);
create index on refund_lines (line_id);
create table refund_shipping (
    refund_id    bigint not null,
    order_id     bigint not null,
    parcel_id    bigint not null,
    amount_minor bigint not null check (amount_minor > 0),
    primary key (refund_id, parcel_id),
    foreign key (refund_id, order_id) references refunds (id, order_id),
    foreign key (parcel_id, order_id) references parcels (id, order_id)
);
create index on refund_shipping (parcel_id);

create trigger refunds_kept before delete on refunds for each row execute function refuse_change();
create trigger refunds_no_truncate before truncate on refunds for each statement execute function refuse_change();
create trigger refund_lines_fixed before update or delete on refund_lines for each row execute function refuse_change();
create trigger refund_lines_no_truncate before truncate on refund_lines for each statement execute function refuse_change();
create trigger refund_shipping_fixed before update or delete on refund_shipping for each row execute function refuse_change();
create trigger refund_shipping_no_truncate before truncate on refund_shipping for each statement execute function refuse_change();
create trigger refund_agreed before update on refunds for each row
    when ((old.order_id, old.payment_id, old.kind, old.amount_minor, old.currency, old.decided_at) is distinct from
          (new.order_id, new.payment_id, new.kind, new.amount_minor, new.currency, new.decided_at))
    execute function agreed_is_fixed('what was decided');

-- +goose StatementBegin
create function refund_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from refund_moves where from_status = old.status and to_status = new.status) then
        raise exception 'refund % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger refund_move before update of status on refunds
    for each row when (old.status is distinct from new.status) execute function refund_move_allowed();

-- +goose StatementBegin
create function refunds_begin_due() returns trigger language plpgsql as $$
begin
    -- Whoever adds up what has gone back must not meet somebody doing the same.
    perform from orders where id = new.order_id for no key update;
    if new.status <> 'due' then
        raise exception 'a refund begins as due, not as %', new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger refund_begins before insert on refunds for each row execute function refunds_begin_due();

-- Nothing goes back that did not come: per line, per parcel's shipping, per payment; and a refund is the sum of its parts.
-- +goose StatementBegin
create function refund_within_bounds() returns trigger language plpgsql as $$
declare parts bigint; came bigint; back bigint; paid record;
begin
    select coalesce((select sum(amount_minor) from refund_lines where refund_id = new.id), 0)
         + coalesce((select sum(amount_minor) from refund_shipping where refund_id = new.id), 0) into parts;
    if new.kind = 'order' and parts <> new.amount_minor or new.kind <> 'order' and parts <> 0 then
        raise exception 'refund % of % has parts of %', new.id, new.amount_minor, parts using errcode = 'check_violation';
    end if;
    if exists (
        select from refund_lines r join order_lines l on l.id = r.line_id where r.refund_id = new.id and
            (l.order_id <> new.order_id or l.currency <> new.currency or r.amount_minor <> r.quantity * l.unit_minor
             or (select sum(quantity) from refund_lines where line_id = l.id) > l.quantity))
    then
        raise exception 'refund % gives back more of a line than was sold', new.id using errcode = 'check_violation';
    end if;
    if exists (
        select from refund_shipping r join parcels p on p.id = r.parcel_id where r.refund_id = new.id and
            (select sum(amount_minor) from refund_shipping where parcel_id = p.id) > p.shipping_minor)
    then
        raise exception 'refund % gives back more shipping than was paid', new.id using errcode = 'check_violation';
    end if;
    if new.payment_id is not null then
        select y.order_id, y.status, y.refund_due, coalesce(y.received_minor, y.amount_minor) as sum, coalesce(y.received_currency, y.currency) as currency
        into paid from payments y where y.id = new.payment_id;
        select sum(amount_minor) into back from refunds where payment_id = new.payment_id;
        if paid.order_id <> new.order_id or paid.currency <> new.currency or back > paid.sum
            or paid.refund_due <> (new.kind = 'unexpected') or (new.kind = 'unexpected' and new.amount_minor <> paid.sum)
            or not (paid.status = 'succeeded' or paid.refund_due)
        then
            raise exception 'refund % does not fit payment %', new.id, new.payment_id using errcode = 'check_violation';
        end if;
    else
        select coalesce(sum(amount_minor), 0) into came from cash_taken where order_id = new.order_id;
        select sum(amount_minor) into back from refunds where order_id = new.order_id and payment_id is null;
        if back > came then
            raise exception 'refund % gives back more cash than was taken', new.id using errcode = 'check_violation';
        end if;
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger refund_bounds after insert on refunds deferrable initially deferred
    for each row execute function refund_within_bounds();

-- Parts come with their refund, never later: the bounds are looked at once, when it is decided.
-- +goose StatementBegin
create function refund_parts_with_refund() returns trigger language plpgsql as $$
begin
    if exists (select from added a join refunds r on r.id = a.refund_id where r.written_in <> pg_current_xact_id()) then
        raise exception 'parts of a refund come with it' using errcode = 'restrict_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger refund_lines_in_time after insert on refund_lines referencing new table as added
    for each statement execute function refund_parts_with_refund();
create trigger refund_shipping_in_time after insert on refund_shipping referencing new table as added
    for each statement execute function refund_parts_with_refund();

-- Goods of a parcel that came back from the door unpaid and went into stock again.
create table return_lines (
    line_id   bigint primary key references order_lines,
    parcel_id bigint not null references parcels,
    restocked int not null check (restocked > 0)
);
create trigger return_lines_fixed before update or delete on return_lines for each row execute function refuse_change();

-- Goods that come back from an order that stood: of what a reservation sold, how much is in stock again.
alter table reservations add column returned int not null default 0,
    add constraint reservations_returned check (returned between 0 and quantity and (returned = 0 or state = 'sold'));
create trigger reservation_returned before update of returned on reservations for each row
    when (new.returned < old.returned) execute function refuse_change();

-- +goose StatementBegin
create function restocked_as_refunded() returns trigger language plpgsql as $$
begin
    if new.returned <> coalesce((select sum(r.restocked) from refund_lines r join order_lines l on l.id = r.line_id
            where l.order_id = new.order_id and l.variant_id = new.variant_id), 0)
        + coalesce((select sum(r.restocked) from return_lines r join order_lines l on l.id = r.line_id
            where l.order_id = new.order_id and l.variant_id = new.variant_id), 0)
    then
        raise exception 'order %: % of variant % came back, its refunds say otherwise', new.order_id, new.returned, new.variant_id
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
-- What a refund puts into stock is put there: looked at from this side too.
-- +goose StatementBegin
create function refund_restocks() returns trigger language plpgsql as $$
begin
    if not exists (
        select from order_lines l join reservations r on r.order_id = l.order_id and r.variant_id = l.variant_id
        where l.id = new.line_id and r.returned = coalesce((select sum(restocked) from refund_lines where line_id = l.id), 0)
            + coalesce((select sum(restocked) from return_lines where line_id = l.id), 0))
    then
        raise exception 'refund % puts more of line % into stock than came back', new.refund_id, new.line_id using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger refund_line_restocked after insert on refund_lines deferrable initially deferred
    for each row when (new.restocked > 0) execute function refund_restocks();
create constraint trigger reservation_restocked after update of returned on reservations deferrable initially deferred
    for each row execute function restocked_as_refunded();

-- A buyer's bank takes the money back and the programme may object.
create table disputes (
    id           bigint generated always as identity primary key,
    payment_id   bigint not null references payments,
    order_id     bigint not null references orders,
    provider     text not null,
    provider_ref text not null,
    status       text not null default 'open' check (status in ('open', 'won', 'lost')),
    amount_minor bigint not null check (amount_minor > 0),
    currency     currency not null,
    reason       text not null default '',
    respond_by   timestamptz,
    opened_at    timestamptz not null,
    closed_at    timestamptz,
    unique (provider, provider_ref),
    check ((status = 'open') = (closed_at is null))
);
create index on disputes (order_id);
create index on disputes (payment_id);
create index on disputes (id) where status = 'open';
create trigger disputes_kept before delete on disputes for each row execute function refuse_change();
create trigger disputes_no_truncate before truncate on disputes for each statement execute function refuse_change();
create trigger dispute_agreed before update on disputes for each row
    when ((old.payment_id, old.order_id, old.provider, old.provider_ref, old.amount_minor, old.currency, old.opened_at) is distinct from
          (new.payment_id, new.order_id, new.provider, new.provider_ref, new.amount_minor, new.currency, new.opened_at))
    execute function agreed_is_fixed('what is disputed');

create table dispute_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into dispute_moves values ('open', 'won'), ('open', 'lost');

-- +goose StatementBegin
create function dispute_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from dispute_moves where from_status = old.status and to_status = new.status) then
        raise exception 'dispute % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger dispute_move before update of status on disputes
    for each row when (old.status is distinct from new.status) execute function dispute_move_allowed();

-- +goose StatementBegin
create function dispute_begins_open() returns trigger language plpgsql as $$
begin
    raise exception 'a dispute begins as open, not as %', new.status using errcode = 'check_violation';
end $$;
-- +goose StatementEnd
create trigger dispute_begins before insert on disputes for each row when (new.status <> 'open') execute function dispute_begins_open();

-- What a provider kept of a payment, as its balance transaction says, in the currency it settles in.
create table provider_charges (
    id             bigint generated always as identity primary key,
    payment_id     bigint not null references payments,
    provider       text not null,
    provider_ref   text not null,             -- the balance transaction
    kind           text not null check (kind in ('charge', 'refund', 'dispute', 'dispute_reversal')),
    amount_minor   bigint not null,           -- gross, as it moved the provider's balance
    fee_minor      bigint not null,
    currency       currency not null,         -- of amount and fee
    rate           numeric(24, 12) check (rate > 0), -- payment's currency → currency, when they differ
    source_minor   bigint,                    -- what moved it, in the payment's currency, when they differ
    at             timestamptz not null,
    unique (provider, provider_ref),
    check (source_minor is null or sign(source_minor) = sign(amount_minor))
);
create index on provider_charges (payment_id);
create index on payments (settled_at) where settled_at is not null;
create index on payments (order_id) where refund_due;
create index on payments (created_at) where received_minor is not null;
create index on refunds (sent_at) where sent_at is not null;
create trigger provider_charges_fixed before update or delete on provider_charges for each row execute function refuse_change();

-- A programme that sold before it kept these books goes on as if it always had. What was delivered has the terms it would
-- have got then.
update parcels set releases_at = coalesce(delivered_at, now()) + make_interval(hours => 24 * (select hold_days from programme))
where status = 'delivered';
update orders o set completes_at = make_interval(hours => 24 * (select complete_days from programme)) + coalesce(
    (select max(p.delivered_at) from parcels p where p.order_id = o.id and p.status = 'delivered'), now())
where status = 'delivered';

-- Cash was said to be with the programme, for a whole order at a time.
insert into cash_collections (parcel_id, order_id, collector, amount_minor, currency, account_id, collected_at)
select p.id, o.id, 'programme', p.shipping_minor + (select sum(l.line_minor) from order_lines l where l.parcel_id = p.id), o.currency,
       coalesce((select e.account_id from order_events e where e.order_id = o.id and e.parcel_id is null and e.note = 'cash received'
                 and e.account_id is not null order by e.id desc limit 1),
                (select a.account_id from audit_events a where a.subject_kind = 'order' and a.subject_id = o.id
                 and a.action = 'order.cash_received' and a.account_id is not null order by a.id desc limit 1)),
       o.paid_at
from orders o join parcels p on p.order_id = o.id
where o.payment_method = 'cod' and o.paid_at is not null
order by p.id;

-- The money that came until now and is in no books yet, event by event: what books.Adopt books, and all it ever may. The
-- rows are written here, once; an event that is missing later was forgotten, and awil ledger check says so.
create table earlier_money (
    rule       text not null check (rule in ('order_paid', 'money_unexpected', 'cash_collected')),
    subject_id bigint not null, -- the parcel of cash, the payment of all else
    order_id   bigint not null references orders,
    account_id bigint references accounts, -- who said that it came; null: a provider
    at         timestamptz not null,
    primary key (rule, subject_id)
);
create index on earlier_money (order_id);
insert into earlier_money (rule, subject_id, order_id, account_id, at)
select case when refund_due then 'money_unexpected' else 'order_paid' end, y.id, y.order_id,
       (select e.account_id from order_events e where e.order_id = y.order_id and e.parcel_id is null and e.to_status = 'paid'
        and e.actor = 'staff' and y.provider = 'bank' order by e.id limit 1),
       coalesce(y.settled_at, y.created_at)
from payments y
where (y.status = 'succeeded' or y.refund_due) and y.provider <> 'cod' and coalesce(y.received_minor, y.amount_minor) > 0
union all
select 'cash_collected', parcel_id, order_id, account_id, collected_at from cash_collections;
create trigger earlier_money_fixed before insert or update or delete on earlier_money for each row execute function refuse_change();
create trigger earlier_money_no_truncate before truncate on earlier_money for each statement execute function refuse_change();
