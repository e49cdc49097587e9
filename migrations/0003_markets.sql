-- +goose Up

create table markets (
    code         text primary key check (code ~ '^[a-z]{2}$'),
    currency     currency not null,
    countries    country[] not null check (cardinality(countries) > 0),
    default_lang lang not null,
    langs        lang[] not null check (default_lang = any (langs)),
    -- The price rule: maker's price × rate × (1 + margin), rounded up to a multiple of rounding_minor.
    margin_bp      int not null check (margin_bp between 0 and 50000),
    rounding_minor bigint not null check (rounding_minor > 0),
    position     int not null default 0,
    active       boolean not null default true,
    unique (code, currency)
);

create table market_texts (
    market text not null references markets on delete cascade,
    lang   lang not null,
    name   text not null check (name <> ''),
    primary key (market, lang)
);

-- One unit of base buys rate units of quote, from valid_from until a later row.
create table exchange_rates (
    base       currency not null,
    quote      currency not null,
    valid_from date not null,
    rate       numeric(24, 12) not null check (rate > 0),
    source     text not null check (source <> ''),
    primary key (base, quote, valid_from),
    check (base <> quote)
);

create table market_payment_methods (
    market       text not null references markets on delete cascade,
    method       text not null check (method in ('card', 'cod', 'bank')),
    position     int not null default 0,
    -- How long an unpaid order keeps its goods; null where nothing is awaited (cash on delivery).
    hold_minutes int check (hold_minutes between 30 and 20160),
    primary key (market, method),
    check ((method = 'cod') = (hold_minutes is null))
);

-- The programme that runs this Awıl: one row.
create table programme (
    id             boolean primary key default true check (id),
    name           text not null,
    default_market text not null references markets,
    commission_bp  int not null check (commission_bp between 0 and 10000),
    bank_details   text not null default '',
    contact_email  text not null default '',
    hub_address    text not null default '', -- where producers send what goes abroad in one box
    demo           boolean not null default false
);
