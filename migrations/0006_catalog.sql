-- +goose Up

create table categories (
    id        bigint generated always as identity primary key,
    slug      slug not null unique,
    parent_id bigint references categories,
    food      boolean not null,
    position  int not null default 0
);

create table category_texts (
    category_id bigint not null references categories on delete cascade,
    lang        lang not null,
    name        text not null check (name <> ''),
    primary key (category_id, lang)
);

create table products (
    id              bigint generated always as identity primary key,
    slug            slug not null, -- the URL adds -{id}
    producer_id     bigint not null references producers,
    category_id     bigint references categories,
    state           text not null default 'draft'
                    check (state in ('draft', 'submitted', 'changes_requested', 'approved', 'withdrawn')),
    shelf_life_days int check (shelf_life_days between 1 and 3650),
    storage         text not null default 'none' check (storage in ('none', 'room', 'cool_dry', 'refrigerate')),
    hs_code         text check (hs_code ~ '^[0-9]{6}$'),
    hs_version      int not null default 2022,
    submitted_at    timestamptz,
    published_at    timestamptz, -- first approval; buyers see it from then until withdrawn
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    check (state not in ('submitted', 'approved') or category_id is not null),
    check (state <> 'submitted' or submitted_at is not null),
    check (state <> 'approved' or published_at is not null)
);
create index on products (producer_id, id);
create index on products (submitted_at, id) where state = 'submitted';

-- What the producer wrote, in her language. Buyers never read this row.
create table product_sources (
    product_id  bigint primary key references products on delete cascade,
    lang        lang not null,
    name        text not null default '' check (length(name) <= 120),
    story       text not null default '' check (length(story) <= 4000),
    composition text not null default '' check (length(composition) <= 1000),
    updated_at  timestamptz not null default now()
);

-- What buyers read, as the programme approved it.
create table product_texts (
    product_id  bigint not null references products on delete cascade,
    lang        lang not null,
    name        text not null check (name <> '' and length(name) <= 120),
    summary     text not null default '' check (length(summary) <= 400),
    story       text not null default '' check (length(story) <= 4000),
    composition text not null default '' check (length(composition) <= 1000),
    state       text_state not null,
    updated_at  timestamptz not null default now(),
    primary key (product_id, lang)
);

create table allergens (
    code     text primary key check (code ~ '^[a-z_]+$'),
    position int not null
);
insert into allergens (position, code)
select n, code from unnest(array[
    'egg', 'milk', 'wheat', 'gluten_other', 'buckwheat', 'peanut', 'shrimp', 'crab', 'walnut', 'cashew', 'almond',
    'pistachio', 'macadamia', 'hazelnut', 'pecan', 'brazil', 'pine_nut', 'sesame', 'soy', 'fish', 'salmon', 'mackerel',
    'molluscs', 'abalone', 'squid', 'oyster', 'mussel', 'celery', 'mustard', 'lupin', 'sulphites', 'aspartame',
    'peach', 'tomato', 'pork', 'chicken', 'beef', 'orange', 'kiwifruit', 'banana', 'apple', 'yam', 'salmon_roe', 'gelatin'
]) with ordinality as a(code, n);

create table product_allergens (
    product_id bigint not null references products on delete cascade,
    allergen   text not null references allergens,
    kind       text not null check (kind in ('contains', 'may_contain')),
    primary key (product_id, allergen)
);

create table product_photos (
    product_id bigint not null references products on delete cascade,
    photo_id   bigint not null references photos,
    position   int not null check (position >= 0),
    shown      boolean not null default false, -- approved for buyers
    primary key (product_id, photo_id)
);
create index on product_photos (photo_id);

create table variants (
    id             bigint generated always as identity primary key,
    product_id     bigint not null references products on delete cascade,
    position       int not null default 0,
    net_quantity   int check (net_quantity > 0),
    net_unit       text not null default 'piece' check (net_unit in ('g', 'ml', 'piece')),
    weight_grams   int not null check (weight_grams between 1 and 30000), -- packed, for shipping
    price_minor    bigint not null check (price_minor > 0),               -- the producer's price
    currency       currency not null,
    stock          int not null check (stock >= 0),                       -- free to sell: held goods are already out
    active         boolean not null default true,
    unique (product_id, id)
);
create index on variants (product_id, position);

