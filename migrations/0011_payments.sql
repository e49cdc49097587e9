-- +goose Up

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
    -- Paid, but the order could not be fulfilled any more: the money must go back.
    refund_due   boolean not null default false,
    unique (provider, provider_ref),
    foreign key (order_id, currency) references orders (id, currency),
    check ((status = 'succeeded') = (settled_at is not null))
);
create index on payments (order_id);
create unique index payments_paid_once on payments (order_id) where status = 'succeeded' and not refund_due;
create index on payments (expires_at) where status = 'open';

-- +goose StatementBegin
create function payment_amount_fixed() returns trigger language plpgsql as $$
begin
    raise exception 'the amount of payment % is fixed', old.id using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
create trigger payment_amount before update on payments for each row
    when ((old.order_id, old.amount_minor, old.currency) is distinct from (new.order_id, new.amount_minor, new.currency))
    execute function payment_amount_fixed();

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
