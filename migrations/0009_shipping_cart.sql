-- +goose Up

create table shipping_methods (
    id              bigint generated always as identity primary key,
    market          text not null,
    code            text not null check (code ~ '^[a-z0-9_]+$'),
    -- parcel: each producer sends her own, each is paid for; box: the hub sends one for the whole order.
    kind            text not null check (kind in ('parcel', 'box')),
    currency        currency not null,
    base_minor      bigint not null check (base_minor >= 0),
    per_kg_minor    bigint not null check (per_kg_minor >= 0), -- for each started kilogram after the first
    free_over_minor bigint check (free_over_minor > 0),        -- goods total from which it costs nothing
    max_grams       int not null check (max_grams > 0),
    min_days        int not null check (min_days >= 0),
    max_days        int not null check (max_days >= min_days),
    tracked         boolean not null default false,
    position        int not null default 0,
    active          boolean not null default true,
    unique (market, code),
    constraint shipping_methods_cost_in_the_markets_currency foreign key (market, currency) references markets (code, currency) on delete cascade
);

create table shipping_method_texts (
    method_id bigint not null references shipping_methods on delete cascade,
    lang      lang not null,
    name      text not null check (name <> ''),
    note      text not null default '',
    primary key (method_id, lang)
);

create table carts (
    id         bigint generated always as identity primary key,
    token_hash bytea not null unique check (length(token_hash) = 32), -- SHA-256 of the cookie
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index on carts (updated_at);

create table cart_lines (
    cart_id       bigint not null references carts on delete cascade,
    variant_id    bigint not null references variants on delete cascade,
    quantity      int not null check (quantity between 1 and 99),
    -- The price she saw when she added it, so that a changed price can be said.
    seen_minor    bigint not null,
    seen_currency currency not null,
    added_at      timestamptz not null default now(),
    primary key (cart_id, variant_id)
);
create index on cart_lines (variant_id);