-- A size or colour where quantity does not say it ("38–39", "blue").
create table variant_texts (
    variant_id bigint not null references variants on delete cascade,
    lang       lang not null,
    label      text not null check (label <> '' and length(label) <= 60),
    primary key (variant_id, lang)
);

-- Where the programme lets a product be sold.
create table product_markets (
    product_id bigint not null references products on delete cascade,
    market     text not null references markets,
    primary key (product_id, market)
);

-- A price set by hand for one market, instead of its rule. It was set against what the producer asked then (base) and
-- holds only while she asks no more.
create table variant_market_prices (
    variant_id  bigint not null references variants on delete cascade,
    market      text not null references markets,
    price_minor bigint not null check (price_minor > 0),
    base_minor  bigint not null check (base_minor > 0),
    base        currency not null,
    set_by      bigint references accounts,
    set_at      timestamptz not null default now(),
    primary key (variant_id, market)
);

-- ISO 4217's minor units of a currency, as money.Currency.MinorPerMajor has them; a test compares.
create function minor_per_major(code text) returns bigint language sql immutable parallel safe as $$
select case when code in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF',
                          'XOF', 'XPF') then 1
            when code in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
            when code in ('CLF', 'UYW') then 10000
            else 100 end
$$;

-- Whether a price covers what the producer is owed of it, up to the minor unit lost in rounding: markets.Covers in SQL.
create function covers(price_minor bigint, currency text, base_minor bigint, base text, rate numeric)
    returns boolean language sql immutable parallel safe as $$
select base_minor * rate * minor_per_major(currency) < (price_minor::numeric + 1) * minor_per_major(base)
$$;

-- What a variant costs in a market now: worked out from price, rule and rate whenever one of them changes, so that
-- pages, search and checkout read the same number.
create table offers (
    market       text not null references markets on delete cascade,
    variant_id   bigint not null references variants on delete cascade,
    product_id   bigint not null references products on delete cascade,
    price_minor  bigint not null check (price_minor > 0),
    currency     currency not null,
    base_minor   bigint not null check (base_minor > 0),
    base         currency not null,
    rate         numeric(24, 12) not null check (rate > 0),
    rate_date    date,
    by_hand      boolean not null,
    primary key (market, variant_id),
    constraint offers_variant_of_product foreign key (product_id, variant_id) references variants (product_id, id) on delete cascade,
    constraint offers_cover_the_base check (covers(price_minor, currency, base_minor, base, rate))
);
create index on offers (market, product_id);
create index on offers (product_id);

-- One row for each product a market shows: what a list filters and sorts by.
create table listings (
    market       text not null references markets on delete cascade,
    product_id   bigint not null references products on delete cascade,
    from_minor   bigint not null,
    currency     currency not null,
    category_id  bigint not null references categories,
    village_id   bigint not null references villages,
    producer_id  bigint not null references producers,
    published_at timestamptz not null,
    primary key (market, product_id)
);
create index on listings (market, published_at desc, product_id desc);
create index on listings (market, from_minor, product_id);
create index on listings (market, category_id, published_at desc, product_id desc);
create index on listings (market, village_id, published_at desc, product_id desc);
create index on listings (market, producer_id, published_at desc, product_id desc);
create index on listings (product_id);

-- What was said between programme and producer about a listing.
create table product_reviews (
    id         bigint generated always as identity primary key,
    product_id bigint not null references products on delete cascade,
    account_id bigint references accounts,
    decision   text not null check (decision in ('submitted', 'approved', 'changes_requested', 'withdrawn', 'restored')),
    topics     text[] not null default '{}'
               check (topics <@ array['photo', 'name', 'story', 'composition', 'allergens', 'weight', 'price', 'other']),
    message    text not null default '' check (length(message) <= 2000),
    lang       lang,
    at         timestamptz not null default now(),
    check (decision <> 'changes_requested' or message <> '' or cardinality(topics) > 0)
);
create index on product_reviews (product_id, id);
create trigger product_reviews_append_only before update on product_reviews
    for each row execute function refuse_change();
