-- +goose Up

-- Where an attempt may go. Money may come for one we had given up; nothing undoes money that came. The Go map
-- payments.Moves lists the same rows; a test compares.
create table payment_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into payment_moves values
    ('open', 'succeeded'), ('open', 'failed'), ('open', 'expired'), ('open', 'cancelled'),
    ('failed', 'succeeded'), ('expired', 'succeeded'), ('cancelled', 'succeeded');

-- One attempt to pay an order.
create table payments (
    id           bigint generated always as identity primary key,
    order_id     bigint not null,
    provider     text not null check (provider in ('stripe', 'cod', 'bank')),
    status       text not null default 'open' check (status in ('open', 'succeeded', 'failed', 'expired', 'cancelled')),
    amount_minor bigint not null check (amount_minor > 0),
    currency     currency not null,
    provider_ref text,           -- the provider's id, once it has one
    redirect_url text not null default '',
    failure      text not null default '', -- message key, for the buyer
    created_at   timestamptz not null,
    expires_at   timestamptz,
    settled_at   timestamptz,
    -- The money must go back: the order could not be fulfilled any more, or another sum came than was asked for. What
    -- came is noted then.
    refund_due   boolean not null default false,
    received_minor    bigint check (received_minor >= 0),
    received_currency currency,
    unique (provider, provider_ref),
    constraint payments_of_the_orders_total foreign key (order_id, currency, amount_minor) references orders (id, currency, total_minor),
    constraint payments_settled_when_succeeded check ((status = 'succeeded') = (settled_at is not null)),
    constraint payments_received_whole check ((received_minor is null) = (received_currency is null)),
    constraint payments_refund_what_came check (not refund_due or status = 'succeeded' or received_minor is not null)
);
create index on payments (order_id);
create unique index payments_paid_once on payments (order_id) where status = 'succeeded' and not refund_due;
create index on payments (expires_at) where status = 'open';

create trigger payments_kept before delete on payments for each row execute function refuse_change();
create trigger payments_no_truncate before truncate on payments for each statement execute function refuse_change();

create trigger payment_amount before update on payments for each row
    when ((old.order_id, old.provider, old.amount_minor, old.currency) is distinct from (new.order_id, new.provider, new.amount_minor, new.currency))
    execute function agreed_is_fixed('what was asked for');
create trigger payment_settled_once before update of settled_at on payments for each row
    when (old.settled_at is not null and old.settled_at is distinct from new.settled_at) execute function agreed_is_fixed('when the money came');

-- +goose StatementBegin
create function payments_begin_open() returns trigger language plpgsql as $$
begin
    raise exception 'an attempt to pay begins as open, not as %', new.status using errcode = 'check_violation';
end $$;
-- +goose StatementEnd
create trigger payment_begins before insert on payments for each row
    when (new.status <> 'open' or new.refund_due) execute function payments_begin_open();

-- +goose StatementBegin
create function payment_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from payment_moves where from_status = old.status and to_status = new.status) then
        raise exception 'payment % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger payment_move before update of status on payments
    for each row when (old.status is distinct from new.status) execute function payment_move_allowed();

-- An order and the money kept for it agree when the transaction commits. One that goes on its way paid, or whose cash is
-- booked, has its total (at most once: payments_paid_once, exactly: payments_of_the_orders_total); one that waits or has
-- ended keeps none, so that to cancel a paid order is to owe the money back.
-- +goose StatementBegin
create function check_order_money(which bigint) returns void language plpgsql as $$
declare o record; kept boolean;
begin
    select status, payment_method, paid_at is not null as paid into o from orders where id = which;
    kept := exists (select from payments where order_id = which and status = 'succeeded' and not refund_due);
    if not kept and o.status in ('paid', 'packed', 'shipped', 'delivered', 'completed') and (o.paid or o.payment_method <> 'cod') then
        raise exception 'order % is % without its money', which, o.status using errcode = 'check_violation';
    end if;
    if kept and o.status in ('placed', 'expired', 'cancelled') then
        raise exception 'order % is % and keeps money', which, o.status using errcode = 'check_violation';
    end if;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function order_money() returns trigger language plpgsql as $$
begin
    perform check_order_money(new.id);
    return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function payment_money() returns trigger language plpgsql as $$
begin
    perform check_order_money(new.order_id);
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger order_money after update of status, paid_at on orders deferrable initially deferred
    for each row execute function order_money();
create constraint trigger payment_money after update of status, refund_due on payments deferrable initially deferred
    for each row when (new.status = 'succeeded' or old.status = 'succeeded') execute function payment_money();

-- Signed messages from providers, stored once each before anything is done about them.
create table webhook_events (
    provider    text not null,
    event_id    text not null,
    type        text not null,
    object_ref  text not null default '',
    payload     jsonb not null,
    received_at timestamptz not null default now(),
    handled_at  timestamptz,
    outcome     text not null default '',
    primary key (provider, event_id)
);
create index on webhook_events (received_at) where handled_at is null;
create trigger webhook_events_kept before delete on webhook_events for each row execute function refuse_change();
create trigger webhook_events_no_truncate before truncate on webhook_events for each statement execute function refuse_change();
