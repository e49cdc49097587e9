-- +goose Up

-- How many products a market shows of each shelf and village: lists say so beside their filters, and counting a million
-- rows for it is work for seconds. Rows stay when they come down to nothing.
create table listing_counts (
    market      text not null,
    category_id bigint not null,
    village_id  bigint not null,
    n           bigint not null,
    primary key (market, category_id, village_id)
);

-- +goose StatementBegin
create function count_listings() returns trigger language plpgsql as $$
declare changed text;
begin
    changed := case tg_op
        when 'INSERT' then 'select market, category_id, village_id, 1 as d from fresh'
        when 'DELETE' then 'select market, category_id, village_id, -1 as d from stale'
        else 'select market, category_id, village_id, 1 as d from fresh union all select market, category_id, village_id, -1 from stale'
    end;
    -- In order, so that two statements that count the same wait for each other and never both. Transactions of several
    -- statements still may: then one of them is run again (postgres.InTx).
    execute format('insert into listing_counts as c select market, category_id, village_id, sum(d) from (%s) r
        group by market, category_id, village_id having sum(d) <> 0 order by market, category_id, village_id
        on conflict (market, category_id, village_id) do update set n = c.n + excluded.n', changed);
    return null;
end $$;
-- +goose StatementEnd
create trigger count_listings_insert after insert on listings referencing new table as fresh
    for each statement execute function count_listings();
create trigger count_listings_delete after delete on listings referencing old table as stale
    for each statement execute function count_listings();
create trigger count_listings_update after update on listings referencing new table as fresh old table as stale
    for each statement execute function count_listings();
insert into listing_counts select market, category_id, village_id, count(*) from listings group by market, category_id, village_id;

-- A shelf by price.
create index on listings (market, category_id, from_minor, product_id);
-- Staff look for listings by their state, the youngest first, and see how many are in each.
create index on products (state, id);
-- A maker's goods outside the shop, which staff look through by name.
create index products_unpublished on products (id) where published_at is null;

-- When what a producer says of herself was last adopted for buyers, beside what she wrote since: the desk asks on every
-- page who waits.
alter table producer_sources add column adopted_at timestamptz;
update producer_sources s set adopted_at = t.updated_at from producer_texts t where t.producer_id = s.producer_id and t.lang = s.lang;
create index producer_sources_waiting on producer_sources (updated_at, producer_id) where updated_at > adopted_at;

-- +goose StatementBegin
create function note_adopted() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'producer_texts' then
        update producer_sources set adopted_at = new.updated_at
        where producer_id = new.producer_id and lang = new.lang and adopted_at is distinct from new.updated_at;
        return null;
    end if;
    select t.updated_at into new.adopted_at from producer_texts t where t.producer_id = new.producer_id and t.lang = new.lang;
    return new;
end $$;
-- +goose StatementEnd
create trigger note_adopted after insert or update of updated_at, lang on producer_texts for each row execute function note_adopted();
create trigger note_adopted before insert or update of lang on producer_sources for each row execute function note_adopted();
