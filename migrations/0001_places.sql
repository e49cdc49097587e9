-- +goose Up

-- The six languages every text is kept in.
create domain lang as text check (value in ('en', 'ru', 'uz', 'kaa', 'ky', 'ja'));

-- How a translation stands. 'source' is the language it was written in; 'draft' awaits a person;
-- 'stale' was approved before the source changed.
create domain text_state as text check (value in ('source', 'draft', 'approved', 'stale'));

create domain currency as text check (value ~ '^[A-Z]{3}$');

create domain country as text check (value ~ '^[A-Z]{2}$');

create domain slug as text check (value ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(value) <= 120);

create table regions (
    id      bigint generated always as identity primary key,
    slug    slug not null unique,
    country country not null,
    iso     text unique check (iso ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$') -- ISO 3166-2
);

create table region_texts (
    region_id bigint not null references regions on delete cascade,
    lang      lang not null,
    name      text not null check (name <> ''),
    primary key (region_id, lang)
);

create table districts (
    id        bigint generated always as identity primary key,
    region_id bigint not null references regions,
    slug      slug not null unique
);

create table district_texts (
    district_id bigint not null references districts on delete cascade,
    lang        lang not null,
    name        text not null check (name <> ''),
    primary key (district_id, lang)
);

create table villages (
    id            bigint generated always as identity primary key,
    slug          slug not null unique,
    district_id   bigint not null references districts,
    latitude      numeric(8, 5) not null check (latitude between -90 and 90),
    longitude     numeric(8, 5) not null check (longitude between -180 and 180),
    hero_photo_id bigint, -- references photos, added with them
    source_lang   lang not null default 'en',
    created_at    timestamptz not null default now()
);
create index on villages (district_id);

create table village_texts (
    village_id bigint not null references villages on delete cascade,
    lang       lang not null,
    name       text not null check (name <> ''),
    summary    text not null default '',
    story      text not null default '',
    state      text_state not null,
    primary key (village_id, lang)
);
