-- +goose Up

create table photos (
    id           bigint generated always as identity primary key,
    key          text not null unique check (key ~ '^[0-9A-Za-z]{22}$'),
    producer_id  bigint references producers,
    uploaded_by  bigint references accounts,
    original_key text not null,
    mime         text not null check (mime in ('image/jpeg', 'image/png', 'image/webp')),
    bytes        bigint not null check (bytes > 0),
    width        int not null check (width > 0),   -- upright
    height       int not null check (height > 0),
    widths       int[] not null default '{}',
    state        text not null default 'processing' check (state in ('processing', 'ready', 'failed')),
    avif         boolean not null default false,
    thumbhash    bytea not null default '' check (length(thumbhash) <= 32),
    placeholder  text not null default '' check (length(placeholder) <= 600),
    color        text not null default '' check (color = '' or color ~ '^#[0-9a-f]{6}$'),
    sha256       bytea not null check (length(sha256) = 32),
    created_at   timestamptz not null default now(),
    check (state <> 'ready' or cardinality(widths) > 0)
);
create unique index on photos (producer_id, sha256) nulls not distinct;

create table photo_texts (
    photo_id bigint not null references photos on delete cascade,
    lang     lang not null,
    alt      text not null check (length(alt) <= 400),
    state    text_state not null,
    primary key (photo_id, lang)
);

alter table villages add foreign key (hero_photo_id) references photos;
alter table producers add foreign key (photo_id) references photos;
