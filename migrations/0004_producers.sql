-- +goose Up

create table producers (
    id          bigint generated always as identity primary key,
    slug        slug not null, -- the URL adds -{id}
    kind        text not null check (kind in ('workshop', 'family', 'cooperative')),
    village_id  bigint not null references villages,
    currency    currency not null check (currency in ('UZS', 'KGS')),
    since_year  int check (since_year between 1900 and 2100),
    women_led   boolean not null default false,
    mark_svg    text not null default '' check (length(mark_svg) <= 4096), -- drawn mark; empty: a monogram
    photo_id    bigint, -- references photos, added with them
    phone       text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    state       text not null default 'joining' check (state in ('joining', 'active', 'paused')),
    source_lang lang not null,
    created_at  timestamptz not null default now()
);
create index on producers (village_id);

-- What a producer says about herself, in her language. Buyers read it once the programme has looked at it.
create table producer_sources (
    producer_id bigint primary key references producers on delete cascade,
    lang        lang not null,
    name        text not null check (name <> '' and length(name) <= 120),
    story       text not null default '' check (length(story) <= 4000),
    words       text not null default '' check (length(words) <= 600), -- one thing she says herself
    updated_at  timestamptz not null default now()
);

-- Name, story and words as buyers read them. The row in the source language is what she wrote when it was approved.
create table producer_texts (
    producer_id bigint not null references producers on delete cascade,
    lang        lang not null,
    name        text not null check (name <> '' and length(name) <= 120),
    story       text not null default '' check (length(story) <= 4000),
    words       text not null default '' check (length(words) <= 600),
    state       text_state not null,
    updated_at  timestamptz not null default now(),
    primary key (producer_id, lang)
);

-- What to call a producer in the studio and at the desk, where she has a name before buyers read one.
create view producer_names as
select producer_id, lang, name, story, words from producer_texts where state <> 'draft'
union all
select producer_id, lang, name, story, words from producer_sources s
where not exists (select from producer_texts t where t.producer_id = s.producer_id and t.lang = s.lang and t.state <> 'draft');

create table producer_members (
    producer_id bigint not null references producers on delete cascade,
    account_id  bigint not null references accounts on delete cascade,
    role        text not null check (role in ('owner', 'member')),
    joined_at   timestamptz not null default now(),
    primary key (producer_id, account_id)
);
create index on producer_members (account_id);

create table invitations (
    id          bigint generated always as identity primary key,
    code        text not null unique check (code ~ '^[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{8}$'),
    name        text not null check (name <> ''),     -- whom it is for, as staff wrote it
    village_id  bigint not null references villages,
    lang        lang not null,
    producer_id bigint references producers,          -- to join an existing producer
    created_by  bigint not null references accounts,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null check (expires_at > created_at),
    used_at     timestamptz,
    used_by     bigint references accounts,
    revoked_at  timestamptz,
    check ((used_at is null) = (used_by is null)),
    check (used_at is null or revoked_at is null)
);
