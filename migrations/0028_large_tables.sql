-- +goose Up

-- How many listings are in each state: staff see it on two pages, and counting a million rows for it takes a while. Rows
-- stay when they come down to nothing.
create table product_counts (
    state text primary key,
    n     bigint not null
);

-- +goose StatementBegin
create function count_products() returns trigger language plpgsql as $$
declare changed text;
begin
    changed := case tg_op
        when 'INSERT' then 'select state, 1 as d from fresh'
        when 'DELETE' then 'select state, -1 as d from stale'
        else 'select state, 1 as d from fresh union all select state, -1 from stale'
    end;
    -- In order, so that two transactions that count the same wait for each other and never both.
    execute format('insert into product_counts as c select state, sum(d) from (%s) r
        group by state having sum(d) <> 0 order by state
        on conflict (state) do update set n = c.n + excluded.n', changed);
    return null;
end $$;
-- +goose StatementEnd
create trigger count_products_insert after insert on products referencing new table as fresh
    for each statement execute function count_products();
create trigger count_products_delete after delete on products referencing old table as stale
    for each statement execute function count_products();
create trigger count_products_update after update on products referencing new table as fresh old table as stale
    for each statement execute function count_products();
insert into product_counts select state, count(*) from products group by state;

-- What a village makes, by age and by price. The shelf is in the index, so that a shelf of a village is read from it alone.
drop index listings_market_village_id_published_at_product_id_idx;
create index listings_village on listings (market, village_id, published_at desc, product_id desc) include (category_id, from_minor);
create index listings_village_price on listings (market, village_id, from_minor, product_id) include (category_id, published_at);

-- Staff choose among what buyers see, the newest first.
create index products_newest on products (published_at desc, id desc) where published_at is not null;

-- Staff look makers up by any part of a name.
create index producer_sources_name on producer_sources using gin (lower(name) gin_trgm_ops);
create index producer_texts_name on producer_texts using gin (lower(name) gin_trgm_ops);
