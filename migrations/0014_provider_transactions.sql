-- +goose Up

-- Payme and Click take money in Uzbekistan. They call us: each of their payments is a transaction that they tell us of.
alter table market_payment_methods drop constraint market_payment_methods_method_check,
    add constraint market_payment_methods_method_check check (method in ('card', 'cod', 'bank', 'payme', 'click'));
alter table orders drop constraint orders_payment_method_check,
    add constraint orders_payment_method_check check (payment_method in ('card', 'cod', 'bank', 'payme', 'click'));
alter table payments drop constraint payments_provider_check,
    add constraint payments_provider_check check (provider in ('stripe', 'cod', 'bank', 'payme', 'click')),
    add constraint payments_asked_for unique (id, order_id, provider, currency, amount_minor);

-- Where a transaction may go. The Go map payments.TransactionMoves lists the same rows; a test compares.
create table provider_transaction_moves (from_state text, to_state text, primary key (from_state, to_state));
insert into provider_transaction_moves values
    ('created', 'performed'), ('created', 'cancelled'), ('performed', 'reversed');

-- A provider's try to take the money of one attempt. An attempt may see several, one after the other: a card without
-- money, then another card.
create table provider_transactions (
    id            bigint generated always as identity primary key,
    provider      text not null,
    ref           text not null check (ref <> '' and length(ref) <= 100), -- the provider's name for it
    payment_id    bigint not null,
    order_id      bigint not null,
    state         text not null default 'created' check (state in ('created', 'performed', 'cancelled', 'reversed')),
    amount_minor  bigint not null check (amount_minor > 0),
    currency      currency not null,
    provider_time timestamptz not null,   -- when it began, by the provider's clock
    created_at    timestamptz not null,
    expires_at    timestamptz not null,   -- from then on it counts as cancelled unless performed before
    performed_at  timestamptz,
    cancelled_at  timestamptz,            -- or reversed
    reason        int,                    -- as the provider numbers them; payments.Reason lists ours
    fiscal        jsonb not null default '{}', -- the receipts of the tax authority by kind, as the provider tells them
    unique (provider, ref),
    constraint provider_transactions_of_the_attempt foreign key (payment_id, order_id, provider, currency, amount_minor)
        references payments (id, order_id, provider, currency, amount_minor),
    constraint provider_transactions_performed check ((state in ('performed', 'reversed')) = (performed_at is not null)),
    constraint provider_transactions_cancelled check ((state in ('cancelled', 'reversed')) = (cancelled_at is not null)),
    constraint provider_transactions_reason check (reason is null or cancelled_at is not null)
);
create index on provider_transactions (payment_id);
create index on provider_transactions (provider, provider_time, id);
-- Nobody pays an order twice at once.
create unique index provider_transactions_one_live on provider_transactions (order_id) where state in ('created', 'performed');

create trigger provider_transactions_kept before delete on provider_transactions for each row execute function refuse_change();
create trigger provider_transactions_no_truncate before truncate on provider_transactions for each statement execute function refuse_change();

-- +goose StatementBegin
create function provider_transactions_begin_created() returns trigger language plpgsql as $$
begin
    raise exception 'a transaction begins as created, not as %', new.state using errcode = 'check_violation';
end $$;
-- +goose StatementEnd
create trigger provider_transaction_begins before insert on provider_transactions for each row
    when (new.state <> 'created') execute function provider_transactions_begin_created();

-- +goose StatementBegin
create function provider_transaction_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from provider_transaction_moves where from_state = old.state and to_state = new.state) then
        raise exception 'transaction % cannot go from % to %', old.id, old.state, new.state using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger provider_transaction_move before update of state on provider_transactions
    for each row when (old.state is distinct from new.state) execute function provider_transaction_move_allowed();

create trigger provider_transaction_agreed before update on provider_transactions for each row
    when ((old.provider, old.ref, old.payment_id, old.order_id, old.amount_minor, old.currency, old.provider_time, old.created_at, old.expires_at)
          is distinct from
          (new.provider, new.ref, new.payment_id, new.order_id, new.amount_minor, new.currency, new.provider_time, new.created_at, new.expires_at)
          or old.performed_at is not null and old.performed_at is distinct from new.performed_at
          or old.cancelled_at is not null and (old.cancelled_at, old.reason) is distinct from (new.cancelled_at, new.reason))
    execute function agreed_is_fixed('what was told');

-- What a provider was told to be paid has its money when the transaction commits.
-- +goose StatementBegin
create function provider_transaction_money() returns trigger language plpgsql as $$
begin
    if not exists (select from payments where id = new.payment_id and status = 'succeeded') then
        raise exception 'transaction % is performed, its payment % is not', new.id, new.payment_id using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger provider_transaction_money after update of state on provider_transactions deferrable initially deferred
    for each row when (new.state = 'performed') execute function provider_transaction_money();

-- What such providers asked and what we answered, once for each different call, with no secret in it: to be read when
-- it is disputed who said what. Only calls that proved who they come from are kept.
create table provider_calls (
    id       bigint generated always as identity primary key,
    provider text not null,
    digest   bytea not null check (length(digest) = 32), -- of method, request and answer
    method   text not null,
    ref      text not null default '',  -- the transaction it was about, as the provider names it
    request  jsonb not null,
    code     int not null,              -- of the answer; 0: done
    times    int not null default 1 check (times > 0),
    first_at timestamptz not null,
    last_at  timestamptz not null,
    unique (provider, digest)
);
create index on provider_calls (provider, ref);
create trigger provider_calls_kept before delete on provider_calls for each row execute function refuse_change();
create trigger provider_calls_no_truncate before truncate on provider_calls for each statement execute function refuse_change();
create trigger provider_calls_fixed before update on provider_calls for each row
    when ((old.provider, old.digest, old.method, old.ref, old.request, old.code, old.first_at) is distinct from
          (new.provider, new.digest, new.method, new.ref, new.request, new.code, new.first_at) or new.times <= old.times)
    execute function refuse_change();

-- What a product is called in Uzbekistan's national catalogue, for the receipts the law asks for. Staff enter it.
create table fiscal_codes (
    product_id   bigint primary key references products,
    code         text not null check (code ~ '^[0-9]{17}$'),            -- IKPU (MXIK)
    package_code text not null check (package_code ~ '^[0-9]{1,20}$'),  -- of the unit it is sold in
    vat_percent  int not null check (vat_percent in (0, 12)),
    source       text not null check (source <> '' and length(source) <= 500), -- where the code was looked up
    account_id   bigint not null references accounts,                   -- who entered it
    entered_at   timestamptz not null
);
create trigger fiscal_codes_no_truncate before truncate on fiscal_codes for each statement execute function refuse_change();
