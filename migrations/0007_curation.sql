-- +goose Up

create table collections (
    id           bigint generated always as identity primary key,
    slug         slug not null unique,
    source_lang  lang not null,
    published_at timestamptz,
    created_by   bigint references accounts,
    created_at   timestamptz not null default now()
);

create table collection_texts (
    collection_id bigint not null references collections on delete cascade,
    lang          lang not null,
    name          text not null check (name <> '' and length(name) <= 120),
    summary       text not null default '' check (length(summary) <= 600),
    state         text_state not null,
    primary key (collection_id, lang)
);

create table collection_items (
    collection_id bigint not null references collections on delete cascade,
    product_id    bigint not null references products on delete cascade,
    position      int not null check (position >= 0),
    primary key (collection_id, product_id)
);
create index on collection_items (product_id);

-- A dated, ordered place on a market's home page.
create table features (
    id            bigint generated always as identity primary key,
    market        text not null references markets on delete cascade,
    kind          text not null check (kind in ('product', 'collection')),
    product_id    bigint references products on delete cascade,
    collection_id bigint references collections on delete cascade,
    position      int not null default 0 check (position >= 0),
    starts_at     timestamptz not null,
    ends_at       timestamptz check (ends_at > starts_at),
    created_by    bigint references accounts,
    created_at    timestamptz not null default now(),
    check ((kind = 'product') = (product_id is not null)),
    check ((kind = 'collection') = (collection_id is not null))
);
create index on features (market, kind, position, id);
create unique index on features (market, product_id, starts_at) where product_id is not null;
create unique index on features (market, collection_id, starts_at) where collection_id is not null;
